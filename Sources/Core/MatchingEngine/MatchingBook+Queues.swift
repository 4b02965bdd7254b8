import LowLatency
import TradingModel

// Levels, their queues, and the orders' identifiers.
extension MatchingBook {
  /// The level of the best price on `side`; `nobody` when the side is empty.
  @inlinable @inline(__always)
  func bestLevel(_ side: Side) -> UInt32 { bestLevels[Int(side.rawValue)] }

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
    return bestRanks[makers] >= Self.rank(price, against: side)
      ? bestLevels[makers] : BookCell.nobody
  }

  // MARK: Queues

  /// Puts the order at `index` at the back of its price's queue. Its `place` holds flags only.
  @inlinable @inline(__always)
  mutating func enqueue(_ index: UInt32, side: Side, price: Int64) {
    let rank = Self.rank(price, side)
    let page = page(of: rank, side)
    let inPage = UInt64(truncatingIfNeeded: rank & 63)
    let levelIndex = page &+ 1 &+ UInt32(truncatingIfNeeded: inPage)
    let level = cells + Int(levelIndex)
    let order = cells + Int(index)
    cells[Int(page)].key |= 1 &<< inPage
    level.pointee.key = UInt64(bitPattern: price)
    level.pointee.quantity &+= order.pointee.quantity
    level.pointee.count &+= 1
    let last = level.pointee.links.previous
    order.pointee.links = ListLinks(previous: last, next: levelIndex)
    order.pointee.place = levelIndex &<< 2 | order.pointee.place | UInt32(side.rawValue)
    cells[Int(last)].links.next = index
    level.pointee.links.previous = index
    let isBest = rank >= bestRanks[Int(side.rawValue)]
    bestRanks[Int(side.rawValue)] = isBest ? rank : bestRanks[Int(side.rawValue)]
    bestLevels[Int(side.rawValue)] = isBest ? levelIndex : bestLevels[Int(side.rawValue)]
    noteChange(level, side)
  }

  /// Takes the order at `index` out of its queue, and its level out of the book when that was the
  /// last one. The order's cell and identifier stay.
  @inlinable @inline(__always)
  mutating func dequeue(_ index: UInt32) {
    let order = cells[Int(index)]
    let level = cells + Int(order.level)
    cells[Int(order.links.previous)].links.next = order.links.next
    cells[Int(order.links.next)].links.previous = order.links.previous
    level.pointee.quantity &-= order.quantity
    level.pointee.count &-= 1
    noteChange(level, order.side)
    if level.pointee.count == 0 { closeLevel(order.level, order.side) }
  }

  /// Takes an empty level out of the book.
  @inlinable @inline(__always)
  mutating func closeLevel(_ index: UInt32, _ side: Side) {
    let rank = Self.rank(cells[Int(index)].price, side)
    let page = BookCell.page(ofLevel: index, rank: rank)
    let mask = cells[Int(page)].key & ~(1 &<< UInt64(truncatingIfNeeded: rank & 63))
    cells[Int(page)].key = mask
    // A price that comes back is a new change, behind the one that told of its end.
    cells[Int(index)].place = 0
    if mask == 0 {
      closePage(page, side)
    } else if index == bestLevel(side) {
      let inPage = 63 &- Int64(truncatingIfNeeded: mask.leadingZeroBitCount)
      bestLevels[Int(side.rawValue)] = page &+ 1 &+ UInt32(truncatingIfNeeded: inPage)
      bestRanks[Int(side.rawValue)] = rank & ~63 | inPage
    }
  }

  // MARK: Pages

  /// The page with the price of this rank, a new one if need be.
  @inlinable @inline(__always)
  mutating func page(of rank: Int64, _ side: Side) -> UInt32 {
    let place = ladders[Int(side.rawValue)].pointer(at: rank &>> 6)
    return place?.pointee ?? openPage(rank &>> 6, side)
  }

  @usableFromInline @inline(never)
  mutating func openPage(_ number: Int64, _ side: Side) -> UInt32 {
    if firstFreePage == BookCell.nobody { growPages() }
    let page = firstFreePage
    firstFreePage = cells[Int(page)].links.next
    cells[Int(page)].quantity = number
    ladders[Int(side.rawValue)].insert(at: number).pointee = page
    return page
  }

  /// Takes a page without orders out of the book, and finds the best price anew.
  @usableFromInline @inline(never)
  mutating func closePage(_ page: UInt32, _ side: Side) {
    let ladder = ladders + Int(side.rawValue)
    ladder.pointee.remove(at: cells[Int(page)].quantity)
    cells[Int(page)].links.next = firstFreePage
    firstFreePage = page
    let best = ladder.pointee.lastLevel.map { lastLevel(under: $0.pointee, ~0) }
    bestLevels[Int(side.rawValue)] = best ?? BookCell.nobody
    bestRanks[Int(side.rawValue)] =
      best.map { Self.rank(cells[Int($0)].price, side) } ?? Int64.min
  }

  /// The occupied level with the highest rank among those of a page that `mask` has.
  @inlinable @inline(__always)
  func lastLevel(under page: UInt32, _ mask: UInt64) -> UInt32 {
    let occupied = cells[Int(page)].key & mask
    return page &+ 64 &- UInt32(truncatingIfNeeded: occupied.leadingZeroBitCount)
  }

  /// The next worse level of `side`; `nobody` when there is none.
  @usableFromInline
  func levelBehind(_ level: UInt32, _ side: Side) -> UInt32 {
    let rank = Self.rank(cells[Int(level)].price, side)
    let page = BookCell.page(ofLevel: level, rank: rank)
    let below: UInt64 = (1 &<< UInt64(truncatingIfNeeded: rank & 63)) &- 1
    if cells[Int(page)].key & below != 0 { return lastLevel(under: page, below) }
    let ladder = ladders + Int(side.rawValue)
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
    if cells[Int(index)].key == orderID { return index }
    return overflow.pointee.count == 0 ? BookCell.nobody : Self.find(orderID, in: overflow)
  }

  /// A cell for an order, known by its id from here on, in no queue yet.
  @inlinable @inline(__always)
  mutating func take(_ orderID: OrderID) -> UInt32 {
    if firstFreeOrder == BookCell.nobody { growOrders() }
    let index = firstFreeOrder
    firstFreeOrder = cells[Int(index)].links.next
    cells[Int(index)].key = orderID
    liveOrders &+= 1
    let place = direct + Int(truncatingIfNeeded: orderID & directMask)
    if place.pointee == BookCell.nobody {
      place.pointee = index
    } else {
      keepInOverflow(orderID, index)
    }
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
  }

  @usableFromInline @inline(never)
  mutating func removeFromOverflow(_ orderID: OrderID) {
    overflow.pointee.remove(orderID)
  }
}
