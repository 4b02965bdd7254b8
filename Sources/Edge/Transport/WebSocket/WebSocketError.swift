/// Why a WebSocket connection could not be made or went wrong. After any of them nothing more is read;
/// where the peer should be told, a close frame is already in `output`. Offsets count all
/// bytes received on the connection, from its handshake on.
public enum WebSocketError: Error, Equatable, Sendable {
  /// The request holds what no request may, such as a line end; nothing was sent.
  case badRequest(field: String, reason: String)
  /// The answer to the handshake is no HTTP response.
  case head(HTTPError)
  /// The server answered with another status than 101.
  case refused(status: Int)
  /// A field of the answer is not what RFC 6455, section 4.1 asks for.
  case handshake(field: String, expected: String, found: String)
  /// A frame breaks a rule of RFC 6455, section 5; `byteOffset` is the frame's first byte.
  case malformedFrame(reason: Reason, byteOffset: Int)
  /// A message, or what it decompresses to, has more than `limit` bytes.
  case messageTooLong(limit: Int, byteOffset: Int)
  /// Compressed data that are not deflate data (RFC 7692, section 7.2.2).
  case badCompression(reason: String, byteOffset: Int)
  /// A text message or close reason that is not UTF-8 (RFC 6455, section 8.1).
  case badText(byteOffset: Int)
  /// The connection ended without a close frame.
  case truncated(byteOffset: Int)
  /// What waits to be sent would exceed `limit` bytes; nothing of this message was kept.
  case outputFull(limit: Int)
  /// Something was to be sent before the handshake was over, or after a close frame.
  case notOpen

  /// Which rule a frame breaks.
  public enum Reason: String, Sendable {
    /// A length not in its shortest form, or above 2^63 - 1; a control frame in fragments or above
    /// 125 bytes.
    case header = "its length or fragmentation is not allowed"
    /// Reserved bits without an extension that uses them.
    case reservedBits = "a reserved bit is set"
    /// Opcodes 3 to 7 and 11 to 15.
    case opcode = "its opcode is reserved"
    /// A server masks nothing.
    case masked = "a server's frame is masked"
    /// A continuation without a beginning.
    case continuation = "it continues no message"
    /// A new message before the last has ended.
    case interleaved = "a message begins inside another"
    /// A close frame of one byte, or with a code that is not for the wire.
    case closeCode = "its close code is not allowed"
  }

  /// The code of the close frame that tells the peer (RFC 6455, section 7.4.1); nil for none.
  var closeCode: UInt16? {
    switch self {
    case .malformedFrame: 1002
    case .badCompression, .badText: 1007
    case .messageTooLong: 1009
    default: nil
    }
  }
}

extension WebSocketError: CustomStringConvertible {
  /// What, where, what was expected, in one line.
  public var description: String {
    switch self {
    case .badRequest(let field, let reason): "WebSocket request: \(field) \(reason)"
    case .head(let error): "WebSocket handshake: \(error)"
    case .refused(let status): "WebSocket handshake: status 101 was expected, found \(status)"
    case .handshake(let field, let expected, let found):
      "WebSocket handshake: \(field) should be '\(expected)', found '\(found)'"
    case .malformedFrame(let reason, let offset):
      "WebSocket frame at byte \(offset) is malformed: \(reason.rawValue)"
    case .messageTooLong(let limit, let offset):
      "WebSocket message at byte \(offset) is longer than \(limit) bytes"
    case .badCompression(let reason, let offset):
      "WebSocket frame at byte \(offset): not deflate data: \(reason)"
    case .badText(let offset): "WebSocket frame at byte \(offset): its text is not UTF-8"
    case .truncated(let offset):
      "WebSocket connection ended after \(offset) bytes without a close frame"
    case .outputFull(let limit): "WebSocket output is full: \(limit) bytes wait to be sent"
    case .notOpen: "WebSocket connection is not open: nothing can be sent"
    }
  }
}
