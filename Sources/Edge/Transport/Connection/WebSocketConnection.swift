/// A WebSocket connection (RFC 6455) with its socket, TLS, times and signs of life.
///
/// The owner calls `doWork`, then `next` until that gives nil, again and again; messages are sent at
/// once, not with the next turn. The server's pings are answered as soon as they are read. Times are
/// nanoseconds of the owner's monotonic clock. In steady use nothing of ours is allocated. For one
/// thread at a time.
public struct WebSocketConnection: ~Copyable {
  /// What a connection tells. Bytes are valid until the next call on it.
  public enum Event {
    /// Messages may be sent; `subprotocol` and `isCompressed` are known.
    case opened
    /// A text message, valid UTF-8. `receiveTime` says when it came.
    case text(UnsafeRawBufferPointer)
    case binary(UnsafeRawBufferPointer)
    /// The answer to a ping of ours, and how many nanoseconds it took.
    case pong(roundTrip: Int64)
    /// Over; comes once, and nothing after it. `closeReason` says why.
    case closed
  }

  /// Where so many bytes wait for `next`, no more are read.
  private static let inputByteCountMax = 1 << 20

  /// Where it leads.
  public let endpoint: Endpoint
  /// The subprotocol the server chose, once open.
  public private(set) var subprotocol: String?
  /// Whether permessage-deflate (RFC 7692) was agreed on, once open.
  public private(set) var isCompressed = false
  private let options: ConnectionOptions
  private var stream: ByteStream
  private var client: WebSocketClient
  private var counts = ConnectionTraffic()
  /// When the WebSocket handshake began.
  private var upgradeStart: Int64?
  /// When our side began to close.
  private var closeStart: Int64?
  private var lastPing: Int64 = 0
  /// What the frames said, which goes before what the stream says.
  private var agreedReason: CloseReason?
  private var isCloseTold = false

  /// Begins to connect. What fails shows as `.closed`.
  ///
  /// - Parameters:
  ///   - address: of `endpoint`, from `Resolver`.
  ///   - request: subprotocols, compression and fields; host and target are the endpoint's where it
  ///     is nil.
  /// - Throws: `.badRequest`, `.outputFull` for a request that cannot be sent.
  public init(
    _ endpoint: Endpoint, at address: SocketAddress, request: WebSocketRequest? = nil,
    options: ConnectionOptions, limits: WebSocketLimits = .init(),
    masks: WebSocketMasks = .system, now: Int64
  ) throws(WebSocketError) {
    let request =
      request ?? WebSocketRequest(host: endpoint.authority, target: endpoint.target)
    client = try WebSocketClient(request, limits: limits, masks: masks)
    self.endpoint = endpoint
    self.options = options
    stream = ByteStream(endpoint, at: address, options, now: now)
  }

  /// Where it stands.
  public var state: ConnectionState {
    if stream.reason != nil || agreedReason != nil { return isCloseTold ? .closed : .closing }
    guard stream.state == .open else { return stream.state }
    switch client.state {
    case .handshaking: return .upgrading
    case .open: return .open
    case .closing, .closed, .failed: return .closing
    }
  }

  /// Why it is over; nil before `.closed` has come.
  public var closeReason: CloseReason? {
    isCloseTold ? agreedReason ?? stream.reason : nil
  }

  /// What went over it.
  public var traffic: ConnectionTraffic {
    var traffic = counts
    traffic.bytesIn = stream.bytesIn
    traffic.bytesOut = stream.bytesOut
    return traffic
  }

  /// When the kernel received the youngest bytes read, which end the message that `next` gave last:
  /// ns since the Unix epoch. Messages read together share it.
  public var receiveTime: Int64 { stream.receiveTime }
  /// Whether `receiveTime` is the kernel's word; otherwise it is when the bytes were read.
  public var hasKernelTime: Bool { stream.hasKernelTime }
  /// What a later connection to the same host may begin with.
  public var session: TLSSession? { stream.session }
  /// The address this end has.
  public var localAddress: SocketAddress? { stream.localAddress }
  /// Bytes that wait here to be sent.
  public var waitingByteCount: Int { client.output.count }

  /// Does what there is to do and returns how much that was.
  public mutating func doWork(now: Int64) -> Int {
    guard stream.state != .closed, stream.reason == nil else { return 0 }
    var work = 0
    if client.input.count < Self.inputByteCountMax {
      let before = client.input.count
      work = stream.turn(into: &client.input, now: now)
      client.receivedByteCount += client.input.count - before
    }
    if client.state == .closed || client.state == .failed { client.input.removeAll() }
    if stream.isOpen {
      stream.send(&client.output)
      // What was just read, or was left unread, may be what was waited for.
      let isQuiet = work == 0 && client.input.count < Self.inputByteCountMax
      work += keepTime(now: now, isQuiet: isQuiet)
    }
    return work
  }

