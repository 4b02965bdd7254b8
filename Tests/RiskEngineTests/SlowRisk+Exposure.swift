import RiskEngine
import TradingModel

extension SlowRisk {
  func exposure(
    _ order: RiskOrder, replacing id: Int?, _ listing: Listing, _ reference: RiskReference,
    _ account: RiskAccount
  ) -> Found {
    var found: Found = Found()
    let terms = terms(order, listing, reference)
    let held = id.flatMap { open[$0] }
    let grows = terms.quantity > (held?.quantity ?? 0)
    let costsMore = terms.notional > (held?.notional ?? 0)
    // The world in which the venue took the worse of both terms.
    var world = open.values.map { $0 }
    if let id {
      world = open.filter { $0.key != id }.map(\.value)
      var worst = terms
      worst.quantity = max(terms.quantity, held!.quantity)
      worst.notional = max(terms.notional, held!.notional)
      world.append(worst)
    } else {
      world.append(terms)
    }
    for scope in scopes(order, listing) {
      guard let limits = limits[scope] else { continue }
      let counted = world.filter { isIn($0, scope, listing) }
      if id == nil, counted.count > limits.openOrderCountMax { found.insert(.openOrderCount) }
      let sum = counted.filter { $0.quote == listing.quote }.map(\.notional).reduce(0, +)
      if costsMore, sum > limits.openOrderNotionalMax.amount { found.insert(.openOrderNotional) }
      if grows {
        found.formUnion(position(scope, limits, world, order, listing, reference, account))
      }
    }
    let reducible = Int128(account.strategyPosition) * (order.side == .buy ? -1 : 1)
    let reducing = world.filter {
      $0.reduceOnly && $0.side == order.side && $0.strategy == order.strategy
        && $0.listing == listing.index
    }
    if order.instructions.contains(.reduceOnly), grows,
      reducing.map(\.quantity).reduce(0, +) > max(0, reducible)
    {
      found.insert(.reduceOnlyWouldIncrease)
    }
    return found
  }

  func isIn(_ order: OpenOrder, _ scope: RiskScope, _ listing: Listing) -> Bool {
    switch scope {
    case .firm: true
    case .strategy(let strategy): order.strategy == strategy
    case .listing(let listing): order.listing == listing
    case .pair(let strategy, let listing): order.strategy == strategy && order.listing == listing
    }
  }

  func position(
    _ scope: RiskScope, _ limits: RiskLimits, _ world: [OpenOrder], _ order: RiskOrder,
    _ listing: Listing, _ reference: RiskReference, _ account: RiskAccount
  ) -> Found {
    var found: Found = Found()
    var isOwn = false
    var held = account.listingPosition
    switch scope {
    case .strategy, .pair:
      isOwn = true
      held = account.strategyPosition
    default: break
    }
    let filled = world.filter {
      $0.side == order.side && $0.listing == listing.index
        && (!isOwn || $0.strategy == order.strategy)
    }.map(\.quantity).reduce(0, +)
    let long = order.side == .buy ? Int128(held) + filled : filled - Int128(held)
    if long > Int128(limits.positionMax) { found.insert(.position) }
    let value = notional(listing, price: Int128(reference.referencePrice), quantity: long)
    if long > 0, value > limits.positionNotionalMax.amount { found.insert(.positionNotional) }
    return found
  }

  func balance(
    _ order: RiskOrder, replacing id: Int?, _ listing: Listing, _ reference: RiskReference,
    _ account: RiskAccount
  ) -> Found {
    let limits = scopes(order, listing).compactMap { self.limits[$0] }
    guard limits.contains(where: { $0.checks.contains(.balance) }) else { return Found() }
    guard let available = account.balanceAvailable else { return Found(.balanceUnknown) }
    let terms = terms(order, listing, reference)
    let held = id.flatMap { open[$0] }
    var needed: Int128
    if listing.contractKind == .spot, order.side == .sell {
      needed = (terms.quantity - (held?.quantity ?? 0)) * Self.unit
    } else if listing.contractKind == .spot {
      let more = max(0, terms.notional - (held?.notional ?? 0))
      needed = more + part(more, max(0, Int128(listing.takerFee.parts)))
    } else {
      let rate =
        Int128(limits.map(\.marginRate.parts).max() ?? 0) + max(0, Int128(listing.takerFee.parts))
      let others = open.filter {
        $0.key != id && $0.value.listing == listing.index && $0.value.side == order.side
      }
      let before =
        Int128(account.listingPosition) * (order.side == .buy ? 1 : -1)
        + others.values.map(\.quantity).reduce(0, +)
      needed = margin(terms, over: before, rate, listing, reference)
      if let held { needed -= margin(held, over: before, rate, listing, reference) }
    }
    return needed > 0 && needed > available.amount ? Found(.balance) : Found()
  }

  /// The margin of the units of `order` that lie above flat when stacked on `before`.
  func margin(
    _ order: OpenOrder, over before: Int128, _ rate: Int128, _ listing: Listing,
    _ reference: RiskReference
  ) -> Int128 {
    let top = before + order.quantity
    let opening = max(0, top) - max(0, before)
    if opening == 0 { return 0 }
    if listing.contractKind == .inverse {
      let price = min(order.price, Int128(reference.referencePrice))
      let size = opening * Int128(listing.contractSize.units) * Self.unit
      // The nearest multiple; a tie to the even one.
      var value = size / price
      let twice = (size - value * price) * 2
      if twice > price || (twice == price && value % 2 == 1) { value += 1 }
      return part(value, rate)
    }
    return part(notional(listing, price: order.price, quantity: opening), rate)
  }

  /// `parts` hundred-millionths of `amount`, up to the next unit.
  func part(_ amount: Int128, _ parts: Int128) -> Int128 {
    (amount * parts + 99_999_999) / 100_000_000
  }
}
