import Credentials
import TradingModel

/// Binance spot's orders, over one connection of the WebSocket API: requests, their answers, and the
/// account's own events.
///
/// developers.binance.com/docs/binance-spot-api-docs/websocket-api
struct BinanceSpotTrading: TradingDialect, ~Copyable {
  static var second: Int64 { 1_000_000_000 }
  /// Fills that are asked for at once, the venue's most.
  static var fillLimit: UInt64 { 1_000 }

  let environment: VenueEnvironment
  let venue: VenueIndex
  private let symbols: [SymbolScale]
  private var encoder: BinanceSpotEncoder
  private var decoder: BinanceSpotDecoder
  private let isLogOnNeeded: Bool
  private var event = BinanceSpotUserEvent()
  private var reports = PlainRun<BinanceSpotReport>()
  /// The answer that was read last.
  private var reply = BinanceReply()
  private let fillsSince: Timestamp
  /// Of each symbol, the last trade that was told with a snapshot, and the last one seen for the next.
  private var toldTrades: [TradeID]
  private var seenTrades: [TradeID]

  init(
    _ environment: VenueEnvironment, _ credential: VenueCredential, _ account: AccountNames
  ) throws(SigningKeyError) {
    self.environment = environment
    venue = account.venue
    symbols = account.symbolScales
    isLogOnNeeded = credential.kind == .ed25519
    fillsSince = account.fillsSince
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
    toldTrades = Array(repeating: 0, count: symbols.count)
    seenTrades = toldTrades
  }

  var name: String { "\(BinanceSpot.description.name) orders" }

  var channels: [SessionChannel] {
    [SessionChannel(.webSocket, address: environment.orderEntry, purpose: "orders and own events")]
  }

  var logOn: [LogOnStep] {
    let all = [
      LogOnStep(.time, channel: 0, purpose: "time"),
      LogOnStep(.ask, channel: 0, purpose: "log-on"),
      LogOnStep(.ask, channel: 0, bringsEvents: true, purpose: "own events"),
    ]
    return isLogOnNeeded ? all : [all[0], all[2]]
  }

  private func action(ofStep step: Int) -> VenueAction {
    if step == 0 { return .serverTime }
    return step == 1 && isLogOnNeeded ? .logOn : .userStream
  }

  var repeated: [RepeatedQuestion] {
    [RepeatedQuestion(.time, channel: 0, every: 60 * Self.second)]
  }

  /// Open orders, and the fills of each symbol.
  var snapshotPartCount: Int { 1 + symbols.count }

  /// The venue only takes from an order's quantity in place.
  func isNative(_ replace: VenueRequest, of known: OrderTerms?) -> Bool {
    guard let known else { return false }
    return replace.price == known.price && replace.quantity < known.quantity
  }

  var replacesInSteps: Bool { true }

  func cost(of request: VenueRequest) -> RequestCost { BinanceSpotEncoder.cost(of: request) }

  // MARK: Writing

  mutating func write(
    _ question: TradingQuestion, _ name: OrderName, tag: UInt64, at time: Timestamp,
    into outbox: inout SessionOutbox
  ) throws(RequestError) -> RequestCost {
    let timestamp = UInt64(time / 1_000_000)
    if case .request(let request) = question {
      outbox.text(
        0, tag: tag,
        try encoder.webSocket(
          request, name, timestamp: timestamp, id: tag, isLoggedOn: isLogOnNeeded))
      return cost(of: request)
    }
    var (action, input) = asked(question)
    input.channel = .webSocket
    let route = try encoder.fill(action, input, timestamp: timestamp)
    outbox.text(0, tag: tag, try encoder.form.message(route, id: tag, isSigned: true))
    return route.cost
  }

  /// What a question of the session's own asks of the venue.
  private func asked(_ question: TradingQuestion) -> (VenueAction, RequestInput) {
    var input = RequestInput()
    switch question {
    case .logOn(let step): return (action(ofStep: step), input)
    // Spot has no funding: payments are never asked for.
    case .repeated, .request, .payments: return (.serverTime, input)
    case .snapshot(0, _): return (.openOrders, input)
    case .snapshot(let part, let page):
      let symbol = part - 1
      input.symbol = symbols[symbol].symbol
      input.limit = Self.fillLimit
      if let id = UInt64(page.description) {
        input.firstTradeID = id
      } else if toldTrades[symbol] > 0 {
        input.firstTradeID = toldTrades[symbol]
      } else if fillsSince > 0 {
        input.startTime = UInt64(fillsSince / 1_000_000)
      }
      return (.fills, input)
    case .fills(let request, let venueOrderID, let page):
      input.symbol = symbol(of: request.listing)
      input.venueOrderID = venueOrderID
      input.limit = Self.fillLimit
      input.firstTradeID = UInt64(page.description)
      return (.fills, input)
    case .order(let listing, let venueOrderID):
      input.symbol = symbol(of: listing)
      input.venueOrderID = venueOrderID
      return (.query, input)
    // The venue has none for spot, and the encoder says so.
    case .deadMan: return (.deadManSwitch, input)
    }
  }

