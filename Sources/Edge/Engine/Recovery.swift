import Journal
import Strategies
import TradingCore
import TradingModel

/// A core rebuilt from a journal, with what else the journal told.
public struct RecoveredCore: ~Copyable {
  public var core: TradingCore
  public var definitions: RunDefinitions
  /// The first record of the run that was written last.
  public var lastStart: RunStart
  /// How many runs wrote the journal.
  public var runCount: Int
  /// Whether the last run ended in order; false after a crash.
  public var endedInOrder: Bool
}

/// Rebuilding a core from recorded inputs *and outputs*: what was sent was sent, whatever this build
/// would decide, so that a newer build can start on an older one's journal.
public struct Recovery: ~Copyable {
  private var core: TradingCore
  private var outputs: RecordBuffer
  private var input: RecordBuffer
  private var definitions = RunDefinitions()
  private var lastStart: RunStart?
  private var runCount = 0
  private var endedInOrder = false

  public init(capacity: CoreCapacity, registry: StrategyRegistry) {
    core = TradingCore(capacity: capacity, registry: registry)
    core.beginRecovery()
    outputs = RecordBuffer(capacity: capacity.outputByteCount)
    input = RecordBuffer(capacity: JournalFormat.recordByteCountMax + 8)
  }

  /// Takes the next record of the journal in, whatever it is.
  public mutating func take(_ record: UnsafeRawPointer) throws(CoreError) {
    let header = RecordHeader(at: record)
    let kind = RecordKind(rawValue: header.kind)
    endedInOrder = kind == .runEnd
    if header.isOutput {
      try core.applyRecorded(record)
      return
    }
    if kind == .outputHash || kind == .runEnd {
      core.skip(to: header.sequence)
      return
    }
    if kind == .runStart {
      runCount += 1
      lastStart = try? RunStart(at: record)
    }
    _ = try? definitions.take(record)
    input.removeAll()
    guard input.append(copying: record, byteCount: Int(header.byteCount)) else {
      throw .record(
        .tooShort(
          kind: kind ?? .runStart, byteCount: input.capacity, needed: Int(header.byteCount)))
    }
    outputs.removeAll()
    core.skip(to: header.sequence - 1)
    try core.apply(input.base, into: &outputs)
    outputs.removeAll()
  }

  /// The core as it was when the last record taken was written, deciding again from here on; nil
  /// when there was no run in the journal.
  public consuming func finish() -> RecoveredCore? {
    guard let lastStart else { return nil }
    core.endRecovery()
    return RecoveredCore(
      core: core, definitions: definitions, lastStart: lastStart, runCount: runCount,
      endedInOrder: endedInOrder)
  }
}
