import TradingModel

/// How well a listing's feed is doing, and whether it may be traded on.
///
/// Time is always given: the health of a feed at a moment is a pure function of what came before.
public struct FeedHealth: Equatable, Sendable, BitwiseCopyable {
  /// Longer silence than this makes the feed stale, in nanoseconds.
  public let stalenessLimit: Int64
  /// What the feed last said of itself.
  public private(set) var state: FeedState = .waiting
  /// When anything last came; `Timestamp.min` before the first.
  public private(set) var lastReceiveTime = Timestamp.min
  /// Messages heard.
  public private(set) var messages: UInt64 = 0
  /// Sequence gaps.
  public private(set) var gaps: UInt64 = 0
  /// Losses of the connection.
  public private(set) var disconnects: UInt64 = 0
  /// Updates after which the book was crossed or locked.
  public private(set) var crossed: UInt64 = 0
  /// The longest silence between two messages, in nanoseconds.
  public private(set) var longestSilence: Int64 = 0
  /// The smallest receive time minus venue time seen, in nanoseconds: the clocks' difference plus
  /// the quickest delivery. `Int64.max` before the first message with a venue time.
  public private(set) var clockOffset = Int64.max

  /// - Parameter stalenessLimit: nanoseconds, above zero.
  public init(stalenessLimit: Int64) {
    precondition(stalenessLimit > 0, "a staleness limit is above zero")
    self.stalenessLimit = stalenessLimit
  }

  /// A message came.
  ///
  /// - Parameters:
  ///   - venueTime: the venue's own time of it; 0 where it gives none.
  ///   - isCrossed: whether the book is crossed or locked after it.
  public mutating func heard(
    at receiveTime: Timestamp, venueTime: Timestamp = 0, isCrossed: Bool = false
  ) {
    if messages > 0, receiveTime > lastReceiveTime {
      longestSilence = max(longestSilence, receiveTime &- lastReceiveTime)
    }
    lastReceiveTime = max(lastReceiveTime, receiveTime)
    messages &+= 1
    if isCrossed { crossed &+= 1 }
    if venueTime > 0 { clockOffset = min(clockOffset, receiveTime &- venueTime) }
  }

  /// The feed's state changed.
  public mutating func changed(to state: FeedState, at receiveTime: Timestamp) {
    if state == .gap { gaps &+= 1 }
    if state == .disconnected { disconnects &+= 1 }
    self.state = state
    lastReceiveTime = max(lastReceiveTime, receiveTime)
  }

  /// Nanoseconds since anything last came; `Int64.max` before the first message.
  public func age(at now: Timestamp) -> Int64 {
    lastReceiveTime == .min ? .max : max(0, now &- lastReceiveTime)
  }

  /// The state at `now`: a synced feed that was silent for too long is stale.
  public func state(at now: Timestamp) -> FeedState {
    state == .synced && age(at: now) > stalenessLimit ? .stale : state
  }

  /// The gate: whether prices of this feed may be acted on at `now`.
  public func allowsTrading(at now: Timestamp) -> Bool { state(at: now) == .synced }
}
