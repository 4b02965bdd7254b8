import Exchange
import TradingModel
import VenueServer

/// How the simulated venue keeps its clients.
public struct BybitSettings: Sendable {
  public var limits = BybitLimitSettings()
  /// A connection without a message of its client for so long is closed, in nanoseconds: ten minutes at
  /// the venue (https://bybit-exchange.github.io/docs/v5/ws/connect).
  public var idleLifetime: Int64 = 600_000_000_000
  /// Connections of one address in five minutes.
  public var connectionsInFiveMinutes = 500

  public init() {}
}

/// The simulated venue as its clients meet it: REST, public and private streams, order entry.
///
/// One front serves all of the venue's host names; they differ by their paths.
final class BybitFront: VenueFront {
  let core: BybitCore
  let settings: BybitSettings
  private var addressLimits: BybitAddressLimits
  private var sessions: [UInt64: WebSocketConnection] = [:]
  private var connectionTimes: [Int64] = []
  private var lastTick: Int64?

  init(_ core: BybitCore, _ settings: BybitSettings) {
    self.core = core
    self.settings = settings
    addressLimits = BybitAddressLimits(settings.limits)
  }

  // MARK: REST

  func handle(_ request: HTTPRequest, _ reply: HTTPReply, at now: ServerTime) {
    reply.send(respond(to: request, at: now))
    core.streams.flush()
  }

  /// The answer to a REST request.
  func respond(to request: HTTPRequest, at now: ServerTime) -> HTTPResponse {
    core.advance(to: now)
    var headers: HTTPHeaders = [:]
    do throws(BybitError) {
      try addressLimits.take(at: now)
      guard let endpoint = BybitEndpoint.byPath[request.path],
        endpoint.method == request.method
      else { throw .unknownPath }
      let answer = try carryOut(endpoint, request, &headers, at: now)
      return .json(envelope(0, answer), headers: headers)
    } catch {
      return failed(error, headers)
    }
  }

  private func envelope(_ code: Int, _ answer: BybitAnswer) -> JSONValue {
    [
      "retCode": .integer(code), "retMsg": .string(answer.message), "result": answer.result,
      "retExtInfo": answer.extra, "time": .integer(core.now.milliseconds),
    ]
  }

  private func failed(_ error: BybitError, _ headers: HTTPHeaders) -> HTTPResponse {
    .json(
      envelope(error.code, BybitAnswer(message: error.message)), status: error.status,
      headers: headers)
  }

  private func carryOut(
    _ endpoint: BybitEndpoint, _ request: HTTPRequest, _ headers: inout HTTPHeaders,
    at now: ServerTime
  ) throws(BybitError) -> BybitAnswer {
    var key: VenueKey?
    if let permissions = endpoint.permissions {
      let found = try BybitAuthentication.check(request, core.keys, at: now)
      guard found.permissions.isSuperset(of: permissions) else { throw .permissionDenied }
      key = found
    }
    let parameters =
      request.method == "GET"
      ? BybitParameters(request.queryFields) : try BybitParameters(body: request.bodyText)
    let call = BybitCall(parameters: parameters, account: key?.account ?? -1, key: key)
    if let group = endpoint.group, key != nil {
      var state: BybitLimitState?
      defer { if let state { headers = state.headers } }
      try take(group, call, &state, at: now)
    }
    return try core.perform(endpoint.action, call)
  }

  /// Counts a request of an account, where that is done; a batch is as many as it has orders.
  ///
  /// - Parameter state: of the limit after the request, refused ones too.
  /// - Throws: 10006 where there were too many.
  func take(
    _ group: BybitLimitGroup, _ call: BybitCall, _ state: inout BybitLimitState?,
    at now: ServerTime
  ) throws(BybitError) {
    guard settings.limits.countsAccounts else { return }
    var amount = 1
    switch group {
    case .createBatch, .amendBatch, .cancelBatch:
      amount = max(1, call.parameters.json("request")?.elements?.count ?? 1)
    default: break
    }
    let category = try? call.parameters.category()
    let outcome = core.limits[call.account].take(group, category, amount, at: now)
    state = outcome.state
    guard outcome.isTaken else { throw .tooManyVisits }
  }

  // MARK: WebSocket

  private enum Kind {
    case publicStreams(BybitCategory)
    case privateStreams
    case orderEntry
  }

