import LowLatency
import TradingModel

/// The order book of one symbol, matching by price, then time.
///
/// Limit and market orders, with good-till-cancel, immediate-or-cancel, fill-or-kill, post-only and
/// self-trade prevention. Prices are ticks, any `Int64`; quantities whole units. It reads no clock
/// and knows no chance: equal calls give equal reports. Bad input is a typed refusal that leaves the
/// book unchanged. Matching books never cross.
///
/// Memory is taken and touched once: for each order some 112 to 144 bytes (slot, detail, level,
/// identifiers), and for each page of 64 prices a side some 900. Only price pages are added later,
/// when prices spread over more of them (`pageGrowthCount`). No operation allocates otherwise.
///
/// ```
///   order id ─► IdentifierMap ─► OrderSlot ◄─► OrderSlot ◄─► ...   queue of a level, oldest first
///                                    │ level, side
///   price ─► PriceLadder (a side) ─► PriceLevel: price, total, queue ends
/// ```
public struct MatchingBook: ~Copyable {
  /// How many orders can rest.
  public let orderCapacity: Int
  /// The largest total quantity of an order: so small that the whole book's sum fits in `Int64`.
  public let quantityMax: Int64
  /// How many orders rest.
  @inlinable public var orderCount: Int { identifiers.count }
  /// How many trades there were.
  @inlinable public var tradeCount: UInt64 { trades }
  /// How often the price ladders took more memory.
  @inlinable public var pageGrowthCount: Int {
    ladders[0].growthCount &+ ladders[1].growthCount
  }

  @usableFromInline let orders: UnsafeMutablePointer<OrderSlot>
  @usableFromInline let details: UnsafeMutablePointer<OrderDetail>
  @usableFromInline let levels: UnsafeMutablePointer<PriceLevel>
  @usableFromInline let changes: UnsafeMutablePointer<BookLevelChange>
  @usableFromInline let changeCapacity: Int
  @usableFromInline var changeEnd = 0
  @usableFromInline var isMissingChanges = false
  @usableFromInline var firstFreeOrder: UInt32 = 0
  @usableFromInline var firstFreeLevel: UInt32 = 0
  @usableFromInline var identifiers: IdentifierMap
  /// The levels of each side, by `rank`: the best price of either side is its ladder's last. Indexed
  /// by the side's raw value, as `bestLevels` is, because a branch on the side is never foreseen.
  @usableFromInline let ladders: UnsafeMutablePointer<PriceLadder<UInt32>>
  /// The level of each side's best price; `ListLinks.none` for an empty side.
  @usableFromInline let bestLevels: UnsafeMutablePointer<UInt32>
  @usableFromInline var trades: UInt64 = 0

  /// An empty book with room for `orderCapacity` (1 ..< 2^31) resting orders, `levelPages` (at
  /// least 1) pages of 64 neighbouring prices a side, and `changeCapacity` level changes between
  /// two calls of `clearChanges`; 0 keeps no changes.
  public init(orderCapacity: Int, levelPages: Int, changeCapacity: Int = 0) {
    precondition(
      orderCapacity > 0 && orderCapacity < 1 << 31, "A book's capacity is between 1 and 2^31 - 1")
    precondition(
      changeCapacity >= 0 && changeCapacity < 1 << 31, "A change list has fewer than 2^31 places")
    self.orderCapacity = orderCapacity
    quantityMax = Int64.max / Int64(orderCapacity)
    orders = Self.lines(orderCapacity, OrderSlot(orderID: 0, leaves: 0, owner: 0))
    details = Self.lines(
      orderCapacity, OrderDetail(filled: 0, instructions: [], selfTradePrevention: .allow))
    levels = Self.lines(orderCapacity, PriceLevel(price: 0))
    changes = Self.lines(
      max(1, changeCapacity), BookLevelChange(side: .buy, price: 0, quantity: 0, orderCount: 0))
    self.changeCapacity = changeCapacity
    identifiers = IdentifierMap(capacity: orderCapacity)
    ladders = .allocate(capacity: 2)
    bestLevels = Self.lines(2, ListLinks.none)
    for side in 0..<2 {
      (ladders + side).initialize(
        to: PriceLadder(pageCapacity: levelPages, empty: ListLinks.none))
    }
    for index in 0..<orderCapacity {
      let next = index + 1 < orderCapacity ? UInt32(index + 1) : ListLinks.none
      orders[index].links.next = next
      levels[index].ends.head = next
    }
  }

