import Links
import TradingModel
import Venues

/// How a venue of a live run does: what the screen shows and `--json` tells.
struct VenueStatus {
  struct Connection {
    var purpose: String
    var address: String
    var isOpen: Bool
    /// Attempts to connect, good or not; those that were good; good ones that ended.
    var attempts: UInt64
    var opens: UInt64
    var losses: UInt64
    /// Why the last one ended, or could not be made.
    var lastReason: String?
    /// From pings to pongs, or from requests to answers, nanoseconds.
    var roundTripCount: UInt64
    var roundTripP50: UInt64
    var roundTripP99: UInt64
  }

  var venue: String
  /// Why it takes no more orders from us; nil while it does.
  var stopCause: VenueStopCause?
  /// Nothing is sent before, by the venue's clock; nil where that is over.
  var bannedUntil: Timestamp?
  /// What went wrong last: with its markets, with our orders.
  var faults: [String] = []
  var connections: [Connection]

  /// Channels that are not up.
  var closedCount: Int { connections.count { !$0.isOpen } }

  /// What somebody should see at once, in a few words; nil while all is well.
  func trouble(at now: Timestamp) -> String? {
    if stopCause != nil { return "\(venue) stopped" }
    if let bannedUntil {
      return "\(venue) banned for \(max(1, (bannedUntil - now) / 1_000_000_000)) s"
    }
    return closedCount > 0 ? "\(venue) \(closedCount) down" : nil
  }
}

extension VenueStatus.Connection {
  init(_ health: LinkHealth) {
    purpose = health.purpose
    address = health.address
    isOpen = health.isOpen
    attempts = health.connection.attemptCount
    opens = health.connection.openCount
    losses = health.lossCount
    lastReason = health.lastReason
    roundTripCount = health.connection.roundTrips.count
    roundTripP50 = health.connection.roundTrips.percentile(50)
    roundTripP99 = health.connection.roundTrips.percentile(99)
  }
}

extension VenueStatus {
  /// One JSON object.
  var json: String {
    let list = connections.map(\.json).joined(separator: ", ")
    return "{\"venue\": \(quoted(venue)), "
      + "\"stopped\": \(stopCause.map { quoted("\($0)") } ?? "null"), "
      + "\"banned_until_ns\": \(bannedUntil.map { "\($0)" } ?? "null"), "
      + "\"faults\": [\(faults.map(quoted).joined(separator: ", "))], "
      + "\"connections\": [\(list)]}"
  }
}

extension VenueStatus.Connection {
  fileprivate var json: String {
    "{\"purpose\": \(quoted(purpose)), \"address\": \(quoted(address)), \"open\": \(isOpen), "
      + "\"attempts\": \(attempts), \"opens\": \(opens), \"losses\": \(losses), "
      + "\"last_reason\": \(lastReason.map(quoted) ?? "null"), "
      + "\"round_trip_ns\": {\"count\": \(roundTripCount), \"p50\": \(roundTripP50), "
      + "\"p99\": \(roundTripP99)}}"
  }
}
