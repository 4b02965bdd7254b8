import Testing
import TradingModel

@testable import Portfolio

struct PositionTests {
  func table() -> PositionTable {
    PositionTable(strategyCapacity: 2, listingCapacity: 2, currencyCapacity: 3)
  }

  @Test func averageCostOfALongPosition() throws {
    var table = table()
    let linear = listing(.linear)
    _ = try table.apply(fill: fill(.buy, 10_000, at: 100_00), listing: linear)
    _ = try table.apply(fill: fill(.buy, 10_000, at: 110_00), listing: linear)
    let effect = try table.apply(fill: fill(.sell, 5_000, at: 120_00), listing: linear)
    #expect(try effect.realised == money("75"))
    #expect(effect.position.quantity == 15_000)
    #expect(try effect.position.openCost == money("1575"))
    #expect(try effect.position.boughtValue == money("2100"))
    #expect(try effect.position.soldValue == money("600"))
    #expect(effect.position.fillCount == 3)
    #expect(effect.position.averagePrice(listing: linear)?.description == "105")
    #expect(try effect.position.unrealised(mark: 100_00, listing: linear) == money("-75"))
  }

  @Test func flipClosesAndOpens() throws {
    var table = table()
    let linear = listing(.linear)
    _ = try table.apply(fill: fill(.sell, 3_000, at: 100_00), listing: linear)
    let effect = try table.apply(fill: fill(.buy, 5_000, at: 90_00), listing: linear)
    #expect(try effect.realised == money("30"))
    #expect(effect.position.quantity == 2_000)
    #expect(try effect.position.openCost == money("180"))
  }

  @Test func inverseProfitIsInBase() throws {
    var table = table()
    // 100 USD a contract: 1000 contracts bought at 50,000 cost 2 BTC, sold at 40,000 they are 2.5.
    let inverse = listing(.inverse, quantityDecimals: 0, contractSize: Decimal(units: 100))
    _ = try table.apply(fill: fill(.buy, 1000, at: 50_000_00, in: btc), listing: inverse)
    let mid = table.position(strategy: 0, listing: 0)
    #expect(try mid.openCost == money("2"))
    #expect(mid.averagePrice(listing: inverse)?.description == "50000")
    #expect(try mid.unrealised(mark: 40_000_00, listing: inverse) == money("-0.5"))
    let effect = try table.apply(
      fill: fill(.sell, 1000, at: 40_000_00, fee: money("0.001"), in: btc), listing: inverse)
    #expect(try effect.realised == money("-0.5"))
    #expect(effect.position.openCost == .zero)
    #expect(try effect.position.fees == money("0.001"))
    #expect(try effect.position.netProfit(mark: 1, listing: inverse) == money("-0.501"))
  }

  @Test func baseFeesShrinkASpotPosition() throws {
    var table = table()
    let spot = listing(.spot)  // 0.001 BTC a unit
    let bought = fill(.buy, 1_000, at: 100_00, fee: try money("0.0015"), in: btc)
    let effect = try table.apply(fill: bought, listing: spot)
    #expect(effect.position.quantity == 999)
    #expect(effect.baseQuantityCharged == 1)
    #expect(try effect.fee == money("0.1"))
    #expect(try table.pendingBaseFees(strategy: 0, listing: 0) == money("0.0005"))
    #expect(try effect.position.openCost == money("99.9"))
    #expect(effect.position.boughtQuantity == 1_000)
    #expect(table.foreignFees(strategy: 0, currency: btc) == .zero)
    // The second half makes a whole unit with the first.
    let more = try table.chargeBase(money("0.0005"), price: 200_00, strategy: 0, listing: spot)
    #expect(more.baseQuantityCharged == 1)
    #expect(try more.realised == money("0.1"))
    #expect(try more.position.fees == money("0.3"))
    #expect(table.pendingBaseFees(strategy: 0, listing: 0) == .zero)
    // -100 for what was bought and no other money moved: all of it shows at any mark.
    #expect(try more.position.netProfit(mark: 150_00, listing: spot) == money("49.7"))
  }

  @Test func foreignFeesGoToTheLedger() throws {
    var table = table()
    let linear = listing(.linear)
    let paid = fill(.buy, 1, at: 100, fee: try money("0.25"), in: bnb, strategy: 1)
    _ = try table.apply(fill: paid, listing: linear)
    #expect(try table.foreignFees(strategy: 1, currency: bnb) == money("0.25"))
    #expect(table.position(strategy: 1, listing: 0).fees == .zero)
    _ = try table.reverse(fill: paid, listing: linear)
    #expect(table.foreignFees(strategy: 1, currency: bnb) == .zero)
    #expect(table.position(strategy: 1, listing: 0) == .empty)
  }

