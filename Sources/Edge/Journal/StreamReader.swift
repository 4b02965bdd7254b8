import CPlatform
import Glibc
import TradingModel

/// What stands at a reader's place.
enum FoundRecord {
  /// Not looked at yet.
  case unknown
  case record(base: UnsafeRawPointer, byteCount: Int, sequence: UInt64)
  /// Damage, at the record with this sequence or the lowest one it can have.
  case failure(JournalError, sequence: UInt64)
  case end

  /// Where it stands among both streams; nil for the end.
  var sequence: UInt64? {
    switch self {
    case .record(_, _, let sequence), .failure(_, let sequence): sequence
    case .unknown, .end: nil
    }
  }
}

/// Reads one stream, record by record, over all its segments.
struct StreamReader: ~Copyable {
  private let list: SegmentList
  /// Keeps `base[0..<size]` mapped.
  private var segment: MappedSegment?
  private var base = UnsafeRawPointer(bitPattern: 8)!
  private var size = 0
  /// Of the record that `found` tells of.
  private var offset = 0
  private(set) var found = FoundRecord.unknown
  private(set) var position: StreamPosition
  private(set) var tornTail: TornTail?
  private var nextChain: UInt64 = 0

  init(_ list: SegmentList) {
    self.list = list
    position = StreamPosition(chain: list.headers.first?.chain ?? 0)
  }

  /// Bytes of headers and records up to this place.
  private(set) var bytes: UInt64 = 0

  private var index: Int { Int(position.segmentNumber) - 1 }
  private var isLast: Bool { index == list.paths.count - 1 }

  /// The file and place of what was found, for messages.
  var place: (file: String, ordinal: UInt64, offset: Int) {
    (list.paths[max(0, index)], position.records + 1, offset)
  }

  /// Goes past the record found. What `found` told of is no longer valid after the next `peek`.
  mutating func advance() {
    guard case .record(_, let byteCount, let sequence) = found else { return }
    offset += byteCount
    bytes += UInt64(byteCount)
    position.chain = nextChain
    position.records += 1
    position.lastSequence = sequence
    found = .unknown
  }

  /// Finds what stands at this place, going on to the next segment as needed.
  mutating func peek() {
    while case .unknown = found {
      do throws(JournalError) {
        if position.segmentNumber > 0, try classify() { return }
        if index + 1 == list.paths.count {
          found = .end
          return
        }
        try openNext()
      } catch {
        found = .failure(error, sequence: failedSequence(error))
      }
    }
  }

  private func failedSequence(_ error: JournalError) -> UInt64 {
    if case .corrupt(let corruption) = error, let sequence = corruption.sequence { return sequence }
    return position.lastSequence + 1
  }

  /// Goes to the next segment, whose header must carry on from this place.
  private mutating func openNext() throws(JournalError) {
    let header = list.headers[index + 1]
    let path = list.paths[index + 1]
    if header.recordsBefore != position.records {
      throw corrupt(
        "the segment ends behind \(position.records) records of the stream; \(path) expects "
          + "\(header.recordsBefore) before it")
    }
    let next = try MappedSegment(path)
    let ordinal = position.records + 1
    if header.chain != position.chain || header.firstSequence <= position.lastSequence {
      throw .corrupt(
        JournalCorruption(
          file: path, sequence: header.firstSequence, ordinal: ordinal, byteOffset: 32,
          what: "the segment does not carry on the chain of the one before it"))
    }
    position.chain = SegmentHeader.chainBehind(
      chain: header.chain, checksum: next.base.load64(120))
    position.segmentNumber += 1
    bytes += UInt64(SegmentHeader.byteCount)
    offset = SegmentHeader.byteCount
    base = next.base
    size = next.byteCount
    segment = consume next
  }

  /// Looks at the bytes from `offset` on. Returns true with `found` set, or false at the end of the
  /// segment.
  private mutating func classify() throws(JournalError) -> Bool {
    let record = base + offset
    if size - offset < RecordHeader.byteCount || record.load32(0) == 0 {
      try readTail()
      return false
    }
    guard RecordHash.headerCheck(of: record) == record.load32(36) else {
      throw corrupt("headerCheck does not match the header's first 24 bytes", at: record)
    }
    let byteCount = Int(record.load32(0))
    let sequence = record.load64(8)
    guard byteCount >= RecordHeader.byteCount, byteCount % 8 == 0,
      byteCount <= JournalFormat.recordByteCountMax
    else { throw corrupt("\(byteCount) is no record's byteCount", at: record) }
    guard
      sequence > position.lastSequence && sequence >= list.headers[index].firstSequence
    else {
      throw corrupt(
        "sequence \(sequence) behind sequence \(position.lastSequence), in a segment from "
          + "\(list.headers[index].firstSequence) on")
    }
    if offset + byteCount > size {
      guard isLast, size < list.headers[index].segmentByteCount else {
        throw corrupt(
          "the record's \(byteCount) bytes run past the end of the file at \(size)", at: record)
      }
      tornTail = TornTail(file: list.paths[index], byteOffset: offset)
      return false
    }
    try check(record, byteCount)
    found = .record(base: record, byteCount: byteCount, sequence: sequence)
    return true
  }

