import Strategies
import TradingModel

/// Sends an order that expires at once on every message about a market, while few are under way.
struct Striker: Strategy {
  static let name = "bench-striker"
  /// Orders that may be under way: a market that speaks faster than the venue answers is not followed with
  /// a pile of orders.
  static let orderCountMax = 8
  private let listing: Listing
  private var sent: UInt64 = 0

  init(_ setup: StrategySetup) throws(SettingError) {
    guard let first = setup.listings.first else { throw .noListings(strategy: Self.name) }
    listing = first
  }

  mutating func bookChanged(_ changed: ListingIndex, _ context: borrowing StrategyContext) {
    strike(changed, context)
  }

  mutating func traded(_ trade: Trade, _ context: borrowing StrategyContext) {
    strike(trade.listing, context)
  }

  private mutating func strike(_ changed: ListingIndex, _ context: borrowing StrategyContext) {
    guard changed == listing.index, context.isSynced(changed), context.isTradable(changed),
      let bid = context.bestBid(changed), hasRoom(context)
    else { return }
    // Far enough below to take nothing, near enough for every venue's price limits.
    let price = listing.passivePrice(bid.price - bid.price / 100, .buy)
    context.submit(
      .buy, quantity: quantity(at: price), price: price, timeInForce: .immediateOrCancel,
      listing: changed)
    sent += 1
  }

  private func hasRoom(_ context: borrowing StrategyContext) -> Bool {
    guard var order = context.firstOrder(listing.index) else { return true }
    for _ in 1..<Self.orderCountMax {
      guard let next = context.order(after: order) else { return true }
      order = next
    }
    return false
  }

  /// The smallest that is worth enough: fifty of the quote currency, or what the venue asks for.
  private func quantity(at price: Int64) -> Int64 {
    var quantity = max(listing.quantityMin, listing.lot)
    let enough = max(listing.notionalMin, Money(Decimal(units: 50)))
    while let value = listing.value(price: price, quantity: quantity), value < enough {
      quantity *= 2
    }
    return quantity
  }

  func hash(into hash: inout RecordHash) { hash.combine(sent) }
}
