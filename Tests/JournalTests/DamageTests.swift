import Glibc
import Testing
import TradingModel

@testable import Journal

@Suite struct DamageTests {
  /// A small journal of both streams over several segments, and where its records lie.
  private struct Sample: ~Copyable {
    let scratch = Scratch()
    let expected: [ReadRecord]

    init(closed: Bool) throws {
      if closed {
        var writer = try JournalWriter(
          directory: scratch.journal, identity: identity,
          options: JournalOptions(segmentByteCount: 512))
        var expected: [ReadRecord] = []
        for sequence in UInt64(1)...24 {
          let record = makeRecord(
            sequence, kind: sequence % 3 == 0 ? .trade : .fillEvent,
            byteCount: 40 + Int(sequence % 4) * 8)
          try writer.append(record)
          expected.append(ReadRecord(record))
        }
        try writer.close()
        self.expected = expected
      } else {
        expected = try writeUnclosed(scratch.journal, count: 24, segmentByteCount: 512)
      }
    }

    /// The record that byte `offset` of `file` belongs to: its sequence, or nil for the header and
    /// what stands behind the last record.
    func owner(of offset: Int, in bytes: [UInt8]) -> UInt64? {
      bytes.withUnsafeBytes { bytes in
        let base = bytes.baseAddress!
        var place = SegmentHeader.byteCount
        while place + 40 <= bytes.count, base.load32(place) != 0 {
          let next = place + Int(base.load32(place))
          if offset >= place && offset < next { return base.load64(place + 8) }
          place = next
        }
        return nil
      }
    }
  }

  /// Every byte of every file, closed and unclosed, with one bit, all bits, or to zero.
  @Test(arguments: [false, true], [UInt8(0x01), 0xFF, 0])
  func everyChangedByteIsFound(closed: Bool, mask: UInt8) throws {
    let sample = try Sample(closed: closed)
    let whole = Reading(sample.scratch.journal)
    try #require(whole.error == nil && whole.records == sample.expected)
    try #require(segments(sample.scratch.journal).count >= 5)
    for name in try segments(sample.scratch.journal) {
      let path = sample.scratch.journal + "/" + name
      let bytes = readBytes(path)
      for offset in bytes.indices {
        let byte = mask == 0 ? 0 : bytes[offset] ^ mask
        if byte == bytes[offset] { continue }
        overwrite(path, at: offset, byte)
        let reading = Reading(sample.scratch.journal)
        overwrite(path, at: offset, bytes[offset])
        try check(reading, offset, name, path, owner: sample.owner(of: offset, in: bytes))
        #expect(reading.records == Array(sample.expected[..<reading.records.count]))
      }
    }
  }

