import MatchingEngine
import Testing
import TradingModel

@testable import Exchange

@Suite struct ConditionalOrderTests {
  /// Which way each kind waits: the prices that leave it waiting and that trigger it.
  @Test(arguments: [
    (OrderKind.stopLoss, Side.sell, Int64(4_900_010), Int64(4_900_000)),
    (.stopLoss, .buy, 5_099_990, 5_100_000),
    (.takeProfit, .sell, 5_099_990, 5_100_000),
    (.takeProfit, .buy, 4_900_010, 4_900_000),
    (.stopLossLimit, .sell, 4_900_010, 4_890_000),
    (.takeProfitLimit, .sell, 5_099_990, 5_110_000),
  ])
  func waitsForItsPrice(kind: OrderKind, side: Side, before: Int64, at: Int64) {
    let f = Fixture()
    let trigger: Int64 = before > at ? 4_900_000 : 5_100_000
    let id = f.enter(
      f.anna, kind, side, quantity: 1_000, price: kind.hasLimit ? 5_200_000 : 0
    ) { $0.triggerPrice = trigger }
    #expect(f.order(id).state == .waiting)
    f.print(before)
    #expect(f.order(id).state == .waiting && !f.order(id).isTriggered)
    _ = f.exchange.takeEvents()
    f.print(at)
    #expect(f.order(id).isTriggered)
    if kind.hasLimit {
      #expect(f.order(id).state == .open && f.order(id).isWorking)
      #expect(f.kinds(f.anna) == [.triggered])
    } else {
      #expect(f.kinds(f.anna) == [.triggered, .expired])
      #expect(f.order(id).endReason == .noLiquidity)
    }
    f.check()
  }

