/// Why bytes are no definition of the kind their header names.
public enum RecordError: Error, Equatable, Sendable, CustomStringConvertible {
  case tooShort(kind: RecordKind, byteCount: Int, needed: Int)
  case unknownKind(UInt16)
  case unknownCode(kind: RecordKind, offset: Int, value: UInt8)
  case notUTF8(kind: RecordKind, offset: Int)
  /// A number that its field cannot have, such as a tick of zero.
  case outOfRange(kind: RecordKind, offset: Int, value: Int64)
  /// The record says a length that its kind or content cannot have.
  case wrongByteCount(kind: RecordKind, byteCount: Int, expected: Int)
  /// A run written with other record layouts.
  case formatVersion(found: UInt32, expected: UInt32)

  public var description: String {
    switch self {
    case .tooShort(let kind, let count, let needed):
      "a \(kind) record of \(count) bytes, at least \(needed) were expected"
    case .unknownKind(let kind): "a record of unknown kind \(kind)"
    case .unknownCode(let kind, let offset, let value):
      "a \(kind) record with unknown code \(value) at its offset \(offset)"
    case .outOfRange(let kind, let offset, let value):
      "a \(kind) record with \(value) at its offset \(offset), which is out of range"
    case .wrongByteCount(let kind, let count, let expected):
      "a \(kind) record of \(count) bytes, \(expected) were expected"
    case .formatVersion(let found, let expected):
      "a run of record format \(found); this build reads format \(expected)"
    case .notUTF8(let kind, let offset): "a \(kind) record with text that is no UTF-8 at \(offset)"
    }
  }
}
