/// Hyperliquid: captures of it are read.
public enum Hyperliquid: CapturedVenue {
  public static var feedKinds: [FeedKind] { [.hyperliquid] }
}

extension FeedKind {
  /// Each `l2Book` is a whole book. A coin alone is its perpetual, sized in the coin and settled in USDC;
  /// `PURR/USDC` is spot, and so is `@107`, whose number tells no currencies. Perpetuals of other
  /// deployers, `name:COIN`, may be settled in something else.
  /// https://hyperliquid.gitbook.io/hyperliquid-docs/for-developers/api/info-endpoint
  public static let hyperliquid = FeedKind(
    "hyperliquid", HyperliquidFrames.self, rule: .wholeBooks
  ) { symbol in
    if symbol.isEmpty || symbol.contains("@") || symbol.contains(":") { return nil }
    if symbol.contains("/") { return AssumedInstrument(separated: symbol, by: "/", kind: .spot) }
    return AssumedInstrument(base: symbol, quote: "USDC", kind: .linear)
  }
}

/// Captured messages of Hyperliquid.
final class HyperliquidFrames: FrameDecoder {
  override class func decode(
    _ scanner: inout FieldScanner, _ scales: inout SymbolScales, fallback: Int,
    into message: inout VenueMessage
  ) throws(ScanError) {
    message.receiveTime = try scanner.receiveTime()
    try HyperliquidDecoder.decode(&scanner, &scales, into: &message)
  }
}
