import LowLatency
import TradingModel

/// A price and what rests there.
public struct LevelView: Equatable, BitwiseCopyable, Sendable {
  /// In ticks.
  public var price: Int64
  /// The sum of the orders' open quantities.
  public var quantity: Int64
  /// How many orders rest there.
  public var orderCount: UInt32

  /// A view from its parts.
  @inlinable
  public init(price: Int64, quantity: Int64, orderCount: UInt32) {
    self.price = price
    self.quantity = quantity
    self.orderCount = orderCount
  }
}

/// A resting order.
public struct OrderView: Equatable, BitwiseCopyable, Sendable {
  /// As it was entered.
  public var orderID: OrderID
  /// In ticks.
  public var price: Int64
  /// Still open; above 0.
  public var leaves: Int64
  /// Executed so far. `filled + leaves` is the total that a modify speaks of.
  public var filled: Int64
  /// What of `leaves` the views and feeds show: less for an iceberg, 0 for a hidden order and a stop
  /// that waits.
  public var displayed: Int64
  /// Of a stop that waits for its trigger: the stop price; else nil.
  public var stopPrice: Int64?
  /// As it was entered.
  public var owner: OwnerID
  /// As it was entered.
  public var side: Side

  /// A view from its parts.
  @inlinable
  public init(
    orderID: OrderID, price: Int64, leaves: Int64, filled: Int64, displayed: Int64,
    stopPrice: Int64? = nil, owner: OwnerID, side: Side
  ) {
    self.displayed = displayed
    self.stopPrice = stopPrice
    self.orderID = orderID
    self.price = price
    self.leaves = leaves
    self.filled = filled
    self.owner = owner
    self.side = side
  }
}

/// What stands before an order at its price.
public struct QueuePosition: Equatable, BitwiseCopyable, Sendable {
  /// How many older orders rest at its price.
  public var ordersAhead: Int
  /// The sum of their open quantities.
  public var quantityAhead: Int64

  /// A position from its parts.
  @inlinable
  public init(ordersAhead: Int, quantityAhead: Int64) {
    self.ordersAhead = ordersAhead
    self.quantityAhead = quantityAhead
  }
}

extension MatchingBook {
  /// The highest bid; nil when there is none. O(1).
  @inlinable public var bestBid: LevelView? { view(bestLevel(.buy)) }

  /// The lowest ask; nil when there is none. O(1).
  @inlinable public var bestAsk: LevelView? { view(bestLevel(.sell)) }

  /// Writes the levels of `side`, best first, until `target` is full; gives their number.
  /// O(levels written).
  public func depth(_ side: Side, into target: UnsafeMutableBufferPointer<LevelView>) -> Int {
    var count = 0
    var level = bestLevel(side)
    while count < target.count, let found = view(level) {
      target[count] = found
      count += 1
      level = levelBehind(level, side)
    }
    return count
  }

  /// The total resting at `price` on `side`; 0 when nothing does. O(1).
  public func quantity(at price: Int64, _ side: Side) -> Int64 {
    guard let level = level(at: price, side) else { return 0 }
    return cells[Int(level)].quantity
  }

  /// The resting order with this id; nil when there is none. O(1).
  public func order(_ orderID: OrderID) -> OrderView? {
    let index = orderID == 0 ? BookCell.nobody : find(orderID)
    return index == BookCell.nobody ? nil : view(order: index)
  }

  /// Where the order stands in its price's queue; nil when it does not rest. O(orders ahead).
  public func queuePosition(of orderID: OrderID) -> QueuePosition? {
    let index = find(orderID)
    if index == BookCell.nobody { return nil }
    let level = cells[Int(index)].level
    var position = QueuePosition(ordersAhead: 0, quantityAhead: 0)
    var ahead = cells[Int(index)].links.previous
    while ahead != level {
      position.ordersAhead += 1
      position.quantityAhead += cells[Int(ahead)].quantity
      ahead = cells[Int(ahead)].links.previous
    }
    return position
  }

  /// Writes the orders resting at `price` on `side`, oldest first, until `target` is full; gives
  /// their number. O(orders written).
  public func orders(
    at price: Int64, _ side: Side, into target: UnsafeMutableBufferPointer<OrderView>
  ) -> Int {
    guard let level = level(at: price, side) else { return 0 }
    var count = 0
    var index = cells[Int(level)].links.next
    while index != level && count < target.count {
      target[count] = view(order: index)
      count += 1
      index = cells[Int(index)].links.next
    }
    return count
  }

  /// A hash over all that can influence reports to come, independent of slot numbers and free
  /// lists: equal books hash equal on every machine. O(resting orders).
  public func stateHash() -> UInt64 {
    var hash = RecordHash()
    hash.combine(trades)
    for side in [Side.buy, Side.sell] {
      var level = bestLevel(side)
      while level != BookCell.nobody {
        hash.combine(cells[Int(level)].price)
        hash.combine(cells[Int(level)].quantity)
        var index = cells[Int(level)].links.next
        while index != level {
          combine(index, into: &hash)
          index = cells[Int(index)].links.next
        }
        level = levelBehind(level, side)
      }
      hash.combine(UInt64(side.rawValue))
    }
    return hash.value
  }

  private func combine(_ index: UInt32, into hash: inout RecordHash) {
    let order = cells[Int(index)]
    let detail = detail(of: index)
    hash.combine(order.orderID)
    hash.combine(order.quantity)
    hash.combine(detail.filled)
    hash.combine(
      UInt64(order.owner) << 16 | UInt64(detail.instructions.rawValue) << 8
        | UInt64(detail.selfTradePrevention.rawValue))
  }

  @inlinable
  func view(_ level: UInt32) -> LevelView? {
    if level == BookCell.nobody { return nil }
    let found = cells[Int(level)]
    return LevelView(price: found.price, quantity: found.quantity, orderCount: found.count)
  }

  private func view(order index: UInt32) -> OrderView {
    let order = cells[Int(index)]
    return OrderView(
      orderID: order.orderID, price: cells[Int(order.level)].price, leaves: order.quantity,
      filled: detail(of: index).filled, displayed: order.quantity, owner: order.owner,
      side: order.side)
  }

  private func level(at price: Int64, _ side: Side) -> UInt32? {
    let rank = Self.rank(price, side)
    guard let page = ladders[Int(side.rawValue)].level(at: rank >> 6) else { return nil }
    let inPage = UInt64(rank & 63)
    return cells[Int(page)].key >> inPage & 1 == 1 ? page + 1 + UInt32(inPage) : nil
  }
}
