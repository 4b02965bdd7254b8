import Credentials
import TradingModel

/// Trading on OKX v5: orders, changes and cancels over the private WebSocket connection, which also tells
/// the account's own events; questions over REST.
///
/// Each time the connection comes up: log-in, then the channels `orders`, `account`, `positions` and
/// `balance_and_position`. Before that, once: the venue's time, the account's mode, and the venue's numbers
/// of the instruments, which operations over the connection name them by.
/// https://www.okx.com/docs-v5/en/#overview-websocket
struct OKXTrading: ~Copyable, TradingDialect {
  /// What a step of logging on asks.
  enum Step {
    case time
    case configuration
    /// The instruments of a kind, or one of them.
    case instruments(type: StaticString, symbol: String?)
    case logIn
    case subscribe
  }

  static let streamChannel = 0
  static let restChannel = 1
  private static let second: Int64 = 1_000_000_000
  private static let pingInterval = 20 * second
  private static let timeInterval = 60 * second
  /// So long after it was written a new order or a change may still be taken by the venue.
  private static let orderLifetime: Timestamp = 5 * second
  /// Rows of one page.
  static let pageLimit: UInt64 = 100
  /// Fills are asked for from a little before the newest one that is known: those of the same moment.
  private static let fillOverlap: Timestamp = 10 * second
  /// `fills` reaches three days back; beyond that, `fills-history`.
  private static let recentFillSpan: Timestamp = (3 * 24 - 1) * 3_600 * second
  /// More instruments than this of one kind are asked for as a whole list.
  private static let singleInstrumentMax = 8

  let environment: VenueEnvironment
  let venue: VenueIndex
  let steps: [Step]
  let deadMan: DeadManSwitch?
  /// `SPOT` and `SWAP`, those that are traded: each is a part of the fills.
  let types: [StaticString]
  let listings: [(listing: ListingIndex, symbol: String)]
  var encoder: OKXEncoder
  var decoder: OKXAccountDecoder
  /// The log-in and the subscription have no id of their own: what was asked last, and what of it is due.
  private var pendingTag: UInt64 = 0
  private var pendingCount = 0
  /// The venue ended the subscription because of its limit on connections: the next one waits.
  private var isOverCount = false
  /// Fills from then on may be unknown, ns since the epoch.
  private(set) var fillsSince: Timestamp
  let paymentsSince: Timestamp
  /// The newest fill of the look that is under way.
  var newestFill: Timestamp = 0

  init(
    _ environment: VenueEnvironment, _ credential: VenueCredential, _ account: AccountNames
  ) throws(SigningKeyError) {
    self.environment = environment
    venue = account.venue
    fillsSince = account.fillsSince
    paymentsSince = account.paymentsSince
    listings = account.listings.map { ($0.listing.index, $0.symbol) }
    let swaps = account.listings.map(\.symbol).filter(OKX.isSwap)
    let spots = account.listings.map(\.symbol).filter { !OKX.isSwap($0) }
    types = (spots.isEmpty ? [] : ["SPOT"]) + (swaps.isEmpty ? [] : ["SWAP"])
    steps =
      [.time, .configuration] + Self.instrumentSteps("SPOT", spots)
      + Self.instrumentSteps("SWAP", swaps) + [.logIn, .subscribe]
    // One countdown for the orders of the whole account, whatever they trade.
    // https://www.okx.com/docs-v5/en/#order-book-trading-trade-post-cancel-all-after
    deadMan = account.deadMan.map {
      DeadManSwitch(
        .countdown, $0, channel: Self.restChannel, cost: OKXRoute.deadManSwitch.cost)
    }
    let capacity = (account.listings.map { Int($0.listing.index) }.max() ?? 0) + 1
    encoder = OKXEncoder(
      apiKey: credential.apiKey, passphrase: credential.passphrase,
      signer: try credential.signer(), clientOrderIDPrefix: account.clientOrderIDPrefix,
      isDemo: !environment.isReal, listingCapacity: capacity)
    for entry in account.listings { encoder.add(entry.listing, symbol: entry.symbol) }
    decoder = OKXAccountDecoder(
      OKXNames(
        venue: account.venue,
        symbols: account.symbolScales, currencies: account.currencies,
        clientOrderIDPrefixes: [account.clientOrderIDPrefix] + account.formerPrefixes))
  }

