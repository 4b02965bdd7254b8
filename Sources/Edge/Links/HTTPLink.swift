import Transport
import Venues

/// One HTTP channel of a session: keeps a connection, and holds requests while it comes up.
final class HTTPLink {
  /// A request that waits for the connection.
  private struct Waiting {
    var tag: UInt64
    var method: RequestMethod
    var target: [UInt8]
    var body: [UInt8]
  }

  /// A request that was sent.
  private struct Sent {
    var number: UInt64
    var tag: UInt64
    var mark: SendMark
  }

  private static let waitingMax = 256
  let index: Int
  private let channel: SessionChannel
  private let options: LinkOptions
  private var reconnecting: Reconnecting
  private var connection: HTTPConnection?
  private var waiting: [Waiting] = []
  private var sent: [Sent] = []
  private var isWanted = false
  private(set) var health: LinkHealth

  init(
    _ channel: SessionChannel, index: Int, _ endpoint: Endpoint, _ options: LinkOptions
  ) {
    self.index = index
    self.channel = channel
    self.options = options
    reconnecting = Reconnecting(endpoint, options.backoff, seed: options.seed &+ UInt64(index))
    health = LinkHealth(channel, endpoint)
    sent.reserveCapacity(64)
  }

  func open() { isWanted = true }

  func close(at now: SessionTime) {
    isWanted = false
    connection?.close(now: now.monotonic)
  }

  /// Sends a request, or keeps it until the connection is up; false when it certainly does not leave.
  func send(
    _ method: RequestMethod, _ target: UnsafeRawBufferPointer, _ body: UnsafeRawBufferPointer,
    tag: UInt64, at now: SessionTime
  ) -> Bool {
    guard isWanted else { return false }
    if health.isOpen { return sendNow(method, target, body, tag: tag, at: now) }
    guard waiting.count < Self.waitingMax else { return false }
    waiting.append(
      Waiting(tag: tag, method: method, target: Array(target), body: Array(body)))
    return true
  }

  private func sendNow(
    _ method: RequestMethod, _ target: UnsafeRawBufferPointer, _ body: UnsafeRawBufferPointer,
    tag: UInt64, at now: SessionTime
  ) -> Bool {
    connection?.beginRequest(method.transport, target: target)
    guard
      case .accepted(let number, let mark)? = connection?.endRequest(
        body: body, now: now.monotonic)
    else { return false }
    sent.append(Sent(number: number, tag: tag, mark: mark))
    return true
  }

  /// Does what there is to do, and tells `owner` of it.
  func turn(_ owner: SessionLink, _ now: SessionTime) -> Int {
    if connection == nil { return connect(now) }
    let work = connection?.doWork(now: now.monotonic) ?? 0
    var count = 0
    while let event = connection?.next(now: now.monotonic) {
      count += 1
      switch event {
      case .opened:
        reconnecting.opened(at: now.monotonic)
        health.opened(at: now.monotonic)
        owner.opened(index, at: now)
        sendWaiting(owner, now)
      case .response(let response, let roundTrip):
        health.lastMessageTime = now.monotonic
        health.record(roundTrip: roundTrip)
        answered(response, owner, now)
      case .closed: ended(owner, now)
      }
    }
    return work + count
  }

  private func sendWaiting(_ owner: SessionLink, _ now: SessionTime) {
    let held = waiting
    waiting = []
    for request in held {
      let isSent = request.target.withUnsafeBytes { target in
        request.body.withUnsafeBytes { body in
          sendNow(request.method, target, body, tag: request.tag, at: now)
        }
      }
      if !isSent { owner.unsent(index, tag: request.tag, at: now) }
    }
  }

  private func answered(_ response: HTTPResponse, _ owner: SessionLink, _ now: SessionTime) {
    guard let place = sent.firstIndex(where: { $0.number == response.request }) else { return }
    let tag = sent.remove(at: place).tag
    let answer = SessionAnswer(
      status: response.status, body: response.body,
      header: { [unowned self] name in connection?.field(name) })
    owner.answered(index, tag: tag, answer, connection?.receiveTime ?? now.wall, at: now)
  }

  private func connect(_ now: SessionTime) -> Int {
    guard isWanted, let address = reconnecting.address(at: now.monotonic) else { return 0 }
    health.attempted()
    do throws(HTTPRequestError) {
      connection = try HTTPConnection(
        reconnecting.endpoint, at: address,
        fields: channel.headers.map { HTTPField($0.name, $0.value) },
        options: options.connection(resuming: reconnecting.session), now: now.monotonic)
    } catch {
      health.ended("\(error)")
      reconnecting.closed(at: now.monotonic)
    }
    return 1
  }

  private func ended(_ owner: SessionLink, _ now: SessionTime) {
    let wasOpen = health.isOpen
    health.ended(connection?.closeReason.map { "\($0)" } ?? "ended")
    for request in sent {
      if connection?.delivery(of: request.mark) == .notSent {
        owner.unsent(index, tag: request.tag, at: now)
      } else {
        owner.unanswered(index, tag: request.tag, at: now)
      }
    }
    sent.removeAll(keepingCapacity: true)
    let held = waiting
    waiting = []
    for request in held { owner.unsent(index, tag: request.tag, at: now) }
    reconnecting.session = connection?.session ?? reconnecting.session
    connection = nil
    reconnecting.closed(at: now.monotonic)
    if wasOpen { owner.closed(index, at: now) }
  }
}

extension RequestMethod {
  fileprivate var transport: HTTPMethod {
    switch self {
    case .get: .get
    case .post: .post
    case .put: .put
    case .delete: .delete
    }
  }
}
