/// Why a journal could not be written or read. Each text says what was wrong, where, and what was
/// expected.
public enum JournalError: Error, Equatable, CustomStringConvertible {
  /// The file system refused `byteCount` bytes for `path`. What was journalled before stays valid.
  case diskFull(path: String, byteCount: Int)
  /// `path` could not be created; `reason` is the operating system's text.
  case cannotCreate(path: String, reason: String)
  /// `path` could not be opened, listed or mapped for reading.
  case cannotOpen(path: String, reason: String)
  /// `path` could not be synced, truncated or renamed.
  case cannotWrite(path: String, reason: String)
  /// A new journal was asked for at `path`, where something already is.
  case exists(path: String)
  /// No directory stands at `path`.
  case missing(path: String)
  /// `path` is there and is no journal.
  case notAJournal(path: String, reason: String)
  /// Another process writes the journal at `path`.
  case inUse(path: String)
  /// The segment at `path` was written with another record format.
  case formatVersion(path: String, found: UInt32, expected: UInt32)
  /// What the journal holds is not what was written.
  case corrupt(JournalCorruption)
  /// A record does not fit in an empty segment, or passes `JournalFormat.recordByteCountMax`.
  case recordTooLarge(sequence: UInt64, byteCount: Int, maximum: Int)

  public var description: String {
    switch self {
    case .diskFull(let path, let byteCount):
      "disk full: no room for the \(byteCount) bytes of journal segment \(path); "
        + "free space or choose another directory (what was journalled so far is valid)"
    case .cannotCreate(let path, let reason): "cannot create \(path): \(reason)"
    case .cannotOpen(let path, let reason): "cannot open \(path): \(reason)"
    case .cannotWrite(let path, let reason): "cannot write \(path): \(reason)"
    case .exists(let path):
      "\(path) already exists and is not empty; name a new directory, or continue the journal "
        + "with `needletail recover`"
    case .missing(let path): "\(path): no such directory; expected a journal directory"
    case .notAJournal(let path, let reason): "\(path) is not a journal: \(reason)"
    case .inUse(let path): "\(path) is being written by another process"
    case .formatVersion(let path, let found, let expected):
      "\(path): written with record format \(found); this build reads format \(expected)"
    case .corrupt(let corruption): corruption.description
    case .recordTooLarge(let sequence, let byteCount, let maximum):
      "record \(sequence) has \(byteCount) bytes; at most \(maximum) fit in a journal segment"
    }
  }
}

/// Where a journal differs from what was written.
public struct JournalCorruption: Error, Equatable, CustomStringConvertible {
  /// The path of the segment.
  public let file: String
  /// The record's sequence number; nil where the segment header, not a record, is damaged. Where
  /// the damage hides the number it is worked out from one changed byte, or else is the lowest
  /// number the record can have.
  public let sequence: UInt64?
  /// The record's place in its stream, from 1; nil for a segment header.
  public let ordinal: UInt64?
  /// Bytes from the start of the file to the record, field or stray byte.
  public let byteOffset: Int
  /// What was found and what was expected.
  public let what: String

  /// Says where and what; `sequence` and `ordinal` are nil together, for a segment header.
  public init(file: String, sequence: UInt64?, ordinal: UInt64?, byteOffset: Int, what: String) {
    self.file = file
    self.sequence = sequence
    self.ordinal = ordinal
    self.byteOffset = byteOffset
    self.what = what
  }

  public var description: String {
    guard let sequence, let ordinal else {
      return "\(file): corrupt segment header at byte \(byteOffset): \(what)"
    }
    return "\(file): corrupt at record \(sequence) (number \(ordinal) of its stream), "
      + "byte \(byteOffset): \(what)"
  }
}
