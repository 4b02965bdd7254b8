import Testing
import TradingModel

@testable import VenueSimulator

/// Requests against a market in which nobody else acts. Its best prices are asked of the venue.
@Suite struct RequestTests {
  let venue = GeneratedVenueTests.venue(markets: [stillMarket()])
  let observer: Observer

  init() {
    observer = Observer(venue)
    observer.run(for: 2_000_000)
    observer.forgetReports()
  }

  private var bid: Int64 { venue.markets[0].bestPrice(.buy)! }
  private var ask: Int64 { venue.markets[0].bestPrice(.sell)! }
  private var askSize: Int64 { venue.markets[0].book.bestAsk!.quantity }
  private var kinds: [VenueReportKind] { observer.reports.map(\.kind) }

  @Test func limitRestsAndIsCanceled() {
    let sent = observer.now
    observer.request(.newOrder, 1, price: bid - 100, quantity: 100)
    #expect(kinds == [.accepted])
    let accepted = observer.reports[0]
    #expect(accepted.version == 1 && accepted.orderID == 1 && accepted.venueOrderID != 0)
    #expect(accepted.cumulativeQuantity == 0 && accepted.quantity == 100)
    // One millisecond there, one back.
    #expect(accepted.venueTime == sent + 1_000_000)
    observer.request(.cancel, 1)
    #expect(kinds == [.accepted, .canceled])
    #expect(observer.reports[1].version == 2)
    #expect(observer.reports[1].venueOrderID == accepted.venueOrderID)
    #expect(venue.gateway.openCount == 0)
    observer.request(.cancel, 1)
    #expect(observer.lastReport?.kind == .cancelRejected && observer.lastReport?.reason == .tooLate)
  }

  /// 0.1 at the ask costs the taker 5 basis points of price x 0.1.
  @Test func limitTakesAtTheMakersPrice() throws {
    let price = ask
    observer.request(.newOrder, 1, .buy, price: price + 50, quantity: 10)
    #expect(kinds == [.accepted, .fill])
    let fill = observer.reports[1]
    #expect(fill.lastPrice == price && fill.lastQuantity == 10 && fill.cumulativeQuantity == 10)
    #expect(fill.liquidity == .taker && fill.feeCurrency == 2)
    // price x 10^-2 x 10 x 10^-3 x 5 x 10^-4, in 10^-18.
    #expect(fill.fee.amount == Int128(price) * 10 * 5 * 1_000_000_000)
    #expect(observer.trades.last?.tradeID == fill.tradeID)
    #expect(observer.trades.last?.aggressor == .buy)
    #expect(venue.gateway.order(at: venue.gateway.index(of: 1)!).state == .filled)
  }

  @Test func makerEarnsTheRebate() {
    let price = bid + 10
    guard price < ask else { return }
    observer.request(.newOrder, 1, .buy, price: price, quantity: 100)
    let turn = VenueTurn(
      gateway: venue.gateway, time: observer.now, deliveries: observer.deliveries)
    venue.markets[0].book.submit(
      .market(.sell, 1 << 40, quantity: 40), into: &venue.markets[0].reports)
    _ = venue.markets[0].takeReports(in: turn)
    observer.run(for: 2_000_000)
    let fill = observer.lastReport!
    #expect(fill.kind == .fill && fill.liquidity == .maker && fill.lastQuantity == 40)
    #expect(fill.fee.amount == -Int128(price) * 40 * 1_000_000_000)
    observer.request(.queryOrder, 1)
    #expect(kinds.suffix(2) == [.fill, .statusOpen])
    #expect(observer.lastReport?.cumulativeQuantity == 40)
    #expect(observer.reports[observer.reports.count - 2] == fill)
  }

