import LowLatency
import TradingModel

extension MatchingBook {
  /// Enters a new order.
  ///
  /// Reports: `rejected`, and nothing happened; or `accepted`, then a `trade` for each resting order
  /// met, best price first, oldest first (`canceled` and `reduced` where self-trade prevention
  /// stepped in), then `canceled` for what may not rest, then the consequences. O(orders met), and
  /// O(1) for the rest.
  @inlinable @inline(__always)
  public mutating func submit<Sink: ReportSink & ~Copyable>(
    _ entry: OrderEntry, into sink: inout Sink
  ) {
    let place = direct + Int(truncatingIfNeeded: entry.orderID & directMask)
    if attention.rawValue == 0 && place.pointee == BookCell.nobody && isOrdinary(entry) {
      if joinAtOnce(entry, known: place, into: &sink) { return }
      return submitCrossing(
        entry.orderID, entry.price, entry.quantity, entry.owner, entry.side, entry.timeInForce,
        known: place, into: &sink)
    }
    submitAside(
      entry.orderID, entry.price, entry.quantity, entry.owner, entry.side, entry.type,
      entry.timeInForce, entry.instructions, entry.selfTradePrevention, into: &sink)
  }

  /// Rests an ordinary order that trades with nobody where all it needs is at hand: a cell, its page,
  /// no hidden orders at its price. Otherwise false, and nothing happened. What most orders are, in a
  /// straight line, with nothing to be kept over a call. `place` is where its id will find it.
  @inlinable @inline(__always)
  mutating func joinAtOnce<Sink: ReportSink & ~Copyable>(
    _ entry: OrderEntry, known place: UnsafeMutablePointer<UInt32>, into sink: inout Sink
  ) -> Bool {
    let queue = BookQueue.book(entry.side)
    let rank = Self.rank(entry.price, entry.side)
    if bests[queue ^ 1].rank >= ~rank || entry.timeInForce != .goodTillCancel { return false }
    let page = knownPages[Self.knownPlace(rank &>> 6, queue)]
    if cells[Int(page)].quantity != rank &>> 6 { return false }
    let index = firstFreeOrder
    let nextFree = cells[Int(index)].links.next
    let inPage = UInt64(truncatingIfNeeded: rank & 63)
    let levelIndex = page &+ 1 &+ UInt32(truncatingIfNeeded: inPage)
    let last = cells[Int(levelIndex)].links.previous
    if nextFree == BookCell.nobody || cells[Int(levelIndex)].isHidden { return false }
    firstFreeOrder = nextFree
    liveOrders &+= 1
    place.pointee = index
    cells[Int(page)].key |= 1 &<< inPage
    noteBest(rank, levelIndex, queue)
    let level = cells + Int(levelIndex)
    level.pointee.key = UInt64(bitPattern: entry.price)
    level.pointee.quantity &+= entry.quantity
    level.pointee.count &+= 1
    level.pointee.links.previous = index
    cells[Int(last)].links.next = index
    cells[Int(index)] = BookCell(
      key: entry.orderID, quantity: entry.quantity,
      links: ListLinks(previous: last, next: levelIndex), count: entry.owner,
      place: levelIndex &<< 4 | UInt32(entry.side.rawValue))
    sink.receive(
      MatchReport(
        .accepted, orderID: entry.orderID, owner: entry.owner, side: entry.side,
        price: entry.price, quantity: entry.quantity, leaves: entry.quantity))
    return true
  }

  /// Enters an ordinary order that `joinAtOnce` left: most trade.
  @inlinable @inline(never)
  mutating func submitCrossing<Sink: ReportSink & ~Copyable>(
    _ orderID: OrderID, _ price: Int64, _ quantity: Int64, _ owner: OwnerID, _ side: Side,
    _ timeInForce: TimeInForce, known place: UnsafeMutablePointer<UInt32>, into sink: inout Sink
  ) {
    if liveOrders == orderCapacity {
      return submitAside(
        orderID, price, quantity, owner, side, .limit, timeInForce, [], .allow, into: &sink)
    }
    let taker = PlainTaker(orderID: orderID, price: price, owner: owner, side: side)
    _ = submitPlain(taker, quantity, timeInForce, known: place, into: &sink)
  }