  /// Pings and time-outs above TLS.
  private mutating func keepTime(now: Int64, isQuiet: Bool) -> Int {
    switch client.state {
    case .handshaking:
      let start = upgradeStart ?? now
      upgradeStart = start
      if isQuiet, now - start > options.upgradeTimeout {
        stream.end(.timeout(.upgrading, nanoseconds: options.upgradeTimeout))
      }
    case .open:
      if isQuiet, options.silenceMax > 0, now - stream.lastReadTime > options.silenceMax {
        stream.end(.silent(nanoseconds: options.silenceMax))
        return 1
      }
      if options.pingInterval > 0, now - lastPing >= options.pingInterval {
        lastPing = now
        // A full output is a peer that does not read: its silence will tell.
        try? client.ping(stamp: now)
        stream.send(&client.output)
        return 1
      }
    case .closing:
      if now - (closeStart ?? now) > options.closeTimeout {
        agreedReason = .requested
        stream.close(&client.output, now: now)
      }
    case .closed, .failed: break
    }
    return 0
  }

  /// What comes next in what was read; nil where `doWork` must read more.
  public mutating func next(now: Int64) -> Event? {
    while !isCloseTold {
      let event: WebSocketEvent?
      do throws(WebSocketError) { event = try client.next() } catch {
        // What the client wants to tell the server about it goes out as far as it can.
        stream.send(&client.output)
        // What the server said last goes before how it ended the connection.
        if agreedReason == nil { agreedReason = .webSocket(error) }
        stream.end(.webSocket(error))
        return tellClose()
      }
      guard let event else { return stream.reason == nil ? nil : tellClose() }
      if let told = take(event, now: now) { return told }
    }
    return nil
  }

  private mutating func take(_ event: WebSocketEvent, now: Int64) -> Event? {
    switch event {
    case .opened(let subprotocol, let isCompressed):
      self.subprotocol = subprotocol
      self.isCompressed = isCompressed
      lastPing = now
      return .opened
    case .text(let bytes):
      countMessage(now: now)
      return .text(bytes)
    case .binary(let bytes):
      countMessage(now: now)
      return .binary(bytes)
    case .ping:
      stream.send(&client.output)
      return nil
    case .pong(let stamp):
      return stamp.map { .pong(roundTrip: now - $0) }
    case .closed(let code, let reason):
      if agreedReason == nil {
        agreedReason = closeStart == nil ? .peer(code: code, reason: reason) : .requested
      }
      stream.close(&client.output, now: now)
      return nil
    }
  }

  private mutating func countMessage(now: Int64) {
    counts.messagesIn += 1
    counts.lastMessageTime = now
  }

  private mutating func tellClose() -> Event {
    isCloseTold = true
    stream.release()
    return .closed
  }

  /// Sends a text message; `text` is the caller's promise of UTF-8.
  public mutating func send(text: UnsafeRawBufferPointer) -> SendResult {
    send(text, isText: true)
  }

  /// Sends a text message, for those that may allocate.
  public mutating func send(text: String) -> SendResult {
    var text = text
    return text.withUTF8 { send(text: UnsafeRawBufferPointer($0)) }
  }

  /// Sends a binary message.
  public mutating func send(binary: UnsafeRawBufferPointer) -> SendResult {
    send(binary, isText: false)
  }

  private mutating func send(_ bytes: UnsafeRawBufferPointer, isText: Bool) -> SendResult {
    guard stream.isOpen, stream.reason == nil, client.state == .open else { return .notOpen }
    do throws(WebSocketError) {
      if isText { try client.send(text: bytes) } else { try client.send(binary: bytes) }
    } catch {
      let needed = bytes.count + WebSocketFrames.headerByteCountMax
      return needed > client.output.limit ? .tooLong : .backPressured
    }
    counts.messagesOut += 1
    let mark = stream.mark(behind: client.output)
    stream.send(&client.output)
    return .accepted(mark)
  }

  /// What is known of the message `mark` stands for.
  public func delivery(of mark: SendMark) -> Delivery { stream.delivery(of: mark) }

  /// Begins to close (RFC 6455, section 7.1.2); messages that still come are given. Before the
  /// handshake is over, the connection just ends.
  ///
  /// - Parameters:
  ///   - code: 1000, or 3000 to 4999.
  ///   - reason: at most 123 bytes are sent.
  public mutating func close(code: UInt16 = 1000, reason: String = "", now: Int64) {
    guard stream.isOpen, client.state == .open else {
      if client.state == .handshaking { stream.end(.requested) }
      return
    }
    closeStart = now
    client.close(code: code, reason: reason)
    stream.send(&client.output)
  }
}
