import TradingModel
import VenueServer

/// The time of a simulated market: the venue's own clock when it was first served, and from there on the
/// clock that does not step.
///
/// A product is made some seconds before it is served, as keys take a while to make; those seconds are lived
/// through at once. A wall clock that is set later, or by the fault `clock_offset`, moves what the venue tells
/// of its clock and not the market, whose times never go back. It knows what it is told alone, so that a log of
/// inputs leads to the same times again.
struct MarketClock {
  private let startTime: Timestamp
  private var start: ServerTime?

  /// - Parameter startTime: the market's time when it was made, in nanoseconds since the epoch.
  init(startTime: Timestamp) { self.startTime = startTime }

  /// The market's time, in nanoseconds since the epoch, and how long it has been served. The first call begins
  /// it: at `now`, but not before the time when it was made.
  mutating func read(at now: ServerTime) -> (time: Timestamp, elapsed: Int64) {
    let start = start ?? ServerTime(wall: max(startTime, now.wall), monotonic: now.monotonic)
    self.start = start
    let elapsed = now.monotonic - start.monotonic
    return (start.wall + elapsed, elapsed)
  }
}
