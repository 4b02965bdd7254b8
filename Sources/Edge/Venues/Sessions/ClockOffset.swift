import TradingModel

/// How far a venue's clock is ahead of ours, estimated from questions for its time.
///
/// Each answer bounds the offset: the venue read its clock between our asking and the answer, so the
/// offset lies within half a round trip of the middle. The answer with the shortest round trip of the
/// last `sampleCount` decides, as NTP does (RFC 5905, section 10, clock filter).
public struct ClockOffset: Sendable {
  private struct Sample {
    var offset: Int64
    var roundTrip: Int64
  }

  private static let sampleCount = 8
  private var samples: [Sample] = []
  private var next = 0

  public init() { samples.reserveCapacity(Self.sampleCount) }

  /// Nanoseconds to add to our clock; 0 before the first answer.
  public private(set) var offset: Int64 = 0
  /// The estimate is off by no more than this, in nanoseconds; `Int64.max` before the first answer.
  public private(set) var uncertainty: Int64 = .max

  /// Takes an answer in.
  ///
  /// - Parameters:
  ///   - asked: our wall clock when the question left, ns.
  ///   - venueTime: the venue's answer, ns.
  ///   - resolution: of the venue's answer, ns; it may have cut off as much.
  ///   - roundTrip: from asking to answer on the monotonic clock, ns.
  public mutating func observe(
    asked: Timestamp, venueTime: Timestamp, resolution: Int64, roundTrip: Int64
  ) {
    guard roundTrip >= 0 else { return }
    let offset = venueTime &+ resolution / 2 &- (asked &+ roundTrip / 2)
    let sample = Sample(offset: offset, roundTrip: roundTrip)
    if samples.count < Self.sampleCount {
      samples.append(sample)
    } else {
      samples[next] = sample
    }
    next = (next + 1) % Self.sampleCount
    decide(resolution)
  }

  /// Our clock was set, or the venue says that our times are off: what was learnt counts no more.
  public mutating func forget() {
    samples.removeAll(keepingCapacity: true)
    next = 0
    uncertainty = .max
  }

  /// The venue's clock when ours says `wall`.
  public func venueTime(at wall: Timestamp) -> Timestamp { wall &+ offset }

  private mutating func decide(_ resolution: Int64) {
    var best = samples[0]
    for sample in samples where sample.roundTrip < best.roundTrip { best = sample }
    offset = best.offset
    uncertainty = best.roundTrip / 2 + resolution / 2
  }
}
