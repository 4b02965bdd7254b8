import CComparison
import CPlatform
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

  /// Plays the flow on this thread alone, into our own queue, whose reports nobody reads; gives
  /// nanoseconds a message. A library with a queue of its own pushes to one that forgets.
  func playAlone() -> Double {
    let queue = engineGetTransport()?.pointee.create(Self.queueCapacity)
    var pushing = me_transport_t()
    pushing.push = { _, _ in 1 }
    pushing.flush = { _ in }
    let isOurs = interface.transport == engineGetTransport()
    if isOurs {
      interface.start(0, interface.transport, queue)
    } else {
      interface.start(0, &pushing, nil)
    }
    let begin = Clock.monotonic
    messages.withUnsafeBufferPointer { messages in
      for start in stride(from: 0, to: messages.count, by: Self.aloneCount) {
        for index in start..<min(start &+ Self.aloneCount, messages.count) {
          interface.send(messages.baseAddress! + index)
        }
        comparisonForgetReports(in: queue!)
      }
    }
    interface.flush()
    let time = Clock.monotonic - begin
    interface.shutdown()
    engineGetTransport()?.pointee.destroy(queue)
    return Double(time) / Double(messages.count)
  }

  /// How many messages are played alone between two looks at the queue: few enough that their
  /// reports fit.
  private static let aloneCount = 256

  @inline(never)
  func play() {
    messages.withUnsafeBufferPointer { messages in
      for index in 0..<messages.count { interface.send(messages.baseAddress! + index) }
    }
  }
}
