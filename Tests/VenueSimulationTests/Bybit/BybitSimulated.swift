import Exchange
import Foundation
import TradingModel
import VenueServer

@testable import VenueSimulation

/// A simulated Bybit without sockets, and a client of it.
final class BybitSimulated {
  static let start: Int64 = 1_754_000_000_000_000_000

  let simulation: BybitSimulation
  let front: BybitFront
  var now = ServerTime(wall: start, monotonic: 5_000_000_000)

  init(_ settings: BybitSettings = BybitSettings(), eventsPerSecond: Double = 0) throws {
    simulation = try BybitSimulation(
      VenueSimulationSettings(seed: 11, startTime: Self.start, eventsPerSecond: eventsPerSecond),
      settings, schemes: [])
    front = simulation.venue
    front.tick(at: now)
  }

  deinit { simulation.end() }

  /// One without limits on requests.
  static func unlimited(eventsPerSecond: Double = 0) throws -> BybitSimulated {
    var settings = BybitSettings()
    settings.limits.countsAccounts = false
    settings.limits.requestsInFiveSeconds = .max
    return try BybitSimulated(settings, eventsPerSecond: eventsPerSecond)
  }

  var core: BybitCore { front.core }

  func advance(milliseconds: Int64) {
    for _ in 0..<max(1, milliseconds / 10) {
      now.wall += min(10, milliseconds) * 1_000_000
      now.monotonic += min(10, milliseconds) * 1_000_000
      front.tick(at: now)
    }
  }

  /// An HMAC key of an account.
  func key(_ account: AccountIndex = 1, _ permissions: Permissions = [.read, .trade]) -> VenueKey {
    let keys = core.keys.values.filter {
      $0.account == account && $0.scheme == .hmac && $0.permissions == permissions
    }
    return keys[keys.startIndex]
  }

  static func sign(_ text: String, _ key: VenueKey) -> String {
    Hexadecimal.text(VenueKey.hmac(Array(text.utf8), Array(key.secret.utf8)))
  }

  /// Sends a request of an account; `offset` milliseconds are added to its time.
  func send(
    _ method: String, _ path: String, _ payload: String, _ key: VenueKey, offset: Int64 = 0,
    signature: String? = nil
  ) -> HTTPResponse {
    let time = "\(now.milliseconds + offset)"
    var headers = HTTPHeaders()
    headers.add("X-BAPI-API-KEY", key.id)
    headers.add("X-BAPI-TIMESTAMP", time)
    headers.add("X-BAPI-SIGN", signature ?? Self.sign(time + key.id + "5000" + payload, key))
    headers.add("X-BAPI-RECV-WINDOW", "5000")
    let isGet = method == "GET"
    // Behind the answer, as the server does it.
    defer { core.streams.flush() }
    return front.respond(
      to: HTTPRequest(
        method: method, path: "/v5/" + path, query: isGet ? payload : nil, headers: headers,
        body: isGet ? [] : Array(payload.utf8)), at: now)
  }

  func get(_ path: String, _ query: String = "", account: AccountIndex = 1) throws -> JSONValue {
    try JSONValue.parse(send("GET", path, query, key(account)).body)
  }

  func post(_ path: String, _ body: JSONValue, account: AccountIndex = 1) throws -> JSONValue {
    try JSONValue.parse(send("POST", path, body.text, key(account)).body)
  }

  /// What a request that must work is answered.
  func result(_ answer: JSONValue) throws -> JSONValue {
    guard answer["retCode"] == 0, let result = answer["result"] else {
      throw Refused(text: answer.text)
    }
    return result
  }

  /// Places an order: its id.
  @discardableResult
  func place(
    _ category: String, _ side: String, _ quantity: String, _ price: String? = nil,
    account: AccountIndex = 1, more: [(key: String, value: JSONValue)] = []
  ) throws -> String {
    var members: [(key: String, value: JSONValue)] = [
      ("category", .string(category)), ("symbol", "BTCUSDT"), ("side", .string(side)),
      ("orderType", price == nil ? "Market" : "Limit"), ("qty", .string(quantity)),
    ]
    if let price { members.append(("price", .string(price))) }
    let answer = try post("order/create", .object(members + more), account: account)
    return try result(answer)["orderId"]?.string ?? ""
  }

  func order(_ category: String, _ id: String, account: AccountIndex = 1) throws -> JSONValue {
    let answer = try get("order/realtime", "category=\(category)&orderId=\(id)", account: account)
    guard let order = try result(answer)["list"]?.elements?.first else {
      throw Refused(text: answer.text)
    }
    return order
  }

  // MARK: Streams

  func publicSession(_ category: BybitCategory) -> (BybitPublicSession, KeptConnection) {
    let connection = KeptConnection()
    return (BybitPublicSession(connection, core, category, at: now), connection)
  }

  func logIn(_ key: VenueKey, expiresIn milliseconds: Int64 = 1_000) -> String {
    let expiry = now.milliseconds + milliseconds
    let signature = Self.sign("GET/realtime\(expiry)", key)
    return #"{"op":"auth","args":["\#(key.id)",\#(expiry),"\#(signature)"]}"#
  }

  /// A session that is logged in and listens to `topics`.
  func privateSession(_ topics: [String], account: AccountIndex = 1) throws -> (
    BybitPrivateSession, KeptConnection
  ) {
    let connection = KeptConnection()
    let session = BybitPrivateSession(connection, core, at: now)
    session.received(logIn(key(account)), at: now)
    let names = topics.map { "\"\($0)\"" }.joined(separator: ",")
    session.received(#"{"op":"subscribe","args":[\#(names)]}"#, at: now)
    guard try connection.take().allSatisfy({ $0["success"] == true }) else {
      throw Refused(text: connection.texts.joined())
    }
    return (session, connection)
  }

  func tradeSession(account: AccountIndex = 1) throws -> (BybitTradeSession, KeptConnection) {
    let connection = KeptConnection()
    let session = BybitTradeSession(connection, front, at: now)
    session.received(logIn(key(account)), at: now)
    guard try connection.take().first?["retCode"] == 0 else { throw Refused(text: "log-in") }
    return (session, connection)
  }
}

/// Recorded messages beside the package.
enum BybitRecorded {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "shared/data/venues/bybit")

  static var isThere: Bool { FileManager.default.fileExists(atPath: folder.path) }

  static func json(_ name: String) throws -> JSONValue {
    try JSONValue.parse([UInt8](Data(contentsOf: folder.appending(path: name))))
  }
}
