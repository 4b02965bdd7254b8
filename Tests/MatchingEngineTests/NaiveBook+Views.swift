import MatchingEngine
import TradingModel

// What may be seen.
extension NaiveBook {
  /// The displayed orders of `side`, first in priority first.
  func displayed(_ side: Side) -> [Order] { orders(side).filter { $0.displayed > 0 } }

  func levels(_ side: Side) -> [LevelView] {
    var levels: [LevelView] = []
    for order in displayed(side) {
      if levels.last?.price == order.price {
        levels[levels.count - 1].quantity += order.displayed
        levels[levels.count - 1].orderCount += 1
      } else {
        levels.append(LevelView(price: order.price, quantity: order.displayed, orderCount: 1))
      }
    }
    return levels
  }

  func view(of order: Order) -> OrderView {
    let waits = findStop(order.id) != nil
    return OrderView(
      orderID: order.id, price: order.price, leaves: order.leaves, filled: order.filled,
      displayed: order.displayed, stopPrice: waits ? order.stopPrice : nil, owner: order.owner,
      side: order.side)
  }

  func order(_ id: OrderID) -> OrderView? {
    everyOrder.first { $0.id == id }.map { view(of: $0) }
  }

  /// What stands before a displayed order; nil for others.
  func queuePosition(of id: OrderID) -> QueuePosition? {
    guard let place = find(id), self[place].displayed > 0 else { return nil }
    let ahead = orders(place.side)[..<place.index].filter { $0.price == self[place].price }
    return QueuePosition(
      ordersAhead: ahead.count, quantityAhead: ahead.map(\.displayed).reduce(0, +))
  }

  /// As far as a book's memory has no part in them.
  var statistics: BookStatistics {
    var statistics = figures
    statistics.orderCount = orderCount
    statistics.stopCount = stops.count
    return statistics
  }
}
