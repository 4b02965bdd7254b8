import LowLatency
import TradingModel

/// How long things take between a venue and the core, in nanoseconds. No leg is zero unless somebody
/// sets it so.
public struct VenueLatency: Equatable, Sendable, BitwiseCopyable {
  /// From the venue's market to the core's arrival of its data.
  public var feed: Int64
  /// From the core's request to its arrival at the venue.
  public var entry: Int64
  /// From the venue's report to its arrival at the core.
  public var answer: Int64
  /// At most this much more, drawn from a seed for each message, on every leg. Messages of one leg
  /// do not overtake each other.
  public var jitter: Int64

  public init(
    feed: Int64 = 1_000_000, entry: Int64 = 1_000_000, answer: Int64 = 1_000_000, jitter: Int64 = 0
  ) {
    precondition(
      feed >= 0 && entry >= 0 && answer >= 0 && jitter >= 0, "nothing arrives before it is sent")
    self.feed = feed
    self.entry = entry
    self.answer = answer
    self.jitter = jitter
  }
}

/// One leg of a connection: first in, first out, with a delay that may vary.
public struct DelayLine: Sendable {
  let delay: Int64
  let jitter: Int64
  var random: SeededRandom
  var lastArrival = Timestamp.min

  public init(delay: Int64, jitter: Int64, seed: UInt64) {
    self.delay = delay
    self.jitter = jitter
    random = SeededRandom(seed: seed)
  }

  /// When what is sent at `time` arrives: never before anything sent earlier.
  public mutating func arrival(of time: Timestamp) -> Timestamp {
    let extra = jitter == 0 ? 0 : random.integer(in: 0...jitter)
    lastArrival = max(lastArrival, time + delay + extra)
    return lastArrival
  }
}
