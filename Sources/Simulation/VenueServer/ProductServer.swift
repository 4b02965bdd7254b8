import LowLatency

/// One product's connections, between libwebsockets and the front, with the faults in between.
final class ProductServer {
  let name: String
  let front: any VenueFront
  let loop: ServerLoop
  private(set) var faults: ServerFaults
  private var random: SeededRandom
  private var streams: [UInt: ClientStream] = [:]
  private var connections: [UInt64: WebSocketConnection] = [:]
  private var delayed = DelayedActions()
  private var nextDisconnect: Int64 = .max

  init(_ product: ServedProduct, _ loop: ServerLoop) {
    name = product.name
    front = product.front
    self.loop = loop
    faults = .none
    random = SeededRandom(seed: product.seed)
    setFaults(product.faults)
  }

  func now() -> ServerTime {
    let clocks = ServerLoop.readClocks()
    return ServerTime(wall: clocks.realtime + faults.clockOffset, monotonic: clocks.monotonic)
  }

  /// In the order of their ids.
  var openConnections: [WebSocketConnection] {
    connections.values.sorted { $0.id < $1.id }
  }
  var streamCount: Int { streams.count }

  func setFaults(_ faults: ServerFaults) {
    if faults.isInMaintenance, !self.faults.isInMaintenance {
      for connection in openConnections { connection.close(code: 1001, reason: "maintenance") }
    }
    if faults.disconnectInterval != self.faults.disconnectInterval {
      nextDisconnect = faults.disconnectInterval > 0 ? drawDisconnect(faults) : .max
    }
    self.faults = faults
  }

  /// When the next chance cut comes: after twice the mean at most, all values alike.
  private func drawDisconnect(_ faults: ServerFaults) -> Int64 {
    let mean = min(faults.disconnectInterval, 1 << 60)
    return ServerLoop.readClocks().monotonic + 2 * random.integer(in: 1...max(1, mean))
  }

  /// Advances what is due, then the front.
  func tick() {
    let now = now()
    while let action = delayed.next(at: now.monotonic) { action() }
    if now.monotonic >= nextDisconnect {
      nextDisconnect = drawDisconnect(faults)
      let open = openConnections
      if !open.isEmpty { open[Int(random.next(below: UInt64(open.count)))].disconnect() }
    }
    for connection in connections.values { connection.tick(at: now) }
    front.tick(at: now)
  }

  // MARK: Connections

  func streamStarted(_ stream: ClientStream) { streams[stream.number] = stream }
  func streamEnded(_ stream: ClientStream) { streams[stream.number] = nil }
  func opened(_ connection: WebSocketConnection) { connections[connection.id] = connection }
  func closed(_ connection: WebSocketConnection) { connections[connection.id] = nil }

  /// Cuts every connection, HTTP's too.
  func disconnectAll() {
    for connection in openConnections { connection.disconnect() }
    for stream in streams.values { stream.cut() }
  }

  func received(_ message: WebSocketMessage, from connection: WebSocketConnection) {
    if connection.options.carriesRequests, occurs(faults.droppedRequests) { return }
    front.received(message, from: connection, at: now())
  }

  // MARK: Faults

  /// True with a probability in parts per million; draws nothing where it is 0.
  private func occurs(_ partsPerMillion: UInt32) -> Bool {
    partsPerMillion > 0 && random.next(below: 1_000_000) < UInt64(partsPerMillion)
  }

  private func delay() -> Int64 {
    faults.latency + (faults.jitter > 0 ? random.integer(in: 0...faults.jitter) : 0)
  }

  /// Ban and maintenance, which stand for every request until they end.
  private func standingFailure(at now: ServerTime) -> ServerFailure? {
    if faults.isInMaintenance { return .maintenance }
    let left = faults.bannedUntil - (now.wall - faults.clockOffset)
    if left > 0 { return .banned(secondsLeft: Int((left + 999_999_999) / 1_000_000_000)) }
    return nil
  }

