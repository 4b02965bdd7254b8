/// Why bytes are no definition of the kind their header names.
public enum RecordError: Error, Equatable, Sendable, CustomStringConvertible {
  case tooShort(kind: RecordKind, byteCount: Int, needed: Int)
  case unknownKind(UInt16)
  case unknownCode(kind: RecordKind, offset: Int, value: UInt8)
  case notUTF8(kind: RecordKind, offset: Int)

  public var description: String {
    switch self {
    case .tooShort(let kind, let count, let needed):
      "a \(kind) record of \(count) bytes, at least \(needed) were expected"
    case .unknownKind(let kind): "a record of unknown kind \(kind)"
    case .unknownCode(let kind, let offset, let value):
      "a \(kind) record with unknown code \(value) at its offset \(offset)"
    case .notUTF8(let kind, let offset): "a \(kind) record with text that is no UTF-8 at \(offset)"
    }
  }
}
