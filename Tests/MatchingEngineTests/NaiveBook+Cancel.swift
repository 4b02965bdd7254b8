import MatchingEngine
import TradingModel

// Cancels, and the end of orders by time.
extension NaiveBook {
  mutating func cancel(_ id: OrderID) {
    let known = find(id).map { self[$0] } ?? findStop(id).map { stops[$0] }
    guard let order = known else {
      reports.append(
        MatchReport(
          .cancelRejected, reason: .unknownOrder, orderID: id, owner: 0, side: .buy, price: 0,
          quantity: 0, leaves: 0))
      return
    }
    if phase == .halted {
      report(.cancelRejected, .tradingHalted, order, quantity: 0, leaves: order.leaves)
      return
    }
    end(order, .canceled, .requested)
    settle()
  }

  /// Gives how many orders it canceled.
  @discardableResult mutating func cancelAll(owner: OwnerID?, side: Side?) -> Int {
    var count = 0
    for each in [Side.buy, .sell] where side == nil || side == each {
      for order in orders(each) + waiting(each) where owner == nil || owner == order.owner {
        end(order, .canceled, .massCancel)
        count += 1
      }
    }
    settle()
    return count
  }

  mutating func advance(to time: Timestamp) {
    self.time = max(self.time, time)
    let ending = everyOrder.filter {
      $0.entry.timeInForce == .goodTillDate && $0.terms.expireTime <= self.time
    }
    for order in ending.sorted(by: {
      ($0.terms.expireTime, $0.entered) < ($1.terms.expireTime, $1.entered)
    }) {
      end(order, .expired, .timeReached)
    }
    settle()
  }

  mutating func endDay() {
    for order in everyOrder where order.entry.timeInForce == .day {
      end(order, .expired, .endOfDay)
    }
    settle()
  }

  /// Stops that wait included, in order of entry.
  var everyOrder: [Order] {
    (queues[0] + queues[1] + stops).sorted { $0.entered < $1.entered }
  }

  private mutating func end(_ order: Order, _ kind: ReportKind, _ reason: MatchReason) {
    if let place = find(order.id) { remove(place) }
    stops.removeAll { $0.id == order.id }
    report(kind, reason, order, quantity: order.leaves, leaves: 0)
  }
}
