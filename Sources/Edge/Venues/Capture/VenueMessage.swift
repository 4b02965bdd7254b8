import TradingModel

/// What a captured message is, in the words that all venues share.
public enum MessageKind: UInt8, CaseIterable, Sendable, BitwiseCopyable {
  /// Changes of a book.
  case depth
  /// A whole book that was asked for, spliced into the capture: not an update of the stream.
  case snapshot
  /// A whole book that came through the stream: it counts as an update.
  case book
  case trade
  /// Trades already added up by the venue; emitted only where a capture has no plain ones.
  case aggregateTrade
  case bestQuote
  /// Mark price, index price or funding of a contract.
  case contract
  /// One record of an order-by-order feed.
  case order
  /// A message of another kind, or of a symbol that is not followed.
  case other

  /// The name in totals: the venues' own words where they agree.
  public var name: String {
    switch self {
    case .depth: "depth"
    case .snapshot: "snapshot"
    case .book: "book"
    case .trade: "trade"
    case .aggregateTrade: "aggTrade"
    case .bestQuote: "bookTicker"
    case .contract: "contract"
    case .order: "order"
    case .other: "other"
    }
  }
}

/// One decoded message, reused from line to line.
///
/// Which fields mean something follows from `kind`. Levels are packed as in a `BookUpdate` record.
struct VenueMessage: ~Copyable {
  var kind = MessageKind.other
  /// Place in the scales; -1: not followed, or not named.
  var symbol = -1
  /// When the capture took it in.
  var receiveTime: Timestamp = 0
  /// The venue's time of the event.
  var venueTime: Timestamp = 0
  /// Numbers of the first and last change, and of the update before.
  var first: UInt64 = 0
  var final: UInt64 = 0
  var previous: UInt64 = 0
  var quote = BestQuote(
    listing: 0, venueSequence: 0, venueTime: 0, bidPrice: 0, bidQuantity: 0, askPrice: 0,
    askQuantity: 0)
  var contract = ContractUpdate(listing: 0, venueTime: 0)
  var levels = LevelRun()
  var trades: [Trade] = []
  /// What stands for the number of each trade, where the venue's numbers are texts; else empty.
  var tradeKeys = PlainRun<UInt64>(capacity: 64)

  init() { trades.reserveCapacity(64) }

  mutating func clear() {
    if kind == .contract { contract = ContractUpdate(listing: 0, venueTime: 0) }
    kind = .other
    symbol = -1
    venueTime = 0
    first = 0
    final = 0
    previous = 0
    levels.removeAll()
    if !trades.isEmpty { trades.removeAll(keepingCapacity: true) }
    tradeKeys.removeAll()
  }

  /// Takes the place of the symbol that the message names, -1 for one that is not followed. Named again behind
  /// levels, it must be the same: they were read in its units, and would be booked as the other's.
  @inline(__always)
  mutating func take(symbol found: Int, at place: Int) throws(ScanError) {
    if found != symbol, levels.count > 0 { throw ScanError(place, "one symbol in a message") }
    symbol = found
  }

  /// Keeps the trades for which `isKept` holds of the trade and its key, 0 for none.
  mutating func keepTrades(_ isKept: (Trade, UInt64) -> Bool) {
    let hasKeys = tradeKeys.count == trades.count
    var count = 0
    for index in trades.indices where isKept(trades[index], hasKeys ? tradeKeys[index] : 0) {
      trades[count] = trades[index]
      count += 1
    }
    trades.removeLast(trades.count - count)
  }
}

/// Packed level changes in memory that grows by doubling, and so settles.
struct LevelRun: ~Copyable {
  private(set) var base: UnsafeMutableRawPointer
  private var capacity: Int
  private(set) var count = 0

  init(capacity: Int = 2048) {
    self.capacity = capacity
    base = .allocate(byteCount: capacity * LevelChange.byteCount, alignment: 16)
  }

  deinit { base.deallocate() }

  @inline(__always)
  mutating func append(_ change: LevelChange) {
    if count == capacity { grow() }
    change.store(at: base + count * LevelChange.byteCount)
    count += 1
  }

  mutating func removeAll() { count = 0 }

  @inline(never)
  private mutating func grow() {
    let larger = UnsafeMutableRawPointer.allocate(
      byteCount: capacity * 2 * LevelChange.byteCount, alignment: 16)
    larger.copyMemory(from: base, byteCount: count * LevelChange.byteCount)
    base.deallocate()
    base = larger
    capacity *= 2
  }
}
