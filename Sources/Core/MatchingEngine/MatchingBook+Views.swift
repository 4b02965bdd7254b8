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
  /// As it was entered.
  public var owner: OwnerID
  /// As it was entered.
  public var side: Side

  /// A view from its parts.
  @inlinable
  public init(
    orderID: OrderID, price: Int64, leaves: Int64, filled: Int64, owner: OwnerID, side: Side
  ) {
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
    return levels[Int(level)].total
  }

  /// The resting order with this id; nil when there is none. O(1).
  public func order(_ orderID: OrderID) -> OrderView? {
    identifiers.find(orderID).map { view(order: $0) }
  }

  /// Where the order stands in its price's queue; nil when it does not rest. O(orders ahead).
  public func queuePosition(of orderID: OrderID) -> QueuePosition? {
    guard let index = identifiers.find(orderID) else { return nil }
    var position = QueuePosition(ordersAhead: 0, quantityAhead: 0)
    var ahead = orders[Int(index)].links.previous
    while ahead != ListLinks.none {
      position.ordersAhead += 1
      position.quantityAhead += orders[Int(ahead)].leaves
      ahead = orders[Int(ahead)].links.previous
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
    var index = levels[Int(level)].ends.head
    while index != ListLinks.none && count < target.count {
      target[count] = view(order: index)
      count += 1
      index = orders[Int(index)].links.next
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
      while level != ListLinks.none {
        hash.combine(levels[Int(level)].price)
        hash.combine(levels[Int(level)].total)
        var index = levels[Int(level)].ends.head
        while index != ListLinks.none {
          combine(index, into: &hash)
          index = orders[Int(index)].links.next
        }
        level = levelBehind(level, side)
      }
      hash.combine(UInt64(side.rawValue))
    }
    return hash.value
  }

  private func combine(_ index: UInt32, into hash: inout RecordHash) {
    let order = orders[Int(index)]
    let detail = details[Int(index)]
    hash.combine(order.orderID)
    hash.combine(order.leaves)
    hash.combine(detail.filled)
    hash.combine(
      UInt64(order.owner) << 16 | UInt64(detail.instructions.rawValue) << 8
        | UInt64(detail.selfTradePrevention.rawValue))
  }

  @inlinable
  func view(_ level: UInt32) -> LevelView? {
    if level == ListLinks.none { return nil }
    let found = levels[Int(level)]
    return LevelView(price: found.price, quantity: found.total, orderCount: found.orderCount)
  }

  private func view(order index: UInt32) -> OrderView {
    let order = orders[Int(index)]
    return OrderView(
      orderID: order.orderID, price: levels[order.level].price, leaves: order.leaves,
      filled: details[Int(index)].filled, owner: order.owner, side: order.side)
  }

  private func level(at price: Int64, _ side: Side) -> UInt32? {
    ladders[Int(side.rawValue)].level(at: Self.rank(price, side))
  }
}
