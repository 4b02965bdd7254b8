import LowLatency
import MatchingEngine
import TradingModel

// The generated traders' side of a market.
extension GeneratedMarket {
  /// Does the flow's next action.
  func actFlow(in turn: VenueTurn) {
    let time = nextFlowTime
    let fair = fairTicks(at: time)
    let action = flow.action(at: time, liveCount: liveIDs.count, pressure: pressure(fair))
    switch action {
    case .limit: placeLimit(isPassive: flow.random.chance(0.8), turn)
    case .cancel: cancelSome(in: turn)
    case .market(let side): take(side, limit: nil, turn)
    case .arbitrage(let side): arbitrage(side, fair: fair, turn)
    case .nothing: break
    }
  }

  /// How much dearer than the middle of the book the latent price is, as a share of the spread.
  private func pressure(_ fair: Double) -> Double {
    guard let bid = book.bestBid, let ask = book.bestAsk else { return 0 }
    let middle = Double(bid.price + ask.price) / 2
    return max(-1, min(1, (fair - middle) / Double(ask.price - bid.price)))
  }

  /// Enters a limit order at a chance distance from the latent price, on a thin side if there is one.
  /// A passive one stops short of the other side's best price.
  func placeLimit(isPassive: Bool, _ turn: VenueTurn) {
    guard liveIDs.count < liveMax else { return }
    let least = UInt32(settings.flow.levelCountMin)
    var side: Side = flow.random.next() & 1 == 0 ? .buy : .sell
    if isThin(side.opposite, least) { side = side.opposite }
    let fair = fairTicks(at: turn.time)
    let away = fair * flow.distance() / 1e4
    var ticks =
      side == .buy
      ? Int64((fair - away).rounded(.down)) : Int64((fair + away).rounded(.up))
    if isPassive {
      if side == .buy, let ask = book.bestAsk { ticks = min(ticks, ask.price - 1) }
      if side == .sell, let bid = book.bestBid { ticks = max(ticks, bid.price + 1) }
    }
    // No generated trader gives anything away for nothing.
    if ticks < 1 && listing.contractKind != .linear { return }
    let id = takeFlowID()
    let size = flow.size(in: listing, quantityMax: book.quantityMax)
    book.submit(.limit(side, id, price: ticks, quantity: size), into: &reports)
    _ = takeReports(in: turn)
    if book.order(id) != nil { addLive(id) }
  }

  private func isThin(_ side: Side, _ least: UInt32) -> Bool {
    let count = book.depth(
      side, into: UnsafeMutableBufferPointer(rebasing: levels[..<min(levels.count, Int(least))]))
    return count < Int(least)
  }

  private func cancelSome(in turn: VenueTurn) {
    if liveIDs.isEmpty { return }
    cancel(liveIDs[Int(flow.random.next(below: UInt64(liveIDs.count)))], turn)
  }

  private func cancel(_ id: UInt64, _ turn: VenueTurn) {
    book.cancel(id, into: &reports)
    removeLive(id)
    _ = takeReports(in: turn)
  }

  /// Takes liquidity: a market order, or with `limit` (ticks) no worse than that.
  private func take(_ side: Side, limit: Int64?, _ turn: VenueTurn) {
    let size = flow.size(in: listing, quantityMax: book.quantityMax)
    book.submit(
      .market(side, takeFlowID(), quantity: size, protectionPrice: limit), into: &reports)
    _ = takeReports(in: turn)
  }

  /// Those who know the latent price look at the quotes of one side that are beyond it, best first:
  /// mostly their makers pull them in time, else somebody takes them. Ours are always taken.
  private func arbitrage(_ side: Side, fair: Double, _ turn: VenueTurn) {
    for _ in 0..<settings.flow.arbitrageDepth {
      guard let best = side == .buy ? book.bestBid : book.bestAsk else { return }
      let isStale = side == .buy ? Double(best.price) > fair : Double(best.price) < fair
      guard isStale else { return }
      if flow.random.chance(settings.flow.pulledShare),
        let front = frontOrder(best.price, side), front & 1 == 0
      {
        cancel(front, turn)
      } else {
        let limit = side == .buy ? Int64(fair.rounded(.up)) : Int64(fair.rounded(.down))
        take(side.opposite, limit: limit, turn)
      }
    }
  }

  private func frontOrder(_ price: Int64, _ side: Side) -> UInt64? {
    withUnsafeTemporaryAllocation(of: OrderView.self, capacity: 1) { room in
      book.orders(at: price, side, into: room) == 1 ? room[0].orderID : nil
    }
  }

  // MARK: The generated orders in the book

  private func takeFlowID() -> UInt64 {
    defer { nextFlowID += 1 }
    return nextFlowID << 1
  }

  private func addLive(_ id: UInt64) {
    let isNew = livePlaces.insert(id, UInt32(liveIDs.count))
    precondition(isNew, "Invariant: a generated order enters once")
    liveIDs.append(id)
  }

  func removeLive(_ id: UInt64) {
    guard let place = livePlaces.remove(id) else { return }
    let last = liveIDs.removeLast()
    if last != id {
      liveIDs[Int(place)] = last
      _ = livePlaces.update(last, place)
    }
  }
}
