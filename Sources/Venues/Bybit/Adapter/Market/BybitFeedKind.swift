extension FeedKind {
  public static let bybit = FeedKind(
    "bybit", BybitFrames.self, rule: .bybit, keepsUpdates: false, assumedContract: .linear,
    countedUpdate: "a Bybit snapshot")
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
