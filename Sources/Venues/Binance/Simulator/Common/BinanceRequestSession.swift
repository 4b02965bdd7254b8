import Exchange
import VenueServer

/// One connection of the WebSocket API
/// (https://developers.binance.com/docs/binance-spot-api-docs/websocket-api).
final class BinanceRequestSession<Product: BinanceProduct>: BinanceUserListener {
  let connection: any ClientConnection
  let unit: TimeUnit
  let openedAt: Int64
  private let connectedSince: Int64
  private let core: Product
  private let front: BinanceFront<Product>
  private let returnsRateLimits: Bool
  /// The key that logged on, and when.
  private var logon: (key: VenueKey, since: Int64)?
  /// Accounts whose events are sent, by subscription.
  private var subscriptions: [(id: Int, account: AccountIndex, isOfSession: Bool)] = []
  private var nextSubscription = 0

  init(
    _ connection: any ClientConnection, _ front: BinanceFront<Product>, unit: TimeUnit,
    returnsRateLimits: Bool, at now: ServerTime
  ) {
    self.connection = connection
    self.front = front
    core = front.core
    self.unit = unit
    self.returnsRateLimits = returnsRateLimits
    openedAt = now.monotonic
    connectedSince = now.wall
    core.streams.add(self)
  }

  func end() { core.streams.remove(self) }

  /// Sends an event of an account to every subscription of it.
  func send(of account: AccountIndex, _ make: (TimeUnit) -> JSONValue) {
    for subscription in subscriptions where subscription.account == account {
      send(make(unit), to: subscription.id)
    }
  }

  private func send(_ event: JSONValue, to subscription: Int) {
    connection.send(["subscriptionId": .integer(subscription), "event": event], .push)
  }

  // MARK: Requests

  /// Takes a message of the client.
  func received(_ text: String, at now: ServerTime) {
    var id = JSONValue.null
    var response: JSONValue
    var context = RequestContext(returnsRateLimits: returnsRateLimits)
    do throws(BinanceError) {
      guard let request = try? JSONValue.parse(text), request.members != nil else {
        throw BinanceError(-1135, "Invalid JSON Request")
      }
      id = request["id"] ?? .null
      let failure = connection.drawFailure(at: now)
      if let failure, !failure.isCarriedOut { throw BinanceError(failure, at: now) }
      let result = try carryOut(request, &context, at: now)
      if let failure { throw BinanceError(failure, at: now) }
      response = ["id": id, "status": 200, "result": result]
    } catch {
      var body = error.json
      if let seconds = error.retryAfter, case .object(var members) = body {
        let data: JSONValue = [
          "serverTime": unit.json(now.wall),
          "retryAfter": .integer(unit.count(now.wall + Int64(seconds) * 1_000_000_000)),
        ]
        members.append(("data", data))
        body = .object(members)
      }
      response = ["id": id, "status": .integer(error.status), "error": body]
    }
    if context.returnsRateLimits, case .object(var members) = response {
      members.append(("rateLimits", .array(rateLimits(context, at: now))))
      response = .object(members)
    }
    connection.send(response, .reply)
  }

  /// What the end of a response depends on.
  struct RequestContext {
    var returnsRateLimits: Bool
    /// The account whose orders were counted.
    var orderAccount: AccountIndex?
  }

  private func rateLimits(_ context: RequestContext, at now: ServerTime) -> [JSONValue] {
    var list: [JSONValue] = []
    if let account = context.orderAccount {
      list += core.orderCountEntries(of: account)
    }
    list.append(front.addressLimits.entry(at: now.milliseconds))
    return list
  }

  private func carryOut(
    _ request: JSONValue, _ context: inout RequestContext, at now: ServerTime
  ) throws(BinanceError) -> JSONValue {
    guard var method = request["method"]?.string else {
      throw BinanceError(
        -1102, "Mandatory parameter 'method' was not sent, was empty/null, or malformed.")
    }
    for prefix in Product.methodPrefixes where method.hasPrefix(prefix) {
      method.removeFirst(prefix.count)
    }
    let fields = try Self.fields(request["params"])
    if let wish = fields.first(where: { $0.name == "returnRateLimits" }) {
      context.returnsRateLimits = wish.value == "true"
    }
    if let answer = try sessionRequest(method, fields, at: now) { return answer }
    guard let endpoint = Product.endpoints.byName[method] else {
      throw BinanceError(-1020, "This operation is not supported.")
    }
    try front.addressLimits.take(core.weight(of: endpoint, fields), at: now.milliseconds)
    let parameters = try BinanceParameters(
      fields, endpoint.webSocketRules, refusesUnknown: Product.refusesUnknownParameters)
    var call = BinanceCall(parameters: parameters, unit: unit)
    if endpoint.security != .none {
      call.account = try authenticated(parameters, fields, endpoint.security, at: now).account
    }
    if core.countsOrders(endpoint.action) { context.orderAccount = call.account }
    return try core.perform(endpoint.action, call)
  }

  /// Parameters as texts, numbers in their own spelling.
  private static func fields(_ params: JSONValue?) throws(BinanceError) -> [BinanceField] {
    guard let params, !params.isNull else { return [] }
    guard let members = params.members else {
      throw BinanceError(-1135, "JSON sent for parameter 'params' is not valid")
    }
    return members.map { member in
      BinanceField(name: member.key, value: member.value.scalarText ?? member.value.text)
    }
  }

