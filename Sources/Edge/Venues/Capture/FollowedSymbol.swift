import MarketData
import TradingModel

/// A book update kept until its snapshot comes.
struct HeldUpdate {
  var first: UInt64
  var final: UInt64
  var previous: UInt64
  var venueTime: Timestamp
  var levels: [LevelChange]
}

/// What a feed remembers of one symbol between messages.
struct FollowedSymbol {
  let listing: ListingIndex
  var synchronizer: DepthSynchronizer
  /// Updates that came before their snapshot, oldest first.
  var held: [HeldUpdate] = []
  /// How far `held` was offered again since the snapshot; `held.count` when there is none left.
  var heldIndex = 0
  /// What consumers were last told.
  var announced = FeedState.waiting
  /// Updates that are ahead of its book.
  var aheadCount = 0

  /// Beyond this many held updates the oldest half goes: the snapshot, when it comes, then shows a
  /// gap instead of memory without end.
  static let heldMax = 65_536

  /// - Parameter isShared: whether its updates come over several lines.
  init(scale: SymbolScale, rule: SequenceRule, isShared: Bool = false) {
    listing = scale.listing
    synchronizer = DepthSynchronizer(rule: rule, isShared: isShared)
  }

  /// Keeps an update until its snapshot comes.
  ///
  /// - Parameter isSorted: updates come over several lines, so that one may come late, or twice.
  /// - Returns: false when it is kept already.
  mutating func hold(
    first: UInt64, final: UInt64, previous: UInt64, venueTime: Timestamp,
    _ base: UnsafeRawPointer, _ count: Int, isSorted: Bool
  ) -> Bool {
    if held.count >= Self.heldMax { held.removeFirst(Self.heldMax / 2) }
    var place = held.count
    while isSorted, place > 0, (held[place - 1].final, held[place - 1].first) >= (final, first) {
      if held[place - 1].final == final, held[place - 1].first == first { return false }
      place -= 1
    }
    var levels: [LevelChange] = []
    levels.reserveCapacity(count)
    for index in 0..<count { levels.append(LevelChange(at: base + index * LevelChange.byteCount)) }
    held.insert(
      HeldUpdate(
        first: first, final: final, previous: previous, venueTime: venueTime, levels: levels),
      at: place)
    return true
  }
}
