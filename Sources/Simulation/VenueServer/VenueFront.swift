/// What one product of a simulated venue says: the exchange behind a port.
///
/// Every function is called on the server's one thread, never at once with another; none may block.
public protocol VenueFront: AnyObject {
  /// Carries out a request and answers through `reply`, at once or in a later call.
  func handle(_ request: HTTPRequest, _ reply: HTTPReply, at now: ServerTime)

  /// A client asks for a WebSocket at `request.path`: accept it or refuse with a response.
  func upgrade(_ request: HTTPRequest, at now: ServerTime) -> WebSocketUpgrade
  /// The handshake is done; `connection` may be sent to from now on. `request` is that of `upgrade`.
  func opened(_ connection: WebSocketConnection, _ request: HTTPRequest, at now: ServerTime)
  /// A whole message, fragments joined and inflated.
  func received(
    _ message: WebSocketMessage, from connection: WebSocketConnection, at now: ServerTime)
  /// The peer answered a ping of ours.
  func ponged(_ connection: WebSocketConnection, at now: ServerTime)
  /// The connection is gone, for whichever reason; called once for each `opened`.
  func closed(_ connection: WebSocketConnection, _ cause: WebSocketClosure, at now: ServerTime)

  /// Called about every millisecond, so that the exchange's model can advance.
  func tick(at now: ServerTime)

  /// What the venue answers in a state that `ServerFaults` brings about: status, headers, body.
  func response(to failure: ServerFailure, _ request: HTTPRequest, at now: ServerTime)
    -> HTTPResponse
  /// Sets what lies between two funding times of all contracts, in nanoseconds; 0 for none. Fronts without
  /// contracts do nothing.
  func setFundingInterval(_ interval: Int64, at now: ServerTime)
  /// The venue's own records, for `/admin/state`. `query` is the request's own, for choosing.
  func state(_ query: FormFields, at now: ServerTime) -> JSONValue
}

extension VenueFront {
  public func upgrade(_ request: HTTPRequest, at now: ServerTime) -> WebSocketUpgrade {
    .refuse(HTTPResponse(status: 404))
  }
  public func opened(_ connection: WebSocketConnection, _ request: HTTPRequest, at now: ServerTime)
  {}
  public func received(
    _ message: WebSocketMessage, from connection: WebSocketConnection, at now: ServerTime
  ) {}
  public func ponged(_ connection: WebSocketConnection, at now: ServerTime) {}
  public func closed(
    _ connection: WebSocketConnection, _ cause: WebSocketClosure, at now: ServerTime
  ) {}
  public func tick(at now: ServerTime) {}
  public func setFundingInterval(_ interval: Int64, at now: ServerTime) {}
  public func response(
    to failure: ServerFailure, _ request: HTTPRequest, at now: ServerTime
  ) -> HTTPResponse {
    switch failure {
    case .serverError(let status, isCarriedOut: _): HTTPResponse(status: status)
    case .maintenance: HTTPResponse(status: 503)
    case .banned(let seconds): HTTPResponse(status: 429, headers: ["Retry-After": "\(seconds)"])
    }
  }
  public func state(_ query: FormFields, at now: ServerTime) -> JSONValue { .object([]) }
}

/// Times of one call, both in nanoseconds.
public struct ServerTime: Equatable, Sendable, BitwiseCopyable {
  /// Since 1970-01-01 UTC, with the product's `clockOffset`: the venue's own clock. It may step.
  public var wall: Int64
  /// Since an arbitrary start; never steps. For intervals.
  public var monotonic: Int64

  public init(wall: Int64, monotonic: Int64) {
    self.wall = wall
    self.monotonic = monotonic
  }

  /// The venue's clock in whole milliseconds.
  public var milliseconds: Int64 { wall / 1_000_000 }
  /// The venue's clock in whole microseconds.
  public var microseconds: Int64 { wall / 1000 }
}

/// What the server itself does to a request, in words that the venue chooses.
public enum ServerFailure: Equatable, Sendable {
  /// A 5xx; the request was carried out or not, and the client cannot tell.
  case serverError(status: Int, isCarriedOut: Bool)
  /// The venue is closed.
  case maintenance
  /// The client is shut out for that many more whole seconds, at least 1.
  case banned(secondsLeft: Int)
}
