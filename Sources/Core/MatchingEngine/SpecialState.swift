import LowLatency
import TradingModel

/// What a book knows beside its queues: special orders, time, phase, positions, feeds.
struct SpecialState: ~Copyable {
  var orders: UnsafeMutablePointer<SpecialOrder>
  private(set) var capacity: Int
  private var firstFree: UInt32 = .max
  private(set) var orderCount = 0
  private(set) var growthCount = 0
  private var enteredCount: UInt64 = 0

  var pegs = EntryList(link: 0)
  /// What pegged orders were last held against; nil when one came or changed since.
  var pegReferences: PegReferences?
  /// Where to go on when a pegged order's move had consequences, and what it was held against.
  var pegPass: (references: PegReferences, next: UInt32)?
  var trailing = EntryList(link: 0)
  var reducers = EntryList(link: 1)
  var days = EntryList(link: 2)
  var expiries: ExpiryHeap
  /// Cells of triggered orders, linked by `next`, first come, first served.
  var lineFirst = BookCell.nobody
  var lineLast = BookCell.nobody
  var stopCount = 0
  /// Market orders that rest, in an auction.
  var marketCount = 0

  var positions = OwnerPositions()
  /// Whether a position changed since reduce-only orders were last held against it.
  var positionsChanged = false
  var time: Timestamp = 0
  var phase = TradingPhase.continuous
  var random: SeededRandom
  var levelChanges: ChangeList<BookLevelChange>
  var orderChanges: ChangeList<BookOrderChange>

  init(seed: UInt64, levelChangeCapacity: Int, orderChangeCapacity: Int, reservedOrders: Int) {
    capacity = max(1, reservedOrders)
    orders = .allocate(capacity: capacity)
    expiries = ExpiryHeap(capacity: capacity)
    random = SeededRandom(seed: seed)
    levelChanges = ChangeList(
      capacity: levelChangeCapacity,
      filler: BookLevelChange(side: .buy, price: 0, quantity: 0, orderCount: 0))
    orderChanges = ChangeList(
      capacity: orderChangeCapacity,
      filler: BookOrderChange(.removed, orderID: 0, side: .buy, price: 0, quantity: 0))
    addFree(from: 0)
  }

  deinit { orders.deallocate() }

  /// Has every pegged order looked at again, because one came or changed.
  mutating func forgetPegPass() {
    pegReferences = nil
    pegPass = nil
  }

  /// All memory held, in bytes.
  var byteCount: Int {
    capacity * (MemoryLayout<SpecialOrder>.stride + MemoryLayout<UInt32>.stride)
      + positions.byteCount + levelChanges.byteCount + orderChanges.byteCount
      + MemoryLayout<SpecialState>.stride
  }

  // MARK: Orders

  /// A place for the special order with the cell at `index`, the last by entry. Amortised O(1).
  mutating func add(_ index: UInt32, _ entry: OrderEntry, _ terms: OrderTerms) -> UInt32 {
    if firstFree == .max { grow() }
    let place = firstFree
    firstFree = orders[Int(place)].links[0].next
    enteredCount &+= 1
    (orders + Int(place)).initialize(
      to: SpecialOrder(
        entryNumber: enteredCount, terms: terms, limit: entry.price, index: index,
        type: entry.type, timeInForce: entry.timeInForce,
        isReduceOnly: entry.instructions.contains(.reduceOnly)))
    orderCount += 1
    return place
  }

  /// Frees a place; the order is in no list any more.
  mutating func remove(_ place: UInt32) {
    orders[Int(place)].links[0].next = firstFree
    firstFree = place
    orderCount -= 1
  }

  private mutating func grow() {
    let old = capacity
    let larger = UnsafeMutablePointer<SpecialOrder>.allocate(capacity: old * 2)
    larger.update(from: orders, count: old)
    orders.deallocate()
    orders = larger
    capacity = old * 2
    growthCount += 1
    expiries.reserve(capacity)
    addFree(from: old)
  }

  private mutating func addFree(from start: Int) {
    let entry = OrderEntry.limit(.buy, 0, price: 0, quantity: 0)
    for place in stride(from: capacity - 1, through: start, by: -1) {
      (orders + place).initialize(
        to: SpecialOrder(
          entryNumber: 0, terms: OrderTerms(), limit: 0, index: 0, type: entry.type,
          timeInForce: entry.timeInForce, isReduceOnly: false))
      orders[place].links[0].next = firstFree
      firstFree = UInt32(place)
    }
  }
}
