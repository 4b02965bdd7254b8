import LowLatency
import Testing

@Suite struct SeededRandomTests {
  /// splitmix64 from seed 0 begins with these numbers; xoshiro256** starts from them.
  @Test func followsThePublishedAlgorithm() {
    let state: [UInt64] = [
      0xE220_A839_7B1D_CDAF, 0x6E78_9E6A_A1B9_65F4, 0x06C4_5D18_8009_454F, 0xF88B_B8A8_724C_81EC,
    ]
    var random = SeededRandom(seed: 0)
    let product = state[1] &* 5
    #expect(random.next() == (product << 7 | product >> 57) &* 9)
  }

  @Test func equalSeedsGiveEqualNumbers() {
    var one = SeededRandom(seed: 9)
    var two = one
    var other = SeededRandom(seed: 10)
    #expect((0..<100).map { _ in one.next() } == (0..<100).map { _ in two.next() })
    #expect(one.next() != other.next())
    var part = one.split()
    #expect(part.next() != one.next())
  }

  @Test func boundedNumbersCoverTheirRangeEvenly() {
    var random = SeededRandom(seed: 1)
    var counts = [Int](repeating: 0, count: 7)
    for _ in 0..<70_000 { counts[Int(random.next(below: 7))] += 1 }
    #expect(counts.allSatisfy { $0 > 9_500 && $0 < 10_500 })
    #expect((0..<100).allSatisfy { _ in random.next(below: 1) == 0 })
    for _ in 0..<1_000 {
      #expect((-3...4).contains(random.integer(in: -3...4)))
      _ = random.integer(in: .min ... .max)
      let near = random.integer(in: (.max - 1) ... .max)
      #expect(near >= .max - 1)
      #expect((0..<1).contains(random.uniform()))
    }
  }

  @Test func distributionsHaveTheirMoments() {
    var random = SeededRandom(seed: 2)
    let count = 200_000
    var sum = 0.0
    var squares = 0.0
    var waiting = 0.0
    for _ in 0..<count {
      let x = random.normal()
      sum += x
      squares += x * x
      let wait = random.exponential()
      waiting += wait
    }
    #expect((sum / Double(count)).magnitude < 0.01)
    #expect((squares / Double(count) - 1).magnitude < 0.02)
    #expect((waiting / Double(count) - 1).magnitude < 0.01)
  }
}
