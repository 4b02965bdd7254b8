import TradingModel

// Orders and trades in answers, over REST and the WebSocket API: one object, or an array of them.
// https://developers.binance.com/docs/derivatives/usds-margined-futures/trade/rest-api
extension BinanceUSDMDecoder {
  /// Decodes an answer with orders. Of a batch, elements that are errors are stepped over.
  ///
  /// - Parameters:
  ///   - bytes: the body, or the `result` of the WebSocket API.
  ///   - answer: what was asked.
  ///   - orders: gets one report an order.
  /// - Throws: `ScanError` for what is no such answer, a single error object among them.
  mutating func decode(
    orders bytes: UnsafeRawBufferPointer, as answer: BinanceOrderAnswer,
    into orders: inout PlainRun<OrderNews>
  ) throws(ScanError) {
    var scanner = FieldScanner(bytes)
    if scanner.peek() == UInt8(ascii: "[") {
      try scanner.beginArray()
      var isFirst = true
      while try scanner.another(&isFirst, until: UInt8(ascii: "]")) {
        if let order = try order(&scanner, answer, mayBeError: true) { orders.append(order) }
      }
    } else if let order = try order(&scanner, answer, mayBeError: false) {
      orders.append(order)
    }
    try scanner.expectEnd()
  }

  /// What is read on the way and put together at the end.
  private struct Notes {
    /// Place in the scales; -1 not followed, -2 not read yet.
    var symbol = -2
    var client = FieldRange.none
    var status = BinanceOrderStatus.unknown
    var hasOrderID = false
    var isError = false
    var timeInForce = FieldRange.none
    var isMarket = false
    var updateTime: Timestamp = 0
    var time: Timestamp = 0
    // Where numbers stand.
    var quantity = -1
    var price = -1
    var cumulative = -1
  }

