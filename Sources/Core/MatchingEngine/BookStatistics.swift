/// A book's figures since it was made.
public struct BookStatistics: Equatable, BitwiseCopyable, Sendable {
  /// How many trades there were.
  public var tradeCount: UInt64 = 0
  /// The sum of their quantities.
  public var tradedQuantity: Int128 = 0
  /// The first trade's price in ticks; 0 before it.
  public var openPrice: Int64 = 0
  /// The highest trade price in ticks; 0 before the first.
  public var highPrice: Int64 = 0
  /// The lowest trade price in ticks; 0 before the first.
  public var lowPrice: Int64 = 0
  /// The last trade's price in ticks; 0 before the first.
  public var lastPrice: Int64 = 0
  /// How many orders rest, stops that wait included.
  public var orderCount: Int = 0
  /// How many stops wait for their trigger.
  public var stopCount: Int = 0
  /// How often memory for more orders was taken.
  public var orderGrowthCount: Int = 0
  /// How often memory for more pages of prices was taken.
  public var pageGrowthCount: Int = 0
  /// How often memory for more special orders was taken.
  public var specialGrowthCount: Int = 0
  /// The memory that the book holds, in bytes.
  public var byteCount: Int = 0

  /// No figures yet.
  public init() {}
}
