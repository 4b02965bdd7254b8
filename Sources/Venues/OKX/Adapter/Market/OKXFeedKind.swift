extension FeedKind {
  public static let okx = FeedKind(
    "okx", OKXFrames.self, rule: .okx, keepsUpdates: false, assumedContract: .linear)
}

/// Captured frames of OKX.
final class OKXFrames: FrameDecoder {
  override class func decode(
    _ scanner: inout FieldScanner, _ scales: inout SymbolScales, fallback: Int,
    into message: inout VenueMessage
  ) throws(ScanError) {
    message.receiveTime = try scanner.receiveTime()
    var decoder = OKXDecoder()
    try decoder.decode(&scanner, &scales, into: &message)
  }
}