  deinit {
    ladders.deinitialize(count: 2)
    ladders.deallocate()
    bestLevels.deallocate()
    orders.deallocate()
    details.deallocate()
    levels.deallocate()
    changes.deallocate()
  }

  private static func lines<Element: BitwiseCopyable>(
    _ count: Int, _ filler: Element
  ) -> UnsafeMutablePointer<Element> {
    let bytes = UnsafeMutableRawPointer.allocate(
      byteCount: count * MemoryLayout<Element>.stride, alignment: 64)
    let memory = bytes.bindMemory(to: Element.self, capacity: count)
    memory.initialize(repeating: filler, count: count)
    return memory
  }

  // MARK: Levels and queues

  /// The level of the best price on `side`; `ListLinks.none` when the side is empty.
  @inlinable
  func bestLevel(_ side: Side) -> UInt32 { bestLevels[Int(side.rawValue)] }

  /// `price` so that better is greater: itself for a bid; for an ask all bits flipped, which turns
  /// the order of all 2^64 prices round. Its own inverse.
  @inlinable
  static func rank(_ price: Int64, _ side: Side) -> Int64 {
    price ^ (0 &- Int64(truncatingIfNeeded: side.rawValue))
  }

  /// The rank of `price` among the orders that one of `side` trades with.
  @inlinable
  static func rank(_ price: Int64, against side: Side) -> Int64 {
    price ^ (Int64(truncatingIfNeeded: side.rawValue) &- 1)
  }

  /// The level of the best price that an order of `side` trades with.
  @inlinable
  func bestLevel(against side: Side) -> UInt32 { bestLevels[Int(side.rawValue ^ 1)] }

  /// Puts the order at `index` at the back of its price's queue, with a new level if need be.
  @inlinable
  mutating func enqueue(_ index: UInt32, side: Side, price: Int64) {
    let place = ladders[Int(side.rawValue)].insert(at: Self.rank(price, side))
    if place.pointee == ListLinks.none { place.pointee = openLevel(side, price) }
    let level = levels + Int(place.pointee)
    let order = orders + Int(index)
    order.pointee.levelAndSide = place.pointee &<< 1 | UInt32(side.rawValue)
    level.pointee.total &+= order.pointee.leaves
    level.pointee.orderCount &+= 1
    IntrusiveList.pushBack(index, to: &level.pointee.ends, in: orders)
    noteChange(level, side)
  }

  /// Takes the order at `index` out of its queue, and its level out of the book when that was the
  /// last one. The order's slot and identifier stay.
  @inlinable
  mutating func dequeue(_ index: UInt32) {
    let order = orders + Int(index)
    let side = order.pointee.side
    let levelIndex = UInt32(truncatingIfNeeded: order.pointee.level)
    let level = levels + order.pointee.level
    level.pointee.total &-= order.pointee.leaves
    level.pointee.orderCount &-= 1
    IntrusiveList.remove(index, from: &level.pointee.ends, in: orders)
    noteChange(level, side)
    if level.pointee.orderCount == 0 { closeLevel(levelIndex, side) }
  }

  @inlinable
  mutating func openLevel(_ side: Side, _ price: Int64) -> UInt32 {
    let index = firstFreeLevel
    // There are as many levels as orders and each has at least one, so one is free.
    let level = levels + Int(index)
    firstFreeLevel = level.pointee.ends.head
    level.pointee = PriceLevel(price: price)
    let best = bestLevel(side)
    if best == ListLinks.none
      || Self.rank(price, side) > Self.rank(levels[Int(best)].price, side)
    {
      bestLevels[Int(side.rawValue)] = index
    }
    return index
  }

  @inlinable
  mutating func closeLevel(_ index: UInt32, _ side: Side) {
    let level = levels + Int(index)
    let ladder = ladders + Int(side.rawValue)
    ladder.pointee.remove(at: Self.rank(level.pointee.price, side))
    if index == bestLevel(side) {
      bestLevels[Int(side.rawValue)] = ladder.pointee.lastLevel?.pointee ?? ListLinks.none
    }
    level.pointee.ends.head = firstFreeLevel
    firstFreeLevel = index
  }

  /// Frees the slot and the identifier of an order that is in no queue.
  @inlinable
  mutating func release(_ index: UInt32) {
    let order = orders + Int(index)
    identifiers.remove(order.pointee.orderID)
    order.pointee.orderID = 0
    order.pointee.links.next = firstFreeOrder
    firstFreeOrder = index
  }
}
