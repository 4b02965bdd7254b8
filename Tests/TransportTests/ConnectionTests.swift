import CAllocationCount
import Glibc
import Runtime
import Testing

@testable import Transport

/// Bytes over sockets and TLS, against openssl's own server and servers by hand.
@Suite struct ConnectionTests {
  private let certificates: TestCertificates
  private let options: ConnectionOptions

  init() throws {
    certificates = try TestCertificates.shared.get()
    options = ConnectionOptions(tls: try TLSContext(trust: .file(certificates.authority)))
  }

  private func loopback(_ port: UInt16) -> SocketAddress {
    SocketAddress("127.0.0.1", port: port)!
  }

  private func connection(
    _ url: String, port: UInt16, _ options: ConnectionOptions? = nil, limit: Int = 1 << 20
  ) throws -> Connection {
    Connection(
      try Endpoint(url), at: loopback(port), options: options ?? self.options,
      outputByteCountMax: limit, now: Clock.monotonic)
  }

  @Test func bytesGoBothWays() throws {
    let server = try certificates.server("good", ["-rev", "-alpn", "http/1.1"])
    var connection = try connection("https://localhost:\(server.port)", port: server.port)
    check(connection.send("early\n") == .notOpen)
    let refusal = try connection.opening()
    #expect(refusal == nil)
    let before = Clock.realtime
    let sent = connection.send("needle\n")
    let mark = try #require(sent.mark)
    try check(connection.line() == "eldeen\n")
    check(connection.delivery(of: mark) == .mayHaveLeft)
    let age = connection.receiveTime - before
    #expect(age > -1_000_000_000 && age < 20_000_000_000)
    // A kernel begins to stamp some moments after it was asked to.
    _ = try turning { () -> Bool? in
      if connection.hasKernelTime { return true }
      _ = connection.send("again\n")
      _ = try connection.line()
      return nil
    }
    let long = String(repeating: "ab", count: 5000) + "\n"
    for _ in 0..<20 { _ = connection.send(long) }
    for _ in 0..<20 { try check(connection.line().utf8.count == 10_001) }
    check(connection.traffic.bytesOut > 200_000)
    check(connection.traffic.bytesIn > 200_000)
    _ = connection.send("CLOSE\n")
    try check(connection.ending() == .peer(code: nil, reason: ""))
    check(connection.state == .closed)
    check(connection.send("late") == .notOpen)
  }

  @Test func closingInOrder() throws {
    let server = try certificates.server("good")
    var connection = try connection("https://localhost", port: server.port)
    _ = try connection.opening()
    connection.close(now: Clock.monotonic)
    check(connection.state == .closing)
    check(connection.send("x") == .notOpen)
    try check(connection.ending() == .requested)
  }

  @Test(arguments: [("other", 62), ("expired", 10), ("self", 18)])
  func aWrongCertificateIsRefused(certificate: String, code: Int) throws {
    let server = try certificates.server(certificate)
    var connection = try connection("https://localhost", port: server.port)
    let reason = try connection.opening()
    guard case .tls(.certificate("localhost", _, code)) = reason else {
      Issue.record("\(String(describing: reason))")
      return
    }
  }

  @Test func aWrongHostNameIsRefused() throws {
    let server = try certificates.server("good")
    for host in ["venue.example", "127.0.0.2"] {
      var connection = try connection("https://\(host)", port: server.port)
      guard case .tls(.certificate(host, _, _)) = try connection.opening() else {
        Issue.record("accepted")
        return
      }
    }
  }

  @Test func trustIsTheSystemsUnlessAdded() throws {
    let server = try certificates.server("good")
    var options = ConnectionOptions(tls: try TLSContext())
    var first = try connection("https://localhost", port: server.port, options)
    guard case .tls(.certificate) = try first.opening() else {
      Issue.record("accepted")
      return
    }
    options.tls = try TLSContext(trust: .systemAnd(file: certificates.authority))
    var second = try connection("https://localhost", port: server.port, options)
    try check(second.opening() == nil)
    options.tls = nil
    var third = try connection("https://localhost", port: server.port, options)
    guard case .tls(.setUp) = try third.opening() else {
      Issue.record("no trust was enough")
      return
    }
  }

