import Credentials
import TradingModel

/// Bybit's orders in one category: entered over the trade stream (or REST, where there is none), told by
/// the private stream, asked about over REST.
///
/// An answer to an order request means that it was received; what comes of it the topic `order` tells as
/// a state, and the topic `execution` as fills.
/// https://bybit-exchange.github.io/docs/v5/websocket/trade/guideline
struct BybitTrading: ~Copyable, TradingDialect {
  /// Milliseconds after which a log-on that has not arrived is void.
  static let logOnLifetime: UInt64 = 10_000
  private static let second: Int64 = 1_000_000_000
  private static let receiveWindow: UInt64 = 5_000
  /// Fills are asked for in spans of at most 7 days; a little less leaves room for clocks.
  private static let fillSpan: Timestamp = 7 * 86_400 * second - 60 * second
  /// Fills may be listed a little after they happened.
  private static let fillMargin: Timestamp = 60 * second

  let category: BybitCategory
  let venue: VenueIndex
  let channels: [SessionChannel]
  let logOn: [LogOnStep]
  let repeated: [RepeatedQuestion]
  let deadMan: DeadManSwitch?
  let steps: [Step]
  /// Whether orders are entered over the trade stream.
  private let hasTradeStream: Bool
  let stream = 1
  let rest: Int
  /// The coins in which the run's linear contracts are settled; one nil for spot.
  private let settlements: [String?]
  var encoder: BybitEncoder
  var decoder: BybitAccountDecoder
  private var cursors = BybitCursors()
  /// The tag of the log-on that is due, by channel: the private stream does not say which it answers.
  var logOnTags: (trade: UInt64, stream: UInt64) = (0, 0)
  /// Fills since then may be unknown.
  private var fillsSince: Timestamp
  /// When the fills of the look that is under way were first asked for.
  private var fillsAskedAt: Timestamp = 0
  let paymentsSince: Timestamp
  /// Orders that the list of open and recent orders did not have: asked about again in the history.
  private var absentOrders: Set<OrderID> = []

  init(
    _ category: BybitCategory, _ environment: VenueEnvironment, _ credential: VenueCredential,
    _ account: AccountNames
  ) throws(SigningKeyError) {
    self.category = category
    venue = account.venue
    hasTradeStream = environment.orderEntry.hasPrefix("ws")
    rest = hasTradeStream ? 2 : 0
    let entry = SessionChannel(
      .webSocket, address: environment.orderEntry, purpose: "orders",
      silenceMax: 60 * Self.second)
    let stream = SessionChannel(
      .webSocket, address: environment.userStream, purpose: "own events",
      silenceMax: 60 * Self.second)
    let questions = SessionChannel(.http, address: environment.rest, purpose: "questions")
    channels = hasTradeStream ? [entry, stream, questions] : [questions, stream]
    steps =
      [.time] + (hasTradeStream ? [.logOnTrade] : []) + [.logOnStream, .subscribe]
      + (category == .spot ? [] : account.listings.map { .positionMode(symbol: $0.symbol) })
      + (account.deadMan == nil ? [] : Self.protection)
    let interval = 20 * Self.second
    logOn = steps.map { [rest] in Self.logOnStep($0, rest: rest) }
    deadMan = account.deadMan.map {
      DeadManSwitch(.connection, $0, channel: 1, cost: RequestCost(weight: 0))
    }
    repeated =
      [
        RepeatedQuestion(.time, channel: rest, every: 60 * Self.second),
        RepeatedQuestion(.heartbeat, channel: 1, every: interval),
      ] + (hasTradeStream ? [RepeatedQuestion(.heartbeat, channel: 0, every: interval)] : [])
    let capacity = (account.listings.map { Int($0.listing.index) }.max() ?? 0) + 1
    encoder = BybitEncoder(
      category, apiKey: credential.apiKey, signer: try credential.signer(),
      clientOrderIDPrefix: account.clientOrderIDPrefix, receiveWindow: Self.receiveWindow,
      host: VenueEnvironment.host(of: environment.rest), listingCapacity: capacity)
    for entry in account.listings { encoder.add(entry.listing, symbol: entry.symbol) }
    decoder = BybitAccountDecoder(BybitNames(category, account))
    settlements = category == .spot ? [nil] : Self.settlements(account)
    fillsSince = account.fillsSince
    paymentsSince = account.paymentsSince
  }

