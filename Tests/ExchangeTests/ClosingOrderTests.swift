import MatchingEngine
import Testing
import TradingModel

@testable import Exchange

/// Orders that close a whole position.
@Suite struct ClosingOrderTests {
  /// Anna is long `quantity` thousandths at 50,000.0.
  private func long(_ f: Fixture, _ quantity: Int64, _ side: PositionSide = .net) {
    f.enter(f.bert, .limit, .sell, linear, quantity: quantity, price: 500_000) {
      if side != .net { $0.positionSide = .short }
    }
    f.enter(f.anna, .limit, .buy, linear, quantity: quantity, price: 500_000) {
      $0.positionSide = side
    }
  }

  private func stop(_ f: Fixture, _ side: PositionSide = .net) -> OrderID {
    f.enter(f.anna, .stopLoss, .sell, linear) {
      $0.triggerPrice = 490_000
      $0.closesPosition = true
      $0.positionSide = side
    }
  }

  @Test(arguments: [PositionMode.oneWay, .hedge]) func takesTheSizeWhenItIsTriggered(
    mode: PositionMode
  ) {
    let f = Fixture(mode: mode)
    let side: PositionSide = mode == .hedge ? .long : .net
    long(f, 100, side)
    let id = stop(f, side)
    #expect(f.order(id).quantity == 0 && f.order(id).locked == .zero)
    long(f, 50, side)
    f.check()
    f.enter(f.bert, .limit, .buy, linear, quantity: 500, price: 480_000) {
      if mode == .hedge { $0.positionSide = .long }
    }
    f.print(490_000, linear)
    #expect(f.order(id).state == .filled && f.order(id).filled == 150)
    #expect(f.exchange.position(of: f.anna, linear, side).quantity == 0)
    f.check()
  }

  @Test(arguments: [Int64(100), 160]) func endsWithItsPosition(sold: Int64) {
    let f = Fixture()
    long(f, 100)
    let id = stop(f)
    f.enter(f.bert, .limit, .buy, linear, quantity: sold, price: 500_000)
    f.enter(f.anna, .limit, .sell, linear, quantity: 40, price: 500_000)
    #expect(f.order(id).state == .waiting)
    f.enter(f.anna, .limit, .sell, linear, quantity: sold - 40, price: 500_000)
    #expect(f.order(id).endReason == .positionClosed && f.order(id).state == .expired)
    f.check()
  }

  @Test func needsAPositionOfItsSide() {
    let f = Fixture()
    func refusal(_ side: Side, _ trigger: Int64, quantity: Int64 = 0) -> Refusal? {
      f.refusal(f.anna, .stopLoss, side, linear, quantity: quantity) {
        $0.triggerPrice = trigger
        $0.closesPosition = true
      }
    }
    #expect(refusal(.sell, 490_000) == .noPosition)
    long(f, 100)
    #expect(refusal(.buy, 510_000) == .noPosition)
    #expect(refusal(.sell, 490_000, quantity: 5) == .invalidCombination)
    #expect(
      f.refusal(f.anna, .stopLossLimit, .sell, linear, price: 480_000) {
        $0.triggerPrice = 490_000
        $0.closesPosition = true
      } == .invalidCombination)
    #expect(
      f.refusal(f.anna, .stopLoss, .sell) {
        $0.triggerPrice = 4_900_000
        $0.closesPosition = true
      } == .invalidCombination)
    #expect(refusal(.sell, 490_000) == nil)
  }

  /// Binance's wait for the next position.
  @Test func mayOutliveItsPosition() {
    let f = Fixture { $0.rules.closingOrdersEndWithPosition = false }
    let id = stop(f)
    long(f, 100)
    f.enter(f.bert, .limit, .buy, linear, quantity: 100, price: 500_000)
    f.enter(f.anna, .limit, .sell, linear, quantity: 100, price: 500_000)
    #expect(f.order(id).state == .waiting)
    f.print(490_000, linear)
    #expect(f.order(id).endReason == .reduceOnly && f.order(id).isTriggered)
    f.check()
  }

  @Test func itsTriggerCanBeAmended() {
    let f = Fixture()
    long(f, 100)
    let id = stop(f)
    func amend(_ amendment: Amendment) -> Result<OrderID, Refusal> {
      f.exchange.amend(.venue(id), amendment, by: f.anna)
    }
    #expect(amend(Amendment(triggerPrice: 480_000)) == .success(id))
    #expect(amend(Amendment(triggerPrice: 510_000)) == .failure(.wouldTrigger))
    #expect(amend(Amendment(quantity: 5)) == .failure(.invalidCombination))
    #expect(f.order(id).request.triggerPrice == 480_000)
    f.check()
  }

  /// The stop of a pair ends with the position, and the resting limit order with it.
  @Test func aPairEndsWithThePosition() {
    let f = Fixture()
    long(f, 100)
    let ids = f.enter(
      f.anna, .oneCancelsOther,
      [
        f.request(.limit, .sell, 100, price: 520_000, linear) { $0.isReduceOnly = true },
        f.request(.stopLoss, .sell, 0, trigger: 490_000, linear) { $0.closesPosition = true },
      ])
    f.enter(f.bert, .limit, .buy, linear, quantity: 100, price: 500_000)
    f.enter(f.anna, .market, .sell, linear, quantity: 100)
    #expect(ids.allSatisfy { !f.order($0).state.isOpen })
    f.check()
  }
}
