import Exchange
import TradingModel
import VenueServer

/// What happened in the exchange, to the channels.
extension OKXCore {
  func process(_ events: [ExchangeEvent]) {
    guard !events.isEmpty else { return }
    var changed = OKXChanges()
    for event in events {
      switch event {
      case .order(let change): take(change, &changed)
      case .trade(let trade): take(trade)
      case .balance(let change) where isClient(change.account):
        accounts[change.account].updateTime = change.time
        changed.note(change)
      case .position(let position) where isClient(position.account): changed.note(position)
      case .mark(let mark): publishMark(mark)
      case .status(let instrument, _, _): publishInstruments(instrument)
      case .refused, .list, .depth, .depthLost, .bestQuote, .orderChange, .funding, .balance,
        .position:
        break
      }
    }
    for index in instruments.indices { flushTrades(InstrumentIndex(index)) }
    for account in changed.accounts { publishAccount(account, changed) }
  }

  private func take(_ trade: TradePrint) {
    records[Int(trade.instrument)].add(
      MarketTrade(
        id: trade.id, price: trade.price, quantity: trade.quantity, nanoseconds: trade.time,
        isBuyerMaker: trade.takerSide == .sell, takerOrderID: trade.takerOrderID))
    let told = OKXTrade(
      id: trade.id, price: trade.price, quantity: trade.quantity, takerSide: trade.takerSide,
      takerOrderID: trade.takerOrderID, time: trade.time,
      sequence: exchange.bestQuote(of: trade.instrument).updateID)
    publishSingle(told, trade.instrument)
    let place = Int(trade.instrument)
    if var last = pendingTrades[place].last, last.takerOrderID == told.takerOrderID,
      last.price == told.price
    {
      last.id = told.id
      last.quantity += told.quantity
      last.count += 1
      last.sequence = told.sequence
      pendingTrades[place][pendingTrades[place].count - 1] = last
    } else {
      pendingTrades[place].append(told)
    }
  }

  private func flushTrades(_ index: InstrumentIndex) {
    guard !pendingTrades[Int(index)].isEmpty else { return }
    let trades = pendingTrades[Int(index)]
    pendingTrades[Int(index)] = []
    for trade in trades { publishTrade(trade, index) }
  }

  private func take(_ event: ExchangeOrderEvent, _ changed: inout OKXChanges) {
    let order = event.order
    guard isClient(order.account) else { return }
    if let fill = event.fill {
      notes[order.id]?.lastFill = fill
      notes[order.id]?.realized += fill.realized
      changed.note(fill)
      noteFill(fill)
      publishFill(fill)
    }
    if takeOfAlgo(event) { publishOrder(event) }
  }

  /// Keeps what belongs to a position since it was opened.
  private func noteFill(_ fill: ExchangeFill) {
    guard instrument(fill.instrument).isSwap else { return }
    let place = Self.place(fill.instrument, fill.positionSide)
    let position = exchange.position(of: fill.account, fill.instrument, fill.positionSide)
    var note = accounts[fill.account].positions[place]
    if note == nil || note?.quantity == 0 {
      // The position may have changed further since this fill: what came before is what it has less
      // what this fill brought, which is right for the first of its fills.
      note = OKXPositionNote(
        id: "\(Self.firstBillID + UInt64(fill.tradeID) * 16 + UInt64(place % 3))",
        openTime: fill.time, realizedBefore: realizedBefore(fill),
        fundingBefore: position.funding)
    }
    let signed = fill.side == .buy ? fill.quantity : -fill.quantity
    note?.quantity += signed
    note?.fees += fill.fee
    note?.tradeID = fill.tradeID
    accounts[fill.account].positions[place] = note
  }

  /// What was realised in an instrument before a fill.
  private func realizedBefore(_ fill: ExchangeFill) -> Money {
    var query = HistoryQuery()
    query.instrument = fill.instrument
    var sum = Money.zero
    for past in exchange.fills(of: fill.account, query)
    where past.positionSide == fill.positionSide && past.tradeID < fill.tradeID {
      sum += past.realized
    }
    return sum
  }
}

/// What changed at accounts while events were looked at.
struct OKXChanges {
  private(set) var accounts: [AccountIndex] = []
  private var assets: [AccountIndex: Set<CurrencyIndex>] = [:]
  private var positions: [AccountIndex: Set<Int>] = [:]
  private var fills: [AccountIndex: [ExchangeFill]] = [:]
  private var causes: [AccountIndex: BalanceCause] = [:]

  private mutating func note(_ account: AccountIndex) {
    if !accounts.contains(account) { accounts.append(account) }
  }

  mutating func note(_ change: BalanceEvent) {
    note(change.account)
    assets[change.account, default: []].insert(change.asset)
    // Fills and funding say more than locks.
    if change.cause != .order || causes[change.account] == nil {
      causes[change.account] = change.cause
    }
  }

  mutating func note(_ position: ExchangePosition) {
    note(position.account)
    positions[position.account, default: []]
      .insert(OKXCore.place(position.instrument, position.side))
  }

  mutating func note(_ fill: ExchangeFill) { fills[fill.account, default: []].append(fill) }

  /// Sorted, as all that goes out.
  func assets(of account: AccountIndex) -> [CurrencyIndex] { (assets[account] ?? []).sorted() }
  func positions(of account: AccountIndex) -> [Int] { (positions[account] ?? []).sorted() }
  func fills(of account: AccountIndex) -> [ExchangeFill] { fills[account] ?? [] }
  func cause(of account: AccountIndex) -> BalanceCause? { causes[account] }
}
