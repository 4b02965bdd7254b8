import TradingModel

// Cancels and amendments.
extension SimulatedExchange {
  /// Cancels an open order. `requestID` is echoed in its events. An `instrument` that is not the order's
  /// makes it unknown.
  public func cancel(
    _ reference: OrderReference, by account: AccountIndex, in instrument: InstrumentIndex? = nil,
    requestID: String = ""
  ) -> Result<OrderID, Refusal> {
    switch openSlot(reference, account, instrument) {
    case .failure(let refusal): return .failure(refusal)
    case .success(let slot):
      return cancel(slot, as: .requested, requestID: requestID)
    }
  }

  /// Cancels all open orders of an account, or of one instrument or side, in order of entry. Those of halted
  /// instruments stay.
  public func cancelAll(
    by account: AccountIndex, in instrument: InstrumentIndex? = nil, side: Side? = nil,
    requestID: String = ""
  ) -> Result<[OrderID], Refusal> {
    if !knows(account) { return .failure(.unknownAccount) }
    if let instrument, Int(instrument) >= markets.count { return .failure(.unknownSymbol) }
    var canceled: [OrderID] = []
    for slot in accounts[account].open {
      let order = orders[slot]
      guard instrument == nil || order.instrument == instrument, side == nil || order.side == side
      else { continue }
      // One that was canceled with another of its list is looked at all the same.
      if order.state.isOpen { _ = cancel(slot, as: .requested, requestID: requestID) }
      if orders[slot].state == .canceled { canceled.append(order.id) }
    }
    return .success(canceled)
  }

  /// Cancels an order and enters another: the new one is entered when the cancel worked, or always with
  /// `entersAnyway`. The second result is nil when it was not tried.
  public func cancelReplace(
    _ reference: OrderReference, with request: OrderRequest, by account: AccountIndex,
    entersAnyway: Bool = false, requestID: String = ""
  ) -> (cancel: Result<OrderID, Refusal>, new: Result<OrderID, Refusal>?) {
    let canceled: Result<OrderID, Refusal>
    switch openSlot(reference, account, request.instrument) {
    case .failure(let refusal): canceled = .failure(refusal)
    case .success(let slot): canceled = cancel(slot, as: .replaced, requestID: requestID)
    }
    if case .failure = canceled, !entersAnyway { return (canceled, nil) }
    return (canceled, submit(request, by: account))
  }

  /// The slot of an open order.
  private func openSlot(
    _ reference: OrderReference, _ account: AccountIndex, _ instrument: InstrumentIndex?
  ) -> Result<Int, Refusal> {
    if !knows(account) { return .failure(.unknownAccount) }
    guard let slot = slot(reference, account),
      instrument ?? orders[slot].instrument == orders[slot].instrument
    else { return .failure(.unknownOrder) }
    return orders[slot].state.isOpen ? .success(slot) : .failure(.orderEnded)
  }

  private func cancel(_ slot: Int, as reason: OrderEnd, requestID: String) -> Result<
    OrderID, Refusal
  > {
    let order = orders[slot]
    let market = market(order.instrument)
    if market.status == .halted { return .failure(.marketClosed) }
    self.requestID = requestID
    endOfCancel = reason
    defer {
      self.requestID = ""
      endOfCancel = .requested
    }
    if order.state == .waiting || order.isPending {
      market.waiting.removeAll { $0 == slot }
      end(slot, .canceled, reason)
    } else {
      market.book.cancel(order.id, into: &market.reports)
      takeReports(market)
    }
    settle(market)
    return .success(order.id)
  }

  // MARK: Amendments

  /// Changes an open order. It keeps its place in the queue when it only becomes smaller
  /// (`ExchangeRules.decreaseKeepsPriority`); otherwise it comes in again behind the others, and may
  /// match. To a quantity not above what was filled it is canceled.
  public func amend(
    _ reference: OrderReference, _ amendment: Amendment, by account: AccountIndex,
    in instrument: InstrumentIndex? = nil, requestID: String = ""
  ) -> Result<OrderID, Refusal> {
    let slot: Int
    switch openSlot(reference, account, instrument) {
    case .failure(let refusal): return .failure(refusal)
    case .success(let found): slot = found
    }
    let market = market(orders[slot].instrument)
    if let refusal = refusal(of: amendment, to: orders[slot], market) { return .failure(refusal) }
    if let quantity = amendment.quantity, quantity <= orders[slot].filled {
      return cancel(slot, as: .amendedToFilled, requestID: requestID)
    }
    let amended = amended(orders[slot], by: amendment)
    if let refusal = replace(slot, with: amended, requestID: requestID) { return .failure(refusal) }
    if amended.isPending { return .success(amended.id) }
    if amended.state == .waiting {
      // It is as old as before, and its new price is looked at as a new order's is.
      market.waiting.removeAll { $0 == slot }
      let place = market.waiting.firstIndex { $0 > slot } ?? market.waiting.endIndex
      beginWaiting(slot, market, at: place)
    } else {
      modifyInBook(amended, market)
    }
    settle(market)
    return .success(amended.id)
  }

