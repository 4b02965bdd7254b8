import VenueServer

/// How many messages of a client came in this second.
struct MessageRate {
  let perSecond: Int
  private var second: Int64 = -1
  private var count = 0

  init(perSecond: Int) { self.perSecond = perSecond }

  /// Counts one; false where it is one too many.
  mutating func take(at now: ServerTime) -> Bool {
    let present = now.monotonic / 1_000_000_000
    if present != second {
      second = present
      count = 0
    }
    count += 1
    return count <= perSecond
  }
}
