import LowLatency
import TradingModel

/// One order of an order-by-order book.
public struct BookOrder: Equatable, BitwiseCopyable, Sendable {
  public var orderID: UInt64
  public var side: Side
  public var price: Int64
  /// What is left of it, above zero.
  public var quantity: Int64
  @inlinable public init(orderID: UInt64, side: Side, price: Int64, quantity: Int64) {
    self.orderID = orderID
    self.side = side
    self.price = price
    self.quantity = quantity
  }
}

/// The orders at one price.
public struct OrderLevel: Equatable, BitwiseCopyable, Sendable {
  /// The sum of the orders' quantities.
  public var quantity: Int64
  public var orderCount: Int32
  /// Slots of the order that trades first and of the one that trades last.
  @usableFromInline var head: UInt32
  @usableFromInline var tail: UInt32

  @usableFromInline static let none = UInt32.max
  @usableFromInline static let empty = OrderLevel(
    quantity: 0, orderCount: 0, head: none, tail: none)
}

/// What an order-by-order book has met that it had to settle by rule.
public struct OrderByOrderCounts: Equatable, BitwiseCopyable, Sendable {
  /// Modifies that left the order its place in the queue, and that sent it to the end.
  public var modifiesKeptPriority: UInt64 = 0
  public var modifiesLostPriority: UInt64 = 0
  /// Cancels of orders the book did not hold.
  public var cancelsOfAbsentOrders: UInt64 = 0
  /// Modifies of orders the book did not hold: taken as adds.
  public var modifiesOfAbsentOrders: UInt64 = 0
  /// Adds of an order the book held already: the old one goes first.
  public var repeatedAdds: UInt64 = 0
  public init() {}
}

/// A followed book of single orders (L3): price levels in price order, and in each a queue in time
/// order. Rules after Databento's MBO schema and CME's matching rules: a changed price or a larger
/// size loses priority, a smaller size keeps it.
public struct OrderByOrderBook: ~Copyable {
  @usableFromInline
  struct Slot: BitwiseCopyable {
    @usableFromInline var order: BookOrder
    @usableFromInline var previous: UInt32
    /// The order behind in the queue; in a free slot, the next free one.
    @usableFromInline var next: UInt32
  }

  /// The largest quantity of one order; sums of them then fit in 64 bits.
  public static let quantityMax: Int64 = 1 << 40

  /// What was settled by rule so far.
  public internal(set) var counts = OrderByOrderCounts()
  /// How often more memory was taken than `init` did.
  public private(set) var growthCount = 0

  @usableFromInline var bids: PriceLadder<OrderLevel>
  @usableFromInline var asks: PriceLadder<OrderLevel>
  @usableFromInline var places: IdentifierMap
  @usableFromInline var slots: UnsafeMutablePointer<Slot>
  private var capacity: Int
  private var used = 0
  private var firstFree = OrderLevel.none
  /// Price units between ladder places.
  @usableFromInline let step: Int64

  /// Takes the memory of an empty book.
  ///
  /// - Parameters:
  ///   - tick: prices that are multiples of it lie close in memory; others are refused.
  ///   - orderCapacity: live orders; doubled when needed, and counted.
  public init(tick: Int64, orderCapacity: Int = 16_384, pageCapacity: Int = 128) {
    precondition(tick > 0 && orderCapacity > 0, "tick and capacity are above zero")
    step = tick
    capacity = orderCapacity
    bids = PriceLadder(pageCapacity: pageCapacity, empty: .empty)
    asks = PriceLadder(pageCapacity: pageCapacity, empty: .empty)
    places = IdentifierMap(capacity: orderCapacity)
    slots = .allocate(capacity: orderCapacity)
  }

  deinit { slots.deallocate() }

  /// Live orders.
  @inlinable public var orderCount: Int { places.count }
  /// Levels of a side.
  @inlinable
  public func levelCount(_ side: Side) -> Int { side == .buy ? bids.count : asks.count }

  /// The order named `orderID`; nil when it is not in the book.
  public func order(_ orderID: UInt64) -> BookOrder? {
    guard let slot = places.find(orderID) else { return nil }
    return slots[Int(slot)].order
  }

  // MARK: Changes

  /// An order enters at the end of its queue. One already known by that id leaves first.
  ///
  /// - Returns: false, and nothing changes, for a price off the tick an id of 0 or a quantity
  ///   out of `1...quantityMax`.
  @discardableResult
  public mutating func add(_ order: BookOrder) -> Bool {
    guard takes(order) else { return false }
    if let slot = places.find(order.orderID) {
      counts.repeatedAdds &+= 1
      unlink(slot)
    }
    link(takeSlot(), order)
    return true
  }

  /// An order loses `quantity`, and leaves when nothing is left of it.
  ///
  /// - Returns: false, counted, when the book does not hold it.
  @discardableResult
  public mutating func cancel(orderID: UInt64, quantity: Int64) -> Bool {
    guard let slot = places.find(orderID) else {
      counts.cancelsOfAbsentOrders &+= 1
      return false
    }
    let left = slots[Int(slot)].order.quantity - quantity
    if left > 0, quantity > 0 {
      resize(slot, to: left)
    } else {
      unlink(slot)
    }
    return true
  }

