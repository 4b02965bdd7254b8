import MatchingEngine
import Testing
import TradingModel

@testable import Exchange

/// Linear: tenths of a dollar, thousandths of a bitcoin. Inverse: tenths, contracts of 100 USD.
@Suite struct ContractTests {
  private let free = FeeSchedule(maker: .zero, taker: .zero)

  /// Lets `account` trade with Bert (or Anna) at a price.
  private func trade(
    _ f: Fixture, _ side: Side, _ instrument: UInt16, _ quantity: Int64, at price: Int64,
    position: PositionSide = .net
  ) {
    f.exchange.setLevel(instrument, side.opposite, price: price, quantity: quantity)
    let id = f.enter(f.anna, .limit, side, instrument, quantity: quantity, price: price) {
      $0.positionSide = position
      $0.timeInForce = .immediateOrCancel
    }
    #expect(f.order(id).state == .filled)
    f.check()
  }

  @Test func ordersAndPositionsLockMargin() {
    let f = Fixture(fees: free)
    let id = f.enter(f.anna, .limit, .buy, linear, quantity: 1_000, price: 490_000)
    #expect(f.balance(f.anna, usdt) == ("995100", "4900"))
    f.exchange.takeLiquidity(linear, .sell, price: 490_000, quantity: 400)
    let position = f.exchange.position(of: f.anna, linear, .net)
    #expect(position.quantity == 400 && position.cost == money("19600"))
    #expect(position.margin == money("1960"))
    #expect(f.order(id).locked == money("2940"))
    #expect(f.balance(f.anna, usdt) == ("995100", "4900"))
    _ = f.exchange.cancel(.venue(id), by: f.anna)
    #expect(f.balance(f.anna, usdt) == ("998040", "1960"))
    f.check()
    #expect(
      f.refusal(f.anna, .limit, .sell, linear, quantity: 250_000, price: 500_000)
        == .insufficientBalance)
  }

  @Test func linearProfitIsRealisedWhenClosed() {
    let f = Fixture(fees: free)
    trade(f, .buy, linear, 300, at: 500_000)
    trade(f, .buy, linear, 100, at: 520_000)
    // 0.4 at 50,500 on average.
    trade(f, .sell, linear, 100, at: 530_000)
    var position = f.exchange.position(of: f.anna, linear, .net)
    #expect(position.realized == money("250") && position.cost == money("15150"))
    #expect(f.balance(f.anna, usdt).free == "998735")
    f.exchange.setMark(linear, mark: 510_000, index: 510_000)
    #expect(f.exchange.unrealized(position) == money("150"))
    // Through zero: closes 0.3 and opens 0.2 short.
    trade(f, .sell, linear, 500, at: 490_000)
    position = f.exchange.position(of: f.anna, linear, .net)
    #expect(position.quantity == -200 && position.cost == money("-9800"))
    #expect(position.realized == money("-200"))
    #expect(f.balance(f.anna, usdt) == ("998820", "980"))
    trade(f, .buy, linear, 200, at: 480_000)
    #expect(f.balance(f.anna, usdt) == ("1000000", "0"))
  }

  @Test func inverseProfitIsInTheBase() {
    let f = Fixture(fees: free)
    trade(f, .buy, inverse, 1_000, at: 500_000)
    // 100,000 USD at 50,000 are 2 BTC, at 40,000 2.5: a loss of half a bitcoin.
    #expect(f.exchange.position(of: f.anna, inverse, .net).cost == money("-2"))
    #expect(f.balance(f.anna, btc) == ("9.8", "0.2"))
    trade(f, .sell, inverse, 1_000, at: 400_000)
    #expect(f.exchange.position(of: f.anna, inverse, .net).realized == money("-0.5"))
    #expect(f.balance(f.anna, btc) == ("9.5", "0"))
    trade(f, .sell, inverse, 1_000, at: 400_000)
    trade(f, .buy, inverse, 700, at: 300_000)
    trade(f, .buy, inverse, 300, at: 310_000)
    // Thirds do not come out even, and still nothing is lost (`trade` checks).
    #expect(f.exchange.position(of: f.anna, inverse, .net).cost == .zero)
  }

  @Test func feesAreInTheSettlementAsset() {
    let f = Fixture()
    trade(f, .buy, linear, 1_000, at: 500_000)
    let fill = f.exchange.fills(of: f.anna)[0]
    #expect(fill.fee == money("100") && fill.feeAsset == usdt)
    trade(f, .buy, inverse, 500, at: 500_000)
    #expect(f.exchange.fills(of: f.anna)[1].fee == money("0.002"))
    #expect(f.exchange.fills(of: f.anna)[1].feeAsset == btc)
  }

  @Test func reduceOnlyOrdersOnlyReduce() {
    let f = Fixture(fees: free)
    func refusal(_ side: Side) -> Refusal? {
      f.refusal(f.anna, .limit, side, linear, quantity: 100, price: 500_000) {
        $0.isReduceOnly = true
      }
    }
    #expect(refusal(.sell) == .reduceOnlyRejected)
    trade(f, .buy, linear, 300, at: 500_000)
    #expect(refusal(.buy) == .reduceOnlyRejected)
    let id = f.enter(f.anna, .limit, .sell, linear, quantity: 500, price: 510_000) {
      $0.isReduceOnly = true
    }
    // Cut to the position, and without margin.
    #expect(f.order(id).quantity == 300 && f.order(id).locked == .zero)
    trade(f, .sell, linear, 200, at: 500_000)
    #expect(f.order(id).leaves == 100)
    trade(f, .sell, linear, 100, at: 500_000)
    #expect(f.order(id).state == .expired && f.order(id).endReason == .reduceOnly)
    f.check()
  }

  @Test func hedgePositionsStandBesideEachOther() {
    let f = Fixture(fees: free, mode: .hedge)
    #expect(
      f.refusal(f.anna, .limit, .buy, linear, quantity: 100, price: 500_000)
        == .positionSideMismatch)
    trade(f, .buy, linear, 300, at: 500_000, position: .long)
    trade(f, .sell, linear, 200, at: 510_000, position: .short)
    #expect(f.exchange.position(of: f.anna, linear, .long).quantity == 300)
    #expect(f.exchange.position(of: f.anna, linear, .short).quantity == -200)
    #expect(f.balance(f.anna, usdt).locked == "2520")
    trade(f, .sell, linear, 100, at: 520_000, position: .long)
    #expect(f.exchange.position(of: f.anna, linear, .long).realized == money("200"))
    #expect(f.exchange.position(of: f.anna, linear, .short).quantity == -200)
    trade(f, .buy, linear, 200, at: 500_000, position: .short)
    #expect(f.exchange.position(of: f.anna, linear, .short).realized == money("200"))
    #expect(
      f.refusal(f.anna, .limit, .buy, linear, quantity: 100, price: 500_000) {
        $0.positionSide = .short
      } == .reduceOnlyRejected)
    #expect(f.exchange.setPositionMode(of: f.anna, .oneWay) == .openOrdersOrPositions)
    trade(f, .sell, linear, 200, at: 500_000, position: .long)
    #expect(f.exchange.setPositionMode(of: f.anna, .oneWay) == nil)
  }

  @Test func fundingGoesFromLongsToShorts() {
    let f = Fixture(fees: free)
    f.enter(f.bert, .limit, .sell, linear, quantity: 1_000, price: 500_000)
    f.enter(f.anna, .limit, .buy, linear, quantity: 1_000, price: 500_000)
    f.exchange.setFundingRate(linear, Rate(parts: 20_000))
    f.exchange.setMark(linear, mark: 510_000, index: 510_000)
    let due = f.exchange.mark(of: linear).nextFundingTime
    #expect(due > startTime && due <= startTime + 60 * second && due % (60 * second) == 0)
    f.exchange.advance(to: due - 1)
    #expect(f.exchange.fundingPayments(of: f.anna).isEmpty)
    f.exchange.advance(to: due)
    #expect(f.exchange.fundingPayments(of: f.anna).map(\.amount) == [money("-10.2")])
    #expect(f.exchange.fundingPayments(of: f.bert).map(\.amount) == [money("10.2")])
    #expect(f.balance(f.anna, usdt).free == "994989.8")
    #expect(f.exchange.position(of: f.bert, linear, .net).funding == money("10.2"))
    f.exchange.advance(to: due + 120 * second)
    #expect(f.exchange.fundingPayments(of: f.anna).count == 3)
    f.check()
  }

  @Test func fundingComesAsOftenAsIsSet() {
    let f = Fixture(fees: free)
    f.enter(f.bert, .limit, .sell, linear, quantity: 1, price: 500_000)
    f.enter(f.anna, .limit, .buy, linear, quantity: 1, price: 500_000)
    // 50.0001 x 0.00012345 has twelve decimals; venues tell eight.
    f.exchange.setFundingRate(linear, Rate(parts: 12_345))
    f.exchange.setMark(linear, mark: 500_001, index: 500_001)
    f.exchange.setFundingInterval(7 * second)
    let due = f.exchange.mark(of: linear).nextFundingTime
    #expect(due > startTime && due <= startTime + 7 * second && due % (7 * second) == 0)
    #expect(f.exchange.fundingInterval(of: linear) == 7 * second)
    f.exchange.advance(to: due + 14 * second)
    let paid = f.exchange.fundingPayments(of: f.anna)
    #expect(paid.map(\.time) == [due, due + 7 * second, due + 14 * second])
    #expect(Set(paid.map(\.id)).count == 3 && paid.map(\.id) == paid.map(\.id).sorted())
    #expect(paid.allSatisfy { $0.amount == money("-0.00617251") })
    let settlements = f.exchange.fundingSettlements.filter { $0.instrument == linear }
    #expect(settlements.map(\.time) == paid.map(\.time))
    f.exchange.setFundingInterval(0)
    f.exchange.advance(to: due + 3_600 * second)
    #expect(f.exchange.fundingPayments(of: f.anna).count == 3)
    #expect(f.exchange.mark(of: linear).nextFundingTime == 0)
    f.check()
  }

  @Test func leverageMovesMargin() {
    let f = Fixture(fees: free)
    trade(f, .buy, linear, 1_000, at: 500_000)
    f.enter(f.anna, .limit, .buy, linear, quantity: 1_000, price: 490_000)
    #expect(f.balance(f.anna, usdt).locked == "9900")
    #expect(f.exchange.setLeverage(of: f.anna, linear, 20) == nil)
    #expect(f.balance(f.anna, usdt) == ("995050", "4950"))
    #expect(f.exchange.setLeverage(of: f.anna, linear, 126) == .leverageOutOfRange)
    #expect(f.exchange.setLeverage(of: f.anna, linear, 0) == .leverageOutOfRange)
    #expect(f.exchange.setLeverage(of: f.anna, spot, 2) == .unknownSymbol)
    #expect(f.exchange.withdraw(money("950000"), of: usdt, from: f.anna) == nil)
    #expect(f.exchange.setLeverage(of: f.anna, linear, 1) == .insufficientBalance)
    #expect(f.balance(f.anna, usdt) == ("45050", "4950"))
    f.check()
  }

  @Test func isolatedPositionsTakeMargin() {
    let f = Fixture(fees: free)
    #expect(f.exchange.addMargin(money("10"), of: f.anna, linear, .net) == .noPosition)
    #expect(f.exchange.setMarginMode(of: f.anna, linear, .isolated) == nil)
    trade(f, .buy, linear, 1_000, at: 500_000)
    #expect(f.exchange.addMargin(money("10"), of: f.anna, linear, .net) == nil)
    #expect(f.exchange.position(of: f.anna, linear, .net).margin == money("5010"))
    #expect(f.exchange.addMargin(money("-11"), of: f.anna, linear, .net) == .invalidAmount)
    #expect(f.exchange.setMarginMode(of: f.anna, linear, .cross) == .openOrdersOrPositions)
    trade(f, .sell, linear, 1_000, at: 500_000)
    #expect(f.balance(f.anna, usdt) == ("1000000", "0"))
  }
}
