import Engine
import LowLatency
import TradingModel
import VenueSimulator

/// Where a session's signals come from.
enum SignalSource {
  /// Those of a file, in the order of their time, from the first one not yet given.
  case file(ArraySlice<Signal>)
  case generated(SignalGenerator)

  /// The next signal, if it comes by `time`.
  mutating func next(by time: Timestamp) -> Signal? {
    switch self {
    case .file(var signals):
      guard let first = signals.first, first.createdAt <= time else { return nil }
      signals.removeFirst()
      self = .file(signals)
      return first
    case .generated(var generator):
      defer { self = .generated(generator) }
      return generator.next(by: time)
    }
  }

  /// Signals of a file that were not due before the end.
  var leftCount: Int {
    if case .file(let signals) = self { return signals.count }
    return 0
  }
}

/// Signals by chance: somebody who has a weak opinion on where the latent price goes.
struct SignalGenerator {
  private let strategy: StrategyIndex
  private let listings: [Listing]
  private var prices: [LatentPrice]
  private var random: SeededRandom
  private var nextTime: Timestamp
  private var nextID: UInt64 = 1
  /// The mean time between two signals.
  private static let interval = 2e9

  /// - Parameter prices: the latent price of each instrument.
  init(
    definitions: RunDefinitions, prices: [LatentPriceSettings], seed: UInt64,
    startTime: Timestamp
  ) {
    let follower = definitions.strategies.first { $0.name == "signals" }
    strategy = follower?.index ?? 0
    listings = (follower?.listings ?? []).compactMap { definitions.listing($0) }
    self.prices = prices.map { LatentPrice($0) }
    random = SeededRandom(seed: seed ^ 0x7369_676E_616C)
    // Books are there well before the first one.
    nextTime = listings.isEmpty ? .max : startTime + 1_000_000_000
  }

  mutating func next(by time: Timestamp) -> Signal? {
    guard nextTime <= time else { return nil }
    let now = nextTime
    nextTime += max(1_000_000, Int64(random.exponential() * Self.interval))
    let listing = listings[Int(random.next(below: UInt64(listings.count)))]
    let choice = random.next(below: 10)
    let action: SignalAction = choice < 4 ? .buy : choice < 8 ? .sell : .close
    let lots = random.integer(in: 2...15)
    let confidence = UInt32(random.integer(in: 350_000...1_000_000))
    let fair =
      prices[Int(listing.instrument)].price(at: now)
      * Double(powerOfTen(Int(listing.priceDecimals)))
    let risk = 4 + 12 * random.uniform()
    func price(_ basisPoints: Double) -> Int64 {
      let exact = fair * (1 + basisPoints / 1e4)
      return Int64(exact / Double(listing.tick)) * listing.tick
    }
    let sign: Double = action == .buy ? 1 : -1
    defer { nextID += 1 }
    return Signal(
      action: action, listing: listing.index, strategy: strategy, signalID: nextID,
      createdAt: now, price: 0, quantity: action == .close ? 0 : lots * listing.lot,
      stopLoss: action == .close ? 0 : price(-sign * risk),
      takeProfit: action == .close ? 0 : price(sign * 1.5 * risk), confidence: confidence)
  }
}