  private static func settlements(_ account: AccountNames) -> [String?] {
    var names: [String?] = []
    for entry in account.listings {
      let name = account.currencies.first { $0.currency == entry.listing.settlement }?.name
      if let name, !names.contains(name) { names.append(name) }
    }
    return names.isEmpty ? BybitEncoder.settlementCoins : names
  }

  var name: String { "\(category.venueName) orders" }
  /// Open orders of each settlement coin, then fills.
  var snapshotPartCount: Int { settlements.count + 1 }

  var hasPayments: Bool { category == .linear }

  func cost(of request: VenueRequest) -> RequestCost {
    switch request.kind {
    case .newOrder: BybitRoute.place.cost
    case .replace: BybitRoute.amend.cost
    case .cancel: BybitRoute.cancel.cost
    case .queryOrder, .querySnapshot: BybitRoute.openOrders.cost
    }
  }

  // MARK: Questions

  mutating func write(
    _ question: TradingQuestion, _ name: OrderName, tag: UInt64, at time: Timestamp,
    into outbox: inout SessionOutbox
  ) throws(RequestError) -> RequestCost {
    let timestamp = UInt64(max(0, time / 1_000_000))
    switch question {
    case .request(let request):
      return try write(request, name, tag, timestamp, &outbox)
    case .logOn(let index): return try write(steps[index], tag, timestamp, &outbox)
    case .repeated(let index):
      if repeated[index].kind == .time { return try write(.time, tag, timestamp, &outbox) }
      var ping = "{\"op\":\"ping\"}"
      ping.withUTF8 {
        outbox.text(repeated[index].channel, tag: tag, UnsafeRawBufferPointer($0))
      }
      return RequestCost(weight: 0)
    case .snapshot(let part, let page):
      let route =
        part < settlements.count
        ? encoder.fillOpenOrders(settlement: settlements[part], cursor: cursors.text(of: page))
        : fillFills(page, time)
      return try ask(route, tag, timestamp, &outbox)
    case .fills(let request, _, let page):
      let route = encoder.fillFills(
        of: OrderName(orderID: request.orderID), cursor: cursors.text(of: page))
      return try ask(route, tag, timestamp, &outbox)
    case .payments(let from, let page):
      let start = cursors.start(of: page) ?? from
      return try ask(
        encoder.fillPayments(
          from: UInt64(max(0, start / 1_000_000)),
          to: UInt64((start + Self.fillSpan) / 1_000_000), cursor: cursors.text(of: page)), tag,
        timestamp, &outbox)
    case .order:
      // Every fill carries the client order id.
      throw .notOffered(.query, reason: "the venue names every order by our id")
    case .deadMan(_, let isOn):
      outbox.text(stream, tag: tag, encoder.protection(isOn: isOn, tag: tag))
      return RequestCost(weight: 0)
    }
  }

  /// Over REST.
  mutating func ask(
    _ route: BybitRoute, _ tag: UInt64, _ timestamp: UInt64, _ outbox: inout SessionOutbox
  ) throws(RequestError) -> RequestCost {
    try encoder.send(route, timestamp: timestamp, channel: rest, tag: tag, into: &outbox)
    return route.cost
  }

  private mutating func write(
    _ request: VenueRequest, _ name: OrderName, _ tag: UInt64, _ timestamp: UInt64,
    _ outbox: inout SessionOutbox
  ) throws(RequestError) -> RequestCost {
    var route = try encoder.fill(request, name)
    if request.kind == .queryOrder, absentOrders.contains(request.orderID) { route = .orderHistory }
    guard hasTradeStream, route.operation.utf8CodeUnitCount > 0 else {
      return try ask(route, tag, timestamp, &outbox)
    }
    let payload = try encoder.payload(route)
    outbox.text(
      0, tag: tag, encoder.message(route, payload, timestamp: timestamp, tag: tag))
    return route.cost
  }

