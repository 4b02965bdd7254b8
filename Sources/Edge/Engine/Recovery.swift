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
  /// What the last input led to by itself, fills among it, and the run did not live to record: the
  /// core has it, and the journal gets it before anything else (`JournaledCore.record`).
  public var unrecorded: [[UInt8]]
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
  /// How many outputs of the last input were recorded, requests apart.
  private var recordedCount = 0

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
      if kind != .venueRequest { recordedCount += 1 }
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
    recordedCount = 0
    core.skip(to: header.sequence - 1)
    try core.apply(input.base, into: &outputs)
    // Of one order's report the events come first and a request last, so that what is missing can be
    // recorded behind what is there. Other inputs tell of no fills.
    let isOrderReport =
      kind == .venueReport
      && VenueReport(at: UnsafeRawPointer(input.base))?.kind.isAboutOrder == true
    if !isOrderReport { outputs.removeAll() }
  }

  /// The core as it was when the last record taken was written, deciding again from here on; nil
  /// when there was no run in the journal.
  public consuming func finish() -> RecoveredCore? {
    guard let lastStart else { return nil }
    let unrecorded = takeUnrecorded()
    core.endRecovery()
    return RecoveredCore(
      core: core, definitions: definitions, lastStart: lastStart, runCount: runCount,
      endedInOrder: endedInOrder, unrecorded: unrecorded)
  }

  /// Does what reading the missing outputs of the last input would have done; returns them, numbered.
  private mutating func takeUnrecorded() -> [[UInt8]] {
    var result: [[UInt8]] = []
    var offset = 0
    var place = 0
    while offset < outputs.byteCount {
      let record = outputs.base + offset
      let byteCount = Int(UnsafeRawPointer(record).load32(0))
      offset += byteCount
      place += 1
      if place <= recordedCount { continue }
      record.store64(core.sequence + 1, 8)
      do throws(CoreError) {
        try core.applyRecorded(record)
      } catch {
        preconditionFailure("Invariant: the core's own outputs are whole")
      }
      result.append(Array(UnsafeRawBufferPointer(start: record, count: byteCount)))
    }
    return result
  }
}
