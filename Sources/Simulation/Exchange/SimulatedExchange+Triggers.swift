import TradingModel

// Conditional orders. They wait here and not in the book, because take-profits and marks are unknown there.
//
// Each trade, in its order, and each mark is compared with all that waits, in order of entry. What is
// triggered acts after the operation that caused it, first come, first served.
extension SimulatedExchange {
  /// The price that triggers.
  func price(_ source: TriggerSource, _ market: InstrumentMarket) -> Int64 {
    source == .last ? market.lastPrice : market.markPrice
  }

  /// Whether a price is at or beyond the trigger of a stop or take-profit.
  func isTriggered(_ request: OrderRequest, at price: Int64) -> Bool {
    switch request.kind {
    case .stopLoss, .stopLossLimit:
      return request.side == .buy ? price >= request.triggerPrice : price <= request.triggerPrice
    case .takeProfit, .takeProfitLimit:
      return request.side == .buy ? price <= request.triggerPrice : price >= request.triggerPrice
    case .limit, .market, .trailingStop: return false
    }
  }

  /// Lets a conditional order wait; where its price was passed already it is triggered at once.
  func beginWaiting(_ slot: Int, _ market: InstrumentMarket, at place: Int? = nil) {
    market.waiting.insert(slot, at: place ?? market.waiting.endIndex)
    meet(slot, price(orders[slot].request.triggerSource, market), market)
  }

  /// Shows a price to all that waits for one of its kind.
  func show(_ price: Int64, _ source: TriggerSource, _ market: InstrumentMarket) {
    if market.waiting.isEmpty { return }
    for slot in market.waiting where orders[slot].request.triggerSource == source {
      meet(slot, price, market)
    }
  }

  private func meet(_ slot: Int, _ price: Int64, _ market: InstrumentMarket) {
    guard market.isTraded else { return }
    let request = orders[slot].request
    let isMet =
      request.kind == .trailingStop
      ? trail(slot, request, price) : isTriggered(request, at: price)
    guard isMet else { return }
    market.waiting.removeAll { $0 == slot }
    market.fired.append(slot)
  }

  /// Moves the extreme of a trailing stop: whether the price came back far enough.
  private func trail(_ slot: Int, _ request: OrderRequest, _ price: Int64) -> Bool {
    let extreme = orders[slot].extremePrice
    let isSell = request.side == .sell
    if extreme == 0 {
      let activation = request.triggerPrice
      if activation == 0 || (isSell ? price >= activation : price <= activation) {
        orders[slot].extremePrice = price
      }
      return false
    }
    if isSell ? price > extreme : price < extreme {
      orders[slot].extremePrice = price
      return false
    }
    let whole: Int128 = 100_000_000
    let rate = Int128(request.callbackRate.parts)
    return isSell
      ? Int128(price) * whole <= Int128(extreme) * (whole - rate)
      : Int128(price) * whole >= Int128(extreme) * (whole + rate)
  }

  /// Ends an operation: what has to end with others of its list ends, what was pending is entered and what was
  /// triggered acts, until nothing more is; then the changes of levels are told.
  func settle(_ market: InstrumentMarket) {
    carryOutEnds(market)
    while market.isTraded && !(market.fired.isEmpty && market.activating.isEmpty) {
      if !market.activating.isEmpty {
        activate(market.activating.removeFirst(), market)
      } else {
        let slot = market.fired.removeFirst()
        if orders[slot].state == .waiting { act(slot, market) }
      }
      carryOutEnds(market)
    }
    tellLevels(market)
  }

  /// How much of its position an order can close.
  func closableQuantity(_ order: ExchangeOrder) -> Int64 {
    let state = accounts[order.account]
    let held = state.positions[state.place(order.instrument, order.request.positionSide)].quantity
    return order.side == .sell ? max(0, held) : max(0, -held)
  }

  private func act(_ slot: Int, _ market: InstrumentMarket) {
    orders[slot].state = .open
    orders[slot].isTriggered = true
    orders[slot].triggerTime = time
    orders[slot].updateTime = time
    if orders[slot].request.closesPosition {
      orders[slot].quantity = min(closableQuantity(orders[slot]), market.quantityMax)
    }
    tell(.triggered, slot)
    beginExecution(slot)
    if orders[slot].request.closesPosition && orders[slot].quantity == 0 {
      return end(slot, .expired, .reduceOnly)
    }
    guard orders[slot].request.kind.hasLimit else {
      return enterMarket(slot, market, isNew: false)
    }
    let order = orders[slot]
    let needed = requiredLock(order) ?? order.locked
    let free = balance(of: order.account, order.lockAsset).free
    if needed > order.locked && needed - order.locked > free {
      return end(slot, .expired, .insufficientBalance)
    }
    setLock(slot, needed)
    enterLimit(slot, market)
  }
}
