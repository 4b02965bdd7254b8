import TradingModel

extension RiskEngine {
  /// The first reason to refuse `order`, in the order of the checks; nil for none. Changes nothing.
  ///
  /// - Parameters:
  ///   - held: what the order already has reserved, when it is to be replaced.
  ///   - listing: with the index, units and rules the order is meant for.
  ///   - reference: prices of that listing now.
  ///   - account: positions and balance now.
  ///   - now: the time of the input that led to the order.
  public func check(
    _ order: RiskOrder, replacing held: RiskReservation = .none, listing: Listing,
    reference: RiskReference, account: RiskAccount, now: Timestamp
  ) -> RiskRefusal? {
    judge(
      order, replacing: held, listing: listing, reference: reference, account: account, now: now
    ).refusals.first
  }

  /// Every refusal `order` would meet. Changes nothing.
  ///
  /// What cannot be computed is not reported: after `.capacity`, a quantity or price of zero or
  /// below, `.noReferencePrice` or `.valueOverflow`, the checks that follow stay silent.
  public func whatIf(
    _ order: RiskOrder, replacing held: RiskReservation = .none, listing: Listing,
    reference: RiskReference, account: RiskAccount, now: Timestamp
  ) -> RiskRefusalSet {
    judge(
      order, replacing: held, listing: listing, reference: reference, account: account, now: now
    ).refusals
  }
}

/// What the checks found out about an order.
struct Verdict {
  var refusals = RiskRefusalSet()
  var reservation = RiskReservation.none
  var balanceNeeded = Money.zero
}

extension RiskEngine {
  /// All checks, one after the other, into a set of bits: its lowest is the first refusal.
  @inline(never)
  func judge(
    _ order: RiskOrder, replacing held: RiskReservation, listing: Listing,
    reference: RiskReference, account: RiskAccount, now: Timestamp
  ) -> Verdict {
    var verdict = Verdict()
    guard isInRange(order.strategy, listing) else {
      verdict.refusals.insert(.capacity)
      return verdict
    }
    let scopes = scopes(order.strategy, listing.index)
    let tightest = tightest[Int(order.strategy) &* listingCapacity &+ Int(listing.index)]
    verdict.refusals = states(order, scopes, venue: listing.venue)
    verdict.refusals.insert(
      .feedNotReady, if: tightest.checks.contains(.feed) && !reference.feedReady)
    verdict.refusals.insert(.limitMissing, if: !tightest.isDefined)
    verdict.refusals.insert(.orderRate, if: !scopes.haveRate(at: now))
    let isPriced = reference.hasPrice(for: order)
    verdict.refusals.insert(.noReferencePrice, if: !isPriced)
    let isShaped = order.checkShape(listing, &verdict.refusals)
    guard isShaped, isPriced else { return verdict }

    verdict.refusals.insert(
      .priceOutsideCollar, if: !reference.isWithin(tightest.priceCollar, order))
    let scale = NotionalScale(listing)
    guard let price = reference.worstPrice(for: order, collar: tightest.priceCollar),
      let reservation = RiskReservation(order, price: price, listing: listing, scale)
    else {
      verdict.refusals.insert(.valueOverflow)
      return verdict
    }
    verdict.reservation = reservation
    checkSize(order, tightest, reference, listing, scale, &verdict)
    let increase = Increase(from: held, to: reservation)
    checkPosition(order, increase, scopes, tightest, reference, account, listing, scale, &verdict)
    checkOpenOrders(increase, scopes, quote: listing.quote, &verdict)
    checkBalance(held, scopes, tightest, reference, account, listing, scale, &verdict)
    return verdict
  }

  /// Whether every index the checks follow is within capacity.
  @inline(__always)
  func isInRange(_ strategy: StrategyIndex, _ listing: Listing) -> Bool {
    Int(strategy) < strategyCapacity && Int(listing.index) < listingCapacity
      && Int(listing.venue) < venueCapacity && Int(listing.quote) < currencyCapacity
  }

  @inline(__always)
  private func states(
    _ order: RiskOrder, _ scopes: OrderScopes, venue: VenueIndex
  ) -> RiskRefusalSet {
    let reduces = order.isReduceOnly
    var refusals = RiskRefusalSet()
    refusals.insert(.killSwitch, if: !scopes.firm.pointee.state.permits(reduceOnly: reduces))
    refusals.insert(
      .strategyStopped,
      if: !scopes.strategy.pointee.state.permits(reduceOnly: reduces)
        || !scopes.pair.pointee.state.permits(reduceOnly: reduces))
    refusals.insert(.venueHalted, if: !venueStates[Int(venue)].permits(reduceOnly: reduces))
    refusals.insert(.listingHalted, if: !scopes.listing.pointee.state.permits(reduceOnly: reduces))
    return refusals
  }

