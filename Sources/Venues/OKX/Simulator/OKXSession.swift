import Exchange
import VenueServer

/// One WebSocket connection: its log-in, what it listens to, and its requests
/// (https://www.okx.com/docs-v5/en/#overview-websocket).
final class OKXSession {
  /// The venue's three addresses.
  enum Kind: String {
    case `public`, `private`, business

    init?(path: String) {
      let prefix = "/ws/v5/"
      guard path.hasPrefix(prefix) else { return nil }
      self.init(rawValue: String(path.dropFirst(prefix.count)))
    }
  }

  let connection: any ClientConnection
  let kind: Kind
  private unowned let front: OKXFront
  private var core: OKXCore { front.core }
  private let id: String
  private var login: (account: AccountIndex, key: APIKey)?
  private(set) var subscriptions: [OKXSubscription] = []
  /// When the last message went either way, on the clock that does not step.
  private(set) var activeAt: Int64
  private var hour: Int64
  private var requests = 0

  init(_ connection: any ClientConnection, _ front: OKXFront, _ kind: Kind, at now: ServerTime) {
    self.connection = connection
    self.front = front
    self.kind = kind
    activeAt = now.monotonic
    hour = now.monotonic
    let number = front.core.texts.nextNumber()
    id = Hexadecimal.text((0..<4).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) })
  }

  /// Ends all subscriptions.
  func end() {
    for subscription in subscriptions { core.channels.remove(subscription) }
    subscriptions = []
  }

  func push(_ text: String) {
    activeAt = core.now.monotonic
    connection.send(text, .push)
  }

  private func answer(_ members: [(key: String, value: JSONValue)]) {
    activeAt = core.now.monotonic
    connection.send(JSONValue.object(members).text, .reply)
  }

  // MARK: Requests

  /// Takes a message of the client.
  func received(_ text: String, at now: ServerTime) {
    activeAt = now.monotonic
    if text == "ping" { return connection.send("pong", .reply) }
    guard let request = try? JSONValue.parse(text), request.members != nil,
      let operation = request["op"]?.string
    else {
      return refuse(OKXError("60012", "Invalid request: \(text)"), nil)
    }
    switch operation {
    case "login", "subscribe", "unsubscribe":
      guard mayAsk(at: now) else {
        return refuse(OKXError("60014", "Requests too frequent"), request)
      }
      guard let list = request["args"]?.elements, !list.isEmpty else {
        return refuse(OKXError("60012", "Invalid request: \(text)"), request)
      }
      switch operation {
      case "login": logIn(list, request, at: now)
      case "subscribe": for argument in list { subscribe(argument, request) }
      default: for argument in list { unsubscribe(argument, request) }
      }
    default:
      guard let action = Self.actions[operation] else {
        return refuse(OKXError("60012", "Invalid request: \(text)"), request)
      }
      carryOut(action, operation, request, at: now)
    }
  }

  private func mayAsk(at now: ServerTime) -> Bool {
    if now.monotonic - hour >= 3_600_000_000_000 {
      hour = now.monotonic
      requests = 0
    }
    requests += 1
    return !front.settings.limitsRates || requests <= front.settings.requestsInHour
  }

  private func refuse(_ error: OKXError, _ request: JSONValue?) {
    var members: [(key: String, value: JSONValue)] = []
    if let id = request?["id"]?.string { members.append(("id", .string(id))) }
    members += [
      ("event", "error"), ("msg", .string(error.message)), ("code", .string(error.code)),
      ("connId", .string(id)),
    ]
    answer(members)
  }

  // MARK: Log-in

  /// (https://www.okx.com/docs-v5/en/#overview-websocket-login)
  private func logIn(_ list: [JSONValue], _ request: JSONValue, at now: ServerTime) {
    do throws(OKXError) {
      if kind == .public { throw OKXError("60018", wrongURL(["channel": "login"])) }
      login = try checkLogin(OKXParameters(list[0]), at: now)
      answer([("event", "login"), ("msg", ""), ("code", "0"), ("connId", .string(id))])
    } catch {
      refuse(error, request)
      connection.close(code: 4001, reason: "Login failed")
    }
  }

  private func checkLogin(
    _ parameters: OKXParameters, at now: ServerTime
  ) throws(OKXError) -> (account: AccountIndex, key: APIKey) {
    guard let name = parameters["apiKey"] else {
      throw OKXError("60001", #""apiKey" cannot be empty."#)
    }
    guard let sign = parameters["sign"] else {
      throw OKXError("60002", #""sign" cannot be empty."#)
    }
    guard let passphrase = parameters["passphrase"] else {
      throw OKXError("60003", #""passphrase" cannot be empty."#)
    }
    guard let text = parameters["timestamp"], let time = OKXTime.milliseconds(text) else {
      throw OKXError("60004", "Invalid timestamp")
    }
    guard let found = core.exchange.key(name) else { throw OKXError("60005", "Invalid apiKey") }
    guard abs(now.milliseconds - time) <= OKXSignature.window else {
      throw OKXError("60006", "Timestamp request expired")
    }
    let payload = text + "GET/users/self/verify"
    guard OKXSignature.of(payload, secret: found.key.secret) == sign else {
      throw OKXError("60007", "Invalid sign")
    }
    guard found.key.passphrase == passphrase else {
      throw OKXError("60024", "Wrong passphrase")
    }
    return found
  }

  // MARK: Subscriptions

  private func subscribe(_ argument: JSONValue, _ request: JSONValue) {
    do throws(OKXError) {
      let channel = try channel(argument)
      let subscription = OKXSubscription(
        self, argument, topic: channel.topic, account: channel.account,
        uid: channel.isPrivate ? core.accounts[channel.account].uid : nil)
      drop(argument)
      subscriptions.append(subscription)
      core.channels.add(subscription)
      acknowledge("subscribe", argument, request)
      if channel.isPrivate { tellCount(subscription) }
      core.begin(subscription)
    } catch {
      refuse(error, request)
    }
  }

  private func unsubscribe(_ argument: JSONValue, _ request: JSONValue) {
    do throws(OKXError) {
      _ = try channel(argument)
      drop(argument)
      acknowledge("unsubscribe", argument, request)
    } catch {
      refuse(error, request)
    }
  }

  private func acknowledge(_ event: String, _ argument: JSONValue, _ request: JSONValue) {
    var members: [(key: String, value: JSONValue)] = []
    if let id = request["id"]?.string { members.append(("id", .string(id))) }
    members += [("event", .string(event)), ("arg", argument), ("connId", .string(id))]
    answer(members)
  }

  /// How many connections of the user listen to a private channel
  /// (https://www.okx.com/docs-v5/en/#overview-websocket-connection-count).
  private func tellCount(_ subscription: OKXSubscription) {
    answer([
      ("event", "channel-conn-count"), ("channel", .string(subscription.channel)),
      (
        "connCount",
        .string("\(front.count(subscription.channel, of: subscription.account))")
      ), ("connId", .string(id)),
    ])
  }

  private func drop(_ argument: JSONValue) {
    for subscription in subscriptions where subscription.argument == argument {
      core.channels.remove(subscription)
    }
    subscriptions.removeAll { $0.argument == argument }
  }

  /// What an argument means here.
  ///
  /// - Throws: 60018 for what this address does not have, 60011 where the log-in is missing.
  private func channel(
    _ argument: JSONValue
  ) throws(OKXError) -> (topic: String, account: AccountIndex, isPrivate: Bool) {
    let name = argument["channel"]?.string ?? ""
    if Self.privateChannels[kind]?.contains(name) == true {
      guard let login else { throw OKXError("60011", "Please log in") }
      let needsType = name == "orders" || name == "positions" || name.contains("algo")
      let type = argument["instType"]?.string
      if needsType, !["SPOT", "MARGIN", "SWAP", "FUTURES", "OPTION", "ANY"].contains(type) {
        throw OKXError("60018", wrongURL(argument))
      }
      return ("\(name)#\(login.account)", login.account, true)
    }
    guard let key = publicKey(name, argument) else {
      throw OKXError("60018", wrongURL(argument))
    }
    return (key.isEmpty ? name : "\(name):\(key)", 0, false)
  }

  /// What a public channel is of; nil where there is none such.
  private func publicKey(_ name: String, _ argument: JSONValue) -> String? {
    let id = argument["instId"]?.string ?? ""
    let instrument = core.instruments.first { $0.id == id }
    switch (kind, name) {
    case (.public, "status"): return ""
    case (.public, "instruments"):
      let type = argument["instType"]?.string ?? ""
      return ["SPOT", "MARGIN", "SWAP", "FUTURES", "OPTION"].contains(type) ? type : nil
    case (.public, "index-tickers"):
      return core.instruments.contains { $0.isSwap && $0.family == id } ? id : nil
    case (.public, "mark-price"), (.public, "funding-rate"):
      return instrument?.isSwap == true ? id : nil
    case (.public, "tickers"), (.public, "trades"), (.public, "price-limit"),
      (.business, "trades-all"):
      return instrument == nil ? nil : id
    case (.public, _) where OKXBookFeed.kinds.contains { $0.channel == name }:
      return instrument == nil ? nil : id
    case (.business, _) where name.hasPrefix("candle"):
      let isBar = OKXBar.named(String(name.dropFirst("candle".count))) != nil
      return isBar && instrument != nil ? id : nil
    default: return nil
    }
  }

  private static let privateChannels: [Kind: Set<String>] = [
    .private: ["account", "positions", "balance_and_position", "orders", "fills"],
    .business: ["orders-algo", "algo-advance"],
  ]

  private func wrongURL(_ argument: JSONValue) -> String {
    let words = (argument.members ?? []).map { "\($0.key):\($0.value.scalarText ?? "")" }
    return
      "Wrong URL or \(words.joined(separator: ",")) doesn't exist. Please use the correct URL, "
      + "channel and parameters referring to API document."
  }

  // MARK: Order entry

  private static let actions: [String: OKXAction] = [
    "order": .place, "batch-orders": .placeMany, "cancel-order": .cancel,
    "batch-cancel-orders": .cancelMany, "amend-order": .amend,
    "batch-amend-orders": .amendMany, "mass-cancel": .massCancel,
  ]

  /// Carries out a request that REST has too; both are counted together
  /// (https://www.okx.com/docs-v5/en/#order-book-trading-trade-ws-place-order).
  private func carryOut(
    _ action: OKXAction, _ operation: String, _ request: JSONValue, at now: ServerTime
  ) {
    var call = OKXCall(parameters: order(request["args"]?.elements?.first ?? [:]))
    call.inTime = now.microseconds
    var answer = OKXAnswer([])
    do throws(OKXError) {
      let failure = connection.drawFailure(at: now)
      if let failure, !failure.isCarriedOut { throw OKXError(failure) }
      guard kind != .public else { throw OKXError("60012", "Invalid request") }
      guard let login else { throw OKXError("60011", "Please log in") }
      guard login.key.permissions.contains(.trade) else { throw .noPermission }
      guard let list = request["args"]?.elements, !list.isEmpty else {
        throw OKXError("60013", "Invalid args")
      }
      if let text = request["expTime"]?.scalarText { try OKXFront.checkExpiry(text, at: now) }
      call.account = login.account
      call.key = login.key
      if operation.hasPrefix("batch") {
        try OKXFront.checkCount(list.count, action)
        call.list = list.map { order($0) }
      }
      try core.count(action, Self.rate(action), call)
      answer = try core.perform(action, call)
      // Over WebSocket the orders' own words are all there is.
      answer.message = ""
      if let failure { throw OKXError(failure) }
    } catch {
      answer = OKXAnswer([])
      answer.code = error.code
      answer.message = error.message
    }
    self.answer([
      ("id", .string(request["id"]?.scalarText ?? "")), ("op", .string(operation)),
      ("data", .array(answer.data)), ("code", .string(answer.code)),
      ("msg", .string(answer.message)), ("inTime", .string("\(call.inTime)")),
      ("outTime", .string("\(max(now.microseconds, call.inTime))")),
    ])
  }

  /// Parameters of one order.
  private func order(_ json: JSONValue) -> OKXParameters {
    var parameters = OKXParameters(json)
    parameters.needsCode = front.settings.needsInstrumentCodes
    return parameters
  }

  private static func rate(_ action: OKXAction) -> OKXRate {
    switch action {
    case .placeMany, .cancelMany, .amendMany: .instrument(300)
    case .massCancel: .user(5)
    default: .instrument(60)
    }
  }
}