  private static func kind(_ path: String) -> Kind? {
    switch path {
    case "/v5/public/spot": .publicStreams(.spot)
    case "/v5/public/linear": .publicStreams(.linear)
    case "/v5/private": .privateStreams
    case "/v5/trade": .orderEntry
    default: nil
    }
  }

  func upgrade(_ request: HTTPRequest, at now: ServerTime) -> WebSocketUpgrade {
    guard let kind = Self.kind(request.path) else { return .refuse(failed(.unknownPath, [:])) }
    connectionTimes.removeAll { $0 < now.monotonic - 300_000_000_000 }
    guard connectionTimes.count < settings.connectionsInFiveMinutes else {
      return .refuse(failed(.addressLimit, [:]))
    }
    connectionTimes.append(now.monotonic)
    var options = WebSocketOptions()
    if case .orderEntry = kind { options.carriesRequests = true }
    return .accept(options)
  }

  func opened(_ connection: WebSocketConnection, _ request: HTTPRequest, at now: ServerTime) {
    sessions[connection.id] = connection
    switch Self.kind(request.path) {
    case .publicStreams(let category):
      connection.session = BybitPublicSession(connection, core, category, at: now)
    case .privateStreams: connection.session = BybitPrivateSession(connection, core, at: now)
    case .orderEntry: connection.session = BybitTradeSession(connection, self, at: now)
    case nil: break
    }
  }

  func received(
    _ message: WebSocketMessage, from connection: WebSocketConnection, at now: ServerTime
  ) {
    core.advance(to: now)
    guard case .text(let text) = message else { return }
    switch connection.session {
    case let session as BybitPublicSession: session.received(text, at: now)
    case let session as BybitPrivateSession: session.received(text, at: now)
    case let session as BybitTradeSession: session.received(text, at: now)
    default: break
    }
    core.streams.flush()
  }

  func closed(_ connection: WebSocketConnection, _ cause: WebSocketClosure, at now: ServerTime) {
    sessions[connection.id] = nil
    switch connection.session {
    case let session as BybitPublicSession: session.end()
    case let session as BybitPrivateSession: session.end(at: now)
    default: break
    }
    connection.session = nil
  }

  // MARK: Time

  /// Streams have intervals of their own, all of them whole multiples of ten milliseconds.
  func tick(at now: ServerTime) {
    core.advance(to: now)
    core.streams.flush()
    let present = now.monotonic / 10_000_000
    guard let last = lastTick else {
      lastTick = present
      return
    }
    guard present != last else { return }
    lastTick = present
    func isDue(_ milliseconds: Int64) -> Bool {
      present / (milliseconds / 10) != last / (milliseconds / 10)
    }
    for category in BybitCategory.allCases {
      core.publishBooks(0, category)
      if isDue(20) { core.publishBooks(1, category) }
      if isDue(category == .spot ? 200 : 100) { core.publishBooks(2, category) }
      if isDue(200) { core.publishBooks(3, category) }
      if isDue(category == .spot ? 50 : 100) { core.publishTickers(of: category) }
    }
    if isDue(1_000) {
      core.publishCandles()
      endIdleConnections(at: now)
    }
  }

  private func endIdleConnections(at now: ServerTime) {
    let oldest = now.monotonic - settings.idleLifetime
    for connection in sessions.values.sorted(by: { $0.id < $1.id }) {
      let time: Int64?
      switch connection.session {
      case let session as BybitPublicSession: time = session.lastRequestTime
      case let session as BybitPrivateSession: time = session.lastRequestTime
      case let session as BybitTradeSession: time = session.lastRequestTime
      default: time = nil
      }
      if let time, time <= oldest { connection.close(code: 1000, reason: "Bye") }
    }
  }

  // MARK: Faults and records

  func response(to failure: ServerFailure, _ request: HTTPRequest, at now: ServerTime)
    -> HTTPResponse
  {
    core.now = now
    return failed(BybitError(failure), [:])
  }

  /// Every account's balances, orders, fills and positions, and what is wrong with the exchange's books.
  func setFundingInterval(_ interval: Int64, at now: ServerTime) {
    core.advance(to: now)
    core.exchange.setFundingInterval(interval)
  }

  func state(_ query: FormFields, at now: ServerTime) -> JSONValue {
    core.advance(to: now)
    return core.state(of: query["venue"])
  }
}
