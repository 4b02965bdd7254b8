import Credentials
import TradingModel

/// Binance USD-M futures' orders over the WebSocket API, the account's own events over a stream that a
/// listen key opens, and what is asked for beside them over REST.
///
/// https://developers.binance.com/docs/derivatives/usds-margined-futures/websocket-api-general-info,
/// https://developers.binance.com/docs/derivatives/usds-margined-futures/user-data-streams
struct BinanceUSDMTrading: ~Copyable, TradingDialect {
  /// The channels.
  static var orders: Int { 0 }
  static var rest: Int { 1 }
  static var ownEvents: Int { 2 }

  /// What is asked when logging on.
  enum Step {
    case time
    /// `session.logon`, with an Ed25519 key: then requests carry neither key nor signature.
    case session
    /// Whether the account has one position a symbol, as the engine counts them.
    case positionMode
    case userStream
  }

  /// How far a symbol's fills were looked at.
  struct FillLook: BitwiseCopyable {
    /// The last trade of the last full look that was told; 0 before the first.
    var told: TradeID = 0
    /// The last trade of the look under way.
    var seen: TradeID = 0
    /// Where the window of time that was asked for last ends, milliseconds; 0 for none.
    var windowEnd: UInt64 = 0
  }

  private static var second: Int64 { 1_000_000_000 }
  /// Fills of one symbol that are asked for at once.
  static var fillLimit: UInt64 { 1_000 }
  /// "The time between startTime and endTime cannot be longer than 7 days", and trades are kept for three
  /// months (change log, 2026-08-26); milliseconds.
  static var fillWindow: UInt64 { 7 * 86_400_000 }
  static var fillsKept: UInt64 { 89 * 86_400_000 }

  let environment: VenueEnvironment
  let venue: VenueIndex
  let symbols: [SymbolScale]
  let steps: [Step]
  let deadMan: DeadManSwitch?
  /// Whether requests go over a connection that is logged on.
  private let isLoggedOn: Bool
  private let apiKey: String
  /// Milliseconds.
  let fillsSince: UInt64
  let paymentsSince: Timestamp
  var encoder: BinanceUSDMEncoder
  var decoder: BinanceUSDMDecoder
  var looks: [FillLook]

  init(
    _ environment: VenueEnvironment, _ credential: VenueCredential, _ account: AccountNames
  ) throws(SigningKeyError) {
    self.environment = environment
    venue = account.venue
    symbols = BinanceUSDMDecoder.symbols(of: account)
    steps =
      credential.kind == .ed25519
      ? [.time, .session, .positionMode, .userStream] : [.time, .positionMode, .userStream]
    // "Cancel all open orders of the specified symbol at the end of the specified countdown."
    // https://developers.binance.com/docs/derivatives/usds-margined-futures/trade/rest-api/Auto-Cancel-All-Open-Orders
    deadMan = account.deadMan.map { [symbols] setting in
      DeadManSwitch(
        .countdown, setting, channel: Self.rest, partCount: symbols.count,
        cost: BinanceRoute.USDM.deadManSwitch.cost)
    }
    isLoggedOn = credential.kind == .ed25519
    apiKey = credential.apiKey
    fillsSince = UInt64(max(0, account.fillsSince / 1_000_000))
    paymentsSince = account.paymentsSince
    let capacity = (account.listings.map { Int($0.listing.index) }.max() ?? 0) + 1
    encoder = BinanceUSDMEncoder(
      apiKey: credential.apiKey, signer: try credential.signer(),
      clientOrderIDPrefix: account.clientOrderIDPrefix, receiveWindow: 5_000,
      host: VenueEnvironment.host(of: environment.rest), listingCapacity: capacity)
    for entry in account.listings { encoder.add(entry.listing, symbol: entry.symbol) }
    decoder = BinanceUSDMDecoder(account)
    looks = Array(repeating: FillLook(), count: symbols.count)
  }

  var name: String { "\(BinanceUSDM.description.name) orders" }

  var channels: [SessionChannel] {
    [
      SessionChannel(.webSocket, address: environment.orderEntry, purpose: "orders"),
      SessionChannel(
        .http, address: environment.rest, purpose: "account",
        headers: [("X-MBX-APIKEY", apiKey)]),
      SessionChannel(.webSocket, address: environment.userStream, purpose: "own events"),
    ]
  }

  var channelsOpenedLater: [Int] { [Self.ownEvents] }

  var logOn: [LogOnStep] {
    steps.map { step in
      switch step {
      case .time:
        LogOnStep(.time, channel: Self.orders, via: Self.rest, purpose: "the venue's time")
      case .session: LogOnStep(.ask, channel: Self.orders, purpose: "log-on")
      case .positionMode: LogOnStep(.ask, channel: Self.rest, purpose: "position mode")
      case .userStream:
        LogOnStep(.open, channel: Self.ownEvents, via: Self.rest, purpose: "own events")
      }
    }
  }

  var repeated: [RepeatedQuestion] {
    [
      RepeatedQuestion(.time, channel: Self.rest, every: 60 * Self.second),
      // "The stream will close after 60 minutes unless a keepalive is sent."
      RepeatedQuestion(.ask, channel: Self.rest, every: 1_800 * Self.second),
    ]
  }

  var hasPayments: Bool { true }

  func cost(of request: VenueRequest) -> RequestCost { BinanceUSDMEncoder.cost(of: request) }

  // MARK: Parts of a full look

  /// Open orders, the fills of each symbol, positions, balances.
  enum SnapshotPart: Equatable {
    case openOrders
    case fills(Int)
    case positions
    case balances
  }

  var snapshotPartCount: Int { symbols.count + 3 }

  func snapshotPart(_ part: Int) -> SnapshotPart {
    if part == 0 { return .openOrders }
    if part <= symbols.count { return .fills(part - 1) }
    return part == symbols.count + 1 ? .positions : .balances
  }

