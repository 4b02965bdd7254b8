import TradingModel

/// A request of the core that was sent and whose answer is due.
struct OutstandingRequest: BitwiseCopyable {
  var tag: UInt64
  var request: VenueRequest
  /// The version of the name that its order was called by (`OrderName.version`).
  var nameVersion: RequestVersion
  /// When it was sent, on the monotonic clock.
  var sentAt: Int64
  /// Its answer was given up for lost, and told so; it may still come.
  var isLost: Bool
  /// How many more were sent in the same message: those with the next tags. One answer is for all.
  var followerCount = 0
}

/// The requests that are not answered yet, found by their tags. Tags count up, so a place is their low
/// bits: O(1), no memory taken after `init`. A request that is still there when its place is needed
/// again, thousands of requests later, gives way.
struct RequestTable: ~Copyable {
  private let slots: UnsafeMutablePointer<OutstandingRequest>
  private let mask: Int
  /// The next tag; never 0.
  private(set) var nextTag: UInt64 = 1
  private var oldestTag: UInt64 = 1

  /// - Parameter capacity: a power of two.
  init(capacity: Int = 4_096) {
    precondition(capacity > 0 && capacity & (capacity - 1) == 0, "a capacity is a power of two")
    mask = capacity - 1
    slots = .allocate(capacity: capacity)
    slots.initialize(
      repeating: OutstandingRequest(
        tag: 0, request: VenueRequest(kind: .newOrder, listing: 0, venue: 0), nameVersion: 0,
        sentAt: 0, isLost: false), count: capacity)
  }

  deinit { slots.deallocate() }

  /// A tag for something that is no request of the core.
  mutating func takeTag() -> UInt64 {
    defer { nextTag += 1 }
    return nextTag
  }

  /// Keeps a request; gives its tag.
  mutating func insert(
    _ request: VenueRequest, nameVersion: RequestVersion = 0, sentAt: Int64
  ) -> UInt64 {
    let tag = takeTag()
    slots[Int(truncatingIfNeeded: tag) & mask] = OutstandingRequest(
      tag: tag, request: request, nameVersion: nameVersion, sentAt: sentAt, isLost: false)
    return tag
  }

  /// As many requests went into one message behind the one with this tag, which is kept.
  mutating func setFollowers(_ count: Int, of tag: UInt64) {
    slots[Int(truncatingIfNeeded: tag) & mask].followerCount = count
  }

  /// The request with this tag; nil when it was answered, or is none.
  func find(_ tag: UInt64) -> OutstandingRequest? {
    let slot = slots[Int(truncatingIfNeeded: tag) & mask]
    return tag > 0 && slot.tag == tag ? slot : nil
  }

  /// Takes out the request with this tag.
  mutating func remove(_ tag: UInt64) -> OutstandingRequest? {
    guard let found = find(tag) else { return nil }
    slots[Int(truncatingIfNeeded: tag) & mask].tag = 0
    return found
  }

  /// When the oldest request that is not given up was sent; nil for none. Amortised O(1).
  mutating func oldestSentAt() -> Int64? {
    while oldestTag < nextTag {
      if let oldest = find(oldestTag), !oldest.isLost { return oldest.sentAt }
      oldestTag += 1
    }
    return nil
  }

  /// Gives up, oldest first, what was sent at or before `time`: the next such request; nil for none.
  mutating func giveUp(sentUpTo time: Int64) -> VenueRequest? {
    guard let sentAt = oldestSentAt(), sentAt <= time else { return nil }
    let place = Int(truncatingIfNeeded: oldestTag) & mask
    slots[place].isLost = true
    return slots[place].request
  }
}
