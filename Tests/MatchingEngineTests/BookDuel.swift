import LowLatency
import MatchingEngine
import TradingModel

/// The book and the naive one, side by side, with copies of the queues kept from the book's feeds.
struct BookDuel: ~Copyable {
  var book: MatchingBook
  var naive: NaiveBook
  private let shape: BookShape
  private var buffer = ReportBuffer(capacity: 4)
  private var levels = LevelCopy()
  private var orders = OrderCopy()
  /// Since the feeds were read.
  private var reportCount = 0

  init(_ shape: BookShape) {
    book = MatchingBook(shape)
    self.shape = shape
    naive = NaiveBook(shape)
  }

  /// Asks both; gives what their reports differ in.
  mutating func apply(_ request: BookRequest) -> String? {
    buffer.removeAll()
    naive.reports.removeAll(keepingCapacity: true)
    let count = book.apply(request, into: &buffer)
    let expected = naive.apply(request)
    reportCount += naive.reports.count
    if agree() { return count == expected ? nil : "\(expected) canceled, not \(count)" }
    var lines = ["the book says"]
    for place in 0..<buffer.count { lines.append("  " + buffer[place].line) }
    lines.append("the rules say")
    lines += naive.reports.map { "  " + $0.line }
    return lines.joined(separator: "\n")
  }

  private func agree() -> Bool {
    if buffer.count != naive.reports.count { return false }
    var place = 0
    while place < buffer.count {
      if buffer[place] != naive.reports[place] { return false }
      place += 1
    }
    return true
  }

  /// Brings the copies up to date. Gives what in the feeds makes no sense.
  mutating func readFeeds() -> String? {
    // A report tells of three changes at most: a part that is gone, the next one, the incoming order.
    let isFew = reportCount < 20
    reportCount = 0
    if book.hasMissedChanges && (isFew || shape.levelChanges == 0) { return "missed levels" }
    if book.hasMissedOrderChanges && (isFew || shape.orderChanges == 0) { return "missed orders" }
    levels.read(&book)
    return orders.read(&book)
  }

  /// Gives what the views differ in. Stops the process when the book is not whole.
  mutating func compareViews() -> String? {
    book.checkInvariants()
    if let difference = readFeeds() { return difference }
    for side in [Side.buy, .sell] {
      if let difference = compareQueues(side) { return difference }
    }
    return compareOrders() ?? compareFigures()
  }

  private func compareQueues(_ side: Side) -> String? {
    let expected = naive.levels(side)
    if book.depthArray(side) != expected { return "depth \(side): \(expected) expected" }
    if book.depthArray(side, countMax: 2) != Array(expected.prefix(2)) { return "depth of 2" }
    if shape.levelChanges > 0 && levels.levels(side) != expected {
      return "level changes \(side): \(expected) expected"
    }
    if (side == .buy ? book.bestBid : book.bestAsk) != expected.first { return "best \(side)" }
    if shape.orderChanges > 0 && orders.queues(side) != naive.copies(side) {
      return "order changes \(side): \(naive.copies(side)) expected, not \(orders.queues(side))"
    }
    for level in expected {
      if book.quantity(at: level.price, side) != level.quantity { return "quantity at a price" }
      let views = naive.displayed(side).filter { $0.price == level.price }.map(naive.view)
      if book.ordersArray(at: level.price, side, countMax: 1) != Array(views.prefix(1)) {
        return "one order at \(level.price)"
      }
      if book.ordersArray(at: level.price, side) != views { return "orders at \(level.price)" }
    }
    return nil
  }

  private func compareOrders() -> String? {
    for order in naive.everyOrder {
      let view = naive.view(of: order)
      if book.order(order.id) != view { return "order \(order.id): \(view) expected" }
      if book.queuePosition(of: order.id) != naive.queuePosition(of: order.id) {
        return "queue position of order \(order.id)"
      }
    }
    return book.order(0) == nil && book.order(.max) == nil ? nil : "an order that was never given"
  }

  private func compareFigures() -> String? {
    if book.orderCount != naive.orderCount { return "order count" }
    if book.tradeCount != naive.figures.tradeCount { return "trade count" }
    var statistics = book.statistics
    (statistics.orderGrowthCount, statistics.pageGrowthCount) = (0, 0)
    (statistics.specialGrowthCount, statistics.byteCount) = (0, 0)
    if statistics != naive.statistics { return "statistics: \(naive.statistics) expected" }
    if book.phase != naive.phase { return "phase: \(naive.phase) expected" }
    if book.time != naive.time { return "time: \(naive.time) expected" }
    for owner in OwnerID(0)..<31 where book.position(of: owner) != naive.position(of: owner) {
      return "position of \(owner)"
    }
    for price in [0, 100, naive.figures.lastPrice, .min, .max] {
      let indication = naive.indication(referencePrice: price)
      if book.indication(referencePrice: price) != indication {
        return "indication at \(price): \(indication.map { "\($0)" } ?? "none") expected"
      }
    }
    return nil
  }
}

extension MatchReport {
  /// A line for people.
  var line: String {
    var line = "\(kind) \(orderID) \(side) \(quantity)@\(price) leaves \(leaves) owner \(owner)"
    if kind == .trade {
      line += " maker \(makerOrderID) leaves \(makerLeaves) owner \(makerOwner) #\(tradeNumber)"
    }
    return reason == .none ? line : line + " \(reason)"
  }
}

extension MatchingBook {
  func depthArray(_ side: Side, countMax: Int = 200) -> [LevelView] {
    let filler = LevelView(price: 0, quantity: 0, orderCount: 0)
    var levels = [LevelView](repeating: filler, count: countMax)
    let count = levels.withUnsafeMutableBufferPointer { depth(side, into: $0) }
    return Array(levels.prefix(count))
  }

  func ordersArray(at price: Int64, _ side: Side, countMax: Int = 200) -> [OrderView] {
    let filler = OrderView(
      orderID: 0, price: 0, leaves: 0, filled: 0, displayed: 0, owner: 0, side: .sell)
    var views = [OrderView](repeating: filler, count: countMax)
    let count = views.withUnsafeMutableBufferPointer { orders(at: price, side, into: $0) }
    return Array(views.prefix(count))
  }
}
