import Backtest
import Live
import Testing
import TradingModel

/// Orders of `paper`: they fill by the live market, and nothing is sent.
@Suite struct PaperRouteTests {
  private let bench = RouteBench(
    PaperRoute(
      RecordedVenueSettings(
        venue: RouteBench.venue, seed: 1, startTime: 0, listings: [RouteBench.listing])))

  @Test func itConnectsByItself() {
    #expect(bench.kinds == [.connected])
    #expect(bench.route.link == nil)
  }

  @Test func restingOrdersFillByTheirPlaceInTheLiveQueue() {
    bench.snapshot(bid: (100, 10), ask: (101, 10))
    bench.forgetReports()
    bench.send(.newOrder, 7, .buy, 100, 5)
    #expect(bench.kinds == [.accepted])
    bench.trade(.sell, 100, 8)
    #expect(bench.fills.isEmpty)
    // 2 of those ahead are left: 4 come to us.
    bench.trade(.sell, 100, 6)
    #expect(bench.fills.map(\.lastQuantity) == [4])
    #expect(bench.fills[0].lastPrice == 100 && bench.fills[0].liquidity == .maker)
    // 2 basis points of 400, in the quote currency.
    #expect(bench.fills[0].fee == Money(Decimal(units: 8, decimals: 2)))
    #expect(bench.fills[0].feeCurrency == 2)
  }

  @Test func ordersThatTakeGetWhatIsShown() {
    bench.snapshot(bid: (100, 10), ask: (101, 10))
    bench.forgetReports()
    bench.send(.newOrder, 7, .buy, 101, 15, timeInForce: .immediateOrCancel)
    #expect(bench.kinds == [.accepted, .fill, .expired])
    #expect(bench.fills[0].lastQuantity == 10 && bench.fills[0].liquidity == .taker)
    #expect(bench.fills[0].fee == Money(Decimal(units: 505, decimals: 3)))
  }

  @Test func marketsOfOtherVenuesAreNotItsOwn() {
    bench.snapshot(of: 5, bid: (100, 10), ask: (101, 10))
    bench.forgetReports()
    bench.send(.newOrder, 7, .buy, 0, 5, type: .market)
    #expect(bench.kinds == [.rejected])
  }

  @Test func ordersAreChangedCanceledAndAskedFor() {
    bench.snapshot(bid: (100, 10), ask: (101, 10))
    bench.forgetReports()
    bench.send(.newOrder, 7, .buy, 99, 5)
    bench.send(.replace, 7, .buy, 98, 6)
    bench.send(.queryOrder, 7)
    bench.send(.cancel, 7)
    bench.send(.queryOrder, 8)
    #expect(bench.kinds == [.accepted, .replaced, .statusOpen, .canceled, .notFound])
  }
}
