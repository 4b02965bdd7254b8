import MatchingEngine
import TradingModel

/// A copy of a book's levels, kept from its change feed; read anew after missed changes.
struct LevelCopy {
  var bids: [Int64: LevelView] = [:]
  var asks: [Int64: LevelView] = [:]

  mutating func read(_ book: inout MatchingBook) {
    if book.hasMissedChanges {
      bids = [:]
      asks = [:]
      for level in book.depthArray(.buy) { bids[level.price] = level }
      for level in book.depthArray(.sell) { asks[level.price] = level }
    } else {
      for place in 0..<book.changeCount { apply(book.change(at: place)) }
    }
    book.clearChanges()
  }

  private mutating func apply(_ change: BookLevelChange) {
    let view =
      change.quantity == 0
      ? nil
      : LevelView(
        price: change.price, quantity: change.quantity, orderCount: change.orderCount)
    if change.side == .buy { bids[change.price] = view } else { asks[change.price] = view }
  }

  func levels(_ side: Side) -> [LevelView] {
    side == .buy
      ? bids.values.sorted { $0.price > $1.price } : asks.values.sorted { $0.price < $1.price }
  }
}

/// A copy of a book's displayed queues, kept from its feed of orders; read anew after missed
/// changes.
struct OrderCopy {
  /// A displayed order.
  struct Entry: Equatable {
    var id: OrderID
    var price: Int64
    var quantity: Int64
  }

  /// Of each side, the orders of each price, oldest first.
  private var prices: [[Int64: [Entry]]] = [[:], [:]]

  /// Gives the change that cannot be, if there is one.
  mutating func read(_ book: inout MatchingBook) -> String? {
    var difference: String?
    if book.hasMissedOrderChanges {
      readAnew(book)
    } else {
      for place in 0..<book.orderChangeCount where difference == nil {
        let change = book.orderChange(at: place)
        if !apply(change) { difference = "an order change that cannot be: \(change)" }
      }
    }
    book.clearOrderChanges()
    return difference
  }

  private mutating func readAnew(_ book: borrowing MatchingBook) {
    prices = [[:], [:]]
    for side in [Side.buy, .sell] {
      for level in book.depthArray(side) {
        prices[Int(side.rawValue)][level.price] = book.ordersArray(at: level.price, side).map {
          Entry(id: $0.orderID, price: $0.price, quantity: $0.displayed)
        }
      }
    }
  }

  private mutating func apply(_ change: BookOrderChange) -> Bool {
    let side = Int(change.side.rawValue)
    var queue = prices[side][change.price] ?? []
    let index = queue.firstIndex { $0.id == change.orderID }
    switch (change.kind, index) {
    case (.added, nil) where change.quantity > 0:
      queue.append(Entry(id: change.orderID, price: change.price, quantity: change.quantity))
    case (.reduced, let index?) where change.quantity > 0: queue[index].quantity = change.quantity
    case (.removed, let index?) where change.quantity == 0: queue.remove(at: index)
    default: return false
    }
    prices[side][change.price] = queue.isEmpty ? nil : queue
    return true
  }

  /// All of a side, first in priority first.
  func queues(_ side: Side) -> [Entry] {
    let sorted = prices[Int(side.rawValue)].sorted { $0.key < $1.key }.map(\.value)
    return Array((side == .buy ? sorted.reversed() : sorted).joined())
  }
}

extension NaiveBook {
  func copies(_ side: Side) -> [OrderCopy.Entry] {
    displayed(side).map { OrderCopy.Entry(id: $0.id, price: $0.price, quantity: $0.displayed) }
  }
}