  @Test func plainTextStaysOnThisMachine() throws {
    let endpoint = try Endpoint("http://localhost:9")
    let other = try #require(SocketAddress("192.0.2.1", port: 9))
    var connection = Connection(endpoint, at: other, options: options, now: 0)
    check(connection.closeReason == .plainText(address: other))
    check(connection.state == .closed)
    check(connection.doWork(now: 1) == 0)
  }

  @Test func nobodyListens() throws {
    let server = try ListeningSocket(listens: false)
    var connection = try connection("http://localhost", port: server.port)
    try check(connection.ending() == .socket(SocketError(.connect, ECONNREFUSED)))
  }

  @Test func theNewerProtocolWorksAsWell() throws {
    let server: ListeningSocket
    do { server = try ListeningSocket(family: .ipv6) } catch {
      print("skipping IPv6: this machine has no ::1")
      return
    }
    var connection = Connection(
      try Endpoint("http://[::1]:\(server.port)"), at: SocketAddress("::1", port: server.port)!,
      options: options, now: Clock.monotonic)
    let peer = server.accept()
    try check(connection.opening() == nil)
    check(connection.localAddress?.family == .ipv6)
    _ = connection.send("ping\n")
    #expect(peer.receive() == Array("ping\n".utf8))
    peer.send("pong\n")
    try check(connection.line() == "pong\n")
  }

  @Test func garbageAndSilenceInsteadOfTLS() throws {
    let server = try ListeningSocket()
    var first = try connection("https://localhost", port: server.port)
    _ = first.doWork(now: Clock.monotonic)
    let peer = server.accept()
    peer.send("HTTP/1.1 400 Bad Request\r\n\r\n")
    guard case .tls(.handshake("localhost", "wrong version number", _)) = try first.ending() else {
      Issue.record("garbage was accepted")
      return
    }
    // Time is ours to give: the peer says nothing until the handshake's time is over.
    var second = try connection("https://localhost", port: server.port)
    let silent = server.accept()
    let start = try turning { () -> Int64? in
      let now = Clock.monotonic
      _ = second.doWork(now: now)
      return second.state == .handshaking ? now : nil
    }
    check(second.state == .handshaking)
    _ = second.doWork(now: start + options.handshakeTimeout + 1)
    check(
      second.closeReason == .timeout(.handshaking, nanoseconds: options.handshakeTimeout))
    _ = silent
  }

  @Test func theEndOfPlainBytes() throws {
    let server = try ListeningSocket()
    var connection = try connection("http://localhost", port: server.port)
    let peer = server.accept()
    _ = try connection.opening()
    peer.send("one\ntwo\n")
    peer.finishSending()
    try check(connection.ending() == .peer(code: nil, reason: ""))
    try check(connection.line() == "one\n")
    try check(connection.line() == "two\n")
  }

  @Test(arguments: ["http", "https"])
  func whatNeverLeftIsKnown(scheme: String) throws {
    let tls = scheme == "https"
    // A server that does not read: openssl's, stopped, or one by hand.
    let process = tls ? try certificates.server("good") : nil
    let server = try ListeningSocket(receiveByteCount: 4096)
    let port = process?.port ?? server.port
    var connection = try connection("\(scheme)://localhost", port: port, limit: 300_000)
    let peer = tls ? nil : server.accept()
    _ = try connection.opening()
    process?.pause()
    let message = [UInt8](repeating: 0x61, count: 50_000)
    var marks: [SendMark] = []
    let refusal = try turning { () -> SendResult? in
      _ = connection.doWork(now: Clock.monotonic)
      let result = message.withUnsafeBytes { connection.send($0) }
      if let mark = result.mark { marks.append(mark) }
      return result.mark == nil ? result : nil
    }
    #expect(refusal == .backPressured)
    check([UInt8](repeating: 0, count: 300_001).withUnsafeBytes { connection.send($0) } == .tooLong)
    check(connection.delivery(of: marks[0]) == .mayHaveLeft)
    let last = try #require(marks.last)
    check(connection.delivery(of: last) == .waiting)
    peer?.reset()
    process?.stop()
    _ = try connection.ending()
    check(connection.delivery(of: marks[0]) == .mayHaveLeft)
    check(connection.delivery(of: last) == .notSent)
    // Once something has not left, nothing behind it has.
    let states = marks.map { connection.delivery(of: $0) }
    let border = states.firstIndex(of: .notSent) ?? states.count
    #expect(states[border...].allSatisfy { $0 == .notSent })
    #expect(states[..<border].allSatisfy { $0 == .mayHaveLeft })
    // A mark of another connection is never taken for one of ours.
    var other = try self.connection("http://localhost", port: server.port)
    check(other.delivery(of: last) == .mayHaveLeft)
    other.close(now: 0)
  }

