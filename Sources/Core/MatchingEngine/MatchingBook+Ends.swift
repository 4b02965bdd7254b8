import LowLatency
import TradingModel

// Orders that leave: canceled, expired.
extension MatchingBook {
  @usableFromInline
  mutating func cancelSpecial(_ orderID: OrderID) {
    let index = find(orderID)
    if special.pointee.phase == .halted {
      let order = cells[Int(index)]
      reports.pointee.receive(
        MatchReport(
          .cancelRejected, reason: .tradingHalted, orderID: orderID, owner: order.owner,
          side: order.side, price: price(of: index), quantity: 0, leaves: openQuantity(index)))
      return
    }
    end(index, .canceled, .requested)
    settle()
  }

  /// Reports that an order is over, and takes it from wherever it is.
  mutating func end(_ index: UInt32, _ kind: ReportKind, _ reason: MatchReason) {
    let order = cells[Int(index)]
    reports.pointee.receive(
      MatchReport(
        kind, reason: reason, orderID: order.orderID, owner: order.owner, side: order.side,
        price: price(of: index), quantity: openQuantity(index), leaves: 0))
    let place = order.isSpecial ? specialOrder(index).pointee.place : .inBook
    if place == .inBook { leave(index) }
    if place == .waiting { leaveStops(index) }
    retire(index)
  }

  @usableFromInline
  mutating func cancelAllSpecial(_ owner: OwnerID?, _ side: Side?) -> Int {
    var count = 0
    for each in [Side.buy, .sell] where side == nil || side == each {
      for queue in [BookQueue.book(each), BookQueue.stops(each)] {
        count += endAll(in: queue, .massCancel) { order, _ in owner == nil || order.owner == owner }
      }
    }
    settle()
    return count
  }

  /// Cancels the orders of a queue that are chosen, in order of priority; gives their number.
  mutating func endAll(
    in queue: Int, _ reason: MatchReason, where isChosen: (BookCell, UInt32) -> Bool
  ) -> Int {
    var count = 0
    var level = bests[queue].level
    while level != BookCell.nobody {
      // The level goes with its last order, so what stands behind it is asked first.
      let behind = levelBehind(level, in: queue)
      var index = cells[Int(level)].links.next
      while index != level {
        let next = cells[Int(index)].links.next
        if isChosen(cells[Int(index)], index) {
          end(index, .canceled, reason)
          count += 1
        }
        index = next
      }
      level = behind
    }
    return count
  }

  // MARK: Time

  /// The time, as it was told last; 0 at first. Good-till-date orders whose time is
  /// not after it are gone.
  public var time: Timestamp { special.pointee.time }

  /// Sets the time, if `time` is later than the present one, and ends good-till-date orders whose time
  /// is not after it: `expired`, the earliest first, then in order of entry; then the consequences.
  /// O(log n) for each.
  @inlinable
  public mutating func advance<Sink: ReportSink & ~Copyable>(
    to time: Timestamp, into sink: inout Sink
  ) {
    setTime(time)
    handOn(to: &sink)
  }

  /// Ends day orders: `expired`, in order of entry; then the consequences.
  @inlinable
  public mutating func endDay<Sink: ReportSink & ~Copyable>(into sink: inout Sink) {
    expireDayOrders()
    handOn(to: &sink)
  }

  @usableFromInline
  mutating func setTime(_ time: Timestamp) {
    let state = special
    if time <= state.pointee.time { return }
    state.pointee.time = time
    while let place = state.pointee.expiries.first {
      let order = state.pointee.orders[Int(place)]
      if order.terms.expireTime > time { break }
      end(order.index, .expired, .timeReached)
    }
    settle()
  }

  @usableFromInline
  mutating func expireDayOrders() {
    let state = special
    while state.pointee.days.first != .max {
      end(state.pointee.orders[Int(state.pointee.days.first)].index, .expired, .endOfDay)
    }
    settle()
  }
}
