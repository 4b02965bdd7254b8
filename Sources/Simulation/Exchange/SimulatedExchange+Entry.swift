import MatchingEngine
import TradingModel

// New orders.
extension SimulatedExchange {
  /// Enters a new order: its id, or why there is none. `takeEvents` tells what happened to it since.
  public func submit(_ request: OrderRequest, by account: AccountIndex) -> Result<OrderID, Refusal>
  {
    if let refusal = refusal(of: request, by: account) {
      events.append(
        .refused(
          RefusalEvent(account: account, request: request, refusal: refusal, time: time)))
      return .failure(refusal)
    }
    let market = market(request.instrument)
    let slot = register(request, by: account)
    if request.kind == .market {
      enterMarket(slot, market, isNew: true)
    } else if request.kind == .limit {
      relock(slot, telling: .accepted)
      enterLimit(slot, market)
    } else {
      relock(slot, telling: .accepted)
      beginWaiting(slot, market)
    }
    settle(market)
    return .success(orders[slot].id)
  }

  /// Makes an order of a request and lists it as open: its slot.
  func register(
    _ request: OrderRequest, by account: AccountIndex, list: OrderListID? = nil,
    isPending: Bool = false
  ) -> Int {
    var order = draft(request, by: account)
    order.id = takeOrderID()
    order.listID = list
    if isPending { order.state = .pendingNew }
    let slot = orders.count
    orders.append(order)
    slots[order.id] = slot
    let state = accounts[account]
    state.orders.append(slot)
    state.open.append(slot)
    if !request.clientOrderID.isEmpty { state.clientOrderIDs[request.clientOrderID] = slot }
    if request.timeInForce == .goodTillDate { addExpiry(slot) }
    return slot
  }

  /// Sends a limit order, which is paid for, to the book.
  func enterLimit(_ slot: Int, _ market: InstrumentMarket) {
    let order = orders[slot]
    let request = order.request
    if request.isPostOnly && wouldTake(request.side, request.price, market) {
      return end(slot, .expired, .wouldTake)
    }
    var instructions: OrderInstructions = []
    if request.isPostOnly { instructions.insert(.postOnly) }
    if order.isReducing { instructions.insert(.reduceOnly) }
    var terms = OrderTerms()
    terms.expireTime = request.expireTime
    if request.displayQuantity > 0 && request.displayQuantity < order.quantity {
      terms.displayQuantity = request.displayQuantity
      market.hasIcebergs = true
    }
    tellBookPosition(order, market)
    orders[slot].isWorking = true
    orders[slot].workingTime = time
    market.book.submit(
      OrderEntry(
        orderID: order.id, price: request.price / market.listing.tick, quantity: order.quantity,
        owner: owner(order.account, request.positionSide), side: request.side, type: .limit,
        timeInForce: request.timeInForce, instructions: instructions,
        selfTradePrevention: request.selfTradePrevention),
      terms, into: &market.reports)
    takeReports(market)
  }

  /// Plans a market order (or a triggered one without limit), locks what it needs and sends it to the book.
  func enterMarket(_ slot: Int, _ market: InstrumentMarket, isNew: Bool) {
    let order = orders[slot]
    let request = order.request
    guard
      let plan = plan(
        request, quantity: order.quantity, by: order.account, isReducing: order.isReducing)
    else {
      return end(slot, .expired, .refusedAtTrigger)
    }
    orders[slot].quantity = plan.quantity
    let free = balance(of: order.account, order.lockAsset).free + order.locked
    if plan.lock > .zero && plan.lock > free { return end(slot, .expired, .insufficientBalance) }
    setLock(slot, plan.lock, telling: isNew ? .accepted : nil)
    if plan.quantity == 0 { return end(slot, .expired, .noLiquidity) }
    tellBookPosition(order, market)
    orders[slot].isWorking = true
    orders[slot].workingTime = time
    market.book.submit(
      OrderEntry(
        orderID: order.id, price: request.side == .buy ? .max : .min, quantity: plan.quantity,
        owner: owner(order.account, request.positionSide), side: request.side, type: .market,
        timeInForce: request.timeInForce == .fillOrKill ? .fillOrKill : .immediateOrCancel,
        instructions: order.isReducing ? .reduceOnly : [],
        selfTradePrevention: request.selfTradePrevention),
      into: &market.reports)
    takeReports(market)
    checkPlan(plan, orders[slot], market)
  }

  /// Notes an order on spot that found anything other than its plan said. With self-trade prevention less
  /// may be found, but nothing dearer.
  private func checkPlan(_ plan: MarketPlan, _ order: ExchangeOrder, _ market: InstrumentMarket) {
    if market.isContract || order.filled == 0 { return }
    let isExact = order.request.selfTradePrevention == .allow
    let isAsPlanned =
      isExact
      ? order.filled == plan.available && order.filledValue == plan.value
      : order.filled <= plan.available && (order.side == .sell || order.filledValue <= plan.value)
    if !isAsPlanned { unplanned.append(order.id) }
  }

  /// Tells the book the position that an order may reduce.
  private func tellBookPosition(_ order: ExchangeOrder, _ market: InstrumentMarket) {
    guard order.isReducing else { return }
    let state = accounts[order.account]
    let side = order.request.positionSide
    market.book.setPosition(
      state.positions[state.place(market.index, side)].quantity, of: owner(order.account, side),
      into: &market.reports)
    takeReports(market)
  }

  private func addExpiry(_ slot: Int) {
    let due = orders[slot].request.expireTime
    let place = expiries.firstIndex { $0.time <= due } ?? expiries.endIndex
    expiries.insert((due, slot), at: place)
  }
}
