/// The front of an earlier process, made again: the inputs of its log are handed over once more, with
/// connections and replies that lead nowhere.
extension ProductServer {
  /// Replays the log at `path`, ends the connections that were open, and goes on writing to it.
  func restore(from path: String) throws(InputLogError) {
    let replay = try InputReplay(path)
    self.replay = replay
    defer { self.replay = nil }
    var connections: [UInt64: WebSocketConnection] = [:]
    while let (input, time) = try replay.next() {
      try repeatInput(input, at: time, &connections, replay)
    }
    if replay.inputCount > 0 { continueClocks(replay.last, clockOffset: replay.clockOffset) }
    log = try InputLog(continuing: replay)
    self.replay = nil
    if faults.clockOffset != replay.clockOffset { noteClockOffset() }
    for connection in connections.values.sorted(by: { $0.id < $1.id }) {
      closed(
        connection, WebSocketClosure(code: nil, reason: "the venue restarted", isByPeer: false))
    }
  }

  private func repeatInput(
    _ input: FrontInput, at now: ServerTime, _ connections: inout [UInt64: WebSocketConnection],
    _ replay: InputReplay
  ) throws(InputLogError) {
    func known(_ id: UInt64) throws(InputLogError) -> WebSocketConnection {
      if let connection = connections[id] { return connection }
      throw replay.damaged(replay.end, "before this place: connection \(id) was never opened")
    }
    switch input {
    case .tick: front.tick(at: now)
    case .handle(let request):
      loop.skipNumbers(through: UInt(request.connection))
      front.handle(request, HTTPReply { replay.digest.add($0) }, at: now)
    case .upgrade(let request):
      if case .refuse(let response) = front.upgrade(request, at: now) {
        replay.digest.add(response)
      }
    case .opened(let id, let request):
      loop.skipNumbers(through: UInt(id))
      let connection = WebSocketConnection(
        id: id, request, WebSocketOptions(), client: nil, self)
      connections[id] = connection
      front.opened(connection, request, at: now)
    case .received(let id, let message):
      front.received(message, from: try known(id), at: now)
    case .ponged(let id): front.ponged(try known(id), at: now)
    case .closed(let id, let cause):
      let connection = try known(id)
      connections[id] = nil
      front.closed(connection, cause, at: now)
    case .response(let failure, let request):
      replay.digest.add(front.response(to: failure, request, at: now))
    case .state(let query): replay.digest.add(front.state(query, at: now).text.utf8)
    case .fundingInterval(let interval): front.setFundingInterval(interval, at: now)
    case .draw: throw replay.damaged(replay.end, "before this place: a draw that nobody asked for")
    case .answers, .clockOffset: break
    }
  }
}