  @Test func marketOrderWalksAndExpiresWhenTheBookIsEmpty() {
    observer.request(.newOrder, 1, .sell, quantity: 1_000_000, type: .market)
    #expect(kinds.first == .accepted && kinds.last == .expired)
    #expect(observer.lastReport?.reason == .noLiquidity)
    let fills = observer.reports.filter { $0.kind == .fill }
    #expect(zip(fills, fills.dropFirst()).allSatisfy { $0.lastPrice >= $1.lastPrice })
    #expect(fills.map(\.lastQuantity).reduce(0, +) == observer.lastReport?.cumulativeQuantity)
    observer.request(.newOrder, 2, .sell, quantity: 100, type: .market)
    #expect(observer.lastReport?.kind == .rejected && observer.lastReport?.reason == .noLiquidity)
  }

  @Test func immediateOrCancelTakesWhatThereIs() {
    let size = askSize
    observer.request(
      .newOrder, 1, .buy, price: ask, quantity: size + 100, timeInForce: .immediateOrCancel)
    #expect(kinds.first == .accepted && kinds.last == .expired)
    #expect(observer.lastReport?.cumulativeQuantity == size)
  }

  @Test func fillOrKillIsAllOrNothing() {
    let size = askSize
    observer.request(
      .newOrder, 1, .buy, price: ask, quantity: size + 100, timeInForce: .fillOrKill)
    #expect(kinds == [.accepted, .expired])
    #expect(observer.lastReport?.reason == .notFillable)
    #expect(observer.lastReport?.cumulativeQuantity == 0)
    observer.request(.newOrder, 2, .buy, price: ask, quantity: size, timeInForce: .fillOrKill)
    #expect(observer.reports.last?.cumulativeQuantity == size)
  }

  @Test func postOnlyNeverTakes() {
    observer.request(.newOrder, 1, .buy, price: ask, quantity: 100, instructions: .postOnly)
    #expect(kinds == [.rejected] && observer.lastReport?.reason == .wouldTake)
    observer.request(.newOrder, 2, .buy, price: bid, quantity: 100, instructions: .postOnly)
    #expect(observer.lastReport?.kind == .accepted)
    observer.request(.replace, 2, .buy, price: ask, quantity: 100)
    #expect(observer.lastReport?.kind == .replaceRejected)
    #expect(observer.lastReport?.reason == .wouldTake && observer.lastReport?.version == 2)
  }

  @Test func replaceChangesTermsAndMayTrade() {
    observer.request(.newOrder, 1, .buy, price: bid - 100, quantity: 100)
    observer.request(.replace, 1, .buy, price: bid - 200, quantity: 60)
    let replaced = observer.lastReport!
    #expect(replaced.kind == .replaced && replaced.version == 2)
    #expect(replaced.price == bid - 200 && replaced.quantity == 60)
    observer.request(.replace, 1, .buy, price: ask, quantity: 60)
    #expect(kinds.contains(.fill))
    #expect(observer.reports.filter { $0.kind == .replaced }.count == 2)
  }

  @Test func ownOrdersDoNotTradeWithEachOther() {
    let inside = bid + 10
    guard inside < ask else { return }
    observer.request(.newOrder, 1, .buy, price: inside, quantity: 100)
    observer.request(.newOrder, 2, .sell, price: inside, quantity: 100)
    #expect(observer.lastReport?.kind == .canceled && observer.lastReport?.reason == .selfTrade)
    #expect(!kinds.contains(.fill))
  }

