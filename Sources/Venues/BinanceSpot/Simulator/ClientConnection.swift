import VenueServer

/// What a session needs of its connection.
protocol ClientConnection: AnyObject {
  func send(_ text: String, _ kind: MessageKind)
  func close(code: UInt16, reason: String)
}

extension ClientConnection {
  func send(_ value: JSONValue, _ kind: MessageKind) { send(value.text, kind) }
}

extension WebSocketConnection: ClientConnection {}
