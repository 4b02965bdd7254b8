import LowLatency
import MatchingEngine
import TradingModel
import VenueSimulator

// What happens by itself.
extension SimulatedExchange {
  /// Does all that happens until `target`, that included: expiries, marks, funding and generated orders,
  /// in this order where they are due at one time, then by instrument. Earlier times do nothing.
  public func advance(to target: Timestamp) {
    while let next = nextTime, next <= target {
      time = max(time, next)
      expireOrders()
      for market in markets {
        if market.nextMarkTime <= time { updateMark(market) }
        if market.nextFundingTime <= time { payFunding(market) }
        if let traders = market.traders, market.isActive, traders.nextTime <= time {
          traders.act(TradersTurn(exchange: self, market: market), until: time)
        }
      }
    }
    time = max(time, target)
  }

  /// When something happens next by itself; nil when nothing does. O(instruments).
  public var nextTime: Timestamp? {
    var next = expiries.last?.time ?? .max
    for market in markets {
      next = min(next, market.nextMarkTime, market.nextFundingTime)
      if market.isActive, let traders = market.traders { next = min(next, traders.nextTime) }
    }
    return next == .max ? nil : next
  }

  private func expireOrders() {
    while let expiry = expiries.last, expiry.time <= time {
      let slot = expiry.slot
      let market = market(orders[slot].instrument)
      if orders[slot].state == .waiting {
        market.waiting.removeAll { $0 == slot }
        end(slot, .expired, .timeReached)
      } else if orders[slot].isPending {
        end(slot, .expired, .timeReached)
      } else {
        market.book.advance(to: time, into: &market.reports)
        takeReports(market)
      }
      settle(market)
    }
  }

  // MARK: Generated traders

  /// Lets generated traders begin in an instrument's book: at once, or when it trades.
  ///
  /// - Precondition: they have not begun there before.
  public func startMarket(_ settings: MarketSettings, in instrument: InstrumentIndex) {
    let market = market(instrument)
    precondition(market.traders == nil, "a market is started once")
    var seeds = SeededRandom(
      seed: self.settings.seed ^ (UInt64(instrument) + 1) &* 0x9E37_79B9_7F4A_7C15)
    market.traders = GeneratedTraders(
      listing: market.listing, price: settings.price, flow: settings.flow, lag: settings.lag,
      basis: settings.basis, capacity: market.instrument.orderCapacity,
      quantityMax: market.quantityMax, seed: seeds.next(), startTime: time)
    openTraders(market)
  }

  /// Lets the generated traders pause, or go on. Their resting orders stay.
  public func setMarketPaused(_ isPaused: Bool, in instrument: InstrumentIndex) {
    let market = market(instrument)
    if market.isPaused == isPaused { return }
    market.isPaused = isPaused
    if !isPaused { openTraders(market) }
  }

  /// Lets the traders begin, or go on after a pause.
  func openTraders(_ market: InstrumentMarket) {
    guard let traders = market.traders, market.isTraded, !market.isPaused else { return }
    if market.isOpened { return traders.resume(at: time) }
    market.isOpened = true
    traders.open(TradersTurn(exchange: self, market: market), at: time)
    updateMark(market)
  }

  // MARK: Marks and funding

  /// Sets the mark and index price of a contract. Where traders are generated the next mark of theirs
  /// replaces it.
  public func setMark(_ instrument: InstrumentIndex, mark: Int64, index: Int64) {
    let market = market(instrument)
    guard market.isContract, mark > 0, index > 0 else { return }
    market.markPrice = mark
    market.indexPrice = index
    tellMark(market)
  }

  /// Sets the rate of the next funding payments: above zero longs pay shorts. 0.01 % at the start.
  public func setFundingRate(_ instrument: InstrumentIndex, _ rate: Rate) {
    market(instrument).fundingRate = rate
  }

  /// Sets what lies between two funding times of every contract, in nanoseconds: the next one is the next
  /// whole multiple since the epoch. 0: there is none any more.
  public func setFundingInterval(_ interval: Int64) {
    for market in markets where market.isContract {
      market.setFundingInterval(max(0, interval), at: time)
    }
  }

