import LowLatency
import TradingModel

/// The order book of one symbol, matching by price, then time; docs/matching-rules.md has the rules.
///
/// Prices are ticks, any `Int64`; quantities whole units. It reads no clock and knows no chance but a
/// seed's: equal calls give equal reports. Bad input is a typed refusal that leaves the book
/// unchanged. Outside auctions matching books never cross.
///
/// Plain orders (limit, good-till-cancel or immediate-or-cancel, no instructions) are matched by
/// generic code that is specialised with the sink of the reports. Whatever else there is to do is
/// done by code that is not generic and reports into `reports`, which is then handed to the sink.
/// Both work on the same queues: a plain order asks once whether anything needs `attention`, and of
/// each order it meets whether that is special.
///
/// Memory is taken and touched once: for each reserved order some 100 bytes (cell, detail,
/// identifiers), and for each page of 64 prices 2,080, and some 900 for each page of the ladders.
/// What is needed beyond is taken when it is needed, and counted (`statistics`). Memory is taken
/// otherwise only for positions of more than eight owners, for the answers to a request that has more
/// than any before, by an uncross and an `indication`, and by `stateHash`.
///
/// ```
///   order id ─► direct table ─► order ◄─► order ◄─► ... ◄─► level   a ring, oldest first
///                                 └──────── level, side ─────▲
///   price ─► PriceLadder (a queue) ─► page: mask, 64 levels ─┘
/// ```
public struct MatchingBook: ~Copyable {
  /// The capacities a book can have: every order may need a page of prices of its own, and all cells
  /// are below 2^28.
  @inlinable public static var orderCapacities: ClosedRange<Int> { 1...4_000_000 }

  /// How many orders can rest, stops that wait included.
  public let orderCapacity: Int
  /// How many orders can rest before memory has to grow.
  public internal(set) var reservedOrders: Int
  /// The largest total quantity of an order: so small that the whole book's sum fits in `Int64`.
  public let quantityMax: Int64
  /// How many orders rest, stops that wait included.
  @inlinable public var orderCount: Int { liveOrders }
  /// How many trades there were.
  @inlinable public var tradeCount: UInt64 { trades }
  /// How often memory for more orders was taken.
  public internal(set) var orderGrowthCount = 0
  /// How often memory for more pages of prices was taken.
  public var pageGrowthCount: Int {
    (0..<BookQueue.count).reduce(arenaPageGrowthCount) { $0 + ladders[$1].growthCount }
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

  /// The order with an id, at the id's low bits; `nobody`, or another that came before.
  @usableFromInline let direct: UnsafeMutablePointer<UInt32>
  @usableFromInline let directMask: UInt64
  /// The orders whose place in `direct` was taken.
  @usableFromInline let overflow: UnsafeMutablePointer<IdentifierMap>

  /// The pages of each queue, by the ranks of their prices without the lowest 6 bits: the best price
  /// is in its ladder's last page. Indexed by `BookQueue`, as all that follows is, because a branch
  /// on the side is never foreseen.
  @usableFromInline let ladders: UnsafeMutablePointer<PriceLadder<UInt32>>
  /// The page of each queue that was asked for last among those whose numbers have the same low bits,
  /// `pagesKnown` for each queue, so that the ladders are seldom asked. A page knows its number.
  @usableFromInline let knownPages: UnsafeMutablePointer<UInt32>
  /// The best price of each queue.
  @usableFromInline let bests: UnsafeMutablePointer<BestPrice>
  @usableFromInline var trades: UInt64 = 0
  @usableFromInline var tape = TradeTape()

  /// Whether a plain order needs more than the plain code.
  @usableFromInline var attention: Attention = []
  /// What the code beside the plain code reported, until it is handed on.
  @usableFromInline let reports: UnsafeMutablePointer<ReportBuffer>
  /// All that plain orders do not need.
  let special: UnsafeMutablePointer<SpecialState>

  /// An empty book with room for `orderCapacity` (`orderCapacities`) resting orders, `levelPages` (at
  /// least 1, below 2^20) pages of 64 neighbouring prices a side, and `changeCapacity` (below 2^28)
  /// level changes between
  /// two calls of `clearChanges`; 0 keeps no changes. A book that keeps changes is slower.
  ///
  /// - Parameters:
  ///   - reservedOrders: for how many orders memory is taken now; all of them when nil.
  ///   - identifierSpan: how many consecutive order ids are found without a hash, rounded up to a
  ///     power of two, 4 bytes each; four times the reserved orders when nil.
  ///   - reservedSpecialOrders: for how many orders that are not plain memory is taken now, some 180
  ///     bytes each.
  ///   - orderChangeCapacity: as `changeCapacity`, for changes of single orders (level 3).
  ///   - seed: what the parts that icebergs show are drawn from.
  public init(
    orderCapacity: Int, levelPages: Int, changeCapacity: Int = 0, orderChangeCapacity: Int = 0,
    reservedOrders: Int? = nil, reservedSpecialOrders: Int = 16, identifierSpan: Int? = nil,
    seed: UInt64 = 0
  ) {
    precondition(
      Self.orderCapacities.contains(orderCapacity),
      "A book's capacity is between 1 and \(Self.orderCapacities.upperBound)")
    precondition(levelPages > 0 && levelPages < 1 << 20, "A book starts with at least one page")
    let reserved = max(1, min(orderCapacity, reservedOrders ?? orderCapacity))
    self.orderCapacity = orderCapacity
    self.reservedOrders = 0
    quantityMax = Int64.max / Int64(orderCapacity)
    cellCount = 1
    // Nobody is a page with a number that no page has.
    cells = Self.lines(
      1, BookCell(quantity: .max, links: ListLinks(previous: 0, next: 0)))
    detailCount = 1
    details = Self.lines(1, OrderDetail.none)
    let span = max(64, identifierSpan ?? reserved * 4).roundedUpToPowerOfTwo
    direct = Self.lines(span, BookCell.nobody)
    directMask = UInt64(span - 1)
    overflow = .allocate(capacity: 1)
    overflow.initialize(to: IdentifierMap(capacity: reserved))
    bests = Self.lines(BookQueue.count, BestPrice.none)
    knownPages = Self.lines(BookQueue.count * Self.pagesKnown, BookCell.nobody)
    ladders = .allocate(capacity: BookQueue.count)
    for queue in 0..<BookQueue.count {
      (ladders + queue).initialize(
        to: PriceLadder(pageCapacity: queue < 2 ? levelPages : 1, empty: BookCell.nobody))
    }
    reports = .allocate(capacity: 1)
    reports.initialize(to: ReportBuffer(capacity: 32))
    special = .allocate(capacity: 1)
    special.initialize(
      to: SpecialState(
        seed: seed, levelChangeCapacity: changeCapacity, orderChangeCapacity: orderChangeCapacity,
        reservedOrders: reservedSpecialOrders))
    if changeCapacity > 0 || orderChangeCapacity > 0 { attention = .feeds }
    addOrders(reserved)
    addPages(levelPages * 2)
  }

  deinit {
    ladders.deinitialize(count: BookQueue.count)
    ladders.deallocate()
    bests.deallocate()
    knownPages.deallocate()
    cells.deallocate()
    details.deallocate()
    direct.deallocate()
    overflow.deinitialize(count: 1)
    overflow.deallocate()
    reports.deinitialize(count: 1)
    reports.deallocate()
    special.deinitialize(count: 1)
    special.deallocate()
  }
}
