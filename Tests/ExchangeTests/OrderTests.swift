import MatchingEngine
import Testing
import TradingModel

@testable import Exchange

@Suite struct OrderTests {
  @Test func postOnlyIsRefusedOrExpires() {
    let f = Fixture()
    f.enter(f.bert, .limit, .sell, quantity: 1_000, price: 5_000_000)
    #expect(
      f.refusal(f.anna, .limit, .buy, quantity: 1_000, price: 5_000_000) { $0.isPostOnly = true }
        == .wouldTake)
    f.enter(f.anna, .limit, .buy, quantity: 1_000, price: 4_999_990) { $0.isPostOnly = true }
    let late = Fixture { $0.rules.postOnlyThatTakes = .expire }
    late.enter(late.bert, .limit, .sell, quantity: 1_000, price: 5_000_000)
    let id = late.enter(late.anna, .limit, .buy, quantity: 1_000, price: 5_000_000) {
      $0.isPostOnly = true
    }
    #expect(late.order(id).state == .expired && late.order(id).endReason == .wouldTake)
    #expect(late.kinds(late.anna) == [.accepted, .expired])
    late.check()
  }

  @Test func immediateOrCancelTakesWhatThereIs() {
    let f = Fixture()
    f.enter(f.bert, .limit, .sell, quantity: 1_000, price: 5_000_000)
    let id = f.enter(f.anna, .limit, .buy, quantity: 3_000, price: 5_000_000) {
      $0.timeInForce = .immediateOrCancel
    }
    #expect(f.order(id).filled == 1_000 && f.order(id).endReason == .immediateOrCancel)
    #expect(f.kinds(f.anna) == [.accepted, .partiallyFilled, .expired])
    #expect(f.balance(f.anna, usdt) == ("999500", "0"))
    f.check()
  }

  @Test func fillOrKillIsAllOrNothing() {
    let f = Fixture()
    f.enter(f.bert, .limit, .sell, quantity: 1_000, price: 5_000_000)
    let none = f.enter(f.anna, .limit, .buy, quantity: 3_000, price: 5_000_000) {
      $0.timeInForce = .fillOrKill
    }
    #expect(f.order(none).filled == 0 && f.order(none).endReason == .notFillable)
    let all = f.enter(f.anna, .limit, .buy, quantity: 1_000, price: 5_000_000) {
      $0.timeInForce = .fillOrKill
    }
    #expect(f.order(all).state == .filled)
    f.check()
  }

  @Test func goodTillDateEndsAtItsTime() {
    let f = Fixture()
    let rests = f.enter(f.anna, .limit, .buy, quantity: 1_000, price: 4_900_000) {
      $0.timeInForce = .goodTillDate
      $0.expireTime = startTime + 2 * second
    }
    let waits = f.enter(f.anna, .stopLoss, .sell, quantity: 1_000) {
      $0.triggerPrice = 4_000_000
      $0.timeInForce = .goodTillDate
      $0.expireTime = startTime + second
    }
    f.exchange.advance(to: startTime + second - 1)
    #expect(f.exchange.openOrders(of: f.anna).map(\.id) == [rests, waits])
    f.exchange.advance(to: startTime + 5 * second)
    #expect(f.order(rests).endReason == .timeReached)
    #expect(f.order(rests).updateTime == startTime + 2 * second)
    #expect(f.order(waits).endReason == .timeReached)
    #expect(f.order(waits).updateTime == startTime + second)
    #expect(f.exchange.expiries.isEmpty)
    f.check()
  }

  @Test func icebergsShowAPart() {
    let f = Fixture()
    f.enter(f.bert, .limit, .sell, quantity: 10_000, price: 5_000_000) {
      $0.displayQuantity = 1_000
    }
    #expect(f.exchange.snapshot(of: spot, limit: 5).asks.map(\.quantity) == [1_000])
    #expect(f.balance(f.bert, btc) == ("9.9", "0.1"))
    let id = f.enter(f.anna, .market, .buy, quantity: 2_500)
    #expect(f.order(id).state == .filled && f.order(id).fillCount == 3)
    #expect(f.exchange.snapshot(of: spot, limit: 5).asks.map(\.quantity) == [500])
    f.check()
  }

  @Test(arguments: SelfTradePrevention.allCases)
  func selfTradesArePrevented(mode: SelfTradePrevention) {
    let f = Fixture()
    let resting = f.enter(f.anna, .limit, .sell, quantity: 1_000, price: 5_000_000)
    f.enter(f.bert, .limit, .sell, quantity: 1_000, price: 5_000_010)
    let coming = f.enter(f.anna, .market, .buy, quantity: 1_500) { $0.selfTradePrevention = mode }
    let (old, new) = (f.order(resting), f.order(coming))
    switch mode {
    case .allow:
      #expect(old.state == .filled && new.state == .filled && new.fillCount == 2)
    case .cancelNewest:
      #expect(old.state == .open && new.endReason == .selfTradePrevention && new.filled == 0)
    case .cancelOldest:
      #expect(old.endReason == .selfTradePrevention && new.filled == 1_000)
    case .cancelBoth:
      #expect(old.endReason == .selfTradePrevention && new.endReason == .selfTradePrevention)
    case .decrement:
      #expect(old.endReason == .selfTradePrevention && new.filled == 500 && new.quantity == 500)
      #expect(new.state == .filled)
    }
    f.check()
  }

  @Test func ordersQueueByPriceThenTime() {
    let f = Fixture()
    let first = f.enter(f.bert, .limit, .sell, quantity: 1_000, price: 5_000_000)
    let second = f.enter(f.bert, .limit, .sell, quantity: 1_000, price: 5_000_000)
    let better = f.enter(f.bert, .limit, .sell, quantity: 1_000, price: 4_999_990)
    f.enter(f.anna, .market, .buy, quantity: 1_500)
    #expect(f.order(better).state == .filled)
    #expect(f.order(first).filled == 500 && f.order(second).filled == 0)
  }

  @Test func smallerOrdersKeepTheirPlace() {
    for keeps in [true, false] {
      let f = Fixture { $0.rules.decreaseKeepsPriority = keeps }
      let first = f.enter(f.bert, .limit, .sell, quantity: 1_000, price: 5_000_000)
      let second = f.enter(f.bert, .limit, .sell, quantity: 1_000, price: 5_000_000)
      #expect(
        f.exchange.amend(.venue(first), Amendment(quantity: 800), by: f.bert) == .success(first))
      #expect(f.balance(f.bert, btc).locked == "0.018")
      f.enter(f.anna, .market, .buy, quantity: 100)
      #expect(f.order(keeps ? first : second).filled == 100)
      // A larger one goes to the back.
      _ = f.exchange.amend(.venue(first), Amendment(quantity: 2_000), by: f.bert)
      f.enter(f.anna, .market, .buy, quantity: 100)
      #expect(f.order(second).filled >= 100)
      f.check()
    }
  }

  @Test func amendmentsAreCheckedAndMayTrade() {
    let f = Fixture()
    let sell = f.enter(f.bert, .limit, .sell, quantity: 1_000, price: 5_000_000)
    let buy = f.enter(f.anna, .limit, .buy, quantity: 2_000, price: 4_900_000)
    func amend(_ amendment: Amendment) -> Result<OrderID, Refusal> {
      f.exchange.amend(.venue(buy), amendment, by: f.anna, requestID: "r")
    }
    #expect(amend(Amendment()) == .failure(.nothingToAmend))
    #expect(amend(Amendment(price: 4_900_000)) == .failure(.nothingToAmend))
    #expect(amend(Amendment(price: 4_900_003)) == .failure(.priceTick))
    #expect(amend(Amendment(price: 20_000_000)) == .failure(.priceBand))
    #expect(amend(Amendment(quantity: 1)) == .failure(.notionalBelowMin))
    #expect(amend(Amendment(triggerPrice: 4_900_000)) == .failure(.invalidCombination))
    #expect(f.exchange.withdraw(money("999010"), of: usdt, from: f.anna) == nil)
    #expect(amend(Amendment(quantity: 3_000)) == .failure(.insufficientBalance))
    #expect(f.balance(f.anna, usdt) == ("10", "980"))
    _ = f.exchange.takeEvents()
    #expect(amend(Amendment(price: 5_000_000, quantity: 1_500)) == .success(buy))
    #expect(f.kinds(f.anna) == [.amended, .partiallyFilled])
    #expect(f.order(sell).state == .filled && f.order(buy).leaves == 500)
    // 500 at 50,000 are paid, 250 locked for the rest.
    #expect(f.balance(f.anna, usdt) == ("240", "250"))
    #expect(amend(Amendment(quantity: 900)) == .success(buy))
    #expect(f.order(buy).state == .canceled && f.order(buy).endReason == .amendedToFilled)
    f.check()
  }

  @Test func postOnlyStaysPostOnly() {
    let f = Fixture()
    f.enter(f.bert, .limit, .sell, quantity: 1_000, price: 5_000_000)
    let id = f.enter(f.anna, .limit, .buy, quantity: 1_000, price: 4_900_000) {
      $0.isPostOnly = true
    }
    #expect(
      f.exchange.amend(.venue(id), Amendment(price: 5_000_000), by: f.anna) == .failure(.wouldTake))
    #expect(f.exchange.amend(.venue(id), Amendment(price: 4_999_990), by: f.anna) == .success(id))
    f.check()
  }

  @Test func requestsAreEchoed() {
    let f = Fixture()
    let id = f.enter(f.anna, .limit, .buy, quantity: 1_000, price: 4_900_000)
    _ = f.exchange.takeEvents()
    _ = f.exchange.cancel(.venue(id), by: f.anna, requestID: "mine")
    let told = f.exchange.takeEvents().compactMap { event -> ExchangeOrderEvent? in
      if case .order(let event) = event { event } else { nil }
    }
    #expect(told.map(\.requestID) == ["mine"] && told[0].order.locked == .zero)
  }

  @Test func cancelReplaceDoesBothOrStops() {
    let f = Fixture()
    let id = f.enter(f.anna, .limit, .buy, quantity: 1_000, price: 4_900_000)
    let request = OrderRequest(.limit, .buy, spot, quantity: 2_000, price: 4_900_000)
    let both = f.exchange.cancelReplace(.venue(id), with: request, by: f.anna)
    #expect(both.cancel == .success(id) && f.order(id).endReason == .replaced)
    guard case .success(let new) = both.new else {
      Issue.record("entered")
      return
    }
    #expect(f.order(new).state == .open)
    let stopped = f.exchange.cancelReplace(.venue(id), with: request, by: f.anna)
    #expect(stopped.cancel == .failure(.orderEnded) && stopped.new == nil)
    let anyway = f.exchange.cancelReplace(
      .venue(id), with: request, by: f.anna, entersAnyway: true)
    #expect(anyway.cancel == .failure(.orderEnded) && anyway.new != nil)
    f.check()
  }

  @Test func allOrdersOfASideOrInstrumentCanBeCanceled() {
    let f = Fixture()
    let buy = f.enter(f.anna, .limit, .buy, quantity: 1_000, price: 4_900_000)
    let sell = f.enter(f.anna, .limit, .sell, quantity: 1_000, price: 5_100_000)
    let other = f.enter(f.anna, .limit, .buy, token, quantity: 1_000, price: 40_000)
    let stop = f.enter(f.anna, .stopLoss, .sell, quantity: 1_000) { $0.triggerPrice = 4_000_000 }
    #expect(f.exchange.cancelAll(by: f.anna, in: spot, side: .buy) == .success([buy]))
    #expect(f.exchange.cancelAll(by: f.anna, in: spot) == .success([sell, stop]))
    #expect(f.exchange.cancelAll(by: f.anna) == .success([other]))
    #expect(f.exchange.cancelAll(by: f.anna) == .success([]))
    f.check()
  }

  @Test func historiesCanBeAskedFor() {
    let f = Fixture()
    var ids: [OrderID] = []
    for place in 0..<5 {
      f.exchange.advance(to: startTime + Int64(place) * second)
      ids.append(f.enter(f.bert, .limit, .sell, quantity: 1_000, price: 5_000_000))
      f.enter(f.anna, .market, .buy, quantity: 1_000)
    }
    var query = HistoryQuery()
    #expect(f.exchange.orders(of: f.bert).map(\.id) == ids)
    query.fromID = ids[1]
    query.toID = ids[3]
    #expect(f.exchange.orders(of: f.bert, query).map(\.id) == Array(ids[1...3]))
    query.limit = 2
    #expect(f.exchange.orders(of: f.bert, query).map(\.id) == Array(ids[1...2]))
    query.keepsNewest = true
    #expect(f.exchange.orders(of: f.bert, query).map(\.id) == Array(ids[2...3]))
    query = HistoryQuery()
    query.fromTime = startTime + second
    query.toTime = startTime + 2 * second
    #expect(f.exchange.fills(of: f.anna, query).map(\.tradeID) == [2, 3])
    query = HistoryQuery()
    query.order = ids[4]
    #expect(f.exchange.fills(of: f.bert, query).map(\.liquidity) == [.maker])
    query.order = nil
    query.instrument = token
    #expect(f.exchange.fills(of: f.bert, query).isEmpty)
  }
}
