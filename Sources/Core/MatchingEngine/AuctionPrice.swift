/// The choice of an auction's price.
struct AuctionPrice {
  struct Level {
    var price: Int64
    /// All that is open there.
    var quantity: Int64
  }

  /// Best first: the levels that cross the other side's best.
  let bids: [Level]
  let asks: [Level]
  /// A price that may be chosen though no order has it.
  let reference: Int64?
  /// What equal prices are compared with.
  let nearest: Int64

  /// The best price, with what would trade there; nil when nothing would.
  var best: AuctionIndication? {
    var best: [AuctionIndication] = []
    for candidate in candidates where candidate.quantity > 0 {
      guard let present = best.first else {
        best = [candidate]
        continue
      }
      if candidate.quantity == present.quantity
        && candidate.imbalance.magnitude == present.imbalance.magnitude
      {
        best.append(candidate)
      } else if candidate.quantity > present.quantity
        || (candidate.quantity == present.quantity
          && candidate.imbalance.magnitude < present.imbalance.magnitude)
      {
        best = [candidate]
      }
    }
    return choose(best)
  }

  /// Among prices that are equal but for the sign of their imbalance, lowest first.
  private func choose(_ best: [AuctionIndication]) -> AuctionIndication? {
    if best.allSatisfy({ $0.imbalance > 0 }) { return best.last }
    if best.allSatisfy({ $0.imbalance < 0 }) { return best.first }
    return best.reversed().min { distance($0.price) < distance($1.price) }
  }

  private func distance(_ price: Int64) -> UInt64 {
    price > nearest
      ? UInt64(bitPattern: price &- nearest) : UInt64(bitPattern: nearest &- price)
  }

  /// What would trade at each price that may be chosen, lowest first.
  private var candidates: [AuctionIndication] {
    var prices = bids.map(\.price).filter { $0 != .max } + asks.map(\.price).filter { $0 != .min }
    if let reference { prices.append(reference) }
    prices.sort()
    var found: [AuctionIndication] = []
    var buys = bids.reduce(0) { $0 + $1.quantity }
    var sells: Int64 = 0
    var bid = bids.count - 1
    var ask = 0
    for price in prices where price != found.last?.price {
      while bid >= 0 && bids[bid].price < price {
        buys -= bids[bid].quantity
        bid -= 1
      }
      while ask < asks.count && asks[ask].price <= price {
        sells += asks[ask].quantity
        ask += 1
      }
      found.append(
        AuctionIndication(price: price, quantity: min(buys, sells), imbalance: buys - sells))
    }
    return found
  }
}
