import CWebSocketsShim

/// The outer end of a bridge: carries bytes between a client's stream and the WebSocket connection
/// that libwebsockets keeps at the inner end.
final class SocketBridge: StreamOwner {
  private var stream: OpaquePointer?
  private weak var client: ClientStream?
  private var outgoing = ByteQueue()
  private var isReading = true

  init(_ client: ClientStream) { self.client = client }

  func open(on loop: ServerLoop, to connection: WebSocketConnection) -> Bool {
    stream = loop.bridge(
      outer: self, loop.newNumber(), inner: connection, UInt(connection.id))
    return stream != nil
  }

  /// Asks the inner end for the handshake. It gets only what it decides by: path, query and the
  /// client's other headers are the front's, and their lengths and forms are not to matter here.
  func sendHandshake(_ request: HTTPRequest, isCompressed: Bool) {
    var head = "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    for name in ["Sec-WebSocket-Key", "Sec-WebSocket-Version"] {
      if let value = request.headers[name] { head += "\(name): \(value)\r\n" }
    }
    if isCompressed {
      head += "Sec-WebSocket-Extensions: permessage-deflate\r\n"
    }
    head += "\r\n"
    Array(head.utf8).withUnsafeBytes { send($0) }
  }

  /// Whether an offer can be accepted without parameters: those that bind the server would have to
  /// be agreed to, and libwebsockets 4.1 takes the server's for the client's; those of the client
  /// are hints (RFC 7692, section 7.1).
  static func offersPlainDeflate(_ headers: HTTPHeaders) -> Bool {
    let offers = headers.all("Sec-WebSocket-Extensions").joined(separator: ",")
    return offers.split(separator: ",").contains { offer in
      let parts = offer.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" } }
      return parts.first == "permessage-deflate"
        && parts.dropFirst().allSatisfy {
          $0 == "client_no_context_takeover" || $0.hasPrefix("client_max_window_bits")
        }
    }
  }

  func send(_ bytes: UnsafeRawBufferPointer) {
    guard let stream, !bytes.isEmpty else { return }
    outgoing.append(bytes)
    if outgoing.count > ClientStream.bridgedBytesMax { client?.setReading(false) }
    cws_ask_writable(stream)
  }

  func cut() {
    if let stream, client?.product.loop.isEnding == false { cws_cut(stream) }
  }

  func setReading(_ isReading: Bool) {
    guard isReading != self.isReading, let stream else { return }
    self.isReading = isReading
    cws_set_reading(stream, isReading ? 1 : 0)
  }

  func handle(_ event: StreamEvent) -> Bool {
    switch event.kind {
    case cws_stream_data:
      client?.receivedFromBridge(event.bytes)
      return true
    case cws_stream_writable: return writeMore()
    case cws_stream_closed:
      stream = nil
      client?.finish()
      return true
    default: return true
    }
  }

  private func writeMore() -> Bool {
    guard let stream, !outgoing.isEmpty else { return true }
    let result = outgoing.take(upTo: 64 << 10) { cws_write(stream, $0.baseAddress, $0.count) }
    if outgoing.count < ClientStream.bridgedBytesMax / 2 { client?.setReading(true) }
    if !outgoing.isEmpty { cws_ask_writable(stream) }
    return result >= 0
  }
}
