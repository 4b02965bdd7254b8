import CMatching
import MatchingLibrary
import Testing

/// A life of a book through the C functions.
@Suite struct ScenarioTests {
  @Test func ordersMeetAndViewsShowIt() throws {
    let fixture = try LibraryFixture()
    let (library, book) = (fixture.library, fixture.book)
    fixture.submit(LibraryFixture.order(NTM_SIDE_SELL, 1, 101, 10))
    fixture.submit(LibraryFixture.order(NTM_SIDE_SELL, 2, 101, 5))
    fixture.submit(LibraryFixture.order(NTM_SIDE_SELL, 3, 103, 7))
    #expect(fixture.reports.map(\.kind) == [UInt8(NTM_REPORT_ACCEPTED.rawValue)])
    #expect(ntm_modify(library, book, 3, 102, 6) == NTM_OK)

    fixture.submit(LibraryFixture.order(NTM_SIDE_BUY, 4, 101, 12))
    let trades = fixture.reports.filter { $0.kind == UInt8(NTM_REPORT_TRADE.rawValue) }
    #expect(trades.map(\.maker_order_id) == [1, 2] && trades.map(\.quantity) == [10, 2])
    #expect(trades.map(\.trade_number) == [1, 2] && trades.map(\.maker_leaves) == [0, 3])

    var level = ntm_level()
    #expect(ntm_best_ask(library, book, &level) == NTM_OK)
    #expect(level.price == 101 && level.quantity == 3 && level.order_count == 1)
    let before = level
    #expect(ntm_best_bid(library, book, &level) == NTM_NONE)
    #expect(bytes([level]) == bytes([before]))

    var levels = [ntm_level](repeating: ntm_level(), count: 3)
    var count: UInt64 = 0
    #expect(ntm_depth(library, book, 1, &levels, 3, &count) == NTM_OK)
    #expect(count == 2 && levels.map(\.price) == [101, 102, 0])
    #expect(levels.allSatisfy { $0.reserved == 0 })
    var quantity: Int64 = 0
    #expect(ntm_quantity_at(library, book, 1, 102, &quantity) == NTM_OK && quantity == 6)
    #expect(ntm_quantity_at(library, book, 0, 102, &quantity) == NTM_OK && quantity == 0)
    fixture.check()
  }

