import Exchange
import TradingModel
import VenueServer

/// How a simulated product keeps its clients.
public struct BinanceSettings: Sendable {
  public var limits = BinanceLimitSettings()
  /// Between two pings of a connection, in nanoseconds.
  public var pingInterval: Int64 = 20_000_000_000
  /// A connection without a pong is closed after this, in nanoseconds.
  public var pongTimeout: Int64 = 60_000_000_000
  /// How long a connection lives, in nanoseconds: 24 hours at the venue.
  public var connectionLifetime: Int64 = 86_400_000_000_000
  /// How long a listen key lives, in nanoseconds.
  public var listenKeyLifetime: Int64 = 3_600_000_000_000
  /// Messages of a client of market streams in a second.
  public var messagesInSecond = 5
  /// Connections of one address in five minutes.
  public var connectionsInFiveMinutes = 300

  public init() {}
}

/// A product as its clients meet it: REST, streams and WebSocket API.
///
/// One front serves all of the product's host names; they differ by their paths.
final class BinanceFront<Product: BinanceProduct>: VenueFront {
  typealias Endpoint = BinanceEndpoint<Product.Action>
  let core: Product
  let settings: BinanceSettings
  var addressLimits: BinanceAddressLimits
  private var connections: IntervalCounter
  private var sessions: [UInt64: WebSocketConnection] = [:]
  private var fastTick: Int64 = -1
  private var slowTick: Int64 = -1

  init(_ core: Product, _ settings: BinanceSettings) {
    self.core = core
    self.settings = settings
    addressLimits = BinanceAddressLimits(settings.limits)
    connections = IntervalCounter(seconds: 300, limit: settings.connectionsInFiveMinutes)
    core.streams.keyLifetime = settings.listenKeyLifetime
  }

  // MARK: REST

  func handle(_ request: HTTPRequest, _ reply: HTTPReply, at now: ServerTime) {
    reply.send(respond(to: request, at: now))
  }

  /// The answer to a REST request.
  func respond(to request: HTTPRequest, at now: ServerTime) -> HTTPResponse {
    core.advance(to: now)
    guard let endpoints = Product.endpoints.byPath[request.path] else { return Self.notFound }
    guard let endpoint = endpoints.first(where: { $0.method == request.method }) else {
      return HTTPResponse(
        status: 405, headers: ["Allow": endpoints.map(\.method).joined(separator: ", ")])
    }
    var account: AccountIndex?
    do throws(BinanceError) {
      let result = try carryOut(endpoint, request, &account, at: now)
      return .json(result, headers: headers(endpoint, account, at: now))
    } catch {
      var headers = headers(endpoint, account, at: now)
      if let seconds = error.retryAfter { headers.add("Retry-After", "\(seconds)") }
      return .json(error.json, status: error.status, headers: headers)
    }
  }

  private static var notFound: HTTPResponse {
    HTTPResponse(
      status: 404, headers: ["Content-Type": "text/html"],
      body: Array("<html><body><h2>404 Not found</h2></body></html>".utf8))
  }

  private func carryOut(
    _ endpoint: Endpoint, _ request: HTTPRequest, _ account: inout AccountIndex?,
    at now: ServerTime
  ) throws(BinanceError) -> JSONValue {
    let fields = Self.fields(request)
    try addressLimits.take(core.weight(of: endpoint, fields), at: now.milliseconds)
    let unit = try Product.timeUnit(request.headers["X-MBX-TIME-UNIT"])
    var key: VenueKey?
    if endpoint.security != .none {
      key = try core.keys.key(
        request.headers["X-MBX-APIKEY"], for: endpoint.security.permissions)
    }
    var call = BinanceCall(
      parameters: try BinanceParameters(
        fields, endpoint.restRules, refusesUnknown: Product.refusesUnknownParameters), unit: unit)
    if let key {
      if endpoint.security.isSigned {
        try BinanceAuthentication.check(
          call.parameters, key, payloads: [BinanceAuthentication.payload(request)], at: now)
      }
      call.account = key.account
      call.key = key
      account = key.account
    }
    return try core.perform(endpoint.action, call)
  }

  /// Those of the query, and those of the body that the query does not have.
  private static func fields(_ request: HTTPRequest) -> [BinanceField] {
    let query = request.queryFields.sent
    guard request.method != "GET", !request.body.isEmpty else { return query }
    return query
      + request.formFields.sent.filter { field in
        !query.contains { $0.name == field.name }
      }
  }

  private func headers(
    _ endpoint: Endpoint, _ account: AccountIndex?, at now: ServerTime
  ) -> HTTPHeaders {
    let time = now.milliseconds
    var headers: HTTPHeaders = ["x-mbx-uuid": core.makeID(36).lowercased()]
    let used = "\(addressLimits.weight.count(at: time))"
    if endpoint.path.hasPrefix("/sapi") {
      headers.add("x-sapi-used-ip-weight-1m", used)
    } else {
      headers.add("x-mbx-used-weight", used)
      headers.add("x-mbx-used-weight-1m", used)
    }
    if let account, core.countsOrders(endpoint.action) {
      for (name, value) in core.orderCountHeaders(of: account).fields { headers.add(name, value) }
    }
    return headers
  }

