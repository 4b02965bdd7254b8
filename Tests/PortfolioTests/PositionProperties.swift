import Testing
import TradingModel

@testable import Portfolio

/// Random histories against sums that know nothing of average cost.
struct PositionProperties {
  static let fillsPerSeed = 5_000

  /// What a history amounts to: quantities, values and fees, added up.
  struct Sums {
    var quantity: Int64 = 0
    var value: Int128 = 0
    var fees: Int128 = 0
    var bought: Int128 = 0
    var sold: Int128 = 0

    mutating func add(_ fill: PositionFill, value: Money) {
      quantity += fill.quantity * fill.side.sign
      self.value += value.amount * Int128(fill.side.sign)
      fees += fill.fee.amount
      if fill.side == .buy { bought += value.amount } else { sold += value.amount }
    }

    /// The profit at `mark` from the values alone.
    func profit(mark: Int64, _ listing: Listing) throws -> Money {
      let held = try #require(listing.value(price: mark, quantity: quantity)).amount
      let gross = listing.contractKind == .inverse ? value - held : held - value
      return Money(amount: gross - fees)
    }
  }

  func randomFill(_ chance: inout Chance, _ listing: Listing, around price: Int64) -> PositionFill {
    let quantity = chance.next() % 20 == 0 ? chance.int(1...40_000_000) : chance.int(1...2_000)
    return fill(
      chance.bool() ? .buy : .sell, quantity, at: max(1, price + chance.int(-500...500)),
      fee: Money(amount: Int128(chance.int(-1_000_000...9_000_000_000))), in: listing.settlement)
  }

  @Test(arguments: UInt64(0)..<400)
  func profitEqualsTheSumOfCashFlows(seed: UInt64) throws {
    var chance = Chance(seed)
    let kinds: [ContractKind] = [.spot, .linear, .inverse]
    let kind = kinds[Int(seed % 3)]
    let listing = listing(
      kind, priceDecimals: Int(chance.int(0...6)), quantityDecimals: Int(chance.int(0...8)),
      contractSize: kind == .spot
        ? Decimal(units: 1) : Decimal(units: chance.int(1...100), decimals: Int(chance.int(0...3))))
    var table = PositionTable(strategyCapacity: 1, listingCapacity: 1, currencyCapacity: 3)
    var sums = Sums()
    var price = chance.int(1...10_000_000)
    for _ in 0..<Self.fillsPerSeed {
      price = max(1, price + chance.int(-300...300))
      let before = table.position(strategy: 0, listing: 0)
      let fill = randomFill(&chance, listing, around: price)
      let value = try #require(listing.value(price: fill.price, quantity: fill.quantity))
      let effect = try table.apply(fill: fill, listing: listing)
      sums.add(fill, value: value)
      let after = effect.position
      try require(after.quantity == sums.quantity, seed)
      try require(
        after.boughtValue.amount == sums.bought && after.soldValue.amount == sums.sold, seed)
      try require(after.quantity != 0 || after.openCost == .zero, seed)
      try require(after.openCost == .zero || (after.openCost < .zero) == (after.quantity < 0), seed)
      try require(after.realised - before.realised == effect.realised, seed)
      let profit = after.netProfit(mark: price, listing: listing)
      try require(profit == (try sums.profit(mark: price, listing)), seed)
      try requireNearestValue(value, fill, listing, seed)
    }
    #expect(table.total(listing: 0) == table.position(strategy: 0, listing: 0))
  }

  /// An inverse value times its price is the contracts' worth, to half a unit of 10^-18.
  func requireNearestValue(
    _ value: Money, _ fill: PositionFill, _ listing: Listing, _ seed: UInt64
  ) throws {
    guard listing.contractKind == .inverse else { return }
    let size = try #require(listing.size(quantity: fill.quantity)).amount
    let exact = size * Int128(powerOfTen(Int(listing.priceDecimals)))
    let gap = value.amount * Int128(fill.price) - exact
    try require((gap < 0 ? -gap : gap) * 2 <= Int128(fill.price), seed)
  }

