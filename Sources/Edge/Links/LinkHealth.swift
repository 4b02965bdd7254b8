import LowLatency
import Transport
import Venues

/// How well one channel does, for screens and gates.
public struct LinkHealth {
  public let purpose: String
  public let address: String
  public private(set) var isOpen = false
  /// Attempts to connect, good or not, and those that were good.
  public private(set) var attemptCount = 0
  public private(set) var openCount = 0
  /// On the monotonic clock; nil before the first.
  public private(set) var openedAt: Int64?
  public internal(set) var lastMessageTime: Int64?
  /// Whether the kernel said when the last message came; otherwise that is when it was read.
  public internal(set) var hasKernelTime = false
  /// Why the last connection ended.
  public private(set) var lastReason: String?
  /// Nanoseconds from pings to pongs, or from requests to answers: the last, and the shortest.
  public private(set) var lastRoundTrip: Int64?
  public private(set) var shortestRoundTrip: Int64?

  init(_ channel: SessionChannel, _ endpoint: Endpoint) {
    purpose = channel.purpose
    address = endpoint.description
  }

  mutating func attempted() { attemptCount += 1 }

  mutating func opened(at now: Int64) {
    isOpen = true
    openCount += 1
    openedAt = now
  }

  mutating func ended(_ reason: String) {
    isOpen = false
    openedAt = nil
    lastReason = reason
  }

  mutating func record(roundTrip: Int64) {
    lastRoundTrip = roundTrip
    shortestRoundTrip = min(shortestRoundTrip ?? .max, roundTrip)
  }
}