  @Test func queriesAreAnswered() {
    observer.request(.queryOrder, 77)
    #expect(kinds == [.notFound] && observer.lastReport?.version == 1)
    observer.request(.newOrder, 1, .buy, price: bid - 100, quantity: 100)
    observer.request(.newOrder, 2, .buy, price: ask, quantity: 10)
    observer.request(.newOrder, 3, .buy, price: bid - 200, quantity: 100)
    observer.request(.newOrder, 4, .buy, price: bid - 203, quantity: 100)
    observer.request(.cancel, 3)
    observer.forgetReports()
    for order in UInt64(1)...4 { observer.request(.queryOrder, order) }
    #expect(
      kinds == [.statusOpen, .fill, .statusFilled, .statusCanceled, .statusRejected])
    observer.forgetReports()
    observer.request(.querySnapshot, 0)
    #expect(kinds == [.snapshotBegin, .fill, .statusOpen, .snapshotEnd])
    #expect(observer.reports[2].orderID == 1 && observer.reports[2].price == bid - 100)
  }

  @Test func everyRefusal() {
    let far = bid - 1000
    func refused(_ order: OrderID, _ reason: VenueReason) {
      #expect(observer.lastReport?.kind == .rejected)
      #expect(observer.lastReport?.orderID == order && observer.lastReport?.reason == reason)
    }
    observer.request(.newOrder, 1, price: far - 5, quantity: 100)
    refused(1, .offGrid)
    observer.request(.newOrder, 2, price: far, quantity: 101)
    refused(2, .offGrid)
    observer.request(.newOrder, 3, price: far, quantity: 5)
    refused(3, .quantityOutsideLimits)
    observer.request(.newOrder, 4, price: far, quantity: 1_000_005)
    refused(4, .quantityOutsideLimits)
    // 0.01 at 400.00 is 4.00, below the least value of 5.
    observer.request(.newOrder, 5, price: 40_000, quantity: 10)
    refused(5, .quantityOutsideLimits)
    observer.request(.newOrder, 6, price: 0, quantity: 100)
    refused(6, .priceOutsideLimits)
    observer.request(.newOrder, 7, price: far, quantity: 100, type: .stop)
    refused(7, .other)
    observer.request(.newOrder, 8, price: far, quantity: 100, timeInForce: .goodTillDate)
    refused(8, .other)
    observer.request(.newOrder, 9, price: far, quantity: 100, instructions: .hidden)
    refused(9, .other)
    observer.request(.newOrder, 10, price: far, quantity: 100, listing: 9)
    refused(10, .other)
    observer.request(.newOrder, 11, quantity: 100, type: .market, instructions: .postOnly)
    refused(11, .other)
    observer.request(.newOrder, 12, price: far, quantity: 100)
    observer.request(.newOrder, 12, price: far, quantity: 100)
    refused(12, .duplicateOrder)
    #expect(venue.gateway.openCount == 1)
    observer.request(.replace, 12, price: far + 1, quantity: 100)
    #expect(observer.lastReport?.kind == .replaceRejected)
    #expect(observer.lastReport?.reason == .offGrid)
    observer.request(.replace, 99, price: far, quantity: 100)
    #expect(observer.lastReport?.reason == .unknownOrder)
    observer.request(.cancel, 99)
    #expect(observer.lastReport?.kind == .cancelRejected)
    #expect(observer.lastReport?.reason == .unknownOrder)
  }

  @Test func replaceBelowFilledIsRefused() {
    let size = askSize
    observer.request(.newOrder, 1, .buy, price: ask, quantity: size + 100)
    observer.request(.replace, 1, .buy, price: bid, quantity: size)
    #expect(observer.lastReport?.kind == .replaceRejected)
    #expect(observer.lastReport?.reason == .quantityOutsideLimits)
    #expect(observer.lastReport?.cumulativeQuantity == size)
  }

  @Test func capacityIsARefusal() {
    let small = GeneratedVenueTests.venue(markets: [stillMarket()]) {
      $0.gateway.orderCapacity = 2
    }
    let observer = Observer(small)
    observer.run(for: 2_000_000)
    for order in UInt64(1)...3 { observer.request(.newOrder, order, price: 40_000, quantity: 100) }
    #expect(observer.lastReport?.kind == .rejected && observer.lastReport?.reason == .capacity)
    // An ended order makes room, and is forgotten when the room is used.
    observer.request(.cancel, 1)
    observer.request(.newOrder, 4, price: 40_000, quantity: 100)
    #expect(observer.lastReport?.kind == .accepted)
    observer.request(.queryOrder, 1)
    #expect(observer.lastReport?.kind == .notFound)
  }
}
