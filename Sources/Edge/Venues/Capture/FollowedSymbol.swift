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

  /// Beyond this many held updates the oldest half goes: the snapshot, when it comes, then shows a
  /// gap instead of memory without end.
  static let heldMax = 65_536

  init(scale: SymbolScale, rule: SequenceRule) {
    listing = scale.listing
    synchronizer = DepthSynchronizer(rule: rule)
  }

  mutating func hold(_ message: borrowing VenueMessage) {
    if held.count >= Self.heldMax { held.removeFirst(Self.heldMax / 2) }
    var levels: [LevelChange] = []
    levels.reserveCapacity(message.levels.count)
    for index in 0..<message.levels.count {
      levels.append(LevelChange(at: message.levels.base + index * LevelChange.byteCount))
    }
    held.append(
      HeldUpdate(
        first: message.first, final: message.final, previous: message.previous,
        venueTime: message.venueTime, levels: levels))
  }
}
