import Exchange
import TradingModel
import VenueServer

/// How the simulated venue keeps its clients.
struct OKXSettings {
  var limitsRates = true
  /// Whether books carry checksums (`OKXCore.sendsChecksums`).
  var sendsChecksums = true
  /// Whether order entry over WebSocket asks for `instIdCode`, as the venue has since 2026.
  var needsInstrumentCodes = true
  /// A connection without a message in either direction is cut after this, in nanoseconds.
  var silence: Int64 = 30_000_000_000
  /// Connections of one address in a second.
  var connectionsInSecond = 3
  /// Log-ins, subscriptions and their ends of one connection in an hour.
  var requestsInHour = 480
}

/// The simulated venue as its clients meet it: REST, and the WebSockets `public`, `private` and
/// `business`. One front serves all of the venue's host names.
final class OKXFront: VenueFront {
  let core: OKXCore
  let settings: OKXSettings
  private var connections: IntervalCounter
  private var sessions: [UInt64: OKXSession] = [:]
  /// The last turns of what is done every 10 ms, 100 ms, 1 s, 5 s and 60 s.
  private var turns: [Int64] = [-1, -1, -1, -1, -1]

  init(_ core: OKXCore, _ settings: OKXSettings) {
    self.core = core
    self.settings = settings
    connections = IntervalCounter(seconds: 1, limit: settings.connectionsInSecond)
  }

  // MARK: REST

  func handle(_ request: HTTPRequest, _ reply: HTTPReply, at now: ServerTime) {
    reply.send(respond(to: request, at: now))
  }

  /// The answer to a REST request.
  func respond(to request: HTTPRequest, at now: ServerTime) -> HTTPResponse {
    core.advance(to: now)
    do throws(OKXError) {
      guard let endpoints = OKXEndpoint.byPath[request.path] else {
        throw OKXError("404", "Not Found", status: 404)
      }
      guard let endpoint = endpoints.first(where: { $0.method == request.method }) else {
        throw .badMethod
      }
      let call = try call(endpoint, request, at: now)
      try core.count(endpoint.action, endpoint.rate, call)
      let answer = try core.perform(endpoint.action, call)
      return .json(JSONValue.object(answer.members(call, at: now)))
    } catch {
      return response(error)
    }
  }

  private func response(_ error: OKXError) -> HTTPResponse {
    var headers = HTTPHeaders()
    if let seconds = error.retryAfter { headers.add("Retry-After", "\(seconds)") }
    return .json(error.json, status: error.status, headers: headers)
  }

  private func call(
    _ endpoint: OKXEndpoint, _ request: HTTPRequest, at now: ServerTime
  ) throws(OKXError) -> OKXCall {
    var call = OKXCall(parameters: OKXParameters(request.queryFields))
    call.inTime = now.microseconds
    if let permission = endpoint.permission {
      let (account, key) = try OKXSignature.check(request, core.exchange, at: now)
      guard key.permissions.contains(permission) else { throw .noPermission }
      call.account = account
      call.key = key
    }
    if endpoint.method == "POST" { try read(request, endpoint, into: &call) }
    if let text = request.headers["expTime"] {
      try OKXFront.checkExpiry(text, at: now)
    }
    return call
  }

  private func read(
    _ request: HTTPRequest, _ endpoint: OKXEndpoint, into call: inout OKXCall
  ) throws(OKXError) {
    guard !request.body.isEmpty else { throw .emptyBody }
    if let type = request.headers["Content-Type"], !type.hasPrefix("application/json") {
      throw .badContentType
    }
    guard let json = try? JSONValue.parse(request.bodyText) else { throw .badJSON }
    guard endpoint.isList else {
      // A list of one is taken for its element, as the venue does.
      let object = json.elements?.first ?? json
      guard object.members != nil else { throw .badJSON }
      call.parameters = OKXParameters(object)
      return
    }
    guard let list = json.elements ?? (json.members == nil ? nil : [json]) else { throw .badJSON }
    try Self.checkCount(list.count, endpoint.action)
    call.list = list.map { OKXParameters($0) }
  }

