import LowLatency
import Testing
import TradingModel

@testable import VenueSimulator

@Suite struct FaultTests {
  /// What an engine would know of its orders from the reports alone.
  private struct Knowledge {
    var fills: [TradeID: Int64] = [:]
    var filled: [OrderID: Int64] = [:]

    mutating func take(_ report: VenueReport) {
      guard report.kind == .fill, fills[report.tradeID] == nil else { return }
      fills[report.tradeID] = report.lastQuantity
      filled[report.orderID, default: 0] += report.lastQuantity
    }
  }

  /// Random orders, replaces and cancels at a busy venue with faults.
  private func trade(
    seed: UInt64, requests: Int = 150, _ faults: (inout VenueFaults) -> Void
  ) -> (observer: Observer, venue: GeneratedVenue) {
    let venue = GeneratedVenueTests.venue(seed: seed) { faults(&$0.gateway.faults) }
    let observer = Observer(venue)
    var random = SeededRandom(seed: seed ^ 0xFA17)
    observer.run(for: 10_000_000)
    for number in 1...UInt64(requests) {
      let side: Side = random.next() & 1 == 0 ? .buy : .sell
      let price = (venue.markets[0].bestPrice(side) ?? 50_000) + random.integer(in: -2...2) * 10
      observer.request(
        .newOrder, number, side, price: price, quantity: random.integer(in: 5...100) * 5)
      let older = 1 + random.next(below: number)
      if random.chance(0.4) { observer.request(.cancel, older, side) }
      if random.chance(0.3) {
        observer.request(.replace, older, side, price: price, quantity: 600)
      }
      observer.run(for: random.integer(in: 1...30_000_000))
    }
    return (observer, venue)
  }

  /// The venue's own record agrees with itself: what is filled is the sum of its trades.
  private func checkRecord(_ venue: GeneratedVenue) {
    var filled: [OrderID: Int64] = [:]
    var ids: Set<TradeID> = []
    for number in 1..<(venue.gateway.tradeCount + 1) {
      guard let trade = venue.gateway.trade(number) else {
        Issue.record("a trade is missing from the record")
        continue
      }
      filled[trade.orderID, default: 0] += trade.quantity
      #expect(filled[trade.orderID] == trade.cumulativeQuantity)
      #expect(ids.insert(trade.tradeID).inserted)
    }
    var open = 0
    for orderID in UInt64(1)...150 {
      guard let index = venue.gateway.index(of: orderID) else { continue }
      let order = venue.gateway.order(at: index)
      #expect(order.cumulativeQuantity == filled[orderID, default: 0])
      #expect(order.cumulativeQuantity <= order.quantity)
      #expect((order.state == .filled) == (order.cumulativeQuantity == order.quantity))
      let resting = venue.markets[0].book.order(orderID << 1 | 1)
      #expect((resting != nil) == (order.state == .open))
      if order.state == .open {
        open += 1
        #expect(resting?.leaves == order.leavesQuantity && resting?.price == order.price / 10)
      }
    }
    #expect(open == venue.gateway.openCount)
    venue.markets[0].book.checkInvariants()
  }

  /// After a snapshot the reports tell all that happened.
  private func checkLearned(_ observer: Observer, _ venue: GeneratedVenue) {
    // Nobody trades any more, so that nothing is under way at the end.
    venue.markets[0].nextFlowTime = .max
    observer.run(for: second)
    while !venue.gateway.isConnected { observer.run(for: second) }
    observer.request(.querySnapshot, 0, wait: 100_000_000)
    var knowledge = Knowledge()
    for report in observer.reports { knowledge.take(report) }
    for orderID in UInt64(1)...150 {
      guard let index = venue.gateway.index(of: orderID) else { continue }
      let order = venue.gateway.order(at: index)
      #expect(knowledge.filled[orderID, default: 0] == order.cumulativeQuantity)
    }
  }

  @Test(arguments: UInt64(1)...3)
  func withoutFaultsNothingIsLost(seed: UInt64) {
    let (observer, venue) = trade(seed: seed) { _ in }
    checkRecord(venue)
    #expect(venue.gateway.lostReportCount == 0 && venue.gateway.tradeCount > 20)
    observer.run(for: 100_000_000)
    #expect(observer.reports.filter { $0.kind == .fill }.count == Int(venue.gateway.tradeCount))
    #expect(observer.states == [.synced])
  }

  @Test(arguments: UInt64(1)...5)
  func lostAnswers(seed: UInt64) {
    let (observer, venue) = trade(seed: seed) { $0.lostAnswers = 300_000 }
    checkRecord(venue)
    #expect(venue.gateway.lostReportCount > 20)
    checkLearned(observer, venue)
  }

  @Test(arguments: UInt64(1)...5)
  func duplicatedAndReorderedReports(seed: UInt64) {
    let (observer, venue) = trade(seed: seed) {
      $0.duplicatedReports = 300_000
      $0.reorderedReports = 300_000
    }
    checkRecord(venue)
    let fills = observer.reports.filter { $0.kind == .fill }
    #expect(fills.count > Set(fills.map(\.tradeID)).count)
    let times = observer.reports.map(\.venueTime)
    #expect(times != times.sorted())
    checkLearned(observer, venue)
  }

  @Test(arguments: UInt64(1)...5)
  func disconnects(seed: UInt64) {
    let (observer, venue) = trade(seed: seed) {
      $0.disconnectInterval = second
      $0.disconnectDuration = 100_000_000
    }
    checkRecord(venue)
    let states = observer.reports.map(\.kind).filter { $0 == .connected || $0 == .disconnected }
    #expect(states.count > 2)
    for (place, state) in states.enumerated() {
      #expect(state == (place % 2 == 0 ? .connected : .disconnected))
    }
    #expect(observer.states.contains(.disconnected))
    #expect(venue.gateway.lostRequestCount > 0)
    checkLearned(observer, venue)
  }

  /// A gap skips a number, is told, and ends with a snapshot that is the book again.
  @Test(arguments: UInt64(1)...3)
  func feedGaps(seed: UInt64) {
    let venue = GeneratedVenueTests.venue(seed: seed) {
      $0.gateway.faults.feedGapInterval = second
    }
    let observer = Observer(venue)
    observer.run(for: 20 * second)
    #expect(observer.states.filter { $0 == .gap }.count > 5)
    for (place, state) in observer.states.enumerated() {
      #expect(state == (place % 2 == 0 ? .synced : .gap))
    }
    var breaks = 0
    for (before, after) in zip(observer.updates, observer.updates.dropFirst())
    where after.venueSequence != before.venueSequence + 1 {
      breaks += 1
      // Nothing is sent between the loss and the snapshot.
      #expect(after.isSnapshot)
    }
    #expect(breaks > 5)
  }
}
