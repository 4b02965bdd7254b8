import LowLatency
import TradingModel

// Levels, their queues, and the orders' identifiers.
extension MatchingBook {
  /// The level of the best price on `side`; `nobody` when the side is empty.
  @inlinable @inline(__always)
  func bestLevel(_ side: Side) -> UInt32 { bests[BookQueue.book(side)].level }

  /// `price` so that better is greater: itself for a bid; for an ask all bits flipped, which turns
  /// the order of all 2^64 prices round. Its own inverse.
  @inlinable @inline(__always)
  static func rank(_ price: Int64, _ side: Side) -> Int64 {
    price ^ (0 &- Int64(truncatingIfNeeded: side.rawValue))
  }

  /// The rank of `price` among the orders that one of `side` trades with.
  @inlinable @inline(__always)
  static func rank(_ price: Int64, against side: Side) -> Int64 {
    price ^ (Int64(truncatingIfNeeded: side.rawValue) &- 1)
  }

  /// The level of the best price that an order of `side` at `price` trades with; `nobody` when it
  /// would not trade.
  @inlinable @inline(__always)
  func level(crossing price: Int64, _ side: Side) -> UInt32 {
    let makers = Int(side.rawValue ^ 1)
    return bests[makers].rank >= Self.rank(price, against: side)
      ? bests[makers].level : BookCell.nobody
  }

  // MARK: Queues

  /// Puts the order at `index` into the book at the back of its price's displayed orders. Its `place`
  /// holds flags only.
  @inlinable @inline(__always)
  mutating func enqueue(_ index: UInt32, side: Side, price: Int64) {
    let levelIndex = openLevel(price, rankedAs: side, BookQueue.book(side))
    let level = cells + Int(levelIndex)
    let order = cells + Int(index)
    let last = level.pointee.links.previous
    level.pointee.quantity &+= order.pointee.quantity
    level.pointee.count &+= 1
    order.pointee.place = levelIndex &<< 4 | order.pointee.place | UInt32(side.rawValue)
    if level.pointee.isHidden { return linkBehindDisplayed(index, last) }
    order.pointee.links = ListLinks(previous: last, next: levelIndex)
    cells[Int(last)].links.next = index
    level.pointee.links.previous = index
  }

  /// The level of `price`, marked as occupied.
  @inlinable @inline(__always)
  mutating func openLevel(_ price: Int64, rankedAs side: Side, _ queue: Int) -> UInt32 {
    let rank = Self.rank(price, side)
    let page = page(of: rank, queue)
    let inPage = UInt64(truncatingIfNeeded: rank & 63)
    let levelIndex = page &+ 1 &+ UInt32(truncatingIfNeeded: inPage)
    cells[Int(page)].key |= 1 &<< inPage
    cells[Int(levelIndex)].key = UInt64(bitPattern: price)
    noteBest(rank, levelIndex, queue)
    return levelIndex
  }

  /// Notes that there are orders at the price of this rank.
  @inlinable @inline(__always)
  func noteBest(_ rank: Int64, _ level: UInt32, _ queue: Int) {
    if rank >= bests[queue].rank {
      bests[queue].rank = rank
      bests[queue].level = level
    }
  }

  /// Puts the order at `index` behind the displayed orders of the ring that ends with `last`.
  @usableFromInline @inline(never)
  mutating func linkBehindDisplayed(_ index: UInt32, _ last: UInt32) {
    let firstHidden = specialOrder(last).pointee.firstHidden
    link(index, behind: cells[Int(firstHidden)].links.previous)
  }

  /// Puts the hidden order at `index` at the end of the ring that ends with `last`. O(1), because the
  /// last hidden order knows the first.
  mutating func linkHidden(_ index: UInt32, _ last: UInt32) {
    specialOrder(index).pointee.firstHidden =
      cells[Int(last)].isHidden ? specialOrder(last).pointee.firstHidden : index
    cells[Int(cells[Int(index)].level)].place |= BookCell.hiddenFlag
    link(index, behind: last)
  }

  /// Lets the hidden orders of its price forget the one at `index`, which is about to leave its ring.
  mutating func forgetHidden(_ index: UInt32) {
    let order = cells[Int(index)]
    let last = cells[Int(order.level)].links.previous
    let first = specialOrder(last).pointee.firstHidden
    if index == last && index == first {
      cells[Int(order.level)].place &= ~BookCell.hiddenFlag
    } else if index == last {
      specialOrder(order.links.previous).pointee.firstHidden = first
    } else if index == first {
      specialOrder(last).pointee.firstHidden = order.links.next
    }
  }

