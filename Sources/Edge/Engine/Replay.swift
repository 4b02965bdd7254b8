import Journal
import Strategies
import TradingCore
import TradingModel

/// How a replay found the journal.
public enum ReplayError: Error, CustomStringConvertible {
  case journal(JournalError)
  case core(CoreError, sequence: UInt64)
  /// What was decided again is not what was recorded.
  case difference(sequence: UInt64, what: String)
  /// The recorded feed behind a backtest is not to be had, or not the same.
  case market(String)

  public var description: String {
    switch self {
    case .journal(let error): "\(error)"
    case .core(let error, let sequence): "record \(sequence) was refused: \(error)"
    case .difference(let sequence, let what): "record \(sequence) differs: \(what)"
    case .market(let text): text
    }
  }
}

/// Gives the market records that a journal names but does not hold, in the order of their arrival.
public protocol MarketSource: AnyObject {
  /// The next record, valid until the call after; nil at the end. Its sequence is not set.
  func next() throws -> UnsafeMutableRawPointer?
}

/// What a replay came to.
public struct ReplayOutcome: Sendable {
  public var inputs: UInt64 = 0
  public var outputs: UInt64 = 0
  public var records: UInt64 = 0
  /// When the last run in the journal started.
  public var startTime: Timestamp = 0
  public var stateHash: UInt64 = 0
  public var outputHash: UInt64 = 0
  /// The hashes that the run recorded at its orderly end; nil when it was cut off, or not reached.
  public var recordedEnd: RunEnd?
  /// Whether the replay stopped at a given record.
  public var stoppedEarly = false
}

/// Decides a journal's inputs again and compares every output, hash by hash and byte by byte.
public struct Replay: ~Copyable {
  private let directory: String
  private let registry: StrategyRegistry
  private let capacity: CoreCapacity
  public private(set) var core: TradingCore
  public private(set) var definitions = RunDefinitions()
  public private(set) var lastStart: RunStart?
  public private(set) var outcome = ReplayOutcome()
  private var decided: RecordBuffer
  private var decidedOffset = 0
  private var input: RecordBuffer
  private var market: (any MarketSource)?
  private let openMarket: (RunDefinitions) throws -> any MarketSource
  private var holdsMarket = true

  /// - Parameter openMarket: opens what a journal without market records names as its feeds.
  public init(
    directory: String, registry: StrategyRegistry, capacity: CoreCapacity = CoreCapacity(),
    openMarket: @escaping (RunDefinitions) throws -> any MarketSource
  ) {
    self.directory = directory
    self.registry = registry
    self.capacity = capacity
    self.openMarket = openMarket
    core = TradingCore(capacity: capacity, registry: registry)
    decided = RecordBuffer(capacity: capacity.outputByteCount)
    input = RecordBuffer(capacity: JournalFormat.recordByteCountMax + 8)
  }

  /// Replays up to and including record `until`, or to the end.
  ///
  /// - Returns: the journal's summary and torn tail, if it has one.
  public mutating func run(
    until: UInt64 = .max
  ) throws(ReplayError) -> (summary: JournalSummary, tornTail: TornTail?) {
    var reader = try Self.open(directory)
    holdsMarket = reader.recordsMarket
    while let record = try Self.next(&reader) {
      if record.header.sequence > until {
        outcome.stoppedEarly = true
        break
      }
      try take(record.base, record.header)
      outcome.records += 1
    }
    if outcome.stoppedEarly, !holdsMarket {
      // The records asked for may be market data that only the feed files hold.
      while decidedOffset == decided.byteCount, core.sequence < until {
        guard try applyMarket() else { break }
      }
    }
    outcome.inputs = core.counts.inputs
    outcome.outputs = core.counts.outputs
    // The run's own end is a record too: the hash it printed is of the state before it.
    outcome.stateHash = outcome.recordedEnd?.stateHash ?? core.stateHash()
    outcome.outputHash = core.outputHash.value
    return (reader.summary, reader.tornTail)
  }

  private static func open(_ directory: String) throws(ReplayError) -> JournalReader {
    do throws(JournalError) {
      return try JournalReader(directory: directory)
    } catch {
      throw .journal(error)
    }
  }

  private static func next(
    _ reader: inout JournalReader
  ) throws(ReplayError) -> JournalRecord? {
    do throws(JournalError) {
      return try reader.next()
    } catch {
      throw .journal(error)
    }
  }

  private mutating func take(
    _ record: UnsafeRawPointer, _ header: RecordHeader
  ) throws(ReplayError) {
    let kind = RecordKind(rawValue: header.kind)
    outcome.recordedEnd = nil
    if kind == .runStart, core.sequence > 0 { try beginNextRun(before: header.sequence) }
    if header.isOutput {
      if decidedOffset == decided.byteCount { try catchUp(to: header.sequence) }
      try compare(record, header)
      return
    }
    if kind != .runStart || core.sequence > 0 { try catchUp(to: header.sequence) }
    try checkNothingDecided(before: header.sequence)
    guard core.sequence + 1 == header.sequence else {
      throw .difference(
        sequence: header.sequence,
        what: "the replay stands at \(core.sequence), so record \(core.sequence + 1) was expected")
    }
    switch kind {
    case .outputHash: try compareHash(record, header)
    case .runEnd: try compareEnd(record, header)
    default: try applyInput(record, header)
    }
  }

