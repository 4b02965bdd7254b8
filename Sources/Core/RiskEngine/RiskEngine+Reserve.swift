import TradingModel

extension RiskEngine {
  /// Decides, and on yes pays for the order rate and reserves the order's exposure.
  ///
  /// - Throws: the first refusal in the order of the checks; then nothing has changed.
  public mutating func approve(
    _ order: RiskOrder, listing: Listing, reference: RiskReference, account: RiskAccount,
    now: Timestamp
  ) throws(RiskRefusal) -> ApprovedOrder {
    try approve(
      order, replacing: .none, listing: listing, reference: reference, account: account, now: now)
  }

  /// Decides whether `held`'s order may be asked to take the terms of `order`.
  ///
  /// The worse of old and new terms counts, because either may be in force until the venue answers;
  /// terms that reserve no more than the old ones meet no exposure limit. On yes,
  /// `RiskReservation.worst(held, approved.reservation)` is reserved: once the venue answers, `move`
  /// from that to the terms that hold.
  /// - Parameters:
  ///   - order: the new terms; strategy, side and reduce-only stay, and its quantity is what may
  ///     still fill under them.
  ///   - held: what is reserved for the order now.
  /// - Throws: the first refusal in the order of the checks; then nothing has changed.
  public mutating func approve(
    _ order: RiskOrder, replacing held: RiskReservation, listing: Listing,
    reference: RiskReference, account: RiskAccount, now: Timestamp
  ) throws(RiskRefusal) -> ApprovedOrder {
    let verdict = judge(
      order, replacing: held, listing: listing, reference: reference, account: account, now: now)
    if let refusal = verdict.refusals.first { throw refusal }
    takeRate(order.strategy, listing.index, now)
    move(from: held, to: .worst(held, verdict.reservation))
    return ApprovedOrder(
      order, listing: listing.index, reservation: verdict.reservation,
      balanceNeeded: verdict.balanceNeeded)
  }

  /// Reserves and pays for an order that has already been sent, without deciding: recovery applies
  /// recorded orders, and orders found at a venue are taken on. Counts it even above the limits.
  ///
  /// - Returns: what is now reserved; nil, and nothing changed, for an index beyond capacity, a
  ///   quantity of zero or below, or a value beyond 128 bits.
  public mutating func adopt(
    _ order: RiskOrder, listing: Listing, reference: RiskReference, now: Timestamp
  ) -> RiskReservation? {
    guard isInRange(order.strategy, listing), order.quantity > 0,
      let price = reference.worstPrice(
        for: order,
        collar: tightest[Int(order.strategy) * listingCapacity + Int(listing.index)].priceCollar),
      let reservation = RiskReservation(
        order, price: price, listing: listing, NotionalScale(listing)),
      fits(reservation.notional, quote: listing.quote)
    else { return nil }
    takeRate(order.strategy, listing.index, now)
    move(from: .none, to: reservation)
    return reservation
  }

  /// Replaces what an order has reserved. `.none` on the left reserves, on the right releases.
  ///
  /// - Precondition: `old` is reserved, and both are of one order.
  public mutating func move(from old: RiskReservation, to new: RiskReservation) {
    let some = new.quantity > 0 ? new : old
    if some.quantity == 0 { return }
    precondition(
      old.quantity == 0 || new.quantity == 0 || old.isSameOrder(as: new),
      "a reservation moves within one order")
    let quantity = Int128(new.quantity) - Int128(old.quantity)
    let notional = new.notional - old.notional
    let count = (new.quantity > 0 ? 1 : 0) - (old.quantity > 0 ? 1 : 0) as Int64
    let strategy = strategyIndex(some.strategy)
    let listing = listingIndex(some.listing)
    let pair = pairIndex(some.strategy, some.listing)
    addCount(count, 0)
    addCount(count, strategy)
    addCount(count, listing)
    addCount(count, pair)
    openNotional[Int(some.quote)] += notional
    openNotional[strategy * currencyCapacity + Int(some.quote)] += notional
    slots[listing].openNotional += notional
    slots[pair].openNotional += notional
    slots[listing].add(quantity, side: some.side, reducing: some.isReduceOnly)
    slots[pair].add(quantity, side: some.side, reducing: some.isReduceOnly)
  }

  private func addCount(_ count: Int64, _ index: Int) {
    slots[index].openOrderCount += count
    precondition(slots[index].openOrderCount >= 0, "only what was reserved is released")
  }

  private func takeRate(_ strategy: StrategyIndex, _ listing: ListingIndex, _ now: Timestamp) {
    take(now, 0)
    take(now, strategyIndex(strategy))
    take(now, listingIndex(listing))
    take(now, pairIndex(strategy, listing))
  }

  private func take(_ now: Timestamp, _ index: Int) {
    slots[index].bucket.take(at: now, slots[index].limits)
  }
}
