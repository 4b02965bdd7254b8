import TradingModel

/// SplitMix64: the tests' own generator, replayable from a seed.
struct TestRandom: RandomNumberGenerator {
  var state: UInt64
  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }

  /// Any 64 bits, with short numbers and the edges as likely as long ones.
  mutating func signed64() -> Int64 {
    switch next() % 8 {
    case 0: return [0, 1, -1, .min, .max, .min + 1, .max - 1][Int(next() % 7)]
    default: return Int64(bitPattern: next()) >> Int64(next() % 64)
    }
  }

  mutating func signed128() -> Int128 {
    if next() % 16 == 0 { return [0, .min, .max][Int(next() % 3)] }
    return (Int128(Int64(bitPattern: next())) << 64 | Int128(next())) >> Int128(next() % 128)
  }

  mutating func pick<T: CaseIterable>(_ type: T.Type) -> T where T.AllCases == [T] {
    type.allCases[Int(next() % UInt64(type.allCases.count))]
  }

  mutating func word16() -> UInt16 { UInt16(truncatingIfNeeded: next()) }
  mutating func word32() -> UInt32 { UInt32(truncatingIfNeeded: next()) }
  mutating func byte() -> UInt8 { UInt8(truncatingIfNeeded: next()) }

  mutating func text() -> String {
    let letters = Array("aZ09-=\n é€🐎")
    return String((0..<Int(next() % 20)).map { _ in letters[Int(next() % UInt64(letters.count))] })
  }
}

/// A whole number of any size: sign and digits in base 10^9, lowest first. Slow and obvious.
struct BigInteger: Equatable {
  var isNegative = false
  var digits: [UInt64] = []
  static let base: UInt64 = 1_000_000_000

  init(_ value: Int128) {
    isNegative = value < 0
    var rest = value.magnitude
    while rest > 0 {
      digits.append(UInt64(rest % UInt128(Self.base)))
      rest /= UInt128(Self.base)
    }
  }

  private mutating func trim() {
    while digits.last == 0 { digits.removeLast() }
    if digits.isEmpty { isNegative = false }
  }

  static func * (a: BigInteger, b: BigInteger) -> BigInteger {
    var result = BigInteger(0)
    result.isNegative = a.isNegative != b.isNegative
    result.digits = Array(repeating: 0, count: a.digits.count + b.digits.count + 1)
    for (i, x) in a.digits.enumerated() {
      var carry: UInt64 = 0
      for j in 0..<(result.digits.count - i) {
        let y = j < b.digits.count ? b.digits[j] : 0
        let sum = result.digits[i + j] + x * y + carry
        result.digits[i + j] = sum % base
        carry = sum / base
      }
    }
    result.trim()
    return result
  }

  static func powerOfTen(_ exponent: Int) -> BigInteger {
    (0..<exponent).reduce(BigInteger(1)) { value, _ in value * BigInteger(10) }
  }

  static func magnitudeIsLess(_ a: BigInteger, _ b: BigInteger) -> Bool {
    if a.digits.count != b.digits.count { return a.digits.count < b.digits.count }
    for (x, y) in zip(a.digits.reversed(), b.digits.reversed()) where x != y { return x < y }
    return false
  }

  /// The value, where it fits.
  var int128: Int128? {
    var value: Int128 = 0
    for digit in digits.reversed() {
      let (product, overflow) = value.multipliedReportingOverflow(by: Int128(Self.base))
      let (sum, carry) = product.subtractingReportingOverflow(Int128(digit))
      if overflow || carry { return nil }
      value = sum
    }
    if isNegative { return value }
    return value == .min ? nil : -value
  }

  /// Whether `value` is `self / denominator` rounded half to even: the distance is at most a half,
  /// and at exactly a half `value` is even.
  func isRoundedHalfEven(_ value: Int128, by denominator: BigInteger) -> Bool {
    let twice = self * BigInteger(2)
    let middle = BigInteger(value) * denominator * BigInteger(2)
    let distance = Self.distance(twice, middle)
    if Self.magnitudeIsLess(distance, denominator) { return true }
    return distance == denominator && value & 1 == 0
  }

  static func distance(_ a: BigInteger, _ b: BigInteger) -> BigInteger {
    var (large, small) = magnitudeIsLess(a, b) ? (b, a) : (a, b)
    let sameSign = a.isNegative == b.isNegative
    large.isNegative = false
    small.isNegative = false
    var carry: Int64 = 0
    large.digits.append(0)
    for index in large.digits.indices {
      let other = index < small.digits.count ? Int64(small.digits[index]) : 0
      var sum = Int64(large.digits[index]) + (sameSign ? -other : other) + carry
      carry = 0
      if sum < 0 { (sum, carry) = (sum + Int64(base), -1) }
      if sum >= Int64(base) { (sum, carry) = (sum - Int64(base), 1) }
      large.digits[index] = UInt64(sum)
    }
    large.trim()
    return large
  }
}
