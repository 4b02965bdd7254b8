import Exchange
import MatchingEngine
import TradingModel

/// What the exchange tells becomes the venue's streams.
extension BinanceUSDMCore {
  /// Takes what happened, in order.
  func process(_ events: [ExchangeEvent]) {
    var firstTrades: [InstrumentIndex: UInt64] = [:]
    for event in events {
      switch event {
      case .balance(let change): take(change)
      case .position(let position): take(position)
      case .order(let change):
        flushFill()
        take(change)
      case .trade(let trade):
        flushFill()
        if firstTrades[trade.instrument] == nil { firstTrades[trade.instrument] = trade.id }
        take(trade)
      case .depth(let depth): take(depth)
      case .bestQuote(let quote): publishBookTicker(quote)
      case .depthLost(let instrument, _, _): breakDifferences(of: instrument)
      case .mark, .refused, .list, .funding, .orderChange, .status: break
      }
    }
    flushFill()
    for (instrument, first) in firstTrades { publishAggregates(of: instrument, from: first) }
  }

  private func take(_ change: BalanceEvent) {
    guard isClient(change.account), change.asset == 0 else { return }
    if pendingFill?.event.order.account == change.account, change.cause == .fill {
      pendingFill?.balances.append(change)
      return
    }
    switch change.cause {
    case .deposit: publishAccount(change, reason: "DEPOSIT")
    case .withdrawal: publishAccount(change, reason: "WITHDRAW")
    case .funding: publishAccount(change, reason: "FUNDING_FEE")
    case .transfer: publishAccount(change, reason: "ADMIN_DEPOSIT")
    case .order, .fill, .margin: break
    }
  }

  private func take(_ position: ExchangePosition) {
    guard pendingFill?.event.order.account == position.account else { return }
    pendingFill?.positions.append(position)
  }

  /// A fill's balance and position come behind it, and are told before it.
  private func flushFill() {
    guard let fill = pendingFill else { return }
    pendingFill = nil
    publishAccount(fill)
    publishReport(fill.event, execution: "TRADE")
  }

  /// Changes of a book were lost: who follows it by differences must begin anew, and does so when the
  /// connection ends.
  private func breakDifferences(of instrument: InstrumentIndex) {
    depths[Int(instrument)] = BinanceUSDMDepth.speeds
    for depth in BinanceUSDMDepth.speeds {
      streams.cut("\(symbol(instrument).streamName)@depth\(depth.suffix)")
    }
  }

  private func take(_ trade: TradePrint) {
    let record = MarketTrade(
      id: trade.id, price: trade.price, quantity: trade.quantity, nanoseconds: trade.time,
      isBuyerMaker: trade.takerSide == .sell, takerOrderID: trade.takerOrderID)
    records[Int(trade.instrument)].add(record)
    publishTrade(record, of: trade.instrument)
  }

  // MARK: Orders

  private func take(_ event: ExchangeOrderEvent) {
    let order = event.order
    guard isClient(order.account) else { return }
    if !order.isBinanceUSDMOrder { return publishAlgo(event) }
    switch event.kind {
    case .triggered:
      publishAlgo(event)
      publishReport(event, execution: "NEW")
    case .accepted, .activated: publishReport(event, execution: "NEW")
    case .partiallyFilled, .filled:
      publishLiteTrade(event)
      pendingFill = BinanceUSDMPendingFill(event: event)
      return
    case .canceled: publishReport(event, execution: "CANCELED")
    case .amended: publishReport(event, execution: "AMENDMENT")
    case .reduced:
      // One that closes a position had no quantity of its own.
      if !note(of: order).isClosingPosition { publishReport(event, execution: "AMENDMENT") }
    case .expired: publishReport(event, execution: "EXPIRED")
    }
    if !order.state.isOpen, order.request.kind.isConditional { publishAlgo(event) }
  }
}
