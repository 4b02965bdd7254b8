import LowLatency
import TradingModel

/// What a special order has beside its cell and details: an iceberg, hidden, pegged, expiring,
/// reduce-only or stop order, or a market order that rests in an auction.
struct SpecialOrder: BitwiseCopyable {
  /// Where the order is.
  enum Place: UInt8, BitwiseCopyable {
    /// In no queue: it comes in, or moves.
    case moving
    case inBook
    /// A stop that waits for its trigger.
    case waiting
    /// Triggered, in line to act.
    case inLine
  }

  /// Counts special orders as they are entered.
  var entryNumber: UInt64
  /// Open, and not shown; the cell has what is shown (of a hidden order all).
  var reserve: Int64 = 0
  var terms: OrderTerms
  /// The limit or protection of a stop, the limit of a pegged order; of others the price.
  var limit: Int64
  /// Of the last hidden order at its price: the first of them.
  var firstHidden = BookCell.nobody
  /// Its cell.
  let index: UInt32
  /// In the heap of expiries, while it has a time.
  var heapPlace: UInt32 = .max
  /// In the list of pegged or of trailing orders, in that of reduce-only ones, in that of day orders.
  var links = InlineArray<3, ListLinks>(repeating: ListLinks(previous: .max, next: .max))
  /// Market or limit once it was triggered.
  var type: OrderType
  var timeInForce: TimeInForce
  var place: Place = .moving
  let isReduceOnly: Bool
}

/// Special orders in order of entry; each has links for several lists.
struct EntryList: BitwiseCopyable {
  typealias Orders = UnsafeMutablePointer<SpecialOrder>

  private(set) var first: UInt32 = .max
  private(set) var last: UInt32 = .max
  private(set) var count = 0
  /// Which of the orders' links are this list's.
  private let link: Int

  init(link: Int) { self.link = link }

  /// The order entered next after the one at `place`; `.max` when there is none.
  func next(after place: UInt32, _ orders: Orders) -> UInt32 {
    orders[Int(place)].links[link].next
  }

  /// Puts the last order by entry at the end.
  mutating func append(_ place: UInt32, _ orders: Orders) {
    orders[Int(place)].links[link] = ListLinks(previous: last, next: .max)
    if last == .max { first = place } else { orders[Int(last)].links[link].next = place }
    last = place
    count += 1
  }

  mutating func remove(_ place: UInt32, _ orders: Orders) {
    let own = orders[Int(place)].links[link]
    if own.previous == .max {
      first = own.next
    } else {
      orders[Int(own.previous)].links[link].next = own.next
    }
    if own.next == .max {
      last = own.previous
    } else {
      orders[Int(own.next)].links[link].previous = own.previous
    }
    count -= 1
  }
}
