import LowLatency
import TradingModel

// How an incoming order meets a resting one when either is more than plain.
extension MatchingBook {
  /// The prices of one sweep's trades that stops look at.
  struct Sweep {
    var first: Int64
    var last: Int64
  }

  /// Trades `taker` with the other side while prices cross and something is left of it; gives the
  /// first and last trade price, nil without a trade.
  mutating func sweep(_ taker: inout Taker) -> Sweep? {
    var sweep: Sweep?
    while taker.leaves > 0 {
      let best = level(crossing: taker.price, taker.side)
      if best == BookCell.nobody { break }
      let before = trades
      meet(&taker, cells[Int(best)].links.next)
      if trades == before { continue }
      sweep = Sweep(first: sweep?.first ?? tape.last, last: tape.last)
    }
    return sweep
  }

  /// Does what happens between `taker` and the resting order at `index`: a trade, or what self-trade
  /// prevention or a reduce-only order's position ask for.
  @usableFromInline
  mutating func meet(_ taker: inout Taker, _ index: UInt32) {
    if !cutReduceOnly(index) { return }
    let maker = cells[Int(index)]
    if taker.selfTradePrevention != .allow && maker.owner == taker.owner {
      return preventSelfTrade(&taker, index)
    }
    let price = cells[Int(maker.level)].price
    let quantity = min(taker.leaves, maker.quantity)
    taker.leaves -= quantity
    taker.filled += quantity
    var report = MatchReport(
      .trade, orderID: taker.orderID, owner: taker.owner, side: taker.side, price: price,
      quantity: quantity, leaves: taker.leaves)
    report.makerOrderID = maker.orderID
    report.makerOwner = maker.owner
    report.makerLeaves = openQuantity(index) - quantity
    execute(report)
    noteFill(of: index, quantity)
    take(quantity, from: index)
  }

  /// Numbers a trade, reports it, and notes what others look at: prices and positions.
  mutating func execute(_ trade: MatchReport) {
    trades &+= 1
    var report = trade
    report.tradeNumber = UInt32(truncatingIfNeeded: trades)
    reports.pointee.receive(report)
    tape.note(trade.price, trade.quantity)
    book(trade.owner, trade.side.sign, trade.quantity)
    book(trade.makerOwner, trade.side.opposite.sign, trade.quantity)
  }

  /// Does what the taker's owner chose instead of a trade with himself. Reports the resting order
  /// first, then the incoming one.
  private mutating func preventSelfTrade(_ taker: inout Taker, _ index: UInt32) {
    let maker = cells[Int(index)]
    let open = openQuantity(index)
    let both = min(taker.leaves, maker.quantity)
    let makerLoss: Int64
    let takerLoss: Int64
    switch taker.selfTradePrevention {
    case .allow: (makerLoss, takerLoss) = (0, 0)
    case .cancelNewest: (makerLoss, takerLoss) = (0, taker.leaves)
    case .cancelOldest: (makerLoss, takerLoss) = (open, 0)
    case .cancelBoth: (makerLoss, takerLoss) = (open, taker.leaves)
    case .decrement: (makerLoss, takerLoss) = (both, both)
    }
    if makerLoss > 0 {
      reports.pointee.receive(
        MatchReport(
          makerLoss == open ? .canceled : .reduced, reason: .selfTradePrevention,
          orderID: maker.orderID, owner: maker.owner, side: maker.side,
          price: cells[Int(maker.level)].price, quantity: makerLoss, leaves: open - makerLoss))
    }
    if takerLoss > 0 {
      taker.leaves -= takerLoss
      reports.pointee.receive(
        MatchReport(
          taker.leaves == 0 ? .canceled : .reduced, reason: .selfTradePrevention,
          orderID: taker.orderID, owner: taker.owner, side: taker.side, price: taker.price,
          quantity: takerLoss, leaves: taker.leaves))
    }
    if makerLoss == open {
      leave(index)
      retire(index)
    } else if makerLoss > 0 {
      take(makerLoss, from: index)
    }
  }

  // MARK: What could be filled

  /// Whether at least `wanted` of an order could be filled if it came now, as docs/matching-rules.md
  /// counts it. O(orders met).
  mutating func isFillable(
    _ wanted: Int64, _ side: Side, price: Int64, owner: OwnerID, _ prevention: SelfTradePrevention
  ) -> Bool {
    let taker = Taker(
      orderID: 0, price: price, owner: owner, side: side, selfTradePrevention: prevention,
      leaves: wanted, filled: 0)
    let makers = BookQueue.book(side.opposite)
    var missing = wanted
    var level = bests[makers].level
    while level != BookCell.nobody && taker.accepts(cells[Int(level)].price) {
      let isOpen = count(level, taker, &missing)
      if missing <= 0 { return true }
      if !isOpen { return false }
      level = levelBehind(level, in: makers)
    }
    return false
  }

  /// Takes what a level offers `taker` from `missing`; false when an order of its own stops it there.
  private mutating func count(_ level: UInt32, _ taker: Taker, _ missing: inout Int64) -> Bool {
    var reserves: Int64 = 0
    var countsReserves = false
    var index = cells[Int(level)].links.next
    while index != level {
      let order = cells[Int(index)]
      // Hidden orders come after all parts of the icebergs.
      if order.isHidden && !countsReserves {
        missing -= reserves
        countsReserves = true
      }
      let isOwn = taker.selfTradePrevention != .allow && order.owner == taker.owner
      if isOwn && taker.selfTradePrevention != .cancelOldest { return false }
      if !isOwn {
        missing -= order.quantity
        reserves += openQuantity(index) - order.quantity
      }
      index = order.links.next
    }
    if !countsReserves { missing -= reserves }
    return true
  }
}
