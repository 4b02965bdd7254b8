import CAllocationCount
import Glibc
import Runtime
import Testing

@testable import Transport

/// A connection and the server's end of it, by hand; time is the test's to give.
private struct ManualPair: ~Copyable {
  var connection: WebSocketConnection
  let server: ListeningSocket
  let peer: AcceptedSocket
  var now: Int64 = 1_000_000_000

  private init(
    _ connection: consuming WebSocketConnection, _ server: ListeningSocket, _ peer: AcceptedSocket
  ) {
    self.connection = connection
    self.server = server
    self.peer = peer
  }

  /// - Parameter upgrades: whether the server answers the handshake.
  static func made(
    upgrades: Bool = true, limits: WebSocketLimits = .init(), receiveByteCount: Int32? = nil
  ) throws -> ManualPair {
    let server = try ListeningSocket(receiveByteCount: receiveByteCount)
    let connection = try WebSocketConnection(
      try Endpoint("ws://localhost:\(server.port)"),
      at: SocketAddress("127.0.0.1", port: server.port)!, options: .init(), limits: limits,
      masks: .seeded(1), now: 1_000_000_000)
    var pair = ManualPair(connection, server, server.accept())
    try pair.turn(until: .upgrading)
    guard upgrades else { return pair }
    pair.peer.upgrade()
    try check(pair.words() == "opened")
    check(pair.connection.state == .open)
    return pair
  }

  mutating func turn(until state: ConnectionState) throws {
    _ = try turning { () -> Bool? in
      _ = connection.doWork(now: now)
      return connection.state == state ? true : nil
    }
  }

  /// The next event in words.
  mutating func words() throws -> String {
    try turning { () -> String? in
      _ = connection.doWork(now: now)
      switch connection.next(now: now) {
      case .none: return nil
      case .opened: return "opened"
      case .text(let bytes): return "text " + String(decoding: bytes, as: UTF8.self)
      case .binary(let bytes): return "binary \(Array(bytes))"
      case .pong(let roundTrip): return "pong \(roundTrip)"
      case .closed: return "closed"
      }
    }
  }

  /// A turn at a later time; what it leads to, if anything at once.
  mutating func turn(after nanoseconds: Int64) -> Bool {
    now += nanoseconds
    _ = connection.doWork(now: now)
    if case .closed = connection.next(now: now) { return true }
    return false
  }
}

/// The bytes of a masked frame, unmasked.
private func unmasked(_ frame: [UInt8]) -> [UInt8] {
  let mask = Array(frame[2..<6])
  return frame[6...].enumerated().map { $1 ^ mask[$0 % 4] }
}

/// WebSocket against servers by hand: what no good server does.
@Suite struct WebSocketConnectionTests {
  typealias Feed = WebSocketFeed

  @Test func theHandshakeHasItsTime() throws {
    var pair = try ManualPair.made(upgrades: false)
    check(!pair.turn(after: 4_000_000_000))
    check(pair.turn(after: 2_000_000_000))
    check(pair.connection.closeReason == .timeout(.upgrading, nanoseconds: 5_000_000_000))
  }

  @Test func onlyAWholeAnswerStopsTheTime() throws {
    var late = try ManualPair.made(upgrades: false)
    late.peer.upgrade()
    usleep(20_000)
    // Our side slept; what has come meanwhile is read before anything is said of time.
    late.now += 6_000_000_000
    try check(late.words() == "opened")
    var half = try ManualPair.made(upgrades: false)
    half.peer.send("HTTP/1.1 101 Switching")
    _ = try turning { () -> Bool? in half.connection.doWork(now: half.now) > 0 ? true : nil }
    check(half.turn(after: 6_000_000_000))
    check(half.connection.closeReason == .timeout(.upgrading, nanoseconds: 5_000_000_000))
  }

  @Test func garbageInsteadOfAnAnswer() throws {
    var pair = try ManualPair.made(upgrades: false)
    pair.peer.send("220 smtp.example\r\n\r\n")
    try check(pair.words() == "closed")
    guard case .webSocket(.head(.malformed(_, byteOffset: 0))) = pair.connection.closeReason else {
      Issue.record("accepted")
      return
    }
  }

  @Test func garbageAfterTheHandshake() throws {
    var pair = try ManualPair.made()
    pair.peer.send(Feed.frame(0x81, "fine") + [0xFF, 0xFF, 0, 0])
    try check(pair.words() == "text fine")
    try check(pair.words() == "closed")
    guard case .webSocket(.malformedFrame) = pair.connection.closeReason else {
      Issue.record("accepted")
      return
    }
    _ = pair.peer.receiveHead()
  }

  @Test func pingsAreAnsweredAtOnce() throws {
    var pair = try ManualPair.made()
    pair.peer.send(Feed.frame(0x89, "life?"))
    _ = try turning { () -> Bool? in
      let work = pair.connection.doWork(now: pair.now)
      check(pair.connection.next(now: pair.now) == nil)
      return work > 0 ? true : nil
    }
    let answer = pair.peer.receive()
    #expect(answer.prefix(2).elementsEqual([0x8A, 0x85]))
    #expect(unmasked(answer) == Array("life?".utf8))
  }

