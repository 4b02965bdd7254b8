import CComparison
import CPlatform
import LowLatency
import MatchingComparison
import MatchingFlow
import Runtime

/// Measures one engine, or the null engine, with one flow.
struct MatchingRun {
  let interface: MatchingInterface
  let messages: [FlowMessage]
  let processors: (matcher: Int32, reader: Int32)
  static let queueCapacity: UInt32 = 1 << 15

  /// The reports of a whole run, and how many each message caused.
  struct ReportStream {
    var reports: [me_report_t]
    var counts: [UInt16]
  }

  /// Plays the flow once, unmeasured, and keeps every report.
  func reportStream() -> ReportStream {
    let queue = interface.transport.pointee.create(Self.queueCapacity)
    let reader = MatchingReader(
      interface.transport, queue, processor: processors.reader, keeps: true)
    interface.start(0, interface.transport, queue)
    play()
    interface.flush()
    interface.shutdown()
    reader.finish()
    interface.transport.pointee.destroy(queue)
    var counts = [UInt16](repeating: 0, count: messages.count)
    for report in reader.kept { counts[Int(report.sequence_number) - 1] += 1 }
    return ReportStream(reports: reader.kept, counts: counts)
  }

  /// Messages a second of the engine: until the reader has the last report.
  func engineRate(_ stream: ReportStream) -> Double {
    let queue = interface.transport.pointee.create(Self.queueCapacity)
    let reader = MatchingReader(interface.transport, queue, processor: processors.reader)
    interface.start(0, interface.transport, queue)
    let begin = Clock.monotonic
    play()
    interface.flush()
    while reader.readCount < stream.reports.count { cplatform_spin_hint() }
    let time = Clock.monotonic - begin
    reader.finish()
    interface.shutdown()
    interface.transport.pointee.destroy(queue)
    return Double(messages.count) * 1e9 / Double(time)
  }

  /// Messages a second of an engine that only publishes `stream`.
  func nullRate(_ stream: ReportStream) -> Double {
    let queue = interface.transport.pointee.create(Self.queueCapacity)
    let reader = MatchingReader(interface.transport, queue, processor: processors.reader)
    var engine = NullEngine(queue: queue!)
    let begin = Clock.monotonic
    stream.reports.withUnsafeBufferPointer { reports in
      var next = reports.baseAddress!
      for count in stream.counts {
        engine.publish(next, count: Int(count))
        next += Int(count)
      }
    }
    engine.flush()
    while reader.readCount < stream.reports.count { cplatform_spin_hint() }
    let time = Clock.monotonic - begin
    reader.finish()
    interface.transport.pointee.destroy(queue)
    return Double(messages.count) * 1e9 / Double(time)
  }

  /// Plays the flow on this thread alone; the queue is drained by nobody and forgets.
  func playAlone() {
    var transport = me_transport_t()
    transport.push = { _, _ in 1 }
    transport.flush = { _ in }
    interface.start(0, &transport, nil)
    let begin = Clock.monotonic
    play()
    let time = Clock.monotonic - begin
    interface.shutdown()
    writeText("alone: \(Double(time) / Double(messages.count)) ns a message\n", to: 2)
  }

  @inline(never)
  func play() {
    messages.withUnsafeBufferPointer { messages in
      for index in 0..<messages.count { interface.send(messages.baseAddress! + index) }
    }
  }

  /// Nanoseconds from the time at which each message should have been taken up until it was matched
  /// and its reports written, at `rate` messages a second. What is written is published as soon as
  /// there is nothing else to do.
  func latencies(rate: Double, counter: TimestampCounter) -> Histogram {
    var histogram = Histogram()
    let queue = interface.transport.pointee.create(Self.queueCapacity)
    let reader = MatchingReader(interface.transport, queue, processor: processors.reader)
    interface.start(0, interface.transport, queue)
    let interval = UInt64(counter.ticksPerSecond / rate * 65_536)
    let begin = TimestampCounter.ticks &+ UInt64(counter.ticksPerSecond / 1_000)
    messages.withUnsafeBufferPointer { messages in
      for index in 0..<messages.count {
        let intended = begin &+ (UInt64(index) &* interval) &>> 16
        if TimestampCounter.ticks < intended {
          interface.flush()
          while TimestampCounter.ticks < intended {}
        }
        interface.send(messages.baseAddress! + index)
        let taken = TimestampCounter.ticks &- intended
        histogram.record(UInt64(counter.nanoseconds(ticks: taken)))
      }
    }
    interface.flush()
    reader.finish()
    interface.shutdown()
    interface.transport.pointee.destroy(queue)
    return histogram
  }
}
