import Foundation
import Testing
import VenueServer

@testable import VenueSimulation

/// Products that go on from what an earlier process left. That process is ended by taking away the
/// directory from under it: a copy of it is what a kill at that moment leaves.
@Suite(.serialized) struct DurabilityTests {
  private func inFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "needletail-state-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.path)
  }

  private static func serve(
    _ directory: String, seed: UInt64 = 5, rate: Double = 0, startTime: Int64 = now(),
    _ kind: any VenueSimulation.Type = BinanceSpotSimulation.self
  ) throws -> BackgroundSimulation {
    try BackgroundSimulation {
      try SimulationServer(
        [kind],
        VenueSimulationSettings(seed: seed, startTime: startTime, eventsPerSecond: rate),
        isSecure: false, state: try SimulationState(directory))
    }
  }

  private static func now() -> Int64 { Int64(Date().timeIntervalSince1970 * 1000) * 1_000_000 }

  /// Two orders that rest and one that is filled; then one of the two is canceled.
  private func trade(_ client: BinanceClient) throws {
    let first = try client.signed(
      "POST", "/api/v3/order",
      "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.5&price=20000"
        + "&newClientOrderId=first")
    #expect(first["status"]?.string == "NEW")
    _ = try client.signed(
      "POST", "/api/v3/order",
      "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.1&price=20001"
        + "&newClientOrderId=second")
    let sold = try client.signed(
      "POST", "/api/v3/order",
      "symbol=BTCUSDT&side=SELL&type=LIMIT&timeInForce=GTC&quantity=0.2&price=20000",
      account: 1)
    #expect(sold["status"]?.string == "FILLED" || sold["status"]?.string == "PARTIALLY_FILLED")
    let canceled = try client.signed(
      "DELETE", "/api/v3/order", "symbol=BTCUSDT&origClientOrderId=second")
    #expect(canceled["code"] != nil || canceled["status"]?.string == "CANCELED")
  }

  /// Accounts are the same text. The state's hash counts the exchange's time too, so it is another a moment
  /// later; but the state that was answered before the kill, its hash with it, is compared by the replay,
  /// which refuses to go on from another one.
  @Test(arguments: [0.0, 200]) func aKilledVenueGoesOn(rate: Double) throws {
    try inFolder { folder in
      let server = try Self.serve(folder + "/a", rate: rate)
      let client = try BinanceClient(server.ready)
      try trade(client)
      let stream = try RawConnection(client.port)
      try stream.send(
        "GET /ws/btcusdt@trade HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
          + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n")
      #expect(try stream.receiveSome().hasPrefix("HTTP/1.1 101"))
      usleep(300_000)
      let before = try client.state()
      try FileManager.default.copyItem(atPath: folder + "/a", toPath: folder + "/b")
      server.stop()
      stream.close()

      // Another start time on the command line changes nothing.
      let again = try Self.serve(folder + "/b", rate: rate, startTime: Self.now() + 1_000_000)
      #expect(
        Self.withoutDirectory(again.ready.text, folder)
          == Self.withoutDirectory(server.ready.text, folder))
      let after = try client.state()
      #expect(after["accounts"]?.text == before["accounts"]?.text)
      #expect(after["brokenInvariants"]?.elements?.count == 0)
      let canceled = try client.signed(
        "DELETE", "/api/v3/order", "symbol=BTCUSDT&origClientOrderId=first")
      #expect(canceled["status"]?.string == "CANCELED")
      let last = try client.state()
      again.stop()

      // An orderly end is as good.
      let third = try Self.serve(folder + "/b", rate: rate)
      #expect(try client.state()["accounts"]?.text == last["accounts"]?.text)
      third.stop()
    }
  }

  private static func withoutDirectory(_ text: String, _ folder: String) -> String {
    text.replacing(folder + "/a/", with: "").replacing(folder + "/b/", with: "")
      .replacing("\\/", with: "/")
  }

  /// What was to be canceled while nobody served is canceled when somebody does again.
  @Test func aDeadMansSwitchOutlivesItsVenue() throws {
    try inFolder { folder in
      let server = try Self.serve(folder + "/a", BinanceUSDMSimulation.self)
      let client = try BinanceClient(server.ready, "binance-usdm")
      let order = "symbol=BTCUSDT&origClientOrderId=left"
      _ = try client.signed(
        "POST", "/fapi/v1/order",
        "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.5&price=59000"
          + "&newClientOrderId=left")
      let set = try client.signed(
        "POST", "/fapi/v1/countdownCancelAll", "symbol=BTCUSDT&countdownTime=3000")
      #expect(set["countdownTime"]?.string == "3000")
      #expect(try client.signed("GET", "/fapi/v1/order", order)["status"]?.string == "NEW")
      server.stop()
      usleep(3_200_000)
      let again = try Self.serve(folder + "/a", BinanceUSDMSimulation.self)
      defer { again.stop() }
      #expect(try client.signed("GET", "/fapi/v1/order", order)["status"]?.string == "CANCELED")
    }
  }

  @Test func otherSettingsAreRefusedByName() throws {
    try inFolder { folder in
      try Self.serve(folder + "/a").stop()
      let error = #expect(throws: BackgroundSimulation.Failure.self) {
        try Self.serve(folder + "/a", seed: 6)
      }
      #expect(error?.description.contains("settings.json: seed: it was started with '5'") == true)
    }
  }

  @Test func twoProcessesDoNotShareADirectory() throws {
    try inFolder { folder in
      let server = try Self.serve(folder + "/a")
      defer { server.stop() }
      let error = #expect(throws: BackgroundSimulation.Failure.self) {
        try Self.serve(folder + "/a")
      }
      #expect(error?.description.contains("another process") == true)
    }
  }

  @Test func aDamagedLogIsRefusedWithItsPlace() throws {
    try inFolder { folder in
      let server = try Self.serve(folder + "/a")
      try trade(BinanceClient(server.ready))
      server.stop()
      let path = folder + "/a/binance-spot/inputs.log"
      var bytes = try Data(contentsOf: URL(filePath: path))
      bytes[bytes.count / 2] ^= 1
      try bytes.write(to: URL(filePath: path))
      let error = #expect(throws: BackgroundSimulation.Failure.self) {
        try Self.serve(folder + "/a")
      }
      #expect(error?.description.hasPrefix("binance-spot: \(path): at byte ") == true)
    }
  }
}