  /// Fills since the last look, a span after the other.
  private mutating func fillFills(_ page: VenueText, _ time: Timestamp) -> BybitRoute {
    if page.isEmpty { fillsAskedAt = time }
    let start = cursors.start(of: page) ?? (fillsSince > 0 ? fillsSince : time - Self.fillSpan)
    return encoder.fillFills(
      from: UInt64(max(0, start / 1_000_000)), to: UInt64((start + Self.fillSpan) / 1_000_000),
      cursor: cursors.text(of: page))
  }

  mutating func snapshotTold() {
    fillsSince = max(fillsSince, fillsAskedAt - Self.fillMargin)
  }

  // MARK: Messages

  mutating func read(
    _ channel: Int, _ bytes: UnsafeRawBufferPointer, into news: inout TradingNews
  ) throws(ScanError) -> TradingMessage {
    if channel == stream, try decoder.push(bytes, into: &news) { return .push }
    let reply = try BybitReply(bytes)
    switch reply.operation {
    case .heartbeat: return .other
    case .logOn, .subscription:
      let due = channel == stream ? logOnTags.stream : logOnTags.trade
      // The private stream does not repeat the number of a log-on.
      return .answer(reply.tag ?? due)
    case .order, .none, .other:
      if let tag = reply.tag { return .answer(tag) }
      if !reply.isSuccess { news.text = "\(reply.code): \(reply.message)" }
      return .other
    }
  }

  mutating func readAnswer(
    _ answer: SessionAnswer, to question: TradingQuestion, _ budget: inout RateBudget,
    at time: Timestamp, into news: inout TradingNews
  ) throws(ScanError) {
    var reply: BybitReply
    do throws(ScanError) {
      reply = try BybitReply(answer.body)
    } catch {
      // What stands in front of the venue answers in its own way: only the status tells.
      guard answer.status != 200, answer.status != 0 else { throw error }
      reply = BybitReply()
      reply.message = VenueMessageText(UnsafeRawBufferPointer(rebasing: answer.body.prefix(192)))
      reply.success = false
    }
    if answer.status != 0 { reply.usage = BybitUsage(answer) }
    observe(reply.usage, question, &budget, at: time)
    if answer.status >= 300 || !reply.isSuccess {
      return fail(reply, status: answer.status, question, at: time, &news)
    }
    do throws(ScanError) {
      try readResult(reply, answer.body, question, at: time, &news)
    } catch {
      guard let part = reply.result else { throw error }
      throw error.within(part)
    }
  }

  private mutating func readResult(
    _ reply: BybitReply, _ body: UnsafeRawBufferPointer, _ question: TradingQuestion,
    at time: Timestamp, _ news: inout TradingNews
  ) throws(ScanError) {
    switch question {
    case .logOn(let index): try readStep(steps[index], reply, body, &news)
    case .repeated(let index):
      if repeated[index].kind == .time { try readStep(.time, reply, body, &news) }
    case .request(let request):
      guard request.kind == .queryOrder else {
        news.outcome = .acknowledged
        return
      }
      try readOrder(request, try Self.result(reply, body), &news)
    case .snapshot(let part, let page):
      try readPart(part, page, try Self.result(reply, body), at: time, &news)
    case .payments(let from, let page):
      let start = cursors.start(of: page) ?? from
      try readExecutions(since: start, try Self.result(reply, body), at: time, &news)
    case .fills:
      let result = try Self.result(reply, body)
      keep(try decoder.answer(.fills, result, into: &news), of: result, start: nil, &news)
    case .order: news.outcome = .failed(.reject(.unknownOrder), as: .notFound)
    // That it is no error is enough.
    case .deadMan: break
    }
  }

  static func result(
    _ reply: BybitReply, _ body: UnsafeRawBufferPointer
  ) throws(ScanError) -> UnsafeRawBufferPointer {
    guard let result = reply.result else { throw ScanError(body.count, "a field \"result\"") }
    return result.of(body)
  }

