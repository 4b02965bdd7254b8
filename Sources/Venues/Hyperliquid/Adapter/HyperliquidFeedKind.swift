/// Hyperliquid: captures of it are read.
public enum Hyperliquid: CapturedVenue {
  public static var feedKinds: [FeedKind] { [.hyperliquid] }
}

extension FeedKind {
  /// Each `l2Book` is a whole book.
  public static let hyperliquid = FeedKind(
    "hyperliquid", HyperliquidFrames.self, rule: .wholeBooks, assumedContract: .linear)
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
