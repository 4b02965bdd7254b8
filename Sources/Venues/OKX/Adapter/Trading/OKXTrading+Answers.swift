import TradingModel

// Answers: over the connection to operations, over REST to questions.
extension OKXTrading {
  mutating func readAnswer(
    _ answer: SessionAnswer, to question: TradingQuestion, _ budget: inout RateBudget,
    at time: Timestamp, into news: inout TradingNews
  ) throws(ScanError) {
    var scanner = FieldScanner(answer.body)
    let envelope: OKXEnvelope
    do throws(ScanError) {
      envelope = try OKXEnvelope(&scanner)
    } catch {
      // What stands before the venue answers in its own words.
      if answer.status == 200 || answer.status == 0 { throw error }
      let meaning = OKXErrors.meaning(code: 0, status: answer.status, at: time)
      news.text = "HTTP status \(answer.status)"
      news.outcome = .failed(meaning, as: nil)
      return
    }
    if envelope.event.isPresent, scanner.matches(envelope.event, Self.countError) {
      news.text = Self.countErrorText
      news.outcome = .failed(.retry, as: nil)
      return
    }
    if case .request(let request) = question, request.kind != .queryOrder {
      return try readOperation(
        envelope, &scanner, request, at: answer.place, time, into: &news)
    }
    if envelope.code != 0 || answer.status >= 300 {
      let status = answer.status == 0 ? 200 : answer.status
      return fail(envelope.code, envelope.message, question, scanner, status, time, into: &news)
    }
    try readResult(answer, envelope, &scanner, question, into: &news)
  }

  private func fail(
    _ code: UInt64, _ message: FieldRange, _ question: TradingQuestion, _ scanner: FieldScanner,
    _ status: Int, _ time: Timestamp, into news: inout TradingNews
  ) {
    var kind: VenueReportKind?
    switch question {
    case .request(let request): kind = OKXErrors.reportKind(code, to: request.kind)
    case .order: kind = OKXErrors.reportKind(code, to: .queryOrder)
    case .logOn, .repeated, .snapshot, .fills, .payments, .deadMan: break
    }
    news.text = "\(code): \(OKXText.string(message, scanner))"
    var meaning = OKXErrors.meaning(code: code, status: status, at: time)
    // The switch may be set once a second: that limit is its own, and does not shut out anything else.
    if case .deadMan = question, case .rateLimited = meaning { meaning = .retry }
    news.outcome = .failed(meaning, as: kind)
  }

  // MARK: Operations

  /// `{"id", "op", "code", "msg", "data": [{"ordId", "sCode", "sMsg", "ts"}]}`: `sCode` says more than
  /// `code`, which is 1 where all orders failed, and 2 where some did.
  ///
  /// - Parameter place: of the order in a batch; nil where it was sent alone.
  private mutating func readOperation(
    _ envelope: OKXEnvelope, _ scanner: inout FieldScanner, _ request: VenueRequest,
    at place: Int?, _ time: Timestamp, into news: inout TradingNews
  ) throws(ScanError) {
    var found: OKXAcknowledgement?
    if envelope.data >= 0 {
      scanner.offset = envelope.data
      try scanner.beginArray()
      if scanner.peek() == UInt8(ascii: "{") {
        found = try acknowledgement(of: request, at: place, &scanner)
      }
    }
    // 2 speaks of the batch, and not of this order.
    let whole = place != nil && envelope.code == 2 && found != nil ? 0 : envelope.code
    let code = found.map { $0.code != 0 ? $0.code : whole } ?? whole
    guard let found, code == 0 else {
      if found == nil, code == 0 { throw ScanError(scanner.offset, "an order in \"data\"") }
      // A cancel that is under way already: the push tells of its end.
      if request.kind == .cancel, code == 51410 {
        news.outcome = .acknowledged
        return
      }
      let message = found.map { $0.message.count > 0 ? $0.message : envelope.message }
      fail(code, message ?? envelope.message, .request(request), scanner, 200, time, into: &news)
      return
    }
    guard request.kind == .newOrder else {
      // Received; the channel `orders` tells what comes of it.
      news.outcome = .acknowledged
      return
    }
    news.orders.append(
      OrderNews(
        VenueReport(
          kind: .accepted, listing: request.listing, venue: venue, side: request.side,
          orderID: request.orderID, venueOrderID: found.venueOrderID, version: request.version,
          price: request.price, quantity: request.quantity,
          venueTime: found.venueTime > 0 ? found.venueTime : time), ownership: .own,
        isFollowed: true))
  }