  /// Puts the order at `index` behind `before` in its ring.
  mutating func link(_ index: UInt32, behind before: UInt32) {
    let next = cells[Int(before)].links.next
    cells[Int(index)].links = ListLinks(previous: before, next: next)
    cells[Int(before)].links.next = index
    cells[Int(next)].links.previous = index
  }

  /// Takes the order at `index` out of its queue in the book, and its level out of the book when that
  /// was the last one. The order's cell and identifier stay.
  @inlinable @inline(__always)
  mutating func dequeue(_ index: UInt32) {
    let order = cells[Int(index)]
    dequeue(order, rankedAs: order.side, BookQueue.book(order.side))
  }

  /// As above, with what the order's cell holds, from any queue.
  @inlinable @inline(__always)
  mutating func dequeue(_ order: BookCell, rankedAs side: Side, _ queue: Int) {
    let level = cells + Int(order.level)
    cells[Int(order.links.previous)].links.next = order.links.next
    cells[Int(order.links.next)].links.previous = order.links.previous
    level.pointee.quantity &-= order.quantity
    level.pointee.count &-= 1
    // Of an order that was alone both neighbours were the level.
    if order.links.previous == order.links.next { closeLevel(order.level, rankedAs: side, queue) }
  }

  /// Takes an empty level out of its queue.
  @inlinable @inline(__always)
  mutating func closeLevel(_ index: UInt32, rankedAs side: Side, _ queue: Int) {
    let rank = Self.rank(cells[Int(index)].price, side)
    let page = BookCell.page(ofLevel: index, rank: rank)
    let mask = cells[Int(page)].key & ~(1 &<< UInt64(truncatingIfNeeded: rank & 63))
    cells[Int(page)].key = mask
    // A price that comes back is a new change, behind the one that told of its end.
    cells[Int(index)].place = 0
    if mask == 0 {
      closePage(page, rankedAs: side, queue)
    } else if index == bests[queue].level {
      let inPage = 63 &- Int64(truncatingIfNeeded: mask.leadingZeroBitCount)
      bests[queue].level = page &+ 1 &+ UInt32(truncatingIfNeeded: inPage)
      bests[queue].rank = rank & ~63 | inPage
    }
  }

  // MARK: Pages

  /// The page with the price of this rank, a new one if need be.
  @inlinable @inline(__always)
  mutating func page(of rank: Int64, _ queue: Int) -> UInt32 {
    let number = rank &>> 6
    let page = knownPages[Self.knownPlace(number, queue)]
    return cells[Int(page)].quantity == number ? page : findPage(number, queue)
  }

  /// How many pages of a queue are found without its ladder: 64 times as many neighbouring prices.
  @inlinable static var pagesKnown: Int { 128 }

  @inlinable @inline(__always)
  static func knownPlace(_ number: Int64, _ queue: Int) -> Int {
    Int(truncatingIfNeeded: number) & (pagesKnown &- 1) | queue &* pagesKnown
  }

  /// The page with this number, a new one if need be, by the ladder; it is known from then on.
  @usableFromInline @inline(never)
  mutating func findPage(_ number: Int64, _ queue: Int) -> UInt32 {
    let page = ladders[queue].pointer(at: number)?.pointee ?? openPage(number, queue)
    knownPages[Self.knownPlace(number, queue)] = page
    return page
  }

  private mutating func openPage(_ number: Int64, _ queue: Int) -> UInt32 {
    if firstFreePage == BookCell.nobody { growPages() }
    let page = firstFreePage
    firstFreePage = cells[Int(page)].links.next
    cells[Int(page)].quantity = number
    ladders[queue].insert(at: number).pointee = page
    return page
  }

  /// Takes a page without orders out of its queue, and finds the best price anew.
  @usableFromInline @inline(never)
  mutating func closePage(_ page: UInt32, rankedAs side: Side, _ queue: Int) {
    let ladder = ladders + queue
    let number = cells[Int(page)].quantity
    ladder.pointee.remove(at: number)
    let known = Self.knownPlace(number, queue)
    if knownPages[known] == page { knownPages[known] = BookCell.nobody }
    cells[Int(page)].links.next = firstFreePage
    firstFreePage = page
    let best = ladder.pointee.lastLevel.map { lastLevel(under: $0.pointee, ~0) }
    bests[queue].level = best ?? BookCell.nobody
    bests[queue].rank = best.map { Self.rank(cells[Int($0)].price, side) } ?? Int64.min
  }

