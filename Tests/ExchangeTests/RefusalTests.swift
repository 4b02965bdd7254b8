import MatchingEngine
import Testing
import TradingModel

@testable import Exchange

@Suite struct RefusalTests {
  @Test func filtersHaveTheirNames() {
    let f = Fixture()
    func limit(_ quantity: Int64, _ price: Int64) -> Refusal? {
      f.refusal(f.anna, .limit, .buy, quantity: quantity, price: price)
    }
    #expect(limit(1_000, 4_900_005) == .priceTick)
    #expect(limit(1_000, 0) == .priceRange)
    #expect(limit(1_000, -10) == .priceRange)
    #expect(limit(1_000, 10_000_010) == .priceBand)
    #expect(limit(1_000, 2_499_990) == .priceBand)
    #expect(limit(1_000, 10_000_000) == nil)
    #expect(limit(0, 4_900_000) == .quantityBelowMin)
    #expect(limit(-1, 4_900_000) == .quantityBelowMin)
    #expect(limit(100_000_001, 4_900_000) == .quantityAboveMax)
    #expect(limit(.max, 4_900_000) == .quantityAboveMax)
    #expect(limit(10, 4_900_000) == .notionalBelowMin)
    #expect(limit(3_000_000, 4_900_000) == .notionalAboveMax)
    #expect(limit(2_040_000, 4_900_000) == .insufficientBalance)
    #expect(
      f.refusal(f.anna, .limit, .sell, quantity: 1_000_001, price: 5_000_000)
        == .insufficientBalance)
    #expect(f.refusal(f.anna, .limit, .buy, 9, quantity: 1, price: 1) == .unknownSymbol)
    #expect(f.refusal(9, .limit, .buy, quantity: 1_000, price: 4_900_000) == .unknownAccount)
    #expect(f.refusal(0, .limit, .buy, quantity: 1_000, price: 4_900_000) == .unknownAccount)
    f.check()
  }

  @Test func lotsAndMarketSizes() {
    let f = Fixture {
      $0.instruments[0].listing.lot = 10
      $0.instruments[0].marketQuantityMax = 500
      $0.instruments[0].priceMin = 3_000_000
      $0.instruments[0].priceMax = 8_000_000
    }
    #expect(f.refusal(f.anna, .limit, .buy, quantity: 1_005, price: 4_900_000) == .lotStep)
    #expect(f.refusal(f.anna, .market, .buy, quantity: 510) == .quantityAboveMax)
    #expect(f.refusal(f.anna, .limit, .buy, quantity: 1_000, price: 2_999_990) == .priceRange)
    #expect(f.refusal(f.anna, .limit, .sell, quantity: 1_000, price: 8_000_010) == .priceRange)
  }

  @Test func fieldsMustBelongTogether() {
    let f = Fixture()
    func refusal(_ kind: OrderKind, _ change: (inout OrderRequest) -> Void) -> Refusal? {
      f.refusal(f.anna, kind, .buy, quantity: 1_000, price: kind.hasLimit ? 4_900_000 : 0, change)
    }
    #expect(refusal(.market) { $0.price = 5 } == .invalidCombination)
    #expect(refusal(.market) { $0.isPostOnly = true } == .invalidCombination)
    #expect(
      refusal(.limit) {
        $0.isPostOnly = true
        $0.timeInForce = .fillOrKill
      } == .invalidCombination)
    #expect(refusal(.limit) { $0.triggerPrice = 5 } == .invalidCombination)
    #expect(refusal(.limit) { $0.isReduceOnly = true } == .invalidCombination)
    #expect(refusal(.limit) { $0.timeInForce = .day } == .invalidCombination)
    #expect(refusal(.limit) { $0.timeInForce = .goodTillDate } == .invalidCombination)
    #expect(refusal(.limit) { $0.expireTime = startTime + 1 } == .invalidCombination)
    #expect(refusal(.limit) { $0.quoteQuantity = money("10") } == .invalidCombination)
    #expect(refusal(.market) { $0.quoteQuantity = money("10") } == .invalidCombination)
    #expect(refusal(.stopLoss) { _ in } == .invalidCombination)
    #expect(refusal(.trailingStop) { _ in } == .invalidCombination)
    #expect(
      refusal(.stopLoss) {
        $0.triggerPrice = 5_100_000
        $0.triggerSource = .mark
      } == .invalidCombination)
    #expect(refusal(.limit) { $0.positionSide = .long } == .positionSideMismatch)
    #expect(refusal(.limit) { $0.displayQuantity = 2_000 } == .icebergParts)
    #expect(
      refusal(.limit) {
        $0.timeInForce = .goodTillDate
        $0.expireTime = startTime
      } == .expireTimePassed)
  }

  @Test func clientOrderIDsAreUniqueAmongOpenOrders() {
    let f = Fixture()
    let id = f.enter(f.anna, .limit, .buy, quantity: 1_000, price: 4_900_000, id: "x")
    #expect(
      f.refusal(f.anna, .limit, .buy, quantity: 1_000, price: 4_900_000, id: "x")
        == .duplicateClientOrderID)
    f.enter(f.bert, .limit, .buy, quantity: 1_000, price: 4_900_000, id: "x")
    _ = f.exchange.cancel(.client("x"), by: f.anna)
    #expect(f.order(id).state == .canceled)
    let again = f.enter(f.anna, .limit, .buy, quantity: 1_000, price: 4_900_000, id: "x")
    #expect(f.exchange.order(.client("x"), of: f.anna)?.id == again)
    #expect(f.exchange.order(.venue(id), of: f.anna)?.clientOrderID == "x")
    #expect(f.exchange.order(.venue(id), of: f.bert) == nil)
    let strict = Fixture { $0.rules.clientOrderIDsMayRecur = false }
    strict.enter(strict.anna, .limit, .buy, quantity: 1_000, price: 4_900_000, id: "x")
    _ = strict.exchange.cancel(.client("x"), by: strict.anna)
    #expect(
      strict.refusal(strict.anna, .limit, .buy, quantity: 1_000, price: 4_900_000, id: "x")
        == .duplicateClientOrderID)
  }

  @Test func countsAreLimited() {
    let f = Fixture {
      $0.instruments[0].openOrdersMax = 3
      $0.instruments[0].waitingOrdersMax = 1
    }
    f.enter(f.anna, .stopLoss, .sell, quantity: 1_000) { $0.triggerPrice = 4_000_000 }
    #expect(
      f.refusal(f.anna, .stopLoss, .sell, quantity: 1_000) { $0.triggerPrice = 4_000_000 }
        == .tooManyWaitingOrders)
    f.enter(f.anna, .limit, .buy, quantity: 1_000, price: 4_900_000)
    f.enter(f.anna, .limit, .buy, quantity: 1_000, price: 4_900_000)
    #expect(f.refusal(f.anna, .limit, .buy, quantity: 1_000, price: 4_900_000) == .tooManyOrders)
    f.enter(f.bert, .limit, .buy, quantity: 1_000, price: 4_900_000)
    f.enter(f.anna, .limit, .buy, token, quantity: 1_000, price: 40_000)
  }

  @Test func closedMarketsRefuse() {
    let f = Fixture()
    let id = f.enter(f.anna, .limit, .buy, quantity: 1_000, price: 4_900_000)
    f.exchange.setStatus(spot, .cancelOnly)
    #expect(f.refusal(f.anna, .limit, .buy, quantity: 1_000, price: 4_900_000) == .marketClosed)
    #expect(
      f.exchange.amend(.venue(id), Amendment(quantity: 900), by: f.anna) == .failure(.marketClosed))
    f.exchange.setStatus(spot, .halted)
    #expect(f.exchange.cancel(.venue(id), by: f.anna) == .failure(.marketClosed))
    f.exchange.setStatus(spot, .cancelOnly)
    #expect(f.exchange.cancel(.venue(id), by: f.anna) == .success(id))
    f.check()
  }

  @Test func ordersThatAreNotThereCannotBeChanged() {
    let f = Fixture()
    let id = f.enter(f.anna, .limit, .buy, quantity: 1_000, price: 4_900_000, id: "x")
    #expect(f.exchange.cancel(.venue(id + 1), by: f.anna) == .failure(.unknownOrder))
    #expect(f.exchange.cancel(.client("y"), by: f.anna) == .failure(.unknownOrder))
    #expect(f.exchange.cancel(.client(""), by: f.anna) == .failure(.unknownOrder))
    #expect(f.exchange.cancel(.venue(id), by: f.bert) == .failure(.unknownOrder))
    #expect(f.exchange.cancel(.venue(id), by: f.anna, in: token) == .failure(.unknownOrder))
    #expect(f.exchange.cancel(.venue(id), by: f.anna, in: spot) == .success(id))
    #expect(f.exchange.cancel(.venue(id), by: f.anna) == .failure(.orderEnded))
  }

  @Test func keysHavePermissions() {
    let f = Fixture()
    let known = f.exchange.key("key-a")
    #expect(known?.account == f.anna && known?.key.permissions == [.read, .trade])
    #expect(f.exchange.key("key-b") == nil)
  }
}
