import CComparison
import CPlatform
import MatchingEngine

/// Writes a book's reports in the comparison's layout, each once, where the reader will find it: in
/// our own ring; or, for a host's queue, in a batch that is pushed report by report.
///
/// All that a report costs besides its stores is one comparison: `limit` is where the batch ends,
/// and only there is anything published and room looked for.
struct ReportWriter: ~Copyable, ReportSink {
  /// Of the message at work; every report carries it.
  var sequenceNumber: UInt64 = 0
  /// The side byte that a refused modify echoes.
  var echoedSide: UInt8 = 0
  private var cursor: UnsafeMutablePointer<me_report_t>
  private var limit: UnsafeMutablePointer<me_report_t>
  private var batch: UnsafeMutablePointer<me_report_t>
  /// The position of `batch` in the ring, and what the reader was known to have taken.
  private var position = 0
  private var taken = 0
  private var published = 0
  private let destination: Destination

  enum Destination {
    case ring(ReportRing)
    case host(me_transport_t, queue: UnsafeMutableRawPointer?)
  }

  init(_ destination: Destination) {
    self.destination = destination
    switch destination {
    case .ring(let ring):
      position = ring.loadPublished()
      published = position
      batch = ring.slots + position % ring.capacity
    case .host: batch = .allocate(capacity: ReportRing.batchMax)
    }
    cursor = batch
    limit = batch + ReportRing.batchMax - position % ReportRing.batchMax
  }

  deinit {
    if case .host = destination { batch.deallocate() }
  }

  @inline(__always)
  mutating func receive(_ report: MatchReport) {
    let type: Int32
    var side = report.side.rawValue
    var quantity = UInt32(truncatingIfNeeded: report.quantity)
    switch report.kind {
    case .accepted, .triggered: type = Int32(me_order_ack)
    case .rejected:
      // The interface has no refusal of a new order: an acknowledgement of nothing stands for it.
      type = Int32(me_order_ack)
      quantity = 0
    case .trade: type = Int32(me_trade)
    case .canceled, .reduced, .expired: type = Int32(me_cancel_ack)
    case .replaced:
      type = Int32(me_modify_ack)
      quantity = UInt32(truncatingIfNeeded: report.leaves)
    case .cancelRejected: type = Int32(me_cancel_reject)
    case .replaceRejected:
      type = Int32(me_modify_reject)
      side = echoedSide
    }
    let isTrade = report.kind == .trade
    let words = UnsafeMutableRawPointer(cursor)
    words.storeBytes(of: UInt64(type) | UInt64(side) &<< 8, as: UInt64.self)
    words.storeBytes(of: sequenceNumber, toByteOffset: 8, as: UInt64.self)
    words.storeBytes(of: report.orderID, toByteOffset: 16, as: UInt64.self)
    words.storeBytes(of: report.price, toByteOffset: 24, as: Int64.self)
    words.storeBytes(of: UInt64(quantity), toByteOffset: 32, as: UInt64.self)
    words.storeBytes(of: isTrade ? report.makerOrderID : 0, toByteOffset: 40, as: UInt64.self)
    words.storeBytes(of: isTrade ? report.orderID : 0, toByteOffset: 48, as: UInt64.self)
    words.storeBytes(of: 0, toByteOffset: 56, as: UInt64.self)
    advance()
  }

  /// Takes a report that is finished.
  @inline(__always)
  mutating func copy(_ report: UnsafePointer<me_report_t>) {
    cursor.update(from: report, count: 1)
    advance()
  }

  @inline(__always)
  private mutating func advance() {
    // The reader has the lines ahead; what they take to come back would hold up every store of the
    // book behind the one that waits.
    cplatform_prefetch_to_write(cursor + Self.prefetchDistance)
    cursor += 1
    if cursor == limit { turn() }
  }

  /// In reports.
  private static var prefetchDistance: Int { 24 }

  /// Makes everything written visible to the reader.
  mutating func flush() {
    switch destination {
    case .ring(let ring):
      published = position &+ (cursor - batch)
      ring.publish(published)
    case .host(let transport, let queue):
      push(to: transport, queue)
      transport.flush(queue)
    }
  }

  /// Publishes all before the batch, which is full, and finds room for the next one.
  @inline(never)
  private mutating func turn() {
    guard case .ring(let ring) = destination else { return flush() }
    // A batch late, because a processor that reads lines in a row asks for the next ones as well: it
    // would take away those that are being written.
    // Not where a flush in this batch went further.
    if position > published {
      ring.publish(position)
      published = position
    }
    position &+= cursor - batch
    while position &+ ReportRing.batchMax &- taken > ring.capacity {
      taken = ring.loadTaken()
      if position &+ ReportRing.batchMax &- taken > ring.capacity { cplatform_spin_hint() }
    }
    // A batch ends at a multiple of its length, so that none goes over the ring's end.
    batch = ring.slots + (position & (ring.capacity &- 1))
    cursor = batch
    limit = batch + ReportRing.batchMax
  }

  private mutating func push(to transport: me_transport_t, _ queue: UnsafeMutableRawPointer?) {
    var next = batch
    while next != cursor {
      while transport.push(queue, next) == 0 { cplatform_spin_hint() }
      next += 1
    }
    cursor = batch
  }
}
