import CAllocationCount
import Runtime
import Testing

@testable import Transport

/// HTTP over sockets and TLS, against Python's own server and servers by hand.
@Suite struct HTTPConnectionTests {
  private let certificates: TestCertificates
  private let options: ConnectionOptions

  init() throws {
    certificates = try TestCertificates.shared.get()
    options = ConnectionOptions(tls: try TLSContext(trust: .file(certificates.authority)))
  }

  private func connection(_ scheme: String, port: UInt16, now: Int64? = nil) throws
    -> HTTPConnection
  {
    try HTTPConnection(
      try Endpoint("\(scheme)://localhost:\(port)"), at: SocketAddress("127.0.0.1", port: port)!,
      fields: [HTTPField("User-Agent", "needletail")], options: options,
      now: now ?? Clock.monotonic)
  }

  @Test func requestsAreAnsweredInOrder() throws {
    let server = try PythonPeers.http(certificates)
    var connection = try connection("https", port: server.port)
    check(connection.ask(.get, "/") == .refused(.notOpen))
    try check(connection.words() == "opened")
    for path in ["/plain", "/gzip", "/chunked", "/plain"] {
      _ = connection.ask(.post, path, #"{"order":"héllo"}"#)
    }
    _ = connection.ask(.delete, "/all")
    try check(connection.words() == #"0 200 {"order":"héllo"}"#)
    check(connection.field("x-path").map { String(decoding: $0, as: UTF8.self) } == "/plain")
    for number in 1...3 { try check(connection.words() == #"\#(number) 200 {"order":"héllo"}"#) }
    try check(connection.words() == "4 204 ")
    let long = String(repeating: "0123456789", count: 30_000)
    _ = connection.ask(.post, "/gzip", long)
    _ = connection.ask(.post, "/plain", long)
    try check(connection.words() == "5 200 " + long)
    try check(connection.words() == "6 200 " + long)
    check(connection.outstandingCount == 0)
    check(connection.traffic.messagesIn == 7)
    connection.close(now: Clock.monotonic)
    try check(connection.words() == "closed")
    check(connection.closeReason == .requested)
  }

  @Test func theServerCloses() throws {
    let server = try PythonPeers.http(certificates)
    var connection = try connection("https", port: server.port)
    _ = try connection.words()
    _ = connection.ask(.post, "/close", "bye")
    let behind = connection.ask(.post, "/plain", "too late")
    try check(connection.words() == "0 200 bye")
    check(connection.ask(.get, "/") == .refused(.notOpen))
    try check(connection.words() == "closed")
    check(connection.closeReason == .peer(code: nil, reason: ""))
    check(connection.outstandingCount == 1)
    guard case .accepted(number: 1, let mark) = behind else {
      Issue.record("\(behind)")
      return
    }
    check(connection.delivery(of: mark) == .mayHaveLeft)
  }

  @Test func halfAnAnswerIsNone() throws {
    let server = try PythonPeers.http(certificates)
    var connection = try connection("https", port: server.port)
    _ = try connection.words()
    _ = connection.ask(.post, "/cut", "0123456789")
    try check(connection.words() == "closed")
    switch connection.closeReason {
    case .tls(.truncated), .http(.truncated(unanswered: 1, _)): break
    default: Issue.record("\(String(describing: connection.closeReason))")
    }
  }

  @Test func anAnswerHasItsTime() throws {
    let server = try ListeningSocket()
    var connection = try connection("http", port: server.port)
    let peer = server.accept()
    _ = try connection.words()
    connection.beginRequest(.get, target: "/never")
    let start = Clock.monotonic
    _ = connection.endRequest(now: start)
    #expect(peer.receiveHead().hasPrefix("GET /never HTTP/1.1\r\nHost: localhost:"))
    _ = connection.doWork(now: start + options.responseTimeout)
    check(connection.next(now: start) == nil)
    _ = connection.doWork(now: start + options.responseTimeout + 1)
    guard case .closed = connection.next(now: start) else {
      Issue.record("it waits")
      return
    }
    check(connection.closeReason == .unanswered(nanoseconds: options.responseTimeout))
    check(connection.oldestOutstanding == 0)
  }

  @Test func theEndMayBeTheBodys() throws {
    let server = try ListeningSocket()
    var connection = try connection("http", port: server.port)
    let peer = server.accept()
    _ = try connection.words()
    _ = connection.ask(.get, "/")
    _ = peer.receiveHead()
    peer.send("HTTP/1.1 200 OK\r\n\r\nall of it")
    peer.finishSending()
    try check(connection.words() == "0 200 all of it")
    try check(connection.words() == "closed")
    check(connection.closeReason == .peer(code: nil, reason: ""))
  }

  @Test(arguments: [("SSH-2.0-x\r\n\r\n", true), ("HTTP/1.1 408 Bored\r\n\r\n", false)])
  func garbageAndWhatNobodyAsked(bytes: String, asks: Bool) throws {
    let server = try ListeningSocket()
    var connection = try connection("http", port: server.port)
    let peer = server.accept()
    _ = try connection.words()
    if asks {
      _ = connection.ask(.get, "/")
      _ = peer.receiveHead()
    }
    peer.send(bytes)
    try check(connection.words() == "closed")
    guard case .http = connection.closeReason else {
      Issue.record("\(String(describing: connection.closeReason))")
      return
    }
  }

  @Test func steadyUseAllocatesNothing() throws {
    let server = try ListeningSocket()
    var connection = try connection("http", port: server.port)
    let peer = server.accept()
    _ = try connection.words()
    let target = Array("/order".utf8)
    let order = Array(#"{"side":"BUY"}"#.utf8)
    let answer = Array("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}".utf8)
    let now = Clock.monotonic
    for round in 0..<20 {
      if round == 10 { AllocationCounter.start() }
      target.withUnsafeBytes { connection.beginRequest(.post, target: $0) }
      let sent = order.withUnsafeBytes { connection.endRequest(body: $0, now: now) }
      precondition(sent != .refused(.notOpen))
      peer.send(answer)
      var count = 0
      while count == 0 {
        _ = connection.doWork(now: now)
        while let event = connection.next(now: now) {
          if case .response(let response, _) = event { count += response.body.count }
        }
      }
    }
    let count = AllocationCounter.stop()
    #expect(count == AllocationCounter.Count(calls: 0, bytes: 0))
  }
}
