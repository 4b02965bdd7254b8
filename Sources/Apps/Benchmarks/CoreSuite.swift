import CPlatform
import Engine
import Glibc
import Journal
import LowLatency
import Runtime
import Strategies
import TradingCore
import TradingModel

/// How much is measured.
struct BenchScale {
  var runs = 5
  /// Operations of one run, warm-up apart.
  var operations: Int
  var segmentByteCount: Int

  static let full = BenchScale(operations: 20_000, segmentByteCount: 128 << 20)
  /// Enough to see that everything works; its figures mean little.
  static let quick = BenchScale(operations: 1_000, segmentByteCount: 16 << 20)
}

/// Runs the suite `core`: each case `runs` times, after warm-up, on one pinned thread.
struct CoreSuite: ~Copyable {
  let scale: BenchScale
  let counter = TimestampCounter()
  let overhead: UInt64
  /// Where the measuring thread is bound; nil where the kernel did not let it.
  let processor: Int?
  /// Told what is being measured, for people.
  let progress: (String) -> Void
  private(set) var results: [BenchResult] = []

  let venue: BenchVenue
  private let only: String?

  init(
    scale: BenchScale, venue: BenchVenue, only: String? = nil,
    progress: @escaping (String) -> Void
  ) {
    self.only = only
    self.venue = venue
    self.scale = scale
    self.progress = progress
    let last = AgentRunner.processorCount - 1
    processor = cplatform_pin_thread(Int32(last)) == 0 ? last : nil
    overhead = Probe.measureOverhead()
  }

  var overheadNanoseconds: Double { Double(overhead) * 1e9 / counter.ticksPerSecond }

  mutating func run() throws {
    try runParts()
    if wants(CoreCases.orderLives) { try runOrderLives() }
    if wants(CoreCases.quotes) { try runQuotes() }
    for (benchCase, ending, signed) in [
      (CoreCases.pathCanceled, OrderPath.Ending.canceled, false),
      (CoreCases.pathSigned, .canceled, true), (CoreCases.pathFilled, .filled, false),
    ] where wants([benchCase]) {
      try runPath(benchCase, ending: ending, signed: signed)
    }
    if wants([CoreCases.replay, CoreCases.recovery]) { try runReplay() }
    _ = cplatform_unpin_thread()
  }

  /// Whether one of the cases measured together was asked for.
  func wants(_ cases: [BenchCase]) -> Bool {
    guard let only else { return true }
    return cases.contains { $0.name.hasPrefix(only) }
  }

  /// Makes a core and a journal. The journal's helper thread inherits where it may run, and must not
  /// take the measuring thread's processor.
  func startEngine(makers: Bool) throws -> BenchEngine {
    _ = cplatform_unpin_thread()
    let bench = try BenchEngine.start(
      makers: makers, segmentByteCount: scale.segmentByteCount, venue: venue)
    pin()
    return bench
  }

  func pin() {
    if let processor { _ = cplatform_pin_thread(Int32(processor)) }
  }

  /// Adds the samples of all runs under their cases.
  mutating func add(_ benchCase: BenchCase, _ runs: [RunSample], allocated: Double?) {
    results.append(
      BenchResult(benchCase: benchCase, runs: runs, allocatedBytesPerOperation: allocated))
  }

  // MARK: Orders and quotes

  private mutating func runOrderLives() throws {
    try runKinds(CoreCases.orderLives) { suite, index, probe in
      var lives = OrderLives(bench: try suite.startEngine(makers: false), seed: UInt64(index + 1))
      try suite.measure(&probe) { count, probe in try lives.run(count, &probe) }
      try lives.finish()
    }
  }

  private mutating func runQuotes() throws {
    try runKinds(CoreCases.quotes) { suite, index, probe in
      var loop = QuoteLoop(bench: try suite.startEngine(makers: true), seed: UInt64(index + 1))
      try loop.begin()
      try suite.measure(&probe) { count, probe in try loop.run(count, &probe) }
      try loop.bench.finish()
    }
  }

