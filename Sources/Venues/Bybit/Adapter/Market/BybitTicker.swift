import TradingModel

/// What the ticker of a linear contract tells beside its book: mark and index price, and funding.
///
/// A snapshot comes first; a delta has only what changed.
/// https://bybit-exchange.github.io/docs/v5/websocket/public/ticker
public struct BybitTicker: Equatable, BitwiseCopyable, Sendable {
  /// In the listing's price units, rounded down: they may have more decimals than orders.
  public var markPrice: Int64 = 0
  public var indexPrice: Int64 = 0
  /// Of the running interval: positive is paid by longs to shorts. A rate has 8 decimals.
  public var fundingRate = Rate.zero
  /// When it is next paid, ns since the epoch.
  public var nextFundingTime: Timestamp = 0
  /// Messages so far.
  public var updateCount: UInt64 = 0

  public init() {}

  /// Takes a ticker's data over, at the scanner's place.
  mutating func take(_ scanner: inout FieldScanner, priceDecimals: Int) throws(ScanError) {
    var next = self
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "markPrice") {
        next.markPrice = try Self.units(&scanner, priceDecimals, else: markPrice)
      } else if scanner.matches(key, "indexPrice") {
        next.indexPrice = try Self.units(&scanner, priceDecimals, else: indexPrice)
      } else if scanner.matches(key, "fundingRate") {
        next.fundingRate = Rate(
          parts: try Self.units(&scanner, Rate.decimals, else: fundingRate.parts))
      } else if scanner.matches(key, "nextFundingTime") {
        let time = try scanner.quotedMilliseconds()
        if time > 0 { next.nextFundingTime = time }
      } else {
        try scanner.skipValue()
      }
    }
    next.updateCount += 1
    self = next
  }

  /// Rounded down to `decimals`; `former` where nothing is written.
  private static func units(
    _ scanner: inout FieldScanner, _ decimals: Int, else former: Int64
  ) throws(ScanError) -> Int64 {
    if try scanner.nothing() { return former }
    return try scanner.floorUnits(decimals: decimals)
  }
}
