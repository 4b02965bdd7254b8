import TradingModel

// Lists of orders: how they come, are canceled and are found. What happens between their orders stands in
// SimulatedExchange+Contingencies.swift.
extension SimulatedExchange {
  /// Enters a list of orders: the list as it is then, or why there is none, and nothing has happened.
  /// O(open orders of the account).
  public func submit(_ request: OrderListRequest, by account: AccountIndex) -> Result<
    OrderList, Refusal
  > {
    if let refusal = refusal(of: request, by: account) { return .failure(refusal) }
    let market = market(request.orders[0].instrument)
    let id = OrderListID(lists.count + 1)
    var list = OrderList(id: id, account: account, request: request, time: time)
    let entered = request.orders.enumerated().map { place, order in
      let isPending = request.contingency.hasPending && place > 0
      return register(order, by: account, list: id, isPending: isPending)
    }
    list.orders = entered.map { orders[$0].id }
    lists.append(list)
    accounts[account].lists.append(id)
    if !request.clientListID.isEmpty { accounts[account].clientListIDs[request.clientListID] = id }
    tell(.accepted, list: place(of: id))
    for slot in entered where orders[slot].request.kind != .market || orders[slot].isPending {
      relock(slot, telling: .accepted)
    }
    let live = request.contingency.hasPending ? Array(entered.prefix(1)) : entered
    enterListed(live, market, isNew: true)
    settle(market)
    return .success(lists[place(of: id)])
  }

  /// Why a list would be refused now, without entering it; nil when it would not.
  public func refusal(of request: OrderListRequest, by account: AccountIndex) -> Refusal? {
    if !knows(account) { return .unknownAccount }
    guard let first = request.orders.first, request.orders.count == request.contingency.orderCount
    else { return .invalidCombination }
    if Int(first.instrument) >= markets.count { return .unknownSymbol }
    let market = market(first.instrument)
    if let refusal = refusalOfList(request) ?? refusalOfListID(request, account) { return refusal }
    var (before, waiting) = (0, 0)
    for (place, order) in request.orders.enumerated() {
      let counts = (orders: before, waiting: waiting)
      let refusal =
        request.contingency.hasPending && place > 0
        ? refusalOfPending(order, in: request, account, market, after: counts)
        : refusalOfLive(order, account, market, after: counts)
      if let refusal { return refusal }
      before += 1
      if order.kind.isConditional { waiting += 1 }
    }
    let live = request.contingency.hasPending ? [first] : request.orders
    return refusalByBalance(live, account)
  }

  /// Cancels all open orders of a list. `requestID` is echoed in its events.
  public func cancelList(
    _ reference: OrderListReference, by account: AccountIndex,
    in instrument: InstrumentIndex? = nil, requestID: String = ""
  ) -> Result<OrderList, Refusal> {
    if !knows(account) { return .failure(.unknownAccount) }
    guard let list = list(reference, of: account),
      instrument ?? list.instrument == list.instrument
    else { return .failure(.unknownOrder) }
    // The end of one is the end of all; of the last one even where a part of the working order was filled.
    guard
      let last = list.orders.last(where: { order(.venue($0), of: account)?.state.isOpen ?? false })
    else { return .failure(.orderEnded) }
    switch cancel(.venue(last), by: account, requestID: requestID) {
    case .failure(let refusal): return .failure(refusal)
    case .success: return .success(lists[place(of: list.id)])
    }
  }

  // MARK: History

  /// A list of the account. O(1).
  public func list(_ reference: OrderListReference, of account: AccountIndex) -> OrderList? {
    guard knows(account) else { return nil }
    var id: OrderListID?
    switch reference {
    case .venue(let wanted): id = wanted
    case .client(let name): id = accounts[account].clientListIDs[name]
    }
    guard let id, id > 0, id <= OrderListID(lists.count), lists[place(of: id)].account == account
    else { return nil }
    return lists[place(of: id)]
  }

  /// Lists with an open order, oldest first. O(lists of the account).
  public func openLists(of account: AccountIndex) -> [OrderList] {
    lists(of: account).filter { $0.state == .executing }
  }

  /// Lists, oldest first, that pass `query`: its ids are those of lists, its times those of their creation.
  public func lists(of account: AccountIndex, _ query: HistoryQuery = HistoryQuery()) -> [OrderList]
  {
    guard knows(account) else { return [] }
    return query.limited(
      accounts[account].lists.map { lists[place(of: $0)] }.filter { list in
        (query.order.map { list.orders.contains($0) } ?? true)
          && query.contains(
            id: list.id, order: query.order ?? 0, instrument: list.instrument,
            time: list.createTime)
      })
  }

  func place(of list: OrderListID) -> Int { Int(list) - 1 }

  // MARK: Checks

  /// Why orders do not make a list.
  private func refusalOfList(_ request: OrderListRequest) -> Refusal? {
    let first = request.orders[0]
    if request.orders.contains(where: { $0.instrument != first.instrument }) {
      return .invalidCombination
    }
    let names = request.orders.map(\.clientOrderID).filter { !$0.isEmpty }
    if Set(names).count != names.count { return .duplicateClientOrderID }
    if request.contingency.hasPending,
      request.orders.dropFirst().contains(where: { $0.quoteQuantity != nil })
    {
      return .invalidCombination
    }
    guard let pair = request.contingency.pair else { return nil }
    let (one, other) = (request.orders[pair.lowerBound], request.orders[pair.lowerBound + 1])
    let isPair =
      one.side == other.side && one.positionSide == other.positionSide && one.canStay
      && other.canStay && (one.kind.isConditional || other.kind.isConditional)
    return isPair ? nil : .invalidCombination
  }

  private func refusalOfListID(_ request: OrderListRequest, _ account: AccountIndex) -> Refusal? {
    guard !request.clientListID.isEmpty,
      let list = accounts[account].clientListIDs[request.clientListID]
    else { return nil }
    let isTaken =
      lists[place(of: list)].state == .executing || !settings.rules.clientOrderIDsMayRecur
    return isTaken ? .duplicateClientListID : nil
  }

  /// Why an order that is known at once and entered later is refused: what depends on the market and on
  /// balances is asked later.
  private func refusalOfPending(
    _ order: OrderRequest, in list: OrderListRequest, _ account: AccountIndex,
    _ market: InstrumentMarket, after counts: (orders: Int, waiting: Int)
  ) -> Refusal? {
    var request = order
    var hasQuantity = true
    if list.pendingQuantity == .filled && !order.closesPosition {
      request.quantity = list.orders[0].quantity
      hasQuantity = list.orders[0].quoteQuantity == nil
    }
    return refusalOfTerms(request, market) ?? refusalByPositionMode(request, account, market)
      ?? refusalOfNumbers(request, market, hasQuantity: hasQuantity)
      ?? refusalByAccount(request, account, market, after: counts)
  }
}

extension OrderRequest {
  /// Whether it can rest in a book or wait for a price, as one of two that cancel each other has to.
  var canStay: Bool {
    if quoteQuantity != nil { return false }
    if kind.isConditional { return true }
    return kind == .limit && timeInForce != .immediateOrCancel && timeInForce != .fillOrKill
  }
}
