import MatchingEngine
import Testing
import TradingModel

@testable import Exchange

@Suite struct OneTriggersOtherTests {
  /// Buys 0.01 BTC at 49,900.00.
  private func working(_ f: Fixture) -> OrderRequest {
    f.request(.limit, .buy, 1_000, price: 4_990_000)
  }

  @Test func thePendingOneComesWhenTheWorkingOneIsFilled() {
    let f = Fixture()
    let ids = f.enter(
      f.anna, .oneTriggersOther, [working(f), f.request(.limit, .sell, 900, price: 5_100_000)])
    #expect(f.order(ids[1]).state == .pendingNew && f.order(ids[1]).locked == .zero)
    #expect(
      f.story(f.anna) == ["list accepted", "\(ids[0]) accepted", "\(ids[1]) accepted"])
    #expect(f.exchange.openOrders(of: f.anna).map(\.id) == ids)
    f.enter(f.bert, .limit, .sell, quantity: 400, price: 4_990_000)
    #expect(f.order(ids[1]).state == .pendingNew)
    f.check()
    _ = f.exchange.takeEvents()
    f.enter(f.bert, .limit, .sell, quantity: 600, price: 4_990_000)
    #expect(f.order(ids[1]).state == .open && f.order(ids[1]).isWorking)
    #expect(f.story(f.anna) == ["\(ids[0]) filled", "list activated", "\(ids[1]) activated"])
    #expect(f.list(ids[0]).state == .executing)
    f.check()
    f.enter(f.bert, .limit, .buy, quantity: 900, price: 5_100_000)
    #expect(f.order(ids[1]).state == .filled && f.list(ids[0]).state == .allDone)
    f.check()
  }

  /// The one that works is filled at once, by a market order too.
  @Test(arguments: [OrderKind.limit, .market]) func atOnce(kind: OrderKind) {
    let f = Fixture()
    f.enter(f.bert, .limit, .sell, quantity: 1_000, price: 5_000_000)
    let ids = f.enter(
      f.anna, .oneTriggersOther,
      [
        f.request(kind, .buy, 1_000, price: kind == .limit ? 5_000_000 : 0),
        f.request(.stopLoss, .sell, 900, trigger: 4_900_000),
      ])
    #expect(f.order(ids[0]).state == .filled && f.order(ids[1]).state == .waiting)
    f.check()
  }

  @Test func aPendingMarketOrder() {
    let f = Fixture()
    f.enter(f.bert, .limit, .buy, quantity: 1_000, price: 4_980_000)
    let ids = f.enter(
      f.anna, .oneTriggersOther, [working(f), f.request(.market, .sell, 900)])
    _ = f.exchange.takeEvents()
    f.enter(f.bert, .limit, .sell, quantity: 1_000, price: 4_990_000)
    #expect(f.order(ids[1]).state == .filled)
    #expect(
      f.story(f.anna) == [
        "\(ids[0]) filled", "list activated", "\(ids[1]) activated", "\(ids[1]) filled",
        "list allDone",
      ])
    f.check()
  }

  @Test(arguments: [0, 1]) func aCancelOfOneCancelsBoth(place: Int) {
    let f = Fixture()
    let ids = f.enter(
      f.anna, .oneTriggersOther, [working(f), f.request(.limit, .sell, 900, price: 5_100_000)])
    f.enter(f.bert, .limit, .sell, quantity: 400, price: 4_990_000)
    #expect(f.exchange.cancel(.venue(ids[place]), by: f.anna) == .success(ids[place]))
    #expect(ids.allSatisfy { f.order($0).state == .canceled })
    #expect(f.list(ids[0]).state == .allDone)
    f.check()
  }

  /// Binance ends pending orders, OKX lets them act for what was filled.
  @Test(arguments: [AfterPartialFill.ends, .activates]) func partOfItFilled(rule: AfterPartialFill)
  {
    let f = Fixture()
    let ids = f.enter(
      f.anna, .oneTriggersOther, [working(f), f.request(.limit, .sell, 900, price: 5_100_000)]
    ) { $0.afterPartialFill = rule }
    f.enter(f.bert, .limit, .sell, quantity: 400, price: 4_990_000)
    _ = f.exchange.cancel(.venue(ids[0]), by: f.anna)
    if rule == .ends {
      #expect(f.order(ids[1]).endReason == .listCanceled)
    } else {
      #expect(f.order(ids[1]).state == .open && f.order(ids[1]).quantity == 400)
    }
    f.check()
  }

  @Test func thePendingQuantityIsWhatWasFilled() {
    let f = Fixture()
    let ids = f.enter(
      f.anna, .oneTriggersOther, [working(f), f.request(.limit, .sell, 0, price: 5_100_000)]
    ) { $0.pendingQuantity = .filled }
    f.enter(f.bert, .limit, .sell, quantity: 1_000, price: 4_990_000)
    #expect(f.order(ids[1]).quantity == 1_000 && f.order(ids[1]).isWorking)
    f.check()
  }

  @Test func whatCannotBeEnteredEndsWithTheReason() {
    let f = Fixture()
    #expect(f.exchange.withdraw(money("10"), of: btc, from: f.anna) == nil)
    let ids = f.enter(
      f.anna, .oneTriggersOther, [working(f), f.request(.limit, .sell, 2_000, price: 5_100_000)])
    let passed = f.enter(
      f.anna, .oneTriggersOneCancelsOther,
      [
        f.request(.limit, .buy, 1_000, price: 4_980_000),
        f.request(.limit, .sell, 900, price: 5_100_000),
        f.request(.stopLoss, .sell, 900, trigger: 4_980_000),
      ])
    f.enter(f.bert, .limit, .sell, quantity: 2_000, price: 4_980_000)
    #expect(f.order(ids[1]).endReason == .refusedAtActivation)
    #expect(f.order(ids[1]).refusal == .insufficientBalance)
    #expect(f.order(passed[2]).refusal == .wouldTrigger)
    #expect(f.order(passed[1]).endReason == .listEnded)
    #expect(f.exchange.openLists(of: f.anna) == [])
    f.check()
  }

  @Test func aPendingPair() {
    let f = Fixture()
    let ids = f.enter(
      f.anna, .oneTriggersOneCancelsOther,
      [
        working(f), f.request(.limit, .sell, 900, price: 5_100_000),
        f.request(.stopLoss, .sell, 900, trigger: 4_900_000),
      ])
    f.enter(f.bert, .limit, .buy, quantity: 5_000, price: 4_800_000)
    f.enter(f.bert, .limit, .sell, quantity: 1_000, price: 4_990_000)
    #expect(f.order(ids[1]).isWorking && f.order(ids[2]).state == .waiting)
    #expect(f.balance(f.anna, btc).locked == "0.009")
    f.check()
    f.print(4_900_000)
    #expect(f.order(ids[2]).state == .filled && f.order(ids[1]).endReason == .otherExecuted)
    #expect(f.list(ids[0]).state == .allDone)
    f.check()
  }

  @Test func pendingOrdersCanBeAmended() {
    let f = Fixture()
    let ids = f.enter(
      f.anna, .oneTriggersOther, [working(f), f.request(.stopLoss, .sell, 900, trigger: 4_900_000)])
    // What has passed now may not have passed then.
    let amendment = Amendment(quantity: 800, triggerPrice: 5_050_000)
    #expect(f.exchange.amend(.venue(ids[1]), amendment, by: f.anna) == .success(ids[1]))
    #expect(f.order(ids[1]).state == .pendingNew && f.order(ids[1]).quantity == 800)
    f.check()
  }

  @Test func anotherEndOfTheWorkingOneEndsThePendingOnes() {
    let f = Fixture()
    let ids = f.enter(
      f.anna, .oneTriggersOneCancelsOther,
      [
        f.request(.limit, .buy, 1_000, price: 4_990_000) { $0.timeInForce = .fillOrKill },
        f.request(.limit, .sell, 900, price: 5_100_000),
        f.request(.stopLoss, .sell, 900, trigger: 4_900_000),
      ])
    #expect(f.order(ids[0]).endReason == .notFillable)
    #expect(ids.dropFirst().allSatisfy { f.order($0).endReason == .listEnded })
    #expect(f.list(ids[0]).state == .allDone)
    #expect(f.exchange.dump().contains("list 1 1 \"\" oneTriggersOneCancelsOther orders"))
    f.check()
  }

  @Test func whatNeedsAPositionIsAskedWhenItIsThere() {
    let f = Fixture()
    let ids = f.enter(
      f.anna, .oneTriggersOneCancelsOther,
      [
        f.request(.limit, .buy, 100, price: 499_000, linear),
        f.request(.takeProfit, .sell, 0, trigger: 510_000, linear) { $0.closesPosition = true },
        f.request(.stopLoss, .sell, 0, trigger: 490_000, linear) { $0.closesPosition = true },
      ])
    f.enter(f.bert, .limit, .sell, linear, quantity: 100, price: 499_000)
    #expect(f.order(ids[1]).state == .waiting && f.order(ids[2]).state == .waiting)
    f.check()
    f.enter(f.bert, .limit, .buy, linear, quantity: 500, price: 511_000)
    f.print(511_000, linear)
    #expect(f.order(ids[1]).state == .filled && f.order(ids[1]).quantity == 100)
    #expect(f.order(ids[2]).endReason == .otherExecuted)
    #expect(f.exchange.position(of: f.anna, linear, .net).quantity == 0)
    f.check()
  }
}
