import CAllocationCount
import Glibc
import Testing
import TradingModel

@testable import Journal

#if DEBUG
  private let isOptimized = false
#else
  private let isOptimized = true
#endif

@Suite struct RoundTripTests {
  /// Random sizes and kinds over many small segments; the market stream kept or passed over.
  @Test(arguments: UInt64(0)..<24)
  func givesBackWhatWasAppended(seed: UInt64) throws {
    let scratch = Scratch()
    var dice = Dice(seed: seed)
    let recordsMarket = seed % 3 != 0
    let options = JournalOptions(
      segmentByteCount: 1024 + dice.below(64) * 8, durability: seed % 8 == 1 ? .disk : .process,
      recordsMarket: recordsMarket)
    var writer = try JournalWriter(
      directory: scratch.journal, identity: identity, options: options)
    var expected: [ReadRecord] = []
    for sequence in UInt64(1)...500 {
      let kind: RecordKind = dice.below(3) == 0 ? .bookUpdate : .orderEvent
      let record = makeRecord(
        sequence, kind: kind, byteCount: 40 + dice.below(30) * 8, seed: seed)
      try writer.append(record)
      try writer.commit(upTo: sequence &- 100)
      if recordsMarket || !kind.isMarket { expected.append(ReadRecord(record)) }
    }
    let summary = writer.summary
    try writer.close()
    let reading = Reading(scratch.journal)
    #expect(reading.error == nil)
    #expect(reading.tornTail == nil)
    #expect(reading.records == expected)
    #expect(reading.summary.records == summary.records)
    #expect(reading.summary.bytes == summary.bytes)
    #expect(reading.summary.segments == summary.segments)
    #expect(try segments(scratch.journal).count == Int(summary.segments))
    #expect(summary.segments > 20)
  }

  @Test func emptyJournalIsValid() throws {
    let scratch = Scratch()
    var writer = try JournalWriter(directory: scratch.journal, identity: identity)
    try writer.close()
    let reading = Reading(scratch.journal)
    #expect(reading.error == nil && reading.records.isEmpty && reading.tornTail == nil)
    #expect(readBytes(scratch.journal + "/control-000001.ntj").count == SegmentHeader.byteCount)
  }

  /// Without `close`, as after `kill -9`: the segments keep their full length.
  @Test func unclosedJournalIsValid() throws {
    let scratch = Scratch()
    let expected = try writeUnclosed(scratch.journal, count: 40)
    let reading = Reading(scratch.journal)
    #expect(reading.error == nil && reading.tornTail == nil)
    #expect(reading.records == expected)
  }

  @Test func recordTooLargeIsRefusedAndNothingElseLost() throws {
    let scratch = Scratch()
    var writer = try JournalWriter(
      directory: scratch.journal, identity: identity,
      options: JournalOptions(segmentByteCount: 512))
    try writer.append(makeRecord(1))
    #expect(throws: JournalError.recordTooLarge(sequence: 2, byteCount: 392, maximum: 384)) {
      try writer.append(makeRecord(2, byteCount: 392))
    }
    try writer.append(makeRecord(2, byteCount: 384))
    try writer.close()
    #expect(Reading(scratch.journal).records.count == 2)
  }

  /// Within a segment, and past the place where the next one is asked for.
  @Test(.enabled(if: isOptimized, "unoptimised code allocates: ./test --release"))
  func appendAllocatesNothing() throws {
    let scratch = Scratch()
    var writer = try JournalWriter(
      directory: scratch.journal, identity: identity,
      options: JournalOptions(segmentByteCount: 1 << 20))
    let record = UnsafeMutableRawPointer.allocate(byteCount: 104, alignment: 8)
    defer { record.deallocate() }
    record.initializeMemory(as: UInt8.self, repeating: 1, count: 104)
    callocation_count_start()
    for sequence in UInt64(1)...8000 {
      RecordHeader(byteCount: 104, kind: .orderEvent, isOutput: true, sequence: sequence, time: 1)
        .store(at: record)
      try writer.append(record, byteCount: 104)
    }
    var calls: UInt64 = 0
    var bytes: UInt64 = 0
    callocation_count_stop(&calls, &bytes)
    #expect(calls == 0 && bytes == 0, "\(calls) calls, \(bytes) bytes")
    try writer.close()
  }

  @Test func headerKeepsIdentity() throws {
    let scratch = Scratch()
    var writer = try JournalWriter(
      directory: scratch.journal,
      identity: JournalIdentity(runID: 7, buildID: String(repeating: "é", count: 40)))
    try writer.close()
    let reader = try JournalReader(directory: scratch.journal)
    let (runID, buildID, recordsMarket) = (reader.runID, reader.buildID, reader.recordsMarket)
    #expect(runID == 7)
    #expect(buildID == String(repeating: "é", count: 16))
    #expect(recordsMarket)
  }

  /// The bytes of the format: a change here is a new `recordFormatVersion`.
  @Test func goldenBytes() throws {
    let scratch = Scratch()
    var writer = try JournalWriter(
      directory: scratch.journal, identity: JournalIdentity(runID: 1, buildID: "golden"),
      options: JournalOptions(segmentByteCount: 4096, recordsMarket: false))
    try writer.append(makeRecord(1, byteCount: 48))
    try writer.close()
    let hex = readBytes(scratch.journal + "/control-000001.ntj").map { byte in
      let text = String(byte, radix: 16)
      return byte < 16 ? "0" + text : text
    }.joined()
    #expect(hex == golden)
  }

  /// Header: magic, stream, format, flags / number, sequence / chain, run / ... A line is 32 bytes.
  private let golden = [
    "4e544a524e4c0000030000000000000001000000000000000100000000000000",
    "2e5cff58555f6301010000000000000000000000000000000010000000000000",
    "676f6c64656e0000000000000000000000000000000000000000000000000000",
    "000000000000000000000000000000000000000000000000ad953bd7dcc2549c",
    "30000000100000000100000000000000e80300000000000004810cbe4118f640",
    "5e1f065cac14ff728c08923bf429f9bf",
  ].joined()
}

/// Writes records of both streams into small segments and leaves the files as a killed process
/// would: not cut to their used size.
func writeUnclosed(
  _ directory: String, count: UInt64, segmentByteCount: Int = 1024
) throws -> [ReadRecord] {
  let copy = directory + "-open"
  var expected: [ReadRecord] = []
  var writer = try JournalWriter(
    directory: copy, identity: identity,
    options: JournalOptions(segmentByteCount: segmentByteCount))
  for sequence in 1...count {
    let record = makeRecord(
      sequence, kind: sequence % 3 == 0 ? .trade : .fillEvent,
      byteCount: 40 + Int(sequence % 5) * 8)
    try writer.append(record)
    expected.append(ReadRecord(record))
  }
  try writer.sync()
  mkdir(directory, 0o755)
  for name in try JournalDirectory.names(in: copy) where name.hasSuffix(".ntj") {
    writeBytes(readBytes(copy + "/" + name), directory + "/" + name)
  }
  return expected
}
