import TradingModel

/// The constants of the journal on disk.
///
/// A journal is a directory of segments, `control-000001.ntj`, `control-000002.ntj`... and, where
/// market data is recorded, `market-000001.ntj`... A segment is a `SegmentHeader` followed by
/// records without gaps. A segment in use is longer than its records; the rest is zero. A file
/// ending in `.prepared` is a segment not yet begun and no part of the journal.
///
/// A record becomes part of the journal when its first 8 bytes (byteCount, kind, flags) are stored,
/// in one store and last. Before anything else of it is written, those 8 bytes hold its
/// announcement: a zero byteCount, then the length in 8-byte units, then that number's complement.
/// So a process killed at any instant leaves a whole record, or one whose byteCount is zero and
/// whose extent is known: the *unfinished record*, a torn tail. No single changed byte turns zeros
/// or a whole record into an announcement.
public enum JournalFormat {
  /// The record layouts this build writes and reads.
  public static var recordFormatVersion: UInt32 { RunStart.formatVersion }
  /// The largest record, bytes: the most an announcement can express with its top bit clear.
  public static let recordByteCountMax = 0x7FFF * 8

  /// The first 8 bytes of a record of `byteCount` bytes while it is being written.
  @inline(__always)
  static func announcement(byteCount: Int) -> UInt64 {
    let units = UInt64(truncatingIfNeeded: byteCount) >> 3
    return units << 32 | (~units & 0xFFFF) << 48
  }

  /// The length an announcement tells, or nil if `word` is none.
  static func announcedByteCount(_ word: UInt64) -> Int? {
    let byteCount = Int(word >> 32 & 0xFFFF) * 8
    guard byteCount >= RecordHeader.byteCount, byteCount <= recordByteCountMax else { return nil }
    return announcement(byteCount: byteCount) == word ? byteCount : nil
  }

  /// `control-000001.ntj` and so on.
  static func fileName(_ stream: JournalStream, _ number: UInt64) -> String {
    let digits = String(number)
    let zeros = String(repeating: "0", count: max(0, 6 - digits.count))
    return "\(stream.name)-\(zeros)\(digits).ntj"
  }

  /// The number in a segment's file name, or nil for any other name.
  static func segmentNumber(in name: String, of stream: JournalStream) -> UInt64? {
    guard name.hasPrefix(stream.name + "-"), name.hasSuffix(".ntj") else { return nil }
    let digits = name.dropFirst(stream.name.utf8.count + 1).dropLast(4)
    guard let number = UInt64(digits), fileName(stream, number) == name else { return nil }
    return number
  }
}

/// The two streams of a journal, under one sequence.
public enum JournalStream: UInt16, Sendable, CaseIterable {
  /// Commands, reports, timers, definitions, outputs.
  case control = 0
  /// Book updates, trades, quotes.
  case market = 1

  /// The first part of its files' names.
  public var name: String { self == .control ? "control" : "market" }
}

/// How much a record must survive before what it led to may leave.
public enum JournalDurability: UInt8, Sendable {
  /// The death of the process: nothing to wait for.
  case process
  /// The death of the machine: `JournalWriter.commit` and `sync` wait for the disk.
  case disk
}

/// Who writes a journal.
public struct JournalIdentity: Equatable, Sendable {
  /// Distinguishes this run from every other; not zero.
  public var runID: UInt64
  /// The build, as text; at most 32 bytes of it are kept.
  public var buildID: String
  /// The record layouts in use.
  public var formatVersion: UInt32

  public init(
    runID: UInt64, buildID: String, formatVersion: UInt32 = JournalFormat.recordFormatVersion
  ) {
    precondition(runID != 0, "Invariant: a run id is not zero")
    self.runID = runID
    self.buildID = buildID
    self.formatVersion = formatVersion
  }
}

/// How a journal is written.
public struct JournalOptions: Equatable, Sendable {
  /// The size of a segment, bytes; a multiple of 8, at least 256.
  public var segmentByteCount: Int
  /// What `JournalWriter.commit` waits for.
  public var durability: JournalDurability
  /// Whether market records are kept. Otherwise `append` passes over them.
  public var recordsMarket: Bool

  public init(
    segmentByteCount: Int = 64 << 20, durability: JournalDurability = .process,
    recordsMarket: Bool = true
  ) {
    precondition(
      segmentByteCount >= 256 && segmentByteCount % 8 == 0,
      "Invariant: a segment is a multiple of 8 bytes, at least 256")
    self.segmentByteCount = segmentByteCount
    self.durability = durability
    self.recordsMarket = recordsMarket
  }
}

/// What a journal holds.
public struct JournalSummary: Equatable, Sendable {
  /// Records of both streams.
  public var records: UInt64 { controlRecords + marketRecords }
  /// Records of the control stream.
  public var controlRecords: UInt64 = 0
  /// Records of the market stream.
  public var marketRecords: UInt64 = 0
  /// Bytes of segment headers and records; preallocated room is not counted.
  public var bytes: UInt64 = 0
  /// Segment files of both streams.
  public var segments: UInt64 = 0
  /// The highest sequence number; 0 for none.
  public var lastSequence: UInt64 = 0

  /// Of an empty journal.
  public init() {}
}
