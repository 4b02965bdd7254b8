import MatchingEngine
import Testing
import TradingModel

@testable import Exchange

/// Prices are cents, quantities hundred-thousandths of a bitcoin: 100_000 is one.
@Suite struct SpotMoneyTests {
  @Test func ordersLockWhatTheyMayCost() {
    let f = Fixture()
    let buy = f.enter(f.anna, .limit, .buy, quantity: 100_000, price: 4_900_000)
    #expect(f.balance(f.anna, usdt) == ("951000", "49000"))
    let sell = f.enter(f.anna, .limit, .sell, quantity: 50_000, price: 5_100_000)
    #expect(f.balance(f.anna, btc) == ("9.5", "0.5"))
    #expect(f.order(buy).locked == money("49000") && f.order(buy).lockAsset == usdt)
    #expect(f.order(sell).locked == money("0.5") && f.order(sell).lockAsset == btc)
    f.check()
    _ = f.exchange.cancel(.venue(buy), by: f.anna)
    _ = f.exchange.cancel(.venue(sell), by: f.anna)
    #expect(f.balance(f.anna, usdt) == ("1000000", "0"))
    #expect(f.balance(f.anna, btc) == ("10", "0"))
  }

  @Test func fillsPayAtTheMakersPriceAndFreeTheRest() {
    let f = Fixture()
    f.enter(f.bert, .limit, .sell, quantity: 40_000, price: 5_000_000)
    let buy = f.enter(f.anna, .limit, .buy, quantity: 100_000, price: 5_010_000)
    // 0.4 BTC at 50,000 paid, 0.6 at 50,100 locked; the fee of 0.2 % is in what was received.
    #expect(f.balance(f.anna, usdt) == ("949940", "30060"))
    #expect(f.balance(f.anna, btc) == ("10.3992", "0"))
    #expect(f.balance(f.bert, btc) == ("9.6", "0"))
    #expect(f.balance(f.bert, usdt) == ("1019980", "0"))
    let order = f.order(buy)
    #expect(order.state == .open && order.isPartiallyFilled && order.leaves == 60_000)
    #expect(order.filledValue == money("20000") && order.fees == money("0.0008"))
    #expect(f.exchange.averagePrice(of: order) == money("50000"))
    f.check()
  }

  @Test func feesAreInQuoteOnTopWhereTheScheduleSaysSo() {
    let f = Fixture(
      fees: FeeSchedule(
        maker: Rate(parts: 100_000), taker: Rate(parts: 200_000), asset: .quote))
    f.enter(f.bert, .limit, .sell, quantity: 100_000, price: 5_000_000)
    f.enter(f.anna, .market, .buy, quantity: 100_000)
    #expect(f.balance(f.anna, usdt) == ("949900", "0"))
    #expect(f.balance(f.anna, btc) == ("11", "0"))
    #expect(f.balance(f.bert, usdt) == ("1049950", "0"))
    f.check()
  }

  @Test func feesAreInTheTokenAtADiscountWhileThereIsEnough() throws {
    let f = Fixture(
      fees: FeeSchedule(
        maker: Rate(parts: 100_000), taker: Rate(parts: 200_000), asset: .token))
    // The token is at 500. A fee of 100 USDT costs 75 in it, 0.15 tokens.
    #expect(f.exchange.deposit(money("0.2"), of: bnb, to: f.anna) == nil)
    f.enter(f.bert, .limit, .sell, quantity: 200_000, price: 5_000_000)
    f.enter(f.anna, .market, .buy, quantity: 100_000)
    #expect(f.balance(f.anna, bnb).free == "0.05")
    #expect(f.balance(f.anna, btc).free == "11")
    // Bert has no token: his fee is in what he received.
    #expect(f.balance(f.bert, usdt).free == "1049950")
    f.enter(f.anna, .market, .buy, quantity: 100_000)
    #expect(f.balance(f.anna, bnb).free == "0.05")
    #expect(f.balance(f.anna, btc).free == "11.998")
    let fills = f.exchange.fills(of: f.anna)
    #expect(fills.map(\.feeAsset) == [bnb, btc])
    f.check()
  }

