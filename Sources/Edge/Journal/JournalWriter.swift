import Glibc
import TradingModel

/// Writes a journal: seals records and copies them into memory-mapped segments.
///
/// One thread at a time. `append` allocates nothing and makes no system call except at the middle
/// and the end of a segment; a helper thread makes the next segment and closes the last one.
public struct JournalWriter: ~Copyable {
  /// Where the journal is.
  public var directory: String { place.path }
  /// As asked for, except that a continued journal stays with or without market records.
  public let options: JournalOptions

  private let place: JournalDirectory
  private let preparer: SegmentPreparer
  private let template: SegmentTemplate
  private var control: StreamWriter
  /// Meaningful only where market records are kept; else a copy of `control`, never touched.
  private var market: StreamWriter
  private let before: JournalSummary
  private var lastSequence: UInt64
  private var committedSequence: UInt64
  private var isClosed = false

  /// Begins a journal in a new or empty `directory`.
  ///
  /// - Throws: `.exists`, `.cannotCreate`, `.diskFull`, `.inUse`.
  public init(
    directory: String, identity: JournalIdentity, options: JournalOptions = JournalOptions()
  ) throws(JournalError) {
    let template = SegmentTemplate(identity, recordsMarket: options.recordsMarket, after: 0)
    try self.init(
      in: JournalDirectory(creating: directory), options: options, template: template,
      positions: JournalStream.allCases.map {
        StreamPosition(chain: SegmentHeader.originChain(runID: identity.runID, stream: $0))
      },
      before: JournalSummary())
  }

  /// Carries on the journal that `reader` has validated, after reading what is left of it: cuts a
  /// torn tail off, removes prepared segments, and begins a new segment of each stream.
  ///
  /// - Throws: what reading throws; `.formatVersion` if `identity` has another one; `.inUse`,
  ///   `.cannotCreate`, `.cannotWrite`, `.diskFull`.
  public init(
    continuing reader: inout JournalReader, identity: JournalIdentity,
    options: JournalOptions = JournalOptions()
  ) throws(JournalError) {
    let place = try JournalDirectory(locking: reader.directory)
    while try reader.next() != nil {}
    guard identity.formatVersion == reader.formatVersion else {
      throw .formatVersion(
        path: reader.directory, found: reader.formatVersion, expected: identity.formatVersion)
    }
    try reader.cutTails()
    for name in try JournalDirectory.names(in: place.path) where name.hasSuffix(".prepared") {
      unlink(place.path + "/" + name)
    }
    var options = options
    options.recordsMarket = reader.recordsMarket
    let template = SegmentTemplate(
      identity, recordsMarket: options.recordsMarket, after: reader.runID)
    try self.init(
      in: place, options: options, template: template, positions: reader.positions,
      before: reader.summary)
  }

  private init(
    in place: consuming JournalDirectory, options: JournalOptions, template: SegmentTemplate,
    positions: [StreamPosition], before: JournalSummary
  ) throws(JournalError) {
    let path = place.path
    let preparer = SegmentPreparer(directory: path, options: options)
    let segments = try Self.firstSegments(in: path, options: options, after: positions)
    func begin(_ stream: JournalStream) throws(JournalError) -> StreamWriter {
      let index = Int(stream.rawValue)
      return try StreamWriter(
        stream, in: segments[index], after: positions[index],
        firstSequence: before.lastSequence + 1, template: template)
    }
    let control = try begin(.control)
    let market = options.recordsMarket ? try begin(.market) : control
    try preparer.start()
    self.control = control
    self.market = market
    self.place = place
    self.preparer = preparer
    self.options = options
    self.template = template
    self.before = before
    lastSequence = before.lastSequence
    committedSequence = before.lastSequence
  }

  /// The segments to begin with, none of them begun: a full disk leaves nothing behind.
  private static func firstSegments(
    in path: String, options: JournalOptions, after positions: [StreamPosition]
  ) throws(JournalError) -> [Segment] {
    var segments: [Segment] = []
    do throws(JournalError) {
      for stream in JournalStream.allCases where stream == .control || options.recordsMarket {
        segments.append(
          try Segment(
            directory: path, stream: stream,
            number: positions[Int(stream.rawValue)].segmentNumber + 1,
            byteCount: options.segmentByteCount))
      }
    } catch {
      for segment in segments { segment.discard() }
      throw error
    }
    return segments
  }

  deinit {
    if !isClosed {
      _ = Self.finish(control, market, options: options, preparer: preparer)
    }
  }

