import RiskEngine
import Testing
import TradingModel

struct EngineTests {
  @Test func spotBalance() throws {
    var engine = try openEngine()
    try engine.setLimits(limits { $0.checks = .balance }, for: .firm)
    let spot = listing(.spot, takerFee: Rate(parts: 1_000_000))  // 1 %
    func of(_ available: Money?, _ side: Side) -> RiskRefusalSet {
      engine.refusals(order(side, 10), spot, account: account(available: available))
    }
    #expect(of(nil, .buy) == set(.balanceUnknown))
    #expect(of(money(1_010) - Money(amount: 1), .buy) == set(.balance))
    #expect(of(money(1_010), .buy).isEmpty)
    #expect(of(money(10) - Money(amount: 1), .sell) == set(.balance))
    #expect(of(money(10), .sell).isEmpty)
    #expect(RiskAccount.currency(of: spot, side: .buy) == spot.quote)
    #expect(RiskAccount.currency(of: spot, side: .sell) == spot.base)
  }

  @Test func margin() throws {
    var engine = try openEngine()
    try engine.setLimits(
      limits {
        $0.checks = .balance
        $0.marginRate = Rate(parts: 10_000_000)
      }, for: .firm)
    func of(_ available: Money, _ listing: Listing, own: Int64, _ side: Side = .buy)
      -> RiskRefusalSet
    {
      engine.refusals(order(side, 10), listing, account: account(own: own, available: available))
    }
    #expect(of(money(100), listing(), own: 0).isEmpty)
    #expect(of(money(99), listing(), own: 0) == set(.balance))
    // Only what opens needs margin: 6 of 10.
    #expect(of(money(60), listing(), own: -4).isEmpty)
    #expect(of(money(59), listing(), own: -4) == set(.balance))
    #expect(of(money(-5), listing(), own: -10).isEmpty)
    #expect(of(money(-5), listing(), own: 10, .sell).isEmpty)
    // 10 contracts of 100 USD at 100: 10 coins, margin 1.
    let inverse = listing(.inverse, contractSize: Decimal(units: 100))
    #expect(of(money(1), inverse, own: 0).isEmpty)
    #expect(of(money(1) - Money(amount: 1), inverse, own: 0) == set(.balance))
    #expect(RiskAccount.currency(of: inverse, side: .sell) == inverse.base)
  }

