import MatchingEngine
import Testing
import TradingModel

@testable import Exchange

@Suite struct OneCancelsOtherTests {
  /// A sell at 51,000.00 and a stop at 49,000.00, 0.01 BTC each.
  private func bracket(_ f: Fixture, isStopFirst: Bool = false) -> [OrderID] {
    let limit = f.request(.limit, .sell, 1_000, price: 5_100_000)
    let stop = f.request(.stopLossLimit, .sell, 1_000, price: 4_890_000, trigger: 4_900_000)
    return f.enter(f.anna, .oneCancelsOther, isStopFirst ? [stop, limit] : [limit, stop])
  }

  @Test func theSameMoneyIsBehindBoth() {
    let f = Fixture()
    _ = bracket(f)
    #expect(f.balance(f.anna, btc) == ("9.99", "0.01"))
    // Buys: the dearer one counts.
    f.enter(
      f.anna, .oneCancelsOther,
      [
        f.request(.limit, .buy, 1_000, price: 4_900_000),
        f.request(.stopLossLimit, .buy, 1_000, price: 5_200_000, trigger: 5_100_000),
      ])
    #expect(f.balance(f.anna, usdt) == ("999480", "520"))
    f.check()
  }

  @Test(arguments: [false, true]) func aPartialFillEndsTheOther(isStopFirst: Bool) {
    let f = Fixture()
    let ids = bracket(f, isStopFirst: isStopFirst)
    let (limit, stop) = isStopFirst ? (ids[1], ids[0]) : (ids[0], ids[1])
    _ = f.exchange.takeEvents()
    f.enter(f.bert, .limit, .buy, quantity: 400, price: 5_100_000)
    #expect(f.order(limit).filled == 400 && f.order(limit).state == .open)
    #expect(f.order(stop).state == .expired && f.order(stop).endReason == .otherExecuted)
    #expect(f.balance(f.anna, btc) == ("9.99", "0.006"))
    #expect(
      f.story(f.anna) == ["\(stop) expired", "list executing", "\(limit) partiallyFilled"])
    f.check()
    f.enter(f.bert, .limit, .buy, quantity: 600, price: 5_100_000)
    #expect(f.story(f.anna) == ["\(limit) filled", "list allDone"])
    #expect(f.list(limit).state == .allDone)
    #expect(f.balance(f.anna, btc) == ("9.99", "0"))
    f.check()
  }

  @Test(arguments: [false, true]) func aTriggerEndsTheOther(isStopFirst: Bool) {
    let f = Fixture()
    let ids = bracket(f, isStopFirst: isStopFirst)
    let (limit, stop) = isStopFirst ? (ids[1], ids[0]) : (ids[0], ids[1])
    _ = f.exchange.takeEvents()
    f.print(4_900_000)
    #expect(f.order(limit).state == .expired && f.order(limit).endReason == .otherExecuted)
    #expect(f.order(stop).state == .open && f.order(stop).isWorking)
    #expect(f.story(f.anna) == ["\(stop) triggered", "\(limit) expired", "list executing"])
    #expect(f.balance(f.anna, btc) == ("9.99", "0.01"))
    f.check()
    f.enter(f.bert, .market, .buy, quantity: 1_000)
    #expect(f.order(stop).state == .filled && f.list(stop).state == .allDone)
    f.check()
  }

  @Test func aMarketStopSellsWhatTheLimitHeld() {
    let f = Fixture()
    #expect(f.exchange.withdraw(money("9.99"), of: btc, from: f.anna) == nil)
    f.enter(f.bert, .limit, .buy, quantity: 5_000, price: 4_800_000)
    let ids = f.enter(
      f.anna, .oneCancelsOther,
      [
        f.request(.limit, .sell, 1_000, price: 5_100_000) { $0.isPostOnly = true },
        f.request(.stopLoss, .sell, 1_000, trigger: 4_900_000),
      ])
    f.print(4_900_000)
    #expect(f.order(ids[1]).state == .filled)
    #expect(f.balance(f.anna, btc) == ("0", "0"))
    f.check()
  }

  @Test func twoThatWait() {
    let f = Fixture()
    let ids = f.enter(
      f.anna, .oneCancelsOther,
      [
        f.request(.takeProfitLimit, .sell, 1_000, price: 5_100_000, trigger: 5_100_000),
        f.request(.stopLossLimit, .sell, 2_000, price: 4_890_000, trigger: 4_900_000),
      ])
    #expect(f.balance(f.anna, btc) == ("9.98", "0.02"))
    f.print(5_100_000)
    #expect(f.order(ids[0]).isTriggered && f.order(ids[1]).endReason == .otherExecuted)
    #expect(f.balance(f.anna, btc) == ("9.99", "0.01"))
    f.check()
  }

  @Test(arguments: [0, 1]) func aCancelOfOneCancelsBoth(place: Int) {
    let f = Fixture()
    let ids = bracket(f)
    _ = f.exchange.takeEvents()
    #expect(
      f.exchange.cancel(.venue(ids[place]), by: f.anna, requestID: "r") == .success(ids[place]))
    #expect(f.order(ids[place]).endReason == .requested)
    #expect(f.order(ids[1 - place]).endReason == .listCanceled)
    #expect(ids.allSatisfy { f.order($0).state == .canceled })
    let events = f.exchange.takeEvents()
    for case .order(let event) in events { #expect(event.requestID == "r") }
    #expect(f.balance(f.anna, btc) == ("10", "0"))
    #expect(f.exchange.openLists(of: f.anna) == [])
    f.check()
  }

  @Test func aListIsCanceledByItsName() {
    let f = Fixture()
    let limit = f.request(.limit, .sell, 1_000, price: 5_100_000)
    let stop = f.request(.stopLoss, .sell, 1_000, trigger: 4_900_000)
    f.enter(f.anna, .oneCancelsOther, [limit, stop]) { $0.clientListID = "mine" }
    #expect(
      f.refusal(f.anna, .oneCancelsOther, [limit, stop], id: "mine") == .duplicateClientListID)
    #expect(f.exchange.openLists(of: f.anna).map(\.clientListID) == ["mine"])
    #expect(throws: Refusal.unknownOrder) {
      try f.exchange.cancelList(.client("mine"), by: f.bert).get()
    }
    #expect(throws: Refusal.unknownOrder) {
      try f.exchange.cancelList(.client("mine"), by: f.anna, in: token).get()
    }
    guard case .success(let list) = f.exchange.cancelList(.client("mine"), by: f.anna) else {
      Issue.record("the list is canceled")
      return
    }
    #expect(list.state == .allDone && list.orders.allSatisfy { f.order($0).state == .canceled })
    #expect(throws: Refusal.orderEnded) {
      try f.exchange.cancelList(.venue(list.id), by: f.anna).get()
    }
    #expect(f.refusal(f.anna, .oneCancelsOther, [limit, stop], id: "mine") == nil)
    #expect(f.exchange.lists(of: f.anna).map(\.id) == [1, 2])
    #expect(f.exchange.lists(of: f.bert) == [])
  }

  @Test func timeEndsBoth() {
    let f = Fixture()
    let ids = f.enter(
      f.anna, .oneCancelsOther,
      [
        f.request(.limit, .sell, 1_000, price: 5_100_000),
        f.request(.stopLoss, .sell, 1_000, trigger: 4_900_000) {
          $0.timeInForce = .goodTillDate
          $0.expireTime = startTime + second
        },
      ])
    f.exchange.advance(to: startTime + second)
    #expect(f.order(ids[1]).endReason == .timeReached)
    #expect(f.order(ids[0]).endReason == .listEnded && f.order(ids[0]).state == .expired)
    f.check()
  }

  /// A halted book keeps the limit order until it may be canceled; it pays for itself meanwhile.
  @Test func aHaltedBookKeepsWhatHasToEnd() {
    let f = Fixture()
    let ids = f.enter(
      f.anna, .oneCancelsOther,
      [
        f.request(.stopLoss, .sell, 1_000, trigger: 4_900_000) {
          $0.timeInForce = .goodTillDate
          $0.expireTime = startTime + second
        },
        f.request(.limit, .sell, 1_000, price: 5_100_000),
      ])
    f.exchange.setStatus(spot, .halted)
    f.exchange.advance(to: startTime + second)
    #expect(f.order(ids[0]).endReason == .timeReached && f.order(ids[1]).state == .open)
    #expect(f.balance(f.anna, btc) == ("9.99", "0.01"))
    f.check()
    f.exchange.setStatus(spot, .trading)
    #expect(f.order(ids[1]).endReason == .listEnded)
    #expect(f.balance(f.anna, btc) == ("10", "0"))
    f.check()
  }

  @Test func amendmentsKeepTheLargerLock() {
    let f = Fixture()
    let ids = f.enter(
      f.anna, .oneCancelsOther,
      [
        f.request(.limit, .buy, 1_000, price: 4_900_000),
        f.request(.stopLossLimit, .buy, 1_000, price: 5_200_000, trigger: 5_100_000),
      ])
    func amend(_ place: Int, _ amendment: Amendment) -> Result<OrderID, Refusal> {
      f.exchange.amend(.venue(ids[place]), amendment, by: f.anna)
    }
    #expect(amend(0, Amendment(quantity: 3_000)) == .success(ids[0]))
    #expect(f.balance(f.anna, usdt) == ("998530", "1470"))
    f.check()
    #expect(amend(1, Amendment(triggerPrice: 5_150_000)) == .success(ids[1]))
    #expect(f.order(ids[1]).request.triggerPrice == 5_150_000)
    #expect(amend(0, Amendment(quantity: 500)) == .success(ids[0]))
    #expect(f.balance(f.anna, usdt) == ("999480", "520"))
    f.check()
    #expect(f.exchange.withdraw(money("999480"), of: usdt, from: f.anna) == nil)
    #expect(amend(1, Amendment(quantity: 1_001)) == .failure(.insufficientBalance))
    #expect(amend(0, Amendment(quantity: 1_000)) == .success(ids[0]))
    f.check()
  }

  @Test func whatIsNoPairIsRefused() {
    let f = Fixture()
    let limit = f.request(.limit, .sell, 1_000, price: 5_100_000)
    let stop = f.request(.stopLoss, .sell, 1_000, trigger: 4_900_000)
    let cases: [([OrderRequest], Refusal)] = [
      ([limit], .invalidCombination), ([limit, limit], .invalidCombination),
      ([limit, stop, stop], .invalidCombination),
      ([limit, f.request(.stopLoss, .buy, 1_000, trigger: 5_100_000)], .invalidCombination),
      ([f.request(.market, .sell, 1_000), stop], .invalidCombination),
      (
        [
          f.request(.limit, .sell, 1_000, price: 5_100_000) { $0.timeInForce = .immediateOrCancel },
          stop,
        ], .invalidCombination
      ),
      ([limit, f.request(.stopLoss, .sell, 200, trigger: 49_000, token)], .invalidCombination),
      ([limit, f.request(.stopLoss, .sell, 1_000, trigger: 5_000_000)], .wouldTrigger),
      (
        [
          f.request(.limit, .sell, 1_000, price: 5_100_000) { $0.clientOrderID = "a" },
          f.request(.stopLoss, .sell, 1_000, trigger: 4_900_000) { $0.clientOrderID = "a" },
        ], .duplicateClientOrderID
      ),
      ([limit, f.request(.stopLoss, .sell, 1_000_001, trigger: 4_900_000)], .insufficientBalance),
    ]
    for (orders, refusal) in cases {
      #expect(f.refusal(f.anna, .oneCancelsOther, orders) == refusal)
    }
  }

  @Test func everyOrderOfAListIsCounted() {
    let f = Fixture { $0.instruments[0].openOrdersMax = 2 }
    let limit = f.request(.limit, .sell, 1_000, price: 5_100_000)
    let stop = f.request(.stopLoss, .sell, 1_000, trigger: 4_900_000)
    f.enter(f.anna, .limit, .sell, quantity: 1_000, price: 5_200_000)
    #expect(f.refusal(f.anna, .oneCancelsOther, [limit, stop]) == .tooManyOrders)
    _ = f.exchange.cancelAll(by: f.anna)
    f.enter(f.anna, .oneCancelsOther, [limit, stop])
  }

  @Test func cancelAllTellsBothOfAList() {
    let f = Fixture()
    let ids = bracket(f)
    let other = f.enter(f.anna, .limit, .buy, quantity: 1_000, price: 4_000_000)
    #expect(f.exchange.cancelAll(by: f.anna) == .success(ids + [other]))
    f.check()
  }
}
