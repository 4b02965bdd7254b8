import TradingModel

// Orders in answers, over REST and the WebSocket API: one object, or an array of them.
// https://developers.binance.com/docs/binance-spot-api-docs/rest-api/trading-endpoints
extension BinanceSpotDecoder {
  /// Decodes an answer with orders: `ACK`, `RESULT` and `FULL` of a new order, canceled ones, an
  /// amended one, and those that were asked for. An order list in it gives its orders.
  ///
  /// - Parameters:
  ///   - bytes: the body, or the `result` of the WebSocket API.
  ///   - answer: what was asked.
  ///   - reports: gets one report an order, and behind it one a fill that the answer lists.
  /// - Throws: `ScanError` for what is no such answer, an error object among them; the reports before
  ///   that place stand in `reports`.
  public mutating func decode(
    orders bytes: UnsafeRawBufferPointer, as answer: BinanceOrderAnswer,
    into reports: inout PlainRun<BinanceSpotReport>
  ) throws(ScanError) {
    var scanner = FieldScanner(bytes)
    if scanner.peek() == UInt8(ascii: "[") {
      try orderArray(&scanner, answer, &reports)
    } else {
      try order(&scanner, answer, &reports)
    }
    try scanner.expectEnd()
  }

  private mutating func orderArray(
    _ scanner: inout FieldScanner, _ answer: BinanceOrderAnswer,
    _ reports: inout PlainRun<BinanceSpotReport>
  ) throws(ScanError) {
    try scanner.beginArray()
    var isFirst = true
    while try scanner.another(&isFirst, until: UInt8(ascii: "]")) {
      try order(&scanner, answer, &reports)
    }
  }

  /// What is read on the way and put together at the end.
  private struct Notes {
    /// Place in the scales; -1 not followed, -2 not read yet.
    var symbol = -2
    var client = FieldRange.none
    var original = FieldRange.none
    /// Where arrays begin; -1 for none.
    var fills = -1
    var orderReports = -1
    var amended = -1
    var hasOrderID = false
    var transactTime: Timestamp = 0
    var updateTime: Timestamp = 0
    var time: Timestamp = 0
  }