  @inline(__always)
  private func checkSize(
    _ order: RiskOrder, _ tightest: TightestLimits, _ reference: RiskReference,
    _ listing: Listing, _ scale: NotionalScale, _ verdict: inout Verdict
  ) {
    verdict.refusals.insert(.orderQuantity, if: order.quantity > tightest.orderQuantityMax)
    verdict.refusals.insert(
      .orderNotional, if: verdict.reservation.notional > tightest.orderNotionalMax)
    if listing.notionalMin <= .zero { return }
    // The venue judges by the order's own price, which may be below the one we reserve at.
    let own = order.hasPrice ? order.price : reference.base(for: order)
    guard let notional = scale.notional(listing, price: own, quantity: order.quantity) else {
      verdict.refusals.insert(.valueOverflow)
      return
    }
    verdict.refusals.insert(.notionalBelowMin, if: notional < listing.notionalMin)
  }

  @inline(__always)
  private func checkPosition(
    _ order: RiskOrder, _ increase: Increase, _ scopes: OrderScopes, _ tightest: TightestLimits,
    _ reference: RiskReference, _ account: RiskAccount, _ listing: Listing, _ scale: NotionalScale,
    _ verdict: inout Verdict
  ) {
    // Terms that reserve no more than the old ones pass, even above a limit that was lowered.
    if increase.quantity == 0 { return }
    let side = order.side
    let own = Int128(account.strategyPosition) * Int128(side.sign)
    let all = Int128(account.listingPosition) * Int128(side.sign)
    if order.isReduceOnly {
      let reducing = scopes.pair.pointee.openReducing(side) + increase.quantity
      verdict.refusals.insert(.reduceOnlyWouldIncrease, if: reducing > max(0, -own))
    }
    let ownWorst = own + scopes.pair.pointee.open(side) + increase.quantity
    let allWorst = all + scopes.listing.pointee.open(side) + increase.quantity
    verdict.refusals.insert(
      .position,
      if: ownWorst > Int128(tightest.ownPositionMax) || allWorst > Int128(tightest.allPositionMax))
    let price = reference.referencePrice
    verdict.refusals.insert(
      .positionNotional,
      if: !fits(ownWorst, at: price, below: tightest.ownPositionNotionalMax, listing, scale)
        || !fits(allWorst, at: price, below: tightest.allPositionNotionalMax, listing, scale))
  }

  /// Whether the notional of a position, counted in the order's direction, is within `limit`.
  @inline(__always)
  private func fits(
    _ position: Int128, at price: Int64, below limit: Money, _ listing: Listing,
    _ scale: NotionalScale
  ) -> Bool {
    if position <= 0 || limit == RiskLimits.unlimitedMoney { return true }
    guard let quantity = Int64(exactly: position),
      let notional = scale.notional(listing, price: price, quantity: quantity)
    else { return false }
    return notional <= limit
  }

  @inline(__always)
  private func checkOpenOrders(
    _ increase: Increase, _ scopes: OrderScopes, quote: CurrencyIndex, _ verdict: inout Verdict
  ) {
    if increase.isNewOrder {
      verdict.refusals.insert(.openOrderCount, if: !scopes.haveOrderRoom)
    }
    if increase.notional == .zero { return }
    let firm = openNotional[Int(quote)]
    let strategy = openNotional[
      strategyIndex(verdict.reservation.strategy) * currencyCapacity + Int(quote)]
    // The firm's sum is the largest: when it fits in 128 bits, all do.
    guard fits(increase.notional, quote: quote) else {
      verdict.refusals.insert(.valueOverflow)
      return
    }
    verdict.refusals.insert(
      .openOrderNotional,
      if: !scopes.haveNotionalRoom(increase.notional, firm: firm, strategy: strategy))
  }

  /// Whether the firm's open notional can grow by `notional` within 128 bits.
  @inline(__always)
  func fits(_ notional: Money, quote: CurrencyIndex) -> Bool {
    !openNotional[Int(quote)].amount.addingReportingOverflow(notional.amount).overflow
  }
}
