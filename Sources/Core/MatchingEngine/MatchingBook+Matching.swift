import LowLatency
import TradingModel

// The matching of plain orders with plain orders.
extension MatchingBook {
  /// Trades `taker`, with `quantity` open, with the other side while prices cross and something is left
  /// of it; gives what is left. Only while nothing needs attention.
  @inlinable @inline(__always)
  mutating func match<Sink: ReportSink & ~Copyable>(
    _ taker: PlainTaker, _ quantity: Int64, into sink: inout Sink
  ) -> Int64 {
    var leaves = quantity
    var best = level(crossing: taker.price, taker.side)
    if best == BookCell.nobody { return leaves }
    tape.first = cells[Int(best)].price
    repeat {
      let special = match(taker, &leaves, with: best, into: &sink)
      if special != BookCell.nobody { leaves = meet(special, taker, leaves, into: &sink) }
      if leaves == 0 { return 0 }
      best = level(crossing: taker.price, taker.side)
    } while best != BookCell.nobody
    return leaves
  }

  /// As `match`, out of line, for where it is seldom needed.
  @inlinable @inline(never)
  mutating func matchAside<Sink: ReportSink & ~Copyable>(
    _ taker: PlainTaker, _ quantity: Int64, into sink: inout Sink
  ) -> Int64 {
    match(taker, quantity, into: &sink)
  }

  /// Trades `taker` with the queue of one level, oldest first, up to the first special order, which it
  /// gives if something is left of the taker.
  ///
  /// Makers leave from the front only, so the ring is closed again once, at the end.
  @inlinable @inline(__always)
  mutating func match<Sink: ReportSink & ~Copyable>(
    _ taker: PlainTaker, _ leaves: inout Int64, with levelIndex: UInt32, into sink: inout Sink
  ) -> UInt32 {
    let level = cells + Int(levelIndex)
    let price = level.pointee.price
    let wanted = leaves
    var leavers: UInt32 = 0
    var special = BookCell.nobody
    var partial: Int64 = 0
    var index = level.pointee.links.next
    repeat {
      let maker = cells[Int(index)]
      if maker.isSpecial {
        special = index
        break
      }
      trades &+= 1
      if maker.quantity > leaves {
        partial = leaves
        leaves = 0
        report(taker, maker, price, partial, leaves, maker.quantity &- partial, into: &sink)
        cells[Int(index)].quantity = maker.quantity &- partial
        break
      }
      leaves &-= maker.quantity
      report(taker, maker, price, maker.quantity, leaves, 0, into: &sink)
      releaseMaker(index, maker.orderID)
      leavers &+= 1
      index = maker.links.next
    } while index != levelIndex && leaves > 0
    let traded = wanted &- leaves
    level.pointee.quantity &-= traded
    level.pointee.count &-= leavers
    level.pointee.links.next = index
    cells[Int(index)].links.previous = levelIndex
    if traded > 0 { tape.note(price, traded) }
    if partial > 0 {
      noteFill(of: index, partial)
    } else if index == levelIndex {
      closeLevel(levelIndex, rankedAs: taker.side.opposite, BookQueue.book(taker.side.opposite))
    }
    return special
  }

  /// Reports a trade of `taker` and `maker`, with what either has open after it.
  @inlinable @inline(__always)
  func report<Sink: ReportSink & ~Copyable>(
    _ taker: PlainTaker, _ maker: BookCell, _ price: Int64, _ quantity: Int64, _ leaves: Int64,
    _ makerLeaves: Int64, into sink: inout Sink
  ) {
    var report = MatchReport(
      .trade, orderID: taker.orderID, owner: taker.owner, side: taker.side, price: price,
      quantity: quantity, leaves: leaves)
    report.tradeNumber = UInt32(truncatingIfNeeded: trades)
    report.makerOwner = maker.owner
    report.makerOrderID = maker.orderID
    report.makerLeaves = makerLeaves
    sink.receive(report)
  }

  /// Notes that `quantity` of a resting order was executed, which then has details.
  @usableFromInline @inline(never)
  mutating func noteFill(of index: UInt32, _ quantity: Int64) {
    var detail = detail(of: index)
    detail.filled &+= quantity
    setDetail(of: index, detail)
  }

  /// Lets a plain taker with `leaves` open meet the special order at `index`; gives what is left of it.
  @inlinable @inline(never)
  mutating func meet<Sink: ReportSink & ~Copyable>(
    _ index: UInt32, _ plain: PlainTaker, _ leaves: Int64, into sink: inout Sink
  ) -> Int64 {
    var taker = Taker(
      orderID: plain.orderID, price: plain.price, owner: plain.owner, side: plain.side,
      selfTradePrevention: .allow, leaves: leaves, filled: 0)
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
