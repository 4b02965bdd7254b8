import LowLatency
import TradingModel

extension MatchingBook {
  /// Cancels a resting order: one report, `canceled` with its open quantity, or `cancelRejected`
  /// (unknown order). O(1).
  @inlinable @inline(__always)
  public mutating func cancel<Sink: ReportSink & ~Copyable>(
    _ orderID: OrderID, into sink: inout Sink
  ) {
    let index = find(orderID)
    if index == BookCell.nobody {
      sink.receive(
        MatchReport(
          .cancelRejected, reason: .unknownOrder, orderID: orderID, owner: 0, side: .buy,
          price: 0, quantity: 0, leaves: 0))
      return
    }
    cancel(at: index, .requested, into: &sink)
  }

  /// Cancels all orders of `owner` (0: those of nobody in particular): a `canceled` for each, bids
  /// before asks, best price first, oldest first. Gives their number. O(resting orders).
  @inlinable
  @discardableResult
  public mutating func cancelAll<Sink: ReportSink & ~Copyable>(
    owner: OwnerID, into sink: inout Sink
  ) -> Int {
    let before = orderCount
    cancelAll(owner: owner, .buy, into: &sink)
    cancelAll(owner: owner, .sell, into: &sink)
    return before &- orderCount
  }

  @inlinable
  mutating func cancelAll<Sink: ReportSink & ~Copyable>(
    owner: OwnerID, _ side: Side, into sink: inout Sink
  ) {
    var level = bestLevel(side)
    while level != BookCell.nobody {
      // The level goes with its last order, so what stands behind it is asked first.
      let behind = levelBehind(level, side)
      var index = cells[Int(level)].links.next
      while index != level {
        let next = cells[Int(index)].links.next
        if cells[Int(index)].owner == owner { cancel(at: index, .massCancel, into: &sink) }
        index = next
      }
      level = behind
    }
  }

  @inlinable @inline(__always)
  mutating func cancel<Sink: ReportSink & ~Copyable>(
    at index: UInt32, _ reason: MatchReason, into sink: inout Sink
  ) {
    let order = cells[Int(index)]
    sink.receive(
      MatchReport(
        .canceled, reason: reason, orderID: order.orderID, owner: order.owner, side: order.side,
        price: cells[Int(order.level)].price, quantity: order.quantity, leaves: 0))
    dequeue(index)
    release(index)
  }
}