  @Test func aSilentPeerIsDead() throws {
    var pair = try ManualPair.made()
    check(!pair.turn(after: 5_000_000_000))
    let ping = pair.peer.receive()
    #expect(ping.first == 0x89)
    pair.peer.send(Feed.frame(0x8A, unmasked(ping)))
    pair.now += 300
    try check(pair.words() == "pong 300")
    // Half open: the peer is there no more, and nobody says so.
    check(!pair.turn(after: 14_999_999_999))
    check(pair.turn(after: 2))
    check(pair.connection.closeReason == .silent(nanoseconds: 15_000_000_000))
  }

  @Test func theEndWithoutACloseFrame() throws {
    var pair = try ManualPair.made()
    pair.peer.send(Feed.frame(0x81, "last") + [0x81])
    pair.peer.finishSending()
    try check(pair.words() == "text last")
    try check(pair.words() == "closed")
    check(pair.connection.closeReason == .peer(code: nil, reason: ""))
  }

  @Test func aCloseThatIsNotAnswered() throws {
    var pair = try ManualPair.made()
    pair.connection.close(now: pair.now)
    check(!pair.turn(after: 1_000_000_000))
    // What comes meanwhile is given.
    pair.peer.send(Feed.frame(0x81, "late fill"))
    try check(pair.words() == "text late fill")
    check(!pair.turn(after: 1_100_000_000))
    pair.peer.finishSending()
    try check(pair.words() == "closed")
    check(pair.connection.closeReason == .requested)
  }

  @Test func theServersCloseFrame() throws {
    var pair = try ManualPair.made()
    pair.peer.send(
      Feed.frame(0x81, "a") + Feed.frame(0x88, [0x03, 0xE9] + Array("maintenance".utf8)))
    try check(pair.words() == "text a")
    _ = pair.connection.next(now: pair.now)
    check(pair.connection.state == .closing)
    check(pair.connection.send(text: "late") == .notOpen)
    pair.peer.finishSending()
    try check(pair.words() == "closed")
    check(pair.connection.closeReason == .peer(code: 1001, reason: "maintenance"))
  }

  @Test func aPeerThatDoesNotRead() throws {
    var limits = WebSocketLimits()
    limits.outputByteCountMax = 100_000
    var pair = try ManualPair.made(limits: limits, receiveByteCount: 4096)
    let message = [UInt8](repeating: 0x61, count: 30_000)
    var marks: [SendMark] = []
    let refusal = try turning { () -> SendResult? in
      let result = message.withUnsafeBytes { pair.connection.send(text: $0) }
      if let mark = result.mark { marks.append(mark) }
      return result.mark == nil ? result : nil
    }
    #expect(refusal == .backPressured)
    check(pair.connection.waitingByteCount > 60_000)
    check(pair.connection.send(text: String(repeating: "a", count: 100_000)) == .tooLong)
    let last = try #require(marks.last)
    check(pair.connection.delivery(of: last) == .waiting)
    // It reads on: what waited goes out, and the last message with it.
    var received = 0
    let total = marks.count * (30_000 + 8)
    _ = try turning { () -> Bool? in
      _ = pair.connection.doWork(now: pair.now)
      received += pair.peer.receive().count
      return received >= total ? true : nil
    }
    #expect(received == total)
    check(pair.connection.delivery(of: last) == .mayHaveLeft)
    check(pair.connection.waitingByteCount == 0)
  }

  @Test func whatWasNotSentIsKnown() throws {
    var limits = WebSocketLimits()
    limits.outputByteCountMax = 4 << 20
    var pair = try ManualPair.made(limits: limits, receiveByteCount: 4096)
    let big = [UInt8](repeating: 0x61, count: 4_000_000)
    let first = big.withUnsafeBytes { pair.connection.send(text: $0) }
    let second = pair.connection.send(text: "order")
    let marks = [try #require(first.mark), try #require(second.mark)]
    pair.peer.reset()
    try check(pair.words() == "closed")
    for mark in marks { check(pair.connection.delivery(of: mark) == .notSent) }
  }

  @Test func badRequestsAreRefused() throws {
    let endpoint = try Endpoint("ws://localhost:1")
    let address = SocketAddress("127.0.0.1", port: 1)!
    #expect(throws: WebSocketError.self) {
      _ = try WebSocketConnection(
        endpoint, at: address, request: WebSocketRequest(host: "a\r\nb"), options: .init(), now: 0)
    }
  }

  @Test func steadyUseAllocatesNothing() throws {
    var pair = try ManualPair.made()
    let order = Array(#"{"id":1,"method":"order.place"}"#.utf8)
    let answer = Feed.frame(0x81, #"{"id":1,"status":200}"#) + Feed.frame(0x89, "?")
    for round in 0..<20 {
      if round == 10 { AllocationCounter.start() }
      let sent = order.withUnsafeBytes { pair.connection.send(text: $0) }
      precondition(sent != .notOpen)
      pair.peer.send(answer)
      var count = 0
      while count == 0 {
        _ = pair.connection.doWork(now: pair.now)
        while let event = pair.connection.next(now: pair.now) {
          if case .text(let bytes) = event { count += bytes.count }
        }
      }
    }
    let count = AllocationCounter.stop()
    #expect(count == AllocationCounter.Count(calls: 0, bytes: 0))
  }
}
