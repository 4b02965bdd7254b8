import TradingModel

/// The four scopes of one order.
struct OrderScopes {
  let firm: UnsafeMutablePointer<ScopeSlot>
  let strategy: UnsafeMutablePointer<ScopeSlot>
  let listing: UnsafeMutablePointer<ScopeSlot>
  let pair: UnsafeMutablePointer<ScopeSlot>

  /// Whether limits stand where they must: the pair's are a choice.
  var areDefined: Bool {
    firm.pointee.isDefined && strategy.pointee.isDefined && listing.pointee.isDefined
  }

  /// Whether every bucket has room for one more order.
  func haveRate(at now: Timestamp) -> Bool {
    Self.hasRate(firm, now) && Self.hasRate(strategy, now) && Self.hasRate(listing, now)
      && Self.hasRate(pair, now)
  }

  private static func hasRate(_ slot: UnsafeMutablePointer<ScopeSlot>, _ now: Timestamp) -> Bool {
    slot.pointee.bucket.hasRoom(at: now, slot.pointee.limits)
  }

  /// Whether one more order may be open in every scope.
  var haveOrderRoom: Bool {
    firm.pointee.hasOrderRoom && strategy.pointee.hasOrderRoom && listing.pointee.hasOrderRoom
      && pair.pointee.hasOrderRoom
  }

  /// Whether the open notional of every scope may grow by `notional`.
  func haveNotionalRoom(_ notional: Money, firm firmSum: Money, strategy strategySum: Money) -> Bool
  {
    firmSum + notional <= firm.pointee.limits.openOrderNotionalMax
      && strategySum + notional <= strategy.pointee.limits.openOrderNotionalMax
      && listing.pointee.openNotional + notional <= listing.pointee.limits.openOrderNotionalMax
      && pair.pointee.openNotional + notional <= pair.pointee.limits.openOrderNotionalMax
  }

  /// What binds the strategy's own position in the listing.
  var ownPositionMax: Int64 {
    min(strategy.pointee.limits.positionMax, pair.pointee.limits.positionMax)
  }
  /// What binds the sum of positions in the listing.
  var allPositionMax: Int64 {
    min(firm.pointee.limits.positionMax, listing.pointee.limits.positionMax)
  }
  var ownPositionNotionalMax: Money {
    min(strategy.pointee.limits.positionNotionalMax, pair.pointee.limits.positionNotionalMax)
  }
  var allPositionNotionalMax: Money {
    min(firm.pointee.limits.positionNotionalMax, listing.pointee.limits.positionNotionalMax)
  }

  /// What binds the order by itself. Scopes without limits are unlimited here, and `areDefined`
  /// speaks for them.
  var tightest: TightestLimits {
    var tightest = TightestLimits(firm.pointee.limits)
    tightest.tighten(strategy.pointee.limits)
    tightest.tighten(listing.pointee.limits)
    tightest.tighten(pair.pointee.limits)
    return tightest
  }
}

extension RiskEngine {
  func scopes(_ strategy: StrategyIndex, _ listing: ListingIndex) -> OrderScopes {
    OrderScopes(
      firm: slots, strategy: slots + strategyIndex(strategy),
      listing: slots + listingIndex(listing),
      pair: slots + pairIndex(strategy, listing))
  }
}

/// The limits that look at one order alone, over all its scopes.
struct TightestLimits {
  var orderQuantityMax: Int64
  var orderNotionalMax: Money
  var priceCollar: Rate
  var marginRate: Rate
  var checks: RiskChecks

  @inline(__always)
  init(_ limits: RiskLimits) {
    orderQuantityMax = limits.orderQuantityMax
    orderNotionalMax = limits.orderNotionalMax
    priceCollar = limits.priceCollar
    marginRate = limits.marginRate
    checks = limits.checks
  }

  @inline(__always)
  mutating func tighten(_ limits: RiskLimits) {
    orderQuantityMax = min(orderQuantityMax, limits.orderQuantityMax)
    orderNotionalMax = min(orderNotionalMax, limits.orderNotionalMax)
    priceCollar = min(priceCollar, limits.priceCollar)
    marginRate = max(marginRate, limits.marginRate)
    checks.formUnion(limits.checks)
  }
}

/// What an order, or its new terms, would reserve beyond what it already has.
struct Increase {
  let quantity: Int128
  let notional: Money
  /// Whether the order has nothing reserved yet, so that one more is open.
  let isNewOrder: Bool

  init(from held: RiskReservation, to reservation: RiskReservation) {
    quantity = max(0, Int128(reservation.quantity) - Int128(held.quantity))
    notional = max(.zero, reservation.notional - held.notional)
    isNewOrder = held.quantity == 0
  }
}