  @Test func theSourceAddressIsChosen() throws {
    let server = try ListeningSocket()
    var options = options
    options.source = SocketAddress("127.0.0.5", port: 0)
    var connection = try connection("http://localhost", port: server.port, options)
    _ = try connection.opening()
    check(connection.localAddress.map { "\($0)" }?.hasPrefix("127.0.0.5:") == true)
    options.source = SocketAddress("192.0.2.9", port: 0)
    var bad = try self.connection("http://localhost", port: server.port, options)
    check(bad.closeReason == .socket(SocketError(.bind, EADDRNOTAVAIL)))
    check(bad.doWork(now: 0) == 0)
  }

  @Test func connectingTakesItsTimeOnly() throws {
    // A full backlog answers no more.
    let server = try ListeningSocket()
    var waiting: [BlockingSocketCount] = []
    for _ in 0..<32 { waiting.append(BlockingSocketCount(port: server.port)) }
    let start = Clock.monotonic
    var connection = Connection(
      try Endpoint("http://localhost"), at: loopback(server.port), options: options, now: start)
    _ = connection.doWork(now: start)
    check(connection.state == .connecting)
    _ = connection.doWork(now: start + options.connectTimeout + 1)
    check(connection.closeReason == .timeout(.connecting, nanoseconds: options.connectTimeout))
  }

  @Test func steadyUseAllocatesNothing() throws {
    let server = try certificates.server("good")
    var connection = try connection("https://localhost", port: server.port)
    _ = try connection.opening()
    let text = Array("needle\n".utf8)
    for round in 0..<20 {
      if round == 10 { AllocationCounter.start() }
      let sent = text.withUnsafeBytes { connection.send($0) }
      precondition(sent != .notOpen)
      while connection.received.count < text.count { _ = connection.doWork(now: Clock.monotonic) }
      connection.consume(text.count)
    }
    let count = AllocationCounter.stop()
    #expect(count == AllocationCounter.Count(calls: 0, bytes: 0))
  }

  @Test func sessionsAreResumed() throws {
    let server = try certificates.server("good", ["-rev", "-tls1_3"])
    var first = try connection("https://localhost", port: server.port)
    _ = try first.opening()
    _ = first.send("a\n")
    try check(first.line() == "a\n")
    var options = options
    options.session = first.session
    #expect(options.session != nil)
    first.close(now: Clock.monotonic)
    _ = try first.ending()
    var second = try connection("https://localhost", port: server.port, options)
    try check(second.opening() == nil)
    let bytes = second.traffic.bytesIn
    // Without a certificate the server's greeting is short.
    #expect(bytes < 600)
  }
}

/// A connection that is begun and not waited for.
private final class BlockingSocketCount {
  private let socket: TCPSocketBox?
  init(port: UInt16) { socket = TCPSocketBox(port) }
}

private final class TCPSocketBox {
  private var socket: TCPSocket?
  init?(_ port: UInt16) {
    socket = try? TCPSocket(to: SocketAddress("127.0.0.1", port: port)!, from: nil)
  }
}