  /// Runs cases that one loop measures together, each under the kind of its place.
  private mutating func runKinds(
    _ cases: [BenchCase], _ run: (borrowing CoreSuite, Int, inout Probe) throws -> Void
  ) throws {
    var samples: [[RunSample]] = cases.map { _ in [] }
    var allocated = cases.map { _ in 0.0 }
    progress(cases.map(\.name).joined(separator: ", "))
    for index in 0..<scale.runs {
      var probe = Probe(kinds: cases.count, overhead: overhead)
      try run(self, index, &probe)
      for kind in cases.indices {
        samples[kind].append(
          probe.sample(kind, counter, batch: Double(cases[kind].batch)))
        allocated[kind] = max(allocated[kind], probe.allocatedBytesPerOperation(kind))
      }
    }
    for kind in cases.indices { add(cases[kind], samples[kind], allocated: allocated[kind]) }
  }

  /// Warm-up, then time, then allocations.
  func measure(
    _ probe: inout Probe, _ body: (Int, inout Probe) throws -> Void
  ) throws {
    probe.mode = .idle
    try body(scale.operations / 4 + 600, &probe)
    probe.mode = .time
    try body(scale.operations, &probe)
    probe.mode = .allocations
    try body(scale.operations / 10 + 600, &probe)
  }

  // MARK: Rates

  private mutating func runPath(
    _ benchCase: BenchCase, ending: OrderPath.Ending, signed: Bool
  ) throws {
    progress(benchCase.name)
    var samples: [RunSample] = []
    var allocated = 0.0
    for index in 0..<scale.runs {
      var path = OrderPath(bench: try startEngine(makers: false), seed: UInt64(index + 1))
      try path.run(scale.operations / 2, ending: ending, signed: signed)
      samples.append(
        try rate(scale.operations) { try path.run($0, ending: ending, signed: signed) })
      AllocationCounter.start()
      try path.run(scale.operations / 10, ending: ending, signed: signed)
      allocated = max(
        allocated, Double(AllocationCounter.stop().bytes) / Double(scale.operations / 10))
      try path.bench.finish()
    }
    add(benchCase, samples, allocated: allocated)
  }

  /// The rate of `count` operations done by `body`, per second of this thread's processor time: on a
  /// core of its own that is a second, on a shared one what others took is left out.
  func rate(_ count: Int, _ body: (Int) throws -> Void) rethrows -> RunSample {
    let begin = Self.processorTime
    try body(count)
    let nanoseconds = Self.processorTime - begin
    return RunSample(
      rate: Double(count) * 1e9 / Double(max(1, nanoseconds)), operations: UInt64(count))
  }

  /// What this thread has used, in user and kernel, ns.
  private static var processorTime: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  private mutating func runReplay() throws {
    progress("replay.records, recovery.records")
    var lives = OrderLives(bench: try startEngine(makers: false), seed: 1)
    var probe = Probe(kinds: CoreCases.orderLives.count, overhead: overhead)
    try lives.run(scale.operations, &probe)
    let end = try lives.bench.engine.finish()
    let directory = lives.bench.directory
    let records = Int(end.summary?.records ?? 0)
    var registry = StrategyRegistry()
    registry.register(Bystander.self)
    var replays: [RunSample] = []
    var recoveries: [RunSample] = []
    for _ in 0..<scale.runs {
      replays.append(
        try rate(records) { _ in
          var replay = Replay(directory: directory, registry: registry) { _ in
            throw BenchFailure(description: "the journal holds its market records")
          }
          _ = try replay.run()
          guard replay.outcome.recordedEnd?.stateHash == end.stateHash else {
            throw BenchFailure(description: "the replay ended in another state")
          }
        })
      recoveries.append(try rate(records) { _ in try Self.recover(directory, registry) })
    }
    try BenchEngine.remove(directory)
    add(CoreCases.replay, replays, allocated: nil)
    add(CoreCases.recovery, recoveries, allocated: nil)
  }

  private static func recover(_ directory: String, _ registry: StrategyRegistry) throws {
    var recovery = Recovery(capacity: CoreCapacity(), registry: registry)
    var reader = try JournalReader(directory: directory)
    while let record = try reader.next() { try recovery.take(record.base) }
    guard recovery.finish() != nil else {
      throw BenchFailure(description: "nothing was recovered")
    }
  }
}
