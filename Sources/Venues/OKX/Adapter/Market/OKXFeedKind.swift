extension FeedKind {
  /// Spot is `BTC-USDT`. Whatever has more parts is a contract, of which one is worth `ctVal` (0.01 BTC for
  /// `BTC-USDT-SWAP`), as only the venue's list of instruments tells.
  /// https://www.okx.com/docs-v5/en/#public-data-rest-api-get-instruments
  public static let okx = FeedKind("okx", OKXFrames.self, rule: .okx, keepsUpdates: false) {
    AssumedInstrument(separated: $0, by: "-", kind: .spot)
  }
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