  @Test func passedTriggersAreRefusedOrActAtOnce() {
    let f = Fixture()
    #expect(
      f.refusal(f.anna, .stopLoss, .sell, quantity: 1_000) { $0.triggerPrice = 5_000_000 }
        == .wouldTrigger)
    #expect(
      f.refusal(f.anna, .takeProfit, .sell, quantity: 1_000) { $0.triggerPrice = 4_000_000 }
        == .wouldTrigger)
    let free = Fixture { $0.rules.passedTriggerIsRefused = false }
    free.enter(free.bert, .limit, .buy, quantity: 1_000, price: 4_990_000)
    let id = free.enter(free.anna, .stopLoss, .sell, quantity: 1_000) {
      $0.triggerPrice = 5_100_000
    }
    #expect(free.order(id).state == .filled)
    #expect(free.kinds(free.anna) == [.accepted, .triggered, .filled])
  }

  @Test func waitingSpotOrdersHoldTheirMoney() {
    let f = Fixture()
    f.enter(f.anna, .stopLoss, .buy, quantity: 100_000) { $0.triggerPrice = 5_100_000 }
    f.enter(f.anna, .stopLossLimit, .buy, quantity: 100_000, price: 5_200_000) {
      $0.triggerPrice = 5_100_000
    }
    f.enter(f.anna, .takeProfit, .sell, quantity: 100_000) { $0.triggerPrice = 5_100_000 }
    #expect(f.balance(f.anna, usdt) == ("897000", "103000"))
    #expect(f.balance(f.anna, btc) == ("9", "1"))
    f.check()
  }

  @Test func whatIsTooDearWhenTriggeredExpires() {
    let f = Fixture()
    #expect(f.exchange.withdraw(money("948000"), of: usdt, from: f.anna) == nil)
    let id = f.enter(f.anna, .stopLoss, .buy, quantity: 100_000) { $0.triggerPrice = 5_100_000 }
    f.enter(f.bert, .limit, .sell, quantity: 100_000, price: 5_300_000)
    f.print(5_100_000)
    #expect(f.order(id).endReason == .insufficientBalance && f.order(id).filled == 0)
    #expect(f.balance(f.anna, usdt) == ("52000", "0"))
    f.check()
  }

  @Test func triggeredOrdersTriggerOthers() {
    let f = Fixture()
    f.enter(f.bert, .limit, .buy, quantity: 1_000, price: 4_800_000)
    f.enter(f.bert, .limit, .buy, quantity: 1_000, price: 4_700_000)
    let low = f.enter(f.anna, .stopLoss, .sell, quantity: 1_000) { $0.triggerPrice = 4_800_000 }
    let high = f.enter(f.anna, .stopLoss, .sell, quantity: 1_000) { $0.triggerPrice = 4_900_000 }
    f.print(4_900_000)
    #expect(f.order(high).filledValue == money("480"))
    #expect(f.order(low).filledValue == money("470"))
    f.check()
  }

  @Test func trailingStopsFollowTheBestPrice() {
    let f = Fixture()
    f.enter(f.bert, .limit, .buy, quantity: 10_000, price: 4_000_000)
    let id = f.enter(f.anna, .trailingStop, .sell, quantity: 1_000) {
      $0.callbackRate = Rate(parts: 1_000_000)
    }
    // Above the entry price of 50,000.00 the extreme rises; a callback of 1 % triggers.
    for price in [Int64(5_100_000), 5_060_000, 5_200_000, 5_148_010] {
      f.print(price)
      #expect(f.order(id).state == .waiting, "\(price)")
    }
    #expect(f.order(id).extremePrice == 5_200_000)
    f.print(5_148_000)
    #expect(f.order(id).state == .filled)
    f.print(5_400_000)
    let buy = f.enter(f.anna, .trailingStop, .buy, quantity: 1_000) {
      $0.callbackRate = Rate(parts: 1_000_000)
      $0.triggerPrice = 5_000_000
    }
    f.print(5_400_000)
    #expect(f.order(buy).extremePrice == 0, "not activated yet")
    f.print(4_990_000)
    f.print(5_039_890)
    #expect(f.order(buy).state == .waiting)
    f.print(5_039_900)
    #expect(f.order(buy).isTriggered)
    f.check()
  }

  @Test func marksTriggerContracts() {
    let f = Fixture()
    f.enter(f.bert, .limit, .buy, linear, quantity: 10, price: 480_000)
    let id = f.enter(f.anna, .stopLoss, .sell, linear, quantity: 10) {
      $0.triggerPrice = 490_000
      $0.triggerSource = .mark
    }
    f.exchange.setLevel(linear, .sell, price: 485_000, quantity: 1)
    f.exchange.takeLiquidity(linear, .buy, price: 485_000, quantity: 1)
    #expect(f.order(id).state == .waiting)
    f.exchange.setMark(linear, mark: 490_000, index: 490_000)
    #expect(f.order(id).state == .filled)
    f.check()
  }

  @Test func waitingOrdersCanBeAmendedAndCanceled() {
    let f = Fixture()
    let id = f.enter(f.anna, .stopLossLimit, .buy, quantity: 100_000, price: 5_200_000) {
      $0.triggerPrice = 5_100_000
    }
    #expect(
      f.exchange.amend(.venue(id), Amendment(triggerPrice: 4_900_000), by: f.anna)
        == .failure(.wouldTrigger))
    #expect(
      f.exchange.amend(.venue(id), Amendment(price: 5_300_000, triggerPrice: 5_150_000), by: f.anna)
        == .success(id))
    #expect(f.balance(f.anna, usdt).locked == "53000")
    f.print(5_140_000)
    #expect(f.order(id).state == .waiting)
    f.print(5_150_000)
    #expect(f.order(id).isWorking)
    let other = f.enter(f.anna, .takeProfit, .buy, quantity: 1_000) { $0.triggerPrice = 4_000_000 }
    #expect(f.exchange.cancel(.venue(other), by: f.anna) == .success(other))
    f.check()
  }

  @Test func postOnlyAfterTheTriggerExpires() {
    let f = Fixture()
    f.enter(f.bert, .limit, .buy, quantity: 1_000, price: 4_895_000)
    let id = f.enter(f.anna, .stopLossLimit, .sell, quantity: 1_000, price: 4_890_000) {
      $0.triggerPrice = 4_900_000
      $0.isPostOnly = true
    }
    f.print(4_900_000)
    #expect(f.order(id).endReason == .wouldTake)
    f.check()
  }
}
