import CWslay

/// What a WebSocket connection may take.
public struct WebSocketLimits: Hashable, Sendable {
  /// The server's answer to the handshake: bytes and fields.
  public var headByteCountMax = 16_384
  public var headFieldCountMax = 64
  /// A message, decompressed.
  public var messageByteCountMax = 16 << 20
  /// What waits to be sent.
  public var outputByteCountMax = 1 << 20

  public init() {}
}

/// What a WebSocket connection tells. Bytes are valid until the next call on the client.
public enum WebSocketEvent {
  /// The handshake is done; messages may be sent.
  case opened(subprotocol: String?, isCompressed: Bool)
  /// A text message, valid UTF-8.
  case text(UnsafeRawBufferPointer)
  case binary(UnsafeRawBufferPointer)
  /// The server asked for a sign of life; the answer is already in `output`.
  case ping(UnsafeRawBufferPointer)
  /// A pong. `stamp` is that of the ping it answers, the latest with the same bytes; nil where
  /// nobody asked.
  case pong(stamp: Int64?)
  /// The server has closed, or answered our close; nothing comes after this. `code` is 1005 where it
  /// gave none (RFC 6455, section 7.1.5).
  case closed(code: UInt16, reason: String)
}

/// The client's end of one WebSocket connection (RFC 6455), without a socket: bytes from the server
/// go to `receive`, what it tells comes from `next`, and `output` goes to the server.
///
/// Messages go out in one frame, uncompressed also where permessage-deflate (RFC 7692) was agreed
/// on: requests are short, and compressing them costs more time than it saves. In steady use nothing
/// is allocated. For one thread at a time.
public struct WebSocketClient: ~Copyable {
  /// Where the connection stands.
  public enum State: Hashable, Sendable {
    /// The request is sent or waits in `output`.
    case handshaking
    case open
    /// We sent a close frame and wait for the server's.
    case closing
    /// Close frames went both ways; the server closes the connection (RFC 6455, section 7.1.1).
    case closed
    /// An error was thrown.
    case failed
  }

  /// Bytes for the server; the owner sends and consumes them.
  public var output: ByteQueue
  /// Where the connection stands.
  public internal(set) var state = State.handshaking
  /// The stamp of the last ping that is not answered yet.
  public private(set) var unansweredPing: Int64?
  /// Bytes received so far.
  public internal(set) var receivedByteCount = 0

  let limits: WebSocketLimits
  let handshake: WebSocketHandshake
  var input: ByteQueue
  var searched = 0
  var frames: WebSocketFrames
  var frame = FrameProgress()
  /// The data message that is being put together.
  var message: ByteQueue
  var messageOpcode: UInt8 = 0
  var isMessageCompressed = false
  /// Whether `message` was handed out by the last call.
  var isMessageDelivered = false
  /// A control frame's payload, at most 125 bytes.
  var control: ByteQueue
  var inflater: MessageInflater?

  /// How far the frame being read has come. `start` counts bytes of the connection.
  struct FrameProgress {
    var start = 0
    var received: UInt64 = 0
    var hasBegun = false
  }

  /// A connection whose request is already in `output`.
  ///
  /// - Throws: `.badRequest`; `.outputFull` for a request above the output's limit.
  public init(
    _ request: WebSocketRequest, limits: WebSocketLimits = .init(), masks: WebSocketMasks = .system
  ) throws(WebSocketError) {
    var frames = WebSocketFrames(masks: masks)
    let handshake = WebSocketHandshake(request, nonce: frames.randomBytes(16))
    var output = ByteQueue(upTo: limits.outputByteCountMax, capacity: 4096)
    let text = try handshake.text()
    guard output.append(text: text) else { throw .outputFull(limit: output.limit) }
    self.limits = limits
    self.handshake = handshake
    self.frames = frames
    self.output = output
    input = ByteQueue(capacity: 1 << 16, limit: .max)
    message = ByteQueue(upTo: limits.messageByteCountMax, capacity: 1 << 14)
    control = ByteQueue(capacity: 128, limit: 128)
    inflater = nil
  }

  /// Takes bytes from the server; `next` tells what they mean. Bytes are kept until then, so the
  /// owner calls `next` until it gives nil before it hands over more.
  public mutating func receive(_ bytes: UnsafeRawBufferPointer) {
    guard state != .failed, state != .closed else { return }
    receivedByteCount += bytes.count
    let kept = input.append(bytes)
    precondition(kept, "Invariant: the input has no limit of its own")
  }

