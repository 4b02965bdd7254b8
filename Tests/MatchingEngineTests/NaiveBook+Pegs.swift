import MatchingEngine
import TradingModel

// Orders whose price follows others.
extension NaiveBook {
  /// The best displayed price on `side` of an order that is not pegged.
  private func reference(_ side: Side) -> Int64? {
    orders(side).first { !$0.isHidden && !$0.isPegged }?.price
  }

  func pegReference(_ order: Order) -> Int64? {
    let own = reference(order.side)
    let other = reference(order.side.opposite)
    switch order.terms.peg {
    case .none: return nil
    case .primary: return own
    case .market: return other
    case .mid:
      guard let own, let other else { return nil }
      let sum = Int128(own) + Int128(other)
      let floor = (sum - (sum & 1)) / 2
      return Int64(order.side == .buy ? floor : floor + (sum & 1))
    }
  }

  /// The price a pegged order has by the references of now, or else the one it had, within `limit`.
  func pegPrice(_ order: Order, limit: Int64) -> Int64 {
    let reference = pegReference(order)
    let wanted =
      reference.map { Self.saturated(Int128($0) + Int128(order.terms.pegOffset)) } ?? order.price
    return order.side == .buy ? min(wanted, limit) : max(wanted, limit)
  }

  /// Moves the first pegged order by entry whose price is no longer right; false when all are.
  mutating func movePegged() -> Bool {
    if phase != .continuous { return false }
    let pegged = queues[0].filter(\.isPegged) + queues[1].filter(\.isPegged)
    for var order in pegged.sorted(by: { $0.entered < $1.entered }) {
      let price = pegPrice(order, limit: order.entry.price)
      guard price != order.price, let place = find(order.id) else { continue }
      remove(place)
      order.price = price
      report(
        .replaced, .repriced, order, quantity: order.filled + order.leaves, leaves: order.leaves)
      come(&order)
      return true
    }
    return false
  }
}
