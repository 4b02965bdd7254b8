import LowLatency
import TradingModel

extension MatchingBook {
  /// Stops the process unless the book is whole: uncrossed outside auctions, level totals are sums,
  /// queues are linked, masks tell which levels have orders, every id finds its order, no cell is
  /// lost, every special order is on the lists it belongs to. O(capacity).
  public func checkInvariants() {
    overflow.pointee.checkInvariants()
    for queue in 0..<BookQueue.count { ladders[queue].checkInvariants() }
    if phase == .continuous {
      let (bids, asks) = (bestLevel(.buy), bestLevel(.sell))
      precondition(
        bids == BookCell.nobody || asks == BookCell.nobody
          || cells[Int(bids)].price < cells[Int(asks)].price, "Invariant: the book is uncrossed")
    }
    var counts = (pages: 0, orders: 0, specials: 0)
    for queue in 0..<BookQueue.count {
      let found = checkQueue(queue)
      counts.pages += found.pages
      counts.orders += found.orders
      counts.specials += found.specials
    }
    precondition(counts.orders == orderCount, "Invariant: each id has an order")
    precondition(
      freeOrderCount() + orderCount == reservedOrders + 1, "Invariant: no order cell is lost")
    precondition(freePageCount() + counts.pages == pageCount, "Invariant: no page is lost")
    precondition(
      reservedOrders + 1 + pageCount * BookCell.pageCellCount + 1 == cellCount,
      "Invariant: each cell is an order, part of a page, or nobody")
    precondition(
      cells[0].key == 0 && cells[0].quantity == .max, "Invariant: cell 0 is nobody")
    checkSpecials(counts.specials)
  }

  private func checkSpecials(_ found: Int) {
    let state = special
    precondition(found == state.pointee.orderCount, "Invariant: no special order is lost")
    state.pointee.expiries.checkInvariants(state.pointee.orders)
    precondition(attention == attentionNeeded(), "Invariant: attention is what is needed")
    precondition(reports.pointee.count == 0, "Invariant: all reports were handed on")
    precondition(state.pointee.lineFirst == BookCell.nobody, "Invariant: nobody is left in line")
    precondition(
      state.pointee.pegPass == nil || state.pointee.pegs.count == 0,
      "Invariant: all pegged orders were looked at")
    precondition(!state.pointee.positionsChanged, "Invariant: positions were looked at")
    for list in [
      state.pointee.pegs, state.pointee.trailing, state.pointee.reducers, state.pointee.days,
    ] {
      var count = 0
      var entryNumber: UInt64 = 0
      var place = list.first
      while place != .max {
        let order = state.pointee.orders[Int(place)]
        precondition(order.entryNumber > entryNumber, "Invariant: a list is in order of entry")
        precondition(
          details[Int(order.index)].special == place, "Invariant: a special order knows its cell")
        entryNumber = order.entryNumber
        count += 1
        place = list.next(after: place, state.pointee.orders)
      }
      precondition(count == list.count, "Invariant: a list counts its orders")
    }
  }

  private func checkQueue(_ queue: Int) -> (pages: Int, orders: Int, specials: Int) {
    var counts = (pages: 0, orders: 0, specials: 0)
    let ladder = ladders + queue
    var best = BookCell.nobody
    var number = ladder.pointee.first
    while let found = number {
      let page = ladder.pointee.level(at: found) ?? BookCell.nobody
      precondition(cells[Int(page)].key != 0, "Invariant: a page has an occupied level")
      precondition(cells[Int(page)].quantity == found, "Invariant: a page knows its number")
      let known = knownPages[Self.knownPlace(found, queue)]
      precondition(
        known == page || cells[Int(known)].quantity != found,
        "Invariant: no other page is known by a page's number")
      counts.pages += 1
      let orders = checkPage(page, queue)
      counts.orders += orders.all
      counts.specials += orders.specials
      best = lastLevel(under: page, ~0)
      number = ladder.pointee.next(after: found)
    }
    precondition(bests[queue].level == best, "Invariant: the best level has the highest rank")
    let rank =
      best == BookCell.nobody
      ? .min : Self.rank(cells[Int(best)].price, BookQueue.ranks(queue))
    precondition(bests[queue].rank == rank, "Invariant: the best rank is its level's")
    return counts
  }