  /// What comes next in what was received; nil where more bytes are needed.
  ///
  /// - Throws: all of `WebSocketError` that concern the server's bytes; the client is then `.failed`.
  public mutating func next() throws(WebSocketError) -> WebSocketEvent? {
    if isMessageDelivered {
      message.removeAll()
      isMessageDelivered = false
    }
    do throws(WebSocketError) {
      if state == .handshaking { return try readHead() }
      while state == .open || state == .closing {
        switch frames.read(from: &input) {
        case .needsBytes: return nil
        case .malformed: throw .malformedFrame(reason: .header, byteOffset: frame.start)
        case .piece(let piece): if let event = try take(piece) { return event }
        }
      }
    } catch {
      fail(error)
      throw error
    }
    return nil
  }

  /// Tells that the server's bytes have ended, after `next` gave nil.
  ///
  /// - Throws: `.truncated` unless close frames went both ways.
  public mutating func peerEnded() throws(WebSocketError) {
    guard state != .closed, state != .failed else { return }
    state = .failed
    throw .truncated(byteOffset: receivedByteCount)
  }

  /// Sends a text message; `text` is the caller's promise of UTF-8.
  ///
  /// - Throws: `.notOpen`, `.outputFull`.
  public mutating func send(text: UnsafeRawBufferPointer) throws(WebSocketError) {
    try send(opcode: UInt8(WSLAY_TEXT_FRAME.rawValue), text)
  }

  /// Sends a text message. Throws as the other.
  public mutating func send(text: String) throws(WebSocketError) {
    var text = text
    let refusal = text.withUTF8 { bytes -> WebSocketError? in
      do throws(WebSocketError) {
        try send(text: UnsafeRawBufferPointer(bytes))
        return nil
      } catch { return error }
    }
    if let refusal { throw refusal }
  }

  /// Sends a binary message.
  ///
  /// - Throws: `.notOpen`, `.outputFull`.
  public mutating func send(binary: UnsafeRawBufferPointer) throws(WebSocketError) {
    try send(opcode: UInt8(WSLAY_BINARY_FRAME.rawValue), binary)
  }

  /// Asks for a sign of life. `stamp` comes back with the pong: a clock's reading, as a rule.
  ///
  /// - Throws: `.notOpen`, `.outputFull`.
  public mutating func ping(stamp: Int64) throws(WebSocketError) {
    try withUnsafeBytes(of: stamp.littleEndian) { (bytes) throws(WebSocketError) in
      try send(opcode: UInt8(WSLAY_PING.rawValue), bytes)
    }
    unansweredPing = stamp
  }

  /// Begins to close (RFC 6455, section 7.1.2); nothing can be sent after that, and `.closed` comes when
  /// the server agrees. Does nothing on a connection that is not open.
  ///
  /// - Parameters:
  ///   - code: 1000, or 3000 to 4999.
  ///   - reason: at most 123 bytes are sent.
  public mutating func close(code: UInt16 = 1000, reason: String = "") {
    guard state == .open else { return }
    state = .closing
    sendClose(code, reason)
  }

  /// Which of our pings a pong answers; earlier ones are answered with it (RFC 6455, section 5.5.3).
  mutating func answeredPing(_ payload: UnsafeRawBufferPointer) -> Int64? {
    guard payload.count == 8, let asked = unansweredPing else { return nil }
    let stamp = Int64(littleEndian: payload.loadUnaligned(as: Int64.self))
    if stamp == asked { unansweredPing = nil }
    return stamp <= asked ? stamp : nil
  }

  mutating func sendClose(_ code: UInt16, _ reason: String = "") {
    let text = Array(reason.utf8.prefix(123))
    let payload = [UInt8(code >> 8), UInt8(code & 255)] + (UTF8Check.isValid(text) ? text : [])
    // Where the output is full the peer is gone or slow, and learns from the end of the connection.
    _ = payload.withUnsafeBytes {
      frames.write(opcode: UInt8(WSLAY_CONNECTION_CLOSE.rawValue), $0, to: &output)
    }
  }

  private mutating func send(opcode: UInt8, _ payload: UnsafeRawBufferPointer)
    throws(WebSocketError)
  {
    guard state == .open else { throw .notOpen }
    guard frames.write(opcode: opcode, payload, to: &output) else {
      throw .outputFull(limit: output.limit)
    }
  }

  private mutating func fail(_ error: WebSocketError) {
    if state == .open, let code = error.closeCode { sendClose(code) }
    state = .failed
    input.removeAll()
  }
}

extension UTF8Check {
  static func isValid(_ bytes: [UInt8]) -> Bool { bytes.withUnsafeBytes { isValid($0) } }
}
