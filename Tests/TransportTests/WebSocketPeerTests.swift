import CAllocationCount
import Glibc
import LowLatency
import Runtime
import Testing

@testable import Transport

/// WebSocket over sockets and TLS, against the library `websockets`.
@Suite(.enabled("PyPI can be reached") { PythonPeers.isReachable() })
struct WebSocketPeerTests {
  private let certificates: TestCertificates
  private let options: ConnectionOptions

  init() throws {
    certificates = try TestCertificates.shared.get()
    options = ConnectionOptions(tls: try TLSContext(trust: .file(certificates.authority)))
  }

  private func connection(
    _ server: ServerProcess, scheme: String = "wss", path: String = "/", compression: Bool = false,
    _ options: ConnectionOptions? = nil
  ) throws -> WebSocketConnection {
    let endpoint = try Endpoint("\(scheme)://localhost:\(server.port)\(path)")
    return try WebSocketConnection(
      endpoint, at: SocketAddress("127.0.0.1", port: server.port)!,
      request: WebSocketRequest(
        host: endpoint.authority, target: endpoint.target, offersCompression: compression),
      options: options ?? self.options, now: Clock.monotonic)
  }

  @Test(arguments: ["ws", "wss"], [("/", false), ("/", true), ("/compressed", true)])
  func messagesGoBothWays(scheme: String, way: (path: String, offers: Bool)) throws {
    let server = try PythonPeers.webSocket(scheme == "wss" ? certificates : nil)
    var connection = try connection(
      server, scheme: scheme, path: way.path, compression: way.offers)
    check(connection.send(text: "early") == .notOpen)
    try check(connection.words() == "opened")
    check(connection.isCompressed == (way.path == "/compressed"))
    let mark = try #require(connection.send(text: "héllo").mark)
    try check(connection.words() == "text héllo")
    check(connection.delivery(of: mark) == .mayHaveLeft)
    _ = [1, 2, 255].withUnsafeBytes { connection.send(binary: .init(rebasing: $0.prefix(1))) }
    try check(connection.words() == "binary [1]")
    _ = connection.send(text: "")
    try check(connection.words() == "text ")
    let long = String(repeating: "needletail ", count: 30_000)
    _ = connection.send(text: long)
    try check(connection.words() == "text " + long)
    _ = connection.send(text: "burst 500 300")
    for number in 0..<500 {
      try check(connection.words() == "text \(number) " + String(repeating: "x", count: 300))
    }
    _ = connection.send(text: "ping")
    try check(connection.words() == "text pong came")
    check(connection.traffic.messagesIn == 505)
    check(connection.traffic.messagesOut == 6)
    connection.close(code: 3001, reason: "done", now: Clock.monotonic)
    check(connection.state == .closing)
    check(connection.send(text: "late") == .notOpen)
    try check(connection.words() == "closed")
    check(connection.closeReason == .requested)
    check(connection.state == .closed)
    check(connection.next(now: 0) == nil)
  }

  @Test func theServerCloses() throws {
    let server = try PythonPeers.webSocket(certificates)
    var connection = try connection(server)
    _ = try connection.words()
    _ = connection.send(text: "close 4001 enough is enough")
    try check(connection.words() == "closed")
    check(connection.closeReason == .peer(code: 4001, reason: "enough is enough"))
  }

  @Test(arguments: ["/", "/compressed"])
  func steadyUseAllocatesNothing(path: String) throws {
    let server = try PythonPeers.webSocket(certificates)
    var connection = try connection(server, path: path, compression: true)
    _ = try connection.words()
    let order = Array(#"{"id":1,"method":"order.place","params":{"side":"BUY"}}"#.utf8)
    for round in 0..<40 {
      if round == 20 { AllocationCounter.start() }
      let sent = order.withUnsafeBytes { connection.send(text: $0) }
      precondition(sent != .notOpen)
      var count = 0
      while count == 0 {
        let now = Clock.monotonic
        _ = connection.doWork(now: now)
        while let event = connection.next(now: now) {
          if case .text(let bytes) = event { count += bytes.count }
        }
      }
    }
    let count = AllocationCounter.stop()
    #expect(count == AllocationCounter.Count(calls: 0, bytes: 0))
  }

  @Test func theServerHangsUp() throws {
    let server = try PythonPeers.webSocket(certificates)
    var connection = try connection(server)
    _ = try connection.words()
    _ = connection.send(text: "hang up")
    try check(connection.words() == "closed")
    switch connection.closeReason {
    case .tls(.truncated), .socket: break
    default: Issue.record("\(String(describing: connection.closeReason))")
    }
  }

  @Test func theServerRefuses() throws {
    let server = try PythonPeers.webSocket(certificates)
    var connection = try connection(server, path: "/refused")
    try check(connection.words() == "closed")
    check(connection.closeReason == .webSocket(.refused(status: 403)))
  }

  @Test func roundTripsAreMeasured() throws {
    let server = try PythonPeers.webSocket(certificates)
    var options = options
    options.pingInterval = 1_000_000
    var connection = try connection(server, options)
    var health = ConnectionHealth(silenceMax: 1_000_000_000)
    health.began()
    _ = try connection.words()
    _ = try turning { () -> Bool? in
      let now = Clock.monotonic
      _ = connection.doWork(now: now)
      while let event = connection.next(now: now) {
        if case .pong(let roundTrip) = event { health.recordRoundTrip(roundTrip) }
      }
      health.observe(connection.state, connection.traffic, at: now)
      return health.roundTrips.count >= 20 ? true : nil
    }
    check(health.roundTrips.min > 0)
    check(health.openCount == 1)
    check(health.traffic.bytesIn > 0)
  }

  /// A server that dies is come back to, as long as that takes.
  @Test func aConnectionIsMadeAgain() throws {
    var server = try PythonPeers.webSocket(certificates)
    let port = server.port
    var backoff = Backoff(seed: 1)
    var health = ConnectionHealth(silenceMax: 1_000_000_000)
    for round in 0..<3 {
      var connection = try connection(server)
      health.began()
      let event = try connection.words()
      let now = Clock.monotonic
      health.observe(connection.state, connection.traffic, at: now)
      if round == 1 {
        #expect(event == "closed")
        check(connection.closeReason == .socket(SocketError(.connect, ECONNREFUSED)))
        health.ended(connection.closeReason, connection.traffic, at: now)
        #expect(backoff.closed(at: now) > backoff.policy.first / 2)
        server = try PythonPeers.webSocket(certificates)
        continue
      }
      #expect(event == "opened")
      backoff.opened(at: now)
      _ = connection.send(text: "\(round)")
      try check(connection.words() == "text \(round)")
      server.stop()
      try check(connection.words() == "closed")
      health.ended(connection.closeReason, connection.traffic, at: now)
      #expect(backoff.closed(at: now) <= backoff.policy.prompt)
    }
    #expect(port != 0)
    check(health.attemptCount == 3)
    check(health.reconnectCount == 1)
  }
}
