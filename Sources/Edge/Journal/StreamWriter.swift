import CPlatform
import TradingModel

/// Where a stream stands: what the next record or segment carries on.
struct StreamPosition: BitwiseCopyable {
  var chain: UInt64
  /// Records so far.
  var records: UInt64 = 0
  /// Of the last record; 0 for none.
  var lastSequence: UInt64 = 0
  /// Of the last segment; 0 for none.
  var segmentNumber: UInt64 = 0
}

/// What is the same in every segment header of a run.
struct SegmentTemplate: BitwiseCopyable {
  let formatVersion: UInt32
  let recordsMarket: Bool
  let runID: UInt64
  let previousRunID: UInt64
  let buildID: (UInt64, UInt64, UInt64, UInt64)
}

/// One stream being written: the current segment and the place in it. Plain data.
struct StreamWriter {
  /// The next segment is asked for when one part in so many is used: early, for making one takes
  /// a tenth of a second and more; not at once, for a short run needs no second one.
  private static let fractionBeforeRequest = 8

  let stream: JournalStream
  private(set) var segment: Segment
  /// Of the next record in the segment, bytes.
  private(set) var offset: Int
  /// Past this the slow path is taken: first to ask for the next segment, then to go to it.
  private var limit: Int
  private(set) var position: StreamPosition
  /// Bytes of the segment before which everything is durable.
  private var syncedOffset = 0
  /// Bytes in earlier segments of this run.
  private(set) var retiredBytes: UInt64 = 0

  /// Begins the segment after `position`.
  init(
    _ stream: JournalStream, in segment: Segment, after position: StreamPosition,
    firstSequence: UInt64, template: SegmentTemplate
  ) throws(JournalError) {
    self.stream = stream
    self.position = position
    self.segment = segment
    offset = SegmentHeader.byteCount
    limit = 0
    try begin(segment, firstSequence: firstSequence, template: template)
  }

  /// Takes a record in: `record[0..<24]` and the body are the caller's; chain, checksum and
  /// headerCheck are made here.
  ///
  /// - Parameter content: the record's content hash where its maker has it already; else nil.
  @inline(__always)
  mutating func append(
    _ record: UnsafeRawPointer, byteCount: Int, content: UInt64?, sequence: UInt64,
    template: SegmentTemplate, preparer: SegmentPreparer
  ) throws(JournalError) {
    if offset &+ byteCount > limit {
      try makeRoom(byteCount, sequence: sequence, template: template, preparer: preparer)
    }
    let target = segment.base + offset
    cplatform_store_first(target, JournalFormat.announcement(byteCount: byteCount))
    let hash =
      content.map { Self.copy(record, byteCount: byteCount, content: $0, to: target) }
      ?? Self.copyHashing(record, byteCount: byteCount, to: target)
    position.chain = Self.seal(record, content: hash, chain: position.chain, at: target)
    offset &+= byteCount
    position.records &+= 1
    position.lastSequence = sequence
  }

  /// Copies a record whose content hash is known, but for its first word and what the journal makes.
  @inline(__always)
  private static func copy(
    _ record: UnsafeRawPointer, byteCount: Int, content: UInt64,
    to target: UnsafeMutableRawPointer
  ) -> UInt64 {
    assert(
      content == RecordHash.content(of: record, byteCount: byteCount),
      "Invariant: a content hash handed over is the record's")
    target.store64(record.load64(8), 8)
    target.store64(record.load64(16), 16)
    (target + RecordHeader.byteCount).copyMemory(
      from: record + RecordHeader.byteCount, byteCount: byteCount - RecordHeader.byteCount)
    return content
  }

  /// As `copy`, and returns the content hash. Reads and writes each word once.
  @inline(__always)
  private static func copyHashing(
    _ record: UnsafeRawPointer, byteCount: Int, to target: UnsafeMutableRawPointer
  ) -> UInt64 {
    let sequence = record.load64(8)
    let time = record.load64(16)
    var content = RecordHash()
    content.combine(record.load64(0))
    content.combine(sequence)
    content.combine(time)
    target.store64(sequence, 8)
    target.store64(time, 16)
    var place = RecordHeader.byteCount
    while place < byteCount {
      let word = record.load64(place)
      content.combine(word)
      target.store64(word, place)
      place &+= 8
    }
    return content.value
  }

  /// Seals the record copied to `target`: its announcement was first, its first word comes last; see
  /// `JournalFormat`. Returns the chain behind it.
  @inline(__always)
  private static func seal(
    _ record: UnsafeRawPointer, content: UInt64, chain: UInt64, at target: UnsafeMutableRawPointer
  ) -> UInt64 {
    let next = RecordHash.chain(after: chain, content: content)
    let headerCheck = RecordHash.headerCheck(of: record)
    target.store64(next, 24)
    target.store64(content & 0xFFFF_FFFF | UInt64(headerCheck) << 32, 32)
    cplatform_store_last(target, record.load64(0).littleEndian)
    return next
  }

  /// Makes sure that `byteCount` bytes fit, in this segment or the next one. On an error nothing
  /// has changed and the record is not taken.
  @inline(never)
  private mutating func makeRoom(
    _ byteCount: Int, sequence: UInt64, template: SegmentTemplate, preparer: SegmentPreparer
  ) throws(JournalError) {
    if offset + byteCount <= segment.byteCount {
      preparer.request(stream, number: segment.number + 1)
      limit = segment.byteCount
      return
    }
    let maximum = min(
      segment.byteCount - SegmentHeader.byteCount, JournalFormat.recordByteCountMax)
    guard byteCount <= maximum else {
      throw .recordTooLarge(sequence: sequence, byteCount: byteCount, maximum: maximum)
    }
    let next = try preparer.take(stream, number: segment.number + 1)
    let full = segment
    let used = offset
    do throws(JournalError) {
      try begin(next, firstSequence: sequence, template: template)
    } catch {
      next.discard()
      throw error
    }
    preparer.retire(full, used: used)
    retiredBytes += UInt64(used)
  }

  /// Writes the header of `next`, gives the file its name and makes it the current segment.
  private mutating func begin(
    _ next: Segment, firstSequence: UInt64, template: SegmentTemplate
  ) throws(JournalError) {
    let header = SegmentHeader(
      stream: stream, formatVersion: template.formatVersion,
      recordsMarket: template.recordsMarket, number: next.number, firstSequence: firstSequence,
      chain: position.chain, runID: template.runID, previousRunID: template.previousRunID,
      segmentByteCount: UInt64(next.byteCount), buildID: template.buildID,
      recordsBefore: position.records)
    let chain = header.store(at: next.base)
    try next.begin()
    segment = next
    position.chain = chain
    position.segmentNumber = next.number
    offset = SegmentHeader.byteCount
    limit = offset + (next.byteCount - offset) / Self.fractionBeforeRequest
    syncedOffset = 0
  }

  /// Makes what is in the current segment durable. Returns whether its directory entry was not.
  mutating func sync() throws(JournalError) -> Bool {
    guard syncedOffset < offset else { return false }
    let isNew = syncedOffset == 0
    try segment.sync(from: syncedOffset, to: offset)
    syncedOffset = offset
    return isNew
  }
}
