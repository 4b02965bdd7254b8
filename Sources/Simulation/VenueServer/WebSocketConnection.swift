/// One WebSocket connection, as a front meets it. Lives on the server's thread.
public final class WebSocketConnection {
  /// Not given again while the server runs; in the order of handshakes.
  public let id: UInt64
  /// Path and query of the handshake, undecoded.
  public let path: String
  public let query: String?
  /// Whatever the front wants to find again: its session of this connection.
  public var session: AnyObject?
  /// False from the moment it is closed or cut by either side.
  public internal(set) var isOpen = true
  /// Bytes that wait to be sent.
  public internal(set) var queuedBytes = 0

  var options: WebSocketOptions
  unowned let product: ProductServer

  init(id: UInt64, _ request: HTTPRequest, _ options: WebSocketOptions, _ product: ProductServer) {
    self.id = id
    self.path = request.path
    self.query = request.query
    self.options = options
    self.product = product
  }

  /// Sends a text message, subject to the product's faults. Ignored once closed.
  public func send(_ text: String, _ kind: MessageKind = .push) {}
  /// Sends a JSON value as a text message.
  public func send(_ value: JSONValue, _ kind: MessageKind = .push) { send(value.text, kind) }
  /// Sends a binary message.
  public func send(binary bytes: [UInt8], _ kind: MessageKind = .push) {}
  /// Sends a ping of at most 125 bytes now.
  public func ping(_ payload: [UInt8] = []) {}
  /// Closes with a code after what is queued; a reason of at most 123 bytes.
  public func close(code: UInt16 = 1000, reason: String = "") {}
  /// Cuts the connection without a close frame.
  public func disconnect() {}
}
final class ProductServer {}