  /// A later run continued this journal: it started from a recovered core, so this does too.
  private mutating func beginNextRun(before sequence: UInt64) throws(ReplayError) {
    var recovery = Recovery(capacity: capacity, registry: registry)
    var reader = try Self.open(directory)
    while let record = try Self.next(&reader) {
      if record.header.sequence >= sequence { break }
      do throws(CoreError) {
        try recovery.take(record.base)
      } catch {
        throw .core(error, sequence: record.header.sequence)
      }
    }
    guard let recovered = recovery.finish() else {
      throw .difference(sequence: sequence, what: "a later run starts, and no earlier one is there")
    }
    core = recovered.takeCore()
    decided.removeAll()
    decidedOffset = 0
  }

  private mutating func applyInput(
    _ record: UnsafeRawPointer, _ header: RecordHeader
  ) throws(ReplayError) {
    if header.kind == RecordKind.runStart.rawValue {
      lastStart = try? RunStart(at: record)
      outcome.startTime = header.time
    }
    _ = try? definitions.take(record)
    input.removeAll()
    guard input.append(copying: record, byteCount: Int(header.byteCount)) else {
      throw .difference(sequence: header.sequence, what: "it is longer than any record can be")
    }
    try apply(input.base)
  }

  private mutating func apply(_ record: UnsafeMutableRawPointer) throws(ReplayError) {
    decided.removeAll()
    decidedOffset = 0
    do throws(CoreError) {
      try core.apply(record, into: &decided)
    } catch {
      throw .core(error, sequence: core.sequence + 1)
    }
  }

  /// Takes the market data that stands between the last record and `sequence` from its files.
  private mutating func catchUp(to sequence: UInt64) throws(ReplayError) {
    if holdsMarket { return }
    while decidedOffset == decided.byteCount, core.sequence + 1 < sequence {
      guard try applyMarket() else {
        throw .market(
          "the feed files end before record \(core.sequence + 1), which the journal counts")
      }
    }
  }

  private mutating func applyMarket() throws(ReplayError) -> Bool {
    let record: UnsafeMutableRawPointer?
    do {
      if market == nil { market = try openMarket(definitions) }
      record = try market?.next()
    } catch {
      throw .market("\(error)")
    }
    guard let record else { return false }
    try apply(record)
    return true
  }

  /// Compares a recorded output with the next one decided.
  private mutating func compare(
    _ record: UnsafeRawPointer, _ header: RecordHeader
  ) throws(ReplayError) {
    guard decidedOffset < decided.byteCount else {
      throw .difference(
        sequence: header.sequence, what: "an output was recorded that is not decided now")
    }
    let mine = UnsafeRawPointer(decided.base + decidedOffset)
    let count = Int(mine.load32(0))
    guard count == Int(header.byteCount) else {
      throw .difference(
        sequence: header.sequence,
        what: "\(header.byteCount) bytes were recorded, \(count) are decided now")
    }
    for offset in 0..<count where offset < 24 || offset >= RecordHeader.byteCount {
      guard record.load8(offset) == mine.load8(offset) else {
        throw .difference(
          sequence: header.sequence,
          what: "byte \(offset) of the output was recorded as \(record.load8(offset)), "
            + "\(mine.load8(offset)) is decided now")
      }
    }
    decidedOffset += count
  }

  private func checkNothingDecided(before sequence: UInt64) throws(ReplayError) {
    guard decidedOffset == decided.byteCount else {
      throw .difference(
        sequence: sequence, what: "an output is decided now that was not recorded before it")
    }
  }

  private mutating func compareHash(
    _ record: UnsafeRawPointer, _ header: RecordHeader
  ) throws(ReplayError) {
    _ = core.takeSequence()
    guard let proof = try? OutputHash(at: record), proof.hash == core.outputHash.value else {
      throw .difference(sequence: header.sequence, what: "the rolling output hash")
    }
  }

  private mutating func compareEnd(
    _ record: UnsafeRawPointer, _ header: RecordHeader
  ) throws(ReplayError) {
    let stateHash = core.stateHash()
    _ = core.takeSequence()
    guard let end = try? RunEnd(at: record) else {
      throw .difference(sequence: header.sequence, what: "it is no whole run end")
    }
    guard end.outputHash == core.outputHash.value else {
      throw .difference(sequence: header.sequence, what: "the output hash of the run")
    }
    guard end.stateHash == stateHash else {
      throw .difference(sequence: header.sequence, what: "the state hash of the run")
    }
    outcome.recordedEnd = end
  }
}

extension RecoveredCore {
  public consuming func takeCore() -> TradingCore { core }
}
