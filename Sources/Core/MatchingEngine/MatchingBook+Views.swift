import LowLatency
import TradingModel

/// A price and what rests there.
public struct LevelView: Equatable, BitwiseCopyable, Sendable {
  /// In ticks.
  public var price: Int64
  /// What its orders display together.
  public var quantity: Int64
  /// How many orders are displayed there.
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
  /// How many older orders are displayed at its price.
  public var ordersAhead: Int
  /// What they display together.
  public var quantityAhead: Int64

  /// A position from its parts.
  @inlinable
  public init(ordersAhead: Int, quantityAhead: Int64) {
    self.ordersAhead = ordersAhead
    self.quantityAhead = quantityAhead
  }
}

// What is displayed: hidden orders, icebergs' reserves and stops that wait are in none of these but
// `order` and the counts.
extension MatchingBook {
  /// The highest bid; nil when there is none. O(1), plus O(levels of hidden orders alone before it).
  @inlinable public var bestBid: LevelView? { best(.buy) }

  /// The lowest ask; nil when there is none. As `bestBid`.
  @inlinable public var bestAsk: LevelView? { best(.sell) }

  @inlinable
  func best(_ side: Side) -> LevelView? {
    let level = bestLevel(side)
    if level == BookCell.nobody { return nil }
    let found = cells[Int(level)]
    if found.count == 0 { return firstDisplayed(side) }
    return LevelView(price: found.price, quantity: found.quantity, orderCount: found.count)
  }

  @usableFromInline
  func firstDisplayed(_ side: Side) -> LevelView? {
    var view = LevelView(price: 0, quantity: 0, orderCount: 0)
    let count = withUnsafeMutablePointer(to: &view) {
      depth(side, into: UnsafeMutableBufferPointer(start: $0, count: 1))
    }
    return count == 0 ? nil : view
  }

  /// Writes the levels of `side`, best first, until `target` is full; gives their number.
  /// O(levels).
  public func depth(_ side: Side, into target: UnsafeMutableBufferPointer<LevelView>) -> Int {
    let queue = BookQueue.book(side)
    var count = 0
    var level = bests[queue].level
    while count < target.count && level != BookCell.nobody {
      let found = cells[Int(level)]
      if found.count > 0 {
        target[count] = LevelView(
          price: found.price, quantity: found.quantity, orderCount: found.count)
        count += 1
      }
      level = levelBehind(level, in: queue)
    }
    return count
  }

  /// The total displayed at `price` on `side`; 0 when nothing is. O(1).
  public func quantity(at price: Int64, _ side: Side) -> Int64 {
    guard let level = level(at: price, side) else { return 0 }
    return cells[Int(level)].quantity
  }

  /// The order with this id, in the book or waiting for its trigger; nil when there is none. O(1).
  public func order(_ orderID: OrderID) -> OrderView? {
    let index = orderID == 0 ? BookCell.nobody : find(orderID)
    return index == BookCell.nobody ? nil : view(order: index)
  }

  /// Where the order stands among the displayed at its price; nil when it is not displayed. O(orders
  /// ahead).
  public func queuePosition(of orderID: OrderID) -> QueuePosition? {
    let index = orderID == 0 ? BookCell.nobody : find(orderID)
    if index == BookCell.nobody || displayed(index) == 0 { return nil }
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

  /// Writes the displayed orders at `price` on `side`, oldest first, until `target` is full; gives
  /// their number. O(orders written).
  public func orders(
    at price: Int64, _ side: Side, into target: UnsafeMutableBufferPointer<OrderView>
  ) -> Int {
    guard let level = level(at: price, side) else { return 0 }
    var count = 0
    var index = cells[Int(level)].links.next
    while index != level && count < target.count && displayed(index) > 0 {
      target[count] = view(order: index)
      count += 1
      index = cells[Int(index)].links.next
    }
    return count
  }

  /// The book's figures. O(1).
  public var statistics: BookStatistics {
    var figures = BookStatistics()
    figures.tradeCount = trades
    figures.tradedQuantity = tape.quantity
    if trades > 0 {
      figures.openPrice = tape.open
      figures.highPrice = tape.high
      figures.lowPrice = tape.low
      figures.lastPrice = tape.last
    }
    figures.orderCount = orderCount
    figures.stopCount = special.pointee.stopCount
    figures.orderGrowthCount = orderGrowthCount
    figures.pageGrowthCount = pageGrowthCount
    figures.specialGrowthCount = special.pointee.growthCount
    figures.byteCount = byteCount
    return figures
  }

  /// What of an order is displayed.
  private func displayed(_ index: UInt32) -> Int64 {
    let order = cells[Int(index)]
    if order.isHidden { return 0 }
    return !order.isSpecial || specialOrder(index).pointee.place == .inBook ? order.quantity : 0
  }

  private func view(order index: UInt32) -> OrderView {
    let order = cells[Int(index)]
    let isWaiting = order.isSpecial && specialOrder(index).pointee.place == .waiting
    return OrderView(
      orderID: order.orderID, price: price(of: index), leaves: openQuantity(index),
      filled: detail(of: index).filled, displayed: displayed(index),
      stopPrice: isWaiting ? specialOrder(index).pointee.terms.stopPrice : nil,
      owner: order.owner, side: order.side)
  }

  private func level(at price: Int64, _ side: Side) -> UInt32? {
    let rank = Self.rank(price, side)
    guard let page = ladders[BookQueue.book(side)].level(at: rank >> 6) else { return nil }
    let inPage = UInt64(rank & 63)
    return cells[Int(page)].key >> inPage & 1 == 1 ? page + 1 + UInt32(inPage) : nil
  }
}
