import CPlatform
import Glibc
import Synchronization
import TradingModel

/// The clocks of the operating system. About 20 ns a reading.
public enum Clock {
  /// Wall-clock time, ns since the Unix epoch (UTC). May be set back; for stamps, not intervals: `wall` is.
  @inlinable public static var realtime: Timestamp { read(CLOCK_REALTIME) }
  /// Nanoseconds since an arbitrary moment, never going back; for intervals.
  @inlinable public static var monotonic: Int64 { read(CLOCK_MONOTONIC) }

  /// Wall-clock time that goes forward with `monotonic`, for all of this process: a clock that is set
  /// ahead is followed, one that is set back is not.
  public static var wall: Timestamp {
    // In this order, so that a pause between the two readings makes the sum too early and never too late.
    let real = realtime
    let now = monotonic
    return forward.time(real: real, monotonic: now)
  }

  /// From now on `wall` is not before `time`: what a journal ends with may be ahead of a clock that was set
  /// back since.
  public static func carryOn(from time: Timestamp) {
    _ = forward.time(real: time, monotonic: monotonic)
  }

  private static let forward = ForwardClock()

  @usableFromInline static func read(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}

/// Wall-clock time out of a clock that may be set and one that may not: it follows the first ahead, and goes by
/// the second where the first is behind. Several threads may read it.
struct ForwardClock: ~Copyable {
  /// Its time less the monotonic one; it only grows.
  private let lead = Atomic<Int64>(.min)

  /// The time at a moment when the clocks show `real` and `monotonic`.
  func time(real: Timestamp, monotonic: Int64) -> Timestamp {
    let least = real - monotonic
    let last = lead.load(ordering: .relaxed)
    return monotonic + (least <= last ? last : lead.max(least, ordering: .relaxed).newValue)
  }
}

/// The processor's time-stamp counter, with its rate measured against `Clock.monotonic`.
/// About 10 ns a reading; for intervals from a few nanoseconds to hours.
public struct TimestampCounter: Sendable, BitwiseCopyable {
  /// Ticks a second, as measured.
  public let ticksPerSecond: Double
  /// Nanoseconds a tick, times 2^32.
  @usableFromInline let scale: UInt64

  /// Measures the rate over `calibration` nanoseconds, 1 ms at least, waiting that long. The error
  /// is below 100 ns over that time: with 20 ms, 5 parts in a million.
  public init(calibration: Int64 = 20_000_000) {
    let length = max(calibration, 1_000_000)
    let begin = Self.pair()
    var time = timespec(tv_sec: Int(length / 1_000_000_000), tv_nsec: Int(length % 1_000_000_000))
    nanosleep(&time, nil)
    let end = Self.pair()
    let ticks = Double(end.ticks &- begin.ticks)
    let nanoseconds = Double(end.time - begin.time)
    ticksPerSecond = ticks * 1e9 / nanoseconds
    scale = UInt64(nanoseconds / ticks * 4_294_967_296)
  }

  /// The counter now. Not ordered with the instructions around it.
  public static var ticks: UInt64 { cplatform_timestamp_counter() }

  /// An interval of `ticks` in nanoseconds, rounded down.
  @inlinable public func nanoseconds(ticks: UInt64) -> Int64 {
    let product = ticks.multipliedFullWidth(by: scale)
    return Int64(truncatingIfNeeded: product.high << 32 | product.low >> 32)
  }

  /// Counter and clock at one moment: the closest of several readings.
  private static func pair() -> (ticks: UInt64, time: Int64) {
    var best: (ticks: UInt64, time: Int64) = (0, 0)
    var width = UInt64.max
    for _ in 0..<16 {
      let before = ticks
      let time = Clock.monotonic
      let after = ticks
      if after &- before < width {
        width = after &- before
        best = (before &+ width / 2, time)
      }
    }
    return best
  }
}
