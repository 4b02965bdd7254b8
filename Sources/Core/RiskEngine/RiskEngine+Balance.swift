import TradingModel

extension RiskEngine {
  /// Finds what the order needs of the balance, and checks it where a scope asks for that.
  @inline(__always)
  func checkBalance(
    _ held: RiskReservation, _ scopes: OrderScopes, _ tightest: TightestLimits,
    _ reference: RiskReference, _ account: RiskAccount, _ listing: Listing,
    _ scale: NotionalScale, _ verdict: inout Verdict
  ) {
    let needed =
      listing.contractKind == .spot
      ? spotNeed(held, verdict.reservation, listing)
      : marginNeed(held, verdict.reservation, scopes, tightest, reference, account, listing, scale)
    guard let needed else {
      verdict.refusals.insert(.valueOverflow)
      return
    }
    verdict.balanceNeeded = needed
    if !tightest.checks.contains(.balance) { return }
    guard let available = account.balanceAvailable else {
      verdict.refusals.insert(.balanceUnknown)
      return
    }
    // An order that needs nothing more passes an overdrawn account.
    verdict.refusals.insert(.balance, if: needed > .zero && needed > available)
  }

  /// Spot: a purchase needs its notional value and the taker's fee, a sale the thing sold.
  @inline(__always)
  private func spotNeed(
    _ held: RiskReservation, _ reservation: RiskReservation, _ listing: Listing
  ) -> Money? {
    if reservation.side == .sell {
      return listing.size(quantity: max(0, reservation.quantity - held.quantity))
    }
    return max(.zero, reservation.notional - held.notional).with(listing.takerFee)
  }

  /// Contracts: margin and taker's fee for the part that would open or enlarge the position of the
  /// listing, were all open orders of the side filled.
  @inline(__always)
  private func marginNeed(
    _ held: RiskReservation, _ reservation: RiskReservation, _ scopes: OrderScopes,
    _ tightest: TightestLimits, _ reference: RiskReference, _ account: RiskAccount,
    _ listing: Listing, _ scale: NotionalScale
  ) -> Money? {
    let side = reservation.side
    let rest =
      Int128(account.listingPosition) * Int128(side.sign) + scopes.listing.pointee.open(side)
      - Int128(held.quantity)
    let rate = Rate(
      parts: tightest.marginRate.parts + min(max(0, listing.takerFee.parts), 100_000_000))
    let needed = Self.margin(reservation, over: rest, rate, reference, listing, scale)
    if held.quantity == 0 { return needed }
    guard let needed, let before = Self.margin(held, over: rest, rate, reference, listing, scale)
    else {
      return nil
    }
    return max(.zero, needed - before)
  }

  /// The margin of an order that comes on top of `rest`, all in the order's direction.
  @inline(__always)
  private static func margin(
    _ reservation: RiskReservation, over rest: Int128, _ rate: Rate, _ reference: RiskReference,
    _ listing: Listing, _ scale: NotionalScale
  ) -> Money? {
    let opening = max(0, min(Int128(reservation.quantity), rest + Int128(reservation.quantity)))
    if opening == 0 || rate == .zero { return .zero }
    if listing.contractKind == .linear {
      return scale.notional(listing, price: reservation.price, quantity: Int64(opening))?.part(rate)
    }
    // The lower its price, the more an inverse contract is worth.
    let price = min(reservation.price, reference.referencePrice)
    return listing.value(price: price, quantity: Int64(opening))?.part(rate)
  }
}

extension Money {
  /// The amount and a fee on it; a rebate is not counted on. Nil beyond 128 bits.
  @inline(__always)
  func with(_ fee: Rate) -> Money? {
    if fee <= .zero { return self }
    guard let fee = part(fee) else { return nil }
    let (sum, overflow) = amount.addingReportingOverflow(fee.amount)
    return overflow ? nil : Money(amount: sum)
  }

  /// This share of an amount of zero or more, rounded up; nil beyond 128 bits.
  @inline(__always)
  func part(_ rate: Rate) -> Money? {
    let one: Int128 = 100_000_000
    let (product, isWide) = amount.multipliedReportingOverflow(by: Int128(rate.parts))
    if !isWide { return Money(amount: divide(product, by: one, .up)) }
    let (whole, rest) = amount.quotientAndRemainder(dividingBy: one)
    let (share, isWider) = whole.multipliedReportingOverflow(by: Int128(rate.parts))
    let (sum, overflow) = share.addingReportingOverflow(
      divide(rest * Int128(rate.parts), by: one, .up))
    return isWider || overflow ? nil : Money(amount: sum)
  }
}