  /// The object at the scanner's place: an order, an order list, or the envelope of an amendment.
  mutating func order(
    _ scanner: inout FieldScanner, _ answer: BinanceOrderAnswer,
    _ reports: inout PlainRun<BinanceSpotReport>
  ) throws(ScanError) {
    var report = BinanceSpotReport(venue: venue)
    var notes = Notes()
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      try field(key, &scanner, &report, &notes)
    }
    let end = scanner.offset
    if notes.orderReports >= 0 {
      scanner.offset = notes.orderReports
      try orderArray(&scanner, answer, &reports)
    } else if notes.amended >= 0 {
      scanner.offset = notes.amended
      let place = reports.count
      try order(&scanner, answer, &reports)
      // The envelope of an amendment has its time.
      for index in place..<reports.count where notes.transactTime > 0 {
        reports[index].report.venueTime = notes.transactTime
      }
    } else {
      try finish(&scanner, answer, &report, notes)
      reports.append(report)
      if notes.fills >= 0 {
        scanner.offset = notes.fills
        try fills(&scanner, of: report, notes.symbol, &reports)
      }
    }
    scanner.offset = end
  }

  private mutating func finish(
    _ scanner: inout FieldScanner, _ answer: BinanceOrderAnswer,
    _ report: inout BinanceSpotReport, _ notes: Notes
  ) throws(ScanError) {
    guard notes.symbol > -2 else { throw ScanError(scanner.offset, "a field \"symbol\"") }
    guard notes.hasOrderID else { throw ScanError(scanner.offset, "a field \"orderId\"") }
    try identify(scanner, client: notes.client, original: notes.original, &report)
    report.report.venueTime =
      notes.transactTime > 0
      ? notes.transactTime : notes.updateTime > 0 ? notes.updateTime : notes.time
    report.creationTime = notes.time
    report.conclude(answer)
  }

  @inline(__always)
  private mutating func field(
    _ key: FieldRange, _ scanner: inout FieldScanner, _ report: inout BinanceSpotReport,
    _ notes: inout Notes
  ) throws(ScanError) {
    switch key.count {
    case 4, 5: try shortField(key, &scanner, &report, &notes)
    case 3 where scanner.matches(key, "qty"), 7 where scanner.matches(key, "origQty"):
      try findSymbolOnce(scanner, &report, &notes)
      report.quantity = try quantity(&scanner, notes.symbol)
    case 6 where scanner.matches(key, "symbol"):
      notes.symbol = try symbol(&scanner, &report)
    case 6 where scanner.matches(key, "status"): report.status = try scanner.orderStatus()
    case 7 where scanner.matches(key, "orderId"):
      report.report.venueOrderID = try scanner.identifier()
      notes.hasOrderID = true
    case 9 where scanner.matches(key, "stopPrice"):
      try findSymbolOnce(scanner, &report, &notes)
      report.stopPrice = try price(&scanner, notes.symbol)
    case 9 where scanner.matches(key, "isWorking"):
      report.isOnBook = try scanner.optionalBoolean()
    case 11 where scanner.matches(key, "executedQty"):
      try findSymbolOnce(scanner, &report, &notes)
      report.cumulativeQuantity = try quantity(&scanner, notes.symbol)
    case 13 where scanner.matches(key, "clientOrderId"): notes.client = try scanner.string()
    case 17 where scanner.matches(key, "origClientOrderId"): notes.original = try scanner.string()
    case 12 where scanner.matches(key, "transactTime"):
      notes.transactTime = try scanner.milliseconds()
    default: try rareField(key, &scanner, &report, &notes)
    }
  }

  @inline(__always)
  private mutating func shortField(
    _ key: FieldRange, _ scanner: inout FieldScanner, _ report: inout BinanceSpotReport,
    _ notes: inout Notes
  ) throws(ScanError) {
    if scanner.matches(key, "price") {
      try findSymbolOnce(scanner, &report, &notes)
      report.report.price = try price(&scanner, notes.symbol)
    } else if scanner.matches(key, "side") {
      report.report.side = try scanner.side()
    } else if scanner.matches(key, "type") {
      report.type = try scanner.orderType()
    } else if scanner.matches(key, "time") {
      notes.time = try scanner.milliseconds()
    } else if scanner.matches(key, "fills") {
      try Self.note(&notes.fills, &scanner)
    } else {
      try scanner.skipValue()
    }
  }

  private mutating func rareField(
    _ key: FieldRange, _ scanner: inout FieldScanner, _ report: inout BinanceSpotReport,
    _ notes: inout Notes
  ) throws(ScanError) {
    if scanner.matches(key, "orderListId") {
      report.listID = try scanner.integer()
    } else if scanner.matches(key, "updateTime") {
      notes.updateTime = try scanner.milliseconds()
    } else if scanner.matches(key, "preventedQuantity") || scanner.matches(key, "preventedQty") {
      try findSymbolOnce(scanner, &report, &notes)
      report.preventedQuantity = try quantity(&scanner, notes.symbol)
    } else if scanner.matches(key, "expiryReason") || scanner.matches(key, "rejectReason") {
      try scanner.text(into: &report.reason)
    } else if scanner.matches(key, "orderReports") {
      try Self.note(&notes.orderReports, &scanner)
    } else if scanner.matches(key, "amendedOrder") {
      try Self.note(&notes.amended, &scanner)
    } else {
      try scanner.skipValue()
    }
  }

  /// Notes where a value begins that is an array or an object, and steps over it.
  @inline(__always)
  private static func note(
    _ place: inout Int, _ scanner: inout FieldScanner
  ) throws(ScanError) {
    let first = scanner.peek()
    if first == UInt8(ascii: "[") || first == UInt8(ascii: "{") { place = scanner.offset }
    try scanner.skipValue()
  }

  @inline(__always)
  private mutating func findSymbolOnce(
    _ scanner: FieldScanner, _ report: inout BinanceSpotReport, _ notes: inout Notes
  ) throws(ScanError) {
    if notes.symbol == -2 { try findSymbol(scanner, "symbol", &report, &notes.symbol) }
  }

  // MARK: Fills

  /// `fills` of a new order: trades it took part in when it was entered, so it took.
  private mutating func fills(
    _ scanner: inout FieldScanner, of order: BinanceSpotReport, _ symbol: Int,
    _ reports: inout PlainRun<BinanceSpotReport>
  ) throws(ScanError) {
    try scanner.beginArray()
    var isFirst = true
    while try scanner.another(&isFirst, until: UInt8(ascii: "]")) {
      var fill = order
      fill.report.kind = .fill
      fill.report.version = 0
      fill.report.reason = .none
      fill.report.liquidity = .taker
      // The answer counts only what all of them come to.
      fill.report.cumulativeQuantity = -1
      try trade(&scanner, symbol, &fill)
      reports.append(fill)
    }
  }

  /// `GET /api/v3/myTrades`: each a fill that names its order by the venue's id alone.
  ///
  /// https://developers.binance.com/docs/binance-spot-api-docs/rest-api/account-endpoints
  public mutating func decode(
    trades bytes: UnsafeRawBufferPointer, into reports: inout PlainRun<BinanceSpotReport>
  ) throws(ScanError) {
    var scanner = FieldScanner(bytes)
    if scanner.peek() == UInt8(ascii: "[") {
      try scanner.beginArray()
      var isFirst = true
      while try scanner.another(&isFirst, until: UInt8(ascii: "]")) {
        reports.append(try accountTrade(&scanner))
      }
    } else {
      reports.append(try accountTrade(&scanner))
    }
    try scanner.expectEnd()
  }

  private mutating func accountTrade(
    _ scanner: inout FieldScanner
  ) throws(ScanError) -> BinanceSpotReport {
    var report = BinanceSpotReport(venue: venue)
    report.report.kind = .fill
    try trade(&scanner, -2, &report)
    guard report.report.venueOrderID != 0 else {
      throw ScanError(scanner.offset, "a field \"orderId\"")
    }
    return report
  }

  /// The object of one trade.
  ///
  /// - Parameter known: the symbol's place in the scales, -1 not followed; -2 when the object names it.
  private mutating func trade(
    _ scanner: inout FieldScanner, _ known: Int, _ report: inout BinanceSpotReport
  ) throws(ScanError) {
    var symbol = known
    var currency: CurrencyIndex?
    var found = 0
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "price") {
        if symbol == -2 { try findSymbol(scanner, "symbol", &report, &symbol) }
        report.report.lastPrice = try price(&scanner, symbol)
        found |= 1
      } else if scanner.matches(key, "qty") {
        if symbol == -2 { try findSymbol(scanner, "symbol", &report, &symbol) }
        report.report.lastQuantity = try quantity(&scanner, symbol)
        found |= 2
      } else if scanner.matches(key, "tradeId") || scanner.matches(key, "id") {
        report.report.tradeID = try scanner.identifier()
        found |= 4
      } else if scanner.matches(key, "commission") {
        report.fee = try scanner.money()
      } else if scanner.matches(key, "commissionAsset") {
        currency = try feeAsset(&scanner, &report)
      } else if known == -2 {
        try accountField(key, &scanner, &report, &symbol)
      } else {
        try scanner.skipValue()
      }
    }
    guard found == 7, symbol > -2 else {
      throw ScanError(scanner.offset, "a trade's symbol, id, price and quantity")
    }
    book(fee: currency, &report)
  }

  private mutating func accountField(
    _ key: FieldRange, _ scanner: inout FieldScanner, _ report: inout BinanceSpotReport,
    _ symbol: inout Int
  ) throws(ScanError) {
    if scanner.matches(key, "symbol") {
      symbol = try self.symbol(&scanner, &report)
    } else if scanner.matches(key, "orderId") {
      report.report.venueOrderID = try scanner.identifier()
    } else if scanner.matches(key, "orderListId") {
      report.listID = try scanner.integer()
    } else if scanner.matches(key, "time") {
      report.report.venueTime = try scanner.milliseconds()
    } else if scanner.matches(key, "isBuyer") {
      report.report.side = try scanner.boolean() ? .buy : .sell
    } else if scanner.matches(key, "isMaker") {
      report.report.liquidity = try scanner.boolean() ? .maker : .taker
    } else {
      try scanner.skipValue()
    }
  }
}
