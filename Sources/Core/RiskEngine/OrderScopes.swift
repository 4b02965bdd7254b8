import TradingModel

/// The four scopes of one order.
struct OrderScopes {
  let firm: UnsafeMutablePointer<ScopeSlot>
  let strategy: UnsafeMutablePointer<ScopeSlot>
  let listing: UnsafeMutablePointer<ScopeSlot>
  let pair: UnsafeMutablePointer<ScopeSlot>

  /// Whether every bucket has room for one more order.
  @inline(__always)
  func haveRate(at now: Timestamp) -> Bool {
    Self.hasRate(firm, now) && Self.hasRate(strategy, now) && Self.hasRate(listing, now)
      && Self.hasRate(pair, now)
  }

  @inline(__always)
  private static func hasRate(_ slot: UnsafeMutablePointer<ScopeSlot>, _ now: Timestamp) -> Bool {
    slot.pointee.bucket.hasRoom(at: now, slot.pointee.limits)
  }

  /// Whether one more order may be open in every scope.
  var haveOrderRoom: Bool {
    firm.pointee.hasOrderRoom && strategy.pointee.hasOrderRoom && listing.pointee.hasOrderRoom
      && pair.pointee.hasOrderRoom
  }

  /// Whether the open notional of every scope may grow by `notional`.
  @inline(__always)
  func haveNotionalRoom(_ notional: Money, firm firmSum: Money, strategy strategySum: Money) -> Bool
  {
    firmSum + notional <= firm.pointee.limits.openOrderNotionalMax
      && strategySum + notional <= strategy.pointee.limits.openOrderNotionalMax
      && listing.pointee.openNotional + notional <= listing.pointee.limits.openOrderNotionalMax
      && pair.pointee.openNotional + notional <= pair.pointee.limits.openOrderNotionalMax
  }
}

extension RiskEngine {
  @inline(__always)
  func scopes(_ strategy: StrategyIndex, _ listing: ListingIndex) -> OrderScopes {
    OrderScopes(
      firm: slots, strategy: slots + strategyIndex(strategy),
      listing: slots + listingIndex(listing),
      pair: slots + pairIndex(strategy, listing))
  }
}

/// What an order, or its new terms, would reserve beyond what it already has.
struct Increase {
  let quantity: Int128
  let notional: Money
  /// Whether the order has nothing reserved yet, so that one more is open.
  let isNewOrder: Bool

  @inline(__always)
  init(from held: RiskReservation, to reservation: RiskReservation) {
    quantity = max(0, Int128(reservation.quantity) - Int128(held.quantity))
    notional = max(.zero, reservation.notional - held.notional)
    isNewOrder = held.quantity == 0
  }
}
