import Transport
import Venues

/// One HTTP channel of a session: keeps a connection, and holds requests while it comes up.
final class HTTPLink {
  /// A request that waits for the connection.
  private struct Waiting {
    var tag: UInt64
    var method: RequestMethod
    var target: [UInt8]
    var headers: [UInt8]
    var body: [UInt8]
  }

  /// A request that was sent.
  private struct Sent {
    var number: UInt64
    var tag: UInt64
    var mark: SendMark
  }

  private static let waitingMax = 256
  private var state: ChannelState
  private var connection: HTTPConnection?
  private var waiting: [Waiting] = []
  private var sent: [Sent] = []

  init(_ channel: SessionChannel, index: Int, _ endpoint: Endpoint, _ options: LinkOptions) {
    state = ChannelState(channel, index: index, endpoint, options)
    sent.reserveCapacity(64)
  }

  var index: Int { state.index }
  var health: LinkHealth { state.health }

  func open() { state.isWanted = true }

  func close(at now: SessionTime) {
    state.isWanted = false
    connection?.close(now: now.monotonic)
  }

  /// Sends a request, or keeps it until the connection is up; false when it certainly does not leave.
  func send(
    _ method: RequestMethod, _ target: UnsafeRawBufferPointer,
    _ headers: UnsafeRawBufferPointer, _ body: UnsafeRawBufferPointer, tag: UInt64,
    at now: SessionTime
  ) -> Bool {
    guard state.isWanted else { return false }
    if state.health.isOpen { return sendNow(method, target, headers, body, tag: tag, at: now) }
    guard waiting.count < Self.waitingMax else { return false }
    waiting.append(
      Waiting(
        tag: tag, method: method, target: Array(target), headers: Array(headers),
        body: Array(body)))
    return true
  }

  private func sendNow(
    _ method: RequestMethod, _ target: UnsafeRawBufferPointer,
    _ headers: UnsafeRawBufferPointer, _ body: UnsafeRawBufferPointer, tag: UInt64,
    at now: SessionTime
  ) -> Bool {
    connection?.beginRequest(method.transport, target: target)
    if !headers.isEmpty { connection?.addFields(headers) }
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
        state.opened(connection?.traffic ?? ConnectionTraffic(), at: now)
        owner.opened(index, at: now)
        sendWaiting(owner, now)
      case .response(let response, let roundTrip):
        state.health.connection.recordRoundTrip(roundTrip)
        state.health.hasKernelTime = connection?.hasKernelTime ?? false
        answered(response, owner, now)
      case .closed: ended(owner, now)
      }
    }
    if work + count > 0, let traffic = connection?.traffic { state.carried(traffic, at: now) }
    return work + count
  }

  private func sendWaiting(_ owner: SessionLink, _ now: SessionTime) {
    let held = waiting
    waiting = []
    for request in held {
      let isSent = request.target.withUnsafeBytes { target in
        request.headers.withUnsafeBytes { headers in
          request.body.withUnsafeBytes { body in
            sendNow(request.method, target, headers, body, tag: request.tag, at: now)
          }
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
    guard let address = state.attempt(at: now) else { return 0 }
    do throws(HTTPRequestError) {
      connection = try HTTPConnection(
        state.reconnecting.endpoint, at: address,
        fields: state.fields,
        options: state.connectionOptions, now: now.monotonic)
    } catch {
      state.ended(nil, because: "\(error)", at: now)
    }
    return 1
  }

  private func ended(_ owner: SessionLink, _ now: SessionTime) {
    let wasOpen = state.health.isOpen
    state.ended(
      connection?.closeReason, connection?.traffic ?? ConnectionTraffic(), connection?.session,
      at: now)
    // What is asked because of this waits for the next connection.
    let held = waiting
    waiting = []
    for request in sent {
      if connection?.delivery(of: request.mark) == .notSent {
        owner.unsent(index, tag: request.tag, at: now)
      } else {
        owner.unanswered(index, tag: request.tag, at: now)
      }
    }
    sent.removeAll(keepingCapacity: true)
    for request in held { owner.unsent(index, tag: request.tag, at: now) }
    connection = nil
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
