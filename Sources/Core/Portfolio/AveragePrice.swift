import TradingModel

/// The average price of an open position, rounded for display only: accounting keeps the cost.
public struct AveragePrice: Equatable, BitwiseCopyable, Sendable, CustomStringConvertible {
  /// The price as a whole count of 10^-`decimals`.
  public var units: Int128
  /// Digits behind the decimal point: the listing's price decimals and `extraDecimals`.
  public var decimals: Int

  /// Decimals kept beyond those of the listing's prices.
  public static let extraDecimals = 8

  /// Decimal text without trailing zeros.
  public var description: String { DecimalText.string(units, decimals: decimals) }
}

extension NetPosition {
  /// The price at which the open quantity has the value `openCost`, rounded half to even at
  /// `AveragePrice.extraDecimals` beyond the listing's price decimals.
  ///
  /// Spot and linear: cost / (quantity x contract size). Inverse: quantity x contract size / cost,
  /// the harmonic mean of the entry prices.
  /// - Returns: nil for a flat position, one without cost where that divides, or a result beyond
  ///   128 bits.
  public func averagePrice(listing: Listing) -> AveragePrice? {
    guard quantity != 0 else { return nil }
    let sized = Int128(quantity) * Int128(listing.contractSize.units)
    let extra = AveragePrice.extraDecimals
    let decimals = Int(listing.priceDecimals) + extra
    let scale = Money.decimals - Int(listing.quantityDecimals) - Int(listing.contractSize.decimals)
    let units =
      listing.contractKind == .inverse
      ? Self.ratio(sized, openCost.amount, exponent: scale + Int(listing.priceDecimals) + extra)
      : Self.ratio(openCost.amount, sized, exponent: Int(listing.priceDecimals) + extra - scale)
    guard let units else { return nil }
    return AveragePrice(units: units, decimals: decimals)
  }

  /// `numerator * 10^exponent / denominator`, half to even; nil beyond 128 bits.
  static func ratio(_ numerator: Int128, _ denominator: Int128, exponent: Int) -> Int128? {
    guard denominator != 0, exponent >= -38, exponent <= 38 else { return nil }
    let power = powerOfTen128(exponent < 0 ? -exponent : exponent).magnitude
    var divisor = denominator.magnitude
    var factor: UInt128 = 1
    if exponent < 0 {
      let (product, overflow) = divisor.multipliedReportingOverflow(by: power)
      if overflow { return nil }
      divisor = product
    } else {
      factor = power
    }
    let (high, low) = numerator.magnitude.multipliedFullWidth(by: factor)
    guard high < divisor else { return nil }
    var (quotient, remainder) = divisor.dividingFullWidth((high, low))
    let gap = divisor - remainder
    if remainder > gap || (remainder == gap && quotient & 1 == 1) { quotient += 1 }
    guard quotient <= UInt128(Int128.max) else { return nil }
    let units = Int128(quotient)
    return (numerator < 0) == (denominator < 0) ? units : -units
  }
}

extension Position {
  /// `NetPosition.averagePrice` of what is held.
  public func averagePrice(listing: Listing) -> AveragePrice? { net.averagePrice(listing: listing) }
}
