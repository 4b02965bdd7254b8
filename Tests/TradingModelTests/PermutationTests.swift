import Testing
import TradingModel

/// Any order of the same reports, and any repetition, ends in the same order: a driver of a page that
/// only calls what the model offers.
@Suite struct PermutationTests {
  struct Driver {
    var order: Order
    var trades: Set<TradeID> = []

    mutating func apply(_ report: VenueReport) {
      _ = order.take(OrderInput(report.kind), version: report.version)
      order.noteVenueCumulative(report.cumulativeQuantity)
      order.noteVenueOrderID(report.venueOrderID, version: report.version)
      order.clearPending(version: report.version)
      switch report.kind {
      case .fill:
        if trades.insert(report.tradeID).inserted {
          order.addFill(price: report.lastPrice, quantity: report.lastQuantity)
        }
      case .replaced:
        order.confirmTerms(
          price: report.price, quantity: report.quantity, version: report.version)
      case .triggered: order.isTriggered = true
      case .suspended: order.noteSuspension(true, at: report.venueTime)
      case .resumed: order.noteSuspension(false, at: report.venueTime)
      default: break
      }
      order.settleRow(now: 1)
    }

    /// Everything that must not depend on arrival.
    var digest: UInt64 {
      var hash = RecordHash()
      var order = self.order
      // Which place a request stands in is no state.
      let requests = (0..<4).map { order.pending[$0] }.sorted { $0.version < $1.version }
      for index in 0..<4 { order.pending[index] = requests[index] }
      order.hash(into: &hash)
      return hash.value
    }
  }

  static func history(_ random: inout TestRandom) -> (Order, [VenueReport]) {
    var order = OrderTests.order(.sent)
    _ = order.addPending(OrderTests.request(.newOrder, 1))
    var reports: [VenueReport] = []
    var cumulative: Int64 = 0
    var quantity = order.quantity
    var time: Timestamp = 100
    func report(_ kind: VenueReportKind, version: RequestVersion = 0, price: Int64 = 0) {
      time += 1
      reports.append(
        VenueReport(
          kind: kind, venue: 0, venueOrderID: 50 + UInt64(version), version: version,
          tradeID: kind == .fill ? UInt64(time) : 0, lastPrice: price,
          lastQuantity: kind == .fill ? 5 : 0, cumulativeQuantity: cumulative, price: 100,
          quantity: quantity, venueTime: time))
    }
    if random.next() % 8 == 0 {
      report(.rejected, version: 1)
      return (order, reports)
    }
    report(.accepted, version: 1)
    for version in 2...4 as ClosedRange<RequestVersion> {
      if quantity > cumulative, random.next() % 2 == 0 {
        cumulative += 5
        report(.fill, price: 100 + Int64(random.next() % 3))
      }
      if random.next() % 4 == 0 { report(.suspended) }
      if random.next() % 4 == 0 { report(.resumed) }
      guard version < 4, random.next() % 2 == 0 else { continue }
      let larger = quantity + 5 * (1 + Int64(random.next() % 3))
      _ = order.addPending(OrderTests.request(.replace, version, quantity: larger))
      if cumulative < quantity {
        quantity = larger
        report(.replaced, version: version)
      } else if random.next() % 2 == 0 {
        report(.replaceRejected, version: version)
      }
    }
    if random.next() % 2 == 0 {
      _ = order.addPending(OrderTests.request(.cancel, 4))
      if cumulative < quantity {
        report(.canceled, version: random.next() % 2 == 0 ? 4 : 0)
        if random.next() % 3 == 0 { report(.statusCanceled) }
      } else {
        report(.cancelRejected, version: 4)
        if random.next() % 3 == 0 { report(.statusFilled) }
      }
    } else if cumulative < quantity {
      report([.expired, .statusOpen, .triggered][Int(random.next() % 3)])
    }
    return (order, reports)
  }

  @Test(arguments: UInt64(0)..<200)
  func arrivalOrderDoesNotMatter(seed: UInt64) {
    var random = TestRandom(seed: seed)
    for _ in 0..<10 {
      let (order, reports) = Self.history(&random)
      var first = Driver(order: order)
      for report in reports { first.apply(report) }
      for _ in 0..<20 {
        var other = Driver(order: order)
        var delivery = reports
        for report in reports where random.next() % 3 == 0 { delivery.append(report) }
        delivery.shuffle(using: &random)
        for report in delivery { other.apply(report) }
        #expect(
          other.digest == first.digest,
          """
          seed \(seed): \(reports.map(\.kind)) ends \(first.order.row) \(first.order.uncertainty), \
          \(delivery.map(\.kind)) ends \(other.order.row) \(other.order.uncertainty)
          """)
        checkInvariants(other.order)
      }
    }
  }

  private func checkInvariants(_ order: Order) {
    #expect(order.cumulativeQuantity >= 0 && order.cumulativeQuantity <= order.grossQuantity)
    #expect(order.uncertainty.isEmpty == (order.unknownSince == 0))
    if order.row.isDone {
      #expect(order.leavesQuantity == 0)
      if !order.mayReopen {
        for kind: PendingKind in [.newOrder, .replace, .cancel, .query] {
          #expect(!order.hasPending(kind))
        }
      }
    } else {
      #expect(order.leavesQuantity == order.quantity - order.cumulativeQuantity)
      #expect(order.worstCaseOpenQuantity >= order.leavesQuantity)
    }
    // Settling twice is settling once.
    var again = order
    again.settleRow(now: 99)
    var (a, b) = (RecordHash(), RecordHash())
    order.hash(into: &a)
    again.hash(into: &b)
    #expect(a == b)
  }
}
