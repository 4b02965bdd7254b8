import Foundation
import LowLatency
import Testing

@Suite struct PortableMathTests {
  /// Distance in units of the last place of `reference`, which itself may be half a unit off.
  private func ulps(_ value: Double, _ reference: Double) -> Double {
    if value == reference || (value.isNaN && reference.isNaN) { return 0 }
    return (value - reference).magnitude / reference.ulp
  }

  @Test(arguments: UInt64(0)..<4) func expAgreesWithTheSystem(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var worst = 0.0
    for _ in 0..<20_000 {
      let span = [1e-3, 1, 40, 750][Int(random.next(below: 4))]
      let x = (random.uniform() * 2 - 1) * span
      worst = max(worst, ulps(PortableMath.exp(x), Foundation.exp(x)))
    }
    #expect(worst <= 1.5)
  }

  @Test(arguments: UInt64(0)..<4) func logAgreesWithTheSystem(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var worst = 0.0
    for _ in 0..<20_000 {
      let x =
        random.chance(0.5)
        ? Double(bitPattern: random.next() >> 1) : 1 + (random.uniform() - 0.5) / 8
      if !x.isFinite { continue }
      worst = max(worst, ulps(PortableMath.log(x), Foundation.log(x)))
    }
    #expect(worst <= 1.5)
  }

  @Test(arguments: UInt64(0)..<4) func powAgreesWithTheSystem(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var worst = 0.0
    for _ in 0..<20_000 {
      var x = Double(bitPattern: random.next() >> 1)
      var y = (random.uniform() * 2 - 1) * [0.5, 3, 100, 1e6][Int(random.next(below: 4))]
      if random.chance(0.5) { x = random.uniform() * 4 }
      if random.chance(0.2) { x = 1 + (random.uniform() - 0.5) * 1e-6 }
      if random.chance(0.2) {
        x = -x
        y = y.rounded()
      }
      if !x.isFinite { continue }
      worst = max(worst, ulps(PortableMath.pow(x, y), Foundation.pow(x, y)))
    }
    #expect(worst <= 2)
  }

  @Test func specialValuesFollowTheStandard() {
    let values: [Double] = [
      0, -0.0, 1, -1, 2, -2, 3, -3, 0.5, -0.5, 1.5, .infinity, -.infinity, .nan, 1e308, -1e308,
      1e-308, .leastNonzeroMagnitude, .pi, 9_007_199_254_740_991, 9_007_199_254_740_994,
      1 + .ulpOfOne, 710, -746,
      1 - .ulpOfOne / 2, 709.782712893384, -745.13321910194116, 1_074, -1_074, 1e300, -1e300,
    ]
    for x in values {
      #expect(ulps(PortableMath.exp(x), Foundation.exp(x)) <= 1, "exp \(x)")
      #expect(ulps(PortableMath.log(x), Foundation.log(x)) <= 1, "log \(x)")
      for y in values {
        let value = PortableMath.pow(x, y)
        let reference = Foundation.pow(x, y)
        #expect(ulps(value, reference) <= 2, "pow \(x) \(y)")
        #expect(value.isNaN || value.sign == reference.sign, "pow \(x) \(y)")
      }
    }
  }

  /// Exact bits, so that another machine or build that differs is seen.
  @Test func resultsAreTheSameBitForBit() {
    var hash: UInt64 = 0
    var random = SeededRandom(seed: 42)
    for _ in 0..<10_000 {
      let x = random.uniform() * 100
      for value in [
        PortableMath.exp(x - 50), PortableMath.log(x), PortableMath.pow(x, random.normal()),
      ] {
        hash = (hash ^ value.bitPattern) &* 0x9E37_79B9_7F4A_7C15
        hash ^= hash >> 29
      }
    }
    #expect(hash == 10_945_809_504_300_317_019)
  }
}