  func drawFailure(at now: ServerTime) -> ServerFailure? {
    if let failure = standingFailure(at: now) { return failure }
    if occurs(faults.serverErrors) {
      return .serverError(status: faults.serverErrorStatus, isCarriedOut: false)
    }
    if occurs(faults.serverErrorsCarriedOut) {
      return .serverError(status: faults.serverErrorStatus, isCarriedOut: true)
    }
    return nil
  }

  /// Does something after so many nanoseconds, at the first tick then.
  func after(_ delay: Int64, _ action: @escaping () -> Void) {
    if delay <= 0 { return action() }
    delayed.add(due: ServerLoop.readClocks().monotonic + delay, action)
  }

  // MARK: HTTP

  func serve(
    _ request: HTTPRequest, _ stream: ClientStream, _ answer: @escaping (HTTPResponse) -> Void
  ) {
    if occurs(faults.droppedRequests) { return }
    let now = now()
    let failure = drawFailure(at: now)
    if let failure, case .serverError(_, isCarriedOut: true) = failure {
      let response = front.response(to: failure, request, at: now)
      front.handle(
        request, HTTPReply { [weak self] _ in self?.answer(response, stream, answer) }, at: now)
    } else if let failure {
      after(delay()) { [front] in answer(front.response(to: failure, request, at: now)) }
    } else {
      front.handle(request, HTTPReply { [weak self] in self?.answer($0, stream, answer) }, at: now)
    }
  }

  private func answer(
    _ response: HTTPResponse, _ stream: ClientStream, _ answer: @escaping (HTTPResponse) -> Void
  ) {
    if occurs(faults.droppedReplies) { return }
    if occurs(faults.cutReplies) { return after(delay()) { [weak stream] in stream?.cut() } }
    after(delay()) { answer(response) }
  }

  // MARK: WebSocket

  func upgrade(_ request: HTTPRequest, _ stream: ClientStream, _ answer: (HTTPResponse) -> Void) {
    let now = now()
    if let failure = standingFailure(at: now) {
      return answer(front.response(to: failure, request, at: now))
    }
    guard request.headers["Sec-WebSocket-Key"] != nil,
      request.headers["Sec-WebSocket-Version"] == "13"
    else {
      return answer(HTTPResponse(status: 400, headers: ["Sec-WebSocket-Version": "13"]))
    }
    switch front.upgrade(request, at: now) {
    case .refuse(let response): answer(response)
    case .accept(let options):
      let connection = WebSocketConnection(
        id: UInt64(loop.newNumber()), request, options, stream)
      if !stream.startBridge(to: connection, request) { answer(HTTPResponse(status: 503)) }
    }
  }

  /// Sends a frame with whatever faults do to its kind.
  func send(
    _ frame: WebSocketConnection.Frame, _ kind: MessageKind, to connection: WebSocketConnection
  ) {
    guard connection.isOpen else { return }
    switch kind {
    case .reply:
      if occurs(faults.droppedReplies) { return }
      if occurs(faults.cutReplies) { return connection.disconnect() }
      sendInOrder(frame, to: connection)
    case .push:
      let isDoubled = occurs(faults.duplicatedPushes)
      if occurs(faults.reorderedPushes) {
        after(delay() + faults.reorderDelay) { [weak connection] in connection?.enqueue(frame) }
      } else {
        sendInOrder(frame, to: connection)
      }
      if isDoubled { sendInOrder(frame, to: connection) }
    }
  }

  private func sendInOrder(_ frame: WebSocketConnection.Frame, to connection: WebSocketConnection) {
    inOrder(connection) { [weak connection] in connection?.enqueue(frame) }
  }

  /// Does something to a connection after the latency, behind all that waits for it already.
  func inOrder(_ connection: WebSocketConnection, _ action: @escaping () -> Void) {
    let delay = delay()
    if delay == 0, connection.delayedCount == 0 { return action() }
    let due = max(ServerLoop.readClocks().monotonic + delay, connection.lastDue)
    connection.lastDue = due
    connection.delayedCount += 1
    delayed.add(due: due) { [weak connection] in
      connection?.delayedCount -= 1
      action()
    }
  }
}