  // MARK: WebSocket

  func upgrade(_ request: HTTPRequest, at now: ServerTime) -> WebSocketUpgrade {
    let isAPI = Product.requestPaths.contains(request.path)
    guard isAPI || core.streamNames(request) != nil else { return .refuse(Self.notFound) }
    if connections.add(1, at: now.milliseconds) > connections.limit {
      return .refuse(HTTPResponse(status: 429))
    }
    do throws(BinanceError) {
      _ = try Product.timeUnit(request.queryFields["timeUnit"])
      if isAPI { try addressLimits.take(2, at: now.milliseconds) }
    } catch {
      return .refuse(.json(error.json, status: error.status))
    }
    var options = WebSocketOptions()
    options.pingInterval = settings.pingInterval
    options.pongTimeout = settings.pongTimeout
    options.pingPayload = { Array("\($0.milliseconds)".utf8) }
    options.carriesRequests = isAPI
    return .accept(options)
  }

  func opened(_ connection: WebSocketConnection, _ request: HTTPRequest, at now: ServerTime) {
    sessions[connection.id] = connection
    let unit = (try? Product.timeUnit(request.queryFields["timeUnit"])) ?? .milliseconds
    if Product.requestPaths.contains(request.path) {
      connection.session = BinanceRequestSession<Product>(
        connection, self, unit: unit,
        returnsRateLimits: request.queryFields["returnRateLimits"] != "false", at: now)
      return
    }
    let session = BinanceStreamSession(
      connection, core.streams, unit: unit, isCombined: request.path.hasSuffix("/stream"),
      names: core.streamNames(request) ?? [], messagesInSecond: settings.messagesInSecond,
      at: now, isPushed: { Product.pushes($0, at: request.path) },
      isStream: { [core] in core.isStream($0) })
    // Of private streams, as `events=ORDER_TRADE_UPDATE/ACCOUNT_UPDATE`.
    if let events = request.queryFields["events"] {
      session.wantedEvents = Set(events.split(separator: "/").map(String.init))
    }
    connection.session = session
  }

  func received(
    _ message: WebSocketMessage, from connection: WebSocketConnection, at now: ServerTime
  ) {
    core.advance(to: now)
    guard case .text(let text) = message else { return }
    switch connection.session {
    case let session as BinanceStreamSession: session.received(text, at: now)
    case let session as BinanceRequestSession<Product>: session.received(text, at: now)
    default: break
    }
  }

  func closed(_ connection: WebSocketConnection, _ cause: WebSocketClosure, at now: ServerTime) {
    sessions[connection.id] = nil
    switch connection.session {
    case let session as BinanceStreamSession: session.end()
    case let session as BinanceRequestSession<Product>: session.end()
    default: break
    }
    connection.session = nil
  }

  // MARK: Time

  func tick(at now: ServerTime) {
    core.advance(to: now)
    let fast = now.monotonic / 100_000_000
    if fast != fastTick {
      fastTick = fast
      core.publishFast()
    }
    let slow = now.monotonic / 1_000_000_000
    if slow != slowTick {
      slowTick = slow
      core.publishSlow()
      core.streams.expireKeys(at: now)
      endOldConnections(at: now)
    }
  }

  private func endOldConnections(at now: ServerTime) {
    let oldest = now.monotonic - settings.connectionLifetime
    for connection in sessions.values.sorted(by: { $0.id < $1.id }) {
      let openedAt: Int64?
      switch connection.session {
      case let session as BinanceStreamSession: openedAt = session.openedAt
      case let session as BinanceRequestSession<Product>: openedAt = session.openedAt
      default: openedAt = nil
      }
      if let openedAt, openedAt <= oldest {
        connection.close(code: 1008, reason: "Disconnected: 24 hours")
      }
    }
  }

  // MARK: Faults and records

  func response(to failure: ServerFailure, _ request: HTTPRequest, at now: ServerTime)
    -> HTTPResponse
  {
    let error = BinanceError(failure, at: now)
    var headers = HTTPHeaders()
    if let seconds = error.retryAfter { headers.add("Retry-After", "\(seconds)") }
    return .json(error.json, status: error.status, headers: headers)
  }

  /// Every account's balances, orders and fills, and what is wrong with the exchange's books.
  func setFundingInterval(_ interval: Int64, at now: ServerTime) {
    core.advance(to: now)
    core.setFundingInterval(interval)
  }

  func state(_ query: FormFields, at now: ServerTime) -> JSONValue {
    core.advance(to: now)
    return core.state()
  }
}