  /// Puts an amended order in the place of what it was, with the lock that it and the one it cancels or is
  /// canceled by need; or says why that cannot be.
  private func replace(_ slot: Int, with amended: ExchangeOrder, requestID: String) -> Refusal? {
    let before = orders[slot]
    orders[slot] = amended
    let pair = pairSlots(slot)
    var (locks, more): ([Money], Money) = ([], .zero)
    for place in pair {
      guard let lock = lockShare(place) else {
        orders[slot] = before
        return .notionalAboveMax
      }
      locks.append(lock)
      more += lock - orders[place].locked
    }
    if more > .zero && more > balance(of: amended.account, amended.lockAsset).free {
      orders[slot] = before
      return .insufficientBalance
    }
    self.requestID = requestID
    // What becomes free first, so that it is there for the other one.
    for (place, lock) in zip(pair, locks) where place != slot && lock < orders[place].locked {
      setLock(place, lock)
    }
    for (place, lock) in zip(pair, locks) where place == slot {
      setLock(place, lock, telling: .amended)
    }
    for (place, lock) in zip(pair, locks) where place != slot { setLock(place, lock) }
    self.requestID = ""
    return nil
  }

  private func modifyInBook(_ order: ExchangeOrder, _ market: InstrumentMarket) {
    let ticks = order.request.price / market.listing.tick
    if settings.rules.decreaseKeepsPriority {
      market.book.modify(order.id, price: ticks, quantity: order.quantity, into: &market.reports)
    } else {
      market.book.cancelReplace(
        order.id, price: ticks, leaves: order.quantity - order.filled, into: &market.reports)
    }
    takeReports(market)
    precondition(
      bookRefusal == nil, "Invariant: amendments that were checked are taken by the book")
  }

  private func amended(_ order: ExchangeOrder, by amendment: Amendment) -> ExchangeOrder {
    var order = order
    if let price = amendment.price { order.request.price = price }
    if let trigger = amendment.triggerPrice { order.request.triggerPrice = trigger }
    if let quantity = amendment.quantity {
      order.quantity = quantity
      order.request.quantity = quantity
    }
    if order.request.kind.hasLimit {
      order.lockPrice = order.request.price
    } else if order.request.triggerPrice != 0 {
      order.lockPrice = order.request.triggerPrice
    }
    order.updateTime = time
    return order
  }

  private func refusal(of amendment: Amendment, to order: ExchangeOrder, _ market: InstrumentMarket)
    -> Refusal?
  {
    if market.status != .trading && market.status != .preOpen { return .marketClosed }
    let kind = order.request.kind
    if amendment.price != nil && !kind.hasLimit { return .invalidCombination }
    if amendment.triggerPrice != nil && (order.state == .open || kind == .trailingStop) {
      return .invalidCombination
    }
    let closesPosition = order.request.closesPosition
    if amendment.quantity != nil && closesPosition { return .invalidCombination }
    let price = amendment.price ?? order.request.price
    let quantity = amendment.quantity ?? order.quantity
    let trigger = amendment.triggerPrice ?? order.request.triggerPrice
    if price == order.request.price && quantity == order.quantity
      && trigger == order.request.triggerPrice
    {
      return .nothingToAmend
    }
    if amendment.price != nil {
      if let refusal = refusal(ofPrice: price, market) { return refusal }
      if let refusal = refusalByBand(price, order.side, market) { return refusal }
    }
    if amendment.triggerPrice != nil, let refusal = refusal(ofPrice: trigger, market) {
      return refusal
    }
    if amendment.quantity != nil, let refusal = refusal(ofQuantity: quantity, kind, market) {
      return refusal
    }
    if quantity <= order.filled && !closesPosition { return nil }
    let reference = kind.hasLimit ? price : market.lastPrice
    if !closesPosition,
      let refusal = refusalByNotional(reference, quantity, market, hasMin: !order.isReducing)
    {
      return refusal
    }
    let display = order.request.displayQuantity
    if display > 0 && display < quantity,
      let refusal = refusalOfIceberg(display, quantity, market)
    {
      return refusal
    }
    return refusalByPrice(of: order, price: price, trigger: trigger, market)
  }

  private func refusalByPrice(
    of order: ExchangeOrder, price: Int64, trigger: Int64, _ market: InstrumentMarket
  ) -> Refusal? {
    if order.isPending { return nil }
    if order.state == .waiting {
      var request = order.request
      request.triggerPrice = trigger
      let isPassed = isTriggered(request, at: self.price(request.triggerSource, market))
      return isPassed && settings.rules.passedTriggerIsRefused ? .wouldTrigger : nil
    }
    return order.request.isPostOnly && wouldTake(order.side, price, market) ? .wouldTake : nil
  }
}
