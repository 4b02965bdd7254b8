import Testing
import TradingModel

@Suite struct ListingTests {
  static func listing(
    _ kind: ContractKind = .spot, price: Int = 2, quantity: Int = 3,
    size: Decimal = Decimal(units: 1), tick: Int64 = 1, lot: Int64 = 1
  ) -> Listing {
    Listing(
      index: 0, venue: 0, instrument: 0, base: 1, quote: 2, contractKind: kind,
      priceDecimals: price, quantityDecimals: quantity, contractSize: size, tick: tick, lot: lot)
  }

  @Test func namedValues() {
    let spot = Self.listing()
    #expect(spot.value(price: 6_173_763, quantity: 1_500)?.description == "92606.445")
    #expect(spot.value(price: 6_173_763, quantity: -1)?.description == "-61.73763")
    #expect(spot.size(quantity: 1_500)?.description == "1.5")
    let linear = Self.listing(.linear, quantity: 0, size: Decimal(units: 1, decimals: 2))
    #expect(linear.value(price: 10_000, quantity: 7)?.description == "7")
    #expect(linear.size(quantity: 7)?.description == "0.07")
    let inverse = Self.listing(.inverse, price: 1, quantity: 0, size: Decimal(units: 100))
    #expect(inverse.value(price: 500_000, quantity: 1)?.description == "0.002")
    #expect(inverse.value(price: 300_000, quantity: 1)?.description == "0.003333333333333333")
    #expect(inverse.size(quantity: 3)?.description == "300")
    #expect(
      inverse.value(price: 0, quantity: 1) == nil && inverse.value(price: -1, quantity: 1) == nil)
    #expect(inverse.settlement == inverse.base && linear.settlement == linear.quote)
    #expect(spot.priceText(-5) == "-0.05" && spot.quantityText(1_500) == "1.5")
  }

  @Test(arguments: UInt64(0)..<20)
  func valuesAndSizesAgreeWithBigIntegers(seed: UInt64) {
    var random = TestRandom(seed: seed)
    for _ in 0..<200 {
      let kind: ContractKind = [.spot, .linear, .inverse][Int(random.next() % 3)]
      let listing = Self.listing(
        kind, price: Int(random.next() % 19), quantity: Int(random.next() % 19),
        size: Decimal(
          units: kind == .spot ? 1 : Int64(random.next() % 1_000_000) + 1,
          decimals: kind == .spot ? 0 : Int(random.next() % 19)))
      let (price, quantity) = (random.signed64(), random.signed64())
      let counted = BigInteger(Int128(quantity)) * BigInteger(Int128(listing.contractSize.units))
      let decimals = Int(listing.quantityDecimals) + Int(listing.contractSize.decimals)
      if kind == .inverse {
        guard price > 0 else {
          #expect(listing.value(price: price, quantity: quantity) == nil)
          continue
        }
        check(
          listing.value(price: price, quantity: quantity), counted,
          exponent: 18 + Int(listing.priceDecimals) - decimals, over: price)
      } else {
        check(
          listing.value(price: price, quantity: quantity), counted * BigInteger(Int128(price)),
          exponent: 18 - Int(listing.priceDecimals) - decimals, over: 1)
      }
      check(listing.size(quantity: quantity), counted, exponent: 18 - decimals, over: 1)
    }
  }

  /// `money` is `factors x 10^exponent / divisor`, rounded; nil only where the product overflows.
  private func check(_ money: Money?, _ factors: BigInteger, exponent: Int, over divisor: Int64) {
    let scaled = factors * BigInteger.powerOfTen(max(0, exponent))
    let denominator = BigInteger(Int128(divisor)) * BigInteger.powerOfTen(max(0, -exponent))
    if let money {
      #expect(scaled.isRoundedHalfEven(money.amount, by: denominator))
    } else {
      #expect(scaled.int128 == nil || exponent < -38)
    }
  }

  @Test func overflowIsNil() {
    let listing = Self.listing(price: 0, quantity: 0)
    #expect(listing.value(price: .max, quantity: .max) == nil)
    #expect(
      listing.value(price: .min, quantity: 1)?.amount == Int128(Int64.min) * powerOfTen128(18))
    #expect(Self.listing(.linear, size: Decimal(units: .max)).size(quantity: .max) == nil)
  }

  @Test(arguments: UInt64(0)..<20)
  func passivePricesStandOnTheGrid(seed: UInt64) {
    var random = TestRandom(seed: seed)
    for _ in 0..<500 {
      let tick = Int64(random.next() % 100) + 1
      let listing = Self.listing(tick: tick, lot: 7)
      let price = random.signed64()
      let bid = listing.passivePrice(price, .buy)
      let offer = listing.passivePrice(price, .sell)
      #expect(listing.isOnTick(bid) && listing.isOnTick(offer))
      if price > .min + 100, price < .max - 100 {
        #expect(bid <= price && price - bid < tick && offer >= price && offer - price < tick)
      }
      if listing.isOnTick(price) { #expect(bid == price && offer == price) }
    }
    #expect(Self.listing(lot: 7).isOnLot(-14) && !Self.listing(lot: 7).isOnLot(13))
  }
}
