/// Why an HTTP exchange went wrong. After any of them but the first three the connection is of no
/// more use. Offsets count all bytes received on the connection.
public enum HTTPError: Error, Equatable, Sendable {
  /// A request while the last one is unanswered: there is no pipelining.
  case unanswered
  /// A request that holds what none may: a line end, a space in the target, a NUL.
  case badRequest(field: String)
  /// A request longer than `limit` bytes.
  case requestTooLong(limit: Int)
  /// A response where none was asked for.
  case unasked(byteOffset: Int)
  /// Status line and fields have more than `limit` bytes, or more fields than allowed.
  case headTooLong(limit: Int, byteOffset: Int)
  /// The body has more than `limit` bytes.
  case bodyTooLong(limit: Int, byteOffset: Int)
  /// Bytes that are not what RFC 9112 allows in that place.
  case malformed(expected: String, byteOffset: Int)
  /// The connection ended inside a response.
  case truncated(byteOffset: Int)
  /// The last response or its end closed the connection; nothing more can be asked on it.
  case closed
}

extension HTTPError: CustomStringConvertible {
  /// What, where, what was expected, in one line.
  public var description: String {
    switch self {
    case .unanswered: "HTTP: the last request is unanswered; requests go one at a time"
    case .badRequest(let field): "HTTP request: \(field) holds a character that is not allowed"
    case .requestTooLong(let limit): "HTTP request is longer than \(limit) bytes"
    case .unasked(let offset): "HTTP response at byte \(offset) that answers no request"
    case .headTooLong(let limit, let offset):
      "HTTP response at byte \(offset): its head exceeds the limit of \(limit)"
    case .bodyTooLong(let limit, let offset):
      "HTTP response: its body exceeds \(limit) bytes at byte \(offset)"
    case .malformed(let expected, let offset):
      "HTTP response at byte \(offset): \(expected) was expected"
    case .truncated(let offset): "HTTP response is cut off at byte \(offset)"
    case .closed: "HTTP connection is closed; a new one is needed"
    }
  }
}
