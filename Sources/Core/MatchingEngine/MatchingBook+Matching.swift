import LowLatency
import TradingModel

extension MatchingBook {
  /// Trades `taker` with the other side while prices cross and something is left of it.
  @inlinable
  mutating func match<Sink: ReportSink & ~Copyable>(_ taker: inout Taker, into sink: inout Sink) {
    while taker.leaves > 0 && !taker.isStopped {
      let best = bestLevel(against: taker.side)
      if best == ListLinks.none || !taker.accepts(levels[Int(best)].price) { break }
      match(&taker, with: best, into: &sink)
    }
    if taker.isStopped { taker.leaves = 0 }
  }

  /// Trades `taker` with the queue of one level, oldest first.
  ///
  /// Makers leave from the front only, so the queue's ends are put right once, at the end.
  @inlinable
  mutating func match<Sink: ReportSink & ~Copyable>(
    _ taker: inout Taker, with levelIndex: UInt32, into sink: inout Sink
  ) {
    let level = levels + Int(levelIndex)
    var removed: Int64 = 0
    var leavers: UInt32 = 0
    var index = level.pointee.ends.head
    while index != ListLinks.none && taker.leaves > 0 && !taker.isStopped {
      let maker = orders + Int(index)
      let before = maker.pointee.leaves
      if taker.selfTradePrevention != .allow && maker.pointee.owner == taker.owner {
        preventSelfTrade(&taker, index, level.pointee.price, into: &sink)
      } else {
        trade(&taker, index, level.pointee.price, into: &sink)
      }
      removed &+= before &- maker.pointee.leaves
      if maker.pointee.leaves > 0 { break }
      let next = maker.pointee.links.next
      release(index)
      leavers &+= 1
      index = next
    }
    level.pointee.total &-= removed
    level.pointee.orderCount &-= leavers
    level.pointee.ends.head = index
    if index == ListLinks.none {
      level.pointee.ends.tail = index
    } else {
      orders[Int(index)].links.previous = ListLinks.none
    }
    if removed > 0 { noteChange(level, taker.side.opposite) }
    if index == ListLinks.none { closeLevel(levelIndex, taker.side.opposite) }
  }

  /// Executes as much as both have.
  @inlinable
  mutating func trade<Sink: ReportSink & ~Copyable>(
    _ taker: inout Taker, _ index: UInt32, _ price: Int64, into sink: inout Sink
  ) {
    let maker = orders + Int(index)
    let quantity = min(taker.leaves, maker.pointee.leaves)
    taker.leaves &-= quantity
    taker.filled &+= quantity
    maker.pointee.leaves &-= quantity
    if maker.pointee.leaves > 0 { details[Int(index)].filled &+= quantity }
    trades &+= 1
    var report = MatchReport(
      .trade, orderID: taker.orderID, owner: taker.owner, side: taker.side, price: price,
      quantity: quantity, leaves: taker.leaves)
    report.tradeNumber = UInt32(truncatingIfNeeded: trades)
    report.makerOwner = maker.pointee.owner
    report.makerOrderID = maker.pointee.orderID
    report.makerLeaves = maker.pointee.leaves
    sink.receive(report)
  }

  /// Does what the taker's owner chose instead of a trade with himself. Reports the resting order
  /// first, then the incoming one.
  @inlinable
  mutating func preventSelfTrade<Sink: ReportSink & ~Copyable>(
    _ taker: inout Taker, _ index: UInt32, _ price: Int64, into sink: inout Sink
  ) {
    let maker = orders + Int(index)
    let both = min(taker.leaves, maker.pointee.leaves)
    let makerLoss: Int64
    let takerLoss: Int64
    switch taker.selfTradePrevention {
    case .allow: (makerLoss, takerLoss) = (0, 0)
    case .cancelNewest: (makerLoss, takerLoss) = (0, taker.leaves)
    case .cancelOldest: (makerLoss, takerLoss) = (maker.pointee.leaves, 0)
    case .cancelBoth: (makerLoss, takerLoss) = (maker.pointee.leaves, taker.leaves)
    case .decrement: (makerLoss, takerLoss) = (both, both)
    }
    maker.pointee.leaves &-= makerLoss
    taker.leaves &-= takerLoss
    if taker.leaves == 0 { taker.isStopped = true }
    if makerLoss > 0 {
      sink.receive(
        MatchReport(
          maker.pointee.leaves == 0 ? .canceled : .reduced, reason: .selfTradePrevention,
          orderID: maker.pointee.orderID, owner: taker.owner, side: taker.side.opposite,
          price: price, quantity: makerLoss, leaves: maker.pointee.leaves))
    }
    if takerLoss > 0 {
      sink.receive(
        MatchReport(
          taker.leaves == 0 ? .canceled : .reduced, reason: .selfTradePrevention,
          orderID: taker.orderID, owner: taker.owner, side: taker.side, price: taker.price,
          quantity: takerLoss, leaves: taker.leaves))
    }
  }

  /// Whether `entry` would be filled whole if it came now. O(levels met); with self-trade
  /// prevention O(orders met), because its own orders do not count.
  func isFillable(_ entry: OrderEntry) -> Bool {
    let taker = Taker(
      orderID: entry.orderID, price: entry.price, owner: entry.owner, side: entry.side,
      selfTradePrevention: entry.selfTradePrevention, leaves: entry.quantity, filled: 0)
    let makers = entry.side.opposite
    var wanted = entry.quantity
    var level = bestLevel(makers)
    while level != ListLinks.none && taker.accepts(levels[Int(level)].price) {
      let isOpen: Bool
      (wanted, isOpen) = wantedAfter(level, wanted, taker)
      if wanted <= 0 { return true }
      if !isOpen { return false }
      level = levelBehind(level, makers)
    }
    return false
  }

  /// What of `wanted` a level leaves unfilled, and whether matching goes on behind it.
  private func wantedAfter(
    _ level: UInt32, _ wanted: Int64, _ taker: Taker
  ) -> (wanted: Int64, isOpen: Bool) {
    if taker.selfTradePrevention == .allow {
      return (wanted &- levels[Int(level)].total, true)
    }
    var rest = wanted
    var index = levels[Int(level)].ends.head
    while index != ListLinks.none && rest > 0 {
      if orders[Int(index)].owner != taker.owner {
        rest &-= orders[Int(index)].leaves
      } else if taker.selfTradePrevention != .cancelOldest {
        return (rest, false)
      }
      index = orders[Int(index)].links.next
    }
    return (rest, true)
  }

  /// The next worse level of `side`; `ListLinks.none` when there is none.
  @usableFromInline
  func levelBehind(_ level: UInt32, _ side: Side) -> UInt32 {
    let rank = Self.rank(levels[Int(level)].price, side)
    let ladder = ladders + Int(side.rawValue)
    guard let behind = ladder.pointee.previous(before: rank) else { return ListLinks.none }
    return ladder.pointee.level(at: behind) ?? ListLinks.none
  }
}
