import MatchingEngine
import TradingModel

// Phases, and what an auction trades.
extension NaiveBook {
  mutating func setPhase(_ phase: TradingPhase, referencePrice: Int64) {
    if phase == self.phase { return }
    self.phase = phase
    if phase == .continuous { auction(referencePrice) }
    settle()
  }

  mutating func uncross(referencePrice: Int64) {
    if phase != .auction { return }
    auction(referencePrice)
    settle()
  }

  /// Trades at one price, or more where cut orders left the book crossed; then ends market orders.
  private mutating func auction(_ referencePrice: Int64) {
    while let indication = indication(referencePrice: referencePrice) {
      let before = figures.tradeCount
      trade(at: indication.price)
      if figures.tradeCount > before { sweep.append(indication.price) }
    }
    for side in [Side.buy, .sell] {
      for var order in orders(side) where order.isMarket {
        if let place = find(order.id) { remove(place) }
        cancelRest(&order, .noLiquidity)
      }
    }
  }

  /// Trades the first in priority of each side with each other while both accept `price`.
  private mutating func trade(at price: Int64) {
    while let buyer = first(.buy), let seller = first(.sell), buyer.price >= price,
      seller.price <= price
    {
      let (buy, sell) = (Place(side: .buy, index: 0), Place(side: .sell, index: 0))
      // Both are cut to their owners' positions first; whoever is gone does not trade.
      cutResting(buy)
      if first(.buy)?.id != buyer.id { continue }
      cutResting(sell)
      if first(.sell)?.id != seller.id { continue }
      let quantity = min(self[buy].part, self[sell].part)
      self[buy].filled += quantity
      self[sell].filled += quantity
      let taker = lower(buy, by: quantity)
      let maker = lower(sell, by: quantity)
      note(.auction, quantity, price, taker, maker)
    }
  }

  // MARK: The price

  func indication(referencePrice: Int64) -> AuctionIndication? {
    var candidates = prices(referencePrice).map(outcome)
    let most = candidates.map(\.quantity).max() ?? 0
    if most == 0 { return nil }
    candidates = candidates.filter { $0.quantity == most }
    let least = candidates.map(\.imbalance.magnitude).min() ?? 0
    candidates = candidates.filter { $0.imbalance.magnitude == least }
    let sorted = candidates.sorted { $0.price < $1.price }
    if sorted.allSatisfy({ $0.imbalance > 0 }) { return sorted.last }
    if sorted.allSatisfy({ $0.imbalance < 0 }) { return sorted.first }
    let distances = sorted.map { abs(Int128($0.price) - Int128(referencePrice)) }
    let nearest = distances.min()
    return sorted.last { abs(Int128($0.price) - Int128(referencePrice)) == nearest }
  }

  /// The limits of the orders in the book, and the reference price where it may be one.
  private func prices(_ referencePrice: Int64) -> [Int64] {
    var prices: [Int64] = []
    for order in orders(.buy) where order.price != .max { prices.append(order.price) }
    for order in orders(.sell) where order.price != .min { prices.append(order.price) }
    guard let lowest = prices.min(), let highest = prices.max() else { return [referencePrice] }
    if lowest <= referencePrice && referencePrice <= highest { prices.append(referencePrice) }
    return prices
  }

  private func outcome(_ price: Int64) -> AuctionIndication {
    var buys: Int64 = 0
    var sells: Int64 = 0
    for order in orders(.buy) where order.price >= price { buys += order.leaves }
    for order in orders(.sell) where order.price <= price { sells += order.leaves }
    return AuctionIndication(price: price, quantity: min(buys, sells), imbalance: buys - sells)
  }
}
