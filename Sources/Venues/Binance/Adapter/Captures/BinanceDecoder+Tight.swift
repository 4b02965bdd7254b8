import TradingModel

// Best quotes, the most frequent of all messages, as both products spell them in their combined streams.
extension BinanceDecoder {
  /// Reads `{"stream":"btcusdt@bookTicker","data":{"u":400900217,"s":"BTCUSDT","b":"25.35","B":"31.2",
  /// "a":"25.36","A":"40.6"}}`; futures have `"e":"bookTicker",` in front of the number, and the times
  /// `T` and `E` behind the quantity.
  ///
  /// - Returns: false, with nothing of the message filled, for any other text; what is read by this is read
  ///   as `decode` does.
  static func tightQuote(
    _ bytes: UnsafeRawBufferPointer, _ scales: inout SymbolScales,
    into message: inout VenueMessage
  ) -> Bool {
    var scanner = FieldScanner(bytes)
    guard scanner.skip("{\"stream\":"), scanner.tightString() != nil,
      scanner.skip(",\"data\":{\"")
    else { return false }
    guard scanner.skip("u\":") || scanner.skip("e\":\"bookTicker\",\"u\":") else { return false }
    guard let number = scanner.tightNumber(), scanner.skip(",\"s\":"),
      let name = scanner.tightString()
    else { return false }
    let symbol = scales.find(scanner.bytes(name))
    guard symbol >= 0, let units = scales.units(symbol), scanner.skip(",\"b\":"),
      let bid = tightLevel(&scanner, units, ",\"B\":"), scanner.skip(",\"a\":"),
      let ask = tightLevel(&scanner, units, ",\"A\":")
    else { return false }
    var time: Timestamp = 0
    if scanner.skip(",\"T\":") {
      guard scanner.tightMilliseconds() != nil, scanner.skip(",\"E\":"),
        let event = scanner.tightMilliseconds()
      else { return false }
      time = event
    }
    guard scanner.skip("}}"), scanner.offset == scanner.count else { return false }
    message.kind = .bestQuote
    message.symbol = symbol
    message.final = number
    message.venueTime = time
    message.quote = BestQuote(
      listing: 0, venueSequence: number, venueTime: time, bidPrice: bid.price,
      bidQuantity: bid.quantity, askPrice: ask.price, askQuantity: ask.quantity)
    return true
  }

  /// A price, the key of its quantity, and the quantity.
  @inline(__always)
  private static func tightLevel(
    _ scanner: inout FieldScanner, _ units: SymbolUnits, _ key: StaticString
  ) -> (price: Int64, quantity: Int64)? {
    guard
      let price = scanner.quotedUnits(decimals: units.priceDecimals, power: units.pricePower),
      scanner.skip(key),
      let quantity = scanner.quotedUnits(
        decimals: units.quantityDecimals, power: units.quantityPower)
    else { return nil }
    return (price, quantity)
  }
}
