import Exchange
import MatchingEngine
import TradingModel

/// What the exchange tells becomes the venue's streams.
extension BinanceSpotCore {
  /// Fills of one order out of a list of events.
  typealias BinanceFills = [ExchangeFill]

  /// Takes what happened, in order. The result are the fills of `order`.
  @discardableResult
  func process(_ events: [ExchangeEvent], fillsOf order: OrderID? = nil) -> BinanceFills {
    var fills: BinanceFills = []
    var firstTrades: [InstrumentIndex: UInt64] = [:]
    /// Assets of accounts that changed since the last order event.
    var changed: [(account: AccountIndex, asset: CurrencyIndex)] = []
    for event in events {
      switch event {
      case .balance(let change):
        take(change, &changed)
      case .order(let change):
        flushPositions(&changed)
        if let fill = change.fill, fill.orderID == order { fills.append(fill) }
        take(change)
      case .trade(let trade):
        flushPositions(&changed)
        if firstTrades[trade.instrument] == nil { firstTrades[trade.instrument] = trade.id }
        take(trade)
      case .depth(let depth):
        depths[Int(depth.instrument)].fast.add(depth)
        depths[Int(depth.instrument)].slow.add(depth)
      case .bestQuote(let quote): publishBookTicker(quote)
      case .depthLost(let instrument, _, _): breakDifferences(of: instrument)
      case .list(let change): take(change)
      case .refused, .orderChange, .position, .funding, .mark, .status: break
      }
    }
    flushPositions(&changed)
    takerOrderID = nil
    for (instrument, first) in firstTrades { publishAggregates(of: instrument, from: first) }
    return fills
  }

  private func take(
    _ change: BalanceEvent, _ changed: inout [(account: AccountIndex, asset: CurrencyIndex)]
  ) {
    guard isClient(change.account) else { return }
    accountUpdateTimes[change.account] = change.time
    switch change.cause {
    case .deposit, .withdrawal, .transfer: publishBalance(change)
    case .order, .fill, .funding, .margin: break
    }
    if !changed.contains(where: { $0.account == change.account && $0.asset == change.asset }) {
      changed.append((change.account, change.asset))
    }
  }

  private func flushPositions(
    _ changed: inout [(account: AccountIndex, asset: CurrencyIndex)]
  ) {
    while let account = changed.first?.account {
      let assets = changed.filter { $0.account == account }.map(\.asset).sorted()
      changed.removeAll { $0.account == account }
      publishAccountPosition(of: account, assets)
    }
  }

  /// Changes of a book were lost: who follows it by differences must begin anew, and does so when the
  /// connection ends.
  private func breakDifferences(of instrument: InstrumentIndex) {
    depths[Int(instrument)].fast = PendingDepth.Changes()
    depths[Int(instrument)].slow = PendingDepth.Changes()
    for suffix in ["", "@100ms"] {
      streams.cut("\(symbol(instrument).streamName)@depth\(suffix)")
    }
  }

  private func take(_ trade: TradePrint) {
    let isBuyerMaker = trade.takerSide == .sell
    let record = MarketTrade(
      id: trade.id, price: trade.price, quantity: trade.quantity, nanoseconds: trade.time,
      isBuyerMaker: isBuyerMaker, takerOrderID: trade.takerOrderID)
    records[Int(trade.instrument)].add(record)
    publishTrade(record, of: trade.instrument)
  }

  private func take(_ event: ExchangeOrderEvent) {
    let order = event.order
    guard isClient(order.account) else { return }
    defer {
      notes[order.id, default: BinanceSpotOrderNotes()].lastQuantity = order.quantity
      flushAcceptedList(after: order)
    }
    switch event.kind {
    case .accepted, .triggered, .activated:
      takerOrderID = order.id
      takerMatches = []
      publishReport(event, execution: "NEW")
    case .partiallyFilled, .filled: publishReport(event, execution: "TRADE")
    case .canceled: publishReport(event, execution: "CANCELED")
    case .amended: publishReport(event, execution: "REPLACED")
    case .reduced:
      notePrevention(event)
      publishReport(event, execution: "TRADE_PREVENTION")
    case .expired:
      let isPrevented = order.endReason == .selfTradePrevention
      if isPrevented { notePrevention(event) }
      let isRejected = order.endReason == .refusedAtActivation
      publishReport(
        event,
        execution: isPrevented ? "TRADE_PREVENTION" : isRejected ? "REJECTED" : "EXPIRED")
    }
  }
}
