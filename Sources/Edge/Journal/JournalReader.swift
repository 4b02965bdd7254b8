import Glibc
import TradingModel

/// A record as it lies in a journal. Valid until the reader's next call.
public struct JournalRecord {
  /// The record, `RecordHeader` first.
  public let base: UnsafeRawPointer
  /// All of it; at least 40, a multiple of 8.
  public let byteCount: Int
  /// The stream it was in.
  public let stream: JournalStream

  /// Its first 24 bytes.
  public var header: RecordHeader { RecordHeader(at: base) }
  /// Its kind, or nil where this build knows none of that number.
  public var kind: RecordKind? { RecordKind(rawValue: base.load16(4)) }
}

/// The unfinished last record of a stream, left by a process or machine that died.
public struct TornTail: Equatable, Sendable {
  /// The path of the segment.
  public let file: String
  /// Where the unfinished record begins, bytes from the start of the file.
  public let byteOffset: Int
}

/// Reads a journal and validates every byte of it on the way.
///
/// The segment headers are checked at once, the records as they are read. A torn tail is only the
/// unfinished last record of a stream's last segment:
/// - in a file of its full size, an announcement (`JournalFormat`) whose extent is followed by
///   nothing but zeros;
/// - in a shorter file, also a record with a valid headerCheck that runs past the end, or fewer
///   than 40 bytes.
///
/// Anything else that is not what was written is `.corrupt`. The records before it are delivered.
/// That holds for the death of a process. When the machine dies, pages written after the last
/// `JournalWriter.commit` may have reached the disk in any order, and what they left is reported as
/// corruption too, behind everything that was committed.
///
/// For journals at rest: a writer that closes the journal makes mapped files shorter.
public struct JournalReader: ~Copyable {
  /// Where the journal is.
  public let directory: String
  /// The record format of every segment.
  public let formatVersion: UInt32
  /// Whether the journal keeps market records.
  public let recordsMarket: Bool
  /// The runs that wrote the journal, first to last: run id and build id.
  public let runs: [(runID: UInt64, buildID: String)]

  private var control: StreamReader
  private var market: StreamReader
  /// The stream of the record that was delivered last and still lies at its reader's place.
  private var delivered: JournalStream?
  private var lastSequence: UInt64 = 0

  /// Opens the journal in `directory` and checks its segment headers.
  ///
  /// - Throws: `.missing`, `.notAJournal`, `.cannotOpen`, `.formatVersion`, `.corrupt`.
  public init(
    directory: String, formatVersion: UInt32 = JournalFormat.recordFormatVersion
  ) throws(JournalError) {
    let names = try JournalDirectory.names(in: directory)
    let control = try SegmentList(.control, in: directory, names: names, format: formatVersion)
    let market = try SegmentList(.market, in: directory, names: names, format: formatVersion)
    guard let first = control.headers.first else {
      throw .notAJournal(
        path: directory, reason: "it holds no \(JournalFormat.fileName(.control, 1))")
    }
    try market.check(against: control)
    self.directory = directory
    self.formatVersion = formatVersion
    recordsMarket = first.recordsMarket
    var runs: [(runID: UInt64, buildID: String)] = []
    for header in control.headers where runs.last?.runID != header.runID {
      runs.append((header.runID, header.buildIDText))
    }
    self.runs = runs
    self.control = StreamReader(control)
    self.market = StreamReader(market)
  }

  /// The run that wrote last.
  public var runID: UInt64 { runs[runs.count - 1].runID }
  /// The build that wrote last.
  public var buildID: String { runs[runs.count - 1].buildID }

  /// The next record of both streams in the order of their sequence, or nil after the last one.
  ///
  /// - Throws: `.corrupt` in place of the first record that is damaged or left out; `.cannotOpen`.
  public mutating func next() throws(JournalError) -> JournalRecord? {
    if delivered == .control { control.advance() }
    if delivered == .market { market.advance() }
    delivered = nil
    control.peek()
    market.peek()
    let stream: JournalStream
    switch (control.found.sequence, market.found.sequence) {
    case (nil, nil): return nil
    case (.some, nil): stream = .control
    case (nil, .some): stream = .market
    case (.some(let a), .some(let b)): stream = a <= b ? .control : .market
    }
    let found = stream == .control ? control.found : market.found
    let place = stream == .control ? control.place : market.place
    switch found {
    case .failure(let error, _): throw error
    case .end, .unknown: return nil
    case .record(let base, let byteCount, let sequence):
      guard recordsMarket ? sequence == lastSequence + 1 : sequence > lastSequence else {
        throw leftOut(before: sequence, at: place)
      }
      lastSequence = sequence
      delivered = stream
      return JournalRecord(base: base, byteCount: byteCount, stream: stream)
    }
  }

  private func leftOut(
    before sequence: UInt64, at place: (file: String, ordinal: UInt64, offset: Int)
  ) -> JournalError {
    .corrupt(
      JournalCorruption(
        file: place.file, sequence: lastSequence + 1, ordinal: place.ordinal,
        byteOffset: place.offset,
        what: "record \(lastSequence + 1) is in neither stream: here is record \(sequence)"))
  }

  /// The torn tail, once `next` has returned nil; nil where the journal ends with a whole record.
  public var tornTail: TornTail? { control.tornTail ?? market.tornTail }

  /// Of the records read so far.
  public var summary: JournalSummary {
    var summary = JournalSummary()
    summary.controlRecords = control.position.records
    summary.marketRecords = market.position.records
    summary.bytes = control.bytes + market.bytes
    summary.segments = control.position.segmentNumber + market.position.segmentNumber
    summary.lastSequence = lastSequence
    return summary
  }

  /// Where the streams end, in the order of `JournalStream`; once `next` has returned nil.
  var positions: [StreamPosition] { [control.position, market.position] }

  /// Cuts what stands behind the last record of each stream; once `next` has returned nil.
  mutating func cutTails() throws(JournalError) {
    try control.cutTail()
    try market.cutTail()
  }
}
