import CMatching
import MatchingLibrary
import Testing

/// Whatever a caller passes, a status comes back and the book is as it was.
@Suite struct BadInputTests {
  typealias Call = (OpaquePointer?, ntm_book) -> ntm_status

  /// Memory for whatever is read or written; wide enough for each.
  let memory = Memory()

  final class Memory {
    let bytes = UnsafeMutableRawPointer.allocate(byteCount: 4096, alignment: 64)
    init() { bytes.initializeMemory(as: UInt8.self, repeating: 0, count: 4096) }
    deinit { bytes.deallocate() }
  }

  /// Every function that takes a book, with targets and structs that are there, or `NULL`.
  private func calls(null: Bool) -> [(name: String, needsPointer: Bool, call: Call)] {
    let bytes = memory.bytes
    bytes.storeBytes(of: UInt32(MemoryLayout<ntm_statistics>.size), as: UInt32.self)
    func there<Value>(_ type: Value.Type) -> UnsafeMutablePointer<Value>? {
      null ? nil : bytes.assumingMemoryBound(to: type)
    }
    let order = (bytes + 1024).assumingMemoryBound(to: ntm_order.self)
    order.initialize(to: LibraryFixture.order(NTM_SIDE_BUY, 1, 10, 1))
    return [
      ("submit", true, { ntm_submit($0, $1, null ? nil : order) }),
      ("modify", false, { ntm_modify($0, $1, 1, 1, 1) }),
      ("modify_stop", false, { ntm_modify_stop($0, $1, 1, 1, 1, 1) }),
      ("cancel_replace", false, { ntm_cancel_replace($0, $1, 1, 1, 1) }),
      ("cancel", false, { ntm_cancel($0, $1, 1) }),
      ("cancel_all", false, { ntm_cancel_all($0, $1, -1, 2, there(UInt64.self)) }),
      ("advance", false, { ntm_advance($0, $1, 1) }),
      ("time", true, { ntm_time($0, $1, there(Int64.self)) }),
      ("end_day", false, { ntm_end_day($0, $1) }),
      ("set_position", false, { ntm_set_position($0, $1, 1, 1) }),
      ("forget_position", false, { ntm_forget_position($0, $1, 1) }),
      ("position", true, { ntm_position($0, $1, 1, there(Int64.self)) }),
      ("set_phase", false, { ntm_set_phase($0, $1, 0, 1) }),
      ("phase", true, { ntm_phase($0, $1, there(UInt8.self)) }),
      ("uncross", false, { ntm_uncross($0, $1, 1) }),
      ("indicate", true, { ntm_indicate($0, $1, 1, there(ntm_indication.self)) }),
      ("reports", true, { ntm_reports($0, $1, nil, there(UInt64.self)) }),
      ("copy_reports", true, { ntm_copy_reports($0, $1, 0, nil, 0, there(UInt64.self)) }),
      ("best_bid", true, { ntm_best_bid($0, $1, there(ntm_level.self)) }),
      ("best_ask", true, { ntm_best_ask($0, $1, there(ntm_level.self)) }),
      ("depth", true, { ntm_depth($0, $1, 0, nil, 0, there(UInt64.self)) }),
      ("quantity_at", true, { ntm_quantity_at($0, $1, 0, 1, there(Int64.self)) }),
      ("find_order", true, { ntm_find_order($0, $1, 1, there(ntm_order_view.self)) }),
      (
        "find_queue_position", true,
        { ntm_find_queue_position($0, $1, 1, there(ntm_queue_position.self)) }
      ),
      ("orders_at", true, { ntm_orders_at($0, $1, 0, 1, nil, 0, there(UInt64.self)) }),
      ("statistics", true, { ntm_book_statistics($0, $1, there(ntm_statistics.self)) }),
      ("state_hash", true, { ntm_state_hash($0, $1, there(UInt64.self)) }),
      (
        "level_changes", true,
        { ntm_level_changes($0, $1, 0, nil, 0, there(UInt64.self), nil) }
      ),
      ("level_change_count", true, { ntm_level_change_count($0, $1, there(UInt64.self)) }),
      ("clear_level_changes", false, { ntm_clear_level_changes($0, $1) }),
      (
        "order_changes", true,
        { ntm_order_changes($0, $1, 0, nil, 0, there(UInt64.self), nil) }
      ),
      ("order_change_count", true, { ntm_order_change_count($0, $1, there(UInt64.self)) }),
      ("clear_order_changes", false, { ntm_clear_order_changes($0, $1) }),
      ("check", false, { ntm_check($0, $1) }),
    ]
  }

