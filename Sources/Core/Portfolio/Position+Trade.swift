import TradingModel

extension Position {
  /// Moves `signed` quantity units at `price` through open cost and realised profit; leaves fees,
  /// totals and counts alone.
  ///
  /// A fill through zero is a close of what is open and an opening of the rest at the same price.
  /// The whole fill is valued once; its opening part is that value less the value of its closing
  /// part, so that the two add up.
  /// - Parameter value: the signed value of `signed` units at `price`.
  /// - Returns: the profit realised.
  mutating func trade(
    _ signed: Int64, price: Int64, value: Money, listing: Listing
  ) throws(PositionError) -> Money {
    let (after, overflow) = quantity.addingReportingOverflow(signed)
    if overflow || after == .min { throw .quantityOverflow }
    if quantity == 0 || (quantity < 0) == (signed < 0) {
      guard let cost = openCost.adding(value) else { throw .valueOverflow }
      openCost = cost
      quantity = after
      return .zero
    }
    let isWhole = signed.magnitude >= quantity.magnitude
    let closing = isWhole ? -quantity : signed
    let released =
      isWhole
      ? openCost
      : Self.share(of: openCost, part: closing.magnitude, whole: quantity.magnitude)
    let closed = closing == signed ? value : listing.value(price: price, quantity: closing)
    guard let closed, let outlay = released.adding(closed), let opened = value.subtracting(closed),
      let cost = (openCost - released).adding(opened), outlay.amount != .min
    else { throw .valueOverflow }
    let profit = listing.contractKind == .inverse ? outlay : -outlay
    guard let total = realised.adding(profit) else { throw .valueOverflow }
    realised = total
    openCost = cost
    quantity = after
    return profit
  }

  /// `cost * part / whole`, rounded half to even at 10^-18; `part <= whole`.
  ///
  /// The product may need 191 bits, so the cost is first divided: with `cost = q * whole + r`, the
  /// share is `q * part + r * part / whole`, and `r * part` is below 2^128.
  static func share(of cost: Money, part: UInt64, whole: UInt64) -> Money {
    let (quotient, rest) = cost.amount.magnitude.quotientAndRemainder(dividingBy: UInt128(whole))
    let product = rest * UInt128(part)
    let (extra, remainder) = product.quotientAndRemainder(dividingBy: UInt128(whole))
    var share = quotient * UInt128(part) + extra
    let gap = UInt128(whole) - remainder
    if remainder > gap || (remainder == gap && share & 1 == 1) { share += 1 }
    // The share is no larger than the cost, so it fits.
    let amount = Int128(truncatingIfNeeded: share)
    return Money(amount: cost.amount < 0 ? -amount : amount)
  }

  /// Adds a fill (`direction` 1) to the totals, or takes it out again (-1).
  mutating func count(
    _ side: Side, quantity: Int64, value: Money, direction: Int64
  ) throws(PositionError) {
    let quantity = Int128(quantity) * Int128(direction)
    let value = direction < 0 ? -value : value
    if side == .buy {
      guard let total = boughtValue.adding(value) else { throw .valueOverflow }
      boughtValue = total
      boughtQuantity += quantity
    } else {
      guard let total = soldValue.adding(value) else { throw .valueOverflow }
      soldValue = total
      soldQuantity += quantity
    }
    fillCount += direction
  }

  /// Adds `fee` to the fees paid.
  mutating func charge(_ fee: Money) throws(PositionError) {
    guard let total = fees.adding(fee) else { throw .valueOverflow }
    fees = total
  }
}