  @Test func feesAreCutAtTheAssetsDecimals() {
    let f = Fixture(fees: FeeSchedule(maker: .zero, taker: Rate(parts: 123_457)))
    f.enter(f.bert, .limit, .sell, quantity: 11_111, price: 5_000_000)
    f.enter(f.anna, .market, .buy, quantity: 11_111)
    // 0.11111 x 0.00123457 = 0.0001371730727
    #expect(f.exchange.fills(of: f.anna)[0].fee == money("0.00013717"))
    f.check()
  }

  @Test func makersMayBePaid() {
    let f = Fixture(fees: FeeSchedule(maker: Rate(parts: -10_000), taker: Rate(parts: 50_000)))
    f.enter(f.bert, .limit, .sell, quantity: 100_000, price: 5_000_000)
    f.enter(f.anna, .market, .buy, quantity: 100_000)
    #expect(f.balance(f.bert, usdt).free == "1050005")
    f.check()
  }

  @Test func marketOrdersNeedWhatTheyWillCost() {
    let f = Fixture()
    f.enter(f.bert, .limit, .sell, quantity: 100_000, price: 5_000_000)
    f.enter(f.bert, .limit, .sell, quantity: 100_000, price: 6_000_000)
    #expect(f.exchange.withdraw(money("900000"), of: usdt, from: f.anna) == nil)
    #expect(f.refusal(f.anna, .market, .buy, quantity: 190_000) == .insufficientBalance)
    let id = f.enter(f.anna, .market, .buy, quantity: 180_000)
    #expect(f.order(id).state == .filled && f.order(id).filledValue == money("98000"))
    #expect(f.balance(f.anna, usdt) == ("2000", "0"))
    f.check()
  }

  @Test func marketOrdersEndWhenTheBookDoes() {
    let f = Fixture()
    f.enter(f.bert, .limit, .sell, quantity: 100_000, price: 5_000_000)
    let id = f.enter(f.anna, .market, .buy, quantity: 300_000)
    #expect(f.order(id).state == .expired && f.order(id).endReason == .noLiquidity)
    #expect(f.order(id).filled == 100_000)
    #expect(f.balance(f.anna, usdt) == ("950000", "0"))
    let none = f.enter(f.anna, .market, .buy, quantity: 100)
    #expect(f.order(none).state == .expired && f.order(none).filled == 0)
    let strict = Fixture { $0.rules.marketWithoutLiquidity = .refuse }
    #expect(strict.refusal(strict.anna, .market, .buy, quantity: 100) == .noLiquidity)
  }