  @Test(arguments: UInt64(0)..<100)
  func aReversedFillLeavesTotalProfitAsIfItNeverWas(seed: UInt64) throws {
    var chance = Chance(seed)
    let kinds: [ContractKind] = [.spot, .linear, .inverse]
    let listing = listing(kinds[Int(seed % 3)])
    var with = PositionTable(strategyCapacity: 1, listingCapacity: 1, currencyCapacity: 3)
    var without = PositionTable(strategyCapacity: 1, listingCapacity: 1, currencyCapacity: 3)
    var provisional: [PositionFill] = []
    for _ in 0..<500 {
      let fill = randomFill(&chance, listing, around: 30_000)
      _ = try with.apply(fill: fill, listing: listing)
      if chance.next() % 4 == 0 {
        provisional.append(fill)
      } else {
        _ = try without.apply(fill: fill, listing: listing)
      }
      if let last = provisional.last, chance.bool() {
        provisional.removeLast()
        _ = try with.reverse(fill: last, listing: listing)
      }
    }
    for fill in provisional { _ = try with.reverse(fill: fill, listing: listing) }
    let a = with.position(strategy: 0, listing: 0)
    let b = without.position(strategy: 0, listing: 0)
    #expect(a.quantity == b.quantity && a.fillCount == b.fillCount && a.fees == b.fees)
    #expect(a.boughtQuantity == b.boughtQuantity && a.soldQuantity == b.soldQuantity)
    #expect(a.boughtValue == b.boughtValue && a.soldValue == b.soldValue)
    for mark: Int64 in [1, 777, 30_000, 999_999] {
      #expect(
        a.netProfit(mark: mark, listing: listing) == b.netProfit(mark: mark, listing: listing),
        "seed \(seed)")
    }
  }

  @Test(arguments: UInt64(0)..<100)
  func baseFeesKeepTheIdentityAndTheTotalIsTheSum(seed: UInt64) throws {
    var chance = Chance(seed)
    let spot = listing(.spot, priceDecimals: 2, quantityDecimals: 5)
    var table = PositionTable(strategyCapacity: 3, listingCapacity: 1, currencyCapacity: 3)
    var value: Int128 = 0
    var traded: Int128 = 0
    var charged: Int128 = 0
    for _ in 0..<500 {
      var fill = randomFill(&chance, spot, around: 5_000)
      fill.strategy = StrategyIndex(chance.next() % 3)
      fill.feeCurrency = btc
      fill.fee = Money(amount: Int128(chance.int(-1_000_000...1_000_000)) * 100_000_000)
      let signed = fill.quantity * fill.side.sign
      _ = try table.apply(fill: fill, listing: spot)
      traded += Int128(signed)
      charged += fill.fee.amount
      value += try #require(spot.value(price: fill.price, quantity: signed)).amount
    }
    var sum = Position()
    var pending: Int128 = 0
    for strategy: StrategyIndex in 0..<3 {
      let part = table.position(strategy: strategy, listing: 0)
      sum = try #require(sum.adding(part, minus: .empty))
      pending += table.pendingBaseFees(strategy: strategy, listing: 0).amount
    }
    #expect(sum == table.total(listing: 0))
    let unit = powerOfTen128(13)
    #expect(traded * unit - charged == Int128(sum.quantity) * unit - pending)
    // Realised + unrealised - fees = money paid and received, and what is left at the mark.
    let held = try #require(spot.value(price: 4_321, quantity: sum.quantity)).amount
    let profit = try #require(sum.netProfit(mark: 4_321, listing: spot))
    #expect(profit.amount == held - value, "seed \(seed)")
  }

  @Test(arguments: UInt64(0)..<50)
  func shareOfCostAgreesWithWideArithmetic(seed: UInt64) throws {
    var chance = Chance(seed)
    for _ in 0..<2_000 {
      let whole = chance.next() >> (1 + chance.next() % 62)
      let part = whole == 0 ? 0 : chance.next() % (whole + 1)
      if whole == 0 { continue }
      let wide = UInt128(chance.next()) << 63 | UInt128(chance.next() >> 1)
      let cost = wide >> UInt128(chance.next() % 127)
      let (high, low) = cost.multipliedFullWidth(by: UInt128(part))
      var (expected, remainder) = UInt128(whole).dividingFullWidth((high, low))
      let twice = remainder * 2
      if twice > UInt128(whole) || (twice == UInt128(whole) && expected & 1 == 1) { expected += 1 }
      let share = NetPosition.share(of: Money(amount: Int128(cost)), part: part, whole: whole)
      let mirrored = NetPosition.share(of: Money(amount: -Int128(cost)), part: part, whole: whole)
      try require(share.amount == Int128(expected) && mirrored == -share, seed)
    }
  }

  /// `#expect` records every call; in a loop of thousands only a failure is worth that.
  func require(_ condition: Bool, _ seed: UInt64, line: Int = #line) throws {
    if !condition { try #require(Bool(false), "seed \(seed), line \(line)") }
  }
}
