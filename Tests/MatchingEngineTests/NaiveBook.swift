import LowLatency
import MatchingEngine
import TradingModel

/// The reference: `docs/matching-rules.md` once more, with plain arrays searched from the front.
/// Slow and obvious, and written from the rules, not from the book.
struct NaiveBook {
  /// An order in the book, a stop that waits or is in line, or an incoming order.
  struct Order: Equatable, BitwiseCopyable {
    var entry: OrderEntry
    var terms: OrderTerms
    /// The price it has; of a pegged order the one it follows to.
    var price: Int64
    var leaves: Int64
    var filled: Int64 = 0
    /// What the views show of `leaves`; 0 unless the order rests.
    var displayed: Int64 = 0
    /// Of a stop that waits.
    var stopPrice: Int64 = 0
    /// Its number among all arrivals in queues: lower is older.
    var arrival = 0
    /// Its number among all entries.
    var entered: Int

    var id: OrderID { entry.orderID }
    var owner: OwnerID { entry.owner }
    var side: Side { entry.side }
    var isHidden: Bool { entry.instructions.contains(.hidden) }
    var isReduceOnly: Bool { entry.instructions.contains(.reduceOnly) }
    var isPegged: Bool { entry.type == .pegged }
    var isStop: Bool { NaiveBook.isStop(entry) }
    /// Takes any price (up to its protection), at once or when triggered.
    var isMarket: Bool { isStop && entry.type != .stopLimit || entry.type == .market }

    /// What may trade before others have their turn.
    var part: Int64 { isHidden ? leaves : displayed }
  }

  let orderCapacity: Int
  var quantityMax: Int64 { .max / Int64(orderCapacity) }
  /// The orders in the book, of both sides, in order of priority.
  var queues: [[Order]] = [[], []]
  /// The stops that wait.
  var stops: [Order] = []
  /// The triggered stops, in the order in which they act.
  var line: [Order] = []
  var phase = TradingPhase.continuous
  var time: Timestamp = 0
  var positions: [OwnerID: Int64] = [:]
  var figures = BookStatistics()
  var random: SeededRandom
  var lastArrival = 0
  var lastEntered = 0
  /// Of the orders that match: what was traded in the present sweep, first and last.
  var sweep: [Int64] = []
  /// What was reported and not taken yet.
  var reports: [MatchReport] = []

  init(orderCapacity: Int, seed: UInt64 = 0) {
    self.orderCapacity = orderCapacity
    random = SeededRandom(seed: seed)
  }

  static func isStop(_ entry: OrderEntry) -> Bool {
    entry.type == .stop || entry.type == .stopLimit || entry.type == .trailingStop
  }

  var orderCount: Int { queues[0].count + queues[1].count + stops.count }

  /// The orders in the book on `side`, first in priority first.
  func orders(_ side: Side) -> [Order] { queues[Int(side.rawValue)] }

  // MARK: Finding

  /// Where an order rests.
  struct Place {
    var side: Side
    var index: Int
  }

  func find(_ id: OrderID) -> Place? {
    for side in [Side.buy, .sell] {
      var index = 0
      while index < queues[Int(side.rawValue)].count {
        if queues[Int(side.rawValue)][index].id == id { return Place(side: side, index: index) }
        index += 1
      }
    }
    return nil
  }

  func findStop(_ id: OrderID) -> Int? { stops.firstIndex { $0.id == id } }

  subscript(place: Place) -> Order {
    get { queues[Int(place.side.rawValue)][place.index] }
    set { queues[Int(place.side.rawValue)][place.index] = newValue }
  }

  func first(_ side: Side) -> Order? { queues[Int(side.rawValue)].first }

  mutating func remove(_ place: Place) { queues[Int(place.side.rawValue)].remove(at: place.index) }

  // MARK: Coming to rest

  /// Whether a price is better than another for an order of `side` to be traded with.
  static func isBetter(_ price: Int64, than other: Int64, _ side: Side) -> Bool {
    side == .buy ? price > other : price < other
  }

  /// Whether an order of `side` at `price` trades with one at `other`.
  static func accepts(_ price: Int64, _ other: Int64, _ side: Side) -> Bool {
    side == .buy ? other <= price : other >= price
  }

  static func stands(_ order: Order, before other: Order) -> Bool {
    if order.price != other.price { return isBetter(order.price, than: other.price, order.side) }
    if order.isHidden != other.isHidden { return !order.isHidden }
    return order.arrival < other.arrival
  }

  /// Puts an order behind the others of its price, showing its first (or next) part.
  mutating func rest(_ incoming: Order) {
    var order = incoming
    order.displayed = shown(of: order)
    order.arrival = nextArrival()
    let index = orders(order.side).firstIndex { Self.stands(order, before: $0) }
    queues[Int(order.side.rawValue)].insert(order, at: index ?? orders(order.side).count)
  }

  mutating func nextArrival() -> Int {
    lastArrival += 1
    return lastArrival
  }

  /// What an order shows now; draws for icebergs with a range.
  private mutating func shown(of order: Order) -> Int64 {
    if order.isHidden { return 0 }
    let display = order.terms.displayQuantity
    if display == 0 { return order.leaves }
    let range = order.terms.displayRange
    if range == 0 { return min(display, order.leaves) }
    let drawn = random.next(below: 2 * UInt64(range) + 1)
    return Int64(min(Int128(display) - Int128(range) + Int128(drawn), Int128(order.leaves)))
  }

  // MARK: Reports

  /// The incoming request itself was refused, or an order changed.
  mutating func report(
    _ kind: ReportKind, _ reason: MatchReason, _ order: Order, price: Int64? = nil,
    quantity: Int64, leaves: Int64
  ) {
    reports.append(
      MatchReport(
        kind, reason: reason, orderID: order.id, owner: order.owner, side: order.side,
        price: price ?? order.price, quantity: quantity, leaves: leaves))
  }

  /// `quantity` of the order left the market; `order` is as it is after that.
  mutating func reportLoss(_ quantity: Int64, _ reason: MatchReason, _ order: Order) {
    report(
      order.leaves == 0 ? .canceled : .reduced, reason, order, quantity: quantity,
      leaves: order.leaves)
  }

  static func saturated(_ sum: Int128) -> Int64 {
    Int64(max(Int128(Int64.min), min(sum, Int128(Int64.max))))
  }
}
