import LowLatency
import TradingModel

/// The statistics of a generated market's order flow. Rates are per second of venue time, prices in
/// basis points of the latent price.
public struct OrderFlowSettings: Equatable, Sendable {
  /// New limit orders. With cancels (about as many) and market orders: the message rate.
  public var limitRate = 200.0
  /// Market orders, clusters included.
  public var marketRate = 12.0
  /// Of those, the share that another market order set off.
  public var clusterShare = 0.6
  /// How long a market order goes on setting off others, in seconds.
  public var clusterSeconds = 0.15
  /// Looks at the best prices by traders who know the latent price.
  public var arbitrageRate = 40.0
  /// How many quotes each look deals with at most, and how many of them their makers pull in time.
  public var arbitrageDepth = 16
  public var pulledShare = 0.8
  /// How long a limit order stays on average, in seconds; exponential.
  public var lifeSeconds = 3.0
  /// How far the best quotes are from the latent price.
  public var halfSpread = 0.25
  /// Distances behind that follow a power law: scale, exponent, farthest.
  public var distanceScale = 1.0
  public var distanceExponent = 1.4
  public var distanceMax = 60.0
  /// The median of the log-normal sizes, in quantity units, and the logarithm's deviation.
  public var sizeMedian = 100.0
  public var sizeSpread = 1.0
  /// A side with fewer levels than this gets the next limit order.
  public var levelCountMin = 8

  public init() {}
}

/// What the flow does next.
enum FlowAction: Equatable {
  /// A limit order on this side; nil leaves the choice to chance.
  case limit
  case cancel
  case market(Side)
  /// Somebody compares the best price of this side with the latent price.
  case arbitrage(Side)
  /// A moment at which nothing happens (thinning).
  case nothing
}

/// When generated traders act and what they choose: chance only, without a book.
///
/// Market orders are a self-exciting (Hawkes) process: each raises the rate of its own side, which
/// then falls back exponentially. Times are drawn by thinning (Ogata 1981).
struct OrderFlow: Sendable {
  let settings: OrderFlowSettings
  var random: SeededRandom
  private var excitement: (buy: Double, sell: Double) = (0, 0)
  private var lastTime: Timestamp
  private var bound = 0.0

  init(_ settings: OrderFlowSettings, seed: UInt64, startTime: Timestamp) {
    self.settings = settings
    random = SeededRandom(seed: seed)
    lastTime = startTime
  }

  /// Passes over the time until `time`, as if nobody had been there.
  mutating func skip(to time: Timestamp) { lastTime = max(lastTime, time) }

  private var calmMarketRate: Double { settings.marketRate * (1 - settings.clusterShare) }

  /// The time of the next action, with `liveCount` orders that may be canceled. The rates only fall
  /// until then, so the present ones bound them.
  mutating func nextTime(liveCount: Int) -> Timestamp {
    bound =
      settings.limitRate + Double(liveCount) / settings.lifeSeconds + settings.arbitrageRate
      + calmMarketRate + excitement.buy + excitement.sell
    let wait = random.exponential() / bound * 1e9
    return lastTime + max(1, Int64(min(wait, 1e15)))
  }

  /// What happens at `time`, which `nextTime` gave. `pressure` from -1 to 1 is how much dearer than
  /// the book the latent price is: it turns market orders to that side.
  mutating func action(at time: Timestamp, liveCount: Int, pressure: Double) -> FlowAction {
    let decay = PortableMath.exp(-Double(time - lastTime) / 1e9 / settings.clusterSeconds)
    excitement = (excitement.buy * decay, excitement.sell * decay)
    lastTime = time
    var left = random.uniform() * bound
    left -= settings.limitRate
    if left < 0 { return .limit }
    left -= Double(liveCount) / settings.lifeSeconds
    if left < 0 { return .cancel }
    left -= settings.arbitrageRate
    if left < 0 { return .arbitrage(random.next() & 1 == 0 ? .buy : .sell) }
    left -= calmMarketRate * (1 + pressure) / 2 + excitement.buy
    if left < 0 { return market(.buy) }
    left -= calmMarketRate * (1 - pressure) / 2 + excitement.sell
    if left < 0 { return market(.sell) }
    return .nothing
  }

  private mutating func market(_ side: Side) -> FlowAction {
    // So that one order sets off `clusterShare` others on average.
    let jump = settings.clusterShare / settings.clusterSeconds
    if side == .buy { excitement.buy += jump } else { excitement.sell += jump }
    return .market(side)
  }

  /// A distance from the latent price, in basis points.
  mutating func distance() -> Double {
    let tail = PortableMath.pow(1 - random.uniform(), -1 / settings.distanceExponent)
    return settings.halfSpread + min(settings.distanceScale * (tail - 1), settings.distanceMax)
  }

  /// A size on the lot grid, within the listing's bounds.
  mutating func size(in listing: Listing, quantityMax: Int64) -> Int64 {
    let size = settings.sizeMedian * PortableMath.exp(settings.sizeSpread * random.normal())
    let lots = Int64(min(size, 1e15)) / listing.lot
    let most = min(quantityMax, listing.quantityMax) / listing.lot
    let least = max(1, (listing.quantityMin + listing.lot - 1) / listing.lot)
    return max(least, min(lots, most)) * listing.lot
  }
}
