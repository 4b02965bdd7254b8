import MarketData
import TradingModel
import VenueSimulator

// What the recorded market does to our resting orders.
extension RecordedVenueMarket {
  /// A trade was printed: it reaches our orders of the side that it hit, best price first, then by
  /// time; all of them share its volume. Orders at better prices would have been met before it; at
  /// its price it first uses up who stands ahead.
  func follow(_ trade: Trade, _ turn: VenueTurn) {
    if buys.isEmpty && sells.isEmpty { return }
    if let side = sideHit(by: trade) {
      _ = fill(side, by: trade, volume: trade.quantity, throughOnly: false, turn)
    } else {
      // Nobody knows who took: only a price beyond ours proves that our order was met.
      let left = fill(.buy, by: trade, volume: trade.quantity, throughOnly: true, turn)
      if left > 0 { _ = fill(.sell, by: trade, volume: left, throughOnly: true, turn) }
    }
  }

  /// The side of the orders that a trade met; nil where neither venue nor book tell, and for feeds
  /// without a book, where nothing can be said of a queue.
  private func sideHit(by trade: Trade) -> Side? {
    guard book.isSynced else { return nil }
    if let aggressor = trade.aggressor { return aggressor.opposite }
    if let bid = book.bestBid, trade.price <= bid.price { return .buy }
    if let ask = book.bestAsk, trade.price >= ask.price { return .sell }
    return nil
  }

  /// - Returns: what of `volume` no order of ours got.
  private func fill(
    _ side: Side, by trade: Trade, volume: Int64, throughOnly: Bool, _ turn: VenueTurn
  ) -> Int64 {
    var left = volume
    var place = 0
    while place < count(side) {
      let resting = side == .buy ? buys[place] : sells[place]
      let isThrough = side == .buy ? resting.price > trade.price : resting.price < trade.price
      if !isThrough && (throughOnly || resting.price != trade.price) { break }
      var reached = left
      var position = resting.position
      if isThrough {
        if left > 0 { position.tradeThrough() }
      } else {
        reached = position.trade(
          volume: trade.quantity, taken: volume - left, at: trade.venueTime, bookTime: bookTime)
      }
      setPosition(position, side, place)
      let quantity = min(reached, turn.gateway.order(at: resting.order).leavesQuantity)
      left -= quantity
      if !fillResting(side, place, quantity, turn) { place += 1 }
    }
    return left
  }

  /// Fills our orders that the other side of the book has come to: whoever offers at our price or
  /// better would have met us. They fill at their own price, up to what is displayed there and not
  /// taken by us already. A book that crosses itself says nothing.
  func settleCrossing(in turn: VenueTurn) {
    if buys.isEmpty && sells.isEmpty || !book.isSynced || book.isCrossed { return }
    settleCrossing(.buy, turn)
    settleCrossing(.sell, turn)
  }

  private func settleCrossing(_ side: Side, _ turn: VenueTurn) {
    var level = book.best(side.opposite)
    // The best of ours goes on to worse levels until it is filled; then the next one takes its place.
    while let current = level, count(side) > 0 {
      let resting = side == .buy ? buys[0] : sells[0]
      let isMet = side == .buy ? current.price <= resting.price : current.price >= resting.price
      if !isMet { return }
      let leaves = turn.gateway.order(at: resting.order).leavesQuantity
      let quantity = min(leaves, available(current, side.opposite))
      if quantity > 0 { take(quantity, of: current, side.opposite) }
      if quantity < leaves { level = book.next(after: current.price, side.opposite) }
      _ = fillResting(side, 0, quantity, turn)
    }
  }

  // MARK: Own orders of a side

  private func count(_ side: Side) -> Int { side == .buy ? buys.count : sells.count }

  private func setPosition(_ position: QueuePosition, _ side: Side, _ place: Int) {
    if side == .buy { buys[place].position = position } else { sells[place].position = position }
  }

  /// Fills the order at `place` as maker, at its price; nothing for a quantity of 0.
  ///
  /// - Returns: whether it is filled and gone.
  private func fillResting(
    _ side: Side, _ place: Int, _ quantity: Int64, _ turn: VenueTurn
  ) -> Bool {
    let resting = side == .buy ? buys[place] : sells[place]
    if quantity > 0 {
      fill(resting.order, price: resting.price, quantity: quantity, liquidity: .maker, turn)
    }
    if turn.gateway.order(at: resting.order).state == .open { return false }
    if side == .buy { buys.remove(at: place) } else { sells.remove(at: place) }
    return true
  }
}
