/// What a front says to a WebSocket handshake.
public enum WebSocketUpgrade: Sendable {
  case accept(WebSocketOptions)
  /// Sent instead of the handshake's answer; the connection stays open for other requests.
  case refuse(HTTPResponse)
}

/// How one connection is kept. Intervals are nanoseconds.
public struct WebSocketOptions: Sendable {
  /// From one ping of the server to the next; 0 is never.
  public var pingInterval: Int64 = 0
  /// A connection that has not answered a ping for so long is closed; 0 is never.
  public var pongTimeout: Int64 = 0
  /// What a ping carries: some venues put their time there. At most 125 bytes.
  public var pingPayload: @Sendable (ServerTime) -> [UInt8] = { _ in [] }
  /// Bytes that may wait to be sent; a consumer that lets more pile up is cut.
  public var queueBytesMax: Int = 8 << 20
  /// How a slow consumer is cut.
  public var slowConsumerCode: UInt16 = 1008
  public var slowConsumerReason: String = "slow consumer"
  /// How a connection without pong is closed.
  public var pongTimeoutCode: UInt16 = 1008
  public var pongTimeoutReason: String = "pong timeout"
  /// The peer sends requests that move money: `droppedRequests` may then swallow its messages.
  public var carriesRequests: Bool = false
  /// Whether permessage-deflate (RFC 7692) is agreed to where the client offers it.
  public var offersCompression: Bool = true
  /// A longer message closes the connection with code 1009.
  public var messageBytesMax: Int = 1 << 20

  public init() {}
}

/// One whole message.
public enum WebSocketMessage: Equatable, Sendable {
  case text(String)
  case binary([UInt8])
}

/// Why a connection is gone.
public struct WebSocketClosure: Equatable, Sendable {
  /// The close code on the wire; nil where the connection ended without one.
  public var code: UInt16?
  public var reason: String
  /// The peer closed first.
  public var isByPeer: Bool
}

/// What a message is to its receiver, so that faults hit what they are meant for.
public enum MessageKind: Sendable {
  /// The answer to a request of this connection: may be lost, never doubled or overtaken.
  case reply
  /// Sent unasked: market data, user events. May be doubled or overtaken.
  case push
}
