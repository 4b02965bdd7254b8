import CComparison
import CPlatform
import Glibc
import Synchronization

/// The reader of reports: a thread of its own, on the second processor, that drains the queue and
/// folds what it reads into a number.
final class MatchingReader: @unchecked Sendable {
  private let transport: me_transport_t
  private let queue: UnsafeMutableRawPointer?
  private let processor: Int32
  private let stop = Atomic(false)
  private let count = Atomic(0)
  private var thread = pthread_t()
  /// Of all reports, in order; to be read after `finish`.
  private(set) var digest: UInt64 = 0
  /// All reports, when they were to be kept.
  private(set) var kept: [me_report_t] = []
  private let keeps: Bool
  private static let drainMax = 512

  init(
    _ transport: UnsafePointer<me_transport_t>, _ queue: UnsafeMutableRawPointer?,
    processor: Int32, keeps: Bool = false
  ) {
    self.transport = transport.pointee
    self.queue = queue
    self.processor = processor
    self.keeps = keeps
    let me = Unmanaged.passRetained(self).toOpaque()
    pthread_create(
      &thread, nil,
      { context in
        Unmanaged<MatchingReader>.fromOpaque(context!).takeRetainedValue().run()
        return nil
      }, me)
  }

  /// How many reports were read so far.
  var readCount: Int { count.load(ordering: .acquiring) }

  /// Waits until the reader has `total` reports, then ends it.
  func finish(after total: Int? = nil) {
    if let total { while readCount < total { cplatform_spin_hint() } }
    stop.store(true, ordering: .releasing)
    pthread_join(thread, nil)
  }

  private func run() {
    if processor >= 0 { _ = cplatform_pin_thread(processor) }
    let room = UnsafeMutablePointer<me_report_t>.allocate(capacity: Self.drainMax)
    defer { room.deallocate() }
    var total = 0
    while true {
      let isEnding = stop.load(ordering: .acquiring)
      let drained = Int(transport.drain(queue, room, UInt32(Self.drainMax)))
      if drained == 0 {
        if isEnding { return }
        cplatform_spin_hint()
        continue
      }
      fold(room, drained)
      if keeps { kept.append(contentsOf: UnsafeBufferPointer(start: room, count: drained)) }
      total += drained
      count.store(total, ordering: .releasing)
    }
  }

  private func fold(_ reports: UnsafePointer<me_report_t>, _ count: Int) {
    var sum = digest
    for index in 0..<count {
      let report = reports + index
      sum = (sum &+ report.pointee.order_id ^ UInt64(report.pointee.quantity)) &* 31
    }
    digest = sum
  }
}