  /// Checks the 64 levels of a page; gives the number of their orders.
  private func checkPage(_ page: UInt32, _ queue: Int) -> (all: Int, specials: Int) {
    var counts = (all: 0, specials: 0)
    for inPage in 0..<64 {
      let level = page + 1 + UInt32(inPage)
      let orders = checkLevel(level, queue)
      precondition(
        (orders.all > 0) == (cells[Int(page)].key >> UInt64(inPage) & 1 == 1),
        "Invariant: the mask tells which levels have orders")
      if orders.all > 0 {
        let rank = Self.rank(cells[Int(level)].price, BookQueue.ranks(queue))
        precondition(
          rank == cells[Int(page)].quantity << 6 | Int64(inPage), "Invariant: a level has its price"
        )
      }
      counts.all += orders.all
      counts.specials += orders.specials
    }
    return counts
  }

  private func checkLevel(_ levelIndex: UInt32, _ queue: Int) -> (all: Int, specials: Int) {
    let level = cells[Int(levelIndex)]
    var counts = (all: 0, specials: 0)
    var displayed = (count: 0, total: Int64(0))
    var before = levelIndex
    var index = level.links.next
    while index != levelIndex {
      let order = cells[Int(index)]
      precondition(order.links.previous == before, "Invariant: links agree both ways")
      precondition(order.level == levelIndex, "Invariant: an order knows its level")
      checkOrder(index, queue)
      if order.isSpecial { counts.specials += 1 }
      if !(order.isHidden && queue < 2) {
        precondition(
          displayed.count == counts.all, "Invariant: the displayed stand before the hidden")
        displayed.count += 1
        displayed.total += order.quantity
      }
      counts.all += 1
      precondition(counts.all <= orderCount, "Invariant: a queue has no other cycle")
      before = index
      index = order.links.next
    }
    precondition(level.links.previous == before, "Invariant: the last order is the tail")
    precondition(
      queue >= 2 || level.isHidden == (before != levelIndex && cells[Int(before)].isHidden),
      "Invariant: a level knows of its hidden orders")
    if queue < 2 && before != levelIndex && cells[Int(before)].isHidden {
      let first = specialOrder(before).pointee.firstHidden
      let beforeFirst = cells[Int(first)].links.previous
      precondition(
        cells[Int(first)].isHidden
          && (beforeFirst == levelIndex || !cells[Int(beforeFirst)].isHidden),
        "Invariant: the last hidden order knows the first")
    }
    precondition(displayed.count == Int(level.count), "Invariant: a level counts its orders")
    precondition(
      displayed.total == level.quantity, "Invariant: a level's total is the sum of its orders")
    return counts
  }

  private func checkOrder(_ index: UInt32, _ queue: Int) {
    let order = cells[Int(index)]
    precondition(order.quantity > 0, "Invariant: an order has something open")
    precondition(find(order.orderID) == index, "Invariant: an id finds its order")
    let isStop = queue >= 2
    precondition(
      queue == (isStop ? BookQueue.stops(order.side) : BookQueue.book(order.side)),
      "Invariant: an order is in its side's queue")
    if !order.isSpecial { return precondition(!isStop, "Invariant: a stop is special") }
    let special = specialOrder(index).pointee
    precondition(special.index == index, "Invariant: a special order knows its cell")
    precondition(
      special.place == (isStop ? .waiting : .inBook), "Invariant: a special order knows its place")
    precondition(
      special.reserve >= 0 && (special.reserve == 0 || special.terms.displayQuantity > 0),
      "Invariant: only icebergs have a reserve")
    precondition(special.type.isStop == isStop, "Invariant: only stops wait")
    precondition(
      (special.heapPlace != .max) == (special.timeInForce == .goodTillDate),
      "Invariant: what expires is in the heap")
    precondition(
      phase == .continuous ? special.type != .market || isStop : true,
      "Invariant: a market order rests in auctions only")
  }

  private func freeOrderCount() -> Int {
    var count = 0
    var index = firstFreeOrder
    while index != BookCell.nobody {
      precondition(cells[Int(index)].key == 0, "Invariant: a free cell has no order")
      count += 1
      precondition(count <= reservedOrders + 1, "Invariant: the free orders have no cycle")
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
