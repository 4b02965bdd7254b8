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
    if attention.rawValue == 0 && place.pointee == BookCell.nobody && isOrdinary(entry)
      && (overflow.pointee.count == 0
        || Self.find(entry.orderID, in: overflow) == BookCell.nobody)
    {
      _ = submitPlain(entry, known: place, into: &sink)
    } else {
      submitAside(
        entry.orderID, entry.price, entry.quantity, entry.owner, entry.side, entry.type,
        entry.timeInForce, entry.instructions, entry.selfTradePrevention, into: &sink)
    }
  }

  /// Enters an ordinary order; gives what it did not trade. `place` is where it will be found by its
  /// id, if that is free.
  @inlinable @inline(__always)
  mutating func submitPlain<Sink: ReportSink & ~Copyable>(
    _ entry: OrderEntry, known place: UnsafeMutablePointer<UInt32>?, into sink: inout Sink
  ) -> Int64 {
    sink.receive(
      MatchReport(
        .accepted, orderID: entry.orderID, owner: entry.owner, side: entry.side,
        price: entry.price, quantity: entry.quantity, leaves: entry.quantity))
    var taker = Taker(
      orderID: entry.orderID, price: entry.price, owner: entry.owner, side: entry.side,
      selfTradePrevention: .allow, leaves: entry.quantity, filled: 0)
    match(&taker, into: &sink)
    if taker.leaves == 0 { return 0 }
    if entry.timeInForce == .goodTillCancel {
      rest(taker, known: place)
    } else {
      sink.receive(
        MatchReport(
          .canceled, reason: .immediateOrCancel, orderID: entry.orderID, owner: entry.owner,
          side: entry.side, price: entry.price, quantity: taker.leaves, leaves: 0))
    }
    return taker.leaves
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
      && find(orderID) == BookCell.nobody
    {
      let hasTraded = submitPlain(entry, known: nil, into: &sink) != quantity
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

  /// Whether an order is plain, and not refused unless its id is known. (Of immediate-or-cancel orders
  /// in a full book the other code decides.) O(1).
  @inlinable @inline(__always)
  func isOrdinary(_ entry: OrderEntry) -> Bool {
    entry.isPlain && entry.orderID != 0
      && UInt64(bitPattern: entry.quantity &- 1) < UInt64(bitPattern: quantityMax)
      && liveOrders < orderCapacity
  }

  /// Keeps what is left of `taker` as a new resting order. `place` is where it will be found by its id,
  /// if that is free.
  @inlinable @inline(__always)
  mutating func rest(_ taker: Taker, known place: UnsafeMutablePointer<UInt32>?) {
    let index: UInt32
    if let place {
      index = takeCell()
      place.pointee = index
    } else {
      index = take(taker.orderID)
    }
    let levelIndex = openLevel(taker.price, rankedAs: taker.side, BookQueue.book(taker.side))
    let level = cells + Int(levelIndex)
    let last = level.pointee.links.previous
    level.pointee.quantity &+= taker.leaves
    level.pointee.count &+= 1
    cells[Int(index)] = BookCell(
      key: taker.orderID, quantity: taker.leaves,
      links: ListLinks(previous: last, next: levelIndex), count: taker.owner,
      place: levelIndex &<< 4 | UInt32(taker.side.rawValue))
    if taker.filled > 0 {
      setDetail(
        of: index,
        OrderDetail(filled: taker.filled, instructions: [], selfTradePrevention: .allow))
    }
    if cells[Int(last)].isHidden { return linkBehindDisplayed(index, last) }
    cells[Int(last)].links.next = index
    level.pointee.links.previous = index
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
    var detail = detail(of: index)
    var taker = Taker(
      orderID: order.orderID, price: price, owner: order.owner, side: order.side,
      selfTradePrevention: .allow, leaves: leaves, filled: detail.filled)
    match(&taker, into: &sink)
    if taker.leaves == 0 { return release(index) }
    cells[Int(index)].quantity = taker.leaves
    cells[Int(index)].place = order.place & BookCell.detailFlag
    if taker.filled != detail.filled {
      detail.filled = taker.filled
      setDetail(of: index, detail)
    }
    enqueue(index, side: order.side, price: price)
  }
}
