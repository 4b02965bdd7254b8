/// Why a response cannot be read. The connection is of no more use. Offsets count all bytes received
/// on the connection.
public enum HTTPError: Error, Equatable, Sendable {
  /// Status line, fields and trailer have more than `limit` bytes, or there are more than `limit`
  /// fields.
  case headTooLong(limit: Int, byteOffset: Int)
  /// Bytes that are not what RFC 9112 allows in that place.
  case malformed(expected: String, byteOffset: Int)
  /// A body, as sent or decompressed, has more than `limit` bytes.
  case bodyTooLong(limit: Int, byteOffset: Int)
  /// A coding of the body that nobody asked for and that is not known here.
  case unsupported(coding: String, byteOffset: Int)
  /// A compressed body that is not what its coding says.
  case badCompression(reason: String, byteOffset: Int)
  /// A response to nothing that was asked, or one that changes the protocol.
  case unasked(status: Int, byteOffset: Int)
  /// The connection ended with requests unanswered; the answer to the first may have begun.
  case truncated(unanswered: Int, byteOffset: Int)
}

extension HTTPError: CustomStringConvertible {
  /// What, where, what was expected, in one line.
  public var description: String {
    switch self {
    case .headTooLong(let limit, let offset):
      "HTTP response at byte \(offset): its head exceeds the limit of \(limit)"
    case .malformed(let expected, let offset):
      "HTTP response at byte \(offset): \(expected) was expected"
    case .bodyTooLong(let limit, let offset):
      "HTTP response at byte \(offset): its body is longer than \(limit) bytes"
    case .unsupported(let coding, let offset):
      "HTTP response at byte \(offset): its coding '\(coding)' is not known"
    case .badCompression(let reason, let offset):
      "HTTP response at byte \(offset): its body cannot be decompressed: \(reason)"
    case .unasked(let status, let offset):
      "HTTP response at byte \(offset): nothing was asked that status \(status) answers"
    case .truncated(let unanswered, let offset):
      "HTTP connection ended after \(offset) bytes with \(unanswered) requests unanswered"
    }
  }
}

/// Why a request was not taken; nothing of it was kept.
public enum HTTPRequestError: Error, Hashable, Sendable {
  /// It holds what no request may, such as a line end.
  case badRequest(part: HTTPRequestPart)
  /// It is longer than all that may ever wait to be sent.
  case tooLong(limit: Int)
  /// What waits to be sent would exceed `limit` bytes.
  case outputFull(limit: Int)
  /// So many requests are unanswered already.
  case tooManyOutstanding(limit: Int)
  /// The peer closes the connection, or an error was thrown.
  case notOpen
}

/// Where in a request something is wrong.
public enum HTTPRequestPart: String, Sendable {
  case target
  case fieldName = "a field's name"
  case fieldValue = "a field's value"
}

extension HTTPRequestError: CustomStringConvertible {
  /// What and why, in one line.
  public var description: String {
    switch self {
    case .badRequest(let part):
      "HTTP request: \(part.rawValue) is empty or holds a character that may not stand there"
    case .tooLong(let limit): "HTTP request: it is longer than \(limit) bytes"
    case .outputFull(let limit): "HTTP output is full: \(limit) bytes wait to be sent"
    case .tooManyOutstanding(let limit): "HTTP request: \(limit) others are not answered yet"
    case .notOpen: "HTTP connection is not open: nothing can be sent"
    }
  }
}
