import TradingModel

/// Several updates of one book as one: each level with its last quantity. In memory that grows by doubling,
/// and so settles; nothing is taken before the first level.
///
/// Levels are found by price and side in an open table of half their number at most; each entry carries the
/// number of the merge it belongs to, so that forgetting all costs nothing.
struct ConflatedLevels: ~Copyable {
  private var changes: UnsafeMutablePointer<LevelChange>?
  /// The number of the merge above, the level's place below.
  private var table: UnsafeMutablePointer<UInt64>?
  private var capacity = 0
  private var merge: UInt64 = 1
  /// Levels changed.
  private(set) var count = 0
  /// Updates merged; 0 for nothing to tell.
  var updateCount = 0
  /// Of the last update merged.
  var sequence: UInt64 = 0
  var venueTime: Timestamp = 0
  var receiveTime: Timestamp = 0

  init() {}

  deinit {
    changes?.deallocate()
    table?.deallocate()
  }

  subscript(index: Int) -> LevelChange {
    precondition(index >= 0 && index < count, "levels are counted from 0")
    return changes.unsafelyUnwrapped[index]
  }

  /// Takes a level's new quantity over.
  ///
  /// - Complexity: O(1).
  mutating func set(_ change: LevelChange) {
    if count == capacity { grow() }
    let changes = changes.unsafelyUnwrapped
    let table = table.unsafelyUnwrapped
    var slot = Self.slot(change, capacity)
    while table[slot] >> 32 == merge {
      let place = Int(table[slot] & 0xFFFF_FFFF)
      if changes[place].price == change.price, changes[place].side == change.side {
        changes[place].quantity = change.quantity
        return
      }
      slot = (slot + 1) & (capacity * 2 - 1)
    }
    table[slot] = merge << 32 | UInt64(count)
    (changes + count).initialize(to: change)
    count += 1
  }

  /// Forgets all; room is kept.
  mutating func removeAll() {
    count = 0
    updateCount = 0
    merge += 1
    if merge > 0xFFFF_FFFF {
      merge = 1
      table?.update(repeating: 0, count: capacity * 2)
    }
  }

  private static func slot(_ change: LevelChange, _ capacity: Int) -> Int {
    let key = UInt64(bitPattern: change.price) &<< 1 | UInt64(change.side.rawValue)
    let mixed = key &* 0x9E37_79B9_7F4A_7C15
    return Int(truncatingIfNeeded: mixed >> 32) & (capacity * 2 - 1)
  }

  @inline(never)
  private mutating func grow() {
    let (oldChanges, oldTable, oldCount) = (changes, table, count)
    capacity = max(256, capacity * 2)
    changes = .allocate(capacity: capacity)
    let larger = UnsafeMutablePointer<UInt64>.allocate(capacity: capacity * 2)
    larger.initialize(repeating: 0, count: capacity * 2)
    table = larger
    count = 0
    for index in 0..<oldCount { set(oldChanges.unsafelyUnwrapped[index]) }
    oldChanges?.deallocate()
    oldTable?.deallocate()
  }
}

/// What is kept back of all symbols while a session is behind: one update of each book, one best quote.
struct ConflatedRecords: ~Copyable {
  struct Quote: BitwiseCopyable {
    var quote: BestQuote
    var receiveTime: Timestamp
    /// Quotes it stands for; 0 for nothing to tell.
    var count: Int
  }

  /// A book with so many changed levels is told at once.
  static let levelCountMax = 1 << 14

  let books: UnsafeMutablePointer<ConflatedLevels>
  let quotes: UnsafeMutablePointer<Quote>
  /// Symbols with something to tell, in the order in which they came to have it.
  private(set) var waiting: PlainRun<Int>
  private let symbolCount: Int

  init(symbolCount: Int) {
    self.symbolCount = symbolCount
    let room = max(1, symbolCount)
    books = .allocate(capacity: room)
    quotes = .allocate(capacity: room)
    waiting = PlainRun(capacity: room)
    let none = BestQuote(
      listing: 0, venueSequence: 0, venueTime: 0, bidPrice: 0, bidQuantity: 0, askPrice: 0,
      askQuantity: 0)
    for index in 0..<symbolCount {
      (books + index).initialize(to: ConflatedLevels())
      (quotes + index).initialize(to: Quote(quote: none, receiveTime: 0, count: 0))
    }
  }

  deinit {
    books.deinitialize(count: symbolCount)
    books.deallocate()
    quotes.deallocate()
  }

  /// Whether something of a symbol is kept back.
  func isWaiting(_ symbol: Int) -> Bool {
    books[symbol].updateCount > 0 || quotes[symbol].count > 0
  }

  mutating func wait(_ symbol: Int) {
    if !isWaiting(symbol) { waiting.append(symbol) }
  }

  /// Nothing waits any more, once each symbol was told.
  mutating func removeAll() { waiting.removeAll() }
}
