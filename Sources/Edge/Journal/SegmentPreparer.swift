import CPlatform
import Glibc

/// The helper thread of a writer: makes segments ahead of need, and cuts, syncs and closes the ones
/// left behind. The writer meets it only when a segment is half full or full.
///
/// All state below is touched under `mutex` alone.
final class SegmentPreparer: @unchecked Sendable {
  /// The next segment of one stream.
  private enum Slot {
    case idle
    case wanted(number: UInt64)
    case working
    case ready(Segment)
    case failed(JournalError)
  }

  private struct Retired: BitwiseCopyable {
    let segment: Segment
    let used: Int
  }

  private static let retiredCountMax = 16

  private let directory: String
  private let segmentByteCount: Int
  private let durability: JournalDurability
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let changed: UnsafeMutablePointer<pthread_cond_t>
  private let slots: UnsafeMutablePointer<Slot>
  private let retired: UnsafeMutablePointer<Retired>
  private var retiredCount = 0
  private var isRetiring = false
  private var retireFailure: Int32 = 0
  private var isStopping = false
  private var thread = pthread_t()
  private var hasThread = false

  init(directory: String, options: JournalOptions) {
    self.directory = directory
    segmentByteCount = options.segmentByteCount
    durability = options.durability
    mutex = .allocate(capacity: 1)
    changed = .allocate(capacity: 1)
    slots = .allocate(capacity: 2)
    retired = .allocate(capacity: Self.retiredCountMax)
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(changed, nil)
    slots.initialize(repeating: .idle, count: 2)
  }

  deinit {
    slots.deinitialize(count: 2)
    pthread_cond_destroy(changed)
    pthread_mutex_destroy(mutex)
    slots.deallocate()
    retired.deallocate()
    changed.deallocate()
    mutex.deallocate()
  }

  /// Starts the thread, with every signal blocked: signals belong to the program's own threads.
  func start() throws(JournalError) {
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    let context = Unmanaged.passRetained(self)
    let code = pthread_create(
      &thread, nil,
      { context in
        Unmanaged<SegmentPreparer>.fromOpaque(context!).takeRetainedValue().work()
        return nil
      }, context.toOpaque())
    pthread_sigmask(SIG_SETMASK, &before, nil)
    guard code == 0 else {
      context.release()
      throw .cannotCreate(path: directory + " (helper thread)", reason: systemErrorText(code))
    }
    hasThread = true
  }

  /// Asks for segment `number` of `stream`, unless it was asked for already. Never waits for it.
  func request(_ stream: JournalStream, number: UInt64) {
    pthread_mutex_lock(mutex)
    let slot = slots + Int(stream.rawValue)
    if case .idle = slot.pointee {
      slot.pointee = .wanted(number: number)
      pthread_cond_broadcast(changed)
    }
    pthread_mutex_unlock(mutex)
  }

  /// The segment asked for; waits until it is made. Where making it failed, tries once more here:
  /// there may be room by now.
  func take(_ stream: JournalStream, number: UInt64) throws(JournalError) -> Segment {
    request(stream, number: number)
    pthread_mutex_lock(mutex)
    let slot = slots + Int(stream.rawValue)
    while true {
      if case .ready(let segment) = slot.pointee {
        slot.pointee = .idle
        pthread_mutex_unlock(mutex)
        return segment
      }
      if case .failed = slot.pointee {
        slot.pointee = .idle
        pthread_mutex_unlock(mutex)
        return try Segment(
          directory: directory, stream: stream, number: number, byteCount: segmentByteCount)
      }
      pthread_cond_wait(changed, mutex)
    }
  }

  /// Hands over a segment that is full; waits only where many are still being closed.
  func retire(_ segment: Segment, used: Int) {
    pthread_mutex_lock(mutex)
    while retiredCount == Self.retiredCountMax { pthread_cond_wait(changed, mutex) }
    (retired + retiredCount).initialize(to: Retired(segment: segment, used: used))
    retiredCount += 1
    pthread_cond_broadcast(changed)
    pthread_mutex_unlock(mutex)
  }

  /// Waits until every segment handed over is closed, and synced where the run is `.disk`.
  ///
  /// - Throws: `.cannotWrite` if closing one of them failed since the last call.
  func drain() throws(JournalError) {
    pthread_mutex_lock(mutex)
    while retiredCount > 0 || isRetiring { pthread_cond_wait(changed, mutex) }
    let code = retireFailure
    retireFailure = 0
    pthread_mutex_unlock(mutex)
    if code != 0 {
      throw .cannotWrite(path: directory + " (full segment)", reason: systemErrorText(code))
    }
  }

  /// Ends the thread and gives up what was prepared and not used.
  func stop() {
    guard hasThread else { return }
    hasThread = false
    pthread_mutex_lock(mutex)
    isStopping = true
    pthread_cond_broadcast(changed)
    pthread_mutex_unlock(mutex)
    pthread_join(thread, nil)
    for index in 0..<2 {
      if case .ready(let segment) = slots[index] { segment.discard() }
      slots[index] = .idle
    }
  }

  private func work() {
    cplatform_name_thread("journal")
    pthread_mutex_lock(mutex)
    while true {
      if let stream = wantedStream() {
        prepare(stream)
      } else if retiredCount > 0 {
        finishOldest()
      } else if isStopping {
        break
      } else {
        pthread_cond_wait(changed, mutex)
      }
    }
    pthread_mutex_unlock(mutex)
  }

  private func wantedStream() -> JournalStream? {
    if isStopping { return nil }
    for stream in JournalStream.allCases {
      if case .wanted = slots[Int(stream.rawValue)] { return stream }
    }
    return nil
  }

  /// Makes one segment with the lock released meanwhile. Called and returns with it held.
  private func prepare(_ stream: JournalStream) {
    let slot = slots + Int(stream.rawValue)
    guard case .wanted(let number) = slot.pointee else { return }
    slot.pointee = .working
    pthread_mutex_unlock(mutex)
    var outcome: Slot
    do {
      outcome = .ready(
        try Segment(
          directory: directory, stream: stream, number: number, byteCount: segmentByteCount))
    } catch {
      outcome = .failed(error)
    }
    pthread_mutex_lock(mutex)
    slot.pointee = outcome
    pthread_cond_broadcast(changed)
  }

  /// Closes one segment with the lock released meanwhile. Called and returns with it held.
  private func finishOldest() {
    let oldest = retired[0]
    retiredCount -= 1
    for index in 0..<retiredCount { retired[index] = retired[index + 1] }
    isRetiring = true
    pthread_mutex_unlock(mutex)
    let code = oldest.segment.finish(used: oldest.used, durability: durability)
    pthread_mutex_lock(mutex)
    if code != 0 { retireFailure = code }
    isRetiring = false
    pthread_cond_broadcast(changed)
  }
}
