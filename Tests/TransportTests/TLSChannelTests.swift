import CAllocationCount
import LowLatency
import Runtime
import Testing

@testable import Transport

/// A channel and the socket that carries its bytes.
private struct TLSPair: ~Copyable {
  var channel: TLSChannel
  var outgoing: ByteQueue
  let socket: BlockingSocket
  /// At most so many encrypted bytes are handed over at once.
  let cut: Int

  init(
    port: UInt16, context: TLSContext, host: String = "localhost", session: TLSSession? = nil,
    cut: Int = 65536
  ) throws {
    let channel = try TLSChannel(context, host: host, resuming: session)
    socket = try BlockingSocket(port: port)
    self.channel = channel
    self.cut = cut
    outgoing = ByteQueue(capacity: 1 << 16, limit: 1 << 16)
  }

  mutating func flush() {
    channel.takeEncrypted(into: &outgoing)
    socket.send(outgoing.bytes)
    outgoing.removeAll()
  }

  /// Hands over what came from the socket; false at its end.
  mutating func turn() throws -> Bool {
    flush()
    let bytes = socket.receive(limit: cut)
    try bytes.withUnsafeBytes { try channel.receive($0) }
    flush()
    if bytes.isEmpty { try channel.peerEnded() }
    return !bytes.isEmpty
  }

  mutating func shakeHands() throws {
    while channel.state == .handshaking { _ = try turn() }
  }

  mutating func write(_ text: String) throws {
    try Array(text.utf8).withUnsafeBytes { try channel.write($0) }
    flush()
  }

  /// Plain text up to the next end of a line, or to the end.
  mutating func line() throws -> String {
    var text: [UInt8] = []
    var room = [UInt8](repeating: 0, count: 16384)
    while text.last != 10 {
      switch try room.withUnsafeMutableBytes({ try channel.read(into: $0) }) {
      case .bytes(let count): text += room.prefix(count)
      case .nothing: if !(try turn()) { return String(decoding: text, as: UTF8.self) }
      case .end: return String(decoding: text, as: UTF8.self)
      }
    }
    return String(decoding: text, as: UTF8.self)
  }
}

@Suite struct TLSChannelTests {
  private let certificates: TestCertificates
  private let context: TLSContext

  init() throws {
    certificates = try TestCertificates.shared.get()
    context = try TLSContext(trust: .file(certificates.authority))
  }

  @Test(arguments: ["-tls1_2", "-tls1_3"], [1, 7, 65536])
  func aGoodServerEchoes(version: String, cut: Int) throws {
    let server = try certificates.server("good", ["-rev", version, "-alpn", "http/1.1"])
    var pair = try TLSPair(port: server.port, context: context, cut: cut)
    try pair.shakeHands()
    check(pair.channel.version == (version == "-tls1_2" ? "TLSv1.2" : "TLSv1.3"))
    try pair.write("needle\n")
    try check(pair.line() == "eldeen\n")
    let long = String(repeating: "ab", count: 5000)
    try pair.write(long + "\n")
    try check(pair.line() == String(long.reversed()) + "\n")
  }

  @Test func anAddressIsCheckedAgainstAddresses() throws {
    let server = try certificates.server("good")
    var pair = try TLSPair(port: server.port, context: context, host: "127.0.0.1")
    try pair.shakeHands()
    #expect(refusal(certificate: "good", host: "127.0.0.2")?.code == 64)
  }

  private func refusal(certificate: String, host: String = "localhost", trust: TLSContext? = nil)
    -> (reason: String, code: Int)?
  {
    do {
      let server = try certificates.server(certificate)
      var pair = try TLSPair(port: server.port, context: trust ?? context, host: host)
      try pair.shakeHands()
      Issue.record("\(certificate) was accepted")
    } catch TLSError.certificate(host: host, let reason, let code) {
      return (reason, code)
    } catch {
      Issue.record(error)
    }
    return nil
  }

  // Numbers of X509_V_ERR in openssl/x509_vfy.h.
  @Test(arguments: [("other", 62), ("expired", 10), ("self", 18)])
  func aWrongCertificateIsRefused(certificate: String, code: Int) {
    #expect(refusal(certificate: certificate)?.code == code)
  }

