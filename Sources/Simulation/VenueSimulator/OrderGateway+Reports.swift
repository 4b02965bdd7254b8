import TradingModel

extension OrderGateway {
  /// Books a trade of the open order at `index` and reports it. The last one ends the order.
  ///
  /// - Precondition: `quantity` is above zero and within the order's open quantity.
  public func fill(
    _ index: UInt32, price: Int64, quantity: Int64, liquidity: Liquidity, tradeID: TradeID,
    in listing: Listing, _ turn: VenueTurn
  ) {
    let order = table[index]
    precondition(
      quantity > 0 && quantity <= order.leavesQuantity, "Invariant: an order is never overfilled")
    table[index].cumulativeQuantity += quantity
    // A value beyond 128 bits was refused with the order.
    let value = listing.value(price: price, quantity: quantity) ?? .zero
    let rate = liquidity == .maker ? listing.makerFee : listing.takerFee
    let trade = table.record(
      VenueTrade(
        number: 0, tradeID: tradeID, orderID: order.orderID, venueOrderID: order.venueOrderID,
        price: price, quantity: quantity,
        cumulativeQuantity: order.cumulativeQuantity + quantity, fee: rate.share(of: value),
        feeCurrency: listing.settlement, listing: listing.index, side: order.side,
        liquidity: liquidity, venueTime: turn.time, previousOfOrder: 0),
      of: index)
    if table[index].leavesQuantity == 0 { table.end(index, .filled, .none) }
    send(fillReport(trade), in: turn)
  }

  /// Ends an open order without anybody having asked: `canceled` or `expired`.
  public func end(
    _ index: UInt32, _ state: VenueOrderState, _ reason: VenueReason, _ turn: VenueTurn
  ) {
    precondition(state == .canceled || state == .expired, "fills end orders by themselves")
    table.end(index, state, reason)
    var report = report(state == .canceled ? .canceled : .expired, of: index, version: 0, turn)
    report.reason = reason
    send(report, in: turn)
  }

  /// A report about the order at `index` as it stands.
  func report(
    _ kind: VenueReportKind, of index: UInt32, version: RequestVersion, _ turn: VenueTurn
  ) -> VenueReport {
    let order = table[index]
    return VenueReport(
      kind: kind, listing: order.listing, venue: settings.venue, side: order.side,
      reason: order.reason, orderID: order.orderID, venueOrderID: order.venueOrderID,
      version: version, cumulativeQuantity: order.cumulativeQuantity, price: order.price,
      quantity: order.quantity, venueTime: turn.time)
  }

  /// The report of a trade, the same each time it is told.
  func fillReport(_ trade: VenueTrade) -> VenueReport {
    VenueReport(
      kind: .fill, listing: trade.listing, venue: settings.venue, side: trade.side,
      liquidity: trade.liquidity, feeCurrency: trade.feeCurrency, orderID: trade.orderID,
      venueOrderID: trade.venueOrderID, tradeID: trade.tradeID, lastPrice: trade.price,
      lastQuantity: trade.quantity, cumulativeQuantity: trade.cumulativeQuantity, fee: trade.fee,
      venueTime: trade.venueTime)
  }

  /// Sends a report that faults may lose, repeat or delay.
  func send(_ report: VenueReport, in turn: VenueTurn) {
    guard isConnected, !isMute else {
      lostReportCount += 1
      return
    }
    let faults = settings.faults
    var arrival = answerLine.arrival(of: turn.time)
    // Late by itself: what is sent after it does not wait for it.
    if happens(faults.reorderedReports) { arrival += lateness() }
    turn.deliveries.push(report, arrival: arrival)
    if happens(faults.duplicatedReports) {
      turn.deliveries.push(report, arrival: arrival + lateness())
    }
  }

  private func lateness() -> Int64 { random.integer(in: 1...max(1, settings.faults.lateness)) }

  /// Sends a report that always arrives: what was asked for, and the state of the connection.
  func answer(_ report: VenueReport, in turn: VenueTurn) {
    turn.deliveries.push(report, arrival: answerLine.arrival(of: turn.time))
  }
}