  @Test func buysByAmountSpendAtMostThat() {
    let f = Fixture()
    f.enter(f.bert, .limit, .sell, quantity: 10_000, price: 5_000_000)
    f.enter(f.bert, .limit, .sell, quantity: 100_000, price: 5_000_010)
    let id = f.enter(f.anna, .market, .buy) { $0.quoteQuantity = money("6000") }
    // 0.1 at 50,000.00, then what 1,000 buys at 50,000.10 in hundred-thousandths.
    #expect(f.order(id).filled == 11_999 && f.order(id).quantity == 11_999)
    #expect(f.order(id).state == .filled)
    #expect(f.order(id).filledValue == money("5999.501999"))
    #expect(f.balance(f.anna, usdt) == ("994000.498001", "0"))
    #expect(
      f.refusal(f.anna, .market, .buy) { $0.quoteQuantity = money("995000") }
        == .insufficientBalance)
    #expect(
      f.refusal(f.anna, .market, .buy) { $0.quoteQuantity = money("4.9") } == .notionalBelowMin)
    f.check()
  }

  @Test func sellsByAmountBringAtMostThat() {
    let f = Fixture()
    f.enter(f.bert, .limit, .buy, quantity: 100_000, price: 5_000_000)
    let id = f.enter(f.anna, .market, .sell) { $0.quoteQuantity = money("1000.3") }
    #expect(f.order(id).filled == 2_000 && f.order(id).state == .filled)
    f.check()
  }

  @Test func moneyComesAndGoes() {
    let f = Fixture()
    #expect(f.exchange.withdraw(money("11"), of: btc, from: f.anna) == .insufficientBalance)
    f.enter(f.anna, .limit, .sell, quantity: 500_000, price: 5_100_000)
    #expect(f.exchange.withdraw(money("6"), of: btc, from: f.anna) == .insufficientBalance)
    #expect(f.exchange.withdraw(money("5"), of: btc, from: f.anna) == nil)
    #expect(f.balance(f.anna, btc) == ("0", "5"))
    #expect(f.exchange.deposit(.zero, of: btc, to: f.anna) == .invalidAmount)
    #expect(f.exchange.deposit(money("1"), of: 77, to: f.anna) == .unknownAsset)
    #expect(f.exchange.deposit(money("1"), of: btc, to: 77) == .unknownAccount)
    #expect(f.exchange.deposit(money("1"), of: btc, to: 0) == .unknownAccount)
    f.check()
  }

  @Test func balanceEventsTellWhatIsThereAfterwards() {
    let f = Fixture()
    f.enter(f.bert, .limit, .sell, quantity: 100_000, price: 5_000_000)
    _ = f.exchange.takeEvents()
    f.enter(f.anna, .limit, .buy, quantity: 100_000, price: 5_000_000)
    let told = f.exchange.takeEvents().compactMap { event -> String? in
      switch event {
      case .order(let event): return "\(event.order.account) \(event.kind)"
      case .balance(let event):
        return
          "\(event.account) \(event.asset) \(event.cause) \(event.balance.free) \(event.balance.locked)"
      case .trade(let trade): return "trade \(trade.price) \(trade.quantity) \(trade.takerSide)"
      case .depth: return "depth"
      case .bestQuote(let quote): return "best \(quote.ask == nil)"
      default: return nil
      }
    }
    #expect(
      told == [
        "1 accepted", "1 1 order 950000 50000",
        "1 filled", "1 1 fill 950000 0", "1 0 fill 10.998 0",
        "2 filled", "2 0 fill 9 0", "2 1 fill 1049950 0",
        "trade 5000000 100000 buy", "depth", "best true",
      ])
  }
}

@Suite struct ExtremeRequestTests {
  @Test func amountsBeyondTheBookEndWithIt() {
    let f = Fixture()
    f.enter(f.bert, .limit, .sell, quantity: 10_000, price: 5_000_000)
    let id = f.enter(f.anna, .market, .buy) { $0.quoteQuantity = money("6000") }
    #expect(f.order(id).state == .expired && f.order(id).endReason == .noLiquidity)
    #expect(f.order(id).filled == 10_000 && f.order(id).quantity == 10_000)
    #expect(f.balance(f.anna, usdt) == ("995000", "0"))
    f.check()
  }

  @Test(arguments: [Int64.max, .max / 10 * 10, .min, 1 << 62, -1, 0])
  func numbersAtTheEndsAreRefused(number: Int64) {
    let f = Fixture { settings in
      for place in settings.instruments.indices {
        settings.instruments[place].priceBand = nil
        settings.instruments[place].notionalMax = nil
        settings.instruments[place].listing.tick = 1
        settings.instruments[place].listing.quantityMax = .max
      }
    }
    for instrument in [spot, token, linear, inverse] {
      for kind in OrderKind.allCases {
        for side in Side.allCases {
          for other in [Int64(1), 1_000, .max] {
            for (price, quantity) in [(number, other), (other, number), (number, number)] {
              var request = OrderRequest(kind, side, instrument, quantity: quantity)
              if kind.hasLimit { request.price = price }
              if kind.isConditional { request.triggerPrice = price }
              if kind == .trailingStop {
                request.callbackRate = Rate(parts: max(1, price % 100_000_000))
              }
              _ = f.exchange.submit(request, by: f.anna)
            }
          }
        }
      }
      f.exchange.setLevel(instrument, .sell, price: number, quantity: 1_000)
      _ = f.exchange.submit(OrderRequest(.market, .buy, instrument, quantity: 1_000), by: f.anna)
      var request = OrderRequest(.market, .buy, instrument)
      request.quoteQuantity = Money(amount: Int128(number) << 60)
      _ = f.exchange.submit(request, by: f.anna)
    }
    f.check()
  }
}
