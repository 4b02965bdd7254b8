import Live
import Testing
import TradingModel

/// Orders of `shadow`: they stand, change and go as asked, and nothing fills.
@Suite struct ShadowRouteTests {
  private let bench = RouteBench(ShadowRoute(venue: RouteBench.venue))

  @Test func itIsConnectedAtOnceAndHasNoConnections() {
    #expect(bench.kinds == [.connected])
    #expect(bench.route.link == nil)
  }

  @Test func ordersStandChangeAndGoAsAsked() {
    bench.forgetReports()
    bench.send(.newOrder, 7, .buy, 100, 5)
    bench.send(.replace, 7, .buy, 101, 6)
    bench.send(.cancel, 7)
    #expect(bench.kinds == [.accepted, .replaced, .canceled])
    #expect(bench.reports.allSatisfy { $0.orderID == 7 && $0.cumulativeQuantity == 0 })
    #expect(bench.reports[0].venueOrderID > 0)
    #expect(bench.reports[1].price == 101 && bench.reports[1].quantity == 6)
    #expect(bench.reports.map(\.version) == [1, 2, 3])
  }

  @Test func whatCanOnlyFillAtOnceExpires() {
    bench.forgetReports()
    bench.send(.newOrder, 7, .buy, 0, 5, type: .market)
    bench.send(.newOrder, 8, .buy, 100, 5, timeInForce: .immediateOrCancel)
    bench.send(.newOrder, 9, .buy, 100, 5, timeInForce: .fillOrKill)
    #expect(bench.kinds == [.accepted, .expired, .accepted, .expired, .accepted, .expired])
  }

  @Test func noMarketFillsThem() {
    bench.send(.newOrder, 7, .buy, 100, 5)
    bench.forgetReports()
    bench.snapshot(bid: (98, 10), ask: (99, 10))
    bench.trade(.sell, 90, 1000)
    #expect(bench.reports.isEmpty)
  }

  /// After a restart nothing of the run before is known here, and a snapshot has nothing.
  @Test func questionsAreAnswered() {
    bench.forgetReports()
    bench.send(.querySnapshot)
    bench.send(.queryOrder, 3)
    #expect(bench.kinds == [.snapshotBegin, .snapshotEnd, .notFound])
    #expect(bench.reports.map(\.version) == [1, 1, 2])
  }
}
