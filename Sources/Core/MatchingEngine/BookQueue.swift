import TradingModel

/// The queues of a book: its two sides, and the stops that wait for a trade.
///
/// A queue with an even number ranks prices upwards, one with an odd number downwards. Sell stops are
/// triggered by falling prices, the highest first, so they rank as bids do; buy stops as asks.
@usableFromInline
enum BookQueue {
  @usableFromInline static var count: Int { 4 }

  /// The queue of the orders of `side` that can trade.
  @inlinable @inline(__always)
  static func book(_ side: Side) -> Int { Int(side.rawValue) }

  /// The queue of the stops of `side`.
  static func stops(_ side: Side) -> Int { 2 + Int(side.opposite.rawValue) }

  /// The side whose ranks a queue has.
  static func ranks(_ queue: Int) -> Side { queue & 1 == 0 ? .buy : .sell }
}

/// The best price of a queue.
@usableFromInline
struct BestPrice: BitwiseCopyable {
  /// The least of all for an empty queue.
  @usableFromInline var rank: Int64
  /// `nobody` for an empty queue.
  @usableFromInline var level: UInt32

  @inlinable
  init(rank: Int64, level: UInt32) {
    self.rank = rank
    self.level = level
  }

  @inlinable static var none: BestPrice { BestPrice(rank: .min, level: BookCell.nobody) }
}
