import Testing
import TradingModel

@testable import Portfolio

/// What an account holds of a contract: the arithmetic of strategies' positions, over all of them.
@Suite struct NetPositionTests {
  let linear = listing(.linear)
  let inverse = listing(.inverse, contractSize: Decimal(units: 100))

  @Test func oppositeFillsRealise() throws {
    var net = NetPosition()
    #expect(
      try net.book(fill(.buy, 1_000, at: 100_00), isReversal: false, listing: linear) == .zero)
    #expect(net.averagePrice(listing: linear)?.description == "100")
    #expect(try net.unrealised(mark: 105_00, listing: linear) == money("5"))
    let profit = try net.book(
      fill(.sell, 1_000, at: 110_00, strategy: 1), isReversal: false, listing: linear)
    #expect(try profit == money("10"))
    #expect(net == NetPosition(realised: profit))
    // Taken back: the sale is bought again at its price.
    _ = try net.book(fill(.sell, 1_000, at: 110_00), isReversal: true, listing: linear)
    #expect(net.quantity == 1_000)
    #expect(try net.openCost == money("110"))
  }

  @Test func whatItCannotTakeChangesNothing() throws {
    let full = NetPosition(quantity: .max - 1, openCost: Money(amount: .max - 1))
    let cases: [(PositionFill, Listing, PositionError)] = [
      (fill(.buy, 0, at: 1), linear, .quantityNotPositive),
      (fill(.sell, -4, at: 1), linear, .quantityNotPositive),
      (fill(.buy, 1, at: 0), inverse, .priceNotPositive),
      (fill(.buy, .max, at: 1), linear, .quantityOverflow),
      (fill(.buy, 1, at: 5), linear, .valueOverflow),
      (fill(.buy, .max, at: .max), linear, .valueOverflow),
    ]
    for (fill, listing, error) in cases {
      var net = full
      #expect(throws: error) { try net.book(fill, isReversal: false, listing: listing) }
      #expect(net == full)
    }
  }

  /// The same fills and reversals: to the unit what a table of one strategy holds, and what it realises.
  @Test(arguments: UInt64(0)..<60)
  func oneStrategyIsTheAccount(seed: UInt64) throws {
    var chance = Chance(seed)
    let listing = seed % 2 == 0 ? linear : inverse
    var table = PositionTable(strategyCapacity: 1, listingCapacity: 1, currencyCapacity: 3)
    var net = NetPosition()
    var fills: [PositionFill] = []
    for step in 0..<400 {
      let isReversal = !fills.isEmpty && chance.next() % 5 == 0
      let leg =
        isReversal
        ? fills.remove(at: Int(chance.next() % UInt64(fills.count)))
        : fill(
          chance.bool() ? .buy : .sell, chance.int(1...9_000), at: chance.int(900_00...1_100_00))
      if !isReversal { fills.append(leg) }
      let profit = try net.book(leg, isReversal: isReversal, listing: listing)
      let effect =
        isReversal
        ? try table.reverse(fill: leg, listing: listing)
        : try table.apply(fill: leg, listing: listing)
      try #require(
        profit == effect.realised && net == effect.position.net, "seed \(seed), step \(step)")
    }
  }

  /// Cost and profit of the account add up to those of the strategies, however they stand.
  @Test(arguments: UInt64(0)..<60)
  func accountAndStrategiesHaveTheSameSum(seed: UInt64) throws {
    var chance = Chance(seed)
    let listing = seed % 2 == 0 ? linear : inverse
    var table = PositionTable(strategyCapacity: 4, listingCapacity: 1, currencyCapacity: 3)
    var net = NetPosition()
    var unlike = 0
    for step in 0..<400 {
      let leg = fill(
        chance.bool() ? .buy : .sell, chance.int(1...9_000), at: chance.int(900_00...1_100_00),
        strategy: StrategyIndex(chance.next() % 4))
      _ = try net.book(leg, isReversal: false, listing: listing)
      _ = try table.apply(fill: leg, listing: listing)
      let total = table.total(listing: 0)
      let sums = [net, total.net].map {
        listing.contractKind == .inverse
          ? $0.openCost + $0.realised : $0.openCost - $0.realised
      }
      try #require(
        sums[0] == sums[1] && net.quantity == total.quantity, "seed \(seed), step \(step)")
      if net.realised != total.realised { unlike += 1 }
    }
    #expect(unlike > 300)
  }

  @Test func everyFieldIsInTheHash() {
    func hash(_ listing: ListingIndex, _ net: NetPosition) -> UInt64 {
      var table = NetPositionTable(listingCapacity: 3)
      table[listing] = net
      var hash = RecordHash()
      table.hash(into: &hash)
      return hash.value
    }
    let one = Money(amount: 1)
    let all = [
      hash(0, NetPosition()), hash(0, NetPosition(quantity: 1)), hash(2, NetPosition(quantity: 1)),
      hash(0, NetPosition(openCost: one)), hash(0, NetPosition(realised: one)),
    ]
    #expect(Set(all).count == all.count)
    #expect(hash(0, NetPosition()) == hash(1, NetPosition()))
  }
}
