extension FeedKind {
  /// `BTCUSDT`.
  public static let binanceSpot = FeedKind(
    "binance-spot", BinanceFrames.self, rule: .binanceSpot, uncountedUpdate: snapshots
  ) { AssumedInstrument(joined: $0, kind: .spot, quotes: spotQuotes) }
  /// `BTCUSDT`, `BTCUSDT_250627`: quantities are amounts of the base.
  /// https://developers.binance.com/docs/derivatives/usds-margined-futures/market-data/rest-api/Exchange-Information
  public static let binanceUSDM = FeedKind(
    "binance-usdm", BinanceFrames.self, rule: .binanceFutures, uncountedUpdate: snapshots
  ) { symbol in
    AssumedInstrument(
      joined: String(symbol.prefix { $0 != "_" }), kind: .linear,
      quotes: ["USDT", "USDC", "BUSD", "BTC"])
  }
  /// A contract is worth 100 or 10 dollars, which its messages do not tell.
  public static let binanceCOINM = FeedKind(
    "binance-coinm", BinanceFrames.self, rule: .binanceFutures, uncountedUpdate: snapshots
  ) { _ in nil }

  private static let spotQuotes = [
    "USDT", "USDC", "FDUSD", "TUSD", "BUSD", "BTC", "ETH", "BNB", "EUR", "TRY", "BRL", "JPY",
  ]

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
