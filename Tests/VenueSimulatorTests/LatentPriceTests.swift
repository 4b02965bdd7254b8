import LowLatency
import Testing
import TradingModel

@testable import VenueSimulator

@Suite struct LatentPriceTests {
  private func settings(_ seed: UInt64) -> LatentPriceSettings {
    LatentPriceSettings(seed: seed, startTime: startTime, startPrice: 60_000)
  }

  @Test func dependsOnSeedAndTimeOnly() {
    var often = LatentPrice(settings(1))
    var seldom = LatentPrice(settings(1))
    var other = LatentPrice(settings(2))
    for step in 1...2000 { _ = often.price(at: startTime + Int64(step) * 1_234_567) }
    let time = startTime + 2000 * 1_234_567
    #expect(often.price(at: time).bitPattern == seldom.price(at: time).bitPattern)
    #expect(often.price(at: time) != other.price(at: time))
    // Looking back gives the same as having looked then.
    let before = time - second
    var early = LatentPrice(settings(1))
    #expect(often.price(at: before).bitPattern == early.price(at: before).bitPattern)
  }

  @Test func startsWhereItIsTold() {
    var price = LatentPrice(settings(3))
    #expect(price.price(at: startTime) == 60_000)
    #expect(price.price(at: startTime - second) == 60_000)
  }

  /// The mean square move of a second is about volatility^2 (1.2e-4, times e^(2 x 0.5^2) because
  /// the volatility wanders log-normally, plus jumps: 6e-4^2 / 120).
  @Test func movesAsMuchAsItShould() {
    var squares = 0.0
    var count = 0.0
    for seed in UInt64(0)..<40 {
      var price = LatentPrice(settings(seed))
      var last = 60_000.0
      for step in 1...120 {
        let next = price.price(at: startTime + Int64(step) * second)
        squares += (next / last - 1) * (next / last - 1)
        count += 1
        last = next
      }
    }
    let expected = 1.44e-8 * PortableMath.exp(0.5) + 3.6e-7 / 120
    #expect(squares / count > expected * 0.6 && squares / count < expected * 1.6)
  }

  @Test func flowKeepsItsRates() {
    var settings = OrderFlowSettings()
    settings.limitRate = 100
    settings.marketRate = 20
    settings.arbitrageRate = 10
    settings.lifeSeconds = 2
    var flow = OrderFlow(settings, seed: 5, startTime: startTime)
    var (limits, cancels, buys, sells, looks) = (0.0, 0.0, 0.0, 0.0, 0.0)
    var time = startTime
    while true {
      time = flow.nextTime(liveCount: 200)
      if time > startTime + 500 * second { break }
      switch flow.action(at: time, liveCount: 200, pressure: 0) {
      case .limit: limits += 1
      case .cancel: cancels += 1
      case .market(.buy): buys += 1
      case .market(.sell): sells += 1
      case .arbitrage: looks += 1
      case .nothing: break
      }
    }
    // 500 s: 100/s limits; 200 orders / 2 s = 100/s cancels; 20/s market orders, both sides alike.
    #expect(abs(limits / 500 - 100) < 3)
    #expect(abs(cancels / 500 - 100) < 3)
    #expect(abs((buys + sells) / 500 - 20) < 2)
    #expect(abs(buys - sells) / (buys + sells) < 0.1)
    #expect(abs(looks / 500 - 10) < 1)
  }
}
