/// What a market session has met, for health and tests.
struct MarketCounts: Equatable {
  var malformed = 0
  var refused = 0
  var other = 0
  /// Books whose checksum was not the venue's.
  var inconsistent = 0
  var snapshots = 0
  var snapshotFailures = 0
  var repeatedTrades = 0
  /// Updates and quotes that were merged into later ones, because the session was behind.
  var conflated = 0
  /// Of each line, in their order.
  var lines: [LineCounts] = []
}

/// What one line of a market session has brought.
struct LineCounts: Equatable {
  /// Messages that no other line brought before.
  var first = 0
  /// Messages that another line had brought, or it itself.
  var repeated = 0
  /// Updates that had to wait for another line to bring what lies before them.
  var ahead = 0
  /// How often it was opened, and lost.
  var openings = 0
  var losses = 0
  /// When its last message came, nanoseconds on the monotonic clock; 0 before the first.
  var lastMessage: Int64 = 0

  /// Nanoseconds without a message; since the clock's beginning before the first.
  func silence(at now: SessionTime) -> Int64 { now.monotonic - lastMessage }
}
