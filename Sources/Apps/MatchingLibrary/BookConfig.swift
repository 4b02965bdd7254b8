import CMatching
import Glibc
import MatchingEngine

/// A book's configuration, checked.
struct BookConfig {
  private let orderCapacity: Int
  private let reservedOrders: Int
  private let levelPages: Int
  private let identifierSpan: Int
  private let levelChangeCapacity: Int
  private let orderChangeCapacity: Int
  private let reportCapacity: Int
  private let seed: UInt64

  init(_ config: UnsafePointer<ntm_book_config>) throws(Failure) {
    let config = try CallerStruct.read(config)
    if config.reserved != 0 { throw .reserved }
    orderCapacity = try Self.number(config.order_capacity, 1, NTM_ORDER_CAPACITY_MAX)
    let reserved = try Self.number(config.reserved_orders, 0, UInt32(orderCapacity))
    reservedOrders = reserved == 0 ? orderCapacity : reserved
    let pages = try Self.number(config.level_pages, 0, NTM_LEVEL_PAGES_MAX)
    levelPages = pages == 0 ? 16 : pages
    let span = try Self.number(config.identifier_span, 0, NTM_IDENTIFIER_SPAN_MAX)
    identifierSpan = span == 0 ? reservedOrders * 4 : span
    levelChangeCapacity = try Self.number(config.level_change_capacity, 0, NTM_CHANGE_CAPACITY_MAX)
    orderChangeCapacity = try Self.number(config.order_change_capacity, 0, NTM_CHANGE_CAPACITY_MAX)
    let reports = try Self.number(config.report_capacity, 0, NTM_REPORT_CAPACITY_MAX)
    reportCapacity = reports == 0 ? 256 : reports
    seed = config.seed
  }

  /// Whether the system would give what the book takes at once. It may still run short when the
  /// memory is touched; but what is far too much is found here, where it can be told.
  var fitsInMemory: Bool {
    let byteCount =
      reservedOrders * 130 + levelPages * 6_000 + identifierSpan * 8 + levelChangeCapacity * 24
      + orderChangeCapacity * 32 + reportCapacity * 64
    return Self.systemGives(byteCount)
  }

  /// Whether so much memory could be had now.
  static func systemGives(_ byteCount: Int) -> Bool {
    // No `malloc`: the compiler may leave out a pair of it and `free`, and take it for granted.
    let memory = mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let memory, memory != MAP_FAILED else { return false }
    munmap(memory, byteCount)
    return true
  }

  /// Takes the memory, and makes the book there.
  func makeBook() -> UnsafeMutablePointer<OpenBook> {
    // Books of different threads share no cache line, nor a pair that is fetched together.
    let bytes = UnsafeMutableRawPointer.allocate(
      byteCount: MemoryLayout<OpenBook>.stride, alignment: 128)
    let place = bytes.bindMemory(to: OpenBook.self, capacity: 1)
    place.initialize(
      to: OpenBook(
        book: MatchingBook(
          orderCapacity: orderCapacity, levelPages: levelPages,
          changeCapacity: levelChangeCapacity, orderChangeCapacity: orderChangeCapacity,
          reservedOrders: reservedOrders, identifierSpan: identifierSpan, seed: seed),
        reports: ReportList(capacity: reportCapacity)))
    return place
  }

  private static func number(
    _ value: UInt64, _ least: UInt64, _ most: UInt32
  ) throws(Failure) -> Int {
    if value < least || value > UInt64(most) { throw .range }
    return Int(value)
  }
}
