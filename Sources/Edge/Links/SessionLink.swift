import Runtime
import TradingModel
import Transport
import Venues

/// Takes the records that sessions make.
public protocol RecordTaker: AnyObject {
  /// Takes all records of `buffer`, which is emptied behind it.
  func take(_ buffer: borrowing RecordBuffer, at now: SessionTime)
  /// The records that were taken are gone from the session, which may be called again.
  func taken(at now: SessionTime)
}

extension RecordTaker {
  public func taken(at now: SessionTime) {}
}

/// Carries one session: turns its commands into connections and bytes, its connections' bytes into
/// calls, and hands its records on. Sockets know nothing of venues, sessions nothing of sockets; both
/// meet here and nowhere else.
public final class SessionLink {
  public let session: any VenueSession
  /// The session, where it enters orders.
  private let orders: (any OrderSession)?
  /// Where records go.
  public weak var taker: (any RecordTaker)?
  private var webSockets: [WebSocketLink] = []
  private var https: [HTTPLink] = []

  /// - Parameter budget: what new connections are taken from; nil where nobody counts them.
  /// - Throws: for channels whose addresses cannot be used.
  public init(
    _ session: any VenueSession, _ options: LinkOptions, budget: SharedBudget? = nil
  ) throws(LinkError) {
    self.session = session
    orders = session as? any OrderSession
    for (index, channel) in session.channels.enumerated() {
      let endpoint: Endpoint
      do throws(EndpointError) {
        endpoint = try Endpoint(channel.address)
      } catch {
        throw .endpoint(error)
      }
      if endpoint.scheme.isSecure && options.tls == nil {
        throw .noTrust(address: channel.address)
      }
      let isWebSocket = channel.kind == .webSocket
      guard endpoint.scheme.isWebSocket == isWebSocket else {
        throw .scheme(
          address: channel.address,
          expected: isWebSocket ? "wss:// or ws://" : "https:// or http://")
      }
      if isWebSocket {
        webSockets.append(WebSocketLink(channel, index: index, endpoint, options, budget: budget))
      } else {
        https.append(HTTPLink(channel, index: index, endpoint, options))
      }
    }
  }

  /// How its channels do.
  public var health: [LinkHealth] { webSockets.map(\.health) + https.map(\.health) }

  /// Whether every channel is up.
  public var isOpen: Bool { health.allSatisfy(\.isOpen) }

  /// Begins to connect.
  public func start(at now: SessionTime) {
    session.start(at: now)
    carryOut(now)
  }

  /// Closes every channel in order; go on turning it for a moment.
  public func stop(at now: SessionTime) {
    for link in webSockets { link.close(at: now) }
    for link in https { link.close(at: now) }
  }

  /// Does what there is to do; gives how much that was.
  public func turn(at now: SessionTime) -> Int {
    var work = 0
    for link in webSockets { work += link.turn(self, now) }
    for link in https { work += link.turn(self, now) }
    if session.nextTime <= now.monotonic {
      session.advance(to: now)
      carryOut(now)
      work += 1
    }
    return work
  }

  /// Hands a request of the core to the session, which enters orders.
  public func send(_ request: VenueRequest, at now: SessionTime) {
    entering.send(request, at: now)
    carryOut(now)
  }

  /// Hands requests of the core that were decided together to the session, which enters orders.
  public func send(_ requests: borrowing PlainRun<VenueRequest>, at now: SessionTime) {
    entering.send(requests, at: now)
    carryOut(now)
  }

  private var entering: any OrderSession {
    guard let orders else {
      preconditionFailure("Requests go to the link of a session that enters orders")
    }
    return orders
  }

  /// Has the venue leave alone what stands there: go on turning while `isDisarming`.
  public func disarm(at now: SessionTime) {
    orders?.disarm(at: now)
    carryOut(now)
  }

  /// Whether the venue has not said yet that it will leave alone what stands.
  public var isDisarming: Bool { orders?.isDisarming ?? false }

  /// What somebody should look at and was not told yet.
  public func takeWarnings() -> [String] { orders?.takeWarnings() ?? [] }

  // MARK: What channels tell

  func opened(_ channel: Int, at now: SessionTime) {
    session.opened(channel, at: now)
    carryOut(now)
  }

  func closed(_ channel: Int, at now: SessionTime) {
    session.closed(channel, at: now)
    carryOut(now)
  }

  func received(
    _ channel: Int, _ bytes: UnsafeRawBufferPointer, _ received: Timestamp, at now: SessionTime
  ) {
    session.received(channel, bytes, received: received, at: now)
    carryOut(now)
  }

  /// More messages of a channel are at hand than can be looked at one by one.
  func fellBehind(at now: SessionTime) { session.fallBehind(at: now) }

  func caughtUp(at now: SessionTime) {
    session.catchUp(at: now)
    carryOut(now)
  }

  func answered(
    _ channel: Int, tag: UInt64, _ answer: SessionAnswer, _ received: Timestamp,
    at now: SessionTime
  ) {
    session.answered(channel, tag: tag, answer, received: received, at: now)
    carryOut(now)
  }

  func unsent(_ channel: Int, tag: UInt64, at now: SessionTime) {
    session.unsent(channel, tag: tag, at: now)
    carryOut(now)
  }

  func unanswered(_ channel: Int, tag: UInt64, at now: SessionTime) {
    session.unanswered(channel, tag: tag, at: now)
    carryOut(now)
  }

  // MARK: What the session asks for

  private func carryOut(_ now: SessionTime) {
    while let command = session.outbox.next() {
      switch command {
      case .open(let channel, let target):
        webSocket(channel)?.open(at: target)
        http(channel)?.open()
      case .close(let channel):
        webSocket(channel)?.close(at: now)
        http(channel)?.close(at: now)
      case .text(let channel, let tag, let bytes):
        if webSocket(channel)?.send(bytes, tag: tag) != true {
          session.unsent(channel, tag: tag, at: now)
        }
      case .request(let channel, let tag, let method, let target, let headers, let body):
        if http(channel)?.send(
          method, target, headers, body, tag: tag, at: now) != true
        {
          session.unsent(channel, tag: tag, at: now)
        }
      }
    }
    if session.records.recordCount > 0 {
      taker?.take(session.records, at: now)
      session.records.removeAll()
      taker?.taken(at: now)
    }
  }

  private func webSocket(_ channel: Int) -> WebSocketLink? {
    webSockets.first { $0.index == channel }
  }

  private func http(_ channel: Int) -> HTTPLink? { https.first { $0.index == channel } }
}

extension SessionTime {
  /// The moment by the machine's clocks.
  public static var now: SessionTime {
    SessionTime(wall: Clock.wall, monotonic: Clock.monotonic)
  }
}
