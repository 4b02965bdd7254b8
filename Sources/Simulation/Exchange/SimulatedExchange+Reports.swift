import MatchingEngine
import TradingModel

// What the books did.
extension SimulatedExchange {
  /// Takes the book's reports of one operation: trades, and orders that ended.
  func takeReports(_ market: InstrumentMarket) {
    bookRefusal = nil
    for place in 0..<market.reports.count {
      let report = market.reports[place]
      switch report.kind {
      case .trade: takeTrade(report, market)
      case .canceled, .expired: takeEnd(report, market)
      case .reduced: takeReduction(report)
      case .rejected:
        bookRefusal = report.reason
        takeEnd(report, market)
      case .replaceRejected, .cancelRejected: bookRefusal = report.reason
      case .accepted, .replaced, .triggered: break
      }
    }
    market.reports.removeAll()
  }

  private func takeTrade(_ report: MatchReport, _ market: InstrumentMarket) {
    let price = report.price * market.listing.tick
    let id = market.nextTradeID
    market.nextTradeID += 1
    market.lastPrice = price
    if report.owner != 0 || report.makerOwner != 0 {
      guard let value = market.listing.value(price: price, quantity: report.quantity) else {
        preconditionFailure("Invariant: the values of orders that were accepted fit")
      }
      let trade = SettledTrade(
        id: id, price: price, quantity: report.quantity, value: value, market: market)
      settle(report.orderID, report.owner, report.side, trade, .taker)
      settle(report.makerOrderID, report.makerOwner, report.side.opposite, trade, .maker)
    }
    if report.owner == 0 && report.leaves == 0 { market.traders?.removeLive(report.orderID) }
    if report.makerOwner == 0 && report.makerLeaves == 0 {
      market.traders?.removeLive(report.makerOrderID)
    }
    let print = TradePrint(
      instrument: market.index, id: id, time: time, price: price, quantity: report.quantity,
      takerSide: report.side, takerOrderID: report.orderID, makerOrderID: report.makerOrderID,
      isAuction: report.reason == .auction)
    events.append(.trade(print))
    market.trades.append(print)
    if market.trades.count >= 2 * InstrumentMarket.tradesKept {
      market.trades.removeFirst(InstrumentMarket.tradesKept)
    }
    show(price, .last, market)
  }

  private func takeEnd(_ report: MatchReport, _ market: InstrumentMarket) {
    guard let slot = slots[report.orderID] else {
      market.traders?.removeLive(report.orderID)
      return
    }
    switch report.reason {
    case .requested: end(slot, endOfCancel.state, endOfCancel)
    case .massCancel: end(slot, .canceled, .byVenue)
    case .immediateOrCancel: end(slot, .expired, .immediateOrCancel)
    case .noLiquidity: end(slot, .expired, .noLiquidity)
    case .selfTradePrevention: end(slot, .expired, .selfTradePrevention)
    case .notFillable: end(slot, .expired, .notFillable)
    case .wouldCross: end(slot, .expired, .wouldTake)
    case .timeReached, .expireTimePassed: end(slot, .expired, .timeReached)
    case .reduceOnly: end(slot, .expired, .reduceOnly)
    case .modifiedToFilled: end(slot, .canceled, .amendedToFilled)
    default: end(slot, .expired, .refusedAtTrigger)
    }
  }

  private func takeReduction(_ report: MatchReport) {
    guard let slot = slots[report.orderID] else { return }
    orders[slot].quantity -= report.quantity
    orders[slot].updateTime = time
    // A market order keeps what was planned until it ends.
    let lock =
      orders[slot].isInPassing ? orders[slot].locked : lockShare(slot) ?? .zero
    setLock(slot, lock, telling: .reduced)
    for other in pairSlots(slot) where other != slot { relock(other) }
  }

  /// Ends an order that is not filled: what it holds is free again.
  func end(_ slot: Int, _ state: OrderState, _ reason: OrderEnd) {
    orders[slot].state = state
    orders[slot].endReason = reason
    // What was more than all there was is not what the amount bought.
    if orders[slot].request.quoteQuantity != nil { orders[slot].quantity = orders[slot].filled }
    orders[slot].updateTime = time
    close(slot)
    setLock(slot, .zero, telling: state == .canceled ? .canceled : .expired)
    takeEndOfListed(slot, reason)
  }

  /// Takes an order that has ended off the lists of open ones.
  func close(_ slot: Int) {
    orders[slot].isWorking = false
    accounts[orders[slot].account].removeOpen(slot)
    if orders[slot].request.timeInForce == .goodTillDate {
      expiries.removeAll { $0.slot == slot }
    }
  }

  /// Tells what happened to an order.
  func tell(_ kind: OrderEventKind, _ slot: Int, fill: ExchangeFill? = nil) {
    events.append(
      .order(
        ExchangeOrderEvent(
          kind: kind, time: time, order: orders[slot], fill: fill, requestID: requestID)))
  }

  /// Tells which levels the last operations changed, and the best prices if they did.
  func tellLevels(_ market: InstrumentMarket) {
    let count = market.book.changeCount
    if market.book.hasMissedChanges {
      market.updateID += UInt64(count) + 1
      events.append(
        .depthLost(instrument: market.index, time: time, lastUpdateID: market.updateID))
    } else if count > 0 {
      var changes: [ExchangeLevel] = []
      changes.reserveCapacity(count)
      for place in 0..<count {
        let change = market.book.change(at: place)
        changes.append(
          ExchangeLevel(
            side: change.side, price: change.price * market.listing.tick,
            quantity: change.quantity, orderCount: change.orderCount))
      }
      let first = market.updateID + 1
      market.updateID += UInt64(count)
      events.append(
        .depth(
          DepthEvent(
            instrument: market.index, time: time, firstUpdateID: first,
            lastUpdateID: market.updateID, changes: changes)))
    }
    if count > 0 || market.book.hasMissedChanges {
      market.book.clearChanges()
      tellBest(market)
    }
    if settings.tellsOrderChanges { tellOrders(market) }
  }

  private func tellBest(_ market: InstrumentMarket) {
    let (bid, ask) = (market.book.bestBid, market.book.bestAsk)
    if bid == market.bestBid && ask == market.bestAsk { return }
    market.bestBid = bid
    market.bestAsk = ask
    events.append(.bestQuote(bestQuote(of: market.index)))
  }

  private func tellOrders(_ market: InstrumentMarket) {
    for place in 0..<market.book.orderChangeCount {
      var change = market.book.orderChange(at: place)
      change.price *= market.listing.tick
      events.append(.orderChange(instrument: market.index, time: time, change))
    }
    market.book.clearOrderChanges()
  }
}
