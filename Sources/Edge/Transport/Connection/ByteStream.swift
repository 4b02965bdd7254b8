import Glibc
import Synchronization

/// Plain bytes to and from one peer, over TCP and, for secure endpoints, TLS: what all connections
/// stand on. Turned by its owner, never waits.
///
/// What is sent is encrypted one record at a time, and only when the kernel has all of the record
/// before, so that what is said of a message's delivery is exact.
struct ByteStream: ~Copyable {
  /// Bytes read from the socket at once, and the most that are read in one turn.
  static let readByteCountMax = 65_536
  /// Plain bytes of one record (RFC 8446, section 5.1).
  static let recordByteCountMax = 16_384
  private static let connectionCount = Atomic<UInt32>(0)

  /// Tells this connection from others of the process.
  let number: UInt32
  private(set) var state: ConnectionState
  /// Why it is over, from the moment that is sure, which is before `state` is `.closed` where bytes
  /// are left to be read.
  private(set) var reason: CloseReason?
  /// Bytes carried by the network.
  private(set) var bytesIn: UInt64 = 0
  private(set) var bytesOut: UInt64 = 0
  /// When the kernel received the youngest bytes read; ns since the Unix epoch.
  private(set) var receiveTime: Int64 = 0
  /// Whether that is the kernel's word.
  private(set) var hasKernelTime = false
  /// When bytes were last read, on the owner's clock.
  private(set) var lastReadTime: Int64
  /// How far what was sent has come.
  private var progress = SendProgress()

  private let options: ConnectionOptions
  private var socket: TCPSocket?
  private var channel: TLSChannel?
  /// Encrypted bytes that the kernel has not taken.
  private var encrypted: ByteQueue
  /// Encrypted bytes as they are read.
  private let scratch: UnsafeMutableRawBufferPointer
  /// When the present phase began.
  private var phaseStart: Int64
  private var sendFailure: SocketError?
  private var hasFinishedSending = false

  /// Begins to connect to `address`, where `endpoint` is. What fails shows in `state` and `reason`.
  init(
    _ endpoint: Endpoint, at address: SocketAddress, _ options: ConnectionOptions, now: Int64
  ) {
    number = Self.connectionCount.wrappingAdd(1, ordering: .relaxed).newValue
    state = .connecting
    self.options = options
    phaseStart = now
    lastReadTime = now
    encrypted = ByteQueue(capacity: 32_768, limit: 1 << 20)
    scratch = .allocate(byteCount: Self.readByteCountMax, alignment: 16)
    socket = nil
    channel = nil
    do throws(CloseReason) {
      if endpoint.scheme.isSecure {
        channel = try Self.channel(endpoint.host, options)
      } else if !address.isLoopback {
        // The name was this machine's; what it was resolved to must be too.
        throw .plainText(address: address)
      }
      do throws(SocketError) {
        socket = try TCPSocket(to: address, from: options.source)
      } catch { throw .socket(error) }
    } catch {
      reason = error
      state = .closed
      channel = nil
    }
  }

  deinit { scratch.deallocate() }

  private static func channel(_ host: String, _ options: ConnectionOptions) throws(CloseReason)
    -> TLSChannel
  {
    guard let context = options.tls else {
      throw .tls(.setUp(reason: "no trusted certificates were given"))
    }
    do throws(TLSError) {
      return try TLSChannel(context, host: host, resuming: options.session)
    } catch { throw .tls(error) }
  }

  /// Whether plain bytes can be sent.
  var isOpen: Bool { state == .open && sendFailure == nil }

  /// What a later connection to the same host may begin with.
  var session: TLSSession? {
    switch channel {
    case .some(let channel): channel.session
    case .none: nil
    }
  }

  /// The local address.
  var localAddress: SocketAddress? {
    switch socket {
    case .some(let socket): socket.localAddress
    case .none: nil
    }
  }

  private var channelState: TLSChannel.State? {
    switch channel {
    case .some(let channel): channel.state
    case .none: nil
    }
  }

  /// One turn of work below the owner's protocol: connecting, handshakes, and bytes to the end of
  /// `plain`. Returns how much there was. A turn that ends the connection leaves `reason`; what was
  /// read before is in `plain`.
  mutating func turn(into plain: inout ByteQueue, now: Int64) -> Int {
    if state == .closed || reason != nil { return 0 }
    if state == .connecting {
      guard finishConnecting(now: now) else {
        checkTimeout(options.connectTimeout, now: now)
        return 0
      }
    }
    if state == .closing { finishSending() } else { sendEncrypted() }
    let count = read(into: &plain, now: now)
    switch state {
    case .handshaking: checkTimeout(options.handshakeTimeout, now: now)
    case .closing: checkTimeout(options.closeTimeout, now: now)
    default: break
    }
    if count == 0, let sendFailure { end(.socket(sendFailure)) }
    return count
  }

  private mutating func finishConnecting(now: Int64) -> Bool {
    switch socket!.connecting() {
    case .pending: return false
    case .failed(let code):
      end(.socket(SocketError(.connect, code)))
      return false
    case .done:
      enter(channelState == nil ? .open : .handshaking, now: now)
      if channelState != nil { channel!.takeEncrypted(into: &encrypted) }
      return true
    }
  }

  private mutating func enter(_ next: ConnectionState, now: Int64) {
    state = next
    phaseStart = now
    lastReadTime = now
  }

  private mutating func checkTimeout(_ limit: Int64, now: Int64) {
    guard reason == nil, now - phaseStart > limit else { return }
    end(state == .closing ? .requested : .timeout(state, nanoseconds: limit))
  }

