import LowLatency
import TradingModel

extension MatchingBook {
  /// Trades `taker` with the other side while prices cross and something is left of it.
  @inlinable @inline(__always)
  mutating func match<Sink: ReportSink & ~Copyable>(_ taker: inout Taker, into sink: inout Sink) {
    if taker.selfTradePrevention == .allow {
      matchLevels(&taker, prevents: false, into: &sink)
    } else {
      // A copy, because a taker whose address is known elsewhere could not live in registers.
      var careful = taker
      matchCarefully(&careful, into: &sink)
      taker = careful
    }
  }

  @inlinable @inline(never)
  mutating func matchCarefully<Sink: ReportSink & ~Copyable>(
    _ taker: inout Taker, into sink: inout Sink
  ) {
    matchLevels(&taker, prevents: true, into: &sink)
    if taker.isStopped { taker.leaves = 0 }
  }

  @inlinable @inline(__always)
  mutating func matchLevels<Sink: ReportSink & ~Copyable>(
    _ taker: inout Taker, prevents: Bool, into sink: inout Sink
  ) {
    var best = level(crossing: taker.price, taker.side)
    while best != BookCell.nobody {
      match(&taker, with: best, prevents: prevents, into: &sink)
      if taker.leaves == 0 || (prevents && taker.isStopped) { return }
      best = level(crossing: taker.price, taker.side)
    }
  }

  /// Trades `taker` with the queue of one level, oldest first. `prevents` is a constant: whether
  /// anybody's own orders need to be looked for.
  ///
  /// Makers leave from the front only, so the ring is closed again once, at the end.
  @inlinable @inline(__always)
  mutating func match<Sink: ReportSink & ~Copyable>(
    _ taker: inout Taker, with levelIndex: UInt32, prevents: Bool, into sink: inout Sink
  ) {
    let level = cells + Int(levelIndex)
    let price = level.pointee.price
    var removed: Int64 = 0
    var leavers: UInt32 = 0
    var index = level.pointee.links.next
    repeat {
      let maker = cells + Int(index)
      let before = maker.pointee.quantity
      var after = before
      if prevents && maker.pointee.owner == taker.owner {
        preventSelfTrade(&taker, index, price, into: &sink)
        after = maker.pointee.quantity
      } else {
        after = trade(&taker, index, price, into: &sink)
      }
      removed &+= before &- after
      if after > 0 { break }
      let next = maker.pointee.links.next
      release(index)
      leavers &+= 1
      index = next
    } while index != levelIndex && taker.leaves > 0 && !(prevents && taker.isStopped)
    level.pointee.quantity &-= removed
    level.pointee.count &-= leavers
    level.pointee.links.next = index
    cells[Int(index)].links.previous = levelIndex
    if removed > 0 { noteChange(level, taker.side.opposite) }
    if index == levelIndex { closeLevel(levelIndex, taker.side.opposite) }
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

  /// Does what the taker's owner chose instead of a trade with himself. Reports the resting order
  /// first, then the incoming one.
  @inlinable @inline(never)
  mutating func preventSelfTrade<Sink: ReportSink & ~Copyable>(
    _ taker: inout Taker, _ index: UInt32, _ price: Int64, into sink: inout Sink
  ) {
    let maker = cells + Int(index)
    let both = min(taker.leaves, maker.pointee.quantity)
    let makerLoss: Int64
    let takerLoss: Int64
    switch taker.selfTradePrevention {
    case .allow: (makerLoss, takerLoss) = (0, 0)
    case .cancelNewest: (makerLoss, takerLoss) = (0, taker.leaves)
    case .cancelOldest: (makerLoss, takerLoss) = (maker.pointee.quantity, 0)
    case .cancelBoth: (makerLoss, takerLoss) = (maker.pointee.quantity, taker.leaves)
    case .decrement: (makerLoss, takerLoss) = (both, both)
    }
    maker.pointee.quantity &-= makerLoss
    taker.leaves &-= takerLoss
    if taker.leaves == 0 { taker.isStopped = true }
    if makerLoss > 0 {
      sink.receive(
        MatchReport(
          maker.pointee.quantity == 0 ? .canceled : .reduced, reason: .selfTradePrevention,
          orderID: maker.pointee.orderID, owner: taker.owner, side: taker.side.opposite,
          price: price, quantity: makerLoss, leaves: maker.pointee.quantity))
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
    while level != BookCell.nobody && taker.accepts(cells[Int(level)].price) {
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
      return (wanted &- cells[Int(level)].quantity, true)
    }
    var rest = wanted
    var index = cells[Int(level)].links.next
    while index != level && rest > 0 {
      if cells[Int(index)].owner != taker.owner {
        rest &-= cells[Int(index)].quantity
      } else if taker.selfTradePrevention != .cancelOldest {
        return (rest, false)
      }
      index = cells[Int(index)].links.next
    }
    return (rest, true)
  }
}
