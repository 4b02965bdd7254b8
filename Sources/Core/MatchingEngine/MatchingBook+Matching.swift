import LowLatency
import TradingModel

// The matching of plain orders with plain orders.
extension MatchingBook {
  /// Trades `taker` with the other side while prices cross and something is left of it. Only while
  /// nothing needs attention, and without self-trade prevention.
  @inlinable @inline(__always)
  mutating func match<Sink: ReportSink & ~Copyable>(_ taker: inout Taker, into sink: inout Sink) {
    var best = level(crossing: taker.price, taker.side)
    if best == BookCell.nobody { return }
    tape.first = cells[Int(best)].price
    repeat {
      let special = match(&taker, with: best, into: &sink)
      if special != BookCell.nobody {
        let leaves = meet(
          special, taker.orderID, taker.price, taker.owner, taker.side, taker.leaves, into: &sink)
        taker.filled &+= taker.leaves &- leaves
        taker.leaves = leaves
      }
      if taker.leaves == 0 { return }
      best = level(crossing: taker.price, taker.side)
    } while best != BookCell.nobody
  }

  /// Trades `taker` with the queue of one level, oldest first, up to the first special order, which it
  /// gives if something is left of the taker.
  ///
  /// Makers leave from the front only, so the ring is closed again once, at the end.
  @inlinable @inline(__always)
  mutating func match<Sink: ReportSink & ~Copyable>(
    _ taker: inout Taker, with levelIndex: UInt32, into sink: inout Sink
  ) -> UInt32 {
    let level = cells + Int(levelIndex)
    let price = level.pointee.price
    let wanted = taker.leaves
    var leavers: UInt32 = 0
    var special = BookCell.nobody
    var index = level.pointee.links.next
    repeat {
      if cells[Int(index)].isSpecial {
        special = index
        break
      }
      if trade(&taker, index, price, into: &sink) > 0 { break }
      let next = cells[Int(index)].links.next
      release(index)
      leavers &+= 1
      index = next
    } while index != levelIndex && taker.leaves > 0
    let traded = wanted &- taker.leaves
    level.pointee.quantity &-= traded
    level.pointee.count &-= leavers
    level.pointee.links.next = index
    cells[Int(index)].links.previous = levelIndex
    if traded > 0 { tape.note(price, traded) }
    if index == levelIndex {
      closeLevel(levelIndex, rankedAs: taker.side.opposite, BookQueue.book(taker.side.opposite))
    }
    return special
  }

  /// Executes as much as both have; gives what stays open of the resting order.
  @inlinable @inline(__always)
  mutating func trade<Sink: ReportSink & ~Copyable>(
    _ taker: inout Taker, _ index: UInt32, _ price: Int64, into sink: inout Sink
  ) -> Int64 {
    let maker = cells + Int(index)
    let quantity = min(taker.leaves, maker.pointee.quantity)
    let makerLeaves = maker.pointee.quantity &- quantity
    taker.leaves &-= quantity
    taker.filled &+= quantity
    trades &+= 1
    var report = MatchReport(
      .trade, orderID: taker.orderID, owner: taker.owner, side: taker.side, price: price,
      quantity: quantity, leaves: taker.leaves)
    report.tradeNumber = UInt32(truncatingIfNeeded: trades)
    report.makerOwner = maker.pointee.owner
    report.makerOrderID = maker.pointee.orderID
    report.makerLeaves = makerLeaves
    sink.receive(report)
    if makerLeaves > 0 {
      maker.pointee.quantity = makerLeaves
      noteFill(of: index, quantity)
    }
    return makerLeaves
  }

  /// Notes that `quantity` of a resting order was executed, which then has details.
  @usableFromInline @inline(never)
  mutating func noteFill(of index: UInt32, _ quantity: Int64) {
    var detail = detail(of: index)
    detail.filled &+= quantity
    setDetail(of: index, detail)
  }

  /// Lets a plain taker with `leaves` open meet the special order at `index`; gives what is left of it.
  ///
  /// The taker comes in parts, because one whose address is known elsewhere could not live in
  /// registers.
  @inlinable @inline(never)
  mutating func meet<Sink: ReportSink & ~Copyable>(
    _ index: UInt32, _ orderID: OrderID, _ price: Int64, _ owner: OwnerID, _ side: Side,
    _ leaves: Int64, into sink: inout Sink
  ) -> Int64 {
    var taker = Taker(
      orderID: orderID, price: price, owner: owner, side: side, selfTradePrevention: .allow,
      leaves: leaves, filled: 0)
    meet(&taker, index)
    handOn(to: &sink)
    return taker.leaves
  }

  /// Gives the sink what code beside the plain code reported.
  @inlinable
  mutating func handOn<Sink: ReportSink & ~Copyable>(to sink: inout Sink) {
    let waiting = reports
    if waiting.pointee.count == 0 { return }
    for place in 0..<waiting.pointee.count { sink.receive(waiting.pointee[place]) }
    waiting.pointee.removeAll()
  }
}
