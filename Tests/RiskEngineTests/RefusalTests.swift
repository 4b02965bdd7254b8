import RiskEngine
import Testing
import TradingModel

/// Every refusal at its boundary: the last value allowed passes, the next one is refused, alone.
struct RefusalTests {
  static let scopes: [RiskScope] = [.firm, .strategy(0), .listing(0), .pair(0, 0)]

  @Test(arguments: scopes)
  func orderQuantity(scope: RiskScope) throws {
    var engine = try openEngine()
    try engine.setLimits(limits { $0.orderQuantityMax = 10 }, for: scope)
    #expect(engine.refusals(order(.buy, 9), listing()).isEmpty)
    #expect(engine.refusals(order(.buy, 10), listing()).isEmpty)
    #expect(engine.refusals(order(.buy, 11), listing()) == set(.orderQuantity))
  }

  @Test(arguments: scopes)
  func orderNotional(scope: RiskScope) throws {
    var engine = try openEngine()
    try engine.setLimits(limits { $0.orderNotionalMax = money(1_000) }, for: scope)
    #expect(engine.refusals(order(.buy, 10, at: 99), listing()).isEmpty)
    #expect(engine.refusals(order(.buy, 10, at: 100), listing()).isEmpty)
    #expect(engine.refusals(order(.buy, 10, at: 101), listing()) == set(.orderNotional))
    // A sale below the market counts at the market; an inverse contract at its size.
    #expect(engine.refusals(order(.sell, 11, at: 50), listing()) == set(.orderNotional))
    let inverse = listing(.inverse, contractSize: Decimal(units: 100))
    #expect(engine.refusals(order(.buy, 10, at: 7), inverse).isEmpty)
    #expect(engine.refusals(order(.buy, 11, at: 7), inverse) == set(.orderNotional))
  }

