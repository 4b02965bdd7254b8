extension FeedKind {
  public static let bybit = FeedKind(
    "bybit", BybitFrames.self, rule: .bybit, keepsUpdates: false,
    countedUpdate: "a Bybit snapshot", assumed: bybitInstrument)

  /// `BTCUSDT`, `BTCUSDT-27JUN25` and `BTCPERP` (settled in USDC) are linear contracts of one unit of the
  /// base, or spot; `ETHBTC` is spot. `BTCUSD` and `BTCUSDU25` are inverse contracts of one dollar, and of
  /// options and futures such as `BTC-27JUN25` the name tells too little.
  /// https://bybit-exchange.github.io/docs/v5/market/instrument
  @Sendable private static func bybitInstrument(_ symbol: String) -> AssumedInstrument? {
    if symbol.hasSuffix("PERP") {
      return AssumedInstrument(joined: symbol, kind: .linear, quotes: ["PERP"]).map {
        AssumedInstrument(base: $0.base, quote: "USDC", kind: $0.kind)
      }
    }
    let name = String(symbol.prefix { $0 != "-" })
    return AssumedInstrument(joined: name, kind: .linear, quotes: ["USDT", "USDC"])
      ?? AssumedInstrument(joined: symbol, kind: .spot, quotes: ["BTC", "ETH", "EUR"])
  }
}

/// Captured messages of Bybit. Captures of the venue's own have no local time in front.
final class BybitFrames: FrameDecoder {
  override class func decode(
    _ scanner: inout FieldScanner, _ scales: inout SymbolScales, fallback: Int,
    into message: inout VenueMessage
  ) throws(ScanError) {
    message.receiveTime =
      scanner.peek() == UInt8(ascii: "{") ? 0 : try scanner.receiveTime()
    try BybitDecoder.decode(&scanner, &scales, into: &message)
  }
}
