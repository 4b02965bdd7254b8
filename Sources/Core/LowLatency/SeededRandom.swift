/// Chance from a seed: equal seeds give equal numbers on every machine and in every build.
///
/// The generator is xoshiro256** (Blackman and Vigna 2018, https://prng.di.unimi.it), its state
/// filled from the seed by splitmix64 as its authors advise. Period 2^256 - 1. Not for secrets.
public struct SeededRandom: RandomNumberGenerator, Hashable, BitwiseCopyable, Sendable {
  @usableFromInline var state0: UInt64
  @usableFromInline var state1: UInt64
  @usableFromInline var state2: UInt64
  @usableFromInline var state3: UInt64

  /// The sequence that belongs to `seed`; any seed is good, 0 too.
  @inlinable
  public init(seed: UInt64) {
    var mixed = seed
    state0 = Self.splitmix64(&mixed)
    state1 = Self.splitmix64(&mixed)
    state2 = Self.splitmix64(&mixed)
    state3 = Self.splitmix64(&mixed)
  }

  /// The next 64 bits, all values alike.
  @inlinable
  public mutating func next() -> UInt64 {
    let scrambled = Self.rotated(state1 &* 5, by: 7) &* 9
    let shifted = state1 &<< 17
    state2 ^= state0
    state3 ^= state1
    state1 ^= state2
    state0 ^= state3
    state2 ^= shifted
    state3 = Self.rotated(state3, by: 45)
    return scrambled
  }

  /// A whole number in `0 ..< bound`, each as likely as any other (Lemire 2019); `bound` > 0.
  @inlinable
  public mutating func next(below bound: UInt64) -> UInt64 {
    precondition(bound > 0, "A bound leaves at least one number")
    var product = next().multipliedFullWidth(by: bound)
    if product.low < bound {
      let threshold = (0 &- bound) % bound
      while product.low < threshold { product = next().multipliedFullWidth(by: bound) }
    }
    return product.high
  }

  /// A whole number in `range`, each as likely as any other; the whole of Int64 is allowed.
  @inlinable
  public mutating func integer(in range: ClosedRange<Int64>) -> Int64 {
    let span = UInt64(bitPattern: range.upperBound) &- UInt64(bitPattern: range.lowerBound)
    let offset = span == .max ? next() : next(below: span &+ 1)
    return Int64(bitPattern: UInt64(bitPattern: range.lowerBound) &+ offset)
  }

  /// A multiple of 2^-53 in 0 ..< 1, each as likely as any other.
  @inlinable
  public mutating func uniform() -> Double { Double(next() &>> 11) * 0x1p-53 }

  /// True with the given probability: 0 is never, 1 is always.
  @inlinable
  public mutating func chance(_ probability: Double) -> Bool { uniform() < probability }

  /// Normally distributed with mean 0 and variance 1 (Marsaglia's polar method; the second number
  /// of each pair is dropped, so that the state is the generator's alone).
  public mutating func normal() -> Double {
    while true {
      let x = 2 * uniform() - 1
      let y = 2 * uniform() - 1
      let square = x * x + y * y
      if square < 1 && square > 0 {
        return x * (-2 * PortableMath.log(square) / square).squareRoot()
      }
    }
  }

  /// Exponentially distributed with mean 1: the waiting time of a Poisson process of rate 1.
  public mutating func exponential() -> Double { -PortableMath.log(1 - uniform()) }

  /// An independent generator, seeded from this one's next number.
  @inlinable public mutating func split() -> SeededRandom { SeededRandom(seed: next()) }

  @inlinable
  static func rotated(_ value: UInt64, by count: UInt64) -> UInt64 {
    value &<< count | value &>> (64 &- count)
  }

  @inlinable
  static func splitmix64(_ state: inout UInt64) -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed &>> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed &>> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed &>> 31
  }
}
