import MarketData
import TradingModel

/// Updates that one of several lines brought before any brought what lies between them and their book:
/// kept for a moment, in memory taken once.
struct AheadUpdates: ~Copyable {
  struct Entry: BitwiseCopyable {
    var symbol: Int
    /// The lines that brought it, a bit each.
    var lines: UInt8
    /// As its line counted them.
    var restarts: UInt32
    var first: UInt64
    var final: UInt64
    var previous: UInt64
    var venueTime: Timestamp
    var levelStart: Int
    var levelCount: Int
  }

  /// A line that is ahead by more than this has lost something.
  static let countMax = 512
  static let levelCountMax = 1 << 16

  private let entries: UnsafeMutablePointer<Entry>
  private let levels: UnsafeMutableRawPointer
  private(set) var count = 0
  private var levelCount = 0

  /// - Parameter isUsed: false where there is one line, and nothing is ever kept.
  init(isUsed: Bool) {
    entries = .allocate(capacity: isUsed ? Self.countMax : 1)
    levels = .allocate(
      byteCount: (isUsed ? Self.levelCountMax : 1) * LevelChange.byteCount, alignment: 16)
  }

  deinit {
    entries.deallocate()
    levels.deallocate()
  }

  /// The update at `index`, in the order in which they came.
  subscript(index: Int) -> Entry {
    precondition(index >= 0 && index < count, "updates are counted from 0")
    return entries[index]
  }

  /// The levels of an update, valid until the next one is kept or removed.
  func levels(of entry: Entry) -> UnsafeRawPointer {
    UnsafeRawPointer(levels + entry.levelStart * LevelChange.byteCount)
  }

  /// Keeps an update; false when there is no room.
  mutating func keep(
    _ message: borrowing VenueMessage, line: Int, restarts: UInt32
  ) -> Bool {
    let bit = UInt8(1) << UInt8(line)
    for index in 0..<count
    where entries[index].symbol == message.symbol && entries[index].final == message.final
      && entries[index].first == message.first && entries[index].restarts == restarts
    {
      entries[index].lines |= bit
      return true
    }
    let length = message.levels.count
    guard count < Self.countMax, levelCount + length <= Self.levelCountMax else { return false }
    (levels + levelCount * LevelChange.byteCount).copyMemory(
      from: message.levels.base, byteCount: length * LevelChange.byteCount)
    (entries + count).initialize(
      to: Entry(
        symbol: message.symbol, lines: bit, restarts: restarts, first: message.first,
        final: message.final, previous: message.previous, venueTime: message.venueTime,
        levelStart: levelCount, levelCount: length))
    count += 1
    levelCount += length
    return true
  }

  /// Forgets one.
  ///
  /// - Complexity: O(what is kept).
  mutating func remove(at index: Int) {
    let gone = self[index]
    let end = gone.levelStart + gone.levelCount
    (levels + gone.levelStart * LevelChange.byteCount).copyMemory(
      from: levels + end * LevelChange.byteCount,
      byteCount: (levelCount - end) * LevelChange.byteCount)
    levelCount -= gone.levelCount
    for later in index + 1..<max(count, index + 1) {
      entries[later - 1] = entries[later]
      entries[later - 1].levelStart -= gone.levelCount
    }
    count -= 1
  }

  /// The lines that brought updates ahead of a symbol's book, a bit each: they have passed what is
  /// missing, and will not bring it.
  func lines(aheadOf symbol: Int) -> UInt8 {
    var lines: UInt8 = 0
    for index in 0..<count where entries[index].symbol == symbol { lines |= entries[index].lines }
    return lines
  }
}