  mutating func snapshotTold() {
    for index in looks.indices { looks[index].told = max(looks[index].told, looks[index].seen) }
  }

  // MARK: Writing

  mutating func write(
    _ question: TradingQuestion, _ name: OrderName, tag: UInt64, at time: Timestamp,
    into outbox: inout SessionOutbox
  ) throws(RequestError) -> RequestCost {
    let timestamp = UInt64(max(0, time / 1_000_000))
    switch question {
    case .request(let request):
      let bytes = try encoder.webSocket(
        request, name, timestamp: timestamp, id: tag, isLoggedOn: isLoggedOn)
      outbox.text(Self.orders, tag: tag, bytes)
      return BinanceUSDMEncoder.cost(of: request)
    case .order(let listing, let venueOrderID):
      let request = VenueRequest(
        kind: .queryOrder, listing: listing, venue: venue, venueOrderID: venueOrderID)
      let bytes = try encoder.webSocket(
        request, name, timestamp: timestamp, id: tag, isLoggedOn: isLoggedOn)
      outbox.text(Self.orders, tag: tag, bytes)
      return BinanceRoute.USDM.query.cost
    case .logOn(let index): return try write(steps[index], tag, timestamp, &outbox)
    case .repeated(let index):
      return try ask(
        index == 0 ? .serverTime : .keepUserStream, RequestInput(), tag, timestamp, &outbox)
    case .snapshot(let part, let page):
      return try write(snapshotPart(part), page, tag, timestamp, &outbox)
    case .payments(let from, let page):
      return try writePayments(from: from, page, tag, timestamp, &outbox)
    case .fills(let request, let venueOrderID, let page):
      var input = RequestInput()
      input.symbol = symbolName(request.listing)
      input.venueOrderID = venueOrderID
      input.limit = Self.fillLimit
      input.firstTradeID = UInt64(page.description)
      return try ask(.fills, input, tag, timestamp, &outbox)
    case .deadMan(let part, let isOn):
      var input = RequestInput()
      input.symbol = symbols[part].symbol
      input.timeout = isOn ? UInt64(deadMan?.setting.seconds ?? 0) : 0
      return try ask(.deadManSwitch, input, tag, timestamp, &outbox)
    }
  }

  private mutating func write(
    _ step: Step, _ tag: UInt64, _ timestamp: UInt64, _ outbox: inout SessionOutbox
  ) throws(RequestError) -> RequestCost {
    var input = RequestInput()
    switch step {
    case .time: return try ask(.serverTime, input, tag, timestamp, &outbox)
    case .userStream: return try ask(.userStream, input, tag, timestamp, &outbox)
    case .session:
      input.channel = .webSocket
      let route = try encoder.fill(.logOn, input, timestamp: timestamp)
      outbox.text(
        Self.orders, tag: tag, try encoder.form.message(route, id: tag, isSigned: true))
      return route.cost
    case .positionMode:
      encoder.form.parameters.removeAll()
      encoder.form.parameters.add("recvWindow", number: encoder.receiveWindow)
      encoder.form.parameters.add("timestamp", number: timestamp)
      return try send(BinanceRoute.USDM.positionMode, tag, &outbox)
    }
  }

  private mutating func write(
    _ part: SnapshotPart, _ page: VenueText, _ tag: UInt64, _ timestamp: UInt64,
    _ outbox: inout SessionOutbox
  ) throws(RequestError) -> RequestCost {
    var input = RequestInput()
    switch part {
    case .openOrders: return try ask(.openOrders, input, tag, timestamp, &outbox)
    case .positions: return try ask(.positions, input, tag, timestamp, &outbox)
    case .balances: return try ask(.balances, input, tag, timestamp, &outbox)
    case .fills(let index):
      input.symbol = symbols[index].symbol
      input.limit = Self.fillLimit
      choosePage(page, index, timestamp, &input)
      return try ask(.fills, input, tag, timestamp, &outbox)
    }
  }

  /// From which trade, or from when, fills are asked for: a page is a trade's number, or `t` and
  /// milliseconds.
  private mutating func choosePage(
    _ page: VenueText, _ index: Int, _ timestamp: UInt64, _ input: inout RequestInput
  ) {
    let text = page.description
    if page.isEmpty { looks[index].seen = looks[index].told }
    if let id = UInt64(text) {
      input.firstTradeID = id
    } else if page.isEmpty, looks[index].told > 0 {
      input.firstTradeID = looks[index].told
    } else {
      let oldest = timestamp > Self.fillsKept ? timestamp - Self.fillsKept : 0
      let since = fillsSince > 0 ? fillsSince : timestamp - min(timestamp, Self.fillWindow)
      let start = UInt64(text.dropFirst()) ?? max(since, oldest)
      input.startTime = start
      // Without an end the venue tells the seven days behind the start.
      looks[index].windowEnd = start + Self.fillWindow
      return
    }
    looks[index].windowEnd = 0
  }

  private mutating func ask(
    _ action: VenueAction, _ input: RequestInput, _ tag: UInt64, _ timestamp: UInt64,
    _ outbox: inout SessionOutbox
  ) throws(RequestError) -> RequestCost {
    try send(try encoder.fill(action, input, timestamp: timestamp), tag, &outbox)
  }

  mutating func send(
    _ route: BinanceRoute, _ tag: UInt64, _ outbox: inout SessionOutbox
  ) throws(RequestError) -> RequestCost {
    outbox.request(
      Self.rest, tag: tag, route.method, target: try encoder.form.target(route))
    return route.cost
  }

  private func symbolName(_ listing: ListingIndex) -> String? {
    symbols.first { $0.listing == listing }?.symbol
  }
}
