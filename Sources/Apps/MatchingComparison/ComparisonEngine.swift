import CComparison
import LowLatency
import MatchingEngine
import TradingModel

/// The comparison's engine: one `MatchingBook`, fed with the comparison's messages, its reports
/// written by a `ReportWriter`.
struct ComparisonEngine: ~Copyable {
  var book: MatchingBook
  var writer: ReportWriter

  init(_ destination: ReportWriter.Destination) {
    // The standard flow has tens of thousands of resting orders, a few million dense ids, and
    // prices over tens of thousands of ticks; more of each is possible, and counted.
    book = MatchingBook(
      orderCapacity: MatchingBook.orderCapacities.upperBound, levelPages: 512,
      reservedOrders: 1 << 17, identifierSpan: 1 << 22)
    writer = ReportWriter(destination)
  }

  @inline(__always)
  mutating func newOrder(_ message: UnsafePointer<new_order_t>) {
    writer.sequenceNumber = message.pointee.sequence_number
    book.submit(
      OrderEntry(
        orderID: message.pointee.order_id, price: message.pointee.price_ticks,
        quantity: Int64(message.pointee.quantity), owner: 0,
        side: Self.side(message.pointee.side), type: .limit,
        timeInForce: message.pointee.ioc == 0 ? .goodTillCancel : .immediateOrCancel,
        instructions: [], selfTradePrevention: .allow), into: &writer)
  }

  @inline(__always)
  mutating func cancel(_ message: UnsafePointer<cancel_t>) {
    writer.sequenceNumber = message.pointee.sequence_number
    book.cancel(message.pointee.order_id, into: &writer)
  }

  @inline(__always)
  mutating func modify(_ message: UnsafePointer<modify_t>) {
    writer.sequenceNumber = message.pointee.sequence_number
    writer.echoedSide = message.pointee.side
    book.cancelReplace(
      message.pointee.order_id, price: message.pointee.new_price_ticks,
      leaves: Int64(message.pointee.new_quantity), into: &writer)
  }

  /// 0 buys, anything else sells.
  @inline(__always)
  static func side(_ byte: UInt8) -> Side { unsafeBitCast(byte & 1, to: Side.self) }
}
