import LowLatency

/// How well the connection to one endpoint does, over all its attempts: what a screen shows and what
/// decides whether the endpoint may be traded with.
///
/// Pure: time is always given, in nanoseconds of the owner's monotonic clock.
public struct ConnectionHealth: ~Copyable {
  /// Longer silence than this makes an open connection stale, in nanoseconds.
  public let silenceMax: Int64
  /// Where the present connection stands; `.closed` before the first.
  public private(set) var state = ConnectionState.closed
  /// Attempts to connect, good or not.
  public private(set) var attemptCount: UInt64 = 0
  /// Connections that became open.
  public private(set) var openCount: UInt64 = 0
  /// When the present connection became open; nil where it is not.
  public private(set) var openedAt: Int64?
  /// When the last message was read, on whichever connection; nil before the first.
  public private(set) var lastMessageTime: Int64?
  /// Why the last connection ended.
  public private(set) var lastReason: CloseReason?
  /// Nanoseconds from pings to pongs, or from requests to responses.
  public private(set) var roundTrips = Histogram()
  /// The last of them; nil before the first.
  public private(set) var lastRoundTrip: Int64?
  private var former = ConnectionTraffic()
  private var present = ConnectionTraffic()

  /// - Parameter silenceMax: nanoseconds, above 0.
  public init(silenceMax: Int64) {
    precondition(silenceMax > 0, "A limit of silence is above zero")
    self.silenceMax = silenceMax
  }

  /// Connections that became open after the first.
  public var reconnectCount: UInt64 { openCount > 1 ? openCount - 1 : 0 }

  /// What went over all connections.
  public var traffic: ConnectionTraffic {
    var sum = former
    sum.add(present)
    return sum
  }

  /// A new connection is being made.
  public mutating func began() {
    attemptCount += 1
    state = .connecting
    openedAt = nil
    former.add(present)
    present = ConnectionTraffic()
  }

  /// Where the connection stands and what went over it so far; once a turn.
  public mutating func observe(
    _ state: ConnectionState, _ traffic: ConnectionTraffic, at now: Int64
  ) {
    if state == .open, openedAt == nil {
      openCount += 1
      openedAt = now
    }
    if state == .closed { openedAt = nil }
    self.state = state
    present = traffic
    if traffic.lastMessageTime != .min { lastMessageTime = traffic.lastMessageTime }
  }

  /// The connection is over.
  public mutating func ended(_ reason: CloseReason?, _ traffic: ConnectionTraffic, at now: Int64) {
    observe(.closed, traffic, at: now)
    lastReason = reason
  }

  /// A ping or request was answered after so many nanoseconds.
  public mutating func recordRoundTrip(_ nanoseconds: Int64) {
    lastRoundTrip = nanoseconds
    roundTrips.record(UInt64(max(0, nanoseconds)))
  }

  /// Nanoseconds since the last message of the present connection, or since it became open; nil
  /// where it is not open.
  public func silence(at now: Int64) -> Int64? {
    guard state == .open, let openedAt else { return nil }
    return max(0, now - max(openedAt, present.lastMessageTime))
  }

  /// Whether what is known through the connection may be old: it is not open, or silent for longer
  /// than the limit.
  public func isStale(at now: Int64) -> Bool { silence(at: now).map { $0 > silenceMax } ?? true }
}

extension ConnectionTraffic {
  fileprivate mutating func add(_ other: ConnectionTraffic) {
    bytesIn += other.bytesIn
    bytesOut += other.bytesOut
    messagesIn += other.messagesIn
    messagesOut += other.messagesOut
    lastMessageTime = max(lastMessageTime, other.lastMessageTime)
  }
}
