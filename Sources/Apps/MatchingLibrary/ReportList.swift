import CMatching
import MatchingEngine

/// The reports of one call, in the layout of the C header. It grows when a call has more reports
/// than ever before, and counts how often.
struct ReportList: ~Copyable, ReportSink {
  private(set) var reports: UnsafeMutablePointer<ntm_report>
  private(set) var count = 0
  private(set) var capacity: Int
  private(set) var growthCount = 0

  /// Takes and touches memory for `capacity` (at least 1) reports.
  init(capacity: Int) {
    self.capacity = capacity
    reports = Self.memory(capacity)
  }

  deinit { reports.deallocate() }

  /// How much memory it holds.
  var byteCount: Int { capacity * MemoryLayout<ntm_report>.stride }

  mutating func removeAll() { count = 0 }

  @inline(__always)
  mutating func receive(_ report: MatchReport) {
    if count == capacity { grow() }
    reports[count] = ntm_report(
      kind: report.kind.rawValue, side: report.side.rawValue, reason: report.reason.rawValue,
      reserved: 0, trade_number: report.tradeNumber, owner: report.owner,
      maker_owner: report.makerOwner, order_id: report.orderID,
      maker_order_id: report.makerOrderID, price: report.price, quantity: report.quantity,
      leaves: report.leaves, maker_leaves: report.makerLeaves)
    count += 1
  }

  @inline(never)
  private mutating func grow() {
    let larger = Self.memory(capacity * 2)
    larger.update(from: reports, count: count)
    reports.deallocate()
    reports = larger
    capacity *= 2
    growthCount += 1
  }

  private static func memory(_ capacity: Int) -> UnsafeMutablePointer<ntm_report> {
    let bytes = UnsafeMutableRawPointer.allocate(
      byteCount: capacity * MemoryLayout<ntm_report>.stride, alignment: 64)
    let memory = bytes.bindMemory(to: ntm_report.self, capacity: capacity)
    memory.initialize(repeating: ntm_report(), count: capacity)
    return memory
  }
}