  @Test(arguments: scopes)
  func priceCollar(scope: RiskScope) throws {
    var engine = try openEngine()
    try engine.setLimits(limits { $0.priceCollar = Rate(parts: 5_000_000) }, for: scope)  // 5 %
    for side in Side.allCases {
      for price: Int64 in [95, 96, 104, 105] {
        #expect(engine.refusals(order(side, at: price), listing()).isEmpty)
      }
      for price: Int64 in [94, 106] {
        #expect(engine.refusals(order(side, at: price), listing()) == set(.priceOutsideCollar))
      }
    }
    // Market orders are judged by what they meet, stop-limits by their trigger.
    let market = order(.buy, type: .market)
    #expect(engine.refusals(market, listing(), reference: reference(ask: 105)).isEmpty)
    #expect(
      engine.refusals(market, listing(), reference: reference(ask: 106)) == set(.priceOutsideCollar)
    )
    let stop = order(.buy, at: 210, type: .stopLimit, stop: 200)
    #expect(engine.refusals(stop, listing()).isEmpty)
    let far = order(.buy, at: 211, type: .stopLimit, stop: 200)
    #expect(engine.refusals(far, listing()) == set(.priceOutsideCollar))
  }

  @Test(arguments: scopes)
  func position(scope: RiskScope) throws {
    var engine = try openEngine()
    try engine.setLimits(limits { $0.positionMax = 10 }, for: scope)
    #expect(engine.refusals(order(.buy, 7), listing(), account: account(own: 3)).isEmpty)
    #expect(
      engine.refusals(order(.buy, 8), listing(), account: account(own: 3)) == set(.position))
    #expect(engine.refusals(order(.sell, 13), listing(), account: account(own: 3)).isEmpty)
    #expect(
      engine.refusals(order(.sell, 14), listing(), account: account(own: 3)) == set(.position))
    // Open orders of the same side count as filled, those of the other side do not.
    let open = try engine.approve(
      order(.buy, 4), listing: listing(), reference: reference(), account: account(), now: 0)
    #expect(open.reservation.quantity == 4)
    #expect(engine.refusals(order(.buy, 3), listing(), account: account(own: 3)).isEmpty)
    #expect(
      engine.refusals(order(.buy, 4), listing(), account: account(own: 3)) == set(.position))
    #expect(engine.refusals(order(.sell, 13), listing(), account: account(own: 3)).isEmpty)
    // A limit below what is held still lets the position shrink.
    #expect(engine.refusals(order(.sell, 1), listing(), account: account(own: 90)).isEmpty)
  }

  @Test func positionsAreTheScopesOwn() throws {
    var engine = try openEngine()
    try engine.setLimits(limits { $0.positionMax = 10 }, for: .strategy(0))
    try engine.setLimits(limits { $0.positionMax = 20 }, for: .listing(0))
    let other = account(own: 0, all: 15)
    #expect(engine.refusals(order(.buy, 5), listing(), account: other).isEmpty)
    #expect(engine.refusals(order(.buy, 6), listing(), account: other) == set(.position))
    #expect(
      engine.refusals(order(.buy, 6, strategy: 1), listing(), account: other) == set(.position))
    #expect(
      engine.refusals(order(.buy, 11), listing(index: 1), account: account()) == set(.position))
    #expect(engine.refusals(order(.buy, 11, strategy: 1), listing(index: 1)).isEmpty)
  }

  @Test(arguments: scopes)
  func positionNotional(scope: RiskScope) throws {
    var engine = try openEngine()
    try engine.setLimits(limits { $0.positionNotionalMax = money(1_000) }, for: scope)
    #expect(engine.refusals(order(.buy, 7, at: 1), listing(), account: account(own: 3)).isEmpty)
    #expect(
      engine.refusals(order(.buy, 8, at: 1), listing(), account: account(own: 3))
        == set(.positionNotional))
    #expect(engine.refusals(order(.sell, 13), listing(), account: account(own: 3)).isEmpty)
    #expect(
      engine.refusals(order(.sell, 14), listing(), account: account(own: 3))
        == set(.positionNotional))
  }

  @Test(arguments: scopes)
  func openOrders(scope: RiskScope) throws {
    var engine = try openEngine()
    try engine.setLimits(
      limits {
        $0.openOrderNotionalMax = money(1_000)
        $0.openOrderCountMax = 2
      }, for: scope)
    func place(_ order: RiskOrder, _ engine: inout RiskEngine) throws -> RiskReservation {
      try engine.approve(
        order, listing: listing(), reference: reference(), account: account(), now: 0
      ).reservation
    }
    let first = try place(order(.buy, 4), &engine)
    #expect(engine.refusals(order(.sell, 6), listing()).isEmpty)
    #expect(engine.refusals(order(.sell, 7), listing()) == set(.openOrderNotional))
    let second = try place(order(.sell, 6), &engine)
    #expect(engine.openOrderCount(for: scope) == 2)
    #expect(
      engine.refusals(order(.buy, 1), listing()) == set(.openOrderCount, .openOrderNotional))
    engine.move(from: first, to: first.leaving(1, listing: listing()))
    #expect(engine.refusals(order(.buy, 3), listing()) == set(.openOrderCount))
    engine.move(from: first.leaving(1, listing: listing()), to: .none)
    #expect(engine.refusals(order(.buy, 4), listing()).isEmpty)
    #expect(engine.refusals(order(.buy, 5), listing()) == set(.openOrderNotional))
    engine.move(from: second, to: .none)
    #expect(engine.openOrderCount(for: scope) == 0)
    #expect(engine.openOrderNotional(quote: 1) == .zero)
  }

  @Test(arguments: scopes)
  func orderRate(scope: RiskScope) throws {
    var engine = try openEngine()
    try engine.setLimits(
      limits {
        $0.orderRateMax = 3
        $0.orderRateWindow = 1_000
      }, for: scope)
    func send(at now: Timestamp, _ engine: inout RiskEngine) -> RiskRefusal? {
      do throws(RiskRefusal) {
        _ = try engine.approve(
          order(), listing: listing(), reference: reference(), account: account(), now: now)
        return nil
      } catch { return error }
    }
    for _ in 0..<3 { #expect(send(at: 5_000, &engine) == nil) }
    #expect(send(at: 5_000, &engine) == .orderRate)
    #expect(send(at: 5_333, &engine) == .orderRate)  // 3 a 1000 ns: one more after 333 1/3
    #expect(send(at: 5_334, &engine) == nil)
    #expect(send(at: 5_000, &engine) == .orderRate)  // Time runs backwards: nothing is earned.
    #expect(send(at: 5_666, &engine) == .orderRate)
    #expect(send(at: 5_667, &engine) == nil)
    // New limits keep what was spent.
    try engine.setLimits(
      limits {
        $0.orderRateMax = 3
        $0.orderRateWindow = 10
      }, for: scope)
    #expect(send(at: 5_667, &engine) == .orderRate)
    #expect(send(at: 5_671, &engine) == nil)
    #expect(send(at: .max, &engine) == nil)
  }

  @Test func listingRules() throws {
    let engine = try openEngine()
    let rules = listing(
      tick: 5, lot: 10, quantityMin: 20, quantityMax: 40, notionalMin: money(2_000))
    #expect(engine.refusals(order(.buy, 20), rules).isEmpty)
    #expect(engine.refusals(order(.buy, 40), rules).isEmpty)
    #expect(engine.refusals(order(.buy, 25), rules) == set(.quantityOffLot))
    #expect(engine.refusals(order(.buy, 10, at: 200), rules) == set(.quantityBelowMin))
    #expect(engine.refusals(order(.buy, 50), rules) == set(.quantityAboveMax))
    #expect(
      engine.refusals(order(.buy, 0), rules) == set(.quantityNotPositive, .quantityBelowMin))
    #expect(engine.refusals(order(.buy, -10), rules).first == .quantityNotPositive)
    #expect(engine.refusals(order(.buy, 20, at: 101), rules) == set(.priceOffTick))
    #expect(engine.refusals(order(.buy, 20, at: 0), rules) == set(.priceNotPositive))
    #expect(engine.refusals(order(.buy, 20, at: -5), rules) == set(.priceNotPositive))
    #expect(engine.refusals(order(.buy, 20, at: 95), rules) == set(.notionalBelowMin))
    // The venue looks at a sale's own price.
    #expect(engine.refusals(order(.sell, 20, at: 95), rules) == set(.notionalBelowMin))
    let stop = order(.buy, 20, type: .stop, stop: 102)
    #expect(engine.refusals(stop, rules) == set(.priceOffTick))
    #expect(engine.refusals(order(.buy, 20, type: .stop), rules) == set(.priceNotPositive))
    let huge = order(.buy, .max, at: .max)
    #expect(engine.refusals(huge, listing()) == set(.valueOverflow))
  }

  @Test func whatIsMissingMeansNo() throws {
    var engine = RiskEngine(
      strategyCapacity: 1, listingCapacity: 1, venueCapacity: 1, currencyCapacity: 2)
    #expect(engine.refusals(order(), listing()) == set(.limitMissing))
    try engine.setLimits(.unlimited, for: .firm)
    try engine.setLimits(.unlimited, for: .strategy(0))
    try engine.setLimits(.unlimited, for: .pair(0, 0))
    #expect(engine.refusals(order(), listing()) == set(.limitMissing))
    try engine.setLimits(.unlimited, for: .listing(0))
    #expect(engine.refusals(order(), listing()).isEmpty)
    #expect(
      engine.refusals(order(), listing(), reference: reference(0)) == set(.noReferencePrice))
    #expect(engine.refusals(order(), listing(), reference: reference(bid: 0, ask: 0)).isEmpty)
    for (side, empty) in [(Side.buy, reference(ask: 0)), (.sell, reference(bid: 0))] {
      let market = order(side, type: .market)
      #expect(engine.refusals(market, listing(), reference: empty) == set(.noReferencePrice))
    }
    try engine.setLimits(limits { $0.checks = .feed }, for: .listing(0))
    #expect(engine.refusals(order(), listing()).isEmpty)
    #expect(
      engine.refusals(order(), listing(), reference: reference(feedReady: false))
        == set(.feedNotReady))
  }

  @Test func beyondCapacity() throws {
    let engine = try openEngine()
    #expect(engine.refusals(order(strategy: 2), listing()) == set(.capacity))
    #expect(engine.refusals(order(), listing(index: 3)) == set(.capacity))
    #expect(engine.refusals(order(), listing(venue: 2)) == set(.capacity))
    #expect(engine.refusals(order(), listing(quote: 3)) == set(.capacity))
  }

  @Test func reduceOnly() throws {
    var engine = try openEngine()
    let long = account(own: 10)
    func reducing(_ side: Side, _ quantity: Int64) -> RiskOrder {
      order(side, quantity, instructions: .reduceOnly)
    }
    #expect(engine.refusals(reducing(.sell, 10), listing(), account: long).isEmpty)
    #expect(
      engine.refusals(reducing(.sell, 11), listing(), account: long)
        == set(.reduceOnlyWouldIncrease))
    #expect(
      engine.refusals(reducing(.buy, 1), listing(), account: long) == set(.reduceOnlyWouldIncrease))
    #expect(
      engine.refusals(reducing(.sell, 1), listing(), account: account())
        == set(.reduceOnlyWouldIncrease))
    #expect(engine.refusals(reducing(.buy, 3), listing(), account: account(own: -3)).isEmpty)
    // Other sales are no matter; other reduce-only sales are.
    _ = try engine.approve(
      order(.sell, 9), listing: listing(), reference: reference(), account: long, now: 0)
    _ = try engine.approve(
      reducing(.sell, 6), listing: listing(), reference: reference(), account: long, now: 0)
    #expect(engine.refusals(reducing(.sell, 4), listing(), account: long).isEmpty)
    #expect(
      engine.refusals(reducing(.sell, 5), listing(), account: long)
        == set(.reduceOnlyWouldIncrease))
  }

  @Test func switches() throws {
    var engine = try openEngine()
    let places: [(RiskScope, RiskRefusal)] = [
      (.firm, .killSwitch), (.strategy(0), .strategyStopped), (.pair(0, 0), .strategyStopped),
      (.listing(0), .listingHalted),
    ]
    let reducing = order(.sell, 1, instructions: .reduceOnly)
    let long = account(own: 10)
    for (scope, refusal) in places {
      try engine.setState(.halted, for: scope)
      #expect(engine.state(for: scope) == .halted)
      #expect(engine.refusals(order(), listing()) == set(refusal))
      #expect(engine.refusals(reducing, listing(), account: long) == set(refusal))
      try engine.setState(.reducing, for: scope)
      #expect(engine.refusals(order(), listing()) == set(refusal))
      #expect(engine.refusals(reducing, listing(), account: long).isEmpty)
      try engine.setState(.active, for: scope)
      #expect(engine.refusals(order(), listing()).isEmpty)
    }
    try engine.setState(.halted, venue: 0)
    #expect(engine.refusals(order(), listing()) == set(.venueHalted))
    #expect(engine.refusals(order(), listing(venue: 1)).isEmpty)
    #expect(engine.state(venue: 0) == .halted && engine.state(venue: 9) == .halted)
    #expect(engine.state(for: .strategy(9)) == .halted)
  }

  @Test func everyRefusalHasItsSentence() {
    #expect(Set(RiskRefusal.allCases.map(\.description)).count == RiskRefusal.allCases.count)
    #expect(RiskRefusal.allCases.map(\.rawValue) == Array(1...27))
    let error = (RiskLimitsError.capacity.description, RiskLimitsError.invalid.description)
    #expect(error.0 != error.1)
  }
}