  /// At most twenty orders a request (ten conditional ones).
  static func checkCount(_ count: Int, _ action: OKXAction) throws(OKXError) {
    if count == 0 { throw .parameter("data") }
    let most = action == .cancelAlgos ? 10 : 20
    if count > most {
      throw OKXError(
        "50025", "Parameter instId count exceeds the limit \(most).", status: 400)
    }
  }

  /// A request may say until when it is to be carried out
  /// (https://www.okx.com/docs-v5/en/#order-book-trading-trade-post-place-order, `expTime`).
  static func checkExpiry(_ text: String, at now: ServerTime) throws(OKXError) {
    guard let time = Int64(text) else { throw .invalidExpireTime }
    if now.milliseconds > time { throw .timedOutOrder }
  }

  // MARK: WebSocket

  func upgrade(_ request: HTTPRequest, at now: ServerTime) -> WebSocketUpgrade {
    guard let kind = OKXSession.Kind(path: request.path) else {
      return .refuse(response(OKXError("60017", "Invalid url path", status: 404)))
    }
    if settings.limitsRates,
      connections.add(1, at: now.milliseconds) > connections.limit
    {
      return .refuse(response(.tooManyRequests))
    }
    var options = WebSocketOptions()
    options.carriesRequests = kind == .private
    return .accept(options)
  }

  func opened(_ connection: WebSocketConnection, _ request: HTTPRequest, at now: ServerTime) {
    guard let kind = OKXSession.Kind(path: request.path) else { return }
    let session = OKXSession(connection, self, kind, at: now)
    connection.session = session
    sessions[connection.id] = session
  }

  func received(
    _ message: WebSocketMessage, from connection: WebSocketConnection, at now: ServerTime
  ) {
    core.advance(to: now)
    guard case .text(let text) = message else { return }
    (connection.session as? OKXSession)?.received(text, at: now)
  }

  func closed(_ connection: WebSocketConnection, _ cause: WebSocketClosure, at now: ServerTime) {
    sessions[connection.id]?.end()
    sessions[connection.id] = nil
    connection.session = nil
  }

  /// How many sessions have logged in as a user, for `channel-conn-count`.
  func count(_ channel: String, of account: AccountIndex) -> Int {
    var seen: [ObjectIdentifier] = []
    for listener in core.channels.listeners("\(channel)#\(account)") {
      let id = ObjectIdentifier(listener.session)
      if !seen.contains(id) { seen.append(id) }
    }
    return seen.count
  }

  // MARK: Time

  func tick(at now: ServerTime) {
    core.advance(to: now)
    let lengths: [Int64] = [10, 100, 1_000, 5_000, 60_000]
    for (place, length) in lengths.enumerated() {
      let turn = now.monotonic / (length * 1_000_000)
      if turn == turns[place] { continue }
      turns[place] = turn
      switch length {
      case 10: core.publishBooks(every: 10)
      case 100:
        core.publishBooks(every: 100)
        core.publishTickers()
      case 1_000:
        core.publishCandles()
        cutSilent(at: now)
      case 5_000: core.publishAccounts()
      default: core.publishFunding()
      }
    }
  }

  private func cutSilent(at now: ServerTime) {
    for (_, session) in sessions.sorted(by: { $0.key < $1.key })
    where now.monotonic - session.activeAt > settings.silence {
      session.connection.close(code: 4004, reason: "No data received in 30s.")
    }
  }

  // MARK: Faults and records

  func response(to failure: ServerFailure, _ request: HTTPRequest, at now: ServerTime)
    -> HTTPResponse
  {
    response(OKXError(failure))
  }

  /// Every account's balances, orders, fills and positions, and what is wrong with the exchange's books.
  func setFundingInterval(_ interval: Int64, at now: ServerTime) {
    core.advance(to: now)
    core.exchange.setFundingInterval(interval)
  }

  func state(_ query: FormFields, at now: ServerTime) -> JSONValue {
    core.advance(to: now)
    return ExchangeRecords.json(core.exchange)
  }
}
