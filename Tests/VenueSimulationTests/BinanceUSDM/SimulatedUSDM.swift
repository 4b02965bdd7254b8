import Exchange
import TradingModel
import VenueServer

@testable import VenueSimulation

/// Simulated USD-M futures without sockets, and a client of them.
final class SimulatedUSDM {
  static let start: Int64 = 1_754_000_000_000_000_000

  let simulation: BinanceUSDMSimulation
  let front: BinanceUSDMFront
  var core: BinanceUSDMCore { front.core }
  var now = ServerTime(wall: start, monotonic: 5_000_000_000)

  init(
    _ settings: BinanceSettings = BinanceUSDMSimulation.venueSettings,
    eventsPerSecond: Double = 0
  ) throws {
    simulation = try BinanceUSDMSimulation(
      VenueSimulationSettings(
        seed: 13, startTime: Self.start, eventsPerSecond: eventsPerSecond), settings,
      schemes: [.ed25519])
    front = simulation.usdm
    front.tick(at: now)
  }

  deinit { simulation.end() }

  func advance(milliseconds: Int64, step: Int64 = 10) {
    for _ in 0..<max(1, milliseconds / step) {
      now.wall += step * 1_000_000
      now.monotonic += step * 1_000_000
      front.tick(at: now)
    }
  }

  /// The first key of an account that may trade.
  func key(_ account: AccountIndex = 1, _ scheme: KeyScheme = .hmac) -> VenueKey {
    let keys = core.keys.keys.values.filter {
      $0.account == account && $0.scheme == scheme && $0.permissions == [.read, .trade]
    }
    return keys[keys.startIndex]
  }

  /// Sends a request as it stands.
  func send(_ method: String, _ target: String, key: String? = nil) -> HTTPResponse {
    let parts = target.split(separator: "?", maxSplits: 1).map(String.init)
    var headers = HTTPHeaders()
    if let key { headers.add("X-MBX-APIKEY", key) }
    return front.respond(
      to: HTTPRequest(
        method: method, path: parts[0], query: parts.count > 1 ? parts[1] : nil,
        headers: headers, body: []), at: now)
  }

  /// Sends a signed request.
  func signed(
    _ method: String, _ path: String, _ query: String = "", account: AccountIndex = 1
  ) -> HTTPResponse {
    let key = key(account)
    let text = (query.isEmpty ? "" : query + "&") + "timestamp=\(now.milliseconds)"
    let signature = Hexadecimal.text(VenueKey.hmac(Array(text.utf8), Array(key.secret.utf8)))
    return send(method, "/fapi/\(path)?\(text)&signature=\(signature)", key: key.id)
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

  /// The code of a refusal; nil where there is none.
  func code(
    _ method: String, _ path: String, _ query: String = "", account: AccountIndex = 1
  ) -> Int64? {
    let response = signed(method, path, query, account: account)
    if response.status == 200 { return nil }
    return (try? JSONValue.parse(response.body))?["code"]?.integer
  }

  /// A limit order of BTCUSDT.
  @discardableResult
  func limit(
    _ side: String, _ price: String, _ quantity: String, account: AccountIndex = 1,
    _ more: String = ""
  ) throws -> JSONValue {
    try answer(
      "POST", "v1/order",
      "symbol=BTCUSDT&side=\(side)&type=LIMIT&timeInForce=GTC&quantity=\(quantity)"
        + "&price=\(price)&newOrderRespType=RESULT\(more)", account: account)
  }

  /// A market order of BTCUSDT.
  @discardableResult
  func market(_ side: String, _ quantity: String, account: AccountIndex = 1, _ more: String = "")
    throws -> JSONValue
  {
    try answer(
      "POST", "v1/order",
      "symbol=BTCUSDT&side=\(side)&type=MARKET&quantity=\(quantity)&newOrderRespType=RESULT\(more)",
      account: account)
  }

  func streams(_ names: [String] = [], isCombined: Bool = false) -> (
    BinanceStreamSession, KeptConnection
  ) {
    let connection = KeptConnection()
    let session = BinanceStreamSession(
      connection, core.streams, unit: .milliseconds, isCombined: isCombined, names: names,
      messagesInSecond: front.settings.messagesInSecond, at: now
    ) { [core] in core.isStream($0) }
    return (session, connection)
  }

  /// The user stream of an account by its listen key.
  func userStream(_ account: AccountIndex = 1) throws -> (String, KeptConnection) {
    let response = send("POST", "/fapi/v1/listenKey", key: key(account).id)
    guard let key = try JSONValue.parse(response.body)["listenKey"]?.string else {
      throw Refused(text: "no listen key")
    }
    return (key, streams([key]).1)
  }

  func requests() -> (BinanceRequestSession<BinanceUSDMCore>, KeptConnection) {
    let connection = KeptConnection()
    let session = BinanceRequestSession<BinanceUSDMCore>(
      connection, front, unit: .milliseconds, returnsRateLimits: true, at: now)
    return (session, connection)
  }
}
