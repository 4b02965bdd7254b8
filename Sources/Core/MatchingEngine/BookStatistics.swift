/// A book's figures since it was made.
public struct BookStatistics: Equatable, BitwiseCopyable, Sendable {
  /// How many trades there were.
  public var tradeCount: UInt64 = 0
  /// The sum of their quantities.
  public var tradedQuantity: Int128 = 0
  /// The first, highest, lowest and last trade price in ticks; 0 before the first trade.
  public var openPrice: Int64 = 0
  public var highPrice: Int64 = 0
  public var lowPrice: Int64 = 0
  public var lastPrice: Int64 = 0
  /// How many orders rest, and how many of them wait to be triggered.
  public var orderCount: Int = 0
  public var stopCount: Int = 0
  /// How often memory for more orders, and for more pages of prices, was taken.
  public var orderGrowthCount: Int = 0
  public var pageGrowthCount: Int = 0
  /// The memory that the book holds, in bytes.
  public var byteCount: Int = 0

  /// No figures yet.
  public init() {}
}
