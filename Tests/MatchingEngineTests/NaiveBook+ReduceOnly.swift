import MatchingEngine
import TradingModel

// Positions, and what they allow reduce-only orders.
extension NaiveBook {
  /// What the owner's position still has to give to an order of this side.
  func allowance(_ order: Order) -> Int64 {
    guard let position = positions[order.owner] else { return 0 }
    return Self.saturated(max(0, order.side == .sell ? Int128(position) : -Int128(position)))
  }

  func position(of owner: OwnerID) -> Int64? { positions[owner] }

  mutating func setPosition(_ position: Int64?, of owner: OwnerID) {
    if owner == 0 { return }
    positions[owner] = position
    settle()
  }

  mutating func addToPosition(of order: Order, _ quantity: Int64) {
    guard let position = positions[order.owner] else { return }
    positions[order.owner] = Self.saturated(Int128(position) + Int128(quantity * order.side.sign))
  }

  /// Cuts an order in the book to what it may have open, in its place: its reserve first.
  mutating func cutResting(_ place: Place) {
    var order = self[place]
    if !order.isReduceOnly { return }
    let excess = order.leaves - min(order.leaves, allowance(order))
    if excess == 0 { return }
    order.leaves -= excess
    order.displayed = min(order.displayed, order.leaves)
    if order.leaves == 0 { remove(place) } else { self[place] = order }
    reportLoss(excess, .reduceOnly, order)
  }

  /// Cuts all orders in the book, in order of entry.
  mutating func cutAll() {
    let all = queues[0].filter(\.isReduceOnly) + queues[1].filter(\.isReduceOnly)
    for order in all.sorted(by: { $0.entered < $1.entered }) {
      if let place = find(order.id) { cutResting(place) }
    }
  }
}
