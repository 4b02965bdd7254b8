import LowLatency
import TradingModel

/// What matching reads of a resting order: 32 bytes, two to a cache line.
///
/// What matching does not read stands in `OrderDetail` at the same index. Order types that need
/// more (iceberg reserve, hidden part, expiry, peg, stop) get it there or in a table of their own
/// that `OrderDetail.extensionIndex` points into, so that plain orders do not pay for them.
@usableFromInline
struct OrderSlot: ListNode {
  /// 0 in a free slot.
  @usableFromInline var orderID: OrderID
  @usableFromInline var leaves: Int64
  /// Neighbours in the level's queue; in a free slot, `links.next` is the next free one.
  @usableFromInline var links: ListLinks
  @usableFromInline var owner: OwnerID
  /// The level's index times two, plus one for a sell.
  @usableFromInline var levelAndSide: UInt32

  @inlinable
  init(orderID: OrderID, leaves: Int64, owner: OwnerID) {
    self.orderID = orderID
    self.leaves = leaves
    links = ListLinks()
    self.owner = owner
    levelAndSide = 0
  }

  @inlinable var side: Side { levelAndSide & 1 == 0 ? .buy : .sell }
  @inlinable var level: Int { Int(levelAndSide &>> 1) }
}

/// What only fills that leave a rest, modifies and look-ups need of a resting order. 16 bytes.
@usableFromInline
struct OrderDetail: BitwiseCopyable {
  /// Executed so far; the order's total quantity is this plus its leaves.
  @usableFromInline var filled: Int64
  /// The place of what exotic types need in their own table; unused yet.
  @usableFromInline var extensionIndex: UInt32
  @usableFromInline var instructions: OrderInstructions
  @usableFromInline var selfTradePrevention: SelfTradePrevention

  @inlinable
  init(
    filled: Int64, instructions: OrderInstructions, selfTradePrevention: SelfTradePrevention
  ) {
    self.filled = filled
    extensionIndex = .max
    self.instructions = instructions
    self.selfTradePrevention = selfTradePrevention
  }
}

/// A price with resting orders: their queue, count and sum. 32 bytes. The ladders map prices to
/// indices of these; there are never more levels than orders.
@usableFromInline
struct PriceLevel: BitwiseCopyable {
  @usableFromInline var price: Int64
  /// The sum of the queue's leaves.
  @usableFromInline var total: Int64
  /// First and last order. In a free level, `head` is the next free one.
  @usableFromInline var ends: ListEnds
  @usableFromInline var orderCount: UInt32
  /// One more than the place of this level's latest entry in the change list; 0 for none. Stale
  /// once the list was cleared, which the entry's price and side tell.
  @usableFromInline var change: UInt32

  @inlinable
  init(price: Int64) {
    self.price = price
    total = 0
    ends = ListEnds()
    orderCount = 0
    change = 0
  }
}

/// The incoming order while it matches.
@usableFromInline
struct Taker {
  @usableFromInline let orderID: OrderID
  @usableFromInline let price: Int64
  @usableFromInline let owner: OwnerID
  @usableFromInline let side: Side
  @usableFromInline let selfTradePrevention: SelfTradePrevention
  @usableFromInline var leaves: Int64
  @usableFromInline var filled: Int64
  /// Set when self-trade prevention canceled the rest.
  @usableFromInline var isStopped = false

  @inlinable
  init(
    orderID: OrderID, price: Int64, owner: OwnerID, side: Side,
    selfTradePrevention: SelfTradePrevention, leaves: Int64, filled: Int64
  ) {
    self.orderID = orderID
    self.price = price
    self.owner = owner
    self.side = side
    self.selfTradePrevention = owner == 0 ? .allow : selfTradePrevention
    self.leaves = leaves
    self.filled = filled
  }

  /// Whether an order resting at `price` on the other side is good enough.
  @inlinable
  func accepts(_ price: Int64) -> Bool {
    MatchingBook.rank(price, against: side) >= MatchingBook.rank(self.price, against: side)
  }
}