  /// Copies the record in. Its first 24 bytes and its body are the caller's; the journal makes the
  /// other 16. The record is in the journal, whatever becomes of the process, when this returns.
  /// A market record is passed over where the journal keeps none.
  ///
  /// `byteCount` is a multiple of 8 and what the header says; the sequence is above the last one,
  /// and the next one where market records are kept.
  ///
  /// - Parameter content: `RecordHash.content` of the record, where its maker has it already.
  /// - Throws: `.diskFull` or `.cannotCreate` where a new segment is needed and cannot be had,
  ///   `.recordTooLarge`. The record is then not in the journal, and what was before it is.
  public mutating func append(
    _ record: UnsafeRawPointer, byteCount: Int, content: UInt64? = nil
  ) throws(JournalError) {
    let sequence = record.load64(8)
    precondition(
      byteCount & 7 == 0 && byteCount >= RecordHeader.byteCount
        && record.load32(0) == UInt32(truncatingIfNeeded: byteCount) && !isClosed,
      "Invariant: a record's header tells its length, a multiple of 8")
    guard byteCount <= JournalFormat.recordByteCountMax else {
      throw .recordTooLarge(
        sequence: sequence, byteCount: byteCount, maximum: JournalFormat.recordByteCountMax)
    }
    let kind = record.load16(4)
    if kind >= 32 && kind < 64 {
      guard options.recordsMarket else { return }
      checkSequence(sequence)
      try market.append(
        record, byteCount: byteCount, content: content, sequence: sequence, template: template,
        preparer: preparer)
    } else {
      checkSequence(sequence)
      try control.append(
        record, byteCount: byteCount, content: content, sequence: sequence, template: template,
        preparer: preparer)
    }
    lastSequence = sequence
  }

  @inline(__always)
  private func checkSequence(_ sequence: UInt64) {
    precondition(
      options.recordsMarket ? sequence == lastSequence &+ 1 : sequence > lastSequence,
      "Invariant: records come in the order of their sequence, none left out")
  }

  /// Waits, in a `.disk` run, until every record up to `sequence` survives the loss of power.
  /// Returns at once in a `.process` run, and where an earlier wait covered it.
  ///
  /// - Throws: `.cannotWrite`.
  public mutating func commit(upTo sequence: UInt64) throws(JournalError) {
    if options.durability == .process || sequence <= committedSequence { return }
    try sync()
  }

  /// Makes every record so far survive the loss of power, whatever the run's durability. One call
  /// covers all records since the last one: the group commit.
  ///
  /// - Throws: `.cannotWrite`.
  public mutating func sync() throws(JournalError) {
    if committedSequence == lastSequence && committedSequence > before.lastSequence { return }
    try preparer.drain()
    var hasNewFiles = try control.sync()
    if options.recordsMarket, try market.sync() { hasNewFiles = true }
    if hasNewFiles { try place.sync() }
    committedSequence = lastSequence
  }

  /// What the journal holds, with what it held before this run.
  public var summary: JournalSummary {
    var summary = before
    summary.controlRecords = control.position.records
    summary.bytes += control.retiredBytes + UInt64(control.offset)
    summary.segments = control.position.segmentNumber
    if options.recordsMarket {
      summary.marketRecords = market.position.records
      summary.bytes += market.retiredBytes + UInt64(market.offset)
      summary.segments += market.position.segmentNumber
    }
    summary.lastSequence = lastSequence
    return summary
  }

  /// Ends the helper thread and cuts the segments to their used size; syncs them in a `.disk` run.
  /// Later calls do nothing.
  ///
  /// - Throws: `.cannotWrite`; the journal is valid all the same, if longer than needed.
  public mutating func close() throws(JournalError) {
    if isClosed { return }
    isClosed = true
    defer { place.unlock() }
    let code = Self.finish(control, market, options: options, preparer: preparer)
    guard code == 0 else {
      throw .cannotWrite(path: directory, reason: systemErrorText(code))
    }
    if options.durability == .disk { try place.sync() }
  }

  private static func finish(
    _ control: StreamWriter, _ market: StreamWriter, options: JournalOptions,
    preparer: SegmentPreparer
  ) -> Int32 {
    preparer.stop()
    var code = control.segment.finish(used: control.offset, durability: options.durability)
    if options.recordsMarket {
      let failure = market.segment.finish(used: market.offset, durability: options.durability)
      if code == 0 { code = failure }
    }
    return code
  }
}

extension SegmentTemplate {
  init(_ identity: JournalIdentity, recordsMarket: Bool, after previousRunID: UInt64) {
    self.init(
      formatVersion: identity.formatVersion, recordsMarket: recordsMarket, runID: identity.runID,
      previousRunID: previousRunID, buildID: SegmentHeader.buildIDWords(identity.buildID))
  }
}
