/// One price level of a `BookUpdate`: 16 bytes.
///
/// ```
/// 0  i64 price      in the listing's price units
/// 8  u64 quantity   in quantity units, times two, plus 1 for an ask; quantity 0 removes the level
/// ```
public struct LevelChange: Equatable, BitwiseCopyable, Sendable {
  public static let byteCount = 16
  public var price: Int64
  /// The level's new total; 0 removes it.
  public var quantity: Int64
  /// `.buy` is a bid.
  public var side: Side

  @inlinable public init(side: Side, price: Int64, quantity: Int64) {
    self.side = side
    self.price = price
    self.quantity = quantity
  }

  @inlinable public init(at base: UnsafeRawPointer) {
    price = base.loadSigned64(0)
    let packed = base.load64(8)
    quantity = Int64(packed >> 1)
    side = packed & 1 == 0 ? .buy : .sell
  }

  @inlinable public func store(at base: UnsafeMutableRawPointer) {
    base.storeSigned64(price, 0)
    base.store64(UInt64(bitPattern: quantity) << 1 | UInt64(side.rawValue), 8)
  }
}

/// A followed book's change, or its whole content: variable length, `levelCount` levels.
///
/// ```
/// 40  u16 listing
/// 42  u16 flags          bit 0: a snapshot, the levels replace the book
/// 44  u32 levelCount
/// 48  u64 venueSequence  the venue's own number of the book's state after this update
/// 56  i64 venueTime
/// 64  levels             16 bytes each
/// ```
public struct BookUpdate: Equatable, BitwiseCopyable, Sendable {
  public static let bodyByteCount = 24
  public static let levelsOffset = RecordHeader.byteCount + bodyByteCount
  public static let snapshotFlag: UInt16 = 1

  public var listing: ListingIndex
  public var isSnapshot: Bool
  public var levelCount: Int
  public var venueSequence: UInt64
  public var venueTime: Timestamp

  @inlinable
  public init(
    listing: ListingIndex, isSnapshot: Bool, levelCount: Int, venueSequence: UInt64,
    venueTime: Timestamp
  ) {
    self.listing = listing
    self.isSnapshot = isSnapshot
    self.levelCount = levelCount
    self.venueSequence = venueSequence
    self.venueTime = venueTime
  }

  /// The whole record's length with `levelCount` levels.
  @inlinable public static func byteCount(levelCount: Int) -> Int {
    levelsOffset + levelCount * LevelChange.byteCount
  }

  @inlinable public init(at base: UnsafeRawPointer) {
    listing = base.load16(40)
    isSnapshot = base.load16(42) & Self.snapshotFlag != 0
    levelCount = Int(base.load32(44))
    venueSequence = base.load64(48)
    venueTime = base.loadSigned64(56)
  }

  /// Writes the body's fixed part; the levels are the caller's to write.
  @inlinable public func store(at base: UnsafeMutableRawPointer) {
    base.store16(listing, 40)
    base.store16(isSnapshot ? Self.snapshotFlag : 0, 42)
    base.store32(UInt32(truncatingIfNeeded: levelCount), 44)
    base.store64(venueSequence, 48)
    base.storeSigned64(venueTime, 56)
  }
}

/// A trade that the venue printed: 80 bytes.
///
/// ```
/// 40  u16 listing
/// 42  u8  aggressor side (Side), 255 unknown
/// 48  u64 tradeID
/// 56  i64 venueTime
/// 64  i64 price
/// 72  i64 quantity
/// ```
public struct Trade: Equatable, BitwiseCopyable, Sendable {
  public static let byteCount = 80
  public var listing: ListingIndex
  /// The side that took; nil where the venue does not say.
  public var aggressor: Side?
  public var tradeID: TradeID
  public var venueTime: Timestamp
  public var price: Int64
  public var quantity: Int64

  @inlinable
  public init(
    listing: ListingIndex, aggressor: Side?, tradeID: TradeID, venueTime: Timestamp, price: Int64,
    quantity: Int64
  ) {
    self.listing = listing
    self.aggressor = aggressor
    self.tradeID = tradeID
    self.venueTime = venueTime
    self.price = price
    self.quantity = quantity
  }

