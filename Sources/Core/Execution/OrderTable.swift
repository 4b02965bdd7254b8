import TradingModel

/// All orders of the engine, in memory taken once.
///
/// An order's place is its id modulo the capacity, so a look-up is one load and no hash. A place is
/// used again when its order is settled; an id whose place is still taken is skipped. Done orders
/// therefore stay findable, for late reports, until about `capacity` orders later.
///
/// Orders that are not settled are linked per strategy and listing, oldest first.
public struct OrderTable: ~Copyable {
  private let orders: UnsafeMutablePointer<Order>
  private let lists: UnsafeMutablePointer<Ends>
  private let mask: UInt64
  public let capacity: Int
  public let strategyCapacity: Int
  public let listingCapacity: Int
  /// The id given last.
  public private(set) var lastID: OrderID = 0
  /// Orders not settled.
  public private(set) var openCount = 0

  private struct Ends {
    var first: UInt32 = .max
    var last: UInt32 = .max
  }

  /// - Parameter capacity: orders remembered, a power of two; at most half may be open at once, so
  ///   that a free place is always near.
  public init(capacity: Int, strategyCapacity: Int, listingCapacity: Int) {
    precondition(capacity > 1 && capacity & (capacity - 1) == 0, "a power of two of orders")
    self.capacity = capacity
    self.strategyCapacity = strategyCapacity
    self.listingCapacity = listingCapacity
    mask = UInt64(capacity - 1)
    orders = .allocate(capacity: capacity)
    orders.initialize(repeating: .none, count: capacity)
    lists = .allocate(capacity: strategyCapacity * listingCapacity)
    lists.initialize(repeating: Ends(), count: strategyCapacity * listingCapacity)
  }

  deinit {
    orders.deallocate()
    lists.deallocate()
  }

  /// Gives ids above `id` from now on; used when a run continues a journal.
  public mutating func advanceIDs(past id: OrderID) { lastID = max(lastID, id) }

  /// The order with this id; nil when there never was one, or its place was used again. O(1).
  public func find(_ id: OrderID) -> UnsafeMutablePointer<Order>? {
    let order = orders + Int(id & mask)
    return order.pointee.id == id && id != 0 ? order : nil
  }

  /// The order's place, 0 up to `capacity`: for what others keep beside each order.
  @inlinable public func place(of id: OrderID) -> Int { Int(id & UInt64(capacity - 1)) }

  /// Whether one more order may be opened.
  public var hasRoom: Bool { openCount * 2 < capacity }

  /// Places a new order and gives it the next id; nil when too many are open.
  public mutating func insert(_ order: Order) -> UnsafeMutablePointer<Order>? {
    guard hasRoom else { return nil }
    var id = lastID + 1
    // Fewer than half the places are taken, so a free one comes soon.
    while isOpen(orders + Int(id & mask)) { id += 1 }
    return put(order, id)
  }

  /// Places an order that a journal says was placed, under the id it had; nil when its place is taken
  /// or too many are open.
  public mutating func insert(_ order: Order, id: OrderID) -> UnsafeMutablePointer<Order>? {
    guard hasRoom, id > 0, !isOpen(orders + Int(id & mask)) else { return nil }
    return put(order, id)
  }

  private mutating func put(_ order: Order, _ id: OrderID) -> UnsafeMutablePointer<Order> {
    lastID = max(lastID, id)
    let slot = UInt32(truncatingIfNeeded: id & mask)
    let place = orders + Int(slot)
    place.initialize(to: order)
    place.pointee.id = id
    link(slot)
    openCount += 1
    return place
  }

  private func isOpen(_ order: UnsafeMutablePointer<Order>) -> Bool {
    order.pointee.id != 0 && !order.pointee.isSettled
  }

  /// Unlinks an order that has just settled; relinks one that became open again.
  ///
  /// - Parameter wasSettled: what `isSettled` was before the change.
  public mutating func settle(_ order: UnsafeMutablePointer<Order>, wasSettled: Bool) {
    let isSettled = order.pointee.isSettled
    guard isSettled != wasSettled else { return }
    let slot = UInt32(truncatingIfNeeded: order.pointee.id & mask)
    if isSettled {
      unlink(slot)
      openCount -= 1
    } else {
      link(slot)
      openCount += 1
    }
  }

  private func list(_ order: UnsafeMutablePointer<Order>) -> UnsafeMutablePointer<Ends> {
    lists + Int(order.pointee.strategy) * listingCapacity + Int(order.pointee.listing)
  }

  private func link(_ slot: UInt32) {
    let order = orders + Int(slot)
    let ends = list(order)
    order.pointee.previous = ends.pointee.last
    order.pointee.next = .max
    if ends.pointee.last == .max {
      ends.pointee.first = slot
    } else {
      orders[Int(ends.pointee.last)].next = slot
    }
    ends.pointee.last = slot
  }

  private func unlink(_ slot: UInt32) {
    let order = orders + Int(slot)
    let ends = list(order)
    let (previous, next) = (order.pointee.previous, order.pointee.next)
    if previous == .max {
      ends.pointee.first = next
    } else {
      orders[Int(previous)].next = next
    }
    if next == .max {
      ends.pointee.last = previous
    } else {
      orders[Int(next)].previous = previous
    }
    order.pointee.previous = .max
    order.pointee.next = .max
  }

  /// The oldest order of a strategy in a listing that is not settled.
  public func first(
    strategy: StrategyIndex, listing: ListingIndex
  ) -> UnsafeMutablePointer<Order>? {
    place(lists[Int(strategy) * listingCapacity + Int(listing)].first)
  }

  /// The next one in that list.
  public func next(after order: UnsafeMutablePointer<Order>) -> UnsafeMutablePointer<Order>? {
    place(order.pointee.next)
  }

  private func place(_ slot: UInt32) -> UnsafeMutablePointer<Order>? {
    slot == .max ? nil : orders + Int(slot)
  }

  /// Takes every order that is not settled into a state hash, by strategy, listing and age; then the
  /// last id. Settled orders are in the journal, and no decision depends on them.
  public func hash(into hash: inout RecordHash) {
    hash.combine(lastID)
    hash.combine(UInt64(openCount))
    for list in 0..<strategyCapacity * listingCapacity {
      var cursor = place(lists[list].first)
      while let order = cursor {
        order.pointee.hash(into: &hash)
        cursor = next(after: order)
      }
    }
  }

  /// Walks every list and checks the links. For tests; O(open orders).
  public func checkInvariants() {
    var found = 0
    for list in 0..<strategyCapacity * listingCapacity {
      var previous: UInt32 = .max
      var slot = lists[list].first
      while slot != .max {
        let order = orders[Int(slot)]
        precondition(order.previous == previous, "an order's link back points to the one before")
        precondition(!order.isSettled, "linked orders are not settled")
        precondition(order.id & mask == UInt64(slot), "an order stands at its id's place")
        precondition(
          Int(order.strategy) * listingCapacity + Int(order.listing) == list,
          "an order is in its own list")
        previous = slot
        slot = order.next
        found += 1
      }
      precondition(lists[list].last == previous, "a list ends at its last order")
    }
    precondition(found == openCount, "every open order is linked")
  }
}