  /// The occupied level with the highest rank among those of a page that `mask` has.
  @inlinable @inline(__always)
  func lastLevel(under page: UInt32, _ mask: UInt64) -> UInt32 {
    let occupied = cells[Int(page)].key & mask
    return page &+ 64 &- UInt32(truncatingIfNeeded: occupied.leadingZeroBitCount)
  }

  /// The next worse level of a queue; `nobody` when there is none.
  func levelBehind(_ level: UInt32, in queue: Int) -> UInt32 {
    let rank = Self.rank(cells[Int(level)].price, BookQueue.ranks(queue))
    let page = BookCell.page(ofLevel: level, rank: rank)
    let below: UInt64 = (1 &<< UInt64(truncatingIfNeeded: rank & 63)) &- 1
    if cells[Int(page)].key & below != 0 { return lastLevel(under: page, below) }
    let ladder = ladders + queue
    guard let number = ladder.pointee.previous(before: rank &>> 6),
      let next = ladder.pointee.level(at: number)
    else { return BookCell.nobody }
    return lastLevel(under: next, ~0)
  }

  // MARK: Orders

  /// The cell of the resting order with this id; `nobody` when there is none.
  @inlinable @inline(__always)
  func find(_ orderID: OrderID) -> UInt32 {
    let index = direct[Int(truncatingIfNeeded: orderID & directMask)]
    if index != BookCell.nobody && cells[Int(index)].key == orderID { return index }
    return attention.contains(.overflow) ? Self.find(orderID, in: overflow) : BookCell.nobody
  }

  /// A cell for an order, known by its id from here on, in no queue yet.
  @inlinable @inline(__always)
  mutating func take(_ orderID: OrderID) -> UInt32 {
    let index = takeCell()
    cells[Int(index)].key = orderID
    let place = direct + Int(truncatingIfNeeded: orderID & directMask)
    if place.pointee == BookCell.nobody {
      place.pointee = index
    } else {
      keepInOverflow(orderID, index)
    }
    return index
  }

  /// A cell for an order, which no id finds yet.
  @inlinable @inline(__always)
  mutating func takeCell() -> UInt32 {
    if firstFreeOrder == BookCell.nobody { growOrders() }
    let index = firstFreeOrder
    firstFreeOrder = cells[Int(index)].links.next
    liveOrders &+= 1
    return index
  }

  /// Frees the cell and the identifier of an order that is in no queue.
  @inlinable @inline(__always)
  mutating func release(_ index: UInt32) {
    let orderID = cells[Int(index)].key
    let place = direct + Int(truncatingIfNeeded: orderID & directMask)
    if place.pointee == index {
      place.pointee = BookCell.nobody
    } else {
      removeFromOverflow(orderID)
    }
    releaseCell(index)
  }

  /// As `release`, of an order that just traded: where all ids stand in their places, without looking.
  @inlinable @inline(__always)
  mutating func releaseMaker(_ index: UInt32, _ orderID: OrderID) {
    if attention.contains(.overflow) { return release(index) }
    direct[Int(truncatingIfNeeded: orderID & directMask)] = BookCell.nobody
    releaseCell(index)
  }

  /// Frees the cell of an order that no id finds any more.
  @inlinable @inline(__always)
  mutating func releaseCell(_ index: UInt32) {
    cells[Int(index)].key = 0
    cells[Int(index)].links.next = firstFreeOrder
    firstFreeOrder = index
    liveOrders &-= 1
  }

  // MARK: Identifiers whose place was taken. Out of line, so that the others have the registers.

  // Static, because a function that borrows a book gets a copy of all its fields.
  @usableFromInline @inline(never)
  static func find(
    _ orderID: OrderID, in overflow: UnsafeMutablePointer<IdentifierMap>
  ) -> UInt32 {
    overflow.pointee.find(orderID) ?? BookCell.nobody
  }

  @usableFromInline @inline(never)
  mutating func keepInOverflow(_ orderID: OrderID, _ index: UInt32) {
    let isNew = overflow.pointee.insert(orderID, index)
    precondition(
      isNew, "Invariant: an accepted order id is new, and there is a place for each order")
    attention.insert(.overflow)
  }

  @usableFromInline @inline(never)
  mutating func removeFromOverflow(_ orderID: OrderID) {
    overflow.pointee.remove(orderID)
    if overflow.pointee.count == 0 { attention.remove(.overflow) }
  }
}
