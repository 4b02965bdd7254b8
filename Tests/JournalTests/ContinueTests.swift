import Glibc
import Testing
import TradingModel

@testable import Journal

@Suite struct ContinueTests {
  private func carryOn(
    _ directory: String, runID: UInt64, records: ClosedRange<UInt64>, close: Bool = true
  ) throws -> [ReadRecord] {
    var reader = try JournalReader(directory: directory)
    var writer = try JournalWriter(
      continuing: &reader, identity: JournalIdentity(runID: runID, buildID: "later"),
      options: JournalOptions(segmentByteCount: 1024))
    var expected: [ReadRecord] = []
    for sequence in records {
      let record = makeRecord(sequence, kind: sequence % 2 == 0 ? .trade : .command)
      try writer.append(record)
      expected.append(ReadRecord(record))
    }
    if close { try writer.close() }
    return expected
  }

  @Test func carriesOnAClosedJournalTwice() throws {
    let scratch = Scratch()
    var writer = try JournalWriter(
      directory: scratch.journal, identity: identity,
      options: JournalOptions(segmentByteCount: 1024))
    for sequence in UInt64(1)...30 { try writer.append(makeRecord(sequence)) }
    try writer.close()
    let second = try carryOn(scratch.journal, runID: 2, records: 31...60)
    let third = try carryOn(scratch.journal, runID: 3, records: 61...61)
    let reading = Reading(scratch.journal)
    #expect(reading.error == nil && reading.records.count == 61)
    #expect(Array(reading.records[30...]) == second + third)
    let reader = try JournalReader(directory: scratch.journal)
    let runs = reader.runs.map(\.runID)
    #expect(runs == [identity.runID, 2, 3])
  }

  /// An unfinished record, as a killed process leaves it: announced, partly written, in a file of
  /// full size.
  @Test(arguments: [0, 8, 40, 56])
  func carriesOnBehindATornTail(written: Int) throws {
    let scratch = Scratch()
    let expected = try writeUnclosed(scratch.journal, count: 10)
    let path = scratch.journal + "/control-000001.ntj"
    var bytes = readBytes(path)
    let end = bytes.lastIndex { $0 != 0 }! / 8 * 8 + 8
    bytes.withUnsafeMutableBytes {
      let record = $0.baseAddress! + end
      record.store64(JournalFormat.announcement(byteCount: 64), 0)
      for offset in stride(from: 8, to: 8 + written, by: 8) {
        record.store64(0xABCD_EF01_2345_6789, offset)
      }
    }
    writeBytes(bytes, path)
    let torn = Reading(scratch.journal)
    #expect(torn.error == nil && torn.records == expected)
    #expect(torn.tornTail == TornTail(file: path, byteOffset: end))
    let later = try carryOn(scratch.journal, runID: 2, records: 11...40)
    let reading = Reading(scratch.journal)
    #expect(reading.error == nil && reading.tornTail == nil)
    #expect(reading.records == expected + later)
    #expect(readBytes(path).count == end)
    // What an announcement cannot explain is corruption.
    bytes[end + 64] = 1
    #expect(try corruption(of: bytes, at: path, behind: expected)?.byteOffset == end + 64)
  }

  /// What reading gives with `bytes` as the first control segment of an unclosed journal.
  private func corruption(
    of bytes: [UInt8], at path: String, behind expected: [ReadRecord]
  ) throws -> JournalCorruption? {
    let scratch = Scratch()
    _ = try writeUnclosed(scratch.journal, count: UInt64(expected.count))
    writeBytes(bytes, scratch.journal + "/control-000001.ntj")
    return Reading(scratch.journal).corruption
  }

  @Test func oneWriterAtATime() throws {
    let scratch = Scratch()
    var writer = try JournalWriter(directory: scratch.journal, identity: identity)
    try writer.append(makeRecord(1))
    var reader = try JournalReader(directory: scratch.journal)
    #expect(throws: JournalError.inUse(path: scratch.journal)) {
      _ = try JournalWriter(continuing: &reader, identity: identity)
    }
    try writer.close()
  }

  /// Killed by SIGKILL at a random moment, in a burst over many small segments, ten times over the
  /// same journal: everything appended is there.
  @Test(arguments: 0..<10)
  func killLosesNothing(attempt: Int) async throws {
    let scratch = Scratch()
    var last: UInt64 = 0
    for round in 1...4 {
      let seed = UInt64(attempt * 100 + round)
      await #expect(processExitsWith: .signal(SIGKILL)) {
        [path = scratch.path as String, round = round as Int, seed = seed as UInt64] in
        try appendUntilKilled(path, round: round, seed: seed)
      }
      let reported = readBytes(scratch.path + "/progress").withUnsafeBytes {
        $0.baseAddress!.load64(0)
      }
      let reading = Reading(scratch.journal)
      #expect(reading.error == nil)
      #expect(reported > last)
      let found = UInt64(reading.records.count)
      #expect(found == reported || found == reported + 1, "\(found) of \(reported)")
      for (index, record) in reading.records.enumerated() where UInt64(index) >= last {
        let sequence = UInt64(index) + 1
        #expect(record == ReadRecord(burstRecord(sequence)))
      }
      last = found
    }
  }
}

/// The record that a killed process wrote under this number.
private func burstRecord(_ sequence: UInt64) -> [UInt64] {
  makeRecord(
    sequence, kind: sequence % 4 == 0 ? .bestQuote : .fillEvent,
    byteCount: 40 + Int(sequence % 32) * 8)
}

/// Begins or carries on the journal in `path` and appends until another thread kills the process.
/// The file `progress` tells the last record whose `append` had returned.
private func appendUntilKilled(_ path: String, round: Int, seed: UInt64) throws {
  let file = open(path + "/progress", O_RDWR | O_CREAT, 0o644)
  ftruncate(file, 4096)
  let progress = mmap(nil, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0)!
  let options = JournalOptions(segmentByteCount: 16384)
  var writer: JournalWriter
  var sequence: UInt64 = 0
  if round == 1 {
    writer = try JournalWriter(directory: path + "/journal", identity: identity, options: options)
  } else {
    var reader = try JournalReader(directory: path + "/journal")
    writer = try JournalWriter(
      continuing: &reader, identity: JournalIdentity(runID: UInt64(round), buildID: "later"),
      options: options)
    sequence = writer.summary.lastSequence
  }
  var dice = Dice(seed: seed)
  var isFirst = true
  let delay = UnsafeMutablePointer<UInt32>.allocate(capacity: 1)
  delay.pointee = UInt32(200 + dice.below(5000))
  while true {
    sequence += 1
    try writer.append(burstRecord(sequence))
    progress.storeBytes(of: sequence, as: UInt64.self)
    if isFirst { killSoon(delay) }
    isFirst = false
  }
}

/// Starts a thread that kills the process after `delay` microseconds.
private func killSoon(_ delay: UnsafeMutablePointer<UInt32>) {
  var thread = pthread_t()
  pthread_create(
    &thread, nil,
    {
      usleep($0!.assumingMemoryBound(to: UInt32.self).pointee)
      kill(getpid(), SIGKILL)
      return nil
    }, delay)
}
