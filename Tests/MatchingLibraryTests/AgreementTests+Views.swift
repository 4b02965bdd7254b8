import CMatching
import MatchingEngine
import MatchingLibrary
import Testing
import TradingModel

extension AgreementTests {
  /// Both feeds, which are then cleared.
  func compareChanges(_ fixture: LibraryFixture, _ book: inout MatchingBook) {
    let (library, handle) = (fixture.library, fixture.book)
    var levels = [ntm_level_change](repeating: ntm_level_change(), count: 8)
    var orders = [ntm_order_change](repeating: ntm_order_change(), count: 8)
    var count: UInt64 = 0
    var missed: UInt8 = 9
    #expect(ntm_level_changes(library, handle, 0, &levels, 8, &count, &missed) == NTM_OK)
    #expect(count == UInt64(book.changeCount) && (missed == 1) == book.hasMissedChanges)
    for place in 0..<book.changeCount {
      let (c, direct) = (levels[place], book.change(at: place))
      #expect(c.price == direct.price && c.quantity == direct.quantity)
      #expect(c.order_count == direct.orderCount && c.side == direct.side.rawValue)
    }
    #expect(ntm_order_changes(library, handle, 0, &orders, 8, &count, &missed) == NTM_OK)
    #expect(count == UInt64(book.orderChangeCount) && (missed == 1) == book.hasMissedOrderChanges)
    for place in 0..<book.orderChangeCount {
      let (c, direct) = (orders[place], book.orderChange(at: place))
      #expect(c.order_id == direct.orderID && c.price == direct.price)
      #expect(c.quantity == direct.quantity && c.side == direct.side.rawValue)
      #expect(c.kind == direct.kind.rawValue)
    }
    #expect(ntm_clear_level_changes(library, handle) == NTM_OK)
    #expect(ntm_clear_order_changes(library, handle) == NTM_OK)
    book.clearChanges()
    book.clearOrderChanges()
  }

  /// Everything that can be asked.
  func compareFigures(_ fixture: LibraryFixture, _ book: borrowing MatchingBook) {
    let (library, handle) = (fixture.library, fixture.book)
    var c = ntm_statistics()
    c.struct_size = UInt32(MemoryLayout<ntm_statistics>.size)
    #expect(ntm_book_statistics(library, handle, &c) == NTM_OK)
    let direct = book.statistics
    #expect(c.trade_count == direct.tradeCount && direct.tradeCount > 0)
    #expect(
      Int128(c.traded_quantity_high) << 64 | Int128(c.traded_quantity_low) == direct.tradedQuantity)
    #expect(c.open_price == direct.openPrice && c.high_price == direct.highPrice)
    #expect(c.low_price == direct.lowPrice && c.last_price == direct.lastPrice)
    #expect(c.order_count == UInt64(direct.orderCount) && c.stop_count == UInt64(direct.stopCount))
    #expect(c.order_growth_count == UInt64(direct.orderGrowthCount))
    #expect(c.page_growth_count == UInt64(direct.pageGrowthCount))
    #expect(c.byte_count > UInt64(direct.byteCount))

    var time: Int64 = -1
    var phase: UInt8 = 9
    #expect(ntm_time(library, handle, &time) == NTM_OK && time == book.time)
    #expect(ntm_phase(library, handle, &phase) == NTM_OK && phase == book.phase.rawValue)
    for owner: UInt32 in 0...4 {
      var position: Int64 = 0
      let status = ntm_position(library, handle, owner, &position)
      #expect((status == NTM_OK ? position : nil) == book.position(of: owner))
    }
    var found = ntm_indication()
    let status = ntm_indicate(library, handle, 100, &found)
    let indication = AuctionIndication(
      price: found.price, quantity: found.quantity, imbalance: found.imbalance)
    #expect((status == NTM_OK ? indication : nil) == book.indication(referencePrice: 100))
    for id: UInt64 in 0...40 {
      var order = ntm_order_view()
      let status = ntm_find_order(library, handle, id, &order)
      #expect((status == NTM_OK ? OrderView(order) : nil) == book.order(id))
    }
  }
}

extension OrderView {
  /// An order of the C interface.
  init(_ order: ntm_order_view) {
    self.init(
      orderID: order.order_id, price: order.price, leaves: order.leaves, filled: order.filled,
      displayed: order.displayed,
      stopPrice: order.is_waiting_stop == 1 ? order.stop_price : nil, owner: order.owner,
      side: Side(rawValue: order.side)!)
  }
}
