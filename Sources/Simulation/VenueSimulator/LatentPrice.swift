import LowLatency
import TradingModel

/// How a latent price moves. Times in seconds, moves as fractions of the price.
public struct LatentPriceSettings: Equatable, Sendable {
  public var seed: UInt64
  public var startTime: Timestamp
  /// At `startTime`, in whole units of the quote currency.
  public var startPrice: Double
  /// Standard deviation of the move in one second, on average. 1e-4 is about 56 % a year.
  public var volatility = 1.2e-4
  /// Standard deviation of the volatility's logarithm: calm and busy spells.
  public var volatilitySpread = 0.5
  /// How long such spells last.
  public var volatilitySeconds = 30.0
  /// Jumps come at random, on average this far apart...
  public var jumpSeconds = 120.0
  /// ... and have this standard deviation.
  public var jumpSize = 6e-4

  public init(seed: UInt64, startTime: Timestamp, startPrice: Double) {
    self.seed = seed
    self.startTime = startTime
    self.startPrice = startPrice
  }
}

/// The price that everybody has in mind and no venue shows: a function of seed and time alone, so
/// that venues which hold equal copies follow one price, each with its own lag.
///
/// It moves on a grid of 10 ms: a log-normal step whose volatility wanders, and rare jumps. Between
/// grid points it is a straight line.
public struct LatentPrice: Sendable {
  static let grid: Int64 = 10_000_000
  /// How many grid points are remembered: lags up to some 10 s.
  static let historyCount = 1024

  public let settings: LatentPriceSettings
  private var random: SeededRandom
  private var logVolatility = 0.0
  private var history: [Double]
  /// Grid points computed so far; the last one's place is this minus one.
  private var count = 1

  public init(_ settings: LatentPriceSettings) {
    precondition(settings.startPrice > 0, "a price process starts above zero")
    self.settings = settings
    random = SeededRandom(seed: settings.seed)
    history = Array(repeating: settings.startPrice, count: Self.historyCount)
  }

  /// The price at `time`. Before the start it is the start price; what is further back than the
  /// history is as the oldest price remembered.
  public mutating func price(at time: Timestamp) -> Double {
    let elapsed = max(0, time - settings.startTime)
    let (place, rest) = elapsed.quotientAndRemainder(dividingBy: Self.grid)
    while count < Int(place) + 2 { step() }
    let oldest = max(0, count - Self.historyCount)
    let from = max(Int(place), oldest)
    let to = min(max(Int(place) + 1, oldest), count - 1)
    let before = history[from % Self.historyCount]
    let after = history[to % Self.historyCount]
    return before + (after - before) * (Double(rest) / Double(Self.grid))
  }

  private mutating func step() {
    let seconds = Double(Self.grid) / 1e9
    let pull = seconds / settings.volatilitySeconds
    // An Ornstein-Uhlenbeck step whose long-run standard deviation is `volatilitySpread`.
    logVolatility +=
      -pull * logVolatility
      + settings.volatilitySpread * (2 * pull).squareRoot() * random.normal()
    let volatility = settings.volatility * PortableMath.exp(logVolatility)
    var move = volatility * seconds.squareRoot() * random.normal()
    if settings.jumpSeconds > 0, random.chance(seconds / settings.jumpSeconds) {
      move += settings.jumpSize * random.normal()
    }
    let last = history[(count - 1) % Self.historyCount]
    history[count % Self.historyCount] = last * PortableMath.exp(move)
    count += 1
  }
}
