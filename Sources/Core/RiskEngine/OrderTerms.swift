import TradingModel

extension RiskOrder {
  /// Checks quantity and prices against the listing's rules.
  ///
  /// - Returns: whether the order has a value at all: quantity and prices above zero.
  @inline(__always)
  func checkShape(_ listing: Listing, _ refusals: inout RiskRefusalSet) -> Bool {
    refusals.insert(.quantityNotPositive, if: quantity <= 0)
    refusals.insert(.quantityOffLot, if: !listing.isOnLot(quantity))
    refusals.insert(.quantityBelowMin, if: quantity < listing.quantityMin)
    refusals.insert(.quantityAboveMax, if: quantity > listing.quantityMax)
    let isPriceBad = (hasPrice && price <= 0) || (hasStopPrice && stopPrice <= 0)
    refusals.insert(.priceNotPositive, if: isPriceBad)
    refusals.insert(
      .priceOffTick,
      if: (hasPrice && !listing.isOnTick(price)) || (hasStopPrice && !listing.isOnTick(stopPrice)))
    return quantity > 0 && !isPriceBad
  }
}

extension RiskReference {
  /// Whether `order` can be judged: there is a reference price and, for a market order, somebody
  /// to trade with.
  @inline(__always)
  func hasPrice(for order: RiskOrder) -> Bool {
    referencePrice > 0 && (order.type != .market || opposite(order.side) > 0)
  }

  /// The best price of the side `side` trades with.
  @inline(__always)
  func opposite(_ side: Side) -> Int64 { side == .buy ? bestAsk : bestBid }

  /// Where the market stands when the order gets to it: at the trigger price of a stop order, at
  /// the reference price otherwise.
  @inline(__always)
  func base(for order: RiskOrder) -> Int64 { order.hasStopPrice ? order.stopPrice : referencePrice }

  /// Whether the limit price, or the price a market order meets, is within `collar` of the base.
  @inline(__always)
  func isWithin(_ collar: Rate, _ order: RiskOrder) -> Bool {
    guard collar.parts != .max, order.hasPrice || order.type == .market else { return true }
    let base = Int128(base(for: order))
    let price = Int128(order.hasPrice ? order.price : opposite(order.side))
    let distance = price < base ? base - price : price - base
    return distance * Self.one <= base * Int128(collar.parts)
  }

  /// The highest price to reckon with: a purchase's limit; a sale's limit, or the base where that
  /// is higher, because a sale below the market trades at the market; without a limit the base plus
  /// the collar, rounded up, and no less than what a market order meets.
  ///
  /// - Returns: nil beyond 64 bits.
  @inline(__always)
  func worstPrice(for order: RiskOrder, collar: Rate) -> Int64? {
    let base = base(for: order)
    if order.hasPrice { return order.side == .buy ? order.price : max(order.price, base) }
    let least = order.type == .market ? max(base, opposite(order.side)) : base
    if collar.parts == .max { return least }
    let share = divide(Int128(base) * Int128(collar.parts), by: Self.one, .up)
    guard let price = Int64(exactly: Int128(base) + share) else { return nil }
    return max(price, least)
  }

  /// `Rate`'s whole.
  private static var one: Int128 { 100_000_000 }
}
