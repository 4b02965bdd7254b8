import TradingModel

/// `x` of an order event: what happened.
enum BinanceUSDMExecution: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  /// A word that is not documented.
  case unknown = 0
  case new = 1
  case canceled = 2
  /// A liquidation's fill.
  case calculated = 3
  case expired = 4
  case trade = 5
  /// Changed in price or quantity.
  case amendment = 6
}

// `ORDER_TRADE_UPDATE`.
// https://developers.binance.com/docs/derivatives/usds-margined-futures/user-data-streams/Event-Order-Update
extension BinanceUSDMDecoder {
  /// What is read on the way and put together at the end.
  private struct Notes {
    /// Place in the scales; -1 not followed, -2 not read yet.
    var symbol = -2
    var client = FieldRange.none
    var currency: CurrencyIndex?
    var fee = Money.zero
    var execution = BinanceUSDMExecution.unknown
    var status = BinanceOrderStatus.unknown
    var hasStatus = false
    var hasOrderID = false
    var isPostOnly = false
    var isFillOrKill = false
    var expiry: UInt64 = 0
    // Where numbers stand.
    var quantity = -1
    var price = -1
    var lastQuantity = -1
    var lastPrice = -1
    var cumulative = -1
  }

  /// Reads the event's object at the scanner's place.
  mutating func orderEvent(
    _ scanner: inout FieldScanner, _ news: inout TradingNews
  ) throws(ScanError) {
    var time: Timestamp = 0
    var transactionTime: Timestamp = 0
    var order = OrderNews(VenueReport(kind: .accepted, venue: venue, venueTime: 0))
    var isKnown = true
    var hasOrder = false
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      switch key.count == 1 ? scanner.base[key.offset] : 0 {
      case UInt8(ascii: "E"): time = try scanner.milliseconds()
      case UInt8(ascii: "T"): transactionTime = try scanner.milliseconds()
      case UInt8(ascii: "o"):
        isKnown = try orderOfEvent(&scanner, &order)
        hasOrder = true
      default: try scanner.skipValue()
      }
    }
    guard hasOrder else { throw ScanError(scanner.offset, "a field \"o\"") }
    if order.report.venueTime == 0 {
      order.report.venueTime = transactionTime > 0 ? transactionTime : time
    }
    news.orders.append(order)
    if !isKnown { news.unknownCount += 1 }
  }

  /// - Returns: false for an execution type and status that are not documented.
  private mutating func orderOfEvent(
    _ scanner: inout FieldScanner, _ order: inout OrderNews
  ) throws(ScanError) -> Bool {
    var notes = Notes()
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if key.count == 1 {
        try field(scanner.base[key.offset], &scanner, &order, &notes)
      } else if scanner.matches(key, "er") {
        notes.expiry = try scanner.identifier()
      } else {
        try scanner.skipValue()
      }
    }
    let end = scanner.offset
    guard notes.symbol > -2 else { throw ScanError(end, "a field \"s\"") }
    guard notes.hasOrderID else { throw ScanError(end, "a field \"i\"") }
    guard notes.hasStatus else { throw ScanError(end, "a field \"x\" and a field \"X\"") }
    try readNumbers(&scanner, &order, notes)
    scanner.offset = end
    identify(scanner, notes.client, &order)
    return Self.conclude(&order, notes)
  }

  @inline(__always)
  private mutating func field(
    _ key: UInt8, _ scanner: inout FieldScanner, _ order: inout OrderNews, _ notes: inout Notes
  ) throws(ScanError) {
    switch key {
    case UInt8(ascii: "s"): notes.symbol = try symbol(&scanner, &order)
    case UInt8(ascii: "c"): if try !scanner.null() { notes.client = try scanner.string() }
    case UInt8(ascii: "S"): order.report.side = try scanner.side()
    case UInt8(ascii: "f"):
      let word = try scanner.string()
      notes.isPostOnly = scanner.matches(word, "GTX")
      notes.isFillOrKill = scanner.matches(word, "FOK")
    case UInt8(ascii: "x"):
      notes.execution = Self.execution(scanner, try scanner.string())
      notes.hasStatus = true
    case UInt8(ascii: "X"):
      notes.status = try scanner.orderStatus()
      notes.hasStatus = true
    case UInt8(ascii: "i"):
      order.report.venueOrderID = try scanner.identifier()
      notes.hasOrderID = true
    case UInt8(ascii: "t"): order.report.tradeID = try scanner.identifier()
    case UInt8(ascii: "m"):
      order.report.liquidity = try scanner.optionalBoolean() ? .maker : .taker
    case UInt8(ascii: "T"): order.report.venueTime = try scanner.milliseconds()
    case UInt8(ascii: "N"): notes.currency = try feeCurrency(&scanner)
    case UInt8(ascii: "n"): if try !scanner.null() { notes.fee = try scanner.money() }
    case UInt8(ascii: "q"): try Self.note(&notes.quantity, &scanner)
    case UInt8(ascii: "p"): try Self.note(&notes.price, &scanner)
    case UInt8(ascii: "l"): try Self.note(&notes.lastQuantity, &scanner)
    case UInt8(ascii: "L"): try Self.note(&notes.lastPrice, &scanner)
    case UInt8(ascii: "z"): try Self.note(&notes.cumulative, &scanner)
    default: try scanner.skipValue()
    }
  }

  @inline(__always)
  private mutating func readNumbers(
    _ scanner: inout FieldScanner, _ order: inout OrderNews, _ notes: Notes
  ) throws(ScanError) {
    let symbol = notes.symbol
    order.report.price = try price(at: notes.price, &scanner, symbol)
    order.report.quantity = try quantity(at: notes.quantity, &scanner, symbol)
    order.report.lastPrice = try price(at: notes.lastPrice, &scanner, symbol)
    order.report.lastQuantity = try quantity(at: notes.lastQuantity, &scanner, symbol)
    order.report.cumulativeQuantity =
      notes.cumulative < 0 ? -1 : try quantity(at: notes.cumulative, &scanner, symbol)
    if let currency = notes.currency {
      order.report.feeCurrency = currency
      order.report.fee = notes.fee
    } else {
      order.isFeeBooked = notes.fee == .zero
    }
  }

  private static func execution(
    _ scanner: FieldScanner, _ word: FieldRange
  ) -> BinanceUSDMExecution {
    switch word.count {
    case 3: return scanner.matches(word, "NEW") ? .new : .unknown
    case 5: return scanner.matches(word, "TRADE") ? .trade : .unknown
    case 7: return scanner.matches(word, "EXPIRED") ? .expired : .unknown
    case 8: return scanner.matches(word, "CANCELED") ? .canceled : .unknown
    case 9: return scanner.matches(word, "AMENDMENT") ? .amendment : .unknown
    case 10: return scanner.matches(word, "CALCULATED") ? .calculated : .unknown
    default: return .unknown
    }
  }

  /// Sets the report's kind and what hangs on it.
  private static func conclude(_ order: inout OrderNews, _ notes: Notes) -> Bool {
    switch notes.execution {
    case .new: order.report.kind = .accepted
    case .canceled:
      order.report.kind = .canceled
      order.report.reason = BinanceUSDMErrors.reason(expiry: notes.expiry)
    case .expired:
      order.report.kind = .expired
      order.report.reason = expiryReason(notes)
    case .amendment: order.report.kind = .replaced
    case .trade, .calculated:
      // Messages under this name without a quantity only tell how the order stands: then its count says
      // that a fill is missing, and the engine asks.
      let isFill = order.report.lastQuantity > 0 && order.report.lastPrice > 0
      order.report.kind =
        isFill || !order.isFollowed ? .fill : BinanceSpotReport.statusKind(notes.status)
    // What became of the order is not known where neither word is: it is asked for.
    case .unknown: order.report.kind = BinanceSpotReport.statusKind(notes.status)
    }
    order.conclude()
    return notes.execution != .unknown || notes.status != .unknown
  }

  private static func expiryReason(_ notes: Notes) -> VenueReason {
    if notes.status == .expiredInMatch { return .selfTrade }
    let reason = BinanceUSDMErrors.reason(expiry: notes.expiry)
    if reason != .none { return reason }
    return notes.isPostOnly ? .wouldTake : notes.isFillOrKill ? .notFillable : .none
  }
}