  /// What an answer says of one order: the array `data`, whose beginning was read.
  ///
  /// Of a batch it is the element that names the order, by our id or the venue's number; one that names
  /// none is taken for the order at its place. Without either nobody knows what became of the order.
  private func acknowledgement(
    of request: VenueRequest, at place: Int?, _ scanner: inout FieldScanner
  ) throws(ScanError) -> OKXAcknowledgement {
    guard let place else { return try OKXAcknowledgement(&scanner) }
    var found: OKXAcknowledgement?
    var index = 0
    var isFirst = true
    while try scanner.another(&isFirst, until: UInt8(ascii: "]")) {
      let told = try OKXAcknowledgement(&scanner)
      let isNamed = isAbout(request, told, scanner)
      if index == place, isNamed != false { return told }
      if isNamed == true { found = told }
      index += 1
    }
    guard let found else { throw ScanError(scanner.offset, "each order of the batch") }
    return found
  }

  /// Whether an acknowledgement names the order of a request; nil where it names none.
  private func isAbout(
    _ request: VenueRequest, _ told: OKXAcknowledgement, _ scanner: FieldScanner
  ) -> Bool? {
    if told.clientOrderID.count > 0,
      let name = decoder.ownNames.read(scanner.bytes(told.clientOrderID))
    {
      return name.orderID == request.orderID
    }
    guard told.venueOrderID != 0, request.venueOrderID != 0 else { return nil }
    return told.venueOrderID == request.venueOrderID
  }

  // MARK: Questions

  private mutating func readResult(
    _ answer: SessionAnswer, _ envelope: OKXEnvelope, _ scanner: inout FieldScanner,
    _ question: TradingQuestion, into news: inout TradingNews
  ) throws(ScanError) {
    if case .logOn(let index) = question {
      return try readStep(steps[index], answer, envelope, &scanner, into: &news)
    }
    guard envelope.data >= 0 else { throw ScanError(answer.body.count, "a field \"data\"") }
    scanner.offset = envelope.data
    switch question {
    case .request, .order:
      try decoder.askedOrders(&scanner, into: &news.orders)
      if news.orders.count == 0 {
        news.outcome = .failed(.reject(.unknownOrder), as: .notFound)
      }
    case .snapshot(0, _):
      try decoder.askedOrders(&scanner, into: &news.orders)
      if news.orders.count == Int(Self.pageLimit) {
        news.nextPage = VenueText("\(news.orders[news.orders.count - 1].report.venueOrderID)")
      }
    case .payments: try readPayments(&scanner, into: &news)
    case .snapshot:
      try readFills(&scanner, into: &news)
      for index in 0..<news.orders.count {
        newestFill = max(newestFill, news.orders[index].report.venueTime)
      }
    case .fills: try readFills(&scanner, into: &news)
    case .repeated: news.outcome = .time(try Self.serverTime(&scanner))
    // That it is no error is enough.
    case .logOn, .deadMan: break
    }
  }

  private mutating func readFills(
    _ scanner: inout FieldScanner, into news: inout TradingNews
  ) throws(ScanError) {
    let page = try decoder.fills(&scanner, into: &news.orders)
    if page.count == Int(Self.pageLimit) { news.nextPage = page.oldestBill }
  }

  /// `[{"ts": "1597026383085"}]`.
  static func serverTime(_ scanner: inout FieldScanner) throws(ScanError) -> Timestamp {
    try scanner.beginArray()
    try scanner.beginObject()
    var time: Timestamp = 0
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      let value = try OKXText.value(&scanner)
      if scanner.matches(key, "ts") { time = try OKXText.time(value, scanner) }
    }
    if time == 0 { throw ScanError(scanner.offset, "a field \"ts\"") }
    return time
  }

  private mutating func readStep(
    _ step: Step, _ answer: SessionAnswer, _ envelope: OKXEnvelope, _ scanner: inout FieldScanner,
    into news: inout TradingNews
  ) throws(ScanError) {
    switch step {
    case .time:
      guard envelope.data >= 0 else { throw ScanError(answer.body.count, "a field \"data\"") }
      scanner.offset = envelope.data
      news.outcome = .time(try Self.serverTime(&scanner))
    case .configuration: takeConfiguration(try OKXAccountConfiguration(answer.body), into: &news)
    case .instruments:
      for instrument in try OKXInstrument.list(answer.body) {
        for entry in listings where entry.symbol == instrument.symbol {
          encoder.setCode(entry.listing, instrument.code)
        }
      }
    case .logIn, .subscribe: break
    }
  }

  /// Swaps are traded in one net position: a hedged account would need a side with every order, and one
  /// in spot mode has no swaps.
  private func takeConfiguration(
    _ told: OKXAccountConfiguration, into news: inout TradingNews
  ) {
    guard types.contains(where: { $0.description == "SWAP" }) else { return }
    if told.isHedged {
      news.text = "the account keeps longs and shorts apart (long_short_mode): set net_mode"
      news.outcome = .failed(.stop(.permission), as: nil)
    } else if told.level == 1 {
      news.text = "the account is in spot mode, in which swaps are not traded"
      news.outcome = .failed(.stop(.permission), as: nil)
    }
  }
}
