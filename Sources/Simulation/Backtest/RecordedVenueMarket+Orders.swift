import MarketData
import TradingModel
import VenueSimulator

// What our requests do at a recorded market. Our orders do not enter the followed book.
extension RecordedVenueMarket: OrderMarket {
  func bestPrice(_ side: Side) -> Int64? { book.isSynced ? book.best(side)?.price : nil }

  func refusal(of request: VenueRequest) -> VenueReason? {
    if request.type == .market {
      return bestPrice(request.side.opposite) == nil ? .noLiquidity : nil
    }
    return request.instructions.contains(.postOnly) && wouldTake(request.side, request.price)
      ? .wouldTake : nil
  }

  func refusal(ofReplacing order: VenueOrder, price: Int64) -> VenueReason? {
    order.isPostOnly && wouldTake(order.side, price) ? .wouldTake : nil
  }

  private func wouldTake(_ side: Side, _ price: Int64) -> Bool {
    for opposite in [bestPrice(side.opposite), own(side.opposite).bestPrice] {
      if let opposite, side == .buy ? opposite <= price : opposite >= price { return true }
    }
    return false
  }

  func enter(_ order: UInt32, in turn: VenueTurn) {
    let own = turn.gateway.order(at: order)
    if own.timeInForce == .fillOrKill, availableQuantity(for: own) < own.quantity {
      return turn.gateway.end(order, .expired, .notFillable, turn)
    }
    takeAndRest(order, in: turn)
  }

  func replace(_ order: UInt32, from old: VenueOrder, in turn: VenueTurn) {
    let own = turn.gateway.order(at: order)
    // Less at the same price keeps its place in the queue; anything else goes to the back.
    if own.price == old.price && own.quantity <= old.quantity { return }
    remove(order, in: turn)
    takeAndRest(order, in: turn)
  }

  func remove(_ order: UInt32, in turn: VenueTurn) {
    let side = turn.gateway.order(at: order).side
    let wasThere = side == .buy ? buys.remove(order) : sells.remove(order)
    precondition(wasThere, "Invariant: an open order rests")
  }

  // MARK: Taking

  private func own(_ side: Side) -> RestingOrders { side == .buy ? buys : sells }

  private func accepts(_ order: VenueOrder, _ price: Int64) -> Bool {
    if order.type == .market { return true }
    return order.side == .buy ? price <= order.price : price >= order.price
  }

  /// Whether an order that takes at `price` would first meet our own on the other side.
  private func meetsOwn(_ order: VenueOrder, at price: Int64) -> Bool {
    guard let best = own(order.side.opposite).bestPrice else { return false }
    return order.side == .buy ? best <= price : best >= price
  }

  private func availableQuantity(for order: VenueOrder) -> Int64 {
    guard book.isSynced else { return 0 }
    var total: Int64 = 0
    var level = book.best(order.side.opposite)
    while let current = level, accepts(order, current.price), !meetsOwn(order, at: current.price),
      total < order.quantity
    {
      total += available(current, order.side.opposite)
      level = book.next(after: current.price, order.side.opposite)
    }
    return total
  }

  /// Takes what is displayed within the order's limit, then rests or ends what is left.
  private func takeAndRest(_ order: UInt32, in turn: VenueTurn) {
    let own = turn.gateway.order(at: order)
    takeDepth(order, own, in: turn)
    guard turn.gateway.order(at: order).state == .open else { return }
    if let opposite = self.own(own.side.opposite).bestPrice, accepts(own, opposite) {
      // Prevention of self-trades: the newer order goes.
      return turn.gateway.end(order, .canceled, .selfTrade, turn)
    }
    if !own.canRest {
      return turn.gateway.end(order, .expired, own.type == .market ? .noLiquidity : .none, turn)
    }
    let resting = RestingOrder(
      order: order, price: own.price,
      position: QueuePosition(behind: displayed(own.price, own.side)))
    if own.side == .buy { buys.insert(resting) } else { sells.insert(resting) }
  }

  private func takeDepth(_ order: UInt32, _ own: VenueOrder, in turn: VenueTurn) {
    guard book.isSynced else { return }
    let opposite = own.side.opposite
    var leaves = own.leavesQuantity
    var level = book.best(opposite)
    while let current = level, leaves > 0, accepts(own, current.price),
      !meetsOwn(own, at: current.price)
    {
      let quantity = min(leaves, available(current, opposite))
      if quantity > 0 {
        take(quantity, of: current, opposite)
        fill(order, price: current.price, quantity: quantity, liquidity: .taker, turn)
        leaves -= quantity
      }
      level = book.next(after: current.price, opposite)
    }
  }
}
