import Exchange
import Foundation
import TradingModel
import VenueServer

@testable import VenueSimulation

/// The simulated OKX without sockets, and a client of it.
final class OKXSimulated {
  /// 2025-08-01T00:00:00.000Z.
  static let start: Int64 = 1_754_006_400_000_000_000

  let simulation: OKXSimulation
  let front: OKXFront
  var now = ServerTime(wall: start, monotonic: 5_000_000_000)
  var core: OKXCore { front.core }

  init(_ settings: OKXSettings = OKXSettings(), eventsPerSecond: Double = 0) throws {
    simulation = try OKXSimulation(
      VenueSimulationSettings(
        seed: 11, startTime: Self.start, eventsPerSecond: eventsPerSecond), settings)
    front = simulation.okx
    front.tick(at: now)
  }

  func advance(milliseconds: Int64) {
    for _ in 0..<max(1, milliseconds / 10) {
      now.wall += min(10, milliseconds) * 1_000_000
      now.monotonic += min(10, milliseconds) * 1_000_000
      front.tick(at: now)
    }
  }

  /// A key of an account: 0 trades, 1 is the other one.
  func key(_ account: AccountIndex = 1, _ place: Int = 0) throws -> APIKey {
    guard let key = simulation.keys[account]?[place] else { throw OKXRefused(text: "no key") }
    return key
  }

  /// Sends a request as it stands.
  func send(
    _ method: String, _ target: String, _ headers: HTTPHeaders = HTTPHeaders(), body: String = ""
  ) -> HTTPResponse {
    let parts = target.split(separator: "?", maxSplits: 1).map(String.init)
    return front.respond(
      to: HTTPRequest(
        method: method, path: parts[0], query: parts.count > 1 ? parts[1] : nil,
        headers: headers, body: Array(body.utf8)), at: now)
  }

  /// Sends a signed request.
  func signed(
    _ method: String, _ target: String, body: String = "", account: AccountIndex = 1,
    key place: Int = 0
  ) throws -> HTTPResponse {
    let key = try key(account, place)
    let seconds = DecimalText.string(Int128(now.milliseconds), decimals: 3)
    let signature = OKXSignature.of(seconds + method + target + body, secret: key.secret)
    return send(
      method, target,
      [
        "OK-ACCESS-KEY": key.id, "OK-ACCESS-PASSPHRASE": key.passphrase,
        "OK-ACCESS-SIGN": signature, "OK-ACCESS-TIMESTAMP": seconds,
        "Content-Type": "application/json",
      ], body: body)
  }

  /// A signed request, parsed.
  func answer(
    _ method: String, _ path: String, _ body: JSONValue? = nil, account: AccountIndex = 1
  ) throws -> JSONValue {
    try JSONValue.parse(
      try signed(method, path, body: body?.text ?? "", account: account).body)
  }

  /// A public request, parsed.
  func get(_ target: String) throws -> JSONValue {
    try JSONValue.parse(send("GET", "/api/v5" + target).body)
  }

  /// Places an order: its acknowledgement.
  func place(
    _ instrument: String, _ side: String, _ type: String, _ size: String, _ price: String = "",
    account: AccountIndex = 1, more: [(key: String, value: JSONValue)] = []
  ) throws -> JSONValue {
    let mode = instrument.hasSuffix("SWAP") ? "cross" : "cash"
    let body: [(key: String, value: JSONValue)] = [
      ("instId", .string(instrument)), ("tdMode", .string(mode)), ("side", .string(side)),
      ("ordType", .string(type)), ("sz", .string(size)), ("px", .string(price)),
    ]
    let answer = try answer(
      "POST", "/api/v5/trade/order",
      .object(body.filter { name in !more.contains { $0.key == name.key } } + more),
      account: account)
    guard let ack = answer["data"]?.elements?.first else { throw OKXRefused(text: answer.text) }
    return ack
  }

  /// A session with its connection; logged in where an account is named.
  func session(_ kind: OKXSession.Kind, account: AccountIndex? = nil) throws -> (
    OKXSession, OKXConnection
  ) {
    let connection = OKXConnection()
    let session = OKXSession(connection, front, kind, at: now)
    if let account {
      let key = try key(account)
      let time = "\(now.milliseconds / 1000)"
      let sign = OKXSignature.of(time + "GET/users/self/verify", secret: key.secret)
      let argument: JSONValue = [
        "apiKey": .string(key.id), "passphrase": .string(key.passphrase),
        "timestamp": .string(time), "sign": .string(sign),
      ]
      session.received(
        JSONValue.object([("op", "login"), ("args", [argument])]).text, at: now)
    }
    return (session, connection)
  }

  /// Lets a session send an operation.
  func send(
    _ operation: String, _ arguments: [JSONValue], id: String? = nil, to session: OKXSession
  ) {
    var members: [(key: String, value: JSONValue)] = [
      ("op", .string(operation)), ("args", .array(arguments)),
    ]
    if let id { members.append(("id", .string(id))) }
    session.received(JSONValue.object(members).text, at: now)
  }
}

/// An answer that should have been another.
struct OKXRefused: Error { var text: String }

/// Recorded data beside the package.
enum OKXRecorded {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "shared/data")

  static var isThere: Bool {
    FileManager.default.fileExists(atPath: folder.appending(path: "venues").path)
  }

  static func json(_ path: String) throws -> JSONValue {
    try JSONValue.parse([UInt8](Data(contentsOf: folder.appending(path: path))))
  }
}

/// A connection that keeps what it is sent.
final class OKXConnection: ClientConnection {
  var texts: [String] = []
  var closed: (code: UInt16, reason: String)?
  var failure: ServerFailure?

  func send(_ text: String, _ kind: MessageKind) { texts.append(text) }
  func close(code: UInt16, reason: String) { closed = (code, reason) }
  func drawFailure(at now: ServerTime) -> ServerFailure? { failure }

  /// The messages, parsed; then there are none.
  func take() throws -> [JSONValue] {
    defer { texts = [] }
    return try texts.map { try JSONValue.parse($0) }
  }
}
