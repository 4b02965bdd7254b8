import MatchingEngine
import TradingModel

// Books as everybody sees them, and what is done to them from outside.
extension SimulatedExchange {
  /// What may be done with an instrument now.
  public func status(of instrument: InstrumentIndex) -> InstrumentStatus {
    market(instrument).status
  }

  /// Opens, halts and so on. To `.trading` what collected in `.preOpen` is uncrossed first.
  public func setStatus(_ instrument: InstrumentIndex, _ status: InstrumentStatus) {
    let market = market(instrument)
    if market.status == status { return }
    market.status = status
    events.append(.status(instrument: instrument, time: time, status))
    market.book.setPhase(
      market.phase(status), referencePrice: market.lastPrice / market.listing.tick,
      into: &market.reports)
    takeReports(market)
    settle(market)
    openTraders(market)
  }

  /// The last trade's price; the start price before the first.
  public func lastPrice(of instrument: InstrumentIndex) -> Int64 { market(instrument).lastPrice }

  /// The best `limit` levels of each side. O(levels).
  public func snapshot(of instrument: InstrumentIndex, limit: Int) -> DepthSnapshot {
    let market = market(instrument)
    return DepthSnapshot(
      instrument: instrument, time: time, lastUpdateID: market.updateID,
      bids: market.levels(.buy, limit: limit).map { market.level($0, .buy) },
      asks: market.levels(.sell, limit: limit).map { market.level($0, .sell) })
  }

  /// The best prices.
  public func bestQuote(of instrument: InstrumentIndex) -> BestQuoteEvent {
    let market = market(instrument)
    return BestQuoteEvent(
      instrument: instrument, time: time, updateID: market.updateID,
      bid: market.book.bestBid.map { market.level($0, .buy) },
      ask: market.book.bestAsk.map { market.level($0, .sell) })
  }

  /// The newest `limit` trades (at least 10,000 are kept), oldest first.
  public func recentTrades(of instrument: InstrumentIndex, limit: Int) -> [TradePrint] {
    Array(market(instrument).trades.suffix(max(0, limit)))
  }

  // MARK: A recorded market

  /// Makes the internal account show `quantity` at a price, instead of what it showed there: a level of a
  /// recorded book. Orders that it crosses trade with it, the internal account's own too, so a reader
  /// takes away levels before it brings new ones. While the instrument does not trade nothing happens.
  public func setLevel(_ instrument: InstrumentIndex, _ side: Side, price: Int64, quantity: Int64) {
    let market = market(instrument)
    guard market.isTraded, price > 0, market.listing.isOnTick(price), quantity >= 0,
      quantity <= market.book.quantityMax, market.value(price: price, quantity: quantity) != nil
    else { return }
    let ticks = price / market.listing.tick
    let place = Int(side.rawValue)
    let known = market.mirrored[place][ticks].flatMap { market.book.order($0) }
    if quantity == 0 {
      if let known { market.book.cancel(known.orderID, into: &market.reports) }
      market.mirrored[place][ticks] = nil
    } else if let known {
      market.book.modify(
        known.orderID, price: ticks, quantity: known.filled + quantity, into: &market.reports)
    } else if market.book.orderCount < market.book.orderCapacity {
      let id = takeOrderID()
      market.mirrored[place][ticks] = id
      market.book.submit(
        .limit(side, id, price: ticks, quantity: quantity), into: &market.reports)
    }
    takeReports(market)
    settle(market)
  }

  /// Lets the internal account take `quantity` no worse than `price`: a trade of a recorded tape. What it
  /// does not find is left.
  public func takeLiquidity(
    _ instrument: InstrumentIndex, _ side: Side, price: Int64, quantity: Int64
  ) {
    let market = market(instrument)
    guard market.isTraded, price > 0, market.listing.isOnTick(price), quantity > 0,
      quantity <= market.book.quantityMax
    else { return }
    market.book.submit(
      .limit(
        side, takeOrderID(), price: price / market.listing.tick, quantity: quantity,
        timeInForce: .immediateOrCancel),
      into: &market.reports)
    takeReports(market)
    settle(market)
  }
}