  /// Enters an ordinary order; gives what it did not trade. `place` is where it will be found by its
  /// id, if that is free.
  @inlinable @inline(__always)
  mutating func submitPlain<Sink: ReportSink & ~Copyable>(
    _ taker: PlainTaker, _ quantity: Int64, _ timeInForce: TimeInForce,
    known place: UnsafeMutablePointer<UInt32>?, into sink: inout Sink
  ) -> Int64 {
    sink.receive(
      MatchReport(
        .accepted, orderID: taker.orderID, owner: taker.owner, side: taker.side,
        price: taker.price, quantity: quantity, leaves: quantity))
    let leaves = match(taker, quantity, into: &sink)
    if leaves == 0 { return 0 }
    if timeInForce == .goodTillCancel {
      rest(taker, leaves, filled: quantity &- leaves, known: place)
    } else {
      sink.receive(
        MatchReport(
          .canceled, reason: .immediateOrCancel, orderID: taker.orderID, owner: taker.owner,
          side: taker.side, price: taker.price, quantity: leaves, leaves: 0))
    }
    return leaves
  }

  /// Enters a new order that is not plain, or has consequences. It comes in parts, because an entry whose
  /// address is known elsewhere would be written to memory for every plain order.
  @inlinable @inline(never)
  mutating func submitAside<Sink: ReportSink & ~Copyable>(
    _ orderID: OrderID, _ price: Int64, _ quantity: Int64, _ owner: OwnerID, _ side: Side,
    _ type: OrderType, _ timeInForce: TimeInForce, _ instructions: OrderInstructions,
    _ selfTradePrevention: SelfTradePrevention, into sink: inout Sink
  ) {
    let entry = OrderEntry(
      orderID: orderID, price: price, quantity: quantity, owner: owner, side: side, type: type,
      timeInForce: timeInForce, instructions: instructions,
      selfTradePrevention: selfTradePrevention)
    if attention.rawValue & Attention.ofEntries == 0 && isOrdinary(entry)
      && find(orderID) == BookCell.nobody && liveOrders < orderCapacity
    {
      let taker = PlainTaker(orderID: orderID, price: price, owner: owner, side: side)
      let hasTraded = submitPlain(taker, quantity, timeInForce, known: nil, into: &sink) != quantity
      if !hasTraded && !attention.contains(.pegs) { return }
      followPlain(hasTraded)
    } else {
      submitSpecial(entry, OrderTerms())
    }
    handOn(to: &sink)
  }

  /// Enters a new order with terms of its own. Reports as without.
  @inlinable
  public mutating func submit<Sink: ReportSink & ~Copyable>(
    _ entry: OrderEntry, _ terms: OrderTerms, into sink: inout Sink
  ) {
    submitSpecial(entry, terms)
    handOn(to: &sink)
  }

  /// Changes a resting order to `price` and a total of `quantity`, fills included (FIX OrderQty).
  ///
  /// At the same price and with no more quantity the order keeps its place in the queue; otherwise
  /// it leaves the book and comes in again, behind the others, and may match. Instructions and terms
  /// stay as they were entered. Of a stop that waits `price` is the limit (the protection) once it
  /// is triggered, of a pegged order the limit.
  ///
  /// Reports: `replaceRejected` (see docs/matching-rules.md), and nothing happened; or `canceled` when
  /// the quantity is not above what was filled; or `replaced`, then as for a new order. O(orders met).
  @inlinable
  public mutating func modify<Sink: ReportSink & ~Copyable>(
    _ orderID: OrderID, price: Int64, quantity: Int64, into sink: inout Sink
  ) {
    let index = find(orderID)
    if index == BookCell.nobody {
      return refuseChange(orderID, price: price, quantity: quantity, into: &sink)
    }
    let leaves = quantity &- detail(of: index).filled
    if attention.rawValue == 0 && isOrdinary(index, quantity, leaves) {
      modifyPlain(index, price: price, leaves: leaves, into: &sink)
    } else {
      changeAside(orderID, price: price, quantity: quantity, isReplacement: false, into: &sink)
    }
  }

