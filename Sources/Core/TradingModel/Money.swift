/// An exact amount of some currency, in units of 10^-18 (`Money.decimals`).
///
/// One scale serves every currency, so that amounts of one currency from several venues add without
/// rescaling. 128 bits reach 1.7 x 10^20 whole units. The currency itself stands beside the amount.
public struct Money: Hashable, Comparable, BitwiseCopyable, Sendable {
  /// The count of 10^-18 units.
  public var amount: Int128

  /// Digits behind the decimal point.
  @inlinable public static var decimals: Int { 18 }
  /// The amount of nothing.
  @inlinable public static var zero: Money { Money(amount: 0) }

  @inlinable public init(amount: Int128) { self.amount = amount }

  @inlinable public static func < (a: Money, b: Money) -> Bool { a.amount < b.amount }
  @inlinable public static func + (a: Money, b: Money) -> Money {
    Money(amount: a.amount + b.amount)
  }
  @inlinable public static func - (a: Money, b: Money) -> Money {
    Money(amount: a.amount - b.amount)
  }
  @inlinable public static prefix func - (a: Money) -> Money { Money(amount: -a.amount) }
  @inlinable public static func += (a: inout Money, b: Money) { a.amount += b.amount }
  @inlinable public static func -= (a: inout Money, b: Money) { a.amount -= b.amount }

  /// The amount without its sign.
  @inlinable public var magnitude: Money { Money(amount: amount < 0 ? -amount : amount) }
}

extension Money: CustomStringConvertible {
  /// Exact text without trailing zeros.
  public var description: String { DecimalText.string(amount, decimals: Self.decimals) }

  /// The money that `decimal` names; every `Decimal` fits.
  public init(_ decimal: Decimal) {
    self.amount = Int128(decimal.units) * powerOfTen128(Self.decimals - Int(decimal.decimals))
  }
}

/// How a division that does not come out even is rounded. `docs/records.md` lists who uses which.
public enum Rounding: Sendable {
  /// To the nearest; a half goes to the even neighbour (IEEE 754 roundTiesToEven).
  case halfEven
  /// Towards zero.
  case down
  /// Away from zero.
  case up
}

/// `numerator / denominator` rounded by `rule`.
///
/// - Precondition: `denominator` is above zero.
@inlinable
public func divide(_ numerator: Int128, by denominator: Int128, _ rule: Rounding) -> Int128 {
  precondition(denominator > 0, "the denominator of a rounded division is positive")
  let (quotient, remainder) = numerator.quotientAndRemainder(dividingBy: denominator)
  return round(quotient, remainder: remainder, of: denominator, rule)
}

/// `quotient`, moved by `rule` for a `remainder` that has the sign of the exact result.
@inlinable
func round(
  _ quotient: Int128, remainder: Int128, of denominator: Int128, _ rule: Rounding
) -> Int128 {
  if remainder == 0 { return quotient }
  let away: Int128 = remainder < 0 ? -1 : 1
  switch rule {
  case .down: return quotient
  case .up: return quotient + away
  case .halfEven:
    let magnitude = remainder < 0 ? -remainder : remainder
    let rest = denominator - magnitude
    if magnitude > rest { return quotient + away }
    if magnitude < rest { return quotient }
    return quotient & 1 == 0 ? quotient : quotient + away
  }
}
