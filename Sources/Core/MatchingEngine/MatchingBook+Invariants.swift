import LowLatency
import TradingModel

extension MatchingBook {
  /// Stops the process unless the book is whole: uncrossed, level totals are sums, queues are
  /// linked, masks tell which levels have orders, every id finds its order, no cell is lost.
  /// O(capacity).
  public func checkInvariants() {
    overflow.pointee.checkInvariants()
    ladders[0].checkInvariants()
    ladders[1].checkInvariants()
    if let bid = bestBid, let ask = bestAsk {
      precondition(bid.price < ask.price, "Invariant: the book is uncrossed")
    }
    let buys = checkSide(.buy)
    let sells = checkSide(.sell)
    precondition(buys.orders + sells.orders == orderCount, "Invariant: each id has an order")
    precondition(
      freeOrderCount() + orderCount == reservedOrders, "Invariant: no order cell is lost")
    precondition(
      freePageCount() + buys.pages + sells.pages == pageCount, "Invariant: no page is lost")
    precondition(
      reservedOrders + pageCount * BookCell.pageCellCount + 1 == cellCount,
      "Invariant: each cell is an order, part of a page, or nobody")
    precondition(cells[0].key == 0, "Invariant: cell 0 is nobody")
  }

  private func checkSide(_ side: Side) -> (pages: Int, orders: Int) {
    var counts = (pages: 0, orders: 0)
    let ladder = ladders + Int(side.rawValue)
    var best = BookCell.nobody
    var number = ladder.pointee.first
    while let found = number {
      let page = ladder.pointee.level(at: found) ?? BookCell.nobody
      precondition(cells[Int(page)].key != 0, "Invariant: a page has an occupied level")
      precondition(cells[Int(page)].quantity == found, "Invariant: a page knows its number")
      counts.pages += 1
      counts.orders += checkPage(page, side)
      best = lastLevel(under: page, ~0)
      number = ladder.pointee.next(after: found)
    }
    precondition(bestLevel(side) == best, "Invariant: the best level has the highest rank")
    let rank = best == BookCell.nobody ? .min : Self.rank(cells[Int(best)].price, side)
    precondition(bestRanks[Int(side.rawValue)] == rank, "Invariant: the best rank is its level's")
    return counts
  }

  /// Checks the 64 levels of a page; gives the number of their orders.
  private func checkPage(_ page: UInt32, _ side: Side) -> Int {
    var count = 0
    for inPage in 0..<64 {
      let level = page + 1 + UInt32(inPage)
      let orders = checkLevel(level, side)
      precondition(
        (orders > 0) == (cells[Int(page)].key >> UInt64(inPage) & 1 == 1),
        "Invariant: the mask tells which levels have orders")
      if orders > 0 {
        let rank = Self.rank(cells[Int(level)].price, side)
        precondition(
          rank == cells[Int(page)].quantity << 6 | Int64(inPage), "Invariant: a level has its price"
        )
      }
      count += orders
    }
    return count
  }

  private func checkLevel(_ levelIndex: UInt32, _ side: Side) -> Int {
    let level = cells[Int(levelIndex)]
    var count = 0
    var total: Int64 = 0
    var before = levelIndex
    var index = level.links.next
    while index != levelIndex {
      let order = cells[Int(index)]
      precondition(order.links.previous == before, "Invariant: links agree both ways")
      precondition(order.quantity > 0, "Invariant: a resting order has something open")
      precondition(
        order.level == levelIndex && order.side == side, "Invariant: an order knows its level")
      precondition(find(order.orderID) == index, "Invariant: an id finds its order")
      total += order.quantity
      count += 1
      precondition(count <= orderCount, "Invariant: a queue has no other cycle")
      before = index
      index = order.links.next
    }
    precondition(level.links.previous == before, "Invariant: the last order is the tail")
    precondition(count == Int(level.count), "Invariant: a level counts its orders")
    precondition(total == level.quantity, "Invariant: a level's total is the sum of its orders")
    return count
  }

  private func freeOrderCount() -> Int {
    var count = 0
    var index = firstFreeOrder
    while index != BookCell.nobody {
      precondition(cells[Int(index)].key == 0, "Invariant: a free cell has no order")
      count += 1
      precondition(count <= reservedOrders, "Invariant: the free orders have no cycle")
      index = cells[Int(index)].links.next
    }
    return count
  }

  private func freePageCount() -> Int {
    var count = 0
    var index = firstFreePage
    while index != BookCell.nobody {
      precondition(cells[Int(index)].key == 0, "Invariant: a free page has no orders")
      count += 1
      precondition(count <= pageCount, "Invariant: the free pages have no cycle")
      index = cells[Int(index)].links.next
    }
    return count
  }
}
