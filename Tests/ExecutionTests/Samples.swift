import Execution
import TradingModel

/// SplitMix64: the same numbers from the same seed, everywhere.
struct Dice: RandomNumberGenerator {
  var state: UInt64
  /// Seeds are spread by another constant than `next` steps by: else seeds share one stream.
  init(_ seed: UInt64) {
    state = (seed &+ 1) &* 0xD134_2543_DE82_EF95
    state ^= next()
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
  mutating func once(in count: Int) -> Bool { next() % UInt64(count) == 0 }
  mutating func within(_ range: ClosedRange<Int64>) -> Int64 {
    range.lowerBound + Int64(next() % UInt64(range.upperBound - range.lowerBound + 1))
  }
}

func makeOrder(
  strategy: StrategyIndex = 0, listing: ListingIndex = 0, quantity: Int64 = 10, price: Int64 = 100
) -> Order {
  Order(
    id: 0, listing: listing, strategy: strategy, venue: 0, side: .buy, type: .limit,
    timeInForce: .goodTillCancel, instructions: [], price: price, quantity: quantity, createdAt: 1)
}

/// One order, its reports and what was booked for it: the order stands at an address, as in the core.
final class Bench {
  var reports = OrderReports(tradeCapacity: 256, listingCapacity: 4)
  let order: UnsafeMutablePointer<Order>
  var booked: [FillLeg] = []
  var effects: [ReportEffect] = []

  init(_ order: Order = makeOrder(), isSent: Bool = true) {
    self.order = .allocate(capacity: 1)
    self.order.initialize(to: order)
    self.order.pointee.id = 7
    if !isSent { return }
    act(.requestNew)
    ask(.newOrder, price: order.price, quantity: order.quantity)
  }
  deinit { order.deallocate() }

  func act(_ input: OrderInput, version: RequestVersion = 0, now: Timestamp = 1) {
    effects.append(reports.apply(input, to: order, version: version, now: now))
  }

  /// Puts a request under way; returns its version.
  @discardableResult
  func ask(
    _ kind: PendingKind, price: Int64 = 100, quantity: Int64 = 10, at time: Timestamp = 1
  ) -> RequestVersion {
    let version = order.pointee.lastVersion + 1
    let isRoom = order.pointee.addPending(
      PendingRequest(kind: kind, version: version, sentAt: time, price: price, quantity: quantity))
    precondition(isRoom)
    return version
  }

  @discardableResult
  func tell(_ report: VenueReport, listedSince: Timestamp? = nil, now: Timestamp = 2)
    -> ReportEffect
  {
    var report = report
    report.orderID = order.pointee.id
    let effect = reports.apply(report, to: order, listedSince: listedSince, now: now)
    if let leg = effect.reversal {
      var undone = leg
      undone.isReversal = false
      let index = booked.firstIndex(of: undone)
      precondition(index != nil, "only what is booked is taken back")
      booked.remove(at: index!)
    }
    if let leg = effect.booking { booked.append(leg) }
    effects.append(effect)
    return effect
  }

  @discardableResult
  func tell(
    _ kind: VenueReportKind, version: RequestVersion = 0, trade: TradeID = 0, price: Int64 = 100,
    quantity: Int64 = 0, cumulative: Int64 = -1, reason: VenueReason = .none, time: Timestamp = 5,
    fee: Int128 = 0
  ) -> ReportEffect {
    tell(
      VenueReport(
        kind: kind, venue: 0, reason: reason, venueOrderID: 50, version: version, tradeID: trade,
        lastPrice: price, lastQuantity: quantity, cumulativeQuantity: cumulative, price: price,
        quantity: quantity, fee: Money(amount: fee), venueTime: time))
  }

  var row: OrderRow { order.pointee.row }
  var uncertainty: Uncertainty { order.pointee.uncertainty }
  var filled: Int64 { order.pointee.cumulativeQuantity }
  var exposure: Int64 { order.pointee.worstCaseOpenQuantity }
  var isSettled: Bool { order.pointee.isSettled }
}