  /// What lies between two funding times of a contract, in nanoseconds; 0 for none.
  public func fundingInterval(of instrument: InstrumentIndex) -> Int64 {
    market(instrument).fundingInterval
  }

  /// The mark and index of a contract, as told last.
  public func mark(of instrument: InstrumentIndex) -> MarkEvent {
    let market = market(instrument)
    let next = market.nextFundingTime
    return MarkEvent(
      instrument: instrument, time: time, mark: market.markPrice, index: market.indexPrice,
      fundingRate: market.fundingRate, nextFundingTime: next == .max ? 0 : next)
  }

  /// The index is the latent price; the mark the middle one of the index and the best prices.
  private func updateMark(_ market: InstrumentMarket) {
    guard market.isContract else { return }
    let interval = market.instrument.markInterval
    if interval > 0 { market.nextMarkTime = (time / interval + 1) * interval }
    guard let traders = market.traders else { return tellMark(market) }
    let tick = market.listing.tick
    let index = max(1, Int64(min(traders.fairTicks(at: time), 9e15).rounded())) * tick
    market.indexPrice = index
    let bid = market.book.bestBid.map { $0.price * tick } ?? index
    let ask = market.book.bestAsk.map { $0.price * tick } ?? index
    market.markPrice = max(min(bid, ask), min(index, max(bid, ask)))
    tellMark(market)
  }

  private func tellMark(_ market: InstrumentMarket) {
    events.append(.mark(mark(of: market.index)))
    show(market.markPrice, .mark, market)
    settle(market)
  }

  /// Pays funding: of each position its value at the mark times the rate, rounded half to even at 10^-8, as
  /// venues tell it;
  /// the internal account is the other side of all.
  private func payFunding(_ market: InstrumentMarket) {
    let due = market.nextFundingTime
    market.nextFundingTime += market.fundingInterval
    fundingSettlements.append(
      FundingSettlement(
        instrument: market.index, time: due, rate: market.fundingRate, mark: market.markPrice))
    let asset = market.listing.settlement
    var sum = Money.zero
    for state in accounts.dropFirst() {
      for side in PositionSide.allCases {
        let place = state.place(market.index, side)
        let held = state.positions[place].quantity
        guard held != 0,
          let value = market.listing.value(price: market.markPrice, quantity: abs(held))
        else { continue }
        let unit = powerOfTen128(Money.decimals - 8)
        let whole = market.fundingRate.share(of: value)
        let share = Money(amount: divide(whole.amount, by: unit, .halfEven) * unit)
        let amount = held > 0 ? -share : share
        sum += amount
        state.positions[place].funding += amount
        fundingCount += 1
        let payment = ExchangeFunding(
          id: fundingCount, account: state.index, instrument: market.index, positionSide: side,
          asset: asset,
          amount: amount, rate: market.fundingRate, time: due)
        state.funding.append(payment)
        events.append(.funding(payment))
        change(state.index, [BalanceChange(asset, free: amount)], .funding)
      }
    }
    change(0, [BalanceChange(asset, free: -sum)], .funding)
  }
}

/// A book as its generated traders see it.
struct TradersTurn: TradedBook {
  let exchange: SimulatedExchange
  let market: InstrumentMarket

  func best(_ side: Side) -> LevelView? { market.best(side) }

  func isThin(_ side: Side, _ count: Int) -> Bool {
    withUnsafeTemporaryAllocation(of: LevelView.self, capacity: count) { room in
      room.initialize(repeating: LevelView(price: 0, quantity: 0, orderCount: 0))
      return market.book.depth(side, into: room) < count
    }
  }

  func generatedFront(_ price: Int64, _ side: Side) -> OrderID? {
    let front = market.orders(at: price, side, count: 1)
    return front.first.flatMap { $0.owner == 0 ? $0.orderID : nil }
  }

  func rests(_ orderID: OrderID) -> Bool { market.book.order(orderID) != nil }

  func takeGeneratedID() -> OrderID { exchange.takeOrderID() }

  func enter(_ entry: OrderEntry) {
    market.book.submit(entry, into: &market.reports)
    exchange.takeReports(market)
    exchange.settle(market)
  }

  func withdraw(_ orderID: OrderID) {
    market.book.cancel(orderID, into: &market.reports)
    exchange.takeReports(market)
    exchange.settle(market)
  }
}