  private func check(
    _ reading: Reading, _ offset: Int, _ name: String, _ path: String, owner: UInt64?
  ) throws {
    let corruption = try #require(
      reading.corruption, "\(name) byte \(offset): \(String(describing: reading.error))")
    #expect(corruption.file == path, "\(name) byte \(offset)")
    if let owner {
      #expect(corruption.sequence == owner, "\(name) byte \(offset): \(corruption)")
      #expect(reading.records.count == Int(owner) - 1, "\(name) byte \(offset): \(corruption)")
      #expect(corruption.byteOffset <= offset && offset < corruption.byteOffset + 80)
    } else if offset < SegmentHeader.byteCount {
      #expect(corruption.sequence == nil)
    } else {
      // A byte in the four where a byteCount would be is told as a record there.
      #expect(corruption.byteOffset <= offset && offset < corruption.byteOffset + 4)
    }
  }

  /// The last record cut at every byte: a torn tail or a clean end, all earlier records there.
  @Test func cutLastRecordIsTornTail() throws {
    let sample = try Sample(closed: true)
    let lastIsMarket = sample.expected.last!.stream == .market
    let name = try segments(sample.scratch.journal).last {
      $0.hasPrefix(lastIsMarket ? "market" : "control")
    }!
    let path = sample.scratch.journal + "/" + name
    let bytes = readBytes(path)
    let start = bytes.count - sample.expected.last!.words.count * 8
    for end in start..<bytes.count {
      truncate(path, off_t(end))
      let reading = Reading(sample.scratch.journal)
      #expect(reading.error == nil, "cut at \(end)")
      #expect(reading.records == Array(sample.expected.dropLast()))
      let torn = end == start ? nil : TornTail(file: path, byteOffset: start)
      #expect(reading.tornTail == torn)
      writeBytes(bytes, path)
    }
  }

  /// A segment that another follows, cut anywhere between its records' ends and its header.
  @Test func cutInEarlierSegmentIsCorruption() throws {
    let sample = try Sample(closed: true)
    let path = sample.scratch.journal + "/control-000001.ntj"
    let bytes = readBytes(path)
    for end in 0..<bytes.count {
      truncate(path, off_t(end))
      #expect(Reading(sample.scratch.journal).corruption != nil, "cut at \(end)")
      writeBytes(bytes, path)
    }
  }

  @Test func missingSegmentIsCorruption() throws {
    for name in ["control-000001.ntj", "control-000002.ntj", "market-000001.ntj"] {
      let sample = try Sample(closed: true)
      unlink(sample.scratch.journal + "/" + name)
      let corruption = try #require(Reading(sample.scratch.journal).corruption)
      #expect(corruption.description.contains("missing"), "\(corruption)")
      #expect(corruption.description.contains(name), "\(corruption)")
    }
  }

  /// The whole market stream gone: its records are missed by number.
  @Test func missingStreamIsCorruption() throws {
    let sample = try Sample(closed: true)
    for name in try segments(sample.scratch.journal) where name.hasPrefix("market") {
      unlink(sample.scratch.journal + "/" + name)
    }
    #expect(Reading(sample.scratch.journal).corruption?.description.contains("market") == true)
  }

  /// The market stream cut at a record's end while the control stream goes on.
  @Test func recordLeftOutOfOneStreamIsCorruption() throws {
    let scratch = Scratch()
    var writer = try JournalWriter(directory: scratch.journal, identity: identity)
    try writer.append(makeRecord(1, kind: .trade))
    try writer.append(makeRecord(2, kind: .trade))
    try writer.append(makeRecord(3))
    try writer.close()
    truncate(scratch.journal + "/market-000001.ntj", off_t(SegmentHeader.byteCount + 64))
    let reading = Reading(scratch.journal)
    #expect(reading.records.count == 1)
    #expect(reading.corruption?.sequence == 2)
  }

  /// How far an edit goes to hide itself.
  enum Forgery: CaseIterable { case checksum, chain, nextHeader }

  /// A changed body with its checksum corrected fails at that record by the chain; with the chain
  /// corrected too, at the next record of its stream.
  @Test(arguments: Forgery.allCases)
  func editWithCorrectedChecksumIsFound(forgery: Forgery) throws {
    let scratch = Scratch()
    var writer = try JournalWriter(
      directory: scratch.journal, identity: identity,
      options: JournalOptions(segmentByteCount: 4096, recordsMarket: false))
    for sequence in UInt64(1)...5 { try writer.append(makeRecord(sequence)) }
    try writer.close()
    let path = scratch.journal + "/control-000001.ntj"
    var bytes = readBytes(path)
    bytes.withUnsafeMutableBytes {
      let before = UnsafeRawPointer($0.baseAddress! + SegmentHeader.byteCount + 64)
      let record = $0.baseAddress! + SegmentHeader.byteCount + 128
      record.store8(record.load(fromByteOffset: 50, as: UInt8.self) ^ 4, 50)
      if forgery == .nextHeader { record.storeSigned64(77, 16) }
      let content = RecordHash.content(of: record, byteCount: 64)
      record.store32(UInt32(truncatingIfNeeded: content), 32)
      record.store32(RecordHash.headerCheck(of: record), 36)
      if forgery != .checksum {
        record.store64(RecordHash.chain(after: before.load64(24), content: content), 24)
      }
    }
    writeBytes(bytes, path)
    let reading = Reading(scratch.journal)
    let expected: UInt64 = forgery == .checksum ? 3 : 4
    #expect(reading.corruption?.sequence == expected)
    #expect(reading.corruption?.what.contains("chain") == true)
    #expect(reading.records.count == Int(expected) - 1)
  }

  /// A segment header edited and given a new checksum fails by the chain.
  @Test func forgedSegmentHeaderIsFound() throws {
    let sample = try Sample(closed: true)
    let path = sample.scratch.journal + "/control-000001.ntj"
    var bytes = readBytes(path)
    bytes.withUnsafeMutableBytes {
      $0.baseAddress!.store8(0x58, 64)
      $0.baseAddress!.store64(SegmentHeader.checksum(of: $0.baseAddress!), 120)
    }
    writeBytes(bytes, path)
    #expect(Reading(sample.scratch.journal).corruption?.sequence == 1)
  }

  /// A record of another journal, whole in itself, is none of this one.
  @Test func recordsDoNotMoveBetweenJournals() throws {
    let one = Scratch()
    let two = Scratch()
    for (path, run) in [(one.journal, UInt64(1)), (two.journal, 2)] {
      var writer = try JournalWriter(
        directory: path, identity: JournalIdentity(runID: run, buildID: "b"),
        options: JournalOptions(recordsMarket: false))
      try writer.append(makeRecord(1))
      try writer.close()
    }
    let name = "/control-000001.ntj"
    let mixed =
      readBytes(one.journal + name)[..<128] + readBytes(two.journal + name)[128...]
    writeBytes(Array(mixed), one.journal + name)
    #expect(Reading(one.journal).corruption?.sequence == 1)
  }

  @Test func anotherFormatIsRefused() throws {
    let scratch = Scratch()
    var writer = try JournalWriter(
      directory: scratch.journal,
      identity: JournalIdentity(runID: 1, buildID: "b", formatVersion: 9))
    try writer.append(makeRecord(1))
    try writer.close()
    let path = scratch.journal + "/control-000001.ntj"
    #expect(
      Reading(scratch.journal).error == .formatVersion(path: path, found: 9, expected: 3))
    #expect(Reading(scratch.journal).error?.description.contains("record format 9") == true)
  }

  @Test func whatIsNoJournalIsNamed() throws {
    let scratch = Scratch()
    #expect(Reading(scratch.journal).error == .missing(path: scratch.journal))
    guard case .notAJournal = Reading(scratch.path).error else {
      Issue.record("an empty directory is no journal")
      return
    }
    writeBytes([1, 2, 3], scratch.path + "/file")
    guard case .notAJournal = Reading(scratch.path + "/file").error else {
      Issue.record("a file is no journal")
      return
    }
    #expect(throws: JournalError.exists(path: scratch.path)) {
      _ = try JournalWriter(directory: scratch.path, identity: identity)
    }
    writeBytes([1, 2, 3], scratch.path + "/control-000001.ntj")
    #expect(Reading(scratch.path).corruption?.what.contains("3 bytes") == true)
  }
}
