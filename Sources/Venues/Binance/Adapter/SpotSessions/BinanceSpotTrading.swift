import Credentials
import TradingModel

/// Binance spot's orders, over one connection of the WebSocket API: requests, their answers, and the
/// account's own events.
///
/// Each time it connects: the venue's time, (with an Ed25519 key) log-on, the user stream; then it is
/// `connected`, and the core asks for a snapshot. A request whose answer does not come within
/// `answerTimeout` is told lost, and its late answer is still used. Nothing is ever sent twice.
///
/// developers.binance.com/docs/binance-spot-api-docs/websocket-api
final class BinanceSpotTrading: OrderSession {
  /// Where a connection stands.
  enum Phase: Equatable {
    case down
    /// Time, log-on, stream: the tag of what was asked last.
    case askingTime(UInt64)
    case loggingOn(UInt64)
    case subscribing(UInt64)
    case ready
    /// Somebody must look: nothing more is sent.
    case stopped(VenueStopCause)
  }

  /// What an answer that is for no single request of the core is for.
  enum Purpose {
    case time(askedAt: SessionTime)
    case logOn
    case subscribe
    /// Fills of the order that a query of the core is about, asked for behind its status.
    case fillsOfQuery(VenueRequest, status: VenueReport)
    case openOrders
    case fillsOfSymbol(Int)
    /// Whose order a trade of a snapshot is of.
    case ownerOfFills(VenueOrderID)
  }

  /// What is open under one of our orders, as far as this session knows.
  struct Terms {
    var price: Int64
    var quantity: Int64
    var venueOrderID: VenueOrderID
  }

  static var second: Int64 { 1_000_000_000 }
  /// Nanoseconds until an answer counts as lost.
  static var answerTimeout: Int64 { 5 * second }
  static var timeInterval: Int64 { 60 * second }
  static var retryPause: Int64 { second }

  let environment: VenueEnvironment
  let venue: VenueIndex
  var outbox = SessionOutbox()
  var records = RecordBuffer(capacity: 1 << 20)
  var encoder: BinanceSpotEncoder
  var decoder: BinanceSpotDecoder
  let symbols: [SymbolScale]
  let shared: SharedBudget
  let isLogOnNeeded: Bool
  var table = RequestTable()
  var purposes: [UInt64: Purpose] = [:]
  var event = BinanceSpotUserEvent()
  var reports = PlainRun<BinanceSpotReport>()
  var terms: [OrderID: Terms] = [:]
  var owners: [VenueOrderID: OrderID] = [:]
  var snapshot: BinanceSpotSnapshot?
  /// The trade each symbol's fills were asked for up to.
  var lastTrades: [TradeID]
  var clock = ClockOffset()
  private(set) var phase = Phase.down
  private var nextTimeQuestion: Int64 = .max
  var retryAt: Int64 = .max
  /// Orders of the account that are not ours, seen so far: they are left alone.
  var foreignCount = 0
  /// Messages that could not be read.
  var malformedCount = 0
  /// What went wrong last, for people.
  var lastFault: String?
  /// The balances last told, by asset.
  var balances: [String: VenueBalance] = [:]

  init(
    _ environment: VenueEnvironment, _ credential: VenueCredential, _ account: AccountNames,
    budget: SharedBudget
  ) throws(SigningKeyError) {
    self.environment = environment
    venue = account.venue
    symbols = account.listings.map { entry in
      SymbolScale(
        symbol: entry.symbol, listing: entry.listing.index,
        priceDecimals: Int(entry.listing.priceDecimals),
        quantityDecimals: Int(entry.listing.quantityDecimals))
    }
    shared = budget
    isLogOnNeeded = credential.kind == .ed25519
    let capacity = (account.listings.map { Int($0.listing.index) }.max() ?? 0) + 1
    encoder = BinanceSpotEncoder(
      apiKey: credential.apiKey, signer: try credential.signer(),
      clientOrderIDPrefix: account.clientOrderIDPrefix, receiveWindow: 5_000,
      host: VenueEnvironment.host(of: environment.rest), listingCapacity: capacity)
    for entry in account.listings { encoder.add(entry.listing, symbol: entry.symbol) }
    decoder = BinanceSpotDecoder(
      BinanceSpotNames(
        venue: account.venue, symbols: symbols, currencies: account.currencies,
        clientOrderIDPrefixes: [account.clientOrderIDPrefix] + account.formerPrefixes))
    lastTrades = Array(repeating: 0, count: symbols.count)
    terms.reserveCapacity(1 << 12)
    owners.reserveCapacity(1 << 12)
  }

  var name: String { "\(BinanceSpot.description.name) orders" }

  var channels: [SessionChannel] {
    [SessionChannel(.webSocket, address: environment.orderEntry, purpose: "orders and own events")]
  }

  /// The venue's time, milliseconds.
  func timestamp(_ now: SessionTime) -> UInt64 {
    UInt64(max(0, clock.venueTime(at: now.wall) / 1_000_000))
  }

  // MARK: Connection

  func start(at now: SessionTime) { outbox.open(0) }

  func opened(_ channel: Int, at now: SessionTime) { askTime(now) }

  func closed(_ channel: Int, at now: SessionTime) {
    while let request = table.giveUp(sentUpTo: .max) { tell(.answerLost, request, now) }
    purposes.removeAll(keepingCapacity: true)
    snapshot = nil
    retryAt = .max
    nextTimeQuestion = .max
    leave(.down, now)
  }