  @Test func nullLibraryIsToldEverywhere() throws {
    for call in calls(null: false) {
      #expect(call.call(nil, 1 << 32 | 1) == NTM_ERROR_NULL, "\(call.name)")
    }
    #expect(ntm_book_destroy(nil, 1) == NTM_ERROR_NULL)
    ntm_library_destroy(nil)
  }

  @Test func nullPointersAreToldEverywhere() throws {
    let fixture = try LibraryFixture()
    for call in calls(null: true) {
      let status = call.call(fixture.library, fixture.book)
      #expect((status == NTM_ERROR_NULL) == call.needsPointer, "\(call.name)")
    }
    var count: UInt64 = 0
    var start: UnsafePointer<ntm_report>?
    #expect(ntm_reports(fixture.library, fixture.book, &start, nil) == NTM_ERROR_NULL)
    for capacity: UInt64 in [1, .max] {
      let (library, book) = (fixture.library, fixture.book)
      #expect(ntm_depth(library, book, 0, nil, capacity, &count) == NTM_ERROR_NULL)
      #expect(ntm_orders_at(library, book, 0, 1, nil, capacity, &count) == NTM_ERROR_NULL)
      #expect(ntm_copy_reports(library, book, 0, nil, capacity, &count) == NTM_ERROR_NULL)
      #expect(ntm_level_changes(library, book, 0, nil, capacity, &count, nil) == NTM_ERROR_NULL)
      #expect(ntm_order_changes(library, book, 0, nil, capacity, &count, nil) == NTM_ERROR_NULL)
    }
    fixture.check()
  }

  @Test func closedHandlesAreToldEverywhere() throws {
    let fixture = try LibraryFixture(bookCapacity: 1)
    let (library, closed) = (fixture.library, fixture.book)
    #expect(ntm_book_destroy(library, closed) == NTM_OK)
    #expect(ntm_book_destroy(library, closed) == NTM_ERROR_BOOK)
    // The next book takes the same place; the old handle does not become its name.
    var config = LibraryFixture.config
    var next: ntm_book = 0
    #expect(ntm_book_create(library, &config, &next) == NTM_OK)
    #expect(next != closed)
    let wrong: [ntm_book] = [
      0, closed, next + 1, next | 1 << 63, next - 1, next & 0xFFFF_FFFF, .max,
    ]
    for handle in wrong {
      for call in calls(null: false) {
        #expect(call.call(library, handle) == NTM_ERROR_BOOK, "\(call.name) \(handle)")
      }
      #expect(ntm_book_destroy(library, handle) == NTM_ERROR_BOOK)
    }
    #expect(ntm_check(library, next) == NTM_OK)
  }

  @Test func librariesAreMadeOfGoodNumbersOnly() {
    var made: OpaquePointer?
    #expect(ntm_library_create(NTM_VERSION, 1, nil) == NTM_ERROR_NULL)
    for version: UInt32 in [0, NTM_VERSION + 0x10000, NTM_VERSION + 0x100, .max] {
      #expect(ntm_library_create(version, 1, &made) == NTM_ERROR_VERSION)
    }
    for capacity: UInt32 in [0, NTM_BOOK_CAPACITY_MAX + 1, .max] {
      #expect(ntm_library_create(NTM_VERSION, capacity, &made) == NTM_ERROR_RANGE)
    }
    #expect(made == nil)
    #expect(ntm_library_create(NTM_VERSION + 1, NTM_BOOK_CAPACITY_MAX, &made) == NTM_OK)
    ntm_library_destroy(made)
  }
}
