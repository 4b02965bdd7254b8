/// Why the head of a response cannot be read. The connection is of no more use. Offsets count all
/// bytes received on the connection.
public enum HTTPError: Error, Equatable, Sendable {
  /// Status line and fields have more than `limit` bytes, or there are more than `limit` fields.
  case headTooLong(limit: Int, byteOffset: Int)
  /// Bytes that are not what RFC 9112 allows in that place.
  case malformed(expected: String, byteOffset: Int)
}

extension HTTPError: CustomStringConvertible {
  /// What, where, what was expected, in one line.
  public var description: String {
    switch self {
    case .headTooLong(let limit, let offset):
      "HTTP response at byte \(offset): its head exceeds the limit of \(limit)"
    case .malformed(let expected, let offset):
      "HTTP response at byte \(offset): \(expected) was expected"
    }
  }
}
