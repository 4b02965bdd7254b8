import TradingModel

/// The shapes in which venues write trades.
enum TradeArrays {
  /// `[{...}, ...]`: a message of trades, each read by `one`.
  @inline(__always)
  static func objects(
    _ scanner: inout FieldScanner, _ scales: inout SymbolScales, _ message: inout VenueMessage,
    _ one: (inout FieldScanner, inout SymbolScales, inout VenueMessage) throws(ScanError) -> Void
  ) throws(ScanError) {
    try scanner.beginArray()
    var isFirst = true
    while try scanner.another(&isFirst, until: UInt8(ascii: "]")) {
      try one(&scanner, &scales, &message)
    }
    if !message.trades.isEmpty { message.kind = .trade }
  }

  /// Adds a trade whose object was read, with its price and quantity, which may stand in front of the
  /// symbol. One of a symbol that is not followed is left out.
  ///
  /// - Parameter expected: what to say where either is missing.
  static func append(
    _ trade: Trade, _ symbol: Int, price: NotedNumber, quantity: NotedNumber,
    _ expected: StaticString, _ scanner: inout FieldScanner, _ scales: inout SymbolScales,
    _ message: inout VenueMessage
  ) throws(ScanError) {
    guard symbol >= 0 else { return }
    guard price.isPresent, quantity.isPresent else { throw ScanError(scanner.offset, expected) }
    var trade = trade
    let end = scanner.offset
    trade.price = try scales.price(price, &scanner, symbol)
    trade.quantity = try scales.quantity(quantity, &scanner, symbol)
    scanner.offset = end
    message.symbol = symbol
    message.trades.append(trade)
  }
}