  /// The key of a request: as it says, or that of the session.
  private func authenticated(
    _ parameters: BinanceParameters, _ fields: [BinanceField], _ security: BinanceSecurity,
    at now: ServerTime
  ) throws(BinanceError) -> VenueKey {
    guard let id = parameters["apiKey"] else {
      guard let logon else { throw .missing("apiKey") }
      guard logon.key.permissions.isSuperset(of: security.permissions) else {
        throw .rejectedKey
      }
      if security.isSigned { try BinanceAuthentication.checkTime(parameters, at: now) }
      return logon.key
    }
    let key = try core.keys.key(id, for: security.permissions)
    if security.isSigned {
      try BinanceAuthentication.check(parameters, key, payloads: Self.payloads(fields), at: now)
    }
    return key
  }

  /// What may be signed: parameters by name, as they are or percent-encoded.
  static func payloads(_ fields: [BinanceField]) -> [String] {
    let sorted = fields.filter { $0.name != "signature" }.sorted { $0.name < $1.name }
    let plain = sorted.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
    let encoded = sorted.map { "\($0.name)=\(PercentCoding.encode($0.value))" }
      .joined(separator: "&")
    return plain == encoded ? [plain] : [plain, encoded]
  }

  // MARK: The session

  private static var sessionMethods: Set<String> {
    let own: Set<String> = ["session.logon", "session.status", "session.logout"]
    let subscriptions: Set<String> = [
      "session.subscriptions", "userDataStream.subscribe", "userDataStream.subscribe.signature",
      "userDataStream.unsubscribe",
    ]
    return Product.hasUserSubscriptions ? own.union(subscriptions) : own
  }

  /// What every request may have beside its own parameters.
  private static var wish: BinanceParameterRule { .may("returnRateLimits", .boolean) }

  /// Requests about the session and its subscriptions; nil for all others.
  private func sessionRequest(
    _ method: String, _ fields: [BinanceField], at now: ServerTime
  ) throws(BinanceError) -> JSONValue? {
    guard Self.sessionMethods.contains(method) else { return nil }
    try front.addressLimits.take(2, at: now.milliseconds)
    switch method {
    case "session.logon": return try logOn(fields, at: now)
    case "userDataStream.subscribe.signature":
      let key = try signedKey(fields, for: [.read], at: now) { _ in nil }
      return try subscribe(key.account, isOfSession: false)
    case "userDataStream.unsubscribe":
      let parameters = try BinanceParameters(fields, [.may("subscriptionId", .integer), Self.wish])
      let id = parameters.integer("subscriptionId").map { Int($0) }
      endSubscriptions(at: now) { id == nil || $0.id == id }
      return .object([])
    default: break
    }
    _ = try BinanceParameters(fields, [Self.wish])
    switch method {
    case "session.logout":
      logon = nil
      endSubscriptions(at: now) { $0.isOfSession }
      return status(at: now)
    case "session.subscriptions":
      return .array(subscriptions.map { ["subscriptionId": .integer($0.id)] })
    case "userDataStream.subscribe":
      guard let logon else { throw .rejectedKey }
      return try subscribe(logon.key.account, isOfSession: true)
    default: return status(at: now)
    }
  }

  /// The key that a request names and signed.
  ///
  /// - Parameter refusal: why a key is not taken whatever its signature; nil where it is.
  private func signedKey(
    _ fields: [BinanceField], for permissions: Permissions, at now: ServerTime,
    _ refusal: (VenueKey) -> BinanceError?
  ) throws(BinanceError) -> VenueKey {
    let parameters = try BinanceParameters(
      fields,
      [
        .may("apiKey", .text), .may("recvWindow", .decimal), .need("timestamp", .integer),
        .may("signature", .text), Self.wish,
      ])
    let key = try core.keys.key(parameters["apiKey"], for: permissions)
    if let error = refusal(key) { throw error }
    try BinanceAuthentication.check(parameters, key, payloads: Self.payloads(fields), at: now)
    return key
  }

  /// Only Ed25519 keys log on
  /// (https://developers.binance.com/docs/binance-spot-api-docs/websocket-api/session-authentication).
  private func logOn(_ fields: [BinanceField], at now: ServerTime) throws(BinanceError) -> JSONValue
  {
    let key = try signedKey(fields, for: [], at: now) { key in
      switch key.scheme {
      case .ed25519: nil
      case .rsa: BinanceError(-4056, "RSA API key is not supported.")
      case .hmac: BinanceError(-4056, "HMAC_SHA256 API key is not supported.")
      }
    }
    logon = (key, now.wall)
    return status(at: now)
  }

  private func subscribe(_ account: AccountIndex, isOfSession: Bool) throws(BinanceError)
    -> JSONValue
  {
    if isOfSession, subscriptions.contains(where: { $0.isOfSession }) {
      throw BinanceError(-2035, "User Data Stream subscription already active.")
    }
    let id = nextSubscription
    nextSubscription += 1
    subscriptions.append((id, account, isOfSession))
    return ["subscriptionId": .integer(id)]
  }

  private func endSubscriptions(
    at now: ServerTime,
    where isEnded: ((id: Int, account: AccountIndex, isOfSession: Bool)) -> Bool
  ) {
    for subscription in subscriptions where isEnded(subscription) {
      send(["e": "eventStreamTerminated", "E": unit.json(now.wall)], to: subscription.id)
    }
    subscriptions.removeAll { isEnded($0) }
  }

  private func status(at now: ServerTime) -> JSONValue {
    [
      "apiKey": logon.map { .string($0.key.id) } ?? .null,
      "authorizedSince": logon.map { unit.json($0.since) } ?? .null,
      "connectedSince": unit.json(connectedSince),
      "returnRateLimits": .boolean(returnsRateLimits),
      "serverTime": unit.json(now.wall),
      "userDataStream": .boolean(subscriptions.contains { $0.isOfSession }),
    ]
  }
}
