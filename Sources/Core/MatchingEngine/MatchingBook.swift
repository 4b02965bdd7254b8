import LowLatency
import TradingModel

/// The order book of one symbol, matching by price, then time.
///
/// Limit and market orders, with good-till-cancel, immediate-or-cancel, fill-or-kill, post-only and
/// self-trade prevention. Prices are ticks, any `Int64`; quantities whole units. It reads no clock
/// and knows no chance: equal calls give equal reports. Bad input is a typed refusal that leaves the
/// book unchanged. Matching books never cross.
///
/// Memory is taken and touched once: for each reserved order some 100 to 130 bytes (cell, detail,
/// identifiers), and for each page of 64 prices 2,080, and some 900 for each page of the ladders.
/// What is needed beyond is taken when it is needed, and counted (`pageGrowthCount`,
/// `orderGrowthCount`). No operation allocates otherwise.
///
/// ```
///   order id ─► direct table ─► order ◄─► order ◄─► ... ◄─► level   a ring, oldest first
///                                 └──────── level, side ─────▲
///   price ─► PriceLadder (a side) ─► page: mask, 64 levels ──┘
/// ```
public struct MatchingBook: ~Copyable {
  /// How many orders can rest.
  public let orderCapacity: Int
  /// How many orders can rest before memory has to grow.
  public internal(set) var reservedOrders: Int
  /// The largest total quantity of an order: so small that the whole book's sum fits in `Int64`.
  public let quantityMax: Int64
  /// How many orders rest.
  @inlinable public var orderCount: Int { liveOrders }
  /// How many trades there were.
  @inlinable public var tradeCount: UInt64 { trades }
  /// How often memory for more orders was taken.
  public internal(set) var orderGrowthCount = 0
  /// How often memory for more pages of prices was taken.
  public var pageGrowthCount: Int {
    arenaPageGrowthCount + ladders[0].growthCount + ladders[1].growthCount
  }

  @usableFromInline var cells: UnsafeMutablePointer<BookCell>
  @usableFromInline var cellCount: Int
  /// Of the orders; as many as the arena has cells up to its last order.
  @usableFromInline var details: UnsafeMutablePointer<OrderDetail>
  @usableFromInline var detailCount: Int
  @usableFromInline var firstFreeOrder = BookCell.nobody
  @usableFromInline var firstFreePage = BookCell.nobody
  @usableFromInline var pageCount = 0
  var arenaPageGrowthCount = 0
  @usableFromInline var liveOrders = 0

  @usableFromInline let changes: UnsafeMutablePointer<BookLevelChange>
  @usableFromInline let changeCapacity: Int
  @usableFromInline var changeEnd = 0
  @usableFromInline var isMissingChanges = false

  /// The order with an id, at the id's low bits; `nobody`, or another that came before.
  @usableFromInline let direct: UnsafeMutablePointer<UInt32>
  @usableFromInline let directMask: UInt64
  /// The orders whose place in `direct` was taken.
  @usableFromInline let overflow: UnsafeMutablePointer<IdentifierMap>

  /// The pages of each side, by the ranks of their prices without the lowest 6 bits: the best price
  /// of either side is in its ladder's last page. Indexed by the side's raw value, as all that
  /// follows is, because a branch on the side is never foreseen.
  @usableFromInline let ladders: UnsafeMutablePointer<PriceLadder<UInt32>>
  /// The level of each side's best price; `nobody` for an empty side.
  @usableFromInline let bestLevels: UnsafeMutablePointer<UInt32>
  /// The rank of each side's best price; the least of all for an empty side.
  @usableFromInline let bestRanks: UnsafeMutablePointer<Int64>
  @usableFromInline var trades: UInt64 = 0

  /// An empty book with room for `orderCapacity` (1 ..< 2^29) resting orders, `levelPages` (at
  /// least 1) pages of 64 neighbouring prices a side, and `changeCapacity` level changes between
  /// two calls of `clearChanges`; 0 keeps no changes.
  ///
  /// - Parameters:
  ///   - reservedOrders: for how many orders memory is taken now; all of them when nil.
  ///   - identifierSpan: how many consecutive order ids are found without a hash, rounded up to a
  ///     power of two, 4 bytes each; four times the reserved orders when nil.
  ///   - orderChangeCapacity: as `changeCapacity`, for changes of single orders (level 3).
  ///   - seed: what the parts that icebergs show are drawn from.
  public init(
    orderCapacity: Int, levelPages: Int, changeCapacity: Int = 0, orderChangeCapacity: Int = 0,
    reservedOrders: Int? = nil, identifierSpan: Int? = nil, seed: UInt64 = 0
  ) {
    precondition(
      orderCapacity > 0 && orderCapacity < 1 << 29, "A book's capacity is between 1 and 2^29 - 1")
    precondition(
      changeCapacity >= 0 && changeCapacity < 1 << 31, "A change list has fewer than 2^31 places")
    precondition(levelPages > 0 && levelPages < 1 << 20, "A book starts with at least one page")
    let reserved = max(1, min(orderCapacity, reservedOrders ?? orderCapacity))
    self.orderCapacity = orderCapacity
    self.reservedOrders = 0
    quantityMax = Int64.max / Int64(orderCapacity)
    cellCount = 1
    cells = Self.lines(1, BookCell(links: ListLinks(previous: 0, next: 0)))
    detailCount = 1
    details = Self.lines(1, Self.noDetail)
    changes = Self.lines(
      max(1, changeCapacity), BookLevelChange(side: .buy, price: 0, quantity: 0, orderCount: 0))
    self.changeCapacity = changeCapacity
    let span = max(64, identifierSpan ?? reserved * 4).roundedUpToPowerOfTwo
    direct = Self.lines(span, BookCell.nobody)
    directMask = UInt64(span - 1)
    overflow = .allocate(capacity: 1)
    overflow.initialize(to: IdentifierMap(capacity: reserved))
    bestLevels = Self.lines(2, BookCell.nobody)
    bestRanks = Self.lines(2, Int64.min)
    ladders = .allocate(capacity: 2)
    for side in 0..<2 {
      (ladders + side).initialize(
        to: PriceLadder(pageCapacity: levelPages, empty: BookCell.nobody))
    }
    addOrders(reserved)
    addPages(levelPages * 2)
  }

  deinit {
    ladders.deinitialize(count: 2)
    ladders.deallocate()
    bestLevels.deallocate()
    bestRanks.deallocate()
    cells.deallocate()
    details.deallocate()
    changes.deallocate()
    direct.deallocate()
    overflow.deinitialize(count: 1)
    overflow.deallocate()
  }
}
