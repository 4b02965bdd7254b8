import TradingModel

/// The net of what was bought and sold of one listing, at average cost: of one strategy, or of a whole
/// account.
///
/// Amounts are in the listing's settlement currency. Cost is only moved between the open and the closed
/// part, never rounded away: of spot and linear listings `openCost - realised`, of inverse ones
/// `openCost + realised` is at all times the sum of the signed values of everything booked.
public struct NetPosition: Equatable, BitwiseCopyable, Sendable {
  /// Open quantity in quantity units; negative is short. Never `Int64.min`.
  public var quantity: Int64
  /// Signed value paid for the open quantity: above zero for a long, below for a short position.
  /// Zero whenever `quantity` is.
  public var openCost: Money
  /// Profit of what has been closed, before fees.
  public var realised: Money

  @inlinable
  public init(quantity: Int64 = 0, openCost: Money = .zero, realised: Money = .zero) {
    self.quantity = quantity
    self.openCost = openCost
    self.realised = realised
  }

  /// Books a fill, without its fee.
  ///
  /// - Parameter isReversal: takes the fill back instead: the opposite quantity at the same price, as
  ///   `PositionTable.reverse`.
  /// - Returns: the profit realised.
  /// - Throws: `PositionError`, with nothing changed.
  /// - Complexity: O(1); at most three 128-bit divisions.
  public mutating func book(
    _ fill: PositionFill, isReversal: Bool, listing: Listing
  ) throws(PositionError) -> Money {
    let value = try fill.value(in: listing)
    let sign = fill.side.sign * (isReversal ? -1 : 1)
    return try trade(
      fill.quantity * sign, price: fill.price, value: sign < 0 ? -value : value, listing: listing)
  }

  /// Profit of the open quantity if it were closed at `mark` (price units), before fees.
  ///
  /// Spot and linear: `value(mark) - openCost`, exact. Inverse: `openCost - value(mark)`, the value
  /// rounded once, half to even, at 10^-18.
  /// - Returns: nil when the value does not fit in 128 bits, or an inverse mark is not positive.
  public func unrealised(mark: Int64, listing: Listing) -> Money? {
    if quantity == 0 { return .zero }
    guard let value = listing.value(price: mark, quantity: quantity) else { return nil }
    return listing.contractKind == .inverse
      ? openCost.subtracting(value) : value.subtracting(openCost)
  }

  /// Moves `signed` quantity units at `price` through open cost and realised profit.
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
}

extension PositionFill {
  /// What the fill is worth in `listing`'s settlement currency; it has a negative within 128 bits.
  /// - Throws: `PositionError` for a fill that no position can take.
  func value(in listing: Listing) throws(PositionError) -> Money {
    guard quantity > 0 else { throw .quantityNotPositive }
    if listing.contractKind == .inverse, price <= 0 { throw .priceNotPositive }
    guard let value = listing.value(price: price, quantity: quantity), value.amount != .min
    else { throw .valueOverflow }
    return value
  }
}