  private mutating func order(
    _ scanner: inout FieldScanner, _ answer: BinanceOrderAnswer, mayBeError: Bool
  ) throws(ScanError) -> OrderNews? {
    var order = OrderNews(VenueReport(kind: .accepted, venue: venue, venueTime: 0))
    var notes = Notes()
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      try field(key, &scanner, &order, &notes)
    }
    let end = scanner.offset
    if mayBeError, notes.isError, !notes.hasOrderID { return nil }
    guard notes.symbol > -2 else { throw ScanError(end, "a field \"symbol\"") }
    guard notes.hasOrderID else { throw ScanError(end, "a field \"orderId\"") }
    order.report.price = try price(at: notes.price, &scanner, notes.symbol)
    order.report.quantity = try quantity(at: notes.quantity, &scanner, notes.symbol)
    order.report.cumulativeQuantity =
      notes.cumulative < 0 ? -1 : try quantity(at: notes.cumulative, &scanner, notes.symbol)
    order.report.venueTime = notes.updateTime > 0 ? notes.updateTime : notes.time
    scanner.offset = end
    identify(scanner, notes.client, &order)
    order.report.kind = Self.kind(answer, notes.status)
    if order.report.kind == .expired || order.report.kind == .statusExpired {
      order.report.reason = Self.expiryReason(scanner, notes)
    }
    order.conclude()
    return order
  }

  @inline(__always)
  private mutating func field(
    _ key: FieldRange, _ scanner: inout FieldScanner, _ order: inout OrderNews,
    _ notes: inout Notes
  ) throws(ScanError) {
    switch key.count {
    case 4 where scanner.matches(key, "side"): order.report.side = try scanner.side()
    case 4 where scanner.matches(key, "type"):
      notes.isMarket = scanner.matches(try scanner.string(), "MARKET")
    case 4 where scanner.matches(key, "time"): notes.time = try scanner.milliseconds()
    case 4 where scanner.matches(key, "code"):
      notes.isError = true
      try scanner.skipValue()
    case 5 where scanner.matches(key, "price"): try Self.note(&notes.price, &scanner)
    case 6 where scanner.matches(key, "symbol"): notes.symbol = try symbol(&scanner, &order)
    case 6 where scanner.matches(key, "status"): notes.status = try scanner.orderStatus()
    case 7 where scanner.matches(key, "orderId"):
      order.report.venueOrderID = try scanner.identifier()
      notes.hasOrderID = true
    case 7 where scanner.matches(key, "origQty"): try Self.note(&notes.quantity, &scanner)
    case 10 where scanner.matches(key, "updateTime"):
      notes.updateTime = try scanner.milliseconds()
    case 11 where scanner.matches(key, "executedQty"): try Self.note(&notes.cumulative, &scanner)
    case 11 where scanner.matches(key, "timeInForce"): notes.timeInForce = try scanner.string()
    case 13 where scanner.matches(key, "clientOrderId"): notes.client = try scanner.string()
    default: try scanner.skipValue()
    }
  }

  private static func kind(
    _ answer: BinanceOrderAnswer, _ status: BinanceOrderStatus
  ) -> VenueReportKind {
    switch answer {
    case .placed: return BinanceSpotReport.placedKind(status)
    case .canceled: return .canceled
    case .amended:
      // "The order will be cancelled by the amendment" where its quantity is filled already, or where a
      // post-only order would take.
      switch status {
      case .canceled: return .canceled
      case .expired, .expiredInMatch: return .expired
      default: return .replaced
      }
    case .queried: return BinanceSpotReport.statusKind(status)
    }
  }

  private static func expiryReason(_ scanner: FieldScanner, _ notes: Notes) -> VenueReason {
    if notes.status == .expiredInMatch { return .selfTrade }
    if notes.isMarket { return .noLiquidity }
    guard notes.timeInForce.isPresent else { return .none }
    if scanner.matches(notes.timeInForce, "IOC") { return .noLiquidity }
    if scanner.matches(notes.timeInForce, "FOK") { return .notFillable }
    return scanner.matches(notes.timeInForce, "GTX") ? .wouldTake : .none
  }

  // MARK: Trades

  /// Decodes `GET /fapi/v1/userTrades`: each a fill that names its order by the venue's id alone.
  ///
  /// https://developers.binance.com/docs/derivatives/usds-margined-futures/trade/rest-api/Account-Trade-List
  mutating func decode(
    trades bytes: UnsafeRawBufferPointer, into orders: inout PlainRun<OrderNews>
  ) throws(ScanError) {
    var scanner = FieldScanner(bytes)
    try scanner.beginArray()
    var isFirst = true
    while try scanner.another(&isFirst, until: UInt8(ascii: "]")) {
      orders.append(try trade(&scanner))
    }
    try scanner.expectEnd()
  }

  private mutating func trade(_ scanner: inout FieldScanner) throws(ScanError) -> OrderNews {
    var order = OrderNews(VenueReport(kind: .fill, venue: venue, venueTime: 0))
    var symbol = -2
    var currency: CurrencyIndex?
    var fee = Money.zero
    var price = -1
    var quantity = -1
    var found = 0
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "symbol") {
        symbol = try self.symbol(&scanner, &order)
        found |= 1
      } else if scanner.matches(key, "id") {
        order.report.tradeID = try scanner.identifier()
        found |= 2
      } else if scanner.matches(key, "orderId") {
        order.report.venueOrderID = try scanner.identifier()
        found |= 4
      } else if scanner.matches(key, "price") {
        try Self.note(&price, &scanner)
        found |= 8
      } else if scanner.matches(key, "qty") {
        try Self.note(&quantity, &scanner)
        found |= 16
      } else if scanner.matches(key, "side") {
        order.report.side = try scanner.side()
        found |= 32
      } else if scanner.matches(key, "time") {
        order.report.venueTime = try scanner.milliseconds()
      } else if scanner.matches(key, "maker") {
        order.report.liquidity = try scanner.boolean() ? .maker : .taker
      } else if scanner.matches(key, "commission") {
        fee = try scanner.money()
      } else if scanner.matches(key, "commissionAsset") {
        currency = try feeCurrency(&scanner)
      } else {
        try scanner.skipValue()
      }
    }
    let end = scanner.offset
    guard found == 63 else {
      throw ScanError(end, "a trade's symbol, id, order, price, quantity and side")
    }
    order.report.lastPrice = try self.price(at: price, &scanner, symbol)
    order.report.lastQuantity = try self.quantity(at: quantity, &scanner, symbol)
    scanner.offset = end
    if let currency {
      order.report.feeCurrency = currency
      order.report.fee = fee
    } else {
      order.isFeeBooked = fee == .zero
    }
    return order
  }
}