  /// What a refusal means.
  private func fail(
    _ reply: BybitReply, status: Int, _ question: TradingQuestion, at time: Timestamp,
    _ news: inout TradingNews
  ) {
    let name = BybitErrors.name(of: reply.code) ?? "\(reply.code)"
    news.text = "\(name): \(reply.message)"
    if case .logOn(let index) = question {
      // Logged on already is as good.
      if reply.code == 20_001 {
        news.outcome = .done
        return
      }
      if reply.code == 0, status == 0 {
        let isLogOn: Bool =
          switch steps[index] {
          case .subscribe, .subscribeProtection: false
          default: true
          }
        news.outcome = .failed(
          BybitErrors.meaning(ofWords: reply.message, isLogOn: isLogOn), as: nil)
        return
      }
    }
    var meaning = reply.meaning(status: status)
    if case .logOn(let index) = question, steps[index].isProtection, status < 500 {
      meaning = Self.protectionMeaning(meaning)
    }
    // An address that asked too often waits; a limit of the account is a second's.
    if case .rateLimited(let until, let scope) = meaning, until <= time {
      let pause = scope == .address ? BybitErrors.banTime : Self.second
      meaning = .rateLimited(until: time + pause, by: scope)
    } else if case .endpointLimited(let until) = meaning, until <= time {
      meaning = .endpointLimited(until: time + Self.second)
    }
    news.outcome = .failed(meaning, as: nil)
  }

  /// Takes over how much of a limit is used, where the venue's limit is ours: higher ranks have more.
  private func observe(
    _ usage: BybitUsage, _ question: TradingQuestion, _ budget: inout RateBudget,
    at time: Timestamp
  ) {
    guard let used = usage.used, case .request(let request) = question else { return }
    let kind: RateLimitKind
    switch request.kind {
    case .newOrder: kind = .orders
    case .replace, .cancel: kind = .weight
    case .queryOrder, .querySnapshot: return
    }
    let limit = category == .spot ? 20 : 10
    if usage.limit == limit { budget.observe(kind, interval: Self.second, used: used, at: time) }
  }

  // MARK: Answers with lists

  private mutating func readOrder(
    _ request: VenueRequest, _ result: UnsafeRawBufferPointer, _ news: inout TradingNews
  ) throws(ScanError) {
    _ = try decoder.answer(.orders, result, into: &news)
    if news.orders.count > 0 {
      absentOrders.remove(request.orderID)
    } else if absentOrders.remove(request.orderID) != nil {
      news.outcome = .failed(.reject(.unknownOrder), as: .notFound)
    } else {
      // After a restart the venue lists ended orders in the history only: that is asked next.
      absentOrders.insert(request.orderID)
      news.outcome = .failed(.askFirst, as: nil)
    }
  }

  private mutating func readPart(
    _ part: Int, _ page: VenueText, _ result: UnsafeRawBufferPointer, at time: Timestamp,
    _ news: inout TradingNews
  ) throws(ScanError) {
    if part < settlements.count {
      return keep(try decoder.answer(.orders, result, into: &news), of: result, start: nil, &news)
    }
    let start = cursors.start(of: page) ?? (fillsSince > 0 ? fillsSince : time - Self.fillSpan)
    try readExecutions(since: start, result, at: time, &news)
  }

  /// A page of the executions in the span that begins at `start`.
  private mutating func readExecutions(
    since start: Timestamp, _ result: UnsafeRawBufferPointer, at time: Timestamp,
    _ news: inout TradingNews
  ) throws(ScanError) {
    let cursor = try decoder.answer(.fills, result, into: &news)
    keep(cursor, of: result, start: start, &news)
    // The span is told; the next one follows up to now.
    if news.nextPage.isEmpty, start + Self.fillSpan < time {
      news.nextPage = cursors.keep("", start: start + Self.fillSpan)
    }
  }

  /// Keeps a page's cursor, which is longer than the session's texts.
  private mutating func keep(
    _ cursor: FieldRange, of result: UnsafeRawBufferPointer, start: Timestamp?,
    _ news: inout TradingNews
  ) {
    guard cursor.isPresent else { return }
    let bytes = result[cursor.offset..<cursor.offset + cursor.count]
    news.nextPage = cursors.keep(String(decoding: bytes, as: UTF8.self), start: start)
  }
}
