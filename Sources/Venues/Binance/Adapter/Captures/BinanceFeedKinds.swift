extension FeedKind {
  public static let binanceSpot = FeedKind(
    "binance-spot", BinanceFrames.self, rule: .binanceSpot, assumedContract: .spot,
    uncountedUpdate: snapshots)
  public static let binanceUSDM = FeedKind(
    "binance-usdm", BinanceFrames.self, rule: .binanceFutures, assumedContract: .linear,
    uncountedUpdate: snapshots)
  /// A contract is worth 100 or 10 dollars, which its messages do not tell.
  public static let binanceCOINM = FeedKind(
    "binance-coinm", BinanceFrames.self, rule: .binanceFutures, assumedContract: nil,
    uncountedUpdate: snapshots)

  private static let snapshots = "Binance's REST snapshot"
}

/// Binance's futures settled in coins: captures of them are read.
public enum BinanceCOINM: CapturedVenue {
  public static var feedKinds: [FeedKind] { [.binanceCOINM] }
}

/// The frames of all products of Binance.
final class BinanceFrames: FrameDecoder {
  override class func decode(
    _ scanner: inout FieldScanner, _ scales: inout SymbolScales, fallback: Int,
    into message: inout VenueMessage
  ) throws(ScanError) {
    message.receiveTime = try scanner.receiveTime()
    var decoder = BinanceDecoder()
    try decoder.decode(&scanner, &scales, fallback: fallback, into: &message)
  }
}
