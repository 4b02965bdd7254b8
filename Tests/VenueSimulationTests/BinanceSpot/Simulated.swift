import Exchange
import Foundation
import TradingModel
import VenueServer

@testable import VenueSimulation

/// A simulated venue without sockets, and a client of it.
final class Simulated {
  static let start: Int64 = 1_754_000_000_000_000_000

  let simulation: BinanceSpotSimulation
  let front: BinanceSpotFront
  var now = ServerTime(wall: start, monotonic: 5_000_000_000)

  init(_ settings: BinanceSpotSettings = BinanceSpotSettings(), eventsPerSecond: Double = 0) throws
  {
    simulation = try BinanceSpotSimulation(
      VenueSimulationSettings(
        seed: 11, startTime: Self.start, eventsPerSecond: eventsPerSecond), settings,
      schemes: [.ed25519])
    front = simulation.spot
    front.tick(at: now)
  }

  deinit { simulation.end() }

  func advance(milliseconds: Int64) {
    for _ in 0..<max(1, milliseconds / 10) {
      now.wall += min(10, milliseconds) * 1_000_000
      now.monotonic += min(10, milliseconds) * 1_000_000
      front.tick(at: now)
    }
  }

  /// The first HMAC key of an account that may trade.
  func key(_ account: AccountIndex = 1) -> VenueKey {
    let keys = front.core.keys.keys.values.filter {
      $0.account == account && $0.scheme == .hmac && $0.permissions == [.read, .trade]
    }
    return keys[keys.startIndex]
  }

  /// Sends a request as it stands.
  func send(_ method: String, _ target: String, key: String? = nil, body: String = "")
    -> HTTPResponse
  {
    let parts = target.split(separator: "?", maxSplits: 1).map(String.init)
    var headers = HTTPHeaders()
    if let key { headers.add("X-MBX-APIKEY", key) }
    return front.respond(
      to: HTTPRequest(
        method: method, path: parts[0], query: parts.count > 1 ? parts[1] : nil,
        headers: headers, body: Array(body.utf8)), at: now)
  }

  /// Sends a signed request.
  func signed(
    _ method: String, _ path: String, _ query: String = "", account: AccountIndex = 1
  ) -> HTTPResponse {
    let key = key(account)
    let text =
      (query.isEmpty ? "" : query + "&") + "timestamp=\(now.milliseconds)"
    let signature = Hexadecimal.text(VenueKey.hmac(Array(text.utf8), Array(key.secret.utf8)))
    return send(method, "\(path)?\(text)&signature=\(signature)", key: key.id)
  }

  /// A signed request that must be answered with 200.
  func answer(
    _ method: String, _ path: String, _ query: String = "", account: AccountIndex = 1
  ) throws -> JSONValue {
    let response = signed(method, path, query, account: account)
    guard response.status == 200 else {
      throw Refused(text: String(decoding: response.body, as: UTF8.self))
    }
    return try JSONValue.parse(response.body)
  }

  /// Rests a limit order.
  @discardableResult
  func rest(
    _ side: String, _ price: String, _ quantity: String, account: AccountIndex, more: String = ""
  ) throws -> JSONValue {
    try answer(
      "POST", "/api/v3/order",
      "symbol=BTCUSDT&side=\(side)&type=LIMIT&timeInForce=GTC&quantity=\(quantity)"
        + "&price=\(price)\(more)", account: account)
  }
}

/// An answer that should have been none of an error.
struct Refused: Error { var text: String }

/// A connection that keeps what it is sent.
final class KeptConnection: ClientConnection {
  var texts: [String] = []
  var closed: (code: UInt16, reason: String)?

  func send(_ text: String, _ kind: MessageKind) { texts.append(text) }
  var failure: ServerFailure?

  func close(code: UInt16, reason: String) { closed = (code, reason) }
  func drawFailure(at now: ServerTime) -> ServerFailure? { failure }

  /// The messages, parsed; then there are none.
  func take() throws -> [JSONValue] {
    defer { texts = [] }
    return try texts.map { try JSONValue.parse($0) }
  }
}

extension Simulated {
  func streams(_ names: [String] = [], isCombined: Bool = false) -> (
    BinanceStreamSession, KeptConnection
  ) {
    let connection = KeptConnection()
    let session = BinanceStreamSession(
      connection, front.core.streams, unit: .milliseconds, isCombined: isCombined, names: names,
      messagesInSecond: front.settings.messagesInSecond, at: now
    ) { [core = front.core] in core.isStream($0) }
    return (session, connection)
  }

  func requests() -> (BinanceRequestSession<BinanceSpotCore>, KeptConnection) {
    let connection = KeptConnection()
    let session = BinanceRequestSession<BinanceSpotCore>(
      connection, front, unit: .milliseconds, returnsRateLimits: true, at: now)
    return (session, connection)
  }
}

/// Recorded data beside the package.
enum Recorded {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
    .appending(path: "shared/data")

  static var isThere: Bool {
    FileManager.default.fileExists(atPath: folder.appending(path: "venues").path)
  }

  static func json(_ path: String) throws -> JSONValue {
    try JSONValue.parse([UInt8](Data(contentsOf: folder.appending(path: path))))
  }
}