  @Test func theSystemDoesNotTrustOurAuthority() throws {
    let refused = refusal(certificate: "good", trust: try TLSContext())
    #expect(refused?.code == 20)
    #expect(refused?.reason == "unable to get local issuer certificate")
  }

  @Test func olderVersionsAreRefused() throws {
    let server = try certificates.server(
      "good", ["-rev", "-tls1_1", "-cipher", "ALL:@SECLEVEL=0"])
    var pair = try TLSPair(port: server.port, context: context)
    do {
      try pair.shakeHands()
      Issue.record("TLS 1.1 was accepted")
    } catch TLSError.handshake(host: "localhost", _, _) {
    }
  }

  @Test func bytesThatAreNoTLSAreRefused() throws {
    var channel = try TLSChannel(context, host: "localhost")
    do {
      try Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8).withUnsafeBytes {
        try channel.receive($0)
      }
      Issue.record("plain text was accepted")
    } catch TLSError.handshake(_, let reason, byteOffset: 28) {
      #expect(reason == "wrong version number")
    }
  }

  @Test func theEndIsOrderlyOrTruncated() throws {
    var server = try certificates.server("good")
    var pair = try TLSPair(port: server.port, context: context)
    try pair.shakeHands()
    try pair.write("CLOSE\n")  // s_server -rev closes in order after this line.
    try check(pair.line() == "")
    check(pair.channel.state == .ended)
    pair.channel.close()
    server = try certificates.server("good")
    pair = try TLSPair(port: server.port, context: context)
    try pair.shakeHands()
    server.stop()
    do {
      _ = try pair.line()
      Issue.record("a truncated connection was taken for an ended one")
    } catch TLSError.truncated(host: "localhost", let offset) {
      #expect(offset > 0)
    }
  }

  @Test func nothingIsSentBeforeOrAfter() throws {
    var channel = try TLSChannel(context, host: "localhost")
    check(channel.encryptedByteCount > 0)
    do {
      try [1].withUnsafeBytes { try channel.write($0) }
      Issue.record("something was sent before the handshake")
    } catch TLSError.notOpen(host: "localhost") {
    }
    #expect(throws: TLSError.self) { _ = try TLSChannel(context, host: "") }
    #expect(throws: TLSError.self) { _ = try TLSContext(trust: .file("/nowhere/ca.pem")) }
  }

  @Test(arguments: ["-tls1_2", "-tls1_3"])
  func aSessionIsResumed(version: String) throws {
    let server = try certificates.server("good", ["-rev", version])
    var pair = try TLSPair(port: server.port, context: context)
    try pair.shakeHands()
    try pair.write("a\n")
    try check(pair.line() == "a\n")
    check(!pair.channel.isResumed)
    let offered = pair.channel.session
    let session = try #require(offered)
    pair.channel.close()
    pair.flush()
    var next = try TLSPair(port: server.port, context: context, session: session)
    try next.shakeHands()
    check(next.channel.isResumed)
    // Not for another name, whatever the session says: that would leave out the check.
    #expect(throws: TLSError.self) {
      let other = try certificates.server("good", ["-rev", version])
      var pair = try TLSPair(
        port: other.port, context: context, host: "venue.example", session: session)
      try pair.shakeHands()
    }
  }

  @Test func steadyUseAllocatesNothing() throws {
    #expect(OpenSSLMemory.isPrepared)
    let server = try certificates.server("good")
    var pair = try TLSPair(port: server.port, context: context)
    try pair.shakeHands()
    let text = Array("needle\n".utf8)
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 16384, alignment: 16)
    defer { room.deallocate() }
    var calls: [UInt64] = []
    for _ in 0..<20 {
      AllocationCounter.start()
      try text.withUnsafeBytes { try pair.channel.write($0) }
      pair.flush()
      calls.append(AllocationCounter.stop().calls)
      let answer = pair.socket.receive()
      AllocationCounter.start()
      try answer.withUnsafeBytes { try pair.channel.receive($0) }
      while case .bytes = try pair.channel.read(into: room) {}
      calls[calls.count - 1] += AllocationCounter.stop().calls
    }
    #expect(calls.suffix(10).allSatisfy { $0 == 0 }, "\(calls)")
  }
}
