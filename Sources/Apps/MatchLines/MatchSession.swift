import MatchingEngine
import TradingModel

/// One book, and the lines that come of requests to it.
public struct MatchSession: ~Copyable {
  /// What was printed; whoever reads it empties `output.bytes`.
  public var output: MatchLineWriter
  /// The book as it is.
  public private(set) var book: MatchingBook
  private let defaults: MatchSetup
  private let depth: Int
  private let printsReports: Bool
  private var isFirst = true
  private var reports = ReportBuffer(capacity: 64)

  /// How many orders a book can hold where nothing else is said.
  public static let usualCapacity = 1_000_000

  /// - Parameters:
  ///   - defaults: what holds where the first line says nothing else.
  ///   - depth: how many levels a side a book is printed with where the query does not say.
  public init(defaults: MatchSetup = MatchSetup(), depth: Int = 10, printsReports: Bool = true) {
    self.defaults = defaults
    self.depth = depth
    self.printsReports = printsReports
    book = Self.book(defaults)
    output = MatchLineWriter(scales: MatchScales(defaults))
  }

  /// Reads `line`, without its end, and applies what it asks for.
  ///
  /// - Returns: what the line was.
  /// - Throws: what is wrong with it; then nothing was done.
  @discardableResult
  public mutating func take(_ line: [UInt8]) throws(MatchLineError) -> MatchLine {
    let read = try MatchLineReader.line(line, output.scales)
    if case .request(let request) = read { try apply(request) }
    return read
  }

  /// Applies one request, and prints what comes of it.
  public mutating func apply(_ request: MatchRequest) throws(MatchLineError) {
    if case .instrument(let setup) = request {
      guard isFirst else {
        throw MatchLineError(
          .misplaced, column: 1, field: "op", expected: "instrument before everything else")
      }
      book = Self.book(setup.over(defaults))
      output.scales = MatchScales(setup.over(defaults))
    }
    isFirst = false
    reports.removeAll()
    change(request)
    if printsReports {
      for place in 0..<reports.count { output.write(reports[place]) }
    }
    answer(request)
  }

  /// Prints the book, best level first.
  public mutating func printBook() { answer(.book(depth: nil)) }

  private static func book(_ setup: MatchSetup) -> MatchingBook {
    let capacity = setup.capacity ?? usualCapacity
    // Memory comes when it is needed: a scenario has a few orders, and starts at once.
    return MatchingBook(
      orderCapacity: capacity, levelPages: 16, reservedOrders: min(capacity, 1024),
      seed: setup.seed ?? 0)
  }

  private mutating func change(_ request: MatchRequest) {
    switch request {
    case .new(let entry, let terms):
      // Two entrances of the book; both are to be tried.
      if terms.arePlain {
        book.submit(entry, into: &reports)
      } else {
        book.submit(entry, terms, into: &reports)
      }
    case .modify(let orderID, let price, let quantity, let stopPrice):
      modify(orderID, price ?? anyPrice(orderID), quantity, stopPrice)
    case .cancelReplace(let orderID, let price, let leaves):
      book.cancelReplace(
        orderID, price: price ?? anyPrice(orderID), leaves: leaves, into: &reports)
    case .cancel(let orderID): book.cancel(orderID, into: &reports)
    case .cancelAll(let owner, let side): book.cancelAll(owner: owner, side: side, into: &reports)
    case .advance(let time): book.advance(to: time, into: &reports)
    case .endDay: book.endDay(into: &reports)
    case .position(let position, let owner):
      book.setPosition(position, of: owner, into: &reports)
    case .phase(let phase, let price):
      book.setPhase(phase, referencePrice: price, into: &reports)
    case .uncross(let price): book.uncross(referencePrice: price, into: &reports)
    default: break
    }
  }

  private mutating func modify(
    _ orderID: OrderID, _ price: Int64, _ quantity: Int64, _ stopPrice: Int64?
  ) {
    if let stopPrice {
      book.modify(
        orderID, price: price, quantity: quantity, stopPrice: stopPrice, into: &reports)
    } else {
      book.modify(orderID, price: price, quantity: quantity, into: &reports)
    }
  }

  private func anyPrice(_ orderID: OrderID) -> Int64 { book.order(orderID)?.side.anyPrice ?? 0 }

  // MARK: Queries

  private mutating func answer(_ request: MatchRequest) {
    switch request {
    case .book(let depth):
      let depth = depth ?? self.depth
      output.writeLevels(bids: levels(.buy, depth), asks: levels(.sell, depth))
    case .orders(let side, let price): printOrders(side, price)
    case .order(let orderID): printOrder(orderID)
    case .indication(let price): output.write(book.indication(referencePrice: price))
    case .showPosition(let owner): output.write(position: book.position(of: owner), of: owner)
    case .statistics(let memory):
      output.write(book.statistics, phase: book.phase, time: book.time, memory: memory)
    case .check:
      book.checkInvariants()
      output.begin("kind", "check")
      output.boolean("ok", true)
      output.end()
    case .hash: output.writeHash(book.stateHash())
    default: break
    }
  }

  private func levels(_ side: Side, _ depth: Int) -> [LevelView] {
    let empty = LevelView(price: 0, quantity: 0, orderCount: 0)
    var levels = [LevelView](repeating: empty, count: min(depth, book.orderCount))
    let count = levels.withUnsafeMutableBufferPointer { book.depth(side, into: $0) }
    return Array(levels[..<count])
  }

  private func orders(_ side: Side, at price: Int64, atMost countMax: Int) -> [OrderView] {
    let empty = OrderView(
      orderID: 0, price: 0, leaves: 0, filled: 0, displayed: 0, owner: 0, side: side)
    var orders = [OrderView](repeating: empty, count: countMax)
    let count = orders.withUnsafeMutableBufferPointer { book.orders(at: price, side, into: $0) }
    return Array(orders[..<count])
  }

  private mutating func printOrders(_ side: Side?, _ price: Int64?) {
    var all: [OrderView] = []
    for each in Side.allCases where side == nil || side == each {
      if let price {
        all += orders(each, at: price, atMost: book.orderCount)
        continue
      }
      for level in levels(each, book.orderCount) {
        all += orders(each, at: level.price, atMost: Int(level.orderCount))
      }
    }
    output.begin("kind", "orders")
    output.number("count", all.count)
    output.end()
    for order in all { output.write(order) }
  }

  private mutating func printOrder(_ orderID: OrderID) {
    if let order = book.order(orderID) {
      let isDisplayed = order.displayed > 0
      output.write(order, isDisplayed ? book.queuePosition(of: orderID) : nil)
    } else {
      output.begin("kind", "no_order")
      output.number("order_id", orderID)
      output.end()
    }
  }
}
