import TradingModel
import VenueSimulator

/// The generated market of one instrument: traders who follow a latent price, from an internal account
/// that has as much as it needs and pays no fees.
public struct MarketSettings: Sendable {
  /// The price everybody has in mind; equal settings make instruments follow one price. It is the index
  /// price of contracts.
  public var price: LatentPriceSettings
  /// Rates, distances and sizes (in quantity units).
  public var flow: OrderFlowSettings
  /// How long after the latent price the traders act, in nanoseconds.
  public var lag: Int64 = 0
  /// By how much this market stands above the latent price, in basis points.
  public var basis = 0.0

  /// Settings from their parts.
  public init(price: LatentPriceSettings, flow: OrderFlowSettings = OrderFlowSettings()) {
    self.price = price
    self.flow = flow
  }

  /// A sensible market around `instrument`'s start price with about `eventsPerSecond` (10 to 1,000) new
  /// orders, cancels and trades a second, and a median order worth `orderValue` quote units.
  public static func around(
    _ instrument: ExchangeInstrument, eventsPerSecond: Double, orderValue: Double = 500,
    seed: UInt64,
    startTime: Timestamp
  ) -> MarketSettings {
    let listing = instrument.listing
    let start = Double(instrument.startPrice) / Double(powerOfTen(Int(listing.priceDecimals)))
    var flow = OrderFlowSettings()
    // New orders and their cancels make up most of the events; with market orders and looks.
    flow.limitRate = eventsPerSecond * 0.44
    flow.marketRate = eventsPerSecond * 0.04
    flow.arbitrageRate = eventsPerSecond * 0.08
    flow.lifeSeconds = max(3, 400 / max(1, flow.limitRate))
    // The spread is a tick or more: where ticks are coarse, quotes stand a tick and a half apart.
    let tickPoints = Double(listing.tick) / Double(instrument.startPrice) * 1e4
    flow.halfSpread = max(0.25, tickPoints * 0.75)
    flow.distanceScale = max(1, tickPoints * 2)
    let size =
      Double(listing.contractSize.units) / Double(powerOfTen(Int(listing.contractSize.decimals)))
    let unitValue = listing.contractKind == .inverse ? size : start * size
    flow.sizeMedian = max(
      Double(listing.quantityMin),
      orderValue / unitValue * Double(powerOfTen(Int(listing.quantityDecimals))))
    return MarketSettings(
      price: LatentPriceSettings(seed: seed, startTime: startTime, startPrice: start), flow: flow)
  }
}
