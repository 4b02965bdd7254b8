import CPlatform
import Engine
import Glibc
import Journal
import LowLatency
import Runtime
import Strategies
import TradingCore
import TradingModel
import Venues

/// What went wrong with a benchmark itself.
struct BenchFailure: Error, CustomStringConvertible {
  var description: String
}

/// A whole core with its journal and a venue's encoder: what a fused engine is between its feeds
/// and its sockets. Fused, one thread; whoever calls does the waiting.
struct BenchEngine: ~Copyable {
  var engine: JournaledCore
  let writer: OrderWriter
  /// The time of the next input: every one comes a microsecond after the last.
  var now: Timestamp = 1_754_000_000_000_000_000
  /// Bytes of all requests encoded: the benchmark's own proof that they were.
  private(set) var encodedBytes = 0
  let directory: String
  private let room = Room<UInt64>(count: 512, filler: 0)
  /// A record being put together: reports, ticks.
  var scratch: UnsafeMutableRawPointer { UnsafeMutableRawPointer(room.base) }

  static let listingCount = 8
  static let runID: UInt64 = 0x5EED_1E55

  private init(engine: consuming JournaledCore, writer: OrderWriter, directory: String) {
    self.engine = engine
    self.writer = writer
    self.directory = directory
  }

  /// Starts a run in a new directory.
  ///
  /// - Parameters:
  ///   - makers: whether makers quote listings 0 to 3; the orders of commands are in 4 to 7.
  ///   - segmentByteCount: so large that no run changes segments.
  static func start(
    makers: Bool, segmentByteCount: Int, venue: BenchVenue
  ) throws -> BenchEngine {
    let market = BenchMarket()
    let writer = try venue.writer(market)
    let directory = try temporaryDirectory()
    var registry = StrategyRegistry()
    registry.register(Bystander.self)
    let journal = try JournalWriter(
      directory: directory, identity: JournalIdentity(runID: runID, buildID: "bench"),
      options: JournalOptions(segmentByteCount: segmentByteCount))
    var bench = BenchEngine(
      engine: JournaledCore(core: TradingCore(registry: registry), journal: journal),
      writer: writer, directory: directory)
    let start = RunStart(mode: .benchmark, runID: runID, seed: 1, buildID: "bench")
    for record in market.definitions(makers: makers).encoded(start: start, time: bench.now) {
      try bench.engine.apply(record)
    }
    for venue in 0..<BenchMarket.venueCount { try bench.open(VenueIndex(venue)) }
    for listing in market.listings {
      market.writeSnapshot(of: listing, at: bench.scratch, time: bench.tick())
      try bench.apply(bench.scratch)
    }
    return bench
  }

  /// Closes the journal and removes it.
  mutating func finish() throws {
    _ = try engine.finish()
    try Self.remove(directory)
  }

  mutating func tick() -> Timestamp {
    now += 1_000
    return now
  }

  @inline(__always)
  mutating func apply(_ record: UnsafeMutableRawPointer) throws(EngineError) {
    try engine.apply(record)
  }

  /// Applies a report about an order or a venue, untimed.
  mutating func apply(_ report: VenueReport) throws(EngineError) {
    write(report)
    try engine.apply(scratch)
  }

  /// Puts a report together in `scratch`.
  mutating func write(_ report: VenueReport) {
    RecordHeader(
      byteCount: VenueReport.byteCount, kind: .venueReport, isOutput: false, sequence: 0,
      time: tick()
    ).store(at: scratch)
    report.store(at: scratch)
  }

  /// Encodes every request among the outputs, as a gateway would. Returns how many there were.
  @inline(__always)
  mutating func encodeRequests(signed: Bool) throws -> Int {
    var offset = 0
    var count = 0
    let milliseconds = UInt64(now / 1_000_000)
    while offset < engine.outputs.byteCount {
      let record = UnsafeRawPointer(engine.outputs.base + offset)
      offset += Int(record.load32(0))
      guard record.load16(4) == RecordKind.venueRequest.rawValue,
        let request = VenueRequest(at: record)
      else { continue }
      encodedBytes &+= try writer.write(
        request, timestamp: milliseconds, isSigned: signed)
      count &+= 1
    }
    return count
  }

  private mutating func open(_ venue: VenueIndex) throws {
    for kind in [VenueReportKind.connected, .snapshotBegin, .snapshotEnd] {
      try apply(VenueReport(kind: kind, venue: venue, venueTime: now))
    }
    guard engine.core.isOpen(venue: venue) else { throw BenchFailure(description: "venue closed") }
  }

  /// A new directory under `TMPDIR`. The journal's helper thread must not share the measuring
  /// thread's processor, so journals are made unpinned.
  static func temporaryDirectory() throws -> String {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(parent)/needletail-bench-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw BenchFailure(
        description: "cannot make a directory in \(parent): \(String(cString: strerror(errno)))")
    }
    return String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  static func remove(_ directory: String) throws {
    guard let entries = opendir(directory) else { return }
    defer { closedir(entries) }
    while let entry = readdir(entries) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { unlink(directory + "/" + name) }
    }
    rmdir(directory)
  }
}

/// Memory taken once and given back at the end.
struct Room<Element: BitwiseCopyable>: ~Copyable {
  let base: UnsafeMutablePointer<Element>

  init(count: Int, filler: Element) {
    base = .allocate(capacity: count)
    base.initialize(repeating: filler, count: count)
  }

  deinit { base.deallocate() }
}

/// A strategy that watches: the orders of commands run on its account, and it is told of each.
struct Bystander: Strategy {
  static let name = "bystander"
  private var seen: UInt64 = 0

  init(_ setup: StrategySetup) throws(SettingError) {}
  mutating func orderChanged(_ event: OrderEvent, _ context: borrowing StrategyContext) {
    seen &+= 1
  }
  mutating func filled(_ fill: FillEvent, _ context: borrowing StrategyContext) { seen &+= 1 }
  func hash(into hash: inout RecordHash) { hash.combine(seen) }
}