  private static func instrumentSteps(_ type: StaticString, _ symbols: [String]) -> [Step] {
    if symbols.isEmpty { return [] }
    if symbols.count > singleInstrumentMax { return [.instruments(type: type, symbol: nil)] }
    return symbols.map { .instruments(type: type, symbol: $0) }
  }

  // MARK: Description

  var name: String { "\(OKX.description.name) orders" }

  var channels: [SessionChannel] {
    [
      SessionChannel(
        .webSocket, address: environment.orderEntry, purpose: "orders and own events",
        silenceMax: Self.pingInterval * 2),
      SessionChannel(.http, address: environment.rest, purpose: "questions"),
    ]
  }

  var orderChannel: Int { Self.streamChannel }

  var logOn: [LogOnStep] {
    steps.map { step in
      switch step {
      case .time: LogOnStep(.time, channel: Self.restChannel, purpose: "the venue's time")
      case .configuration:
        LogOnStep(.ask, channel: Self.restChannel, purpose: "the account's mode")
      case .instruments:
        LogOnStep(.ask, channel: Self.restChannel, purpose: "the instruments' numbers")
      case .logIn: LogOnStep(.ask, channel: Self.streamChannel, purpose: "log-in")
      case .subscribe:
        LogOnStep(
          .ask, channel: Self.streamChannel, bringsEvents: true, purpose: "own events")
      }
    }
  }

  var repeated: [RepeatedQuestion] {
    [
      RepeatedQuestion(.time, channel: Self.restChannel, every: Self.timeInterval),
      RepeatedQuestion(.heartbeat, channel: Self.streamChannel, every: Self.pingInterval),
    ]
  }

  /// Open orders, then fills of each kind of instrument.
  var snapshotPartCount: Int { 1 + types.count }

  var hasPayments: Bool { types.contains { $0.description == "SWAP" } }

  func cost(of request: VenueRequest) -> RequestCost {
    switch request.kind {
    case .newOrder: OKXRoute.place.cost
    case .replace: OKXRoute.amend.cost
    case .cancel: OKXRoute.cancel.cost
    case .queryOrder: OKXRoute.query.cost
    case .querySnapshot: OKXRoute.openOrders.cost
    }
  }

  mutating func snapshotTold() {
    fillsSince = max(fillsSince, newestFill - Self.fillOverlap)
  }

  // MARK: Writing

  mutating func write(
    _ question: TradingQuestion, _ name: OrderName, tag: UInt64, at time: Timestamp,
    into outbox: inout SessionOutbox
  ) throws(RequestError) -> RequestCost {
    switch question {
    case .request(let request) where request.kind == .queryOrder:
      let written = try encoder.rest(request, at: time)
      return ask(written, .query, tag, into: &outbox)
    case .request(let request):
      let bytes = try encoder.operation(request, id: tag, deadline: time + Self.orderLifetime)
      outbox.text(Self.streamChannel, tag: tag, bytes)
      return cost(of: request)
    case .logOn(let index): return try write(steps[index], tag, time, &outbox)
    case .repeated(0): return try write(.time, tag, time, &outbox)
    case .repeated:
      say("ping", tag, &outbox)
      return RequestCost(weight: 0)
    case .snapshot(let part, let page):
      return try writeSnapshot(part, page, tag, time, &outbox)
    case .payments(let from, let page):
      return try writePayments(from: from, page, tag, time, &outbox)
    case .fills(let request, let venueOrderID, let page):
      guard encoder.names.isKnown(request.listing) else {
        throw .unknownListing(request.listing)
      }
      encoder.parameters.removeAll()
      encoder.parameters.add("instId", encoder.names.symbol(request.listing))
      encoder.parameters.add("ordId", number: venueOrderID)
      addPage(page)
      return ask(try encoder.rest(.fills, at: time), .fills, tag, into: &outbox)
    case .order(let listing, let venueOrderID):
      let request = VenueRequest(
        kind: .queryOrder, listing: listing, venue: venue, venueOrderID: venueOrderID)
      return ask(try encoder.rest(request, at: time), .query, tag, into: &outbox)
    case .deadMan(_, let isOn):
      var input = RequestInput()
      input.timeout = isOn ? UInt64(deadMan?.setting.seconds ?? 0) : 0
      let route = try encoder.fill(.deadManSwitch, input)
      return ask(try encoder.rest(route, at: time), route, tag, into: &outbox)
    }
  }

