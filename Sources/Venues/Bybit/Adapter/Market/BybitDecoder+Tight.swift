import TradingModel

// Best quotes, the most frequent of all messages, as the stream spells them.
extension BybitDecoder {
  /// Reads `{"topic":"orderbook.1.BTCUSDT","type":"snapshot","ts":1672304484978,"data":{"s":"BTCUSDT",
  /// "b":[["16493.50","0.006"]],"a":[["16611.00","0.029"]],"u":18521288,"seq":7961638724},
  /// "cts":1672304484976}`.
  ///
  /// - Returns: false, with nothing of the message filled, for any other text; what is read by this is read
  ///   as `decode` does.
  static func tightQuote(
    _ bytes: UnsafeRawBufferPointer, _ scales: inout SymbolScales,
    into message: inout VenueMessage
  ) -> Bool {
    var scanner = FieldScanner(bytes)
    guard scanner.skip("{\"topic\":\"orderbook.1.") else { return false }
    guard scanner.skipTightString(), scanner.skip(",\"type\":\"snapshot\",\"ts\":"),
      let sent = scanner.tightMilliseconds(), sent > 0, scanner.skip(",\"data\":{\"s\":"),
      let name = scanner.tightString()
    else { return false }
    let symbol = scales.find(scanner.bytes(name))
    guard symbol >= 0, let units = scales.units(symbol), scanner.skip(",\"b\":[["),
      let bid = scanner.tightPair(units), scanner.skip("]],\"a\":[["),
      let ask = scanner.tightPair(units), scanner.skip("]],\"u\":"),
      scanner.tightNumber() != nil, scanner.skip(",\"seq\":"),
      let sequence = scanner.tightNumber(), scanner.skip("},\"cts\":"),
      let matched = scanner.tightMilliseconds(), scanner.skip("}"),
      scanner.offset == scanner.count
    else { return false }
    message.kind = .bestQuote
    message.symbol = symbol
    message.final = sequence
    if message.receiveTime == 0 { message.receiveTime = sent }
    message.venueTime = matched > 0 ? matched : sent
    message.quote = BestQuote(
      listing: 0, venueSequence: sequence, venueTime: message.venueTime, bidPrice: bid.price,
      bidQuantity: bid.quantity, askPrice: ask.price, askQuantity: ask.quantity)
    return true
  }
}
