import TradingModel

// What open orders hold locked.
//
// Spot: a sell its base, a buy its value at the limit (a stop without limit at its trigger price, a
// trailing stop at the price when it came), in addition the taker's fee where fees are paid in quote; a
// buy by quote amount that amount. Contracts: the value divided by the leverage, rounded up; nothing
// while it waits for its trigger, and nothing when it can only reduce. Pending orders of lists lock nothing,
// and of two that cancel each other the larger lock is enough. Fees of contracts are not locked, so
// that with all of a balance in use they take what is free a little below zero.
extension SimulatedExchange {
  /// What `order` has to hold while it is open, other than a market order on its way through the book.
  func requiredLock(_ order: ExchangeOrder) -> Money? {
    guard order.state.isOpen, !order.isPending else { return .zero }
    let market = market(order.instrument)
    let listing = market.listing
    let leaves = order.quantity - order.filled
    if listing.contractKind != .spot {
      if order.state == .waiting || order.isReducing { return .zero }
      guard let value = market.value(price: order.lockPrice, quantity: leaves) else { return nil }
      return margin(of: value, leverage: leverage(of: order))
    }
    if order.side == .sell { return listing.size(quantity: leaves) }
    if let amount = order.request.quoteQuantity { return amount }
    guard let value = market.value(price: order.lockPrice, quantity: leaves) else { return nil }
    return withFee(value, order.lockFee)
  }

  /// The asset that an order locks.
  func lockAsset(_ request: OrderRequest) -> CurrencyIndex {
    let listing = market(request.instrument).listing
    if listing.contractKind != .spot { return listing.settlement }
    return request.side == .buy ? listing.quote : listing.base
  }

  /// `value` and a fee on it, rounded up.
  func withFee(_ value: Money, _ fee: Rate) -> Money {
    if fee.parts <= 0 { return value }
    return value + fee.share(of: value) + Money(amount: 1)
  }

  /// The part of a value that has to stand behind it, rounded up.
  func margin(of value: Money, leverage: Int) -> Money {
    Money(amount: divide(value.magnitude.amount, by: Int128(leverage), .up))
  }

  func leverage(of order: ExchangeOrder) -> Int {
    let state = accounts[order.account]
    return state.positions[state.place(order.instrument, order.request.positionSide)].leverage
  }

  /// Gives the order at `slot` the lock it has to have now, telling first what happened to it.
  func relock(_ slot: Int, telling kind: OrderEventKind? = nil) {
    guard let needed = lockShare(slot) else {
      preconditionFailure("Invariant: the values of orders that were accepted fit")
    }
    setLock(slot, needed, telling: kind)
  }

  func setLock(_ slot: Int, _ lock: Money, telling kind: OrderEventKind? = nil) {
    let difference = lock - orders[slot].locked
    orders[slot].locked = lock
    if let kind { tell(kind, slot) }
    if difference == .zero { return }
    change(
      orders[slot].account,
      [BalanceChange(orders[slot].lockAsset, free: -difference, locked: difference)], .order)
  }
}
