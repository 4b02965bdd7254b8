import TradingModel

// Positions and what stands behind them.
//
// Margin is simple and exact: an open order that can grow a position locks its value at the limit, a
// position its cost, each divided by the leverage and rounded up. Orders of both sides are counted in
// full. Profit and loss not yet realised counts for nothing, and nobody is liquidated: losses and funding
// can take what is free below zero, and then nothing that needs margin is accepted.
extension SimulatedExchange {
  /// How an account holds contracts.
  public func positionMode(of account: AccountIndex) -> PositionMode {
    accounts[account].positionMode
  }

  /// Refused while contract orders or positions are open.
  public func setPositionMode(of account: AccountIndex, _ mode: PositionMode) -> Refusal? {
    guard knows(account) else { return .unknownAccount }
    if markets.contains(where: { $0.isContract && isEngaged(account, $0) }) {
      return .openOrdersOrPositions
    }
    accounts[account].positionMode = mode
    return nil
  }

  private func isEngaged(_ account: AccountIndex, _ market: InstrumentMarket) -> Bool {
    let state = accounts[account]
    return state.open.contains { orders[$0].instrument == market.index }
      || PositionSide.allCases.contains {
        state.positions[state.place(market.index, $0)].quantity != 0
      }
  }

  /// The positions that were ever opened or set, by instrument, then side.
  public func positions(of account: AccountIndex) -> [ExchangePosition] {
    let state = accounts[account]
    return state.positions.indices.filter { state.isPositionKnown[$0] }.map { state.positions[$0] }
  }

  /// One position; without quantity when there is none.
  public func position(
    of account: AccountIndex, _ instrument: InstrumentIndex, _ side: PositionSide
  ) -> ExchangePosition {
    let state = accounts[account]
    return state.positions[state.place(instrument, side)]
  }

  /// Profit and loss at the mark that is not realised yet, in the settlement asset.
  public func unrealized(_ position: ExchangePosition) -> Money {
    let market = market(position.instrument)
    guard
      let value = market.listing.value(price: market.markPrice, quantity: position.quantity)
    else { return .zero }
    return (market.listing.contractKind == .inverse ? -value : value) - position.cost
  }

  /// Sets the leverage of a contract, 1 to its largest; refused when the margin then needed is not free.
  public func setLeverage(of account: AccountIndex, _ instrument: InstrumentIndex, _ leverage: Int)
    -> Refusal?
  {
    if let refusal = refusalOfContract(account, instrument) { return refusal }
    let market = market(instrument)
    guard (1...max(1, market.instrument.leverageMax)).contains(leverage) else {
      return .leverageOutOfRange
    }
    let state = accounts[account]
    let places = PositionSide.allCases.map { state.place(instrument, $0) }
    let open = state.open.filter { orders[$0].instrument == instrument }
    var positions = state.positions
    var (more, marginChange) = (Money.zero, Money.zero)
    for place in places {
      let needed =
        margin(of: positions[place].cost, leverage: leverage) + positions[place].addedMargin
      marginChange += needed - positions[place].margin
      positions[place].leverage = leverage
      positions[place].margin = needed
    }
    let before = state.positions
    state.positions = positions
    let locks = open.map { requiredLock(orders[$0]) ?? .zero }
    for (slot, lock) in zip(open, locks) { more += lock - orders[slot].locked }
    let asset = market.listing.settlement
    if more + marginChange > .zero && more + marginChange > balance(of: account, asset).free {
      state.positions = before
      return .insufficientBalance
    }
    noteSettings(state, instrument)
    change(account, [BalanceChange(asset, free: -marginChange, locked: marginChange)], .margin)
    for (slot, lock) in zip(open, locks) { setLock(slot, lock) }
    return nil
  }

  /// Refused while orders or positions of the contract are open.
  public func setMarginMode(
    of account: AccountIndex, _ instrument: InstrumentIndex, _ mode: MarginMode
  ) -> Refusal? {
    if let refusal = refusalOfContract(account, instrument) { return refusal }
    if isEngaged(account, market(instrument)) { return .openOrdersOrPositions }
    let state = accounts[account]
    for side in PositionSide.allCases {
      state.positions[state.place(instrument, side)].marginMode = mode
    }
    noteSettings(state, instrument)
    return nil
  }

  /// Adds margin to an isolated position; below zero takes back what was added.
  public func addMargin(
    _ amount: Money, of account: AccountIndex, _ instrument: InstrumentIndex, _ side: PositionSide
  ) -> Refusal? {
    if let refusal = refusalOfContract(account, instrument) { return refusal }
    let state = accounts[account]
    let place = state.place(instrument, side)
    let position = state.positions[place]
    if position.quantity == 0 { return .noPosition }
    if position.marginMode != .isolated || amount == .zero { return .invalidAmount }
    let asset = market(instrument).listing.settlement
    if amount > .zero && amount > balance(of: account, asset).free { return .insufficientBalance }
    if position.addedMargin + amount < .zero { return .invalidAmount }
    state.positions[place].addedMargin += amount
    state.positions[place].margin += amount
    state.positions[place].updateTime = time
    change(account, [BalanceChange(asset, free: -amount, locked: amount)], .margin)
    events.append(.position(state.positions[place]))
    return nil
  }

  private func refusalOfContract(_ account: AccountIndex, _ instrument: InstrumentIndex) -> Refusal?
  {
    if !knows(account) { return .unknownAccount }
    if Int(instrument) >= markets.count || !market(instrument).isContract { return .unknownSymbol }
    return nil
  }

  /// Shows the positions whose settings were changed from now on.
  private func noteSettings(_ state: AccountState, _ instrument: InstrumentIndex) {
    let sides: [PositionSide] = state.positionMode == .hedge ? [.long, .short] : [.net]
    for side in sides {
      let place = state.place(instrument, side)
      state.isPositionKnown[place] = true
      state.positions[place].updateTime = time
      events.append(.position(state.positions[place]))
    }
  }
}
