import CMatching
import MatchingLibrary
import Testing

/// A library and its first book, through the C functions.
final class LibraryFixture {
  let library: OpaquePointer
  let book: ntm_book

  init(
    bookCapacity: UInt32 = 4, _ configure: (inout ntm_book_config) -> Void = { _ in }
  ) throws {
    var made: OpaquePointer?
    #expect(ntm_library_create(NTM_VERSION, bookCapacity, &made) == NTM_OK)
    library = try #require(made)
    var handle: ntm_book = 0
    var config = Self.config
    configure(&config)
    #expect(ntm_book_create(made, &config, &handle) == NTM_OK)
    book = handle
  }

  deinit { ntm_library_destroy(library) }

  /// What `NTM_BOOK_CONFIG_INIT` says, small.
  static var config: ntm_book_config {
    var config = ntm_book_config()
    config.struct_size = UInt32(MemoryLayout<ntm_book_config>.size)
    config.order_capacity = 64
    config.level_pages = 2
    config.level_change_capacity = 8
    config.order_change_capacity = 8
    config.report_capacity = 2
    return config
  }

  /// A limit order, good till cancel.
  static func order(
    _ side: ntm_side, _ id: UInt64, _ price: Int64, _ quantity: Int64
  ) -> ntm_order {
    var order = ntm_order()
    order.struct_size = UInt32(MemoryLayout<ntm_order>.size)
    order.side = UInt8(side.rawValue)
    order.type = UInt8(NTM_TYPE_LIMIT.rawValue)
    order.time_in_force = UInt8(NTM_TIME_GOOD_TILL_CANCEL.rawValue)
    order.order_id = id
    order.price = price
    order.quantity = quantity
    return order
  }

  @discardableResult
  func submit(_ order: ntm_order) -> ntm_status {
    withUnsafePointer(to: order) { ntm_submit(library, book, $0) }
  }

  /// The reports of the last request, as the library's pointer shows them and as it copies them.
  var reports: [ntm_report] {
    var start: UnsafePointer<ntm_report>?
    var count: UInt64 = 0
    #expect(ntm_reports(library, book, &start, &count) == NTM_OK)
    let seen = Array(UnsafeBufferPointer(start: start, count: Int(count)))
    var copied = [ntm_report](repeating: ntm_report(), count: Int(count) + 1)
    var copiedCount: UInt64 = 0
    #expect(
      ntm_copy_reports(library, book, 0, &copied, UInt64(copied.count), &copiedCount) == NTM_OK)
    #expect(copiedCount == count)
    #expect(bytes(seen) == bytes(Array(copied[..<Int(count)])))
    return seen
  }

  /// Every book that is still open is whole.
  func check() { #expect(ntm_check(library, book) == NTM_OK) }
}

/// The bytes of plain values, padding included.
func bytes<Value: BitwiseCopyable>(_ values: [Value]) -> [UInt8] {
  values.withUnsafeBytes { Array($0) }
}

func == (status: ntm_status, code: Int) -> Bool { status == ntm_status(code) }
