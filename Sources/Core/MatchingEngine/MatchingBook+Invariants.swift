import LowLatency
import TradingModel

extension MatchingBook {
  /// Stops the process unless the book is whole: uncrossed, level totals are sums, queues are
  /// linked, every id finds its order, no slot is lost. O(capacity).
  public func checkInvariants() {
    identifiers.checkInvariants()
    ladders[0].checkInvariants()
    ladders[1].checkInvariants()
    if let bid = bestBid, let ask = bestAsk {
      precondition(bid.price < ask.price, "Invariant: the book is uncrossed")
    }
    precondition(bestBid?.price == ladders[0].last, "Invariant: the best bid is the highest")
    precondition(
      bestAsk.map { ~$0.price } == ladders[1].last, "Invariant: the best ask is the lowest")
    let buys = checkSide(.buy)
    let sells = checkSide(.sell)
    precondition(buys.levels == ladders[0].count, "Invariant: each bid price has a level")
    precondition(sells.levels == ladders[1].count, "Invariant: each ask price has a level")
    precondition(buys.orders + sells.orders == orderCount, "Invariant: each id has an order")
    precondition(freeOrderCount() + orderCount == orderCapacity, "Invariant: no order slot is lost")
    precondition(
      freeLevelCount() + buys.levels + sells.levels == orderCapacity,
      "Invariant: no level is lost")
  }

  private func checkSide(_ side: Side) -> (levels: Int, orders: Int) {
    var counts = (levels: 0, orders: 0)
    var index = bestLevel(side)
    while index != ListLinks.none {
      counts.levels += 1
      counts.orders += checkLevel(index, side)
      index = levelBehind(index, side)
    }
    return counts
  }

  private func checkLevel(_ levelIndex: UInt32, _ side: Side) -> Int {
    let level = levels[Int(levelIndex)]
    let count = IntrusiveList.checkInvariants(level.ends, in: orders, countMax: orderCapacity)
    precondition(
      count == Int(level.orderCount) && count > 0, "Invariant: a level counts its orders")
    var total: Int64 = 0
    var index = level.ends.head
    while index != ListLinks.none {
      let order = orders[Int(index)]
      precondition(order.leaves > 0, "Invariant: a resting order has something open")
      precondition(
        order.level == Int(levelIndex) && order.side == side, "Invariant: an order knows its level")
      precondition(identifiers.find(order.orderID) == index, "Invariant: an id finds its order")
      total += order.leaves
      index = order.links.next
    }
    precondition(total == level.total, "Invariant: a level's total is the sum of its orders")
    return count
  }

  private func freeOrderCount() -> Int {
    var count = 0
    var index = firstFreeOrder
    while index != ListLinks.none {
      precondition(orders[Int(index)].orderID == 0, "Invariant: a free slot has no order")
      count += 1
      precondition(count <= orderCapacity, "Invariant: the free orders have no cycle")
      index = orders[Int(index)].links.next
    }
    return count
  }

  private func freeLevelCount() -> Int {
    var count = 0
    var index = firstFreeLevel
    while index != ListLinks.none {
      count += 1
      precondition(count <= orderCapacity, "Invariant: the free levels have no cycle")
      index = levels[Int(index)].ends.head
    }
    return count
  }
}