  @Test func refusalsChangeNothing() throws {
    var table = table()
    let linear = listing(.linear)
    let inverse = listing(.inverse, index: 1)
    _ = try table.apply(fill: fill(.buy, .max, at: 1), listing: linear)
    var before = RecordHash()
    table.hash(into: &before)
    func expect(_ error: PositionError, _ fill: PositionFill, _ listing: Listing) {
      #expect(throws: error) { try table.apply(fill: fill, listing: listing) }
    }
    expect(.capacity, fill(.buy, 1, at: 1, strategy: 2), linear)
    expect(.capacity, fill(.buy, 1, at: 1, in: 3), linear)
    expect(.capacity, fill(.buy, 1, at: 1), listing(.linear, index: 2))
    expect(.quantityNotPositive, fill(.buy, 0, at: 1), linear)
    expect(.quantityNotPositive, fill(.buy, .min, at: 1), linear)
    expect(.priceNotPositive, fill(.buy, 1, at: 0), inverse)
    expect(.quantityOverflow, fill(.buy, 1, at: 1), linear)
    expect(.valueOverflow, fill(.sell, .max, at: .max), linear)
    expect(.valueOverflow, fill(.sell, 1, at: 1, fee: Money(amount: .min)), linear)
    #expect(throws: PositionError.notSpot) {
      try table.chargeBase(Money(amount: 1), price: 1, strategy: 0, listing: linear)
    }
    #expect(throws: PositionError.capacity) {
      try table.chargeBase(Money(amount: 1), price: 1, strategy: 9, listing: linear)
    }
    var after = RecordHash()
    table.hash(into: &after)
    #expect(before == after)
    for error: PositionError in [
      .capacity, .quantityNotPositive, .priceNotPositive, .quantityOverflow, .valueOverflow,
      .notSpot,
    ] {
      #expect(!error.description.isEmpty)
    }
  }

  @Test func amountsAtTheEdgeAreRefusedNotTrapped() throws {
    // 10^20 - 1 whole units a fill: the second sum leaves 128 bits.
    var table = table()
    let whole = listing(.linear, priceDecimals: 0, quantityDecimals: 0)
    let large = fill(.buy, 10_000_000_000, at: 9_000_000_000)
    _ = try table.apply(fill: large, listing: whole)
    #expect(throws: PositionError.valueOverflow) { try table.apply(fill: large, listing: whole) }
    // Another strategy may hold as much, but the listing's total may not.
    var other = large
    other.strategy = 1
    #expect(throws: PositionError.valueOverflow) { try table.apply(fill: other, listing: whole) }
    #expect(table.position(strategy: 1, listing: 0) == .empty)
    let held = table.position(strategy: 0, listing: 0)
    #expect(held.unrealised(mark: .max, listing: whole) == nil)
    #expect(held.netProfit(mark: .max, listing: whole) == nil)
  }

  @Test func averagePriceRoundsHalfToEven() throws {
    let linear = listing(.linear, priceDecimals: 0, quantityDecimals: 0)
    var position = Position()
    #expect(position.averagePrice(listing: linear) == nil)
    position.quantity = 3
    position.openCost = try money("2")
    #expect(position.averagePrice(listing: linear)?.description == "0.66666667")
    position.quantity = -200_000_000
    position.openCost = Money(amount: -1_000_000_000_000_000_000)
    // 0.000000005 has its half at the ninth decimal: to even is down to zero.
    #expect(position.averagePrice(listing: linear)?.units == 0)
    position.openCost = Money(amount: -3_000_000_000_000_000_000)
    #expect(position.averagePrice(listing: linear)?.units == 2)
    let inverse = listing(.inverse, quantityDecimals: 0)
    position.openCost = .zero
    #expect(position.averagePrice(listing: inverse) == nil)
  }

  @Test func hashIgnoresEmptyPlaces() throws {
    let linear = listing(.linear)
    var small = table()
    var large = PositionTable(strategyCapacity: 7, listingCapacity: 9, currencyCapacity: 5)
    var empty = RecordHash()
    large.hash(into: &empty)
    #expect(empty == RecordHash())
    let one = fill(.buy, 5, at: 7, fee: Money(amount: 3), in: bnb, strategy: 1)
    _ = try small.apply(fill: one, listing: linear)
    _ = try large.apply(fill: one, listing: linear)
    var a = RecordHash()
    var b = RecordHash()
    small.hash(into: &a)
    large.hash(into: &b)
    #expect(a == b)
    #expect(a != empty)
    _ = try large.reverse(fill: one, listing: linear)
    var undone = RecordHash()
    large.hash(into: &undone)
    #expect(undone == empty)
  }
}
