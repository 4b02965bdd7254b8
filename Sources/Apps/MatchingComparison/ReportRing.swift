import CComparison
import CPlatform
import Synchronization

/// The comparison's report queue: a ring of 64-byte slots from the matching thread to one reader.
///
/// Positions count reports since the beginning. Each side's position has a pair of cache lines to
/// itself; each remembers what it saw last of the other's and looks again only when that does not
/// suffice. `ReportWriter` fills slots in batches and publishes a batch at a time.
///
/// ```
///   0  reader -> writer: how many reports were taken
/// 128  writer -> reader: how many were published
/// 256  writer of single reports: how many were taken when it looked last
/// 384  reader: how many were published when it looked last
/// ```
struct ReportRing {
  let slots: UnsafeMutablePointer<me_report_t>
  /// A power of two, a multiple of `batchMax`.
  let capacity: Int
  private let control: UnsafeMutableRawPointer

  /// The most reports that are written before they are published.
  static let batchMax = 64
  private static let controlByteCount = 512

  /// Takes and touches memory for at least `capacity` reports.
  init(capacity: Int) {
    var count = Self.batchMax * 4
    while count < capacity { count *= 2 }
    self.capacity = count
    guard let bytes = cplatform_large_pages(count * MemoryLayout<me_report_t>.stride) else {
      fatalError("No memory for a queue of \(count) reports")
    }
    slots = bytes.bindMemory(to: me_report_t.self, capacity: count)
    slots.initialize(repeating: me_report_t(), count: count)
    control = .allocate(byteCount: Self.controlByteCount, alignment: 128)
    control.initializeMemory(as: UInt8.self, repeating: 0, count: Self.controlByteCount)
    for offset in [0, 128] {
      (control + offset).bindMemory(to: Atomic<Int>.self, capacity: 1).initialize(to: Atomic(0))
    }
  }

  func deallocate() {
    cplatform_free_large_pages(slots, capacity * MemoryLayout<me_report_t>.stride)
    control.deallocate()
  }

  // SAFETY: both addresses hold an `Atomic<Int>` from `init` to `deallocate`, never moved.
  @inline(__always) private var taken: UnsafeMutablePointer<Atomic<Int>> {
    control.assumingMemoryBound(to: Atomic<Int>.self)
  }
  @inline(__always) private var published: UnsafeMutablePointer<Atomic<Int>> {
    (control + 128).assumingMemoryBound(to: Atomic<Int>.self)
  }

  // MARK: Writer

  /// How many reports the reader has taken.
  @inline(__always) func loadTaken() -> Int { taken.pointee.load(ordering: .acquiring) }

  /// How many reports the writer has published; for the writer itself.
  @inline(__always) func loadPublished() -> Int { published.pointee.load(ordering: .relaxed) }

  /// Makes all reports before `position` visible to the reader.
  @inline(__always) func publish(_ position: Int) {
    published.pointee.store(position, ordering: .releasing)
  }

  /// Writes one report and publishes it; false when the ring is full.
  func push(_ report: UnsafePointer<me_report_t>) -> Bool {
    let position = loadPublished()
    let seen = control.load(fromByteOffset: 256, as: Int.self)
    if position &- seen >= capacity {
      let now = loadTaken()
      control.storeBytes(of: now, toByteOffset: 256, as: Int.self)
      if position &- now >= capacity { return false }
    }
    slots[position & (capacity &- 1)] = report.pointee
    publish(position &+ 1)
    return true
  }

  // MARK: Reader

  /// Takes everything published without looking at it.
  func forget() {
    taken.pointee.store(published.pointee.load(ordering: .acquiring), ordering: .releasing)
  }

  /// Moves up to `countMax` reports to `target`, oldest first; gives their number.
  func drain(into target: UnsafeMutablePointer<me_report_t>, countMax: Int) -> Int {
    let position = taken.pointee.load(ordering: .relaxed)
    var seen = control.load(fromByteOffset: 384, as: Int.self)
    if seen == position {
      seen = published.pointee.load(ordering: .acquiring)
      if seen == position { return 0 }
      control.storeBytes(of: seen, toByteOffset: 384, as: Int.self)
    }
    let count = min(seen &- position, countMax)
    let start = position & (capacity &- 1)
    let firstPart = min(count, capacity &- start)
    target.update(from: slots + start, count: firstPart)
    (target + firstPart).update(from: slots, count: count &- firstPart)
    taken.pointee.store(position &+ count, ordering: .releasing)
    return count
  }
}
