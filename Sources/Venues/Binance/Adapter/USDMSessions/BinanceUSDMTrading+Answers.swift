import TradingModel

// What the venue says.
extension BinanceUSDMTrading {
  mutating func read(
    _ channel: Int, _ bytes: UnsafeRawBufferPointer, into news: inout TradingNews
  ) throws(ScanError) -> TradingMessage {
    if channel == Self.orders { return try Self.tag(of: bytes) }
    switch try decoder.decode(userEvent: bytes, into: &news) {
    case .order, .account, .streamOver: return .push
    case .liteTrade, .algoOrder, .unused, .other: return .other
    }
  }

  /// The request that a message of the WebSocket API answers; what it says is read later.
  private static func tag(of bytes: UnsafeRawBufferPointer) throws(ScanError) -> TradingMessage {
    var scanner = FieldScanner(bytes)
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      guard scanner.matches(key, "id") else {
        try scanner.skipValue()
        continue
      }
      guard scanner.peek() == UInt8(ascii: "\"") else { return .other }
      // Ours are numbers in quotes.
      scanner.offset += 1
      guard scanner.peek() &- 0x30 <= 9 else { return .other }
      return .answer(try scanner.unsigned())
    }
    return .other
  }

  mutating func readAnswer(
    _ answer: SessionAnswer, to question: TradingQuestion, _ budget: inout RateBudget,
    at time: Timestamp, into news: inout TradingNews
  ) throws(ScanError) {
    guard answer.status == 0 else {
      return try readHTTP(answer, question, &budget, time, &news)
    }
    let reply = try BinanceReply(answer.body)
    BinanceLimits.observe(reply.usage, &budget, at: time)
    if let error = reply.error {
      Self.fail(error, status: reply.status, question, &news)
    } else if let part = reply.result {
      do throws(ScanError) {
        try readResult(part.of(answer.body), question, at: time, &news)
      } catch {
        throw error.within(part)
      }
    } else {
      throw ScanError(answer.body.count, "a field \"result\" or \"error\"")
    }
  }

  private mutating func readHTTP(
    _ answer: SessionAnswer, _ question: TradingQuestion, _ budget: inout RateBudget,
    _ time: Timestamp, _ news: inout TradingNews
  ) throws(ScanError) {
    BinanceLimits.observe(answer, &budget, at: time)
    if answer.status == 200 {
      return try readResult(answer.body, question, at: time, &news)
    }
    // A body that is no error object leaves the status to tell.
    var error = (try? BinanceError(answer.body)) ?? BinanceError()
    if answer.status == 429 || answer.status == 418 {
      error.retryAfter = max(time, budget.bannedUntil)
    }
    Self.fail(error, status: answer.status, question, &news)
  }

  private static func fail(
    _ error: BinanceError, status: Int, _ question: TradingQuestion, _ news: inout TradingNews
  ) {
    let meaning = BinanceUSDMErrors.meaning(
      code: error.code, status: status, message: error.message, until: error.retryAfter)
    var kind: VenueReportKind?
    if error.code == -2013 {
      switch question {
      case .request(let request) where request.kind == .queryOrder: kind = .notFound
      case .order: kind = .notFound
      default: break
      }
    }
    news.outcome = .failed(meaning, as: kind)
    news.text = "\(BinanceUSDMErrors.name(of: error.code) ?? "\(error.code)"): \(error.message)"
  }

  // MARK: Results

  private mutating func readResult(
    _ result: UnsafeRawBufferPointer, _ question: TradingQuestion, at time: Timestamp,
    _ news: inout TradingNews
  ) throws(ScanError) {
    switch question {
    case .request(let request):
      try decoder.decode(orders: result, as: Self.answer(to: request.kind), into: &news.orders)
    case .order: try decoder.decode(orders: result, as: .queried, into: &news.orders)
    case .logOn(let index): try readStep(steps[index], result, &news)
    case .repeated(let index):
      if index == 0 { news.outcome = .time(try BinanceSpotDecoder.serverTime(result)) }
    case .snapshot(let part, _):
      try readPart(snapshotPart(part), result, at: time, &news)
    case .payments(let from, let page):
      try readPayments(from: from, page, result, at: time, &news)
    case .fills:
      try decoder.decode(trades: result, into: &news.orders)
      if news.orders.count >= Int(Self.fillLimit) {
        news.nextPage = VenueText("\(Self.lastTrade(news) + 1)")
      }
    case .deadMan: try BinanceUSDMDecoder.checkCountdown(result)
    }
  }

  private static func answer(to kind: VenueRequestKind) -> BinanceOrderAnswer {
    switch kind {
    case .newOrder: .placed
    case .replace: .amended
    case .cancel: .canceled
    case .queryOrder, .querySnapshot: .queried
    }
  }

  private mutating func readStep(
    _ step: Step, _ result: UnsafeRawBufferPointer, _ news: inout TradingNews
  ) throws(ScanError) {
    switch step {
    case .time: news.outcome = .time(try BinanceSpotDecoder.serverTime(result))
    // That it is no error is enough.
    case .session: break
    case .positionMode:
      if try BinanceUSDMDecoder.isHedged(result) {
        news.outcome = .failed(.stop(.permission), as: nil)
        news.text =
          "the account is in hedge mode, with a long and a short position a symbol; orders are "
          + "entered in one-way position mode only"
      }
    case .userStream:
      let key = try BinanceSpotDecoder.listenKey(result)
      news.target = "\(Self.path(of: environment.userStream))/\(key)"
    }
  }

  /// What stands behind the host of an address.
  private static func path(of address: String) -> Substring {
    let rest = address.firstRange(of: "://").map { address[$0.upperBound...] } ?? address[...]
    return rest.drop { $0 != "/" }
  }

  private mutating func readPart(
    _ part: SnapshotPart, _ result: UnsafeRawBufferPointer, at time: Timestamp,
    _ news: inout TradingNews
  ) throws(ScanError) {
    switch part {
    case .openOrders: try decoder.decode(orders: result, as: .queried, into: &news.orders)
    case .positions: try decoder.decode(positions: result, into: &news.positions)
    case .balances: try decoder.decode(balances: result, into: &news.balances)
    case .fills(let index):
      try decoder.decode(trades: result, into: &news.orders)
      let last = Self.lastTrade(news)
      looks[index].seen = max(looks[index].seen, last)
      let windowEnd = looks[index].windowEnd
      if news.orders.count >= Int(Self.fillLimit) {
        news.nextPage = VenueText("\(last + 1)")
      } else if windowEnd > 0, windowEnd <= UInt64(max(0, time / 1_000_000)) {
        // The seven days are told, and more have passed since.
        news.nextPage = VenueText("t\(windowEnd)")
      }
    }
  }

  private static func lastTrade(_ news: borrowing TradingNews) -> TradeID {
    var last: TradeID = 0
    for index in 0..<news.orders.count { last = max(last, news.orders[index].report.tradeID) }
    return last
  }
}
