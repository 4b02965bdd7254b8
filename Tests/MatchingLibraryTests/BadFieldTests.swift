import CMatching
import Testing

@testable import MatchingLibrary

/// Fields of structs that no book could take.
@Suite struct BadFieldTests {
  @Test func configsOutOfRangeAreRefused() throws {
    let fixture = try LibraryFixture()
    func create(_ configure: (inout ntm_book_config) -> Void) -> ntm_status {
      var config = LibraryFixture.config
      configure(&config)
      var book: ntm_book = 77
      let status = ntm_book_create(fixture.library, &config, &book)
      #expect((status == NTM_OK) == (book != 77))
      return status
    }
    var config = LibraryFixture.config
    var book: ntm_book = 0
    #expect(ntm_book_create(fixture.library, nil, &book) == NTM_ERROR_NULL)
    #expect(ntm_book_create(fixture.library, &config, nil) == NTM_ERROR_NULL)
    #expect(ntm_book_create(nil, &config, &book) == NTM_ERROR_NULL)

    #expect(create { $0.order_capacity = 0 } == NTM_ERROR_RANGE)
    #expect(create { $0.order_capacity = UInt64(NTM_ORDER_CAPACITY_MAX) + 1 } == NTM_ERROR_RANGE)
    #expect(create { $0.reserved_orders = $0.order_capacity + 1 } == NTM_ERROR_RANGE)
    #expect(create { $0.level_pages = UInt64(NTM_LEVEL_PAGES_MAX) + 1 } == NTM_ERROR_RANGE)
    #expect(create { $0.identifier_span = UInt64(NTM_IDENTIFIER_SPAN_MAX) + 1 } == NTM_ERROR_RANGE)
    #expect(
      create { $0.level_change_capacity = UInt64(NTM_CHANGE_CAPACITY_MAX) + 1 } == NTM_ERROR_RANGE)
    #expect(
      create { $0.order_change_capacity = UInt64(NTM_CHANGE_CAPACITY_MAX) + 1 } == NTM_ERROR_RANGE)
    #expect(create { $0.report_capacity = UInt64(NTM_REPORT_CAPACITY_MAX) + 1 } == NTM_ERROR_RANGE)
    let numbers: [WritableKeyPath<ntm_book_config, UInt64>] = [
      \.order_capacity, \.reserved_orders, \.level_pages, \.identifier_span,
      \.level_change_capacity, \.order_change_capacity, \.report_capacity,
    ]
    for number in numbers {
      #expect(create { $0[keyPath: number] = .max } == NTM_ERROR_RANGE)
      #expect(create { $0[keyPath: number] = 1 << 63 } == NTM_ERROR_RANGE)
    }
    #expect(create { $0.reserved = 1 } == NTM_ERROR_RESERVED)
    for size: UInt32 in [0, 71, 4097, .max] {
      #expect(create { $0.struct_size = size } == NTM_ERROR_STRUCT_SIZE)
    }
    #expect(create { $0.order_capacity = 1 } == NTM_OK)
    #expect(create { $0.seed = .max } == NTM_OK)
    #expect(create { $0.identifier_span = 1 } == NTM_OK)
    #expect(create { _ in } == NTM_ERROR_CAPACITY)
  }

  /// No address space has as much.
  @Test func impossibleMemoryIsNoticed() {
    #expect(!BookConfig.systemGives(1 << 48))
    #expect(BookConfig.systemGives(1 << 20))
  }

  @Test func ordersWithUnknownBytesAreErrors() throws {
    let fixture = try LibraryFixture()
    func submit(_ change: (inout ntm_order) -> Void) -> ntm_status {
      var order = LibraryFixture.order(NTM_SIDE_BUY, 1, 10, 1)
      change(&order)
      let status = fixture.submit(order)
      #expect(fixture.reports.isEmpty)
      return status
    }
    for byte: UInt8 in [2, 255] { #expect(submit { $0.side = byte } == NTM_ERROR_ENUM) }
    for byte: UInt8 in [0, 7, 255] { #expect(submit { $0.type = byte } == NTM_ERROR_ENUM) }
    for byte: UInt8 in [2, 5, 7, 255] {
      #expect(submit { $0.time_in_force = byte } == NTM_ERROR_ENUM)
    }
    for byte: UInt8 in [32, 64, 128, 255] {
      #expect(submit { $0.instructions = byte } == NTM_ERROR_ENUM)
    }
    for byte: UInt8 in [5, 255] {
      #expect(submit { $0.self_trade_prevention = byte } == NTM_ERROR_ENUM)
    }
    for byte: UInt8 in [4, 255] { #expect(submit { $0.peg = byte } == NTM_ERROR_ENUM) }
    #expect(submit { $0.reserved.0 = 1 } == NTM_ERROR_RESERVED)
    #expect(submit { $0.reserved.1 = 1 } == NTM_ERROR_RESERVED)
    for size: UInt32 in [0, 4, 95, 4097, .max] {
      #expect(submit { $0.struct_size = size } == NTM_ERROR_STRUCT_SIZE)
    }
    fixture.check()
  }

  /// A struct of a later version is taken if what it has more is 0.
  @Test func longerStructsAreTakenWhenTheRestIsZero() throws {
    let fixture = try LibraryFixture()
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 128, alignment: 8)
    defer { memory.deallocate() }
    memory.initializeMemory(as: UInt8.self, repeating: 0)
    var order = LibraryFixture.order(NTM_SIDE_BUY, 1, 10, 1)
    order.struct_size = 128
    memory.storeBytes(of: order, as: ntm_order.self)
    let start = memory.baseAddress!.assumingMemoryBound(to: ntm_order.self)
    memory[127] = 1
    #expect(ntm_submit(fixture.library, fixture.book, start) == NTM_ERROR_STRUCT_SIZE)
    memory[127] = 0
    #expect(ntm_submit(fixture.library, fixture.book, start) == NTM_OK)
    #expect(fixture.reports.count == 1)

    let figures = memory.baseAddress!.assumingMemoryBound(to: ntm_statistics.self)
    figures.pointee.struct_size = 119
    #expect(ntm_book_statistics(fixture.library, fixture.book, figures) == NTM_ERROR_STRUCT_SIZE)
    figures.pointee.struct_size = 128
    memory[127] = 9
    #expect(ntm_book_statistics(fixture.library, fixture.book, figures) == NTM_OK)
    #expect(figures.pointee.struct_size == 128 && memory[127] == 0)
  }

  @Test func argumentsOutOfRangeAreErrors() throws {
    let fixture = try LibraryFixture()
    let (library, book) = (fixture.library, fixture.book)
    fixture.submit(LibraryFixture.order(NTM_SIDE_BUY, 1, 10, 1))
    var count: UInt64 = 5
    for owner: Int64 in [-2, 1 << 32, .max, .min] {
      #expect(ntm_cancel_all(library, book, owner, 2, &count) == NTM_ERROR_RANGE)
    }
    for side: UInt8 in [3, 255] {
      #expect(ntm_cancel_all(library, book, -1, side, &count) == NTM_ERROR_ENUM)
    }
    for side: UInt8 in [2, 255] {
      var quantity: Int64 = 0
      #expect(ntm_depth(library, book, side, nil, 0, &count) == NTM_ERROR_ENUM)
      #expect(ntm_orders_at(library, book, side, 10, nil, 0, &count) == NTM_ERROR_ENUM)
      #expect(ntm_quantity_at(library, book, side, 10, &quantity) == NTM_ERROR_ENUM)
    }
    for phase: UInt8 in [4, 255] {
      #expect(ntm_set_phase(library, book, phase, 0) == NTM_ERROR_ENUM)
    }
    #expect(ntm_set_position(library, book, 0, 5) == NTM_ERROR_RANGE)
    #expect(ntm_forget_position(library, book, 0) == NTM_ERROR_RANGE)
    #expect(count == 5)
    var view = ntm_order_view()
    #expect(ntm_find_order(library, book, 1, &view) == NTM_OK)
    fixture.check()
  }
}
