import LowLatency
import TradingModel

/// 32 bytes, two to a cache line: a resting order, a price level, or the head of a page of levels.
///
/// All three lie in one array, the arena, and name each other by their index there. Cell 0 is none
/// of them: index 0 is nobody. A level is the sentinel of its own queue: the queue is a ring, so
/// that orders leave and join without asking whether they are first or last.
///
/// ```
///           key            quantity     links                   count          place
///   order   order id       leaves       newer, older            owner          level, details, side
///   level   price          total        first, last order       order count    change entry * 16, hidden
///   page    occupied mask  page number  next free page (next)
/// ```
///
/// A level's total and order count are those of the displayed orders; hidden ones stand behind them
/// in the ring, and the level's `hiddenFlag` tells of them.
///
/// What matching does not read stands in `OrderDetail` at the same index, and what only icebergs,
/// hidden, pegged, expiring, reduce-only and stop orders need in a `SpecialOrder`, so that plain
/// orders do not pay for them.
@usableFromInline
struct BookCell: BitwiseCopyable {
  /// Of a free order cell 0.
  @usableFromInline var key: UInt64
  @usableFromInline var quantity: Int64
  /// In a free order cell and a free page, `next` is the next free one.
  @usableFromInline var links: ListLinks
  @usableFromInline var count: UInt32
  @usableFromInline var place: UInt32

  @inlinable static var nobody: UInt32 { 0 }

  @inlinable
  init(key: UInt64 = 0, quantity: Int64 = 0, links: ListLinks, count: UInt32 = 0, place: UInt32 = 0)
  {
    self.key = key
    self.quantity = quantity
    self.links = links
    self.count = count
    self.place = place
  }
}

/// A cell as a resting order. `place` is the level's index times 16, plus 8 for a hidden order, plus 4
/// for a special one (hidden ones are special), plus 2 when there are details, plus 1 for a sell.
extension BookCell {
  @inlinable var orderID: OrderID { key }
  @inlinable var owner: OwnerID { count }
  @inlinable var side: Side { place & 1 == 0 ? .buy : .sell }
  @inlinable var level: UInt32 { place &>> 4 }
  /// Whether `OrderDetail` says anything; a plain order that never filled has none.
  @inlinable var hasDetail: Bool { place & Self.detailFlag != 0 }
  @inlinable static var detailFlag: UInt32 { 2 }
  /// Whether there is a `SpecialOrder` about it, which its details name.
  @inlinable var isSpecial: Bool { place & Self.specialFlag != 0 }
  @inlinable static var specialFlag: UInt32 { 4 }
  /// Whether the views do not show it; of a level whether it has such orders.
  @inlinable var isHidden: Bool { place & Self.hiddenFlag != 0 }
  @inlinable static var hiddenFlag: UInt32 { 8 }
  /// The bits of `place` that stay when the order changes its queue.
  @inlinable static var lastingFlags: UInt32 { 15 }
}

/// A cell as a price level, and as the head of the 64 levels behind it.
extension BookCell {
  @inlinable var price: Int64 { Int64(bitPattern: key) }

  @inlinable static var pageCellCount: Int { 65 }

  /// The head of the page that the level at `index`, of this rank, lies in.
  @inlinable
  static func page(ofLevel index: UInt32, rank: Int64) -> UInt32 {
    index &- 1 &- UInt32(truncatingIfNeeded: rank & 63)
  }
}

/// What only fills that leave a rest, modifies and look-ups need of a resting order. 16 bytes.
@usableFromInline
struct OrderDetail: BitwiseCopyable {
  /// Executed so far; the order's total quantity is this plus what is open.
  @usableFromInline var filled: Int64
  /// The place of a special order's `SpecialOrder`.
  @usableFromInline var special: UInt32
  @usableFromInline var instructions: OrderInstructions
  @usableFromInline var selfTradePrevention: SelfTradePrevention

  @inlinable
  init(
    filled: Int64, instructions: OrderInstructions, selfTradePrevention: SelfTradePrevention
  ) {
    self.filled = filled
    special = .max
    self.instructions = instructions
    self.selfTradePrevention = selfTradePrevention
  }

  /// Of an order without details.
  @inlinable static var none: OrderDetail {
    OrderDetail(filled: 0, instructions: [], selfTradePrevention: .allow)
  }

  /// Whether it says no more than how much was filled.
  @inlinable var isPlain: Bool {
    instructions.rawValue | selfTradePrevention.rawValue == 0
  }
}

/// An incoming plain order.
@usableFromInline
struct PlainTaker: BitwiseCopyable {
  @usableFromInline let orderID: OrderID
  @usableFromInline let price: Int64
  @usableFromInline let owner: OwnerID
  @usableFromInline let side: Side

  @inlinable
  init(orderID: OrderID, price: Int64, owner: OwnerID, side: Side) {
    self.orderID = orderID
    self.price = price
    self.owner = owner
    self.side = side
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