  @inlinable public init(at base: UnsafeRawPointer) {
    listing = base.load16(40)
    aggressor = Side(rawValue: base.load8(42))
    tradeID = base.load64(48)
    venueTime = base.loadSigned64(56)
    price = base.loadSigned64(64)
    quantity = base.loadSigned64(72)
  }

  @inlinable public func store(at base: UnsafeMutableRawPointer) {
    base.store64(0, 40)
    base.store16(listing, 40)
    base.store8(aggressor?.rawValue ?? 255, 42)
    base.store64(tradeID, 48)
    base.storeSigned64(venueTime, 56)
    base.storeSigned64(price, 64)
    base.storeSigned64(quantity, 72)
  }
}

/// The venue's own best bid and ask: 96 bytes. Quantity 0: no such side.
///
/// ```
/// 40  u16 listing
/// 48  u64 venueSequence
/// 56  i64 venueTime
/// 64  i64 bidPrice
/// 72  i64 bidQuantity
/// 80  i64 askPrice
/// 88  i64 askQuantity
/// ```
public struct BestQuote: Equatable, BitwiseCopyable, Sendable {
  public static let byteCount = 96
  public var listing: ListingIndex
  public var venueSequence: UInt64
  public var venueTime: Timestamp
  public var bidPrice: Int64
  public var bidQuantity: Int64
  public var askPrice: Int64
  public var askQuantity: Int64

  @inlinable
  public init(
    listing: ListingIndex, venueSequence: UInt64, venueTime: Timestamp, bidPrice: Int64,
    bidQuantity: Int64, askPrice: Int64, askQuantity: Int64
  ) {
    self.listing = listing
    self.venueSequence = venueSequence
    self.venueTime = venueTime
    self.bidPrice = bidPrice
    self.bidQuantity = bidQuantity
    self.askPrice = askPrice
    self.askQuantity = askQuantity
  }

  @inlinable public init(at base: UnsafeRawPointer) {
    listing = base.load16(40)
    venueSequence = base.load64(48)
    venueTime = base.loadSigned64(56)
    bidPrice = base.loadSigned64(64)
    bidQuantity = base.loadSigned64(72)
    askPrice = base.loadSigned64(80)
    askQuantity = base.loadSigned64(88)
  }

  @inlinable public func store(at base: UnsafeMutableRawPointer) {
    base.store64(0, 40)
    base.store16(listing, 40)
    base.store64(venueSequence, 48)
    base.storeSigned64(venueTime, 56)
    base.storeSigned64(bidPrice, 64)
    base.storeSigned64(bidQuantity, 72)
    base.storeSigned64(askPrice, 80)
    base.storeSigned64(askQuantity, 88)
  }
}

/// What a followed feed can be trusted for.
public enum FeedState: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  /// No snapshot yet.
  case waiting = 0
  case synced = 1
  /// A sequence gap: the book is not to be used until the next snapshot.
  case gap = 2
  case disconnected = 3
  /// Nothing heard for longer than the feed's limit.
  case stale = 4
}

/// A feed's change of state, in the control stream: 64 bytes.
///
/// ```
/// 40  u16 listing
/// 42  u8  state (FeedState)
/// 48  u64 venueSequence   where it happened
/// 56  i64 venueTime
/// ```
public struct FeedStatus: Equatable, BitwiseCopyable, Sendable {
  public static let byteCount = 64
  public var listing: ListingIndex
  public var state: FeedState
  public var venueSequence: UInt64
  public var venueTime: Timestamp

  @inlinable
  public init(
    listing: ListingIndex, state: FeedState, venueSequence: UInt64, venueTime: Timestamp
  ) {
    self.listing = listing
    self.state = state
    self.venueSequence = venueSequence
    self.venueTime = venueTime
  }

  /// Nil for a state this version does not know.
  @inlinable public init?(at base: UnsafeRawPointer) {
    guard let state = FeedState(rawValue: base.load8(42)) else { return nil }
    listing = base.load16(40)
    self.state = state
    venueSequence = base.load64(48)
    venueTime = base.loadSigned64(56)
  }

  @inlinable public func store(at base: UnsafeMutableRawPointer) {
    base.store64(0, 40)
    base.store16(listing, 40)
    base.store8(state.rawValue, 42)
    base.store64(venueSequence, 48)
    base.storeSigned64(venueTime, 56)
  }
}