  func batchMax(_ kind: VenueRequestKind) -> Int {
    OKXEncoder.batchRoute(kind) == nil ? 1 : OKXEncoder.batchCountMax
  }

  mutating func beginBatch(_ kind: VenueRequestKind, tag: UInt64, at time: Timestamp) {
    guard let route = OKXEncoder.batchRoute(kind) else { return }
    encoder.beginBatch(
      route, id: tag, deadline: kind == .cancel ? nil : time + Self.orderLifetime)
  }

  mutating func addToBatch(_ request: VenueRequest, _ name: OrderName) throws(RequestError) {
    try encoder.addToBatch(request)
  }

  mutating func endBatch(tag: UInt64, into outbox: inout SessionOutbox) {
    outbox.text(Self.streamChannel, tag: tag, encoder.endBatch())
  }

  private mutating func write(
    _ step: Step, _ tag: UInt64, _ time: Timestamp, _ outbox: inout SessionOutbox
  ) throws(RequestError) -> RequestCost {
    encoder.parameters.removeAll()
    switch step {
    case .time:
      return ask(try encoder.rest(.serverTime, at: time), .serverTime, tag, into: &outbox)
    case .configuration:
      return ask(try encoder.rest(.configuration, at: time), .configuration, tag, into: &outbox)
    case .instruments(let type, let symbol):
      encoder.parameters.add("instType", type)
      if let symbol { encoder.parameters.add("instId", text: symbol) }
      return ask(try encoder.rest(.instruments, at: time), .instruments, tag, into: &outbox)
    case .logIn:
      pendingTag = tag
      pendingCount = 1
      outbox.text(Self.streamChannel, tag: tag, try encoder.logOn(at: time))
      return OKXRoute.logOn.cost
    case .subscribe:
      // Not at once: the step is taken again after a pause, as one that was not answered.
      if isOverCount {
        isOverCount = false
        throw .notOffered(.userStream, reason: Self.countErrorText)
      }
      pendingTag = tag
      pendingCount = OKX.userStreamChannelCount
      say(OKX.userStreamSubscription, tag, &outbox)
      return OKXRoute.subscribe.cost
    }
  }

  private func say(_ text: String, _ tag: UInt64, _ outbox: inout SessionOutbox) {
    var text = text
    text.withUTF8 { bytes in
      outbox.text(Self.streamChannel, tag: tag, UnsafeRawBufferPointer(bytes))
    }
  }

  private mutating func writeSnapshot(
    _ part: Int, _ page: VenueText, _ tag: UInt64, _ time: Timestamp,
    _ outbox: inout SessionOutbox
  ) throws(RequestError) -> RequestCost {
    encoder.parameters.removeAll()
    if part == 0 {
      newestFill = page.isEmpty ? 0 : newestFill
      addPage(page)
      return ask(try encoder.rest(.openOrders, at: time), .openOrders, tag, into: &outbox)
    }
    let route: OKXRoute = fillsSince < time - Self.recentFillSpan ? .fillsHistory : .fills
    encoder.parameters.add("instType", types[part - 1])
    encoder.parameters.add("begin", number: UInt64(max(0, fillsSince / 1_000_000)))
    addPage(page)
    return ask(try encoder.rest(route, at: time), route, tag, into: &outbox)
  }

