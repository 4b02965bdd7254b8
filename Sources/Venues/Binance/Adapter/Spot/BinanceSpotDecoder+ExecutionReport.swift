import TradingModel

// `executionReport` of the user data stream.
// https://developers.binance.com/docs/binance-spot-api-docs/user-data-stream, "Order Update".
extension BinanceSpotDecoder {
  /// What is read on the way and put together at the end.
  private struct Notes {
    /// Place in the scales; -1 not followed, -2 not read yet.
    var symbol = -2
    var client = FieldRange.none
    var original = FieldRange.none
    var currency: CurrencyIndex?
    var hasOrderID = false
    var hasStatus = false
  }

  /// Reads the object at the scanner's place.
  ///
  /// - Returns: false for an execution type and status that are not documented.
  mutating func executionReport(
    _ scanner: inout FieldScanner, _ event: inout BinanceSpotUserEvent
  ) throws(ScanError) -> Bool {
    var report = BinanceSpotReport(venue: venue)
    var notes = Notes()
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if key.count == 1 {
        try field(scanner.base[key.offset], &scanner, &report, &notes, &event)
      } else if scanner.matches(key, "eR") {
        try scanner.text(into: &report.reason)
      } else {
        try scanner.skipValue()
      }
    }
    guard notes.symbol > -2 else { throw ScanError(scanner.offset, "a field \"s\"") }
    guard notes.hasOrderID else { throw ScanError(scanner.offset, "a field \"i\"") }
    guard notes.hasStatus else {
      throw ScanError(scanner.offset, "a field \"x\" and a field \"X\"")
    }
    try identify(scanner, client: notes.client, original: notes.original, &report)
    book(fee: notes.currency, &report)
    if report.report.venueTime == 0 { report.report.venueTime = event.eventTime }
    let isKnown = report.concludeExecution()
    event.order = report
    return isKnown
  }

  @inline(__always)
  private mutating func field(
    _ key: UInt8, _ scanner: inout FieldScanner, _ report: inout BinanceSpotReport,
    _ notes: inout Notes, _ event: inout BinanceSpotUserEvent
  ) throws(ScanError) {
    switch key {
    case UInt8(ascii: "s"): notes.symbol = try symbol(&scanner, &report)
    case UInt8(ascii: "c"): if try !scanner.null() { notes.client = try scanner.string() }
    case UInt8(ascii: "C"): if try !scanner.null() { notes.original = try scanner.string() }
    case UInt8(ascii: "S"): report.report.side = try scanner.side()
    case UInt8(ascii: "o"): report.type = try scanner.orderType()
    case UInt8(ascii: "x"):
      report.execution = try scanner.executionType()
      notes.hasStatus = true
    case UInt8(ascii: "X"):
      report.status = try scanner.orderStatus()
      notes.hasStatus = true
    case UInt8(ascii: "r"): try rejectReason(&scanner, &report)
    case UInt8(ascii: "i"):
      report.report.venueOrderID = try scanner.identifier()
      notes.hasOrderID = true
    case UInt8(ascii: "g"): report.listID = try scanner.integer()
    case UInt8(ascii: "t"): report.report.tradeID = try scanner.identifier()
    case UInt8(ascii: "w"): report.isOnBook = try scanner.optionalBoolean()
    case UInt8(ascii: "m"):
      report.report.liquidity = try scanner.optionalBoolean() ? .maker : .taker
    case UInt8(ascii: "E"): event.eventTime = try scanner.milliseconds()
    case UInt8(ascii: "T"): report.report.venueTime = try scanner.milliseconds()
    case UInt8(ascii: "O"): report.creationTime = try scanner.milliseconds()
    case UInt8(ascii: "N"): notes.currency = try feeAsset(&scanner, &report)
    case UInt8(ascii: "n"): if try !scanner.null() { report.fee = try scanner.money() }
    default: try number(key, &scanner, &report, &notes)
    }
  }

  /// Prices and quantities, in the symbol's units.
  @inline(__always)
  private mutating func number(
    _ key: UInt8, _ scanner: inout FieldScanner, _ report: inout BinanceSpotReport,
    _ notes: inout Notes
  ) throws(ScanError) {
    switch key {
    case UInt8(ascii: "q"), UInt8(ascii: "p"), UInt8(ascii: "P"), UInt8(ascii: "l"),
      UInt8(ascii: "z"), UInt8(ascii: "L"), UInt8(ascii: "A"):
      break
    default: return try scanner.skipValue()
    }
    if notes.symbol == -2 { try findSymbol(scanner, "s", &report, &notes.symbol) }
    let symbol = notes.symbol
    switch key {
    case UInt8(ascii: "q"): report.quantity = try quantity(&scanner, symbol)
    case UInt8(ascii: "p"): report.report.price = try price(&scanner, symbol)
    case UInt8(ascii: "P"): report.stopPrice = try price(&scanner, symbol)
    case UInt8(ascii: "l"): report.report.lastQuantity = try quantity(&scanner, symbol)
    case UInt8(ascii: "z"): report.cumulativeQuantity = try quantity(&scanner, symbol)
    case UInt8(ascii: "L"): report.report.lastPrice = try price(&scanner, symbol)
    default: report.preventedQuantity = try quantity(&scanner, symbol)
    }
  }

  /// `NONE`, a word, or a number.
  @inline(__always)
  private func rejectReason(
    _ scanner: inout FieldScanner, _ report: inout BinanceSpotReport
  ) throws(ScanError) {
    let start = scanner.offset
    if scanner.peek() == UInt8(ascii: "\"") {
      let word = try scanner.string()
      if scanner.matches(word, "NONE") { return }
      scanner.offset = start
    }
    try scanner.text(into: &report.reason)
  }

  /// Looks ahead for the symbol of an object whose numbers stand in front of it. The scanner stands
  /// at a value of that object.
  @inline(never)
  mutating func findSymbol(
    _ scanner: FieldScanner, _ name: StaticString, _ report: inout BinanceSpotReport,
    _ place: inout Int
  ) throws(ScanError) {
    var ahead = scanner
    try ahead.skipValue()
    var isFirst = false
    while let key = try ahead.nextKey(&isFirst) {
      if ahead.matches(key, name) {
        place = try symbol(&ahead, &report)
        return
      }
      try ahead.skipValue()
    }
    throw ScanError(ahead.offset, text: "a field \"\(name)\"")
  }
}
