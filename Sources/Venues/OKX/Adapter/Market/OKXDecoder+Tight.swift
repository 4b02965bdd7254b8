import TradingModel

// Best quotes, the most frequent of all messages, as the stream spells them.
extension OKXDecoder {
  /// Reads `{"arg":{"channel":"bbo-tbt","instId":"BTC-USDT"},"data":[{"asks":[["111.06","55.6","0","10"]],
  /// "bids":[["111.05","57.5","0","2"]],"ts":"1670324386802","seqId":363996337}]}` to its end.
  ///
  /// - Returns: false, and nothing read, for any other text; what is read by this is read as `decode` does.
  static func tightQuote(
    _ scanner: inout FieldScanner, _ scales: inout SymbolScales, into message: inout VenueMessage
  ) -> Bool {
    var ahead = scanner
    guard ahead.skip("{\"arg\":{\"channel\":\"bbo-tbt\",\"instId\":"),
      let name = ahead.tightString()
    else { return false }
    let symbol = scales.find(ahead.bytes(name))
    guard symbol >= 0, let units = scales.units(symbol), ahead.skip("},\"data\":[{\"asks\":[["),
      let ask = ahead.tightPair(units), OKXLevels.skipTightRest(&ahead),
      ahead.skip("],\"bids\":[["), let bid = ahead.tightPair(units),
      OKXLevels.skipTightRest(&ahead), ahead.skip("],\"ts\":"),
      let time = OKXText.tightTime(&ahead), ahead.skip(",\"seqId\":"),
      let sequence = ahead.tightNumber(), ahead.skip("}]}"), ahead.offset == ahead.count
    else { return false }
    scanner = ahead
    message.kind = .bestQuote
    message.symbol = symbol
    message.venueTime = time
    // These numbers stay out of `final`: see `takeQuote`.
    message.quote = BestQuote(
      listing: 0, venueSequence: sequence, venueTime: time, bidPrice: bid.price,
      bidQuantity: bid.quantity, askPrice: ask.price, askQuantity: ask.quantity)
    return true
  }
}
