/// Where a connection stands.
public enum ConnectionState: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  /// TCP's handshake goes on.
  case connecting
  /// TLS's handshake goes on.
  case handshaking
  /// WebSocket's handshake goes on.
  case upgrading
  /// Messages may be sent.
  case open
  /// Nothing more can be sent; what still comes is read.
  case closing
  /// Over, and why is known.
  case closed
}

/// Why a connection is over.
public enum CloseReason: Error, Equatable, Sendable {
  /// Our side asked for it, and the peer agreed or ran out of time to.
  case requested
  /// The peer ended it in order; with WebSocket the code and reason of its close frame (RFC 6455,
  /// section 7.4).
  case peer(code: UInt16?, reason: String)
  /// A phase took longer than this many nanoseconds.
  case timeout(ConnectionState, nanoseconds: Int64)
  /// The oldest request was not answered for this many nanoseconds.
  case unanswered(nanoseconds: Int64)
  /// The peer was silent for this many nanoseconds, pings notwithstanding.
  case silent(nanoseconds: Int64)
  /// The address is not this machine's, which plain text is for.
  case plainText(address: SocketAddress)
  case socket(SocketError)
  case tls(TLSError)
  case webSocket(WebSocketError)
  case http(HTTPError)
}

extension CloseReason: CustomStringConvertible {
  /// What happened, in one line.
  public var description: String {
    switch self {
    case .requested: "closed by us"
    case .peer(let code, let reason):
      "closed by the peer" + (code.map { " with code \($0)" } ?? "")
        + (reason.isEmpty ? "" : ": \(reason)")
    case .timeout(let state, let nanoseconds):
      "\(state) took longer than \(nanoseconds / 1_000_000) ms"
    case .unanswered(let nanoseconds):
      "a request was not answered within \(nanoseconds / 1_000_000) ms"
    case .silent(let nanoseconds): "the peer was silent for \(nanoseconds / 1_000_000) ms"
    case .plainText(let address): "plain text is refused to \(address): another machine"
    case .socket(let error): "\(error)"
    case .tls(let error): "\(error)"
    case .webSocket(let error): "\(error)"
    case .http(let error): "\(error)"
    }
  }
}

/// How a connection is made and kept. Times in nanoseconds.
public struct ConnectionOptions: Sendable {
  /// TLS: whom to trust. Needed for secure endpoints, and only for those.
  public var tls: TLSContext?
  /// What an earlier connection to the same host has left.
  public var session: TLSSession?
  /// The local address to connect from; its port may be 0.
  public var source: SocketAddress?
  /// How long TCP's handshake may take.
  public var connectTimeout: Int64 = 5_000_000_000
  /// How long TLS's handshake may take.
  public var handshakeTimeout: Int64 = 5_000_000_000
  /// How long WebSocket's handshake may take.
  public var upgradeTimeout: Int64 = 5_000_000_000
  /// How long the peer may take to agree to a close.
  public var closeTimeout: Int64 = 2_000_000_000
  /// WebSocket: how often a ping is sent; 0 for never.
  public var pingInterval: Int64 = 5_000_000_000
  /// WebSocket: longer silence than this means that the peer is gone; 0 for any. Every byte counts,
  /// so that a peer that answers pings is never silent.
  public var silenceMax: Int64 = 15_000_000_000
  /// HTTP: how long an answer may take; 0 for any time.
  public var responseTimeout: Int64 = 10_000_000_000

  public init(tls: TLSContext? = nil) { self.tls = tls }
}

/// What went over a connection so far.
public struct ConnectionTraffic: Hashable, Sendable, BitwiseCopyable {
  /// Bytes as the network carries them, TLS included.
  public var bytesIn: UInt64 = 0
  public var bytesOut: UInt64 = 0
  /// Whole messages or responses read.
  public var messagesIn: UInt64 = 0
  /// Messages or requests accepted for sending.
  public var messagesOut: UInt64 = 0
  /// When the last message was read, on the owner's clock; `Int64.min` before the first.
  public var lastMessageTime = Int64.min

  public init() {}
}
