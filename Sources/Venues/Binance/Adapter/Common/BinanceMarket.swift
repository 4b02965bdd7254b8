import TradingModel

/// What the public streams of Binance's products share: the decoder, the words in which subscriptions are
/// answered, snapshots over REST, the headers that tell of limits.
protocol BinanceMarket: MarketDialect {
  var decoder: BinanceDecoder { get set }
}

extension BinanceMarket {
  mutating func decode(
    _ bytes: UnsafeRawBufferPointer, _ scales: inout SymbolScales,
    into message: inout VenueMessage
  ) throws(ScanError) -> StreamMessage {
    if BinanceDecoder.tightQuote(bytes, &scales, into: &message) { return .data }
    // Nearly every message is `{"stream":...`. The others are looked at for an answer to a subscription;
    // what is none is data all the same, with its fields in another order, or with spaces between.
    let isUsual =
      bytes.count > 3 && (bytes[2] == UInt8(ascii: "s") || bytes[3] == UInt8(ascii: "\""))
    if !isUsual, let answer = try answer(bytes) { return answer }
    var scanner = FieldScanner(bytes)
    try decoder.decode(&scanner, &scales, fallback: -1, into: &message)
    return message.kind == .other ? .other : .data
  }

  /// Reads an answer to a subscription: `{"result":null,"id":1}`, or `{"error":{"code":2,"msg":"..."},"id":1}`,
  /// or `{"code":2,"msg":"..."}`; nil for what is none.
  private func answer(_ bytes: UnsafeRawBufferPointer) throws(ScanError) -> StreamMessage? {
    var scanner = FieldScanner(bytes)
    try scanner.beginObject()
    var isFirst = true
    var found: StreamMessage?
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "result") {
        found = .acknowledged
      } else if scanner.matches(key, "error") || scanner.matches(key, "code") {
        found = .refused(String(decoding: bytes.prefix(300), as: UTF8.self))
      }
      try scanner.skipValue()
    }
    try scanner.expectEnd()
    return found
  }

  mutating func decodeSnapshot(
    _ bytes: UnsafeRawBufferPointer, index: Int, _ scales: inout SymbolScales,
    into message: inout VenueMessage
  ) throws(ScanError) {
    var scanner = FieldScanner(bytes)
    try decoder.decode(&scanner, &scales, fallback: index, into: &message)
    guard message.kind == .snapshot else { throw ScanError(0, "a book with lastUpdateId") }
  }

  mutating func observeLimits(
    _ answer: SessionAnswer, _ budget: inout RateBudget, at now: Timestamp
  ) {
    BinanceLimits.observe(answer, &budget, at: now)
  }
}
