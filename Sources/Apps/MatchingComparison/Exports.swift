import CComparison
import LowLatency
import MatchingEngine
import TradingModel

// The functions of the comparison's C interface. It knows one engine a process and one matching
// thread, so the state behind them is global, and theirs alone.

nonisolated(unsafe) private var engine: UnsafeMutablePointer<ComparisonEngine>?

/// Starts with an empty book. Reports go to `sink`, a queue that `transport` made; `seed` is unused.
@c(engine_init)
public func engineInit(
  _ seed: UInt64, _ transport: UnsafePointer<me_transport_t>?, _ sink: UnsafeMutableRawPointer?
) {
  engineShutdown()
  guard let transport else { return }
  let started = UnsafeMutablePointer<ComparisonEngine>.allocate(capacity: 1)
  if transport == OwnTransport.table, let sink {
    started.initialize(to: ComparisonEngine(.ring(OwnTransport.ring(sink).pointee)))
  } else {
    started.initialize(to: ComparisonEngine(.host(transport.pointee, queue: sink)))
  }
  engine = started
}

/// Gives the book's memory back; the queue stays its maker's.
@c(engine_shutdown)
public func engineShutdown() {
  guard let running = engine else { return }
  running.pointee.writer.flush()
  running.deinitialize(count: 1)
  running.deallocate()
  engine = nil
}

/// Enters a new order.
@c(engine_on_new_order)
public func engineOnNewOrder(_ message: UnsafePointer<new_order_t>) {
  engine?.pointee.newOrder(message)
}

/// Cancels a resting order.
@c(engine_on_cancel)
public func engineOnCancel(_ message: UnsafePointer<cancel_t>) {
  engine?.pointee.cancel(message)
}

/// Takes a resting order out and enters it again.
@c(engine_on_modify)
public func engineOnModify(_ message: UnsafePointer<modify_t>) {
  engine?.pointee.modify(message)
}

/// Returns when every report is published.
@c(engine_flush)
public func engineFlush() { engine?.pointee.writer.flush() }

/// The best bid in ticks; `Int64.min` when there is none.
@c(engine_query_best_bid)
public func engineQueryBestBid() -> Int64 { engine?.pointee.book.bestBid?.price ?? .min }

/// The best ask in ticks; `Int64.max` when there is none.
@c(engine_query_best_ask)
public func engineQueryBestAsk() -> Int64 { engine?.pointee.book.bestAsk?.price ?? .max }

/// The total quantity resting at a price.
@c(engine_query_depth_at)
public func engineQueryDepthAt(_ price: Int64, _ side: UInt8) -> UInt64 {
  UInt64(engine?.pointee.book.quantity(at: price, ComparisonEngine.side(side)) ?? 0)
}

/// Our own report queue.
@c(engine_get_transport)
public func engineGetTransport() -> UnsafePointer<me_transport_t>? { OwnTransport.table }

/// How often the running engine's memory grew: for orders, and for pages of prices.
public func comparisonGrowthCounts() -> (orders: Int, pages: Int) {
  (engine?.pointee.book.orderGrowthCount ?? 0, engine?.pointee.book.pageGrowthCount ?? 0)
}

/// Takes everything published in `queue`, which `engine_get_transport`'s `create` made, unread: a
/// reader that costs nothing, on the matching thread.
public func comparisonForgetReports(in queue: UnsafeMutableRawPointer) {
  OwnTransport.ring(queue).pointee.forget()
}

/// How many orders rest in the running engine.
public func comparisonOrderCount() -> Int { engine?.pointee.book.orderCount ?? 0 }

/// Stops the process unless the running engine's book is whole.
public func comparisonCheckInvariants() { engine?.pointee.book.checkInvariants() }

/// `ReportRing` as the table of functions that the interface asks for.
enum OwnTransport {
  nonisolated(unsafe) static let table: UnsafePointer<me_transport_t> = {
    let table = UnsafeMutablePointer<me_transport_t>.allocate(capacity: 1)
    table.initialize(
      to: me_transport_t(
        create: { OwnTransport.create(Int($0)) },
        push: { queue, report in
          guard let queue, let report else { return 0 }
          return OwnTransport.ring(queue).pointee.push(report) ? 1 : 0
        },
        drain: { queue, target, countMax in
          guard let queue, let target else { return 0 }
          let ring = OwnTransport.ring(queue)
          return UInt32(ring.pointee.drain(into: target, countMax: Int(countMax)))
        },
        flush: { _ in },
        destroy: { queue in
          guard let queue else { return }
          let ring = OwnTransport.ring(queue)
          ring.pointee.deallocate()
          ring.deallocate()
        }))
    return UnsafePointer(table)
  }()

  static func create(_ capacity: Int) -> UnsafeMutableRawPointer {
    let ring = UnsafeMutablePointer<ReportRing>.allocate(capacity: 1)
    ring.initialize(to: ReportRing(capacity: capacity))
    return UnsafeMutableRawPointer(ring)
  }

  /// SAFETY: `queue` is what `create` gave.
  static func ring(_ queue: UnsafeMutableRawPointer) -> UnsafeMutablePointer<ReportRing> {
    queue.assumingMemoryBound(to: ReportRing.self)
  }
}
