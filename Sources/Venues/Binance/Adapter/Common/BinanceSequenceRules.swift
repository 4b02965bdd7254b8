import MarketData

extension SequenceRule {
  /// Binance spot, "How to manage a local order book correctly": drop `u <= lastUpdateId`; the first
  /// applied has `U <= lastUpdateId + 1 <= u`; then `U == previous u + 1`.
  public static var binanceSpot: SequenceRule { SequenceRule(.first, joinDistance: 1) }
  /// Binance USD-M and COIN-M futures, same chapter: drop `u < lastUpdateId`; the first applied has
  /// `U <= lastUpdateId <= u`; then `pu == previous u`.
  public static var binanceFutures: SequenceRule { SequenceRule(.previous) }
}