  /// Changes a stop or stop-limit order that waits, its stop price too. Reports as without; refused as
  /// `invalidTerms` for any other order. O(log n) in the pages of stop prices.
  @inlinable
  public mutating func modify<Sink: ReportSink & ~Copyable>(
    _ orderID: OrderID, price: Int64, quantity: Int64, stopPrice: Int64, into sink: inout Sink
  ) {
    modifySpecial(
      orderID, price: price, quantity: quantity, stopPrice: stopPrice, isReplacement: false)
    handOn(to: &sink)
  }

  /// Takes a resting order out of the book and enters it again at `price` with `leaves` open, behind
  /// the others, even where `modify` would leave it in its place.
  ///
  /// Reports: `replaceRejected` as for `modify`, and nothing happened; or `replaced`, then as for a new
  /// order. O(orders met).
  @inlinable @inline(__always)
  public mutating func cancelReplace<Sink: ReportSink & ~Copyable>(
    _ orderID: OrderID, price: Int64, leaves: Int64, into sink: inout Sink
  ) {
    let index = find(orderID)
    if index == BookCell.nobody {
      return refuseChange(orderID, price: price, quantity: leaves, into: &sink)
    }
    let total = leaves &+ detail(of: index).filled
    if attention.rawValue == 0 && isOrdinary(index, total, leaves) {
      replacePlain(index, price: price, leaves: leaves, into: &sink)
    } else {
      changeAside(orderID, price: price, quantity: leaves, isReplacement: true, into: &sink)
    }
  }

  /// Changes an order that is not plain, or a change with consequences.
  @inlinable @inline(never)
  mutating func changeAside<Sink: ReportSink & ~Copyable>(
    _ orderID: OrderID, price: Int64, quantity: Int64, isReplacement: Bool, into sink: inout Sink
  ) {
    let index = find(orderID)
    let filled = detail(of: index).filled
    let total = isReplacement ? quantity &+ filled : quantity
    let leaves = total &- filled
    if attention.rawValue & Attention.ofEntries == 0 && isOrdinary(index, total, leaves) {
      let before = trades
      if isReplacement {
        replacePlain(index, price: price, leaves: leaves, into: &sink)
      } else {
        modifyPlain(index, price: price, leaves: leaves, into: &sink)
      }
      followPlain(trades != before)
    } else {
      modifySpecial(
        orderID, price: price, quantity: quantity, stopPrice: nil, isReplacement: isReplacement)
    }
    handOn(to: &sink)
  }

  /// Whether the order at `index` is plain, and a change to a total of `quantity` is not refused.
  @inlinable @inline(__always)
  func isOrdinary(_ index: UInt32, _ quantity: Int64, _ leaves: Int64) -> Bool {
    !cells[Int(index)].isSpecial && detail(of: index).isPlain && leaves > 0
      && UInt64(bitPattern: quantity &- 1) < UInt64(bitPattern: quantityMax)
  }

  @inlinable @inline(__always)
  mutating func modifyPlain<Sink: ReportSink & ~Copyable>(
    _ index: UInt32, price: Int64, leaves: Int64, into sink: inout Sink
  ) {
    let order = cells[Int(index)]
    let level = cells + Int(order.level)
    if price != level.pointee.price || leaves > order.quantity {
      return replacePlain(index, price: price, leaves: leaves, into: &sink)
    }
    reportReplaced(index, price: price, leaves: leaves, into: &sink)
    level.pointee.quantity &-= order.quantity &- leaves
    cells[Int(index)].quantity = leaves
  }