/// Signed requests over loopback.
private struct BinanceClient {
  let port: UInt16
  private let adminPort: UInt16
  private let accounts: [(id: String, secret: String)]

  init(_ ready: JSONValue, _ name: String = "binance-spot") throws {
    let product = try #require(ready["products"]?[name])
    func port(_ address: JSONValue?) throws -> UInt16 {
      try #require(address?.string?.split(separator: ":").last.flatMap { UInt16($0) })
    }
    self.port = try port(product["endpoints"]?["rest"])
    adminPort = try port(ready["admin"])
    accounts = try #require(product["accounts"]?.elements).map {
      let key = try #require($0["keys"]?.elements?.first)
      return (try #require(key["apiKey"]?.string), try #require(key["secret"]?.string))
    }
  }

  func signed(_ method: String, _ path: String, _ query: String, account: Int = 0) throws
    -> JSONValue
  {
    let time = Int64(Date().timeIntervalSince1970 * 1000)
    let text = "\(query)&timestamp=\(time)&recvWindow=60000"
    let key = accounts[account]
    let signature = Hexadecimal.text(VenueKey.hmac(Array(text.utf8), Array(key.secret.utf8)))
    return try Self.ask(
      port,
      "\(method) \(path)?\(text)&signature=\(signature) HTTP/1.1\r\nX-MBX-APIKEY: \(key.id)\r\n")
  }

  func state() throws -> JSONValue {
    let all = try Self.ask(adminPort, "GET /admin/state HTTP/1.1\r\n")
    return try #require(all["binance-spot"]?["venue"])
  }

  private static func ask(_ port: UInt16, _ head: String) throws -> JSONValue {
    let connection = try RawConnection(port)
    defer { connection.close() }
    try connection.send(head + "Host: localhost\r\nConnection: close\r\n\r\n")
    var all = ""
    while case let more = try connection.receiveSome(), !more.isEmpty { all += more }
    let body = try #require(all.range(of: "\r\n\r\n").map { all[$0.upperBound...] })
    return try JSONValue.parse(String(body))
  }
}

private struct RawConnection {
  private let socket: Int32
  struct Failed: Error { var step: String }

  init(_ port: UInt16) throws {
    socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var limit = timeval(tv_sec: 10, tv_usec: 0)
    setsockopt(
      socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    if result != 0 { throw Failed(step: "connecting to \(port)") }
  }

  func send(_ text: String) throws {
    let bytes = Array(text.utf8)
    guard write(socket, bytes, bytes.count) == bytes.count else { throw Failed(step: "sending") }
  }

  /// Empty at the end.
  func receiveSome() throws -> String {
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    let count = read(socket, &bytes, bytes.count)
    if count < 0 { throw Failed(step: "receiving") }
    return String(decoding: bytes.prefix(count), as: UTF8.self)
  }

  func close() { _ = Glibc.close(socket) }
}
