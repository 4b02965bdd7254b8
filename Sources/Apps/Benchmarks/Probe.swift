import LowLatency
import Runtime

/// Measures operations of several kinds inside one loop: their time, or what they allocate.
///
/// The time to read the counter is measured once and subtracted from every reading.
struct Probe: ~Copyable {
  enum Mode {
    /// Warm-up: nothing is kept.
    case idle
    case time
    case allocations
  }

  private struct Cell: ~Copyable {
    var ticks = Histogram()
    var operations: UInt64 = 0
    var allocatedBytes: UInt64 = 0
    var allocatedOperations: UInt64 = 0
  }

  var mode = Mode.idle
  let overhead: UInt64
  private let cells: UnsafeMutablePointer<Cell>
  private let kinds: Int
  private var began: UInt64 = 0

  init(kinds: Int, overhead: UInt64) {
    self.kinds = kinds
    self.overhead = overhead
    cells = .allocate(capacity: kinds)
    for kind in 0..<kinds { (cells + kind).initialize(to: Cell()) }
  }

  deinit {
    cells.deinitialize(count: kinds)
    cells.deallocate()
  }

  /// The operation begins.
  @inline(__always)
  mutating func begin() {
    if mode == .allocations { AllocationCounter.start() }
    began = TimestampCounter.ticks
  }

  /// The operation has ended; `batch` tells how many it was.
  @inline(__always)
  mutating func end(_ kind: Int, batch: UInt64 = 1) {
    let ticks = TimestampCounter.ticks &- began
    switch mode {
    case .idle: break
    case .time:
      cells[kind].ticks.record(ticks > overhead ? ticks &- overhead : 0)
      cells[kind].operations &+= batch
    case .allocations:
      cells[kind].allocatedBytes &+= AllocationCounter.stop().bytes
      cells[kind].allocatedOperations &+= batch
    }
  }

  /// What one run has measured of a kind; nanoseconds an operation.
  func sample(_ kind: Int, _ counter: TimestampCounter, batch: Double) -> RunSample {
    let scale = 1e9 / counter.ticksPerSecond / batch
    func value(_ percent: Double) -> Double {
      Double(cells[kind].ticks.percentile(percent)) * scale
    }
    return RunSample(
      p50: value(50), p99: value(99), p999: value(99.9),
      max: Double(cells[kind].ticks.max) * scale, median: cells[kind].ticks.mean * scale,
      operations: cells[kind].operations)
  }

  func allocatedBytesPerOperation(_ kind: Int) -> Double {
    let count = cells[kind].allocatedOperations
    return count == 0 ? 0 : Double(cells[kind].allocatedBytes) / Double(count)
  }

  /// The ticks that an empty measurement takes, as most of many do.
  static func measureOverhead() -> UInt64 {
    var histogram = Histogram()
    for _ in 0..<200_000 {
      let begin = TimestampCounter.ticks
      let end = TimestampCounter.ticks
      histogram.record(end &- begin)
    }
    return histogram.percentile(50)
  }
}

/// What one run of a case came to, in the case's unit.
struct RunSample {
  var p50: Double
  var p99: Double
  var p999: Double
  var max: Double
  /// The run's mean, or its rate: the median of these over the runs is the case's `median`.
  var median: Double
  var operations: UInt64

  /// A rate has one value a run.
  init(rate: Double, operations: UInt64) {
    self.init(
      p50: rate, p99: rate, p999: rate, max: rate, median: rate, operations: operations)
  }

  init(
    p50: Double, p99: Double, p999: Double, max: Double, median: Double, operations: UInt64
  ) {
    self.p50 = p50
    self.p99 = p99
    self.p999 = p999
    self.max = max
    self.median = median
    self.operations = operations
  }
}
