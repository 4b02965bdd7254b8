import MarketData
import TradingModel

/// Turns order-by-order records into the price-level changes of each event, through a book of
/// single orders.
struct OrderByOrderFlow: ~Copyable {
  /// The book of single orders as of the last record.
  var book: OrderByOrderBook
  /// Snapshot records came and the book was not yet published whole.
  private(set) var isLoading = false
  /// The book's content is known from its beginning (a snapshot or a clear came).
  private(set) var isComplete = false
  /// Receive time, venue time and sequence of the last record taken.
  private(set) var last = OrderRecord()
  private var touched: [Touched] = []
  private var touchesWhole = false

  private struct Touched {
    var side: Side
    var price: Int64
    /// The total before the event.
    var before: Int64
  }

  init(tick: Int64) {
    book = OrderByOrderBook(tick: tick)
    touched.reserveCapacity(256)
  }

  /// Whether the snapshot that is loading ends before `record`.
  func endsSnapshot(_ record: OrderRecord) -> Bool { isLoading && !record.isSnapshot }

  /// Takes a record in.
  ///
  /// - Returns: false when the book refused it.
  mutating func take(_ record: OrderRecord) -> Bool {
    last = record
    if record.isSnapshot {
      isLoading = true
      isComplete = true
    }
    switch record.action {
    case .clear:
      touchesWhole = true
      isComplete = true
    case .add, .modify, .cancel:
      if !isLoading { touch(record) }
    case .trade, .fill, .none: return true
    }
    return book.apply(record)
  }

  private mutating func touch(_ record: OrderRecord) {
    if let order = book.order(record.orderID) { note(order.side, order.price) }
    if record.action != .cancel, let side = record.side { note(side, record.price) }
  }

  private mutating func note(_ side: Side, _ price: Int64) {
    // An event touches a few levels; the newest are the likeliest.
    var index = touched.count
    while index > 0 {
      index -= 1
      if touched[index].price == price, touched[index].side == side { return }
    }
    touched.append(
      Touched(side: side, price: price, before: book.level(at: price, side)?.quantity ?? 0))
  }

  /// Writes what changed since the last call: the whole book after a snapshot or a clear.
  ///
  /// - Returns: whether the levels are the whole book.
  mutating func takeChanges(into levels: inout LevelRun) -> Bool {
    let isWhole = isLoading || touchesWhole
    if isWhole {
      for side in Side.allCases { copyAll(side, &levels) }
    } else {
      for level in touched {
        let total = book.level(at: level.price, level.side)?.quantity ?? 0
        if total != level.before {
          levels.append(LevelChange(side: level.side, price: level.price, quantity: total))
        }
      }
    }
    touched.removeAll(keepingCapacity: true)
    touchesWhole = false
    isLoading = false
    return isWhole
  }

  private func copyAll(_ side: Side, _ levels: inout LevelRun) {
    var price = book.bestPrice(side)
    while let current = price {
      let quantity = book.level(at: current, side)?.quantity ?? 0
      levels.append(LevelChange(side: side, price: current, quantity: quantity))
      price = book.nextPrice(after: current, side)
    }
  }
}
