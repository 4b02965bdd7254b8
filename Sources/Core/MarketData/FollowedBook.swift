import LowLatency
import TradingModel

/// A price and what stands there, in the listing's units.
public struct BookLevel: Equatable, BitwiseCopyable, Sendable {
  public var price: Int64
  /// Above zero.
  public var quantity: Int64
  @inlinable public init(price: Int64, quantity: Int64) {
    self.price = price
    self.quantity = quantity
  }
}

/// What a followed book has met so far. All counts start at 0 and only grow.
public struct FollowedBookCounts: Equatable, BitwiseCopyable, Sendable {
  /// Updates applied, snapshots among them.
  public var updates: UInt64 = 0
  /// Level changes within them.
  public var levelChanges: UInt64 = 0
  /// Changes to nothing of levels the book did not hold: usual where a venue's diffs reach deeper
  /// than its snapshot.
  public var removalsOfAbsentLevels: UInt64 = 0
  /// Level changes whose price is not on the tick grid.
  public var offTick: UInt64 = 0
  /// Level changes whose quantity is not on the lot grid.
  public var offLot: UInt64 = 0
  /// Updates after which the best bid was at or above the best ask.
  public var crossed: UInt64 = 0
  /// How often the price grid had to be made finer.
  public var regrids: UInt64 = 0
  /// Trades seen.
  public var trades: UInt64 = 0

  public init() {}
}

/// The price levels (L2) of one listing as its venue reports them.
///
/// Each side is a ladder indexed by price / `step`. The step starts as the listing's tick; a price
/// between its steps makes the grid finer (once, O(levels)), so every price is kept exactly. A
/// followed book may be crossed or locked: that is information about the venue or the feed, not an
/// error.
public struct FollowedBook: ~Copyable {
  /// The listing this book follows.
  public let listing: ListingIndex
  /// The listing's tick and lot, in price and quantity units.
  public let tick: Int64
  public let lot: Int64
  /// Price units between neighbouring places of the ladders; divides the tick.
  public internal(set) var step: Int64
  /// What the feed can be trusted for. A snapshot makes it `.synced`.
  public internal(set) var state: FeedState = .waiting
  /// The venue's number of the last update, and its time.
  public internal(set) var venueSequence: UInt64 = 0
  public internal(set) var venueTime: Timestamp = 0
  /// When the last update came in, and the last update or trade.
  public internal(set) var updateTime: Timestamp = 0
  public internal(set) var receiveTime: Timestamp = 0
  /// The last trade printed; nil before the first.
  public internal(set) var lastTrade: Trade?
  /// What was met so far.
  public internal(set) var counts = FollowedBookCounts()

  @usableFromInline var bids: PriceLadder<Int64>
  @usableFromInline var asks: PriceLadder<Int64>
  let pageCapacity: Int

  /// Takes the memory of an empty book.
  ///
  /// - Parameter pageCapacity: pages of 64 neighbouring prices a side; more are taken when needed,
  ///   and counted in `growthCount`.
  public init(listing: Listing, pageCapacity: Int = 256) {
    precondition(listing.tick > 0 && listing.lot > 0, "tick and lot are above zero")
    self.listing = listing.index
    tick = listing.tick
    lot = listing.lot
    step = listing.tick
    self.pageCapacity = pageCapacity
    bids = PriceLadder(pageCapacity: pageCapacity, empty: 0)
    asks = PriceLadder(pageCapacity: pageCapacity, empty: 0)
  }

  /// Whether the book is whole: it may be traded on.
  @inlinable public var isSynced: Bool { state == .synced }

  /// How often more memory was taken than `init` did.
  public var growthCount: Int { bids.growthCount + asks.growthCount }

  // MARK: Changes

  /// Applies a whole `BookUpdate` record (header, body, levels). The record must be well formed:
  /// its length was checked against its level count by whoever let it in.
  ///
  /// - Complexity: O(levels in the record); a snapshot also O(pages in use).
  public mutating func apply(update record: UnsafeRawPointer) {
    let update = BookUpdate(at: record)
    if update.isSnapshot {
      bids.removeAll()
      asks.removeAll()
      step = tick
      state = .synced
    }
    var level = record + BookUpdate.levelsOffset
    for _ in 0..<update.levelCount {
      apply(LevelChange(at: level))
      level += LevelChange.byteCount
    }
    venueSequence = update.venueSequence
    venueTime = update.venueTime
    updateTime = RecordHeader(at: record).time
    receiveTime = updateTime
    counts.updates &+= 1
    if isCrossed { counts.crossed &+= 1 }
  }

  /// Applies one level change: the new total at a price, 0 to remove it.
  ///
  /// - Complexity: O(1) near the prices touched last; a tree descent of a few nodes elsewhere.
  public mutating func apply(_ change: LevelChange) {
    counts.levelChanges &+= 1
    guard let place = place(of: change.price, quantity: change.quantity) else {
      counts.removalsOfAbsentLevels &+= 1
      return
    }
    if change.side == .buy {
      Self.set(&bids, place, change.quantity, &counts)
    } else {
      Self.set(&asks, place, change.quantity, &counts)
    }
  }

  @inline(__always)
  private static func set(
    _ ladder: inout PriceLadder<Int64>, _ place: Int64, _ quantity: Int64,
    _ counts: inout FollowedBookCounts
  ) {
    if quantity == 0 {
      if !ladder.remove(at: place) { counts.removalsOfAbsentLevels &+= 1 }
    } else {
      ladder.insert(at: place).pointee = quantity
    }
  }

  /// The ladder place of `price`; makes the grid finer where needed. Nil for the removal of a price
  /// between the steps, which cannot be there.
  @inline(__always)
  private mutating func place(of price: Int64, quantity: Int64) -> Int64? {
    if lot != 1, quantity % lot != 0 { counts.offLot &+= 1 }
    if tick == 1 { return price }
    if step == tick {
      let (place, rest) = price.quotientAndRemainder(dividingBy: tick)
      if rest == 0 { return place }
    }
    return offGridPlace(of: price, quantity: quantity)
  }

  private mutating func offGridPlace(of price: Int64, quantity: Int64) -> Int64? {
    if price % tick != 0 { counts.offTick &+= 1 }
    if price % step != 0 {
      if quantity == 0 { return nil }
      regrid(toInclude: price)
    }
    return price / step
  }

  /// Takes a whole `Trade` record in.
  public mutating func apply(trade record: UnsafeRawPointer) {
    lastTrade = Trade(at: record)
    receiveTime = RecordHeader(at: record).time
    counts.trades &+= 1
  }

  /// Takes a feed's change of state in. The levels stay, as what was last known.
  public mutating func apply(_ status: FeedStatus) {
    state = status.state
  }
}