  /// Reads once from the socket.
  private mutating func read(into plain: inout ByteQueue, now: Int64) -> Int {
    let transfer: TCPSocket.Transfer
    if channelState != nil {
      transfer = socket!.receive(into: scratch)
    } else {
      guard let room = plain.reserve(Self.readByteCountMax) else { return 0 }
      transfer = socket!.receive(into: .init(rebasing: room.prefix(Self.readByteCountMax)))
      if case .bytes(let count) = transfer { plain.commit(count) }
    }
    switch transfer {
    case .wouldBlock: return 0
    case .failed(let code):
      end(.socket(SocketError(.receive, code)))
      return 1
    case .end:
      finish()
      return 1
    case .bytes(let count):
      bytesIn += UInt64(count)
      (receiveTime, hasKernelTime) = socket!.lastReceipt()
      lastReadTime = now
      if channelState != nil { decrypt(count, into: &plain, now: now) }
      return count
    }
  }

  private mutating func decrypt(_ count: Int, into plain: inout ByteQueue, now: Int64) {
    do throws(TLSError) {
      try channel!.receive(UnsafeRawBufferPointer(rebasing: scratch.prefix(count)))
      if state == .handshaking, channelState == .open { enter(.open, now: now) }
      while let room = plain.reserve(Self.recordByteCountMax) {
        guard case .bytes(let count) = try channel!.read(into: room) else { break }
        plain.commit(count)
      }
      if channelState == .ended { finish() }
    } catch {
      channel!.takeEncrypted(into: &encrypted)
      sendEncrypted()
      end(.tls(error))
      return
    }
    channel!.takeEncrypted(into: &encrypted)
    sendEncrypted()
  }

  /// The peer sends no more.
  private mutating func finish() {
    if channelState != nil, state != .closing {
      do throws(TLSError) { try channel!.peerEnded() } catch {
        end(.tls(error))
        return
      }
    }
    end(state == .closing ? .requested : .peer(code: nil, reason: ""))
  }

  /// Hands bytes of `plain` to the kernel, or to TLS and then to the kernel, as far as it takes them.
  mutating func send(_ plain: inout ByteQueue) {
    guard isOpen, reason == nil else { return }
    guard channelState != nil else {
      sendPlain(&plain)
      return
    }
    while true {
      sendEncrypted()
      guard encrypted.isEmpty, progress.isIdle, sendFailure == nil, !plain.isEmpty else { return }
      let count = min(plain.count, Self.recordByteCountMax)
      do throws(TLSError) {
        try channel!.write(UnsafeRawBufferPointer(rebasing: plain.bytes.prefix(count)))
      } catch {
        end(.tls(error))
        return
      }
      plain.consume(count)
      channel!.takeEncrypted(into: &encrypted)
      progress.encrypted(count, to: encrypted.count)
    }
  }

  private mutating func sendPlain(_ plain: inout ByteQueue) {
    while !plain.isEmpty {
      switch socket!.send(plain.bytes) {
      case .bytes(let count):
        plain.consume(count)
        bytesOut += UInt64(count)
        progress.sentPlain(count)
      case .failed(let code):
        sendFailure = SocketError(.send, code)
        return
      case .wouldBlock, .end: return
      }
    }
  }

  private mutating func sendEncrypted() {
    guard sendFailure == nil, channelState != nil, socket != nil else { return }
    while !encrypted.isEmpty {
      switch socket!.send(encrypted.bytes) {
      case .bytes(let count):
        encrypted.consume(count)
        progress.sentEncrypted(count)
        bytesOut += UInt64(count)
      case .failed(let code):
        // What the peer said before may still lie in the socket; reading goes on to its end.
        sendFailure = SocketError(.send, code)
        return
      case .wouldBlock, .end: return
      }
    }
  }

  /// Begins to close in order; what is in `plain` is sent first as far as the kernel takes it, and
  /// the rest never.
  mutating func close(_ plain: inout ByteQueue, now: Int64) {
    guard reason == nil, state != .closed, state != .closing else { return }
    guard state == .open else {
      end(.requested)
      return
    }
    send(&plain)
    guard reason == nil else { return }
    if channelState != nil {
      channel!.close()
      channel!.takeEncrypted(into: &encrypted)
    }
    enter(.closing, now: now)
    finishSending()
  }

  /// Sends what is encrypted, and then tells the peer that nothing follows.
  private mutating func finishSending() {
    sendEncrypted()
    guard encrypted.isEmpty, !hasFinishedSending else { return }
    hasFinishedSending = true
    socket!.finishSending()
  }

  /// It is over because of `reason`; what was read is still to be handed out.
  mutating func end(_ reason: CloseReason) {
    if self.reason == nil { self.reason = reason }
  }

  /// Gives the descriptor back. `reason` is known by now.
  mutating func release() {
    precondition(reason != nil, "Invariant: a connection ends for a reason")
    state = .closed
    socket = nil
    channel = nil
  }

  /// Where a message ends whose last byte is the last of `plain`.
  func mark(behind plain: borrowing ByteQueue) -> SendMark {
    SendMark(connection: number, position: progress.takenPosition + UInt64(plain.count))
  }

  /// What is known of the message that ends at `mark`; of another connection's, the worst.
  func delivery(of mark: SendMark) -> Delivery {
    if mark.connection != number || mark.position <= progress.leftPosition { return .mayHaveLeft }
    if state == .closed || reason != nil || sendFailure != nil { return .notSent }
    // While closing, what was encrypted before is still sent, and nothing else is.
    return state == .closing && mark.position > progress.takenPosition ? .notSent : .waiting
  }
}