  private func symbol(of listing: ListingIndex) -> String? {
    symbols.first { $0.listing == listing }?.symbol
  }

  // MARK: Reading

  mutating func read(
    _ channel: Int, _ bytes: UnsafeRawBufferPointer, into news: inout TradingNews
  ) throws(ScanError) -> TradingMessage {
    try decoder.decode(userEvent: bytes, into: &event)
    switch event.kind {
    case .reply:
      reply = try BinanceReply(bytes)
      if let tag = UInt64(reply.id.description) { return .answer(tag) }
      // An error without an id is about something we sent, and nobody can tell what.
      return .other
    case .order: news.orders.append(event.order.news)
    case .balances, .balanceChange, .externalLock:
      for index in 0..<event.balances.count { news.balances.append(event.balances[index]) }
    case .streamTerminated, .listenKeyExpired: news.isStreamOver = true
    // The connection is closed by the venue in a moment, and comes again.
    case .serverShutdown, .list: return .other
    case .other:
      news.unknownCount += 1
      return .other
    }
    return .push
  }

  mutating func readAnswer(
    _ answer: SessionAnswer, to question: TradingQuestion, _ budget: inout RateBudget,
    at time: Timestamp, into news: inout TradingNews
  ) throws(ScanError) {
    BinanceLimits.observe(reply.usage, &budget, at: time)
    if let error = reply.error { return take(error, status: reply.status, question, &news) }
    guard let part = reply.result else {
      guard case .logOn = question else { throw ScanError(0, "a result or an error") }
      return
    }
    do throws(ScanError) {
      try readResult(part.of(answer.body), question, &news)
    } catch {
      throw error.within(part)
    }
  }

  private mutating func readResult(
    _ result: UnsafeRawBufferPointer, _ question: TradingQuestion, _ news: inout TradingNews
  ) throws(ScanError) {
    reports.removeAll()
    switch question {
    case .logOn(let step) where action(ofStep: step) != .serverTime: return
    case .deadMan: return
    case .logOn, .repeated, .payments:
      news.outcome = .time(try BinanceSpotDecoder.serverTime(result))
      return
    case .request(let request):
      try decoder.decode(orders: result, as: request.kind.answer, into: &reports)
    case .snapshot(0, _), .order: try decoder.decode(orders: result, as: .queried, into: &reports)
    case .snapshot, .fills:
      try decoder.decode(trades: result, into: &reports)
      turnPage(question, &news)
    }
    for index in 0..<reports.count { news.orders.append(reports[index].news) }
  }

  /// Trades come oldest first; where there are as many as were asked for, there may be more.
  private mutating func turnPage(_ question: TradingQuestion, _ news: inout TradingNews) {
    guard reports.count > 0 else { return }
    let last = reports[reports.count - 1].report.tradeID
    var isFromPast = true
    if case .snapshot(let part, let page) = question {
      seenTrades[part - 1] = max(seenTrades[part - 1], last)
      isFromPast = toldTrades[part - 1] > 0 || fillsSince > 0 || !page.isEmpty
    }
    if isFromPast, reports.count == Int(Self.fillLimit) { news.nextPage = VenueText("\(last + 1)") }
  }

  private func take(
    _ error: BinanceError, status: Int, _ question: TradingQuestion, _ news: inout TradingNews
  ) {
    let meaning = error.meaning(status: status)
    var kind: VenueReportKind?
    switch question {
    case .request(let request):
      kind = BinanceErrors.reportKind(of: meaning, to: request.kind, code: error.code)
    case .order:
      kind = BinanceErrors.reportKind(of: meaning, to: .queryOrder, code: error.code)
    default: break
    }
    news.outcome = .failed(meaning, as: kind)
    news.text = "\(BinanceErrors.name(of: error.code) ?? "\(error.code)"): \(error.message)"
  }

  mutating func snapshotTold() { toldTrades = seenTrades }
}

extension BinanceSpotReport {
  /// As every venue's session takes it.
  var news: OrderNews {
    var news = OrderNews(report, ownership: ownership, isFollowed: isFollowed)
    news.isFeeBooked = isFeeBooked
    if nameVersion > 0 {
      news.name = OrderName(
        orderID: report.orderID, version: nameVersion, filledBefore: filledBefore)
      news.report.cumulativeQuantity = cumulativeQuantity
    }
    return news
  }
}

extension VenueRequestKind {
  /// What an answer to it is.
  fileprivate var answer: BinanceOrderAnswer {
    switch self {
    case .newOrder: .placed
    case .replace: .amended
    case .cancel: .canceled
    case .queryOrder, .querySnapshot: .queried
    }
  }
}
