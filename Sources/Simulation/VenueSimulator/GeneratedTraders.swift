import LowLatency
import MatchingEngine
import TradingModel

/// A book that generated traders use, as they see it. Prices are ticks.
public protocol TradedBook {
  /// The best displayed level of a side.
  func best(_ side: Side) -> LevelView?
  /// Whether a side has fewer than `count` levels.
  func isThin(_ side: Side, _ count: Int) -> Bool
  /// The first order at the best price of a side, when it is a generated one.
  func generatedFront(_ price: Int64, _ side: Side) -> OrderID?
  /// Whether an order rests.
  func rests(_ orderID: OrderID) -> Bool
  /// A new id for a generated order.
  func takeGeneratedID() -> OrderID
  /// Enters an order and takes the book's reports.
  func enter(_ entry: OrderEntry)
  /// Cancels an order and takes the book's reports.
  func withdraw(_ orderID: OrderID)
}

/// The traders of one generated market: when they act, what they choose, and which of their orders rest.
///
/// The market tells them with `removeLive` which of these were filled or ended otherwise.
public final class GeneratedTraders {
  let settings: OrderFlowSettings
  let listing: Listing
  let lag: Int64
  let basis: Double
  let quantityMax: Int64
  var price: LatentPrice
  var flow: OrderFlow
  /// Ids of generated orders in the book, in no order that means anything, and their places.
  public private(set) var liveIDs: [OrderID] = []
  var livePlaces: IdentifierMap
  let liveMax: Int
  /// When they act next; once it is set to `Timestamp.max` they do no more.
  public var nextTime: Timestamp

  /// Traders who do nothing before `open`.
  ///
  /// - Parameters:
  ///   - lag: how long after the latent price they act, in nanoseconds.
  ///   - basis: by how much their market stands above the latent price, in basis points.
  ///   - capacity: resting orders the book has room for; they use three quarters.
  ///   - quantityMax: the largest order the book takes.
  public init(
    listing: Listing, price: LatentPriceSettings, flow: OrderFlowSettings, lag: Int64,
    basis: Double,
    capacity: Int, quantityMax: Int64, seed: UInt64, startTime: Timestamp
  ) {
    settings = flow
    self.listing = listing
    self.lag = lag
    self.basis = basis
    self.quantityMax = quantityMax
    self.price = LatentPrice(price)
    self.flow = OrderFlow(flow, seed: seed, startTime: startTime)
    // A quarter of the book is kept free for others' orders.
    liveMax = max(1, capacity * 3 / 4)
    livePlaces = IdentifierMap(capacity: capacity)
    liveIDs.reserveCapacity(capacity)
    nextTime = startTime
  }

  /// The latent price here at `time`, in ticks.
  public func fairTicks(at time: Timestamp) -> Double {
    let fair = price.price(at: time - lag) * (1 + basis / 1e4)
    return fair * Double(powerOfTen(Int(listing.priceDecimals))) / Double(listing.tick)
  }

  /// Fills the book with the orders that would rest in it by now, and starts the traders.
  public func open(_ book: some TradedBook, at time: Timestamp) {
    let count = min(liveMax, Int(settings.limitRate * settings.lifeSeconds))
    for _ in 0..<max(count, 4 * settings.levelCountMin) {
      placeLimit(isPassive: true, book, at: time)
    }
    nextTime = flow.nextTime(liveCount: liveIDs.count)
  }

  /// Goes on after a pause: nothing is made up for.
  public func resume(at time: Timestamp) {
    flow.skip(to: time)
    nextTime = flow.nextTime(liveCount: liveIDs.count)
  }

  /// Does all that is due by `time`.
  public func act(_ book: some TradedBook, until time: Timestamp) {
    while nextTime <= time {
      actOnce(book, at: time)
      nextTime = flow.nextTime(liveCount: liveIDs.count)
    }
  }