  @Test func replacementsReserveTheWorse() throws {
    var engine = try openEngine()
    try engine.setLimits(
      limits {
        $0.positionMax = 10
        $0.openOrderCountMax = 1
        $0.openOrderNotionalMax = money(1_000)
      }, for: .firm)
    let held = try engine.approve(
      order(.buy, 8), listing: listing(), reference: reference(), account: account(), now: 0
    ).reservation
    #expect(engine.refusals(order(.buy, 11, at: 90), listing(), replacing: held) == set(.position))
    #expect(
      engine.refusals(order(.buy, 10, at: 101), listing(), replacing: held)
        == set(.openOrderNotional))
    let smaller = try engine.approve(
      order(.buy, 2, at: 120), replacing: held, listing: listing(), reference: reference(),
      account: account(), now: 0
    ).reservation
    #expect(engine.openQuantity(.buy, listing: 0) == 8)
    #expect(engine.openQuantity(.buy, listing: 0, strategy: 0) == 8)
    #expect(engine.openOrderNotional(quote: 1, strategy: 0) == money(800))
    let worst = RiskReservation.worst(held, smaller)
    engine.move(from: worst, to: smaller)
    #expect(engine.openQuantity(.buy, listing: 0) == 2)
    #expect(engine.openOrderNotional(quote: 1) == money(240))
    #expect(engine.openOrderCount(for: .pair(0, 0)) == 1)
    // Above a limit that was lowered, terms that reserve no more still pass.
    try engine.setLimits(limits { $0.positionMax = 1 }, for: .listing(0))
    #expect(engine.refusals(order(.buy, 2, at: 110), listing(), replacing: smaller).isEmpty)
    #expect(engine.refusals(order(.buy, 3), listing(), replacing: smaller) == set(.position))
  }

  @Test func marketOrdersReserveTheFarEndOfTheCollar() throws {
    var engine = try openEngine()
    try engine.setLimits(limits { $0.priceCollar = Rate(parts: 2_500_000) }, for: .strategy(0))
    let market = order(.buy, 2, type: .market)
    let approved = try engine.approve(
      market, listing: listing(), reference: reference(), account: account(), now: 0)
    #expect(approved.reservation.price == 103)  // 102.5, rounded up
    #expect(approved.reservation.notional == money(206))
    #expect(approved.order == market && approved.listing == 0)
    try engine.setLimits(.unlimited, for: .strategy(0))
    let open = try engine.approve(
      market, listing: listing(), reference: reference(ask: 150), account: account(), now: 0)
    #expect(open.reservation.price == 150)
  }

  @Test func adoptedOrdersCountAboveTheLimits() throws {
    var engine = try openEngine()
    try engine.setLimits(
      limits {
        $0.positionMax = 1
        $0.orderRateMax = 1
        $0.orderRateWindow = 100
      }, for: .firm)
    let adopted = engine.adopt(
      order(.sell, 5), listing: listing(), reference: reference(), now: 7)
    let taken = try #require(adopted)
    #expect(engine.openQuantity(.sell, listing: 0) == 5)
    #expect(engine.refusals(order(.sell, 1), listing(), now: 7) == set(.position, .orderRate))
    engine.move(from: taken, to: .none)
    engine.move(from: .none, to: .none)
    #expect(engine.refusals(order(.sell, 1), listing(), now: 107).isEmpty)
    let bad = [order(.buy, 0), order(.buy, .max, at: .max), order(strategy: 9)]
    for order in bad {
      let adopted = engine.adopt(order, listing: listing(), reference: reference(), now: 7)
      #expect(adopted == nil)
    }
  }

  @Test func badLimitsAreNotSet() throws {
    var engine = try openEngine()
    let bad: [(inout RiskLimits) -> Void] = [
      { $0.orderQuantityMax = -1 }, { $0.orderNotionalMax = Money(amount: -1) },
      { $0.priceCollar = Rate(parts: -1) }, { $0.positionMax = -1 },
      { $0.positionNotionalMax = Money(amount: -1) },
      { $0.openOrderNotionalMax = Money(amount: -1) }, { $0.openOrderCountMax = -1 },
      { $0.orderRateMax = -1 }, { $0.orderRateWindow = 0 }, { $0.marginRate = Rate(parts: -1) },
      { $0.marginRate = Rate(parts: 10_000_000_001) },
      {
        $0.orderRateMax = 1 << 32
        $0.orderRateWindow = 1 << 31
      },
    ]
    for change in bad {
      #expect(throws: RiskLimitsError.invalid) { try engine.setLimits(limits(change), for: .firm) }
    }
    #expect(engine.limits(for: .firm) == .unlimited)
    #expect(engine.limits(for: .pair(0, 0)) == nil)
    for scope: RiskScope in [.strategy(2), .listing(3), .pair(2, 0), .pair(0, 3)] {
      #expect(throws: RiskLimitsError.capacity) { try engine.setLimits(.unlimited, for: scope) }
      #expect(throws: RiskLimitsError.capacity) { try engine.setState(.halted, for: scope) }
      #expect(engine.openOrderCount(for: scope) == 0)
    }
    #expect(throws: RiskLimitsError.capacity) { try engine.setState(.halted, venue: 2) }
    #expect(engine.openOrderNotional(quote: 3) == .zero)
    #expect(engine.openOrderNotional(quote: 0, strategy: 2) == .zero)
    #expect(engine.openQuantity(.buy, listing: 3) == 0)
  }

  @Test func hashIsOfTheStateNotOfItsRoom() throws {
    func hash(strategies: Int, _ change: (inout RiskEngine) throws -> Void) rethrows -> RecordHash {
      var engine = RiskEngine(
        strategyCapacity: strategies, listingCapacity: strategies + 1, venueCapacity: 2,
        currencyCapacity: 2 + strategies)
      try change(&engine)
      var hash = RecordHash()
      engine.hash(into: &hash)
      return hash
    }
    let states: [(inout RiskEngine) throws -> Void] = [
      { _ in }, { try $0.setState(.halted, for: .firm) },
      { try $0.setState(.reducing, for: .firm) },
      { try $0.setState(.halted, for: .pair(1, 1)) }, { try $0.setState(.halted, venue: 1) },
      { try $0.setLimits(.unlimited, for: .listing(1)) },
      { try $0.setLimits(.unlimited, for: .strategy(1)) },
      { try $0.setLimits(limits { $0.positionMax = 3 }, for: .strategy(1)) },
      { _ = $0.adopt(order(), listing: listing(), reference: reference(), now: 3) },
      { _ = $0.adopt(order(.sell), listing: listing(), reference: reference(), now: 3) },
    ]
    let small = try states.map { try hash(strategies: 2, $0) }
    let large = try states.map { try hash(strategies: 5, $0) }
    #expect(small == large)
    #expect(Set(small).count == states.count)
    #expect(small[0] == RecordHash())
  }

  @Test func releasingWhatIsNotReservedStops() async {
    await #expect(processExitsWith: .failure) {
      var engine = try openEngine()
      let held = try engine.approve(
        order(), listing: listing(), reference: reference(), account: account(), now: 0
      ).reservation
      engine.move(from: held, to: .none)
      engine.move(from: held, to: .none)
    }
  }
}
