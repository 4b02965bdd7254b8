/// Elementary functions from + - x / and bit operations only, so that a result is the same bit for
/// bit on every machine and in every build, which a system's libm does not promise.
///
/// Swift never fuses a multiplication and an addition unless told to (`addingProduct`), so plain
/// operators round as IEEE 754 says everywhere. For square roots use `.squareRoot()`, which IEEE
/// 754 rounds correctly. Every argument is allowed; special values follow IEEE 754, section 9.2.
/// Errors are against the exact result, in units of the last place (ulp) of a normal result.
public enum PortableMath {
  // ln 2 in two parts; the first has 32 trailing zero bits, so that its product with a binary
  // exponent is exact.
  @usableFromInline static let ln2High = 6.93147180369123816490e-01
  @usableFromInline static let ln2Low = 1.90821492927058770002e-10
  @usableFromInline static let inverseLn2 = 1.44269504088896338700e+00

  /// e to the power `x`; error under 1 ulp. 0 below -745.14, infinity above 709.79.
  ///
  /// Method of Sun's fdlibm (`e_exp.c`): x = k ln 2 + r with |r| <= ln 2 / 2, then a rational
  /// approximation of e^r from a polynomial of r^2, then scaling by 2^k.
  public static func exp(_ x: Double) -> Double {
    if x.isNaN { return x }
    if x > 709.782712893383973096 { return .infinity }
    if x < -745.13321910194110842 { return 0 }
    return exponential(high: x, low: 0)
  }