  /// Does the flow's next action.
  private func actOnce(_ book: some TradedBook, at time: Timestamp) {
    let fair = fairTicks(at: nextTime)
    let action = flow.action(
      at: nextTime, liveCount: liveIDs.count, pressure: pressure(fair, book))
    switch action {
    case .limit: placeLimit(isPassive: flow.random.chance(0.8), book, at: time)
    case .cancel: cancelSome(book)
    case .market(let side): take(side, limit: nil, book)
    case .arbitrage(let side): arbitrage(side, fair: fair, book)
    case .nothing: break
    }
  }

  /// How much dearer than the middle of the book the latent price is, as a share of the spread.
  private func pressure(_ fair: Double, _ book: some TradedBook) -> Double {
    guard let bid = book.best(.buy), let ask = book.best(.sell) else { return 0 }
    let middle = Double(bid.price + ask.price) / 2
    return max(-1, min(1, (fair - middle) / Double(ask.price - bid.price)))
  }

  /// Enters a limit order at a chance distance from the latent price, on a thin side if there is one.
  /// A passive one stops short of the other side's best price.
  private func placeLimit(isPassive: Bool, _ book: some TradedBook, at time: Timestamp) {
    guard liveIDs.count < liveMax else { return }
    var side: Side = flow.random.next() & 1 == 0 ? .buy : .sell
    if book.isThin(side.opposite, settings.levelCountMin) { side = side.opposite }
    let fair = fairTicks(at: time)
    let away = fair * flow.distance() / 1e4
    var ticks =
      side == .buy
      ? Int64((fair - away).rounded(.down)) : Int64((fair + away).rounded(.up))
    if isPassive {
      if side == .buy, let ask = book.best(.sell) { ticks = min(ticks, ask.price - 1) }
      if side == .sell, let bid = book.best(.buy) { ticks = max(ticks, bid.price + 1) }
    }
    // No generated trader gives anything away for nothing.
    if ticks < 1 && listing.contractKind != .linear { return }
    let id = book.takeGeneratedID()
    let size = flow.size(in: listing, quantityMax: quantityMax)
    book.enter(.limit(side, id, price: ticks, quantity: size))
    if book.rests(id) { addLive(id) }
  }

  private func cancelSome(_ book: some TradedBook) {
    if liveIDs.isEmpty { return }
    cancel(liveIDs[Int(flow.random.next(below: UInt64(liveIDs.count)))], book)
  }

  private func cancel(_ id: OrderID, _ book: some TradedBook) {
    removeLive(id)
    book.withdraw(id)
  }

  /// Takes liquidity: a market order, or with `limit` (ticks) no worse than that.
  private func take(_ side: Side, limit: Int64?, _ book: some TradedBook) {
    let size = flow.size(in: listing, quantityMax: quantityMax)
    book.enter(
      .market(side, book.takeGeneratedID(), quantity: size, protectionPrice: limit))
  }

  /// Those who know the latent price look at the quotes of one side that are beyond it, best first:
  /// mostly their makers pull them in time, else somebody takes them. Others' are always taken.
  private func arbitrage(_ side: Side, fair: Double, _ book: some TradedBook) {
    for _ in 0..<settings.arbitrageDepth {
      guard let best = book.best(side) else { return }
      let isStale = side == .buy ? Double(best.price) > fair : Double(best.price) < fair
      guard isStale else { return }
      if flow.random.chance(settings.pulledShare),
        let front = book.generatedFront(best.price, side)
      {
        cancel(front, book)
      } else {
        let limit = side == .buy ? Int64(fair.rounded(.up)) : Int64(fair.rounded(.down))
        take(side.opposite, limit: limit, book)
      }
    }
  }

  // MARK: The generated orders in the book

  private func addLive(_ id: OrderID) {
    let isNew = livePlaces.insert(id, UInt32(liveIDs.count))
    precondition(isNew, "Invariant: a generated order enters once")
    liveIDs.append(id)
  }

  /// Says that a generated order rests no longer; one that did not rest is passed over.
  public func removeLive(_ id: OrderID) {
    guard let place = livePlaces.remove(id) else { return }
    let last = liveIDs.removeLast()
    if last != id {
      liveIDs[Int(place)] = last
      _ = livePlaces.update(last, place)
    }
  }
}
