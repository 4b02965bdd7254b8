import TradingModel

/// A listing's notional values with the power of ten looked up once for many prices.
///
/// A value is `price * quantity * unit` (inverse: `quantity * unit`). While both factors fit in 64
/// bits their product is one instruction; anything larger takes `Listing`'s own, checked way.
struct NotionalScale {
  /// 10^-18 of the quote currency in one quantity unit at a price of one unit; zero: too large, or
  /// no whole number.
  private let unit: Int64
  private let isInverse: Bool

  @inline(__always)
  init(_ listing: Listing) {
    isInverse = listing.contractKind == .inverse
    let exponent =
      Money.decimals - Int(listing.quantityDecimals) - Int(listing.contractSize.decimals)
      - (isInverse ? 0 : Int(listing.priceDecimals))
    guard exponent >= 0 else {
      unit = 0
      return
    }
    let (product, overflow) = listing.contractSize.units.multipliedReportingOverflow(
      by: powerOfTen(exponent))
    unit = overflow ? 0 : product
  }

  /// As `Listing.notional`.
  @inline(__always)
  func notional(_ listing: Listing, price: Int64, quantity: Int64) -> Money? {
    let (units, overflow) = quantity.multipliedReportingOverflow(by: isInverse ? 1 : price)
    if unit == 0 || overflow { return listing.notional(price: price, quantity: quantity) }
    return Money(amount: Int128(units) &* Int128(unit))
  }
}
