import CPlatform
import Glibc
import LowLatency
import MatchingFlow
import Runtime

/// How long messages took, from the time at which each should have been taken up.
struct MatchingLatency {
  /// Nanoseconds: p50, p99, p99.9, max.
  var percentiles: [UInt64]
  /// The part of the run in which the matching thread, which never sleeps, had no processor. What
  /// queues up behind such a gap is most of what high percentiles show.
  var lostShare: Double
}

extension MatchingRun {
  /// The quietest of `runs` runs: the one in which other processes took least; of equal ones that with
  /// the lowest p99. Without `sends` nothing is done but the schedule kept: what that misses the machine
  /// takes (interrupts, its host), and no engine can do better.
  func quietestLatency(
    of runs: Int, rate: Double, counter: TimestampCounter, sends: Bool = true
  ) -> MatchingLatency {
    let all = (0..<runs).map { _ in latency(rate: rate, counter: counter, sends: sends) }
    return all.min { ($0.lostShare, $0.percentiles[1]) < ($1.lostShare, $1.percentiles[1]) }!
  }

  /// Nanoseconds that this thread had a processor.
  private static var threadTime: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  private static var idleNanoseconds: Double { 500 }

  /// One run at `rate` messages a second. A message is done when it is matched and its reports are
  /// written; they are published in batches, and at once (a flush) where nothing else is to be done
  /// for `idleNanoseconds`: the line that tells the reader goes to it and back each time, which costs
  /// as much as several messages. Messages that waited count from when they should have been taken
  /// up, not from when they were.
  private func latency(
    rate: Double, counter: TimestampCounter, sends: Bool
  ) -> MatchingLatency {
    var histogram = Histogram()
    let queue = interface.transport.pointee.create(Self.queueCapacity)
    let reader = MatchingReader(interface.transport, queue, processor: processors.reader)
    interface.start(0, interface.transport, queue)
    let idle = UInt64(counter.ticksPerSecond * Self.idleNanoseconds / 1e9)
    let interval = UInt64(counter.ticksPerSecond / rate * 65_536)
    let (wallBegin, threadBegin) = (Clock.monotonic, Self.threadTime)
    let begin = TimestampCounter.ticks &+ UInt64(counter.ticksPerSecond / 1_000)
    // Kept as they are and looked at afterwards; one reading of the counter a message.
    let taken = UnsafeMutablePointer<UInt64>.allocate(capacity: messages.count)
    taken.initialize(repeating: 0, count: messages.count)
    defer { taken.deallocate() }
    messages.withUnsafeBufferPointer { messages in
      var now = TimestampCounter.ticks
      for index in 0..<messages.count {
        let intended = begin &+ (UInt64(index) &* interval) &>> 16
        while now < intended { now = TimestampCounter.ticks }
        if sends { interface.send(messages.baseAddress! + index) }
        now = TimestampCounter.ticks
        taken[index] = now &- intended
        if now &+ idle < intended &+ interval &>> 16 { interface.flush() }
      }
    }
    let wall = Clock.monotonic - wallBegin
    let lost = wall - (Self.threadTime - threadBegin)
    for index in 0..<messages.count {
      histogram.record(UInt64(counter.nanoseconds(ticks: taken[index])))
    }
    interface.flush()
    reader.finish()
    interface.shutdown()
    interface.transport.pointee.destroy(queue)
    return MatchingLatency(
      percentiles: [
        histogram.percentile(50), histogram.percentile(99), histogram.percentile(99.9),
        histogram.max,
      ], lostShare: max(0, Double(lost) / Double(wall)))
  }
}
