import LowLatency
import TradingModel

extension MatchingBook {
  /// Enters a new order.
  ///
  /// Reports: `rejected`, and nothing happened; or `accepted`, then a `trade` for each resting order
  /// met, best price first, oldest first (`canceled` and `reduced` where self-trade prevention
  /// stepped in), then `canceled` for what may not rest. O(orders met), and O(1) for the rest.
  @inlinable @inline(__always)
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
    let index = find(orderID)
    if index == BookCell.nobody {
      sink.receive(
        MatchReport(
          .replaceRejected, reason: .unknownOrder, orderID: orderID, owner: 0, side: .buy,
          price: price, quantity: quantity, leaves: 0))
      return
    }
    let order = cells[Int(index)]
    let detail = detail(of: index)
    let refusal = modifyRefusal(of: order, detail, price: price, quantity: quantity)
    if refusal != .none {
      sink.receive(
        MatchReport(
          .replaceRejected, reason: refusal, orderID: orderID, owner: order.owner,
          side: order.side, price: price, quantity: quantity, leaves: order.quantity))
      return
    }
    if quantity <= detail.filled { return cancel(at: index, .modifiedToFilled, into: &sink) }
    let leaves = quantity &- detail.filled
    sink.receive(
      MatchReport(
        .replaced, orderID: orderID, owner: order.owner, side: order.side, price: price,
        quantity: quantity, leaves: leaves))
    if price == cells[Int(order.level)].price && leaves <= order.quantity {
      shrink(index, to: leaves)
    } else {
      reenter(index, price: price, leaves: leaves, into: &sink)
    }
  }

  /// Takes a resting order out of the book and enters it again at `price` with `leaves` open, behind
  /// the others, even where `modify` would leave it in its place.
  ///
  /// Reports: `replaceRejected` (unknown order, quantity, or post-only that would cross), and nothing
  /// happened; or `replaced`, then as for a new order. O(orders met).
  @inlinable @inline(__always)
  public mutating func cancelReplace<Sink: ReportSink & ~Copyable>(
    _ orderID: OrderID, price: Int64, leaves: Int64, into sink: inout Sink
  ) {
    let index = find(orderID)
    let order = cells[Int(index)]
    let detail = detail(of: index)
    let isSmall = leaves > 0 && leaves <= quantityMax
    let quantity = isSmall ? leaves &+ detail.filled : leaves
    let refusal =
      index == BookCell.nobody
      ? .unknownOrder : modifyRefusal(of: order, detail, price: price, quantity: quantity)
    if refusal != .none {
      sink.receive(
        MatchReport(
          .replaceRejected, reason: refusal, orderID: orderID, owner: order.owner,
          side: order.side, price: price, quantity: leaves, leaves: order.quantity))
      return
    }
    sink.receive(
      MatchReport(
        .replaced, orderID: orderID, owner: order.owner, side: order.side, price: price,
        quantity: leaves, leaves: leaves))
    reenter(index, price: price, leaves: leaves, into: &sink)
  }

  /// Why `entry` is refused; `.none` when it is not. O(1), but for fill-or-kill.
  @inlinable @inline(__always)
  mutating func refusal(of entry: OrderEntry) -> MatchReason {
    if entry.orderID == 0 { return .orderIDIsZero }
    if find(entry.orderID) != BookCell.nobody { return .duplicateOrderID }
    if entry.quantity <= 0 { return .quantityNotPositive }
    if entry.quantity > quantityMax { return .quantityAboveLimit }
    let isPlain =
      entry.type == .limit && entry.instructions.rawValue == 0
      && (entry.timeInForce == .goodTillCancel || entry.timeInForce == .immediateOrCancel)
    if !isPlain { return specialRefusal(of: entry) }
    return orderCount == orderCapacity && entry.timeInForce == .goodTillCancel
      ? .orderCapacity : .none
  }

  /// The checks that plain limit orders need not pass.
  @usableFromInline
  mutating func specialRefusal(of entry: OrderEntry) -> MatchReason {
    if entry.type != .limit && entry.type != .market { return .conflictingInstructions }
    if entry.timeInForce == .goodTillDate { return .conflictingInstructions }
    if !entry.instructions.subtracting(.postOnly).isEmpty { return .conflictingInstructions }
    let isPostOnly = entry.instructions.contains(.postOnly)
    if isPostOnly && !entry.canRest { return .conflictingInstructions }
    if entry.canRest && orderCount == orderCapacity { return .orderCapacity }
    if isPostOnly && wouldCross(entry.side, entry.price) { return .wouldCross }
    if entry.timeInForce == .fillOrKill && !isFillable(entry) { return .notFillable }
    return .none
  }

  @inlinable @inline(__always)
  func modifyRefusal(
    of order: BookCell, _ detail: OrderDetail, price: Int64, quantity: Int64
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
    level(crossing: price, side) != BookCell.nobody
  }

  /// Keeps what is left of `taker` as a new resting order.
  @inlinable @inline(__always)
  mutating func rest(_ taker: Taker, _ entry: OrderEntry) {
    let index = take(entry.orderID)
    let order = cells + Int(index)
    order.pointee.quantity = taker.leaves
    order.pointee.count = entry.owner
    order.pointee.place = 0
    let isPlain = entry.instructions.rawValue | entry.selfTradePrevention.rawValue == 0
    if !isPlain || taker.filled > 0 {
      setDetail(
        of: index,
        OrderDetail(
          filled: taker.filled, instructions: entry.instructions,
          selfTradePrevention: entry.selfTradePrevention))
    }
    enqueue(index, side: entry.side, price: entry.price)
  }

  /// What else there is to know of the order at `index`.
  @inlinable @inline(__always)
  func detail(of index: UInt32) -> OrderDetail {
    cells[Int(index)].hasDetail
      ? details[Int(index)]
      : OrderDetail(filled: 0, instructions: [], selfTradePrevention: .allow)
  }

  @inlinable @inline(__always)
  mutating func setDetail(of index: UInt32, _ detail: OrderDetail) {
    details[Int(index)] = detail
    cells[Int(index)].place |= BookCell.detailFlag
  }

  /// Notes that `quantity` of a resting order was executed, which then has details.
  @usableFromInline @inline(never)
  mutating func noteFill(of index: UInt32, _ quantity: Int64) {
    var detail = detail(of: index)
    detail.filled &+= quantity
    setDetail(of: index, detail)
  }

  /// Lowers an order's open quantity, in its place.
  @inlinable
  mutating func shrink(_ index: UInt32, to leaves: Int64) {
    let order = cells + Int(index)
    if order.pointee.quantity == leaves { return }
    let level = cells + Int(order.pointee.level)
    level.pointee.quantity &-= order.pointee.quantity &- leaves
    order.pointee.quantity = leaves
    noteChange(level, order.pointee.side)
  }

  /// Takes an order out of its queue, matches it at its new price and queues what is left.
  @inlinable @inline(__always)
  mutating func reenter<Sink: ReportSink & ~Copyable>(
    _ index: UInt32, price: Int64, leaves: Int64, into sink: inout Sink
  ) {
    dequeue(index)
    let order = cells[Int(index)]
    var detail = detail(of: index)
    var taker = Taker(
      orderID: order.orderID, price: price, owner: order.owner, side: order.side,
      selfTradePrevention: detail.selfTradePrevention, leaves: leaves, filled: detail.filled)
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
