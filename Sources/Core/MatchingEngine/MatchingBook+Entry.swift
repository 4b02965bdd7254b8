import LowLatency
import TradingModel

extension MatchingBook {
  /// Enters a new order.
  ///
  /// Reports: `rejected`, and nothing happened; or `accepted`, then a `trade` for each resting order
  /// met, best price first, oldest first (`canceled` and `reduced` where self-trade prevention
  /// stepped in), then `canceled` for what may not rest. O(orders met), and O(1) for the rest.
  @inlinable
  public mutating func submit<Sink: ReportSink & ~Copyable>(
    _ entry: OrderEntry, into sink: inout Sink
  ) {
    let refusal = refusal(of: entry)
    if refusal != .none {
      sink.receive(
        MatchReport(
          .rejected, reason: refusal, orderID: entry.orderID, owner: entry.owner,
          side: entry.side, price: entry.price, quantity: entry.quantity, leaves: 0))
      return
    }
    sink.receive(
      MatchReport(
        .accepted, orderID: entry.orderID, owner: entry.owner, side: entry.side,
        price: entry.price, quantity: entry.quantity, leaves: entry.quantity))
    var taker = Taker(
      orderID: entry.orderID, price: entry.price, owner: entry.owner, side: entry.side,
      selfTradePrevention: entry.selfTradePrevention, leaves: entry.quantity, filled: 0)
    match(&taker, into: &sink)
    if taker.leaves == 0 { return }
    if entry.canRest {
      rest(taker, entry)
    } else {
      let reason: MatchReason = entry.type == .market ? .noLiquidity : .immediateOrCancel
      sink.receive(
        MatchReport(
          .canceled, reason: reason, orderID: entry.orderID, owner: entry.owner, side: entry.side,
          price: entry.price, quantity: taker.leaves, leaves: 0))
    }
  }

  /// Changes a resting order to `price` and a total of `quantity`, fills included (FIX OrderQty).
  ///
  /// At the same price and with no more quantity the order keeps its place in the queue; otherwise
  /// it leaves the book and comes in again, behind the others, and may match. Post-only and
  /// self-trade prevention stay as they were entered.
  ///
  /// Reports: `replaceRejected` (unknown order, quantity, or post-only that would cross), and nothing
  /// happened; or `canceled` when the quantity is not above what was filled; or `replaced`, then as
  /// for a new order. O(orders met).
  @inlinable
  public mutating func modify<Sink: ReportSink & ~Copyable>(
    _ orderID: OrderID, price: Int64, quantity: Int64, into sink: inout Sink
  ) {
    guard let index = identifiers.find(orderID) else {
      sink.receive(
        MatchReport(
          .replaceRejected, reason: .unknownOrder, orderID: orderID, owner: 0, side: .buy,
          price: price, quantity: quantity, leaves: 0))
      return
    }
    let order = orders[Int(index)]
    let detail = details[Int(index)]
    let refusal = modifyRefusal(of: order, detail, price: price, quantity: quantity)
    if refusal != .none {
      sink.receive(
        MatchReport(
          .replaceRejected, reason: refusal, orderID: orderID, owner: order.owner,
          side: order.side, price: price, quantity: quantity, leaves: order.leaves))
      return
    }
    if quantity <= detail.filled { return cancel(at: index, .modifiedToFilled, into: &sink) }
    let leaves = quantity &- detail.filled
    sink.receive(
      MatchReport(
        .replaced, orderID: orderID, owner: order.owner, side: order.side, price: price,
        quantity: quantity, leaves: leaves))
    if price == levels[order.level].price && leaves <= order.leaves {
      shrink(index, to: leaves)
    } else {
      reenter(index, price: price, leaves: leaves, into: &sink)
    }
  }