  @inlinable @inline(__always)
  mutating func replacePlain<Sink: ReportSink & ~Copyable>(
    _ index: UInt32, price: Int64, leaves: Int64, into sink: inout Sink
  ) {
    reportReplaced(index, price: price, leaves: leaves, into: &sink)
    reenter(index, price: price, leaves: leaves, into: &sink)
  }

  @inlinable @inline(__always)
  func reportReplaced<Sink: ReportSink & ~Copyable>(
    _ index: UInt32, price: Int64, leaves: Int64, into sink: inout Sink
  ) {
    let order = cells[Int(index)]
    sink.receive(
      MatchReport(
        .replaced, orderID: order.orderID, owner: order.owner, side: order.side, price: price,
        quantity: leaves &+ detail(of: index).filled, leaves: leaves))
  }

  @inlinable @inline(__always)
  func refuseChange<Sink: ReportSink & ~Copyable>(
    _ orderID: OrderID, price: Int64, quantity: Int64, into sink: inout Sink
  ) {
    sink.receive(
      MatchReport(
        .replaceRejected, reason: .unknownOrder, orderID: orderID, owner: 0, side: .buy,
        price: price, quantity: quantity, leaves: 0))
  }

  /// Whether an order is plain, and not refused unless its id is known or the book is full, which is
  /// asked where the order could take the last place. O(1).
  @inlinable @inline(__always)
  func isOrdinary(_ entry: OrderEntry) -> Bool {
    entry.isPlain && entry.orderID != 0
      && UInt64(bitPattern: entry.quantity &- 1) < UInt64(bitPattern: quantityMax)
  }

  /// Keeps what is left of `taker` as a new resting order. `place` is where it will be found by its id,
  /// if that is free.
  @inlinable @inline(__always)
  mutating func rest(
    _ taker: PlainTaker, _ leaves: Int64, filled: Int64, known place: UnsafeMutablePointer<UInt32>?
  ) {
    let index: UInt32
    if let place {
      index = takeCell()
      cells[Int(index)].key = taker.orderID
      place.pointee = index
    } else {
      index = take(taker.orderID)
    }
    cells[Int(index)].quantity = leaves
    cells[Int(index)].count = taker.owner
    cells[Int(index)].place = 0
    if filled > 0 {
      setDetail(
        of: index, OrderDetail(filled: filled, instructions: [], selfTradePrevention: .allow))
    }
    enqueue(index, side: taker.side, price: taker.price)
  }

  /// What else there is to know of the order at `index`.
  @inlinable @inline(__always)
  func detail(of index: UInt32) -> OrderDetail {
    cells[Int(index)].hasDetail ? details[Int(index)] : .none
  }

  @inlinable @inline(__always)
  mutating func setDetail(of index: UInt32, _ detail: OrderDetail) {
    details[Int(index)] = detail
    cells[Int(index)].place |= BookCell.detailFlag
  }

  /// Takes a plain order out of its queue, matches it at its new price and queues what is left.
  @inlinable @inline(__always)
  mutating func reenter<Sink: ReportSink & ~Copyable>(
    _ index: UInt32, price: Int64, leaves: Int64, into sink: inout Sink
  ) {
    dequeue(index)
    let order = cells[Int(index)]
    var open = leaves
    if level(crossing: price, order.side) != BookCell.nobody {
      let taker = PlainTaker(
        orderID: order.orderID, price: price, owner: order.owner, side: order.side)
      open = matchAside(taker, leaves, into: &sink)
      if open == 0 { return release(index) }
    }
    cells[Int(index)].quantity = open
    cells[Int(index)].place = order.place & BookCell.detailFlag
    if open != leaves { noteFill(of: index, leaves &- open) }
    enqueue(index, side: order.side, price: price)
  }
}
