/// An exact decimal number: `units` times ten to the power of minus `decimals`.
///
/// Definitions (tick, lot, fee) and text parsed before its scale is known are kept in this form.
/// Values on a hot path are plain integers in their listing's units.
public struct Decimal: Hashable, BitwiseCopyable, Sendable {
  /// The digits as one integer; carries the sign.
  public var units: Int64
  /// How many of the digits stand behind the decimal point, 0 to 18.
  public var decimals: UInt8

  /// The largest `decimals` there is: ten to its power still fits in 64 bits.
  @inlinable public static var decimalsMax: Int { 18 }

  public init(units: Int64, decimals: Int = 0) {
    precondition(decimals >= 0 && decimals <= Self.decimalsMax, "decimals are 0 to 18")
    self.units = units
    self.decimals = UInt8(truncatingIfNeeded: decimals)
  }

  /// The same number without trailing zeros behind the point.
  public var normalized: Decimal {
    var units = self.units
    var decimals = Int(self.decimals)
    while decimals > 0, units % 10 == 0 {
      units /= 10
      decimals -= 1
    }
    return Decimal(units: units, decimals: decimals)
  }

  /// This number as a whole count of 10^-`target`.
  ///
  /// - Throws: `.tooManyDecimals` when digits would be lost, `.overflow` beyond 64 bits.
  @inlinable
  public func units(decimals target: Int) throws(DecimalError) -> Int64 {
    let shift = target - Int(decimals)
    if shift == 0 { return units }
    if shift > 0 {
      guard shift <= Self.decimalsMax else {
        if units == 0 { return 0 }
        throw .overflow
      }
      let (product, overflow) = units.multipliedReportingOverflow(by: powerOfTen(shift))
      if overflow { throw .overflow }
      return product
    }
    let (quotient, remainder) = units.quotientAndRemainder(dividingBy: powerOfTen(-shift))
    if remainder != 0 { throw .tooManyDecimals }
    return quotient
  }
}

extension Decimal: Comparable {
  /// Compares values, not spellings: 1.0 equals 1.00.
  public static func == (a: Decimal, b: Decimal) -> Bool {
    let (a, b) = (a.normalized, b.normalized)
    return a.units == b.units && a.decimals == b.decimals
  }

  public func hash(into hasher: inout Hasher) {
    let value = normalized
    hasher.combine(value.units)
    hasher.combine(value.decimals)
  }

  public static func < (a: Decimal, b: Decimal) -> Bool {
    let common = max(a.decimals, b.decimals)
    return Int128(a.units) * Int128(powerOfTen(Int(common - a.decimals)))
      < Int128(b.units) * Int128(powerOfTen(Int(common - b.decimals)))
  }
}

extension Decimal: CustomStringConvertible {
  /// Exact text without trailing zeros.
  public var description: String {
    DecimalText.string(Int128(units), decimals: Int(decimals))
  }

  /// Reads the whole of `text`.
  public init(_ text: String) throws(DecimalError) {
    var text = text
    let result: Result<Decimal, DecimalError> = text.withUTF8 { bytes in
      do throws(DecimalError) {
        return .success(try DecimalText.parse(UnsafeRawBufferPointer(bytes)))
      } catch {
        return .failure(error)
      }
    }
    self = try result.get()
  }
}

/// Why a text is no decimal number, or no number of the wanted scale.
public enum DecimalError: Error, Equatable, Sendable, CustomStringConvertible {
  case empty
  /// A character that does not belong, with its offset from the start of the number.
  case unexpectedCharacter(UInt8, offset: Int)
  /// More digits behind the point than the scale holds; rounding would be needed.
  case tooManyDecimals
  /// Larger than a 64-bit integer at the wanted scale.
  case overflow

  public var description: String {
    switch self {
    case .empty: "a decimal number was expected, found nothing"
    case .unexpectedCharacter(let byte, let offset):
      "a decimal number was expected, found '\(Character(Unicode.Scalar(byte)))' at offset \(offset)"
    case .tooManyDecimals: "more decimal places than the instrument's units hold"
    case .overflow: "the number does not fit in 64 bits at the instrument's units"
    }
  }
}

/// Ten to the power of `exponent`, which is 0 to 18.
@inlinable
public func powerOfTen(_ exponent: Int) -> Int64 {
  precondition(exponent >= 0 && exponent <= 18, "ten to this power does not fit in 64 bits")
  // A switch becomes a table of constants; a global one would be initialised when first used.
  switch exponent {
  case 0: return 1
  case 1: return 10
  case 2: return 100
  case 3: return 1_000
  case 4: return 10_000
  case 5: return 100_000
  case 6: return 1_000_000
  case 7: return 10_000_000
  case 8: return 100_000_000
  case 9: return 1_000_000_000
  case 10: return 10_000_000_000
  case 11: return 100_000_000_000
  case 12: return 1_000_000_000_000
  case 13: return 10_000_000_000_000
  case 14: return 100_000_000_000_000
  case 15: return 1_000_000_000_000_000
  case 16: return 10_000_000_000_000_000
  case 17: return 100_000_000_000_000_000
  default: return 1_000_000_000_000_000_000
  }
}

/// Ten to the power of `exponent` in 128 bits, which is 0 to 38.
@inlinable
public func powerOfTen128(_ exponent: Int) -> Int128 {
  precondition(exponent >= 0 && exponent <= 38, "ten to this power does not fit in 128 bits")
  if exponent <= 18 { return Int128(powerOfTen(exponent)) }
  if exponent <= 36 { return Int128(powerOfTen(18)) * Int128(powerOfTen(exponent - 18)) }
  return Int128(powerOfTen(18)) * Int128(powerOfTen(18)) * Int128(powerOfTen(exponent - 36))
}
