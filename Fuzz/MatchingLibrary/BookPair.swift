import CMatching

/// Two books that get the same calls. The second has other memory to begin with and keeps no feeds:
/// statuses, reports and hashes must be the same.
struct BookPair {
  let library: OpaquePointer
  let first: ntm_book
  let second: ntm_book
  /// Whether it gets nothing special, so that the second book stays with the plain orders' own code.
  let isPlain: Bool
  private var copy = FeedCopy()
  private var expiries = Expiries()
  private var tradeNumber: UInt32 = 0

  /// How many orders can rest; the views that are compared have room for as many.
  static let orderCapacity: UInt64 = 16

  /// nil when the library has no room.
  init?(_ library: OpaquePointer, seed: UInt64, memory: UInt8) {
    var config = ntm_book_config()
    config.struct_size = UInt32(MemoryLayout<ntm_book_config>.size)
    config.order_capacity = Self.orderCapacity
    config.seed = seed
    config.level_pages = 1
    config.level_change_capacity = UInt64(memory & 63) + 1
    config.order_change_capacity = 64
    var first: ntm_book = 0
    guard ntm_book_create(library, &config, &first) == 0 else { return nil }
    config.reserved_orders = UInt64(memory >> 4 + 1)
    config.level_pages = 4
    config.identifier_span = UInt64(memory)
    config.report_capacity = 1
    config.level_change_capacity = 0
    config.order_change_capacity = 0
    var second: ntm_book = 0
    guard ntm_book_create(library, &config, &second) == 0 else {
      _ = ntm_book_destroy(library, first)
      return nil
    }
    self.library = library
    self.first = first
    self.second = second
    isPlain = memory & 64 != 0
  }

  /// Makes a request of both; `text` describes it, for those who look into a failure.
  mutating func request(
    _ text: @autoclosure () -> String, _ call: (ntm_book) -> ntm_status
  ) {
    trace("book \(first & 0xFF): \(text())")
    let status = call(first)
    expect(status == call(second), "equal calls have equal statuses")
    let reports = reports(first)
    let others = self.reports(second)
    for report in reports { trace("  \(report)") }
    if reports.count != others.count { for report in others { trace("  other: \(report)") } }
    expect(
      reports.count == others.count && zip(reports, others).allSatisfy(Self.areSame),
      "equal calls have equal reports")
    expect(status == 0 || reports.isEmpty, "a call with an error has no reports")
    for report in reports { check(report) }
    copy.follow(library, first)
  }

  /// Enters an order into both.
  mutating func submit(_ order: ntm_order, at start: UnsafePointer<ntm_order>) {
    let library = library
    request("submit \(order)") { ntm_submit(library, $0, start) }
    expiries.entered(order, reports(first))
  }

  /// Sets the time of both.
  mutating func advance(to time: Int64) {
    let library = library
    request("advance \(time)") { ntm_advance(library, $0, time) }
    expiries.check(library, first, reports(first))
  }

  /// Asks both the same; the answer is the status and a value.
  func ask<Value: Equatable>(_ call: (ntm_book) -> (ntm_status, Value)) {
    expect(call(first) == call(second), "equal books give equal answers")
  }

  /// Holds each book against itself, the feeds, and the other.
  func check() {
    expect(ntm_check(library, first) == 0 && ntm_check(library, second) == 0, "books are whole")
    copy.compare(library, first)
    ask { book in
      var hash: UInt64 = 0
      return (ntm_state_hash(library, book, &hash), hash)
    }
    ask { book in
      var figures = ntm_statistics()
      figures.struct_size = UInt32(MemoryLayout<ntm_statistics>.size)
      let status = ntm_book_statistics(library, book, &figures)
      expect(figures.order_count <= Self.orderCapacity, "no more orders rest than can")
      expect(figures.stop_count <= figures.order_count, "stops that wait are orders")
      return (status, [figures.trade_count, figures.order_count, figures.stop_count])
    }
  }

  /// Ends both; their handles are dead.
  func close() {
    for book in [first, second] {
      expect(ntm_book_destroy(library, book) == 0, "an open book can be destroyed")
      expect(ntm_book_destroy(library, book) == ntm_status(NTM_ERROR_BOOK), "but only once")
      expect(ntm_cancel(library, book, 1) == ntm_status(NTM_ERROR_BOOK), "a closed book is told")
    }
  }

  private func reports(_ book: ntm_book) -> UnsafeBufferPointer<ntm_report> {
    var start: UnsafePointer<ntm_report>?
    var count: UInt64 = 0
    expect(ntm_reports(library, book, &start, &count) == 0, "reports can be read")
    return UnsafeBufferPointer(start: start, count: Int(count))
  }

  private mutating func check(_ report: ntm_report) {
    expect(report.kind <= 9 && report.side <= 1 && report.reason <= 26, "bytes are enum values")
    expect(report.leaves >= 0 && report.maker_leaves >= 0, "nothing is left below 0")
    switch UInt32(report.kind) {
    case NTM_REPORT_TRADE.rawValue:
      tradeNumber &+= 1
      expect(report.trade_number == tradeNumber, "trades are counted")
      expect(report.quantity > 0 && report.maker_order_id != 0, "a trade has two sides")
    case NTM_REPORT_CANCELED.rawValue, NTM_REPORT_EXPIRED.rawValue:
      expect(report.quantity > 0 && report.leaves == 0, "what is canceled is gone")
    case NTM_REPORT_REDUCED.rawValue:
      expect(report.quantity > 0 && report.leaves > 0, "what is reduced is not gone")
    case NTM_REPORT_REJECTED.rawValue, NTM_REPORT_CANCEL_REJECTED.rawValue,
      NTM_REPORT_REPLACE_REJECTED.rawValue:
      expect(report.reason != 0, "a refusal has a reason")
    default: expect(report.quantity > 0 && report.leaves > 0, "an order in the book is open")
    }
  }

  private static func areSame(_ left: ntm_report, _ right: ntm_report) -> Bool {
    withUnsafeBytes(of: left) { left in
      withUnsafeBytes(of: right) { left.elementsEqual($0) }
    }
  }
}
