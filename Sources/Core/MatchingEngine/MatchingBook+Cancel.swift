import LowLatency
import TradingModel

extension MatchingBook {
  /// Cancels a resting order, or a stop that waits: one report, `canceled` with its open quantity, or
  /// `cancelRejected`; then the consequences. O(1).
  @inlinable @inline(__always)
  public mutating func cancel<Sink: ReportSink & ~Copyable>(
    _ orderID: OrderID, into sink: inout Sink
  ) {
    let place = direct + Int(truncatingIfNeeded: orderID & directMask)
    let index = place.pointee
    // Asked first, because whether an order still rests is hard to foresee, and its cell may be far.
    if index == BookCell.nobody { return cancelUnfound(orderID, into: &sink) }
    let order = cells[Int(index)]
    if order.orderID != orderID { return cancelUnfound(orderID, into: &sink) }
    if order.isSpecial || attention.rawValue & Attention.ofCancels != 0 {
      return cancelSpecial(orderID, into: &sink)
    }
    sink.receive(
      MatchReport(
        .canceled, reason: .requested, orderID: order.orderID, owner: order.owner,
        side: order.side, price: cells[Int(order.level)].price, quantity: order.quantity,
        leaves: 0))
    dequeue(order, rankedAs: order.side, BookQueue.book(order.side))
    place.pointee = BookCell.nobody
    releaseCell(index)
  }

  /// Cancels an order that does not stand where its id is looked for first.
  @inlinable @inline(__always)
  mutating func cancelUnfound<Sink: ReportSink & ~Copyable>(
    _ orderID: OrderID, into sink: inout Sink
  ) {
    if attention.contains(.overflow) && find(orderID) != BookCell.nobody {
      return cancelSpecial(orderID, into: &sink)
    }
    sink.receive(
      MatchReport(
        .cancelRejected, reason: .unknownOrder, orderID: orderID, owner: 0, side: .buy,
        price: 0, quantity: 0, leaves: 0))
  }

  @inlinable @inline(never)
  mutating func cancelSpecial<Sink: ReportSink & ~Copyable>(
    _ orderID: OrderID, into sink: inout Sink
  ) {
    cancelSpecial(orderID)
    handOn(to: &sink)
  }

  /// Cancels the orders of `owner` (nil: everybody's) on `side` (nil: both), stops that wait too: a
  /// `canceled` for each, buys before sells; of a side the book, best price first, oldest first, then
  /// the stops, nearest stop price first. In every phase. Gives their number. O(resting orders).
  @inlinable
  @discardableResult
  public mutating func cancelAll<Sink: ReportSink & ~Copyable>(
    owner: OwnerID? = nil, side: Side? = nil, into sink: inout Sink
  ) -> Int {
    let count = cancelAllSpecial(owner, side)
    handOn(to: &sink)
    return count
  }
}
