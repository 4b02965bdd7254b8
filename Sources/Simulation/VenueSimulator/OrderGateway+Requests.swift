import TradingModel

extension OrderGateway {
  /// Carries out a request that arrived; its answers go out unless a fault loses them.
  func carryOut(_ request: VenueRequest, in market: (any OrderMarket)?, _ turn: VenueTurn) {
    let isQuery = request.kind == .queryOrder || request.kind == .querySnapshot
    isMute = !isQuery && happens(settings.faults.lostAnswers)
    defer { isMute = false }
    switch request.kind {
    case .newOrder: enter(request, in: market, turn)
    case .replace: replace(request, in: market, turn)
    case .cancel: cancel(request, in: market, turn)
    case .queryOrder: answerOrderQuery(request, turn)
    case .querySnapshot: answerSnapshotQuery(request, turn)
    }
  }

  private func enter(_ request: VenueRequest, in market: (any OrderMarket)?, _ turn: VenueTurn) {
    // The order that has this id stays the one that is known by it.
    if table.find(request.orderID) != nil {
      return refuse(request, .rejected, .duplicateOrder, turn)
    }
    var order = VenueOrder(request, venueOrderID: takeVenueOrderID())
    let refusal: VenueReason? =
      market.map { refusalOfNew(request, in: $0) } ?? .other
    if let refusal {
      order.state = .rejected
      order.reason = refusal
      _ = table.insert(order)
      return refuse(request, .rejected, refusal, turn)
    }
    guard let market, let index = table.insert(order) else {
      return refuse(request, .rejected, .capacity, turn)
    }
    send(report(.accepted, of: index, version: request.version, turn), in: turn)
    market.enter(index, in: turn)
    precondition(
      table[index].state != .open || table[index].canRest, "Invariant: only what may rest stays")
  }

  private func refusalOfNew(_ request: VenueRequest, in market: any OrderMarket) -> VenueReason? {
    if request.orderID == 0 { return .other }
    let reference = request.type == .market ? market.bestPrice(request.side.opposite) : nil
    return OrderRules.refusal(of: request, in: market.listing, reference: reference)
      ?? market.refusal(of: request)
  }

  private func replace(_ request: VenueRequest, in market: (any OrderMarket)?, _ turn: VenueTurn) {
    guard let index = table.find(request.orderID), let market,
      table[index].listing == market.listing.index
    else { return refuse(request, .replaceRejected, .unknownOrder, turn) }
    table[index].lastVersion = max(table[index].lastVersion, request.version)
    let old = table[index]
    let refusal: VenueReason? =
      if old.state != .open {
        .tooLate
      } else if request.quantity <= old.cumulativeQuantity {
        .quantityOutsideLimits
      } else {
        OrderRules.refusal(
          price: request.price, isLimit: true, quantity: request.quantity, in: market.listing)
          ?? market.refusal(ofReplacing: old, price: request.price)
      }
    if let refusal { return refuse(request, .replaceRejected, refusal, turn) }
    table[index].price = request.price
    table[index].quantity = request.quantity
    send(report(.replaced, of: index, version: request.version, turn), in: turn)
    market.replace(index, from: old, in: turn)
  }

  private func cancel(_ request: VenueRequest, in market: (any OrderMarket)?, _ turn: VenueTurn) {
    guard let index = table.find(request.orderID), let market,
      table[index].listing == market.listing.index
    else { return refuse(request, .cancelRejected, .unknownOrder, turn) }
    table[index].lastVersion = max(table[index].lastVersion, request.version)
    guard table[index].state == .open else {
      return refuse(request, .cancelRejected, .tooLate, turn)
    }
    market.remove(index, in: turn)
    table.end(index, .canceled, .none)
    send(report(.canceled, of: index, version: request.version, turn), in: turn)
  }

  private func refuse(
    _ request: VenueRequest, _ kind: VenueReportKind, _ reason: VenueReason, _ turn: VenueTurn
  ) {
    var report = VenueReport(
      kind: kind, listing: request.listing, venue: settings.venue, side: request.side,
      reason: reason, orderID: request.orderID, version: request.version, venueTime: turn.time)
    // A refused change says how far the order came; a refused new order came nowhere.
    if kind != .rejected, let index = table.find(request.orderID) {
      report.venueOrderID = table[index].venueOrderID
      report.cumulativeQuantity = table[index].cumulativeQuantity
    }
    send(report, in: turn)
  }

  // MARK: Queries

  private func answerOrderQuery(_ request: VenueRequest, _ turn: VenueTurn) {
    guard let index = table.find(request.orderID) else {
      return answer(
        VenueReport(
          kind: .notFound, listing: request.listing, venue: settings.venue, side: request.side,
          reason: .unknownOrder, orderID: request.orderID, version: request.version,
          venueTime: turn.time), in: turn)
    }
    for number in table.trades(of: index) {
      if let trade = table.trade(number) { answer(fillReport(trade), in: turn) }
    }
    answer(
      report(statusKind(table[index].state), of: index, version: request.version, turn), in: turn)
  }

  private func answerSnapshotQuery(_ request: VenueRequest, _ turn: VenueTurn) {
    let frame = VenueReport(
      kind: .snapshotBegin, venue: settings.venue, version: request.version, venueTime: turn.time)
    answer(frame, in: turn)
    let count = min(table.tradeCount, UInt64(settings.repeatedTradeCount))
    for number in (table.tradeCount - count)..<table.tradeCount {
      if let trade = table.trade(number + 1) { answer(fillReport(trade), in: turn) }
    }
    var open = table.firstOpen
    while let index = open {
      answer(report(.statusOpen, of: index, version: table[index].lastVersion, turn), in: turn)
      open = table.openOrder(after: index)
    }
    var end = frame
    end.kind = .snapshotEnd
    answer(end, in: turn)
  }

  private func statusKind(_ state: VenueOrderState) -> VenueReportKind {
    switch state {
    case .open: .statusOpen
    case .filled: .statusFilled
    case .canceled: .statusCanceled
    case .expired: .statusExpired
    case .rejected: .statusRejected
    }
  }
}
