import CPlatform
import CSimdJSONShim
import Glibc
import LowLatency
import Runtime
import Venues

/// How fast a venue's messages of one kind are decoded; times in nanoseconds a message, the median over the
/// runs of each run's.
public struct DecodingFigure: Sendable {
  public let kind: SampleKind
  public let p50: Double
  public let p99: Double
  public let p999: Double
  public let max: Double
  public let mean: Double
  public let count: UInt64
  /// Of a message, on average.
  public let byteCount: Double
  public let allocatedBytes: Double
  /// simdjson's parse of the same bytes, at the same place of its distribution as `p50`.
  public let referenceP50: Double
  /// What is asked of the decoder; nil where nothing is.
  public let target: Double?

  /// Decoded in a second, 10^6 bytes.
  public var megabytesPerSecond: Double { mean > 0 ? byteCount / mean * 1_000 : 0 }
  public var isMet: Bool { allocatedBytes == 0 && target.map { p50 <= $0 } ?? true }
}

/// Measures decoders on messages that stand in memory, one after the other, on one thread.
public struct DecodingSuite: ~Copyable {
  /// Messages between two readings of the counter.
  private static let batch = 8
  public static let runCount = 5
  private let counter = TimestampCounter()
  private let overhead = Probe.measureOverhead()
  private let batchCount: Int
  private let parser: OpaquePointer

  /// What the yardstick is: library, version, and the instructions it chose.
  public static var reference: String {
    "simdjson \(String(cString: csimdjson_version())) "
      + "(\(String(cString: csimdjson_implementation())))"
  }

  /// - Parameter isQuick: whether it is enough to see that everything works.
  public init(isQuick: Bool) {
    batchCount = isQuick ? 500 : 5_000
    guard let parser = csimdjson_create() else { preconditionFailure("memory for a JSON parser") }
    self.parser = parser
  }

  deinit { csimdjson_destroy(parser) }

  /// - Throws: for a sample that its own decoder, or the yardstick, does not read.
  public func measure(_ sample: DecodingSample) throws -> DecodingFigure {
    let messages = PaddedMessages(sample.messages)
    for index in 0..<messages.count {
      guard sample.decode(messages[index]), parse(messages[index]) else {
        throw BenchFailure(
          description: "a sample is not read as \(sample.kind.rawValue): "
            + String(decoding: messages[index], as: UTF8.self))
      }
    }
    var own = Self.result("decoder")
    var reference = Self.result("simdjson")
    for _ in 0..<Self.runCount {
      run(messages, &reference) { _ = parse($0) }
      run(messages, &own) { _ = sample.decode($0) }
    }
    return DecodingFigure(
      kind: sample.kind, p50: own.p50, p99: own.p99, p999: own.p999, max: own.max,
      mean: own.median, count: own.runs.reduce(0) { $0 + $1.operations },
      byteCount: Double(messages.byteCount) / Double(messages.count),
      allocatedBytes: own.allocatedBytesPerOperation ?? 0, referenceP50: reference.p50,
      target: Self.target(sample.kind))
  }

  private static func result(_ name: String) -> BenchResult {
    BenchResult(
      benchCase: BenchCase(name: name, counts: "one message"), runs: [],
      allocatedBytesPerOperation: 0)
  }

  /// A best quote under a quarter of a microsecond, 20 levels under one and a half.
  static func target(_ kind: SampleKind) -> Double? {
    switch kind {
    case .bestQuote: 250
    case .depth: 1_500
    case .trade, .order, .fill: nil
    }
  }

  private func parse(_ message: UnsafeRawBufferPointer) -> Bool {
    csimdjson_parse(
      parser, message.baseAddress?.assumingMemoryBound(to: UInt8.self), message.count) > 0
  }

  /// Adds a run to `result`.
  private func run(
    _ messages: borrowing PaddedMessages, _ result: inout BenchResult,
    _ body: (UnsafeRawBufferPointer) -> Void
  ) {
    var probe = Probe(kinds: 1, overhead: overhead)
    var index = 0
    let modes: [(Probe.Mode, Int)] = [
      (.idle, batchCount / 4), (.time, batchCount),
      (.allocations, batchCount / 20),
    ]
    for (mode, count) in modes {
      probe.mode = mode
      for _ in 0..<count {
        probe.begin()
        for _ in 0..<Self.batch {
          body(messages[index])
          index = index + 1 == messages.count ? 0 : index + 1
        }
        probe.end(0, batch: UInt64(Self.batch))
      }
    }
    result.runs.append(probe.sample(0, counter, batch: Double(Self.batch)))
    result.allocatedBytesPerOperation = max(
      result.allocatedBytesPerOperation ?? 0, probe.allocatedBytesPerOperation(0))
  }
}

/// Messages in one piece of memory, each with the bytes behind it that the yardstick may read.
private struct PaddedMessages: ~Copyable {
  private let memory: UnsafeMutableRawBufferPointer
  private let places: [UnsafeRawBufferPointer]
  let byteCount: Int

  init(_ messages: [[UInt8]]) {
    let padding = csimdjson_padding()
    byteCount = messages.reduce(0) { $0 + $1.count }
    memory = .allocate(byteCount: byteCount + padding * messages.count, alignment: 64)
    _ = memory.initializeMemory(as: UInt8.self, repeating: 0x20)
    var places: [UnsafeRawBufferPointer] = []
    var offset = 0
    for message in messages {
      let place = UnsafeMutableRawBufferPointer(rebasing: memory[offset..<offset + message.count])
      place.copyBytes(from: message)
      places.append(UnsafeRawBufferPointer(place))
      offset += message.count + padding
    }
    self.places = places
  }

  deinit { memory.deallocate() }

  var count: Int { places.count }
  subscript(index: Int) -> UnsafeRawBufferPointer { places[index] }
}
