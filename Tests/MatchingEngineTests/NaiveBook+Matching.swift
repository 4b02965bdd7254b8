import MatchingEngine
import TradingModel

// An incoming order against those of the other side.
extension NaiveBook {
  /// One sweep: the incoming order trades while prices agree and something is left of it.
  mutating func match(_ incoming: inout Order) {
    var prices: [Int64] = []
    while incoming.leaves > 0, let maker = first(incoming.side.opposite),
      Self.accepts(incoming.price, maker.price, incoming.side)
    {
      let place = Place(side: maker.side, index: 0)
      cutResting(place)
      // Cut, it may be gone.
      guard first(maker.side)?.id == maker.id else { continue }
      if prevents(incoming, maker) {
        prevent(&incoming, place)
      } else {
        prices.append(maker.price)
        trade(&incoming, place)
      }
    }
    if let first = prices.first, let last = prices.last {
      sweep.append(first)
      if last != first { sweep.append(last) }
    }
  }

  private mutating func trade(_ incoming: inout Order, _ place: Place) {
    let quantity = min(incoming.leaves, self[place].part)
    incoming.leaves -= quantity
    incoming.filled += quantity
    self[place].filled += quantity
    let maker = lower(place, by: quantity)
    note(.none, quantity, maker.price, incoming, maker)
  }

  /// Counts and reports a trade; both orders are as they are after it.
  mutating func note(
    _ reason: MatchReason, _ quantity: Int64, _ price: Int64, _ taker: Order, _ maker: Order
  ) {
    if figures.tradeCount == 0 {
      figures.openPrice = price
      figures.highPrice = price
      figures.lowPrice = price
    }
    figures.tradeCount += 1
    figures.tradedQuantity += Int128(quantity)
    figures.highPrice = max(figures.highPrice, price)
    figures.lowPrice = min(figures.lowPrice, price)
    figures.lastPrice = price
    addToPosition(of: taker, quantity)
    addToPosition(of: maker, quantity)
    var trade = MatchReport(
      .trade, reason: reason, orderID: taker.id, owner: taker.owner, side: taker.side,
      price: price, quantity: quantity, leaves: taker.leaves)
    trade.tradeNumber = UInt32(truncatingIfNeeded: figures.tradeCount)
    trade.makerOrderID = maker.id
    trade.makerOwner = maker.owner
    trade.makerLeaves = maker.leaves
    reports.append(trade)
  }

  /// Takes `quantity` from the part that an order shows (of a hidden one from all): at its end the
  /// order is gone, or an iceberg shows its next part. Gives the order as it is then.
  mutating func lower(_ place: Place, by quantity: Int64) -> Order {
    var order = self[place]
    order.leaves -= quantity
    if !order.isHidden { order.displayed -= quantity }
    if order.leaves == 0 {
      remove(place)
    } else if !order.isHidden && order.displayed == 0 {
      remove(place)
      rest(order)
    } else {
      self[place] = order
    }
    return order
  }

  private mutating func prevent(_ incoming: inout Order, _ place: Place) {
    let mode = incoming.entry.selfTradePrevention
    var loss = incoming.leaves
    if mode == .cancelOldest || mode == .cancelBoth {
      var maker = self[place]
      remove(place)
      cancelRest(&maker, .selfTradePrevention)
    }
    if mode == .decrement {
      loss = min(incoming.leaves, self[place].part)
      let maker = lower(place, by: loss)
      reportLoss(loss, .selfTradePrevention, maker)
    }
    if mode != .cancelOldest {
      incoming.leaves -= loss
      reportLoss(loss, .selfTradePrevention, incoming)
    }
  }
}
