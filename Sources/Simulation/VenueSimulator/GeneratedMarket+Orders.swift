import MatchingEngine
import TradingModel

// Our own orders' side of a market: they stand in the same book as everybody's.
extension GeneratedMarket: OrderMarket {
  func bestPrice(_ side: Side) -> Int64? {
    (side == .buy ? book.bestBid : book.bestAsk).map { $0.price * listing.tick }
  }

  func refusal(of request: VenueRequest) -> VenueReason? {
    if request.quantity > book.quantityMax { return .quantityOutsideLimits }
    if request.type == .market {
      return bestPrice(request.side.opposite) == nil ? .noLiquidity : nil
    }
    if request.instructions.contains(.postOnly), wouldTake(request.side, request.price) {
      return .wouldTake
    }
    return book.orderCount == book.orderCapacity ? .capacity : nil
  }

  func refusal(ofReplacing order: VenueOrder, price: Int64) -> VenueReason? {
    order.isPostOnly && wouldTake(order.side, price) ? .wouldTake : nil
  }

  private func wouldTake(_ side: Side, _ price: Int64) -> Bool {
    guard let best = bestPrice(side.opposite) else { return false }
    return side == .buy ? best <= price : best >= price
  }

  func enter(_ order: UInt32, in turn: VenueTurn) {
    let own = turn.gateway.order(at: order)
    let bookID = own.orderID << 1 | 1
    let entry =
      own.type == .market
      ? OrderEntry.market(
        own.side, bookID, quantity: own.quantity, owner: Self.ownOwner,
        timeInForce: own.timeInForce == .fillOrKill ? .fillOrKill : .immediateOrCancel,
        selfTradePrevention: .cancelNewest)
      : OrderEntry.limit(
        own.side, bookID, price: own.price / listing.tick, quantity: own.quantity,
        owner: Self.ownOwner, timeInForce: own.timeInForce,
        instructions: own.instructions.intersection(.postOnly),
        selfTradePrevention: .cancelNewest)
    book.submit(entry, into: &reports)
    endIfEnded(order, takeReports(in: turn), turn)
  }

  func replace(_ order: UInt32, from old: VenueOrder, in turn: VenueTurn) {
    let own = turn.gateway.order(at: order)
    book.modify(
      own.orderID << 1 | 1, price: own.price / listing.tick, quantity: own.quantity,
      into: &reports)
    endIfEnded(order, takeReports(in: turn), turn)
  }

  func remove(_ order: UInt32, in turn: VenueTurn) {
    book.cancel(turn.gateway.order(at: order).orderID << 1 | 1, into: &reports)
    _ = takeReports(in: turn)
  }

  /// Ends an order of ours that the book did not keep.
  private func endIfEnded(_ order: UInt32, _ reason: MatchReason?, _ turn: VenueTurn) {
    guard let reason, turn.gateway.order(at: order).state == .open else { return }
    switch reason {
    case .selfTradePrevention: turn.gateway.end(order, .canceled, .selfTrade, turn)
    case .noLiquidity: turn.gateway.end(order, .expired, .noLiquidity, turn)
    case .notFillable: turn.gateway.end(order, .expired, .notFillable, turn)
    case .immediateOrCancel: turn.gateway.end(order, .expired, .none, turn)
    default: turn.gateway.end(order, .canceled, .other, turn)
    }
  }
}
