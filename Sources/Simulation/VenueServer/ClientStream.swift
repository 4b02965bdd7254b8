import CWebSocketsShim

/// One accepted connection: HTTP requests one after the other, or, after a handshake, the wire of a
/// WebSocket connection.
final class ClientStream: StreamOwner {
  /// Where a bridge's bytes wait for the client, above which the bridge is no longer read.
  static let bridgedBytesMax = 256 << 10

  let number: UInt
  unowned let product: ProductServer
  private var stream: OpaquePointer?
  private var parser = HTTPRequestParser()
  private var outgoing = ByteQueue()
  /// The request that waits for its answer, by count; requests behind it wait too.
  private var requestCount: UInt64 = 0
  private var isAwaiting = false
  private var closesAfterWriting = false
  private var isReading = true
  /// What arrives is no longer looked at.
  private var isDeaf = false
  private(set) var bridge: SocketBridge?

  init(_ stream: OpaquePointer, _ number: UInt, _ product: ProductServer) {
    self.stream = stream
    self.number = number
    self.product = product
  }

  func handle(_ event: StreamEvent) -> Bool {
    switch event.kind {
    case cws_stream_data:
      if let bridge {
        bridge.send(event.bytes)
        return true
      }
      if isDeaf { return true }
      parser.append(event.bytes)
      if parser.pendingCount > HTTPRequestParser.headBytesMax + 2 * HTTPRequestParser.bodyBytesMax {
        return false
      }
      serveNext()
      return true
    case cws_stream_writable: return writeMore()
    case cws_stream_closed:
      stream = nil
      product.streamEnded(self)
      bridge?.cut()
      return true
    default: return true
    }
  }

  /// Ends the connection at once.
  func cut() {
    if let stream, !product.loop.isEnding { cws_cut(stream) }
  }

  /// Holds the client back, or lets it go on.
  func setReading(_ isReading: Bool) {
    guard isReading != self.isReading, let stream else { return }
    self.isReading = isReading
    cws_set_reading(stream, isReading ? 1 : 0)
  }

  func send(_ bytes: some Collection<UInt8>) {
    guard let stream, !product.loop.isEnding else { return }
    outgoing.append(bytes)
    cws_ask_writable(stream)
  }

  /// What is queued is written, then the connection ends.
  func finish() {
    closesAfterWriting = true
    product.after(10_000_000_000) { [weak self] in self?.cut() }
    if let stream, !product.loop.isEnding { cws_ask_writable(stream) }
  }

  private func writeMore() -> Bool {
    guard let stream else { return false }
    if !outgoing.isEmpty {
      // A client is told nothing that a restart would not know.
      guard product.loop.beforeWriting() else { return false }
      let result = outgoing.take(upTo: 64 << 10) { cws_write(stream, $0.baseAddress, $0.count) }
      if result < 0 { return false }
    }
    if outgoing.count < Self.bridgedBytesMax / 2 { bridge?.setReading(true) }
    if outgoing.isEmpty { return !closesAfterWriting }
    cws_ask_writable(stream)
    return true
  }

  /// Bytes of the bridge, to the client.
  func receivedFromBridge(_ bytes: UnsafeRawBufferPointer) {
    send(bytes)
    if outgoing.count > Self.bridgedBytesMax { bridge?.setReading(false) }
  }

  // MARK: HTTP

  private func serveNext() {
    if isAwaiting || closesAfterWriting || isDeaf { return }
    do throws(HTTPRefusal) {
      guard var request = try parser.next() else {
        if parser.awaitsContinue {
          parser.continueSent()
          send("HTTP/1.1 100 Continue\r\n\r\n".utf8)
        }
        return
      }
      request.connection = UInt64(number)
      requestCount += 1
      isAwaiting = true
      serve(request)
    } catch {
      // What the client still sends is read and forgotten for a while: closing at once would make
      // the system tell it of a reset instead of this answer.
      isDeaf = true
      write(HTTPResponse(status: error.rawValue), method: "GET", closes: true)
      product.after(2_000_000_000) { [weak self] in self?.cut() }
    }
  }

  private func serve(_ request: HTTPRequest) {
    let count = requestCount
    let method = request.method
    let closes = request.closesConnection
    let answer: (HTTPResponse) -> Void = { [weak self] response in
      guard let self, self.isAwaiting, self.requestCount == count else { return }
      self.isAwaiting = false
      if closes { self.closesAfterWriting = true }
      self.write(response, method: method, closes: closes)
      self.product.whenFrontIsFree { self.serveNext() }
    }
    if request.isUpgrade {
      product.upgrade(request, self, answer)
    } else {
      product.serve(request, self, answer)
    }
  }

  private func write(_ response: HTTPResponse, method: String, closes: Bool) {
    let seconds = product.now().wall / 1_000_000_000
    send(response.bytes(to: method, seconds: seconds, closesConnection: closes))
  }

  /// From here on the client speaks with `connection`.
  func startBridge(to connection: WebSocketConnection, _ request: HTTPRequest) -> Bool {
    let bridge = SocketBridge(self)
    guard bridge.open(on: product.loop, to: connection) else { return false }
    self.bridge = bridge
    connection.isCompressed =
      connection.options.offersCompression && SocketBridge.offersPlainDeflate(request.headers)
    bridge.sendHandshake(request, isCompressed: connection.isCompressed)
    let rest = parser.takeRest()
    rest.withUnsafeBytes { bridge.send($0) }
    return true
  }
}