  /// Checks a whole record against its checksum and the chain.
  @inline(__always)
  private mutating func check(
    _ record: UnsafeRawPointer, _ byteCount: Int
  ) throws(JournalError) {
    let content = RecordHash.content(of: record, byteCount: byteCount)
    guard UInt32(truncatingIfNeeded: content) == record.load32(32) else {
      throw corrupt("the checksum does not match the record", at: record)
    }
    nextChain = RecordHash.chain(after: position.chain, content: content)
    guard nextChain == record.load64(24) else {
      throw corrupt("the chain does not carry on from the record before it", at: record)
    }
  }

  /// Checks what stands behind the last record: zeros, or a torn tail where there may be one.
  private mutating func readTail() throws(JournalError) {
    let stray = cplatform_first_nonzero(base + offset, size - offset) + offset
    if stray == size { return }
    let full = Int(list.headers[index].segmentByteCount)
    if isLast && size - offset < RecordHeader.byteCount && size < full {
      tornTail = TornTail(file: list.paths[index], byteOffset: offset)
      return
    }
    if isLast, size - offset >= RecordHeader.byteCount,
      let byteCount = JournalFormat.announcedByteCount((base + offset).load64(0)),
      offset + byteCount <= full
    {
      let end = min(offset + byteCount, size)
      let behind = cplatform_first_nonzero(base + end, size - end) + end
      guard behind == size else { throw strayByte(behind) }
      tornTail = TornTail(file: list.paths[index], byteOffset: offset)
      return
    }
    if size - offset >= RecordHeader.byteCount, repairedSequence(base + offset) != nil {
      throw corrupt("byteCount is zero in a finished record", at: base + offset)
    }
    throw strayByte(stray)
  }

  private func strayByte(_ place: Int) -> JournalError {
    .corrupt(
      JournalCorruption(
        file: list.paths[index], sequence: position.lastSequence + 1,
        ordinal: position.records + 1, byteOffset: place,
        what: "a byte that is not zero behind the last record"))
  }

  /// Damage at this place; `record`'s sequence number is told where it can be worked out.
  private func corrupt(_ what: String, at record: UnsafeRawPointer? = nil) -> JournalError {
    var sequence = position.lastSequence + 1
    if let record {
      sequence =
        RecordHash.headerCheck(of: record) == record.load32(36)
        ? record.load64(8) : repairedSequence(record) ?? sequence
    }
    return .corrupt(
      JournalCorruption(
        file: list.paths[max(0, index)], sequence: sequence, ordinal: position.records + 1,
        byteOffset: offset, what: what))
  }

  /// The sequence of a header that fails its check, if one changed byte explains that: the byte is
  /// looked for in the header, then in the check itself. 6,120 hashes at most.
  private func repairedSequence(_ record: UnsafeRawPointer) -> UInt64? {
    let expected = record.load32(36)
    return withUnsafeTemporaryAllocation(byteCount: 24, alignment: 8) { header -> UInt64? in
      header.copyMemory(from: UnsafeRawBufferPointer(start: record, count: 24))
      let base = UnsafeRawPointer(header.baseAddress!)
      let wrong = RecordHash.headerCheck(of: base) ^ expected
      for shift in stride(from: UInt32(0), to: 32, by: 8) where wrong & ~(0xFF << shift) == 0 {
        return base.load64(8)
      }
      for place in 0..<24 {
        let found = header[place]
        for byte in UInt8.min...UInt8.max {
          header[place] = byte
          if RecordHash.headerCheck(of: base) == expected { return base.load64(8) }
        }
        header[place] = found
      }
      return nil
    }
  }

  /// Cuts the last segment behind its last record.
  mutating func cutTail() throws(JournalError) {
    guard position.segmentNumber > 0, size > offset else { return }
    let path = list.paths[index]
    guard truncate(path, off_t(offset)) == 0 else {
      throw .cannotWrite(path: path, reason: systemErrorText(errno))
    }
  }
}