  /// `after`: what is older than the row of that number.
  mutating func addPage(_ page: VenueText) {
    if !page.isEmpty { encoder.parameters.add("after", text: page.description) }
    encoder.parameters.add("limit", number: Self.pageLimit)
  }

  func ask(
    _ request: OKXRestRequest, _ route: OKXRoute, _ tag: UInt64, into outbox: inout SessionOutbox
  ) -> RequestCost {
    outbox.request(
      Self.restChannel, tag: tag, request.method, target: request.target, headers: request.headers,
      body: request.body)
    return route.cost
  }

  // MARK: Reading

  mutating func read(
    _ channel: Int, _ bytes: UnsafeRawBufferPointer, into news: inout TradingNews
  ) throws(ScanError) -> TradingMessage {
    var scanner = FieldScanner(bytes)
    if bytes.count == 4, scanner.matches(FieldRange(offset: 0, count: 4), "pong") { return .other }
    var envelope = OKXEnvelope()
    var pushed: TradingMessage?
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      // The channel is named in front of the data, which then are read as they are met.
      if pushed == nil, envelope.channel.isPresent, !envelope.event.isPresent,
        scanner.matches(key, "data")
      {
        pushed = try push(envelope.channel, &scanner, into: &news)
      } else {
        try envelope.field(key, &scanner)
      }
    }
    try scanner.expectEnd()
    if envelope.event.isPresent {
      if pushed != nil { news.removeAll() }
      return event(envelope, scanner, into: &news)
    }
    if let pushed { return pushed }
    if envelope.channel.isPresent {
      guard envelope.data >= 0 else { throw ScanError(bytes.count, "a field \"data\"") }
      scanner.offset = envelope.data
      return try push(envelope.channel, &scanner, into: &news)
    }
    if envelope.operation.isPresent, envelope.id.count > 0 {
      return .answer(try OKXText.number(envelope.id, scanner))
    }
    news.unknownCount += 1
    return .other
  }

  /// Reads the data of a push, at the scanner's place.
  private mutating func push(
    _ channel: FieldRange, _ scanner: inout FieldScanner, into news: inout TradingNews
  ) throws(ScanError) -> TradingMessage {
    if scanner.matches(channel, "orders") {
      try decoder.pushedOrders(&scanner, into: &news.orders)
    } else if scanner.matches(channel, "account") {
      try decoder.balances(&scanner, into: &news.balances)
    } else if scanner.matches(channel, "positions") {
      try decoder.positions(&scanner, into: &news.positions)
    } else if scanner.matches(channel, "balance_and_position") {
      // Balances and positions come by their own channels; here it is why they changed.
      news.hasPayments = try OKXAccountDecoder.isFunding(&scanner) && hasPayments
    } else {
      news.unknownCount += 1
      try scanner.skipValue()
      return .other
    }
    return .push
  }

  /// More than 30 connections of an account ask for one of its channels: the subscription is ended, as a
  /// rule behind its acknowledgement (https://www.okx.com/docs-v5/en/#overview-websocket, "Connection
  /// count limit"). It carries no code.
  static let countError: StaticString = "channel-conn-count-error"
  static let countErrorText = "too many connections of the account ask for its events"

  /// `login`, `subscribe`, `error`, `notice`...: the first three answer what is pending.
  private mutating func event(
    _ envelope: OKXEnvelope, _ scanner: FieldScanner, into news: inout TradingNews
  ) -> TradingMessage {
    if scanner.matches(envelope.event, "login") || scanner.matches(envelope.event, "subscribe") {
      guard pendingCount > 0 else { return .other }
      pendingCount -= 1
      return pendingCount == 0 ? .answer(pendingTag) : .other
    }
    let isCount = scanner.matches(envelope.event, Self.countError)
    guard isCount || scanner.matches(envelope.event, "error") else { return .other }
    if pendingCount > 0 {
      pendingCount = 0
      return .answer(pendingTag)
    }
    guard isCount else { return .other }
    // The venue took the subscription first, and ends it now.
    isOverCount = true
    news.text = Self.countErrorText
    news.isStreamOver = true
    return .push
  }
}
