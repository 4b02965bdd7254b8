/// Everything that reaches the front goes through here: it is in the log first, and one input is done
/// before the next begins, as in a replay.
extension ProductServer {
  func opened(_ connection: WebSocketConnection, _ request: HTTPRequest, at now: ServerTime) {
    keep(connection)
    hand(.opened(connection: connection.id, request), at: now) {
      front.opened(connection, request, at: now)
    }
  }

  func received(_ message: WebSocketMessage, from connection: WebSocketConnection) {
    if connection.options.carriesRequests, occurs(faults.droppedRequests) { return }
    let now = now()
    hand(.received(connection: connection.id, message), at: now) {
      front.received(message, from: connection, at: now)
    }
  }

  func ponged(_ connection: WebSocketConnection) {
    let now = now()
    hand(.ponged(connection: connection.id), at: now) { front.ponged(connection, at: now) }
  }

  func closed(_ connection: WebSocketConnection, _ cause: WebSocketClosure) {
    forget(connection)
    let now = now()
    hand(.closed(connection: connection.id, cause), at: now) {
      front.closed(connection, cause, at: now)
    }
  }

  func setFundingInterval(_ interval: Int64) {
    let now = now()
    hand(.fundingInterval(interval), at: now) { front.setFundingInterval(interval, at: now) }
  }

  func tickFront(at now: ServerTime) { hand(.tick, at: now) { front.tick(at: now) } }

  func handle(
    _ request: HTTPRequest, at now: ServerTime, _ deliver: @escaping (HTTPResponse) -> Void
  ) {
    let reply = HTTPReply { [weak self] response in
      self?.log?.answered(response)
      deliver(response)
    }
    hand(.handle(request), at: now) { front.handle(request, reply, at: now) }
  }

  func upgrade(_ request: HTTPRequest, at now: ServerTime) -> WebSocketUpgrade {
    hand(.upgrade(request), at: now) {
      let answer = front.upgrade(request, at: now)
      if case .refuse(let response) = answer { log?.answered(response) }
      return answer
    }
  }

  func response(to failure: ServerFailure, _ request: HTTPRequest, at now: ServerTime)
    -> HTTPResponse
  {
    hand(.response(failure, request), at: now) {
      let response = front.response(to: failure, request, at: now)
      log?.answered(response)
      return response
    }
  }

  func state(_ query: FormFields) -> JSONValue {
    let now = now()
    return hand(.state(query), at: now) {
      let state = front.state(query, at: now)
      if log != nil { log?.answered(Array(state.text.utf8)) }
      return state
    }
  }

  /// What faults make of a request within the present input.
  func drawWithinInput(at now: ServerTime) -> ServerFailure? {
    if let replay { return replay.nextDraw() }
    let failure = drawFailure(at: now)
    log?.append(.draw(failure), at: now)
    return failure
  }

  private func hand<Result>(
    _ input: @autoclosure () -> FrontInput, at now: ServerTime, _ body: () -> Result
  ) -> Result {
    log?.append(input(), at: now)
    isInFront = true
    let result = body()
    isInFront = false
    while !isInFront, !waiting.isEmpty { waiting.removeFirst()() }
    return result
  }

  /// Does something that may lead to another input: once the present one is done.
  func whenFrontIsFree(_ action: @escaping () -> Void) {
    if isInFront { waiting.append(action) } else { action() }
  }
}
