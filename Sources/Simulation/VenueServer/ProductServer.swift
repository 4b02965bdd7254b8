import LowLatency

/// One product's connections, between libwebsockets and the front, with the faults in between.
final class ProductServer {
  let name: String
  let front: any VenueFront
  let loop: ServerLoop
  private(set) var faults: ServerFaults
  private var random: SeededRandom
  /// Where inputs are written, and the earlier ones while they are read back.
  var log: InputLog?
  var replay: InputReplay?
  /// A call of the front has begun and not returned; what must wait for that.
  var isInFront = false
  var waiting: [() -> Void] = []
  /// Added to the machine's monotonic clock, so that times go on where those of a log end.
  private var monotonicShift: Int64 = 0
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
    return ServerTime(
      wall: clocks.realtime &+ faults.clockOffset,
      monotonic: clocks.monotonic &+ monotonicShift)
  }

  /// Lets time go on from `last` by what has passed on the machine's wall clock since, which also
  /// counts where the machine was started anew.
  func continueClocks(_ last: ServerTime, clockOffset: Int64) {
    let clocks = ServerLoop.readClocks()
    let passed = max(0, clocks.realtime &- (last.wall &- clockOffset))
    monotonicShift = last.monotonic &+ passed &- clocks.monotonic
  }

  func noteClockOffset() { log?.append(.clockOffset(faults.clockOffset), at: now()) }

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
    let isClockSet = faults.clockOffset != self.faults.clockOffset
    self.faults = faults
    if isClockSet { noteClockOffset() }
  }

  /// When the next chance cut comes: after twice the mean at most, all values alike.
  private func drawDisconnect(_ faults: ServerFaults) -> Int64 {
    let mean = min(faults.disconnectInterval, 1 << 60)
    return now().monotonic + 2 * random.integer(in: 1...max(1, mean))
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
    tickFront(at: now)
  }

  // MARK: Connections

  func streamStarted(_ stream: ClientStream) { streams[stream.number] = stream }
  func streamEnded(_ stream: ClientStream) { streams[stream.number] = nil }
  func keep(_ connection: WebSocketConnection) { connections[connection.id] = connection }
  func forget(_ connection: WebSocketConnection) { connections[connection.id] = nil }

  /// Cuts every connection, HTTP's too.
  func disconnectAll() {
    for connection in openConnections { connection.disconnect() }
    for stream in streams.values { stream.cut() }
  }

  /// Throws away the pushes of the next nanoseconds on connections opened at a path.
  ///
  /// - Returns: how many connections there are.
  @discardableResult
  func losePushes(for time: Int64, at path: String) -> Int {
    let found = openConnections.filter { $0.path == path }
    for connection in found { connection.losePushes(for: time) }
    return found.count
  }

  // MARK: Faults

  /// True with a probability in parts per million; draws nothing where it is 0.
  func occurs(_ partsPerMillion: UInt32) -> Bool {
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
    delayed.add(due: now().monotonic + delay, action)
  }

  // MARK: HTTP

  func serve(
    _ request: HTTPRequest, _ stream: ClientStream, _ answer: @escaping (HTTPResponse) -> Void
  ) {
    if occurs(faults.droppedRequests) { return }
    let now = now()
    let failure = drawFailure(at: now)
    if let failure, case .serverError(_, isCarriedOut: true) = failure {
      let response = response(to: failure, request, at: now)
      handle(request, at: now) { [weak self] _ in self?.answer(response, stream, answer) }
    } else if let failure {
      let response = response(to: failure, request, at: now)
      after(delay()) { answer(response) }
    } else {
      handle(request, at: now) { [weak self] in self?.answer($0, stream, answer) }
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
      return answer(response(to: failure, request, at: now))
    }
    guard request.headers["Sec-WebSocket-Key"] != nil,
      request.headers["Sec-WebSocket-Version"] == "13"
    else {
      return answer(HTTPResponse(status: 400, headers: ["Sec-WebSocket-Version": "13"]))
    }
    switch upgrade(request, at: now) {
    case .refuse(let response): answer(response)
    case .accept(let options):
      let connection = WebSocketConnection(
        id: UInt64(loop.newNumber()), request, options, client: stream, self)
      if !stream.startBridge(to: connection, request) { answer(HTTPResponse(status: 503)) }
    }
  }

  /// Sends a frame with whatever faults do to its kind.
  func send(
    _ frame: WebSocketConnection.Frame, _ kind: MessageKind, to connection: WebSocketConnection
  ) {
    if kind == .reply {
      log?.answered(frame.bytes)
      replay?.digest.add(frame.bytes)
    }
    guard connection.isOpen else { return }
    switch kind {
    case .reply:
      if occurs(faults.droppedReplies) { return }
      if occurs(faults.cutReplies) { return connection.disconnect() }
      sendInOrder(frame, to: connection)
    case .push:
      if connection.losesPush() { return }
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
    let due = max(now().monotonic + delay, connection.lastDue)
    connection.lastDue = due
    connection.delayedCount += 1
    delayed.add(due: due) { [weak connection] in
      connection?.delayedCount -= 1
      action()
    }
  }
}