  /// Goes to a phase in which nothing is sent; tells it if orders could be sent before.
  private func leave(_ phase: Phase, _ now: SessionTime) {
    let wasReady = self.phase == .ready
    self.phase = phase
    if wasReady {
      emit(VenueReport(kind: .disconnected, venue: venue, venueTime: now.wall), now)
    }
  }

  private func askTime(_ now: SessionTime) {
    let tag = table.takeTag()
    purposes[tag] = .time(askedAt: now)
    if phase != .ready { phase = .askingTime(tag) }
    nextTimeQuestion = now.monotonic + Self.timeInterval
    send(.serverTime, RequestInput(), tag, now)
  }

  private func logOn(_ now: SessionTime) {
    guard isLogOnNeeded else { return subscribe(now) }
    let tag = table.takeTag()
    purposes[tag] = .logOn
    phase = .loggingOn(tag)
    send(.logOn, RequestInput(), tag, now)
  }

  private func subscribe(_ now: SessionTime) {
    let tag = table.takeTag()
    purposes[tag] = .subscribe
    phase = .subscribing(tag)
    send(.userStream, RequestInput(), tag, now)
  }

  /// The stream ended while the connection goes on.
  func subscribeAgain(_ now: SessionTime) {
    leave(.down, now)
    subscribe(now)
  }

  /// Sends a request of the session's own.
  func send(_ action: VenueAction, _ input: RequestInput, _ tag: UInt64, _ now: SessionTime) {
    var input = input
    input.channel = .webSocket
    do throws(RequestError) {
      let route = try encoder.fill(action, input, timestamp: timestamp(now))
      let bytes = try encoder.message(route, id: tag, isSigned: true)
      outbox.text(0, tag: tag, bytes)
      // What the session asks for itself is counted, and not refused: without it nothing goes on.
      try? shared.budget.take(
        RequestCost(weight: route.cost.weight, isUrgent: true), at: clock.venueTime(at: now.wall))
    } catch {
      lastFault = "\(error)"
      retryAt = now.monotonic + Self.retryPause
    }
  }

  /// An answer to a question of the session's own.
  func take(
    _ reply: BinanceReply, _ result: UnsafeRawBufferPointer?, _ purpose: Purpose, _ now: SessionTime
  ) {
    switch purpose {
    case .time(let asked): takeTime(result, asked, now)
    case .logOn:
      if result != nil { subscribe(now) } else { refused(reply, now) }
    case .subscribe:
      guard result != nil || reply.status == 200 else { return refused(reply, now) }
      phase = .ready
      emit(
        VenueReport(kind: .connected, venue: venue, venueTime: clock.venueTime(at: now.wall)), now)
    case .fillsOfQuery(let request, let status): takeFills(result, request, status, now)
    case .openOrders, .fillsOfSymbol, .ownerOfFills: takeSnapshotPart(result, purpose, now)
    }
  }

  private func takeTime(
    _ result: UnsafeRawBufferPointer?, _ asked: SessionTime, _ now: SessionTime
  ) {
    if let result, let time = try? BinanceSpotDecoder.serverTime(result) {
      clock.observe(
        asked: asked.wall, venueTime: time, resolution: 1_000_000,
        roundTrip: now.monotonic - asked.monotonic)
    } else {
      lastFault = "the venue did not tell its time"
    }
    if case .askingTime = phase { logOn(now) }
  }

  /// The venue does not let us in.
  private func refused(_ reply: BinanceReply, _ now: SessionTime) {
    let error = reply.error ?? BinanceError()
    lastFault = "\(BinanceErrors.name(of: error.code) ?? "\(error.code)"): \(error.message)"
    switch error.meaning(status: reply.status) {
    case .stop(let cause): leave(.stopped(cause), now)
    case .rateLimited(let until):
      shared.budget.ban(until: until)
      retryAt = now.monotonic + max(Self.retryPause, until - clock.venueTime(at: now.wall))
    case .resynchronize:
      clock.forget()
      retryAt = now.monotonic + Self.retryPause
    case .retry, .askFirst, .reject: retryAt = now.monotonic + Self.retryPause
    }
  }

  // MARK: Time

  var nextTime: Int64 {
    var time = min(nextTimeQuestion, retryAt)
    if let sent = table.oldestSentAt() { time = min(time, sent + Self.answerTimeout) }
    if let snapshot { time = min(time, snapshot.deadline) }
    return time
  }

  func advance(to now: SessionTime) {
    while let request = table.giveUp(sentUpTo: now.monotonic - Self.answerTimeout) {
      tell(.answerLost, request, now)
    }
    if let snapshot, snapshot.deadline <= now.monotonic { restartSnapshot(now) }
    if retryAt <= now.monotonic {
      retryAt = .max
      if phase != .ready { askTime(now) }
    }
    if nextTimeQuestion <= now.monotonic { askTime(now) }
  }

  // MARK: Records

  func emit(_ report: VenueReport, _ now: SessionTime) {
    guard
      let record = records.append(
        kind: .venueReport, byteCount: VenueReport.byteCount, isOutput: false, time: now.wall)
    else {
      // The carrier empties the buffer after every call: one call never makes this many.
      lastFault = "no room for a report"
      return
    }
    report.store(at: record)
  }

  /// Tells the core what came of a request that the venue did not answer.
  func tell(
    _ kind: VenueReportKind, _ request: VenueRequest, reason: VenueReason = .none,
    _ now: SessionTime
  ) {
    emit(
      VenueReport(
        kind: kind, listing: request.listing, venue: venue, side: request.side, reason: reason,
        orderID: request.orderID, venueOrderID: request.venueOrderID, version: request.version,
        venueTime: clock.venueTime(at: now.wall)), now)
  }
}
