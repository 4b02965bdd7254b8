import CWebSocketsShim

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
  public private(set) var isOpen = false
  /// Bytes of messages that wait to be sent, without those that faults hold back.
  public private(set) var queuedBytes = 0

  let options: WebSocketOptions
  /// Whether permessage-deflate was agreed to.
  var isCompressed = false
  /// What one step of the shim's deflater holds, whatever the message says.
  static let compressedBytesMax = 4 << 20 - 64 << 10
  /// Times and number of what faults hold back: later messages go behind it.
  var lastDue: Int64 = 0
  var delayedCount = 0
  /// Pushes are thrown away until then, on the product's monotonic clock; nil for none.
  private var losesPushesUntil: Int64?

  private let product: ProductServer
  private weak var client: ClientStream?
  private let request: HTTPRequest
  private var socket: OpaquePointer?
  private var wasOpened = false
  private var frames: [Frame] = []
  private var firstFrame = 0
  private var incoming: [UInt8] = []
  private var closing: (code: UInt16, reason: String)?
  private var closingDeadline: Int64 = .max
  private var cause = WebSocketClosure(code: nil, reason: "", isByPeer: true)
  private var nextPing: Int64 = .max
  private var unansweredPingSince: Int64 = .max

  /// One frame that waits.
  struct Frame {
    var kind: cws_frame
    var bytes: [UInt8]
  }

  /// Without a client it leads nowhere.
  init(
    id: UInt64, _ request: HTTPRequest, _ options: WebSocketOptions, client: ClientStream?,
    _ product: ProductServer
  ) {
    self.id = id
    self.path = request.path
    self.query = request.query
    self.request = request
    self.options = options
    self.client = client
    self.product = product
  }

  /// Sends a text message, subject to the product's faults. Ignored once closed.
  public func send(_ text: String, _ kind: MessageKind = .push) {
    product.send(Frame(kind: cws_text_frame, bytes: Array(text.utf8)), kind, to: self)
  }

  /// Sends a JSON value as a text message.
  public func send(_ value: JSONValue, _ kind: MessageKind = .push) {
    var bytes: [UInt8] = []
    value.write(into: &bytes)
    product.send(Frame(kind: cws_text_frame, bytes: bytes), kind, to: self)
  }

  /// Sends a binary message.
  public func send(binary bytes: [UInt8], _ kind: MessageKind = .push) {
    product.send(Frame(kind: cws_binary_frame, bytes: bytes), kind, to: self)
  }

  /// Sends a ping now, cut to 125 bytes.
  public func ping(_ payload: [UInt8] = []) {
    enqueue(Frame(kind: cws_ping_frame, bytes: Array(payload.prefix(125))))
  }

  /// Closes with a code after what was sent before; the reason is cut to 123 bytes.
  public func close(code: UInt16 = 1000, reason: String = "") {
    product.inOrder(self) { [weak self] in self?.startClosing(code, reason, dropsQueue: false) }
  }

  /// Cuts the connection without a close frame.
  public func disconnect() {
    guard socket != nil, !product.loop.isEnding else { return }
    if isOpen { cause = WebSocketClosure(code: nil, reason: "cut", isByPeer: false) }
    isOpen = false
    client?.cut()
  }

  /// Throws away every push of the next nanoseconds: a connection that stays, and messages that are missing.
  func losePushes(for time: Int64) { losesPushesUntil = product.now().monotonic + time }

  /// Whether a push is thrown away now.
  func losesPush() -> Bool {
    guard let end = losesPushesUntil else { return false }
    if product.now().monotonic < end { return true }
    losesPushesUntil = nil
    return false
  }

  /// What faults make of a request that this connection carries: the front answers accordingly, in
  /// the words of its protocol, or carries on where it is nil. Draws once.
  public func drawFailure(at now: ServerTime) -> ServerFailure? {
    product.drawWithinInput(at: now)
  }
}

// MARK: Sending

extension WebSocketConnection {
  /// Queues a frame; a consumer that lets too many bytes pile up is cut.
  func enqueue(_ frame: Frame) {
    guard isOpen, !product.loop.isEnding, let socket else { return }
    if isCompressed, frame.kind != cws_ping_frame {
      // libwebsockets 4.1 ends the process where an empty message is to be compressed.
      if frame.bytes.isEmpty { return }
      if frame.bytes.count > Self.compressedBytesMax {
        startClosing(1009, "message too big to be compressed", dropsQueue: false)
        return
      }
    }
    frames.append(frame)
    queuedBytes += frame.bytes.count
    if queuedBytes > options.queueBytesMax {
      startClosing(options.slowConsumerCode, options.slowConsumerReason, dropsQueue: true)
      return
    }
    cws_ask_writable(socket)
  }

