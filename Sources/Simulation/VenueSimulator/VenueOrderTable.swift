import LowLatency
import TradingModel

/// A simulated venue's own record: our orders by client order id, open ones in the order of their
/// entry, and the last trades. It is what the venue answers queries from, whatever was delivered.
///
/// When it is full, the order that ended first is forgotten; of trades the oldest.
struct VenueOrderTable: ~Copyable {
  static let none = UInt32.max

  private struct List {
    var first = VenueOrderTable.none
    var last = VenueOrderTable.none

    mutating func append(_ index: UInt32, in orders: UnsafeMutablePointer<VenueOrder>) {
      orders[Int(index)].previous = last
      orders[Int(index)].next = VenueOrderTable.none
      if last == VenueOrderTable.none { first = index } else { orders[Int(last)].next = index }
      last = index
    }

    mutating func unlink(_ index: UInt32, in orders: UnsafeMutablePointer<VenueOrder>) {
      let (before, behind) = (orders[Int(index)].previous, orders[Int(index)].next)
      if before == VenueOrderTable.none {
        first = behind
      } else {
        orders[Int(before)].next = behind
      }
      if behind == VenueOrderTable.none {
        last = before
      } else {
        orders[Int(behind)].previous = before
      }
    }
  }

  let orderCapacity: Int
  let tradeCapacity: Int
  private let orders: UnsafeMutablePointer<VenueOrder>
  private let trades: UnsafeMutablePointer<VenueTrade>
  private var places: IdentifierMap
  private var open = List()
  private var ended = List()
  private var usedCount = 0
  private(set) var openCount = 0
  private(set) var tradeCount: UInt64 = 0

  init(orderCapacity: Int, tradeCapacity: Int) {
    precondition(orderCapacity > 0 && tradeCapacity > 0, "A venue remembers something")
    self.orderCapacity = orderCapacity
    self.tradeCapacity = tradeCapacity
    orders = .allocate(capacity: orderCapacity)
    trades = .allocate(capacity: tradeCapacity)
    places = IdentifierMap(capacity: orderCapacity)
  }

  deinit {
    // Orders and trades are bitwise copyable: there is nothing to deinitialise.
    orders.deallocate()
    trades.deallocate()
  }

  /// Where the order with this client order id stands; nil when the venue does not know it.
  func find(_ orderID: OrderID) -> UInt32? { places.find(orderID) }

  subscript(index: UInt32) -> VenueOrder {
    get { orders[Int(index)] }
    nonmutating set { orders[Int(index)] = newValue }
  }

  /// Keeps a new order; nil when as many are open as there is room for.
  mutating func insert(_ order: VenueOrder) -> UInt32? {
    let index: UInt32
    if usedCount < orderCapacity {
      index = UInt32(usedCount)
      usedCount += 1
    } else if ended.first != Self.none {
      index = ended.first
      ended.unlink(index, in: orders)
      places.remove(orders[Int(index)].orderID)
    } else {
      return nil
    }
    (orders + Int(index)).initialize(to: order)
    let isNew = places.insert(order.orderID, index)
    precondition(isNew, "Invariant: a client order id is kept once")
    if order.state == .open {
      open.append(index, in: orders)
      openCount += 1
    } else {
      ended.append(index, in: orders)
    }
    return index
  }

  /// Ends an open order.
  mutating func end(_ index: UInt32, _ state: VenueOrderState, _ reason: VenueReason) {
    precondition(orders[Int(index)].state == .open, "Invariant: an order ends once")
    orders[Int(index)].state = state
    orders[Int(index)].reason = reason
    open.unlink(index, in: orders)
    openCount -= 1
    ended.append(index, in: orders)
  }

  /// Keeps a trade of the order at `index`, numbered and linked to its earlier ones.
  mutating func record(_ trade: VenueTrade, of index: UInt32) -> VenueTrade {
    tradeCount += 1
    var trade = trade
    trade.number = tradeCount
    trade.previousOfOrder = orders[Int(index)].lastTrade
    orders[Int(index)].lastTrade = tradeCount
    (trades + Int(tradeCount % UInt64(tradeCapacity))).initialize(to: trade)
    return trade
  }

  /// The trade with this number; nil when it is forgotten or never was.
  func trade(_ number: UInt64) -> VenueTrade? {
    guard number > 0, number <= tradeCount, number + UInt64(tradeCapacity) > tradeCount else {
      return nil
    }
    return trades[Int(number % UInt64(tradeCapacity))]
  }

  /// The numbers of the order's trades that are remembered, oldest first.
  func trades(of index: UInt32) -> [UInt64] {
    var numbers: [UInt64] = []
    var number = orders[Int(index)].lastTrade
    while let trade = trade(number) {
      numbers.append(number)
      number = trade.previousOfOrder
    }
    return numbers.reversed()
  }

  /// The first open order, and the one behind another; nil at the end.
  var firstOpen: UInt32? { open.first == Self.none ? nil : open.first }
  func openOrder(after index: UInt32) -> UInt32? {
    let next = orders[Int(index)].next
    return next == Self.none ? nil : next
  }
}
