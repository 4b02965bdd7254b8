import VenueServer

/// What a session needs of its connection.
protocol ClientConnection: AnyObject {
  func send(_ text: String, _ kind: MessageKind)
  func close(code: UInt16, reason: String)
  /// What faults make of a request that it carries; nil where it is carried out and answered.
  func drawFailure(at now: ServerTime) -> ServerFailure?
}

extension ClientConnection {
  func send(_ value: JSONValue, _ kind: MessageKind) { send(value.text, kind) }
}

extension WebSocketConnection: ClientConnection {}

extension ServerFailure {
  /// Whether the request is carried out all the same.
  var isCarriedOut: Bool {
    if case .serverError(_, isCarriedOut: true) = self { true } else { false }
  }
}
