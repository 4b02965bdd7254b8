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
    if attention.rawValue != 0 || !entry.isPlain {
      submitSpecial(entry, OrderTerms())
      handOn(to: &sink)
      return
    }
    let refusal = plainRefusal(of: entry)
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
      selfTradePrevention: .allow, leaves: entry.quantity, filled: 0)
    match(&taker, into: &sink)
    if taker.leaves == 0 { return }
    if entry.timeInForce == .goodTillCancel {
      rest(taker)
    } else {
      sink.receive(
        MatchReport(
          .canceled, reason: .immediateOrCancel, orderID: entry.orderID, owner: entry.owner,
          side: entry.side, price: entry.price, quantity: taker.leaves, leaves: 0))
    }
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
    let order = cells[Int(index)]
    let detail = detail(of: index)
    let isPlain =
      index != BookCell.nobody && attention.rawValue == 0 && !order.isSpecial && detail.isPlain
    let leaves = quantity &- detail.filled
    if !isPlain || quantity > quantityMax || leaves <= 0 {
      modifySpecial(orderID, price: price, quantity: quantity, stopPrice: nil, isReplacement: false)
      handOn(to: &sink)
      return
    }
    sink.receive(
      MatchReport(
        .replaced, orderID: orderID, owner: order.owner, side: order.side, price: price,
        quantity: quantity, leaves: leaves))
    let level = cells + Int(order.level)
    if price == level.pointee.price && leaves <= order.quantity {
      level.pointee.quantity &-= order.quantity &- leaves
      cells[Int(index)].quantity = leaves
    } else {
      reenter(index, price: price, leaves: leaves, into: &sink)
    }
  }

  /// Changes a stop or stop-limit order that waits, its stop price too. Reports as without; stops that
  /// `stopPrice` is no news for (trailing ones, and orders that are no stops or wait no more) are
  /// refused.
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
    let order = cells[Int(index)]
    let detail = detail(of: index)
    let isPlain =
      index != BookCell.nobody && attention.rawValue == 0 && !order.isSpecial && detail.isPlain
    if !isPlain || leaves <= 0 || leaves > quantityMax &- detail.filled {
      modifySpecial(orderID, price: price, quantity: leaves, stopPrice: nil, isReplacement: true)
      handOn(to: &sink)
      return
    }
    sink.receive(
      MatchReport(
        .replaced, orderID: orderID, owner: order.owner, side: order.side, price: price,
        quantity: leaves &+ detail.filled, leaves: leaves))
    reenter(index, price: price, leaves: leaves, into: &sink)
  }

  /// Why a plain order is refused; `.none` when it is not. O(1).
  @inlinable @inline(__always)
  func plainRefusal(of entry: OrderEntry) -> MatchReason {
    if entry.orderID == 0 { return .orderIDIsZero }
    if find(entry.orderID) != BookCell.nobody { return .duplicateOrderID }
    if entry.quantity <= 0 { return .quantityNotPositive }
    if entry.quantity > quantityMax { return .quantityAboveLimit }
    return orderCount == orderCapacity && entry.timeInForce == .goodTillCancel
      ? .orderCapacity : .none
  }

  /// Keeps what is left of `taker` as a new resting order.
  @inlinable @inline(__always)
  mutating func rest(_ taker: Taker) {
    let index = take(taker.orderID)
    let order = cells + Int(index)
    order.pointee.quantity = taker.leaves
    order.pointee.count = taker.owner
    order.pointee.place = 0
    if taker.filled > 0 {
      setDetail(
        of: index,
        OrderDetail(filled: taker.filled, instructions: [], selfTradePrevention: .allow))
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
