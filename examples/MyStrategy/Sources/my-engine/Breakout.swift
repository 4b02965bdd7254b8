import Needletail

/// Buys when the price leaves the range of the last `window` trades upwards, sells when it leaves it
/// downwards, and turns its position around on the opposite signal.
struct Breakout: Strategy {
  static let name = "breakout"
  static let settings = [
    StrategySetting("size", default: "0.01", "quantity of the position"),
    StrategySetting("window", default: "200", "trades that make the range, 2 to 256"),
  ]

  private let listing: Listing
  private let size: Int64
  private let window: Int
  private var prices = InlineArray<256, Int64>(repeating: 0)
  private var seen = 0

  init(_ setup: StrategySetup) throws(SettingError) {
    guard let first = setup.listings.first else { throw .noListings(strategy: Self.name) }
    listing = first
    size = try setup.quantity("size", first)
    window = Int(try setup.integer("window", in: 2...256))
  }

  mutating func traded(_ trade: Trade, _ context: borrowing StrategyContext) {
    guard trade.listing == listing.index else { return }
    if seen >= window { act(on: trade.price, context) }
    prices[seen % window] = trade.price
    seen += 1
  }

  private func act(on price: Int64, _ context: borrowing StrategyContext) {
    // One order at a time; without a book in sequence nobody knows what a market order costs.
    guard context.isSynced(listing.index), context.firstOrder(listing.index) == nil else { return }
    var (low, high) = (prices[0], prices[0])
    for index in 1..<window {
      low = min(low, prices[index])
      high = max(high, prices[index])
    }
    let wanted = price > high ? size : price < low ? -size : nil
    let held = context.position(listing.index).quantity
    guard let wanted, wanted != held else { return }
    context.submit(
      wanted > held ? .buy : .sell, quantity: Int64((wanted - held).magnitude), type: .market,
      timeInForce: .immediateOrCancel, listing: listing.index)
  }

  func hash(into hash: inout RecordHash) {
    hash.combine(UInt64(seen))
    for index in 0..<window { hash.combine(prices[index]) }
  }
}
