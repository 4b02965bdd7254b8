import Testing
import TradingModel

@testable import Portfolio

struct FundingTests {
  /// Whatever the positions are: the parts are in proportion to them, to one unit, and add up exactly.
  @Test(arguments: UInt64(0)..<200)
  func partsAddUpToThePayment(seed: UInt64) throws {
    var chance = Chance(seed)
    var table = PositionTable(strategyCapacity: 5, listingCapacity: 1, currencyCapacity: 2)
    let swap = listing(.linear)
    for strategy in 0..<5 as Range<StrategyIndex> where chance.bool() {
      let side: Side = chance.bool() ? .buy : .sell
      _ = try table.apply(
        fill: fill(side, chance.int(1...1_000_000), at: 100_00, strategy: strategy), listing: swap)
    }
    let wide = Int128(chance.int(-1 << 60...1 << 60)) << Int128(chance.int(0...30))
    var division = table.divide(funding: Money(amount: wide), listing: 0)
    let net = Int128(table.totalQuantity(listing: 0))
    #expect(division.isPossible == (net != 0))
    let quantities = (0..<5).map { table.quantity(strategy: $0, listing: 0) }
    #expect(
      division.isOneSided
        == (quantities.allSatisfy { $0 >= 0 } || quantities.allSatisfy { $0 <= 0 }))
    guard net != 0 else { return }
    var sum: Int128 = 0
    for strategy in 0..<5 as Range<StrategyIndex> {
      let quantity = table.quantity(strategy: strategy, listing: 0)
      let part = division.part(of: Int128(quantity)).amount
      if quantity == 0 { #expect(part == 0) }
      // part = wide * quantity / net, each sum rounded by less than one.
      let (exact, rest) = (wide / net, wide % net)
      let expected = exact * Int128(quantity) + rest * Int128(quantity) / net
      #expect((part - expected).magnitude <= 2)
      sum += part
    }
    #expect(sum == wide)
  }

  @Test func partsBeyondTheRangeAreNotMade() throws {
    var table = PositionTable(strategyCapacity: 2, listingCapacity: 1, currencyCapacity: 2)
    let swap = listing(.linear)
    _ = try table.apply(fill: fill(.buy, 1_000_001, at: 1, strategy: 0), listing: swap)
    _ = try table.apply(fill: fill(.sell, 1_000_000, at: 1, strategy: 1), listing: swap)
    #expect(!table.divide(funding: Money(amount: .max), listing: 0).isPossible)
    #expect(!table.divide(funding: Money(amount: .min), listing: 0).isPossible)
    #expect(table.divide(funding: Money(amount: .max / 2_000_001), listing: 0).isPossible)
  }

  @Test func whatDoesNotFitChangesNothing() throws {
    var table = PositionTable(strategyCapacity: 1, listingCapacity: 1, currencyCapacity: 2)
    let swap = listing(.linear)
    _ = try table.book(
      funding: Money(amount: .max), currency: usd, strategy: 0, listing: swap)
    #expect(throws: PositionError.valueOverflow) {
      try table.book(funding: Money(amount: 1), currency: usd, strategy: 0, listing: swap)
    }
    #expect(throws: PositionError.capacity) {
      try table.book(funding: Money(amount: 1), currency: bnb, strategy: 0, listing: swap)
    }
    #expect(table.position(strategy: 0, listing: 0).funding.amount == .max)
    #expect(table.total(listing: 0).funding.amount == .max)
    _ = try table.book(funding: Money(amount: 7), currency: btc, strategy: 0, listing: swap)
    #expect(table.foreignFees(strategy: 0, currency: btc).amount == -7)
  }
}
