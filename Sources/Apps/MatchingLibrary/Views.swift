import CMatching
import MatchingEngine
import TradingModel

// The Swift values of a book as the structs of the C header.

extension ntm_level {
  @inline(__always)
  init(_ level: LevelView) {
    self.init(
      price: level.price, quantity: level.quantity, order_count: level.orderCount, reserved: 0)
  }
}

extension ntm_order_view {
  init(_ order: OrderView) {
    self.init()
    order_id = order.orderID
    price = order.price
    leaves = order.leaves
    filled = order.filled
    displayed = order.displayed
    stop_price = order.stopPrice ?? 0
    owner = order.owner
    side = order.side.rawValue
    is_waiting_stop = order.stopPrice == nil ? 0 : 1
  }
}

extension ntm_level_change {
  init(_ change: BookLevelChange) {
    self.init(
      price: change.price, quantity: change.quantity, order_count: change.orderCount,
      side: change.side.rawValue, reserved: (0, 0, 0))
  }
}

extension ntm_order_change {
  init(_ change: BookOrderChange) {
    self.init(
      order_id: change.orderID, price: change.price, quantity: change.quantity,
      side: change.side.rawValue, kind: change.kind.rawValue, reserved: (0, 0, 0, 0, 0, 0))
  }
}

extension ntm_statistics {
  init(_ open: borrowing OpenBook, structSize: UInt32) {
    let figures = open.book.statistics
    self.init(
      struct_size: structSize, reserved: 0, trade_count: figures.tradeCount,
      traded_quantity_low: UInt64(truncatingIfNeeded: figures.tradedQuantity),
      traded_quantity_high: Int64(truncatingIfNeeded: figures.tradedQuantity >> 64),
      open_price: figures.openPrice, high_price: figures.highPrice, low_price: figures.lowPrice,
      last_price: figures.lastPrice, order_count: UInt64(figures.orderCount),
      stop_count: UInt64(figures.stopCount), order_growth_count: UInt64(figures.orderGrowthCount),
      page_growth_count: UInt64(figures.pageGrowthCount),
      report_growth_count: UInt64(open.reports.growthCount),
      byte_count: UInt64(figures.byteCount + open.reports.byteCount),
      quantity_max: open.book.quantityMax)
  }
}

/// Has `write` fill the caller's memory with Swift values, and turns each, where it stands, into the
/// C struct, which has the same stride: so an array of any length needs no other memory.
func convertInPlace<View: BitwiseCopyable, CView: BitwiseCopyable>(
  _ target: UnsafeMutableBufferPointer<CView>,
  _ write: (UnsafeMutableBufferPointer<View>) -> Int, _ convert: (View) -> CView
) -> Int {
  precondition(
    MemoryLayout<View>.stride == MemoryLayout<CView>.stride
      && MemoryLayout<View>.alignment == MemoryLayout<CView>.alignment,
    "Invariant: a view and its C struct have one stride")
  guard let start = UnsafeMutableRawPointer(target.baseAddress) else { return 0 }
  let views = start.bindMemory(to: View.self, capacity: target.count)
  let count = write(UnsafeMutableBufferPointer(start: views, count: target.count))
  for place in 0..<count {
    let view = (start + place * MemoryLayout<View>.stride).loadUnaligned(as: View.self)
    (start + place * MemoryLayout<CView>.stride).storeBytes(of: convert(view), as: CView.self)
  }
  _ = start.bindMemory(to: CView.self, capacity: target.count)
  return count
}
