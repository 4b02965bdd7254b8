import TradingModel

extension PositionTable {
  /// Books a fill.
  ///
  /// The fee goes to the position when it is in the settlement currency; out of the position, as
  /// `chargeBase` at the fill's price, when it is in the base currency of a spot listing; and to
  /// the strategy's fee ledger otherwise.
  /// - Throws: `PositionError`, with nothing changed.
  /// - Complexity: O(1); at most three 128-bit divisions.
  public mutating func apply(
    fill: PositionFill, listing: Listing
  ) throws(PositionError) -> FillEffect {
    try book(fill, listing: listing, direction: 1)
  }

  /// Takes a booked fill back: it was busted, or was provisional and its true form follows.
  ///
  /// Books the opposite quantity at the same price and takes the fill out of the totals, the count
  /// and the fees. Quantity and total profit at any mark are then exactly those of a history
  /// without the fill. How that profit divides into realised and unrealised may differ, because
  /// average cost depends on the order of events and what came between has already been realised.
  /// - Parameter fill: the fill exactly as it was applied.
  /// - Throws: `PositionError`, with nothing changed.
  public mutating func reverse(
    fill: PositionFill, listing: Listing
  ) throws(PositionError) -> FillEffect {
    try book(fill, listing: listing, direction: -1)
  }

  /// Takes a fee out of a spot position: the venue kept `amount` of the base asset.
  ///
  /// Booked as a sale of that quantity at `price` whose proceeds paid the fee, so the position
  /// shrinks (a flat one goes short: the venue account holds that much less), profit on the part
  /// sold is realised, and `fees` grows by its value. The totals of bought and sold stay. What is
  /// no whole quantity unit waits in `pendingBaseFees` until it is.
  /// - Parameters:
  ///   - amount: of the base currency; negative for a rebate or to take a charge back.
  ///   - price: in price units; the fee is valued at it.
  /// - Throws: `PositionError`, with nothing changed.
  public mutating func chargeBase(
    _ amount: Money, price: Int64, strategy: StrategyIndex, listing: Listing
  ) throws(PositionError) -> FillEffect {
    guard let pair = pair(strategy, listing.index) else { throw .capacity }
    var effect = unchanged(pair)
    let pending = try charge(amount, price: price, pair: pair, listing: listing, &effect)
    try store(effect.position, pair: pair, listing: listing.index)
    basePending[pair] = pending
    return effect
  }

  private mutating func book(
    _ fill: PositionFill, listing: Listing, direction: Int64
  ) throws(PositionError) -> FillEffect {
    guard let pair = pair(fill.strategy, listing.index),
      let slot = slot(fill.strategy, fill.feeCurrency)
    else { throw .capacity }
    let value = try fill.value(in: listing)
    guard fill.fee.amount != .min else { throw .valueOverflow }
    var effect = unchanged(pair)
    let sign = fill.side.sign * direction
    effect.realised = try effect.position.net.trade(
      fill.quantity * sign, price: fill.price, value: sign < 0 ? -value : value, listing: listing)
    try effect.position.count(
      fill.side, quantity: fill.quantity, value: value, direction: direction)

    let fee = direction < 0 ? -fill.fee : fill.fee
    var pending = basePending[pair]
    var foreign = ledger[slot]
    if fill.feeCurrency == listing.settlement {
      try effect.position.charge(fee)
      effect.fee = fee
    } else if listing.contractKind == .spot, fill.feeCurrency == listing.base {
      pending = try charge(fee, price: fill.price, pair: pair, listing: listing, &effect)
    } else {
      guard let sum = foreign.adding(fee) else { throw .valueOverflow }
      foreign = sum
    }
    try store(effect.position, pair: pair, listing: listing.index)
    basePending[pair] = pending
    ledger[slot] = foreign
    return effect
  }

  /// Charges `effect.position`; returns the pending base fees to store beside it.
  private func charge(
    _ amount: Money, price: Int64, pair: Int, listing: Listing, _ effect: inout FillEffect
  ) throws(PositionError) -> Money {
    guard listing.contractKind == .spot, listing.quantityDecimals <= 18 else { throw .notSpot }
    guard let pending = basePending[pair].adding(amount) else { throw .valueOverflow }
    let unit = powerOfTen128(Money.decimals - Int(listing.quantityDecimals))
    let (whole, rest) = pending.amount.quotientAndRemainder(dividingBy: unit)
    guard let quantity = Int64(exactly: whole), quantity != .min else { throw .quantityOverflow }
    if quantity == 0 { return pending }
    guard let proceeds = listing.value(price: price, quantity: quantity), proceeds.amount != .min,
      let realised = effect.realised.adding(
        try effect.position.net.trade(-quantity, price: price, value: -proceeds, listing: listing)),
      let fee = effect.fee.adding(proceeds)
    else { throw .valueOverflow }
    try effect.position.charge(proceeds)
    effect.realised = realised
    effect.fee = fee
    effect.baseQuantityCharged = quantity
    return Money(amount: rest)
  }

  private func unchanged(_ pair: Int) -> FillEffect {
    FillEffect(realised: .zero, fee: .zero, baseQuantityCharged: 0, position: positions[pair])
  }

  /// Puts `position` in its place and keeps the listing's total; throws before it changes any.
  mutating func store(
    _ position: Position, pair: Int, listing: ListingIndex
  ) throws(PositionError) {
    guard let total = totals[Int(listing)].adding(position, minus: positions[pair]) else {
      throw .valueOverflow
    }
    totals[Int(listing)] = total
    positions[pair] = position
  }
}