  /// The natural logarithm of `x`; error under 1 ulp. -infinity at 0, NaN below.
  ///
  /// Method of Sun's fdlibm (`e_log.c`): x = 2^k (1 + f) with 1 + f near 1, s = f / (2 + f), and
  /// log(1 + f) = f - f^2/2 + s (f^2/2 + R(s^2)) with a polynomial R of degree 7.
  public static func log(_ x: Double) -> Double {
    if x.isNaN || x == .infinity { return x }
    if x <= 0 { return x == 0 ? -.infinity : .nan }
    let (k, m) = reduced(x)
    let f = m - 1
    if f == 0 { return k * ln2High + k * ln2Low }
    let s = f / (2 + f)
    let z = s * s
    let w = z * z
    let odd =
      w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01))
    let even =
      z
      * (6.666666666666735130e-01 + w
        * (2.857142874366239149e-01 + w
          * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)))
    let half = 0.5 * f * f
    return k * ln2High - ((half - (s * (half + (odd + even)) + k * ln2Low)) - f)
  }

  /// `x` to the power `y`; error under 2 ulp.
  ///
  /// e^(y log x), with log x and the product carried in two doubles (about 100 bits, of which some
  /// 65 are right): Dekker's exact product and sum, and the series of 2 artanh((m-1)/(m+1)).
  public static func pow(_ x: Double, _ y: Double) -> Double {
    if y == 0 || x == 1 { return 1 }
    if x.isNaN || y.isNaN { return .nan }
    if y.isInfinite {
      let size = x.magnitude
      if size == 1 { return 1 }
      return (size > 1) == (y > 0) ? .infinity : 0
    }
    let isOdd = isOddInteger(y)
    let sign: Double = x.sign == .minus && isOdd ? -1 : 1
    if x == 0 { return y < 0 ? sign * .infinity : sign * 0 }
    if x.isInfinite { return y < 0 ? sign * 0 : sign * .infinity }
    if x < 0 && y.rounded(.towardZero) != y { return .nan }
    return sign * positivePower(x.magnitude, y)
  }

  /// x^y for finite x > 0 and finite y.
  static func positivePower(_ x: Double, _ y: Double) -> Double {
    if x == 1 { return 1 }
    let logarithm = doubleLog(x)
    let estimate = y * logarithm.high
    if estimate > 710 { return .infinity }
    if estimate < -746 { return 0 }
    // Here |y| < 746 * 2^53, so that no exact product below overflows.
    let product = exactProduct(y, logarithm.high)
    let low = product.low + y * logarithm.low
    let high = product.high + low
    if high > 709.782712893383973096 + 1e-10 { return .infinity }
    return exponential(high: high, low: low - (high - product.high))
  }

  // MARK: Parts

  /// e^(high + low), for -746 <= high <= 710 and |low| not above an ulp of high.
  static func exponential(high: Double, low: Double) -> Double {
    let k = (high * inverseLn2).rounded(.toNearestOrAwayFromZero)
    let upper = high - k * ln2High
    let lower = k * ln2Low - low
    let r = upper - lower
    let t = r * r
    let c =
      r - t
      * (1.66666666666666019037e-01 + t
        * (-2.77777777770155933842e-03 + t
          * (6.61375632143793436117e-05 + t
            * (-1.65339022054652515390e-06 + t * 4.13813679705723846039e-08))))
    let result = 1 - ((lower - (r * c) / (2 - c)) - upper)
    return scaled(result, by: Int(k))
  }

  /// m x 2^exponent, rounded once; m is in 0.5 ..< 2 and the exponent in -1080 ... 1024.
  static func scaled(_ m: Double, by exponent: Int) -> Double {
    if exponent > 1023 { return m * 2 * powerOfTwo(1023) }
    if exponent >= -1021 { return m * powerOfTwo(exponent) }
    return m * powerOfTwo(exponent + 1000) * powerOfTwo(-1000)
  }

  /// 2^exponent for -1022 ... 1023, from its bits.
  static func powerOfTwo(_ exponent: Int) -> Double {
    Double(bitPattern: UInt64(exponent + 1023) << 52)
  }

  /// k and m with x = 2^k m and m in sqrt(1/2) ... sqrt(2), for finite x > 0.
  static func reduced(_ x: Double) -> (k: Double, m: Double) {
    var bits = x.bitPattern
    var k = 0
    if bits >> 52 == 0 {
      bits = (x * powerOfTwo(54)).bitPattern
      k = -54
    }
    k += Int(bits >> 52) - 1023
    var m = Double(bitPattern: bits & 0x000F_FFFF_FFFF_FFFF | 0x3FF0_0000_0000_0000)
    if m > 1.41421356237309504880 {
      m *= 0.5
      k += 1
    }
    return (Double(k), m)
  }

  static func isOddInteger(_ y: Double) -> Bool {
    // From 2^53 on every double is even.
    guard y.magnitude < 9_007_199_254_740_992, y.rounded(.towardZero) == y else { return false }
    return Int64(y) & 1 == 1
  }

  /// log x in two doubles, relative error about 2^-65, for finite x > 0.
  ///
  /// With s = (m-1)/(m+1): log m = 2s + (2/3)s^3 + s^5 (2/5 + 2/7 s^2 + ...). The first two terms
  /// are carried in two doubles; the rest is under 2^-12 of the whole.
  static func doubleLog(_ x: Double) -> (high: Double, low: Double) {
    let (k, m) = reduced(x)
    let f = m - 1
    let sum = exactSum(m, 1)
    let s0 = f / sum.high
    let back = exactProduct(s0, sum.high)
    let s1 = (((f - back.high) - back.low) - s0 * sum.low) / sum.high
    let square = exactProduct(s0, s0)
    let z = (high: square.high, low: square.low + 2 * s0 * s1)
    var series = 2.0 / 27
    for divisor in stride(from: 25, through: 5, by: -2) {
      series = 2.0 / Double(divisor) + z.high * series
    }
    let twoThirds = (high: 2.0 / 3, low: 3.70074341541718847e-17)
    let cube = multiply(multiply((s0, s1), z), twoThirds)
    let tail = s0 * z.high * z.high * series
    var result = add((2 * s0, 2 * s1), cube)
    result = add(result, (tail, 0))
    let scale = add((k * ln2High, 0), exactProduct(k, ln2Low))
    // ln 2 less its two parts above.
    let correction = k * ln2Rest
    return add(add(scale, result), (correction, 0))
  }

  static let ln2Rest = 1.16122272293625318507e-26

  /// a + b exactly (Knuth).
  static func exactSum(_ a: Double, _ b: Double) -> (high: Double, low: Double) {
    let high = a + b
    let part = high - a
    return (high, (a - (high - part)) + (b - part))
  }

  /// a x b exactly (Dekker), for factors under 2^970 and a product that is not tiny.
  static func exactProduct(_ a: Double, _ b: Double) -> (high: Double, low: Double) {
    let high = a * b
    let (a1, a2) = halves(a)
    let (b1, b2) = halves(b)
    return (high, ((a1 * b1 - high) + a1 * b2 + a2 * b1) + a2 * b2)
  }

  /// `a` as a sum of two numbers of 26 bits (Veltkamp).
  static func halves(_ a: Double) -> (Double, Double) {
    let scaled = 134_217_729 * a
    let upper = scaled - (scaled - a)
    return (upper, a - upper)
  }

  static func add(
    _ a: (high: Double, low: Double), _ b: (high: Double, low: Double)
  ) -> (high: Double, low: Double) {
    let sum = exactSum(a.high, b.high)
    let low = sum.low + (a.low + b.low)
    let high = sum.high + low
    return (high, low - (high - sum.high))
  }

  static func multiply(
    _ a: (high: Double, low: Double), _ b: (high: Double, low: Double)
  ) -> (high: Double, low: Double) {
    let product = exactProduct(a.high, b.high)
    let low = product.low + (a.high * b.low + a.low * b.high)
    let high = product.high + low
    return (high, low - (high - product.high))
  }
}
