import MatchingEngine
import TradingModel

// New orders, and changes of orders.
extension NaiveBook {
  mutating func submit(_ entry: OrderEntry, _ terms: OrderTerms = OrderTerms()) {
    let refusal = refusal(of: entry, terms)
    lastEntered += 1
    var order = Order(
      entry: entry, terms: terms, price: entry.price, leaves: entry.quantity, entered: lastEntered)
    if refusal != .none {
      report(.rejected, refusal, order, quantity: entry.quantity, leaves: 0)
      return
    }
    order.price = price(of: order, asking: entry.price)
    let isRepriced = order.isPegged || order.price != entry.price
    report(
      .accepted, isRepriced ? .repriced : .none, order, quantity: entry.quantity,
      leaves: entry.quantity)
    if order.isStop {
      wait(order)
    } else {
      cutIncoming(&order)
      come(&order)
    }
    settle()
  }

  /// What an order of the book that asks for `price` has now: pegged and sliding orders differ.
  private func price(of order: Order, asking price: Int64) -> Int64 {
    if order.isPegged { return pegPrice(order, limit: price) }
    if phase == .continuous && order.entry.instructions.contains(.postOnly) {
      return passivePrice(order, price) ?? price
    }
    return price
  }

  /// A reduce-only order that is about to come in loses what its owner's position does not allow.
  mutating func cutIncoming(_ order: inout Order) {
    if !order.isReduceOnly { return }
    let excess = order.leaves - min(order.leaves, allowance(order))
    if excess == 0 { return }
    order.leaves -= excess
    reportLoss(excess, .reduceOnly, order)
  }

  /// An order matches and rests, or what is left of it is canceled; in an auction it only rests.
  mutating func come(_ order: inout Order) {
    if phase == .continuous { match(&order) }
    if order.leaves == 0 { return }
    let isMatched = phase == .continuous
    if isMatched && order.isMarket {
      cancelRest(&order, .noLiquidity)
    } else if isMatched
      && (order.entry.timeInForce == .immediateOrCancel || order.entry.timeInForce == .fillOrKill)
    {
      cancelRest(&order, .immediateOrCancel)
    } else {
      rest(order)
    }
  }

  mutating func cancelRest(_ order: inout Order, _ reason: MatchReason) {
    let rest = order.leaves
    order.leaves = 0
    reportLoss(rest, reason, order)
  }

  // MARK: Changes

  /// What is asked of an order: by `modify` a total, by `cancelReplace` the open quantity.
  struct Change {
    var price: Int64
    var quantity: Int64
    var stopPrice: Int64?
    var isReplacement: Bool
  }

  mutating func modify(_ id: OrderID, price: Int64, quantity: Int64, stopPrice: Int64? = nil) {
    change(
      id, Change(price: price, quantity: quantity, stopPrice: stopPrice, isReplacement: false))
  }

  mutating func cancelReplace(_ id: OrderID, price: Int64, leaves: Int64) {
    change(id, Change(price: price, quantity: leaves, stopPrice: nil, isReplacement: true))
  }

  private mutating func change(_ id: OrderID, _ change: Change) {
    let place = find(id)
    let stop = findStop(id)
    guard let order = place.map({ self[$0] }) ?? stop.map({ stops[$0] }) else {
      reports.append(
        MatchReport(
          .replaceRejected, reason: .unknownOrder, orderID: id, owner: 0, side: .buy,
          price: change.price, quantity: change.quantity, leaves: 0))
      return
    }
    let refusal = refusal(of: change, order, waits: stop != nil)
    if refusal != .none {
      report(
        .replaceRejected, refusal, order, price: change.price, quantity: change.quantity,
        leaves: order.leaves)
      return
    }
    if let place {
      changeResting(place, change)
    } else if let stop {
      changeStop(stop, change)
    }
    settle()
  }

  private func refusal(of change: Change, _ order: Order, waits: Bool) -> MatchReason {
    if phase == .halted { return .tradingHalted }
    if phase == .cancelOnly { return .cancelOnly }
    if change.quantity < 1 { return .quantityNotPositive }
    let total = Int128(change.quantity) + (change.isReplacement ? Int128(order.filled) : 0)
    if total > Int128(quantityMax) { return .quantityAboveLimit }
    let takesStopPrice = waits && order.entry.type != .trailingStop
    if change.stopPrice != nil && !takesStopPrice { return .invalidTerms }
    if Self.hasTooManyParts(total, order.terms) { return .invalidTerms }
    if phase == .continuous && !waits && order.entry.instructions.contains(.postOnly)
      && total > Int128(order.filled) && passivePrice(order, change.price) == nil
    {
      return .wouldCross
    }
    return .none
  }

  private mutating func changeResting(_ place: Place, _ change: Change) {
    var order = self[place]
    if !change.isReplacement && change.quantity <= order.filled {
      remove(place)
      cancelRest(&order, .modifiedToFilled)
      return
    }
    let before = order
    order.entry.price = change.price
    order.price = price(of: order, asking: change.price)
    order.leaves = change.isReplacement ? change.quantity : change.quantity - order.filled
    let isRepriced = order.price != (order.isPegged ? before.price : change.price)
    report(
      .replaced, isRepriced ? .repriced : .none, order, quantity: order.filled + order.leaves,
      leaves: order.leaves)
    if !change.isReplacement && order.price == before.price && order.leaves <= before.leaves {
      order.displayed = min(order.displayed, order.leaves)
      self[place] = order
      cutResting(place)
      return
    }
    remove(place)
    cutIncoming(&order)
    if order.leaves > 0 { come(&order) }
  }

  private mutating func changeStop(_ index: Int, _ change: Change) {
    let before = stops[index]
    var order = before
    order.price = change.price
    order.entry.price = change.price
    order.leaves = change.quantity
    order.stopPrice = change.stopPrice ?? before.stopPrice
    report(.replaced, .none, order, quantity: change.quantity, leaves: order.leaves)
    if !change.isReplacement && order.stopPrice == before.stopPrice
      && order.leaves <= before.leaves
    {
      stops[index] = order
      return
    }
    stops.remove(at: index)
    waitOrTrigger(order)
  }
}