  @Test func singleOrdersAreShown() throws {
    let fixture = try LibraryFixture()
    let (library, book) = (fixture.library, fixture.book)
    var first = LibraryFixture.order(NTM_SIDE_BUY, 8, -5, 10)
    first.owner = 3
    fixture.submit(first)
    fixture.submit(LibraryFixture.order(NTM_SIDE_BUY, 9, -5, 4))
    fixture.submit(LibraryFixture.order(NTM_SIDE_SELL, 10, -5, 1))

    var order = ntm_order_view()
    #expect(ntm_find_order(library, book, 8, &order) == NTM_OK)
    #expect(order.leaves == 9 && order.filled == 1 && order.displayed == 9 && order.owner == 3)
    #expect(order.is_waiting_stop == 0 && order.price == -5 && order.side == 0)
    #expect(ntm_find_order(library, book, 7, &order) == NTM_NONE)

    var position = ntm_queue_position()
    #expect(ntm_find_queue_position(library, book, 9, &position) == NTM_OK)
    #expect(position.orders_ahead == 1 && position.quantity_ahead == 9)
    #expect(ntm_find_queue_position(library, book, 7, &position) == NTM_NONE)

    var orders = [ntm_order_view](repeating: ntm_order_view(), count: 3)
    var count: UInt64 = 0
    #expect(ntm_orders_at(library, book, 0, -5, &orders, 3, &count) == NTM_OK)
    #expect(
      count == 2 && orders.map(\.order_id) == [8, 9, 0] && orders.map(\.leaves) == [9, 4, 0])
    #expect(ntm_orders_at(library, book, 0, -5, &orders, 1, &count) == NTM_OK && count == 1)
    #expect(ntm_cancel_replace(library, book, 8, -5, 9) == NTM_OK)
    #expect(ntm_orders_at(library, book, 0, -5, &orders, 3, &count) == NTM_OK)
    #expect(orders.map(\.order_id) == [9, 8, 0])
  }

  /// Reports are of the last request alone, more than there was room for, and in part.
  @Test func reportsGrowAndAreCopiedInPart() throws {
    let fixture = try LibraryFixture()
    let (library, book) = (fixture.library, fixture.book)
    for id: UInt64 in 1...9 {
      fixture.submit(LibraryFixture.order(NTM_SIDE_SELL, id, Int64(id), 1))
    }
    fixture.submit(LibraryFixture.order(NTM_SIDE_BUY, 10, 9, 9))
    #expect(fixture.reports.count == 10)
    var some = [ntm_report](repeating: ntm_report(), count: 3)
    var count: UInt64 = 0
    #expect(ntm_copy_reports(library, book, 8, &some, 3, &count) == NTM_OK)
    #expect(count == 2 && some.map(\.maker_order_id) == [8, 9, 0])
    for beyond: UInt64 in [10, 11, 1 << 63, .max] {
      #expect(ntm_copy_reports(library, book, beyond, &some, 3, &count) == NTM_OK && count == 0)
    }
    var figures = ntm_statistics()
    figures.struct_size = UInt32(MemoryLayout<ntm_statistics>.size)
    #expect(ntm_book_statistics(library, book, &figures) == NTM_OK)
    #expect(figures.report_growth_count == 3 && figures.quantity_max == .max / 64)
    #expect(ntm_cancel(library, book, 1) == NTM_OK)
    #expect(fixture.reports.map(\.reason) == [UInt8(NTM_REASON_UNKNOWN_ORDER.rawValue)])
  }

  /// What fuzzing found: a total so far below 0 that taking off what was filled wrapped around, and
  /// an iceberg of more parts than could ever trade.
  @Test func numbersFromTheEndsAreRefused() throws {
    let fixture = try LibraryFixture {
      $0.level_change_capacity = 0
      $0.order_change_capacity = 0
    }
    let (library, book) = (fixture.library, fixture.book)
    fixture.submit(LibraryFixture.order(NTM_SIDE_SELL, 1, 100, 10))
    fixture.submit(LibraryFixture.order(NTM_SIDE_BUY, 2, 100, 4))
    #expect(ntm_modify(library, book, 1, 100, .min) == NTM_OK)
    #expect(fixture.reports.map(\.reason) == [UInt8(NTM_REASON_QUANTITY_NOT_POSITIVE.rawValue)])
    #expect(ntm_cancel_replace(library, book, 1, 100, .max) == NTM_OK)
    #expect(fixture.reports.map(\.reason) == [UInt8(NTM_REASON_QUANTITY_ABOVE_LIMIT.rawValue)])

    var iceberg = LibraryFixture.order(NTM_SIDE_SELL, 3, 100, .max / 64)
    iceberg.display_quantity = 1
    fixture.submit(iceberg)
    #expect(fixture.reports.map(\.reason) == [UInt8(NTM_REASON_INVALID_TERMS.rawValue)])
    fixture.check()
  }

  @Test func levelChangesAreKeptAndMissed() throws {
    let fixture = try LibraryFixture { $0.level_change_capacity = 2 }
    let (library, book) = (fixture.library, fixture.book)
    var changes = [ntm_level_change](repeating: ntm_level_change(), count: 4)
    var count: UInt64 = 0
    var missed: UInt8 = 9
    for id: UInt64 in 1...2 {
      fixture.submit(LibraryFixture.order(NTM_SIDE_SELL, id, Int64(id), 5))
    }
    #expect(ntm_level_change_count(library, book, &count) == NTM_OK && count == 2)
    #expect(ntm_level_changes(library, book, 0, &changes, 4, &count, &missed) == NTM_OK)
    #expect(count == 2 && missed == 0 && changes.map(\.price) == [1, 2, 0, 0])
    #expect(changes[0].side == 1 && changes[0].quantity == 5 && changes[0].order_count == 1)
    #expect(ntm_level_changes(library, book, 1, &changes, 4, &count, nil) == NTM_OK && count == 1)
    #expect(ntm_level_changes(library, book, .max, &changes, 4, &count, nil) == NTM_OK)
    #expect(count == 0)
    fixture.submit(LibraryFixture.order(NTM_SIDE_SELL, 3, 3, 5))
    #expect(ntm_level_changes(library, book, 0, nil, 0, &count, &missed) == NTM_OK)
    #expect(count == 0 && missed == 1)
    #expect(ntm_clear_level_changes(library, book) == NTM_OK)
    #expect(ntm_level_changes(library, book, 0, nil, 0, &count, &missed) == NTM_OK && missed == 0)
  }
}
