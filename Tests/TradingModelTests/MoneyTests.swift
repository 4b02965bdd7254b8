import Testing
import TradingModel

@Suite struct MoneyTests {
  @Test func addsAndCompares() {
    var a = Money(amount: 5)
    a += Money(amount: 7)
    a -= Money(amount: 20)
    #expect(a == Money(amount: -8) && -a == a.magnitude && a < .zero)
    #expect(a + Money(amount: 8) == .zero && Money.zero - a == a.magnitude)
    #expect(Money(Decimal(units: -25, decimals: 1)).description == "-2.5")
    #expect(Money(Decimal(units: .max)).amount == Int128(Int64.max) * powerOfTen128(18))
  }

  @Test func dividesLikeAnObviousModel() {
    for denominator in Int128(1)...12 {
      for numerator in Int128(-60)...60 {
        let floor = (numerator - (((numerator % denominator) + denominator) % denominator))
        let below = floor / denominator
        let twice = 2 * (numerator - floor)
        let even = below & 1 == 0 ? below : below + 1
        let nearest = twice < denominator ? below : twice > denominator ? below + 1 : even
        let ceiling = numerator == floor ? below : below + 1
        #expect(divide(numerator, by: denominator, .halfEven) == nearest)
        #expect(divide(numerator, by: denominator, .down) == (numerator < 0 ? ceiling : below))
        #expect(divide(numerator, by: denominator, .up) == (numerator < 0 ? below : ceiling))
      }
    }
    #expect(divide(.max, by: .max, .halfEven) == 1)
    #expect(divide(.min, by: .max, .halfEven) == -1)
    #expect(divide(.max - 1, by: .max, .up) == 1)
  }

  @Test(arguments: UInt64(0)..<20)
  func sharesAreExactToTheLastHalf(seed: UInt64) {
    var random = TestRandom(seed: seed)
    for _ in 0..<300 {
      let money = Money(amount: random.signed128())
      let parts = random.signed64() % 100_000_001
      let share = Rate(parts: parts).share(of: money)
      let exact = BigInteger(money.amount) * BigInteger(Int128(parts))
      #expect(
        exact.isRoundedHalfEven(share.amount, by: BigInteger(100_000_000)),
        "seed \(seed): \(parts) parts of \(money.amount)")
    }
  }

  @Test func halvesOfSharesGoToTheEvenWhole() {
    // 1.5 and 2.5 units, and their mirror images: the whole decides what is even.
    for (amount, share) in [(150_000_000, 2), (250_000_000, 2), (50_000_000, 0)]
      as [(Int128, Int128)]
    {
      #expect(Rate(parts: 1).share(of: Money(amount: amount)).amount == share)
      #expect(Rate(parts: -1).share(of: Money(amount: amount)).amount == -share)
      #expect(Rate(parts: 1).share(of: Money(amount: -amount)).amount == -share)
    }
  }
}