  /// An order gets a new price and size. It keeps its place in the queue only where the price
  /// stays and the size does not grow.
  ///
  /// - Returns: false, and nothing changes, for a price off the tick an id of 0 or a quantity
  ///   out of `1...quantityMax`.
  @discardableResult
  public mutating func modify(_ order: BookOrder) -> Bool {
    guard takes(order) else { return false }
    guard let slot = places.find(order.orderID) else {
      counts.modifiesOfAbsentOrders &+= 1
      link(takeSlot(), order)
      return true
    }
    let old = slots[Int(slot)].order
    if old.price == order.price, old.side == order.side, order.quantity <= old.quantity {
      counts.modifiesKeptPriority &+= 1
      resize(slot, to: order.quantity)
    } else {
      counts.modifiesLostPriority &+= 1
      unlink(slot)
      link(takeSlot(), order)
    }
    return true
  }

  private func takes(_ order: BookOrder) -> Bool {
    order.orderID != 0 && order.quantity > 0 && order.quantity <= Self.quantityMax
      && order.price % step == 0
  }

  /// Every order leaves.
  public mutating func removeAll() {
    bids.removeAll()
    asks.removeAll()
    places.removeAll()
    used = 0
    firstFree = OrderLevel.none
  }
}

// MARK: - Slots and queues

extension OrderByOrderBook {
  private mutating func takeSlot() -> UInt32 {
    if firstFree != OrderLevel.none {
      let slot = firstFree
      firstFree = slots[Int(slot)].next
      return slot
    }
    if used == capacity { grow() }
    used += 1
    return UInt32(used - 1)
  }

  /// Called with every slot in use.
  private mutating func grow() {
    growthCount += 1
    let larger = UnsafeMutablePointer<Slot>.allocate(capacity: capacity * 2)
    larger.update(from: slots, count: used)
    slots.deallocate()
    slots = larger
    capacity *= 2
    var map = IdentifierMap(capacity: capacity)
    for slot in 0..<used {
      let isNew = map.insert(slots[slot].order.orderID, UInt32(slot))
      precondition(isNew, "Invariant: an order id has one slot")
    }
    places = map
  }

  private mutating func level(_ order: BookOrder) -> UnsafeMutablePointer<OrderLevel> {
    order.side == .buy
      ? bids.insert(at: order.price / step) : asks.insert(at: order.price / step)
  }

  /// Puts `order` into `slot`, at the end of its level's queue.
  private mutating func link(_ slot: UInt32, _ order: BookOrder) {
    let level = level(order)
    slots[Int(slot)] = Slot(order: order, previous: level.pointee.tail, next: OrderLevel.none)
    if level.pointee.tail == OrderLevel.none {
      level.pointee.head = slot
    } else {
      slots[Int(level.pointee.tail)].next = slot
    }
    level.pointee.tail = slot
    level.pointee.quantity += order.quantity
    level.pointee.orderCount += 1
    let isNew = places.insert(order.orderID, slot)
    precondition(isNew, "Invariant: an order id has one slot")
  }

  /// Takes the order out of `slot`, and the level away with its last order.
  private mutating func unlink(_ slot: UInt32) {
    let gone = slots[Int(slot)]
    let level = level(gone.order)
    if gone.previous == OrderLevel.none {
      level.pointee.head = gone.next
    } else {
      slots[Int(gone.previous)].next = gone.next
    }
    if gone.next == OrderLevel.none {
      level.pointee.tail = gone.previous
    } else {
      slots[Int(gone.next)].previous = gone.previous
    }
    level.pointee.quantity -= gone.order.quantity
    level.pointee.orderCount -= 1
    if level.pointee.orderCount == 0 {
      if gone.order.side == .buy {
        bids.remove(at: gone.order.price / step)
      } else {
        asks.remove(at: gone.order.price / step)
      }
    }
    places.remove(gone.order.orderID)
    slots[Int(slot)].next = firstFree
    firstFree = slot
  }

  private mutating func resize(_ slot: UInt32, to quantity: Int64) {
    let order = slots[Int(slot)].order
    level(order).pointee.quantity += quantity - order.quantity
    slots[Int(slot)].order.quantity = quantity
  }
}

// MARK: - Reading

extension OrderByOrderBook {
  /// The best price of a side; nil when the side is empty.
  @inlinable
  public func bestPrice(_ side: Side) -> Int64? {
    guard let place = side == .buy ? bids.last : asks.first else { return nil }
    return place * step
  }

  /// The next worse price of a side behind `price`, which stands on the tick grid.
  @inlinable
  public func nextPrice(after price: Int64, _ side: Side) -> Int64? {
    let place = side == .buy ? bids.previous(before: price / step) : asks.next(after: price / step)
    guard let place else { return nil }
    return place * step
  }

  /// Total and order count at `price`; nil when no order stands there.
  @inlinable
  public func level(at price: Int64, _ side: Side) -> OrderLevel? {
    side == .buy ? bids.level(at: price / step) : asks.level(at: price / step)
  }

  /// Whether the best bid is at or above the best ask.
  @inlinable public var isCrossed: Bool {
    guard let bid = bids.last, let ask = asks.first else { return false }
    return bid >= ask
  }

  /// Calls `body` with the orders at `price` in the order they would trade, until it returns false.
  public func forEachOrder(at price: Int64, _ side: Side, _ body: (BookOrder) -> Bool) {
    guard price % step == 0, let level = level(at: price, side) else { return }
    var slot = level.head
    while slot != OrderLevel.none {
      if !body(slots[Int(slot)].order) { return }
      slot = slots[Int(slot)].next
    }
  }
}
