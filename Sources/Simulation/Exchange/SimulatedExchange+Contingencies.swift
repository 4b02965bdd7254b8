import TradingModel

// What orders of a list do to each other.
//
// Nothing is done to a book while its reports are taken: an order in the book that has to end with another
// one is noted and ended when the operation is over, and pending orders are entered then.
extension SimulatedExchange {
  /// Lets orders that are paid for wait, or sends them to the book: those that wait first, because what goes to
  /// the book may end them.
  func enterListed(_ entered: [Int], _ market: InstrumentMarket, isNew: Bool) {
    for slot in entered where orders[slot].request.kind.isConditional {
      beginWaiting(slot, market)
    }
    for slot in entered where orders[slot].state == .open {
      if orders[slot].request.kind == .market {
        enterMarket(slot, market, isNew: isNew)
      } else {
        enterLimit(slot, market)
      }
    }
  }

  // MARK: Pairs

  /// The slots of an order and of the open one that it cancels or is canceled by, in the order of their
  /// list; of any other order its own.
  func pairSlots(_ slot: Int) -> [Int] {
    guard let id = orders[slot].listID else { return [slot] }
    let list = lists[place(of: id)]
    guard let pair = list.contingency.pair else { return [slot] }
    let both = list.orders[pair].compactMap { slots[$0] }
    return both.contains(slot) ? both.filter { $0 == slot || orders[$0].state.isOpen } : [slot]
  }

  /// What an order has to hold: of a pair the first what it needs, the second only what it needs beyond
  /// that, so that nothing is locked twice. Nil where values do not fit.
  func lockShare(_ slot: Int) -> Money? {
    guard let own = requiredLock(orders[slot]) else { return nil }
    let pair = pairSlots(slot)
    guard pair.count == 2, pair[1] == slot, let other = requiredLock(orders[pair[0]]) else {
      return own
    }
    return max(.zero, own - other)
  }

  /// An order of a pair is about to execute: the other one ends, and what both held is its own.
  func beginExecution(_ slot: Int) {
    let pair = pairSlots(slot)
    guard pair.count == 2, let id = orders[slot].listID else { return }
    let other = pair[0] == slot ? pair[1] : pair[0]
    // Both are never in the book: it is that of one that was triggered just now, outside of any report.
    let isInBook = orders[other].isWorking
    endListed(other, .otherExecuted)
    if isInBook { carryOutEnds(market(orders[slot].instrument)) }
    if orders[slot].isWorking { relock(slot) }
    tell(.executing, list: place(of: id))
  }

  // MARK: Ends

  /// Ends an order because of another one of its list.
  private func endListed(_ slot: Int, _ reason: OrderEnd) {
    let market = market(orders[slot].instrument)
    if orders[slot].isWorking {
      market.doomed.append((slot, reason))
      // In a halted book it stays until it can be canceled, and pays for itself.
      if market.status == .halted { relock(slot) }
      return
    }
    if orders[slot].state == .waiting { market.waiting.removeAll { $0 == slot } }
    end(slot, reason.state, reason)
  }

  /// Takes the orders out of the book that have to end with others.
  func carryOutEnds(_ market: InstrumentMarket) {
    while market.status != .halted, !market.doomed.isEmpty {
      let (slot, reason) = market.doomed.removeFirst()
      guard orders[slot].isWorking else { continue }
      let before = endOfCancel
      endOfCancel = reason
      market.book.cancel(orders[slot].id, into: &market.reports)
      takeReports(market)
      endOfCancel = before
    }
  }

  /// An order ended without being filled: the others of its list end with it, or pending ones are entered
  /// for what was filled.
  func takeEndOfListed(_ slot: Int, _ reason: OrderEnd) {
    guard let id = orders[slot].listID else { return }
    let place = place(of: id)
    let list = lists[place]
    let isOwn = reason != .listCanceled && reason != .listEnded
    if list.contingency.hasPending && orders[slot].id == list.orders[0] && isOwn
      && orders[slot].filled > 0 && list.request.afterPartialFill == .activates
    {
      beginActivation(place)
    } else if reason != .otherExecuted {
      let byOwner = reason == .requested || reason == .replaced || reason == .listCanceled
      for other in list.orders.compactMap({ slots[$0] }) where orders[other].state.isOpen {
        endListed(other, byOwner ? .listCanceled : .listEnded)
      }
    }
    finish(place)
  }

  /// An order was filled whole.
  func takeFillOfListed(_ slot: Int) {
    guard let id = orders[slot].listID else { return }
    let list = lists[place(of: id)]
    if list.contingency.hasPending && orders[slot].id == list.orders[0] {
      beginActivation(place(of: id))
    }
    finish(place(of: id))
  }

  /// Tells the end of a list whose orders have all ended.
  private func finish(_ place: Int) {
    let list = lists[place]
    guard list.state == .executing, !list.isActivating,
      !list.orders.contains(where: { slots[$0].map { orders[$0].state.isOpen } ?? false })
    else { return }
    lists[place].state = .allDone
    tell(.allDone, list: place)
  }

  func tell(_ kind: OrderListEventKind, list place: Int) {
    lists[place].updateTime = time
    events.append(
      .list(OrderListEvent(kind: kind, time: time, list: lists[place], requestID: requestID)))
  }

  // MARK: Pending orders

  private func beginActivation(_ place: Int) {
    lists[place].isActivating = true
    market(lists[place].instrument).activating.append(place)
  }

  /// Enters the pending orders of a list, all or none.
  func activate(_ place: Int, _ market: InstrumentMarket) {
    lists[place].isActivating = false
    let list = lists[place]
    let pending = list.orders.dropFirst().compactMap { slots[$0] }.filter { orders[$0].isPending }
    guard let working = order(.venue(list.orders[0]), of: list.account), !pending.isEmpty else {
      return finish(place)
    }
    for slot in pending { setQuantity(slot, of: list, working) }
    let requests = pending.map { orders[$0].request }
    for (slot, request) in zip(pending, requests) {
      if let refusal = refusalAtActivation(request, list.account, market) {
        return refuse(slot, refusal)
      }
    }
    if let refusal = refusalByBalance(requests, list.account) { return refuse(pending[0], refusal) }
    tell(.activated, list: place)
    for slot in pending { makeLive(slot, list.account) }
    for slot in pending {
      if orders[slot].request.kind == .market {
        tell(.activated, slot)
      } else {
        relock(slot, telling: .activated)
      }
    }
    enterListed(pending, market, isNew: false)
  }

  private func setQuantity(_ slot: Int, of list: OrderList, _ working: ExchangeOrder) {
    if orders[slot].request.closesPosition { return }
    var quantity = orders[slot].quantity
    if list.request.pendingQuantity == .filled {
      quantity = working.filled
    } else if working.state != .filled {
      quantity = min(quantity, working.filled)
    }
    orders[slot].quantity = quantity
    orders[slot].request.quantity = quantity
    orders[slot].request.displayQuantity = min(quantity, orders[slot].request.displayQuantity)
  }

  /// A pending order cannot be entered; the other one of its pair ends with it.
  private func refuse(_ slot: Int, _ refusal: Refusal) {
    orders[slot].refusal = refusal
    end(slot, .expired, .refusedAtActivation)
  }

  /// A pending order is from now on as one that was just entered.
  private func makeLive(_ slot: Int, _ account: AccountIndex) {
    let draft = draft(orders[slot].request, by: account)
    orders[slot].state = draft.state
    orders[slot].isReducing = draft.isReducing
    orders[slot].lockPrice = draft.lockPrice
    orders[slot].lockFee = draft.lockFee
    orders[slot].updateTime = time
  }
}