  private func startClosing(_ code: UInt16, _ reason: String, dropsQueue: Bool) {
    guard isOpen, !product.loop.isEnding, let socket else { return }
    isOpen = false
    closing = (code, reason)
    cause = WebSocketClosure(code: code, reason: reason, isByPeer: false)
    // A peer that takes nothing more is not waited for.
    closingDeadline = product.now().monotonic + (dropsQueue ? 2_000_000_000 : 10_000_000_000)
    if dropsQueue { dropFrames() }
    cws_ask_writable(socket)
  }

  private func dropFrames() {
    frames.removeAll()
    firstFrame = 0
    queuedBytes = 0
  }

  private func writeMore(_ socket: OpaquePointer) -> Bool {
    while firstFrame < frames.count, cws_is_choked(socket) == 0 {
      let frame = frames[firstFrame]
      firstFrame += 1
      queuedBytes -= frame.bytes.count
      if frame.kind == cws_ping_frame { pingSent() }
      let result = frame.bytes.withUnsafeBufferPointer {
        cws_write_frame(socket, frame.kind, $0.baseAddress, $0.count)
      }
      if result < 0 { return false }
    }
    if firstFrame > frames.count / 2 {
      frames.removeFirst(firstFrame)
      firstFrame = 0
    }
    if !frames.isEmpty {
      cws_ask_writable(socket)
      return true
    }
    guard let closing else { return true }
    if cws_is_choked(socket) != 0 {
      cws_ask_writable(socket)
      return true
    }
    let reason = Array(closing.reason.utf8.prefix(123))
    reason.withUnsafeBufferPointer {
      cws_set_close(socket, UInt32(closing.code), $0.baseAddress, $0.count)
    }
    return false
  }

  private func pingSent() {
    if unansweredPingSince == .max { unansweredPingSince = product.now().monotonic }
  }

  /// Pings, waits for pongs, and gives up on peers that take no close.
  func tick(at now: ServerTime) {
    if now.monotonic >= closingDeadline {
      closingDeadline = .max
      client?.cut()
    }
    guard isOpen else { return }
    if options.pongTimeout > 0, unansweredPingSince != .max,
      now.monotonic - unansweredPingSince >= options.pongTimeout
    {
      startClosing(options.pongTimeoutCode, options.pongTimeoutReason, dropsQueue: true)
      return
    }
    if now.monotonic >= nextPing {
      nextPing += options.pingInterval
      ping(options.pingPayload(now))
    }
  }
}

// MARK: Events

extension WebSocketConnection: StreamOwner {
  func handle(_ event: StreamEvent) -> Bool {
    switch event.kind {
    case cws_socket_opened:
      socket = event.stream
      isOpen = true
      wasOpened = true
      let now = product.now()
      if options.pingInterval > 0 { nextPing = now.monotonic + options.pingInterval }
      product.opened(self, request, at: now)
      return true
    case cws_socket_data: return receive(event)
    case cws_socket_writable: return writeMore(event.stream)
    case cws_socket_pong:
      unansweredPingSince = .max
      if isOpen { product.ponged(self) }
      return true
    case cws_socket_closing:
      if isOpen {
        cause = WebSocketClosure(
          code: event.flags == 0 ? nil : UInt16(truncatingIfNeeded: event.flags),
          reason: String(decoding: event.bytes, as: UTF8.self), isByPeer: true)
      }
      isOpen = false
      return true
    case cws_socket_closed:
      socket = nil
      isOpen = false
      dropFrames()
      if wasOpened {
        wasOpened = false
        product.closed(self, cause)
      }
      return true
    default: return true
    }
  }

  private func receive(_ event: StreamEvent) -> Bool {
    guard isOpen else { return true }
    if event.flags & UInt32(cws_first) != 0 { incoming.removeAll(keepingCapacity: true) }
    incoming.append(contentsOf: event.bytes)
    if incoming.count > options.messageBytesMax {
      startClosing(1009, "message too big", dropsQueue: false)
      return true
    }
    if event.flags & UInt32(cws_final) == 0 { return true }
    let message: WebSocketMessage =
      event.flags & UInt32(cws_binary) != 0
      ? .binary(incoming) : .text(String(decoding: incoming, as: UTF8.self))
    product.received(message, from: self)
    return true
  }
}