  /// Why `entry` is refused; `.none` when it is not. O(1), but for fill-or-kill.
  @inlinable
  func refusal(of entry: OrderEntry) -> MatchReason {
    if entry.orderID == 0 { return .orderIDIsZero }
    if identifiers.find(entry.orderID) != nil { return .duplicateOrderID }
    if entry.quantity <= 0 { return .quantityNotPositive }
    if entry.quantity > quantityMax { return .quantityAboveLimit }
    let isPlain =
      entry.type == .limit && entry.timeInForce == .goodTillCancel
      && entry.instructions.rawValue == 0
    if !isPlain {
      let special = specialRefusal(of: entry)
      if special != .none { return special }
    } else if firstFreeOrder == ListLinks.none {
      return .orderCapacity
    }
    return .none
  }

  /// The checks that plain good-till-cancel limit orders need not pass.
  @usableFromInline
  func specialRefusal(of entry: OrderEntry) -> MatchReason {
    if entry.type != .limit && entry.type != .market { return .unsupported }
    if entry.timeInForce == .goodTillDate { return .unsupported }
    if !entry.instructions.subtracting(.postOnly).isEmpty { return .unsupported }
    let isPostOnly = entry.instructions.contains(.postOnly)
    if isPostOnly && !entry.canRest { return .conflictingInstructions }
    if entry.canRest && firstFreeOrder == ListLinks.none { return .orderCapacity }
    if isPostOnly && wouldCross(entry.side, entry.price) { return .wouldCross }
    if entry.timeInForce == .fillOrKill && !isFillable(entry) { return .notFillable }
    return .none
  }

  @inlinable
  func modifyRefusal(
    of order: OrderSlot, _ detail: OrderDetail, price: Int64, quantity: Int64
  ) -> MatchReason {
    if quantity <= 0 { return .quantityNotPositive }
    if quantity > quantityMax { return .quantityAboveLimit }
    if detail.instructions.contains(.postOnly) && quantity > detail.filled
      && wouldCross(order.side, price)
    {
      return .wouldCross
    }
    return .none
  }

  /// Whether an order of `side` at `price` would match at once.
  @inlinable
  func wouldCross(_ side: Side, _ price: Int64) -> Bool {
    let best = bestLevel(against: side)
    if best == ListLinks.none { return false }
    return Self.rank(levels[Int(best)].price, against: side) >= Self.rank(price, against: side)
  }

  /// Keeps what is left of `taker` as a new resting order.
  @inlinable
  mutating func rest(_ taker: Taker, _ entry: OrderEntry) {
    let index = firstFreeOrder
    let order = orders + Int(index)
    firstFreeOrder = order.pointee.links.next
    order.pointee = OrderSlot(
      orderID: entry.orderID, leaves: taker.leaves, owner: entry.owner)
    details[Int(index)] = OrderDetail(
      filled: taker.filled, instructions: entry.instructions,
      selfTradePrevention: entry.selfTradePrevention)
    let isNew = identifiers.insert(entry.orderID, index)
    assert(isNew, "Invariant: an accepted order id is new, and there is a place for each order")
    enqueue(index, side: entry.side, price: entry.price)
  }

  /// Lowers an order's open quantity, in its place.
  @inlinable
  mutating func shrink(_ index: UInt32, to leaves: Int64) {
    let order = orders + Int(index)
    if order.pointee.leaves == leaves { return }
    let level = levels + order.pointee.level
    level.pointee.total &-= order.pointee.leaves &- leaves
    order.pointee.leaves = leaves
    noteChange(level, order.pointee.side)
  }

  /// Takes an order out of its queue, matches it at its new price and queues what is left.
  @inlinable
  mutating func reenter<Sink: ReportSink & ~Copyable>(
    _ index: UInt32, price: Int64, leaves: Int64, into sink: inout Sink
  ) {
    dequeue(index)
    let order = orders + Int(index)
    let detail = details + Int(index)
    let side = order.pointee.side
    var taker = Taker(
      orderID: order.pointee.orderID, price: price, owner: order.pointee.owner, side: side,
      selfTradePrevention: detail.pointee.selfTradePrevention, leaves: leaves,
      filled: detail.pointee.filled)
    match(&taker, into: &sink)
    if taker.leaves == 0 { return release(index) }
    order.pointee.leaves = taker.leaves
    detail.pointee.filled = taker.filled
    enqueue(index, side: side, price: price)
  }
}
