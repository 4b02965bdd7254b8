import LowLatency
import Runtime
import Testing

@testable import Transport

@Suite struct WebSocketClientTests {
  typealias Feed = WebSocketFeed

  @Test func theKeyOfTheRFC() {
    // RFC 6455, section 1.3.
    let accept = WebSocketHandshake.accept(key: "dGhlIHNhbXBsZSBub25jZQ==")
    #expect(accept == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
  }

  @Test func theRequestIsExact() throws {
    let request = WebSocketRequest(
      host: "venue.example:9443", target: "/ws?a=b", subprotocols: ["one", "two"],
      offersCompression: true, fields: [.init("User-Agent", "needle tail")])
    let client = try WebSocketClient(request, masks: .seeded(1))
    let text = String(decoding: client.output.bytes, as: UTF8.self)
    #expect(
      text == """
        GET /ws?a=b HTTP/1.1\r\nHost: venue.example:9443\r\nUpgrade: websocket\r
        Connection: Upgrade\r\nSec-WebSocket-Key: \(client.handshake.key)\r
        Sec-WebSocket-Version: 13\r\nSec-WebSocket-Extensions: permessage-deflate\r
        Sec-WebSocket-Protocol: one, two\r\nUser-Agent: needle tail\r\n\r\n
        """)
    for bad in [
      WebSocketRequest(host: "a\r\nb"), WebSocketRequest(host: "a", target: "/ b"),
      WebSocketRequest(host: "a", fields: [.init("X", "1\r\nY: 2")]),
      WebSocketRequest(host: "a", fields: [.init("X:", "1")]), WebSocketRequest(host: ""),
    ] {
      #expect(throws: WebSocketError.self) { _ = try WebSocketClient(bad) }
    }
  }

  @Test(arguments: wrongAnswers)
  func aWrongAnswerIsRefused(wrong: WrongAnswer) throws {
    var client = try WebSocketClient(WebSocketRequest(host: "localhost"))
    Array(wrong.text.utf8).withUnsafeBytes { client.receive($0) }
    do {
      _ = try client.next()
      Issue.record("accepted")
    } catch {
      #expect(error.description.contains(wrong.reason), "\(error)")
      check(client.state == .failed)
    }
  }

  @Test(arguments: [
    "permessage-deflate", "permessage-deflate; server_max_window_bits=7", "x-webkit-deflate",
  ])
  func anExtensionNobodyAskedForIsRefused(value: String) throws {
    let offers = value.contains("bits")
    var client = try WebSocketClient(
      WebSocketRequest(host: "localhost", offersCompression: offers))
    let answer = Feed.answer(
      client.handshake.key, fields: "Sec-WebSocket-Extensions: \(value)\r\n")
    Array(answer.utf8).withUnsafeBytes { client.receive($0) }
    #expect(throws: WebSocketError.self) { _ = try client.next() }
  }

  @Test func messagesAndControlFrames() throws {
    var feed = try Feed()
    try check(feed.take(Feed.frame(0x81, "Hello")) == ["text Hello"])
    try check(feed.take(Feed.frame(0x82, [1, 2] as [UInt8])) == ["binary [1, 2]"])
    try check(feed.take(Feed.frame(0x81, "")) == ["text "])
    try check(feed.take(Feed.frame(0x01, "Hel")).isEmpty)
    try check(feed.take(Feed.frame(0x89, "?")) == ["ping ?"])
    try check(feed.take(Feed.frame(0x00, "")).isEmpty)
    try check(feed.take(Feed.frame(0x80, "lo")) == ["text Hello"])
    try check(feed.take(Feed.frame(0x8A, "unasked")) == ["pong -"])
    let long = String(repeating: "é", count: 40_000)
    try check(feed.take(Feed.frame(0x81, long)) == ["text " + long])
    let sent = feed.sent()
    #expect(sent.map(\.opcode) == [10])
    #expect(sent.first?.payload == [63])
  }

  @Test func pingsAreTracked() throws {
    var feed = try Feed()
    try feed.client.ping(stamp: 7)
    try feed.client.ping(stamp: 8)
    let pings = feed.sent()
    #expect(pings.map(\.opcode) == [9, 9])
    try check(feed.take(Feed.frame(0x8A, pings[0].payload)) == ["pong 7"])
    check(feed.client.unansweredPing == 8)
    try check(feed.take(Feed.frame(0x8A, pings[1].payload)) == ["pong 8"])
    check(feed.client.unansweredPing == nil)
  }

  // Each after a good message of 7 bytes, so that the frame stands at 7 behind the handshake.
  @Test(arguments: MalformedFrame.all)
  func malformedFramesAreRefused(frame: MalformedFrame) throws {
    var feed = try Feed()
    let offset = feed.client.receivedByteCount + 7
    try check(feed.take(Feed.frame(0x81, "Hello")) == ["text Hello"])
    do {
      _ = try feed.take(frame.bytes)
      Issue.record("accepted")
    } catch {
      #expect(error == .malformedFrame(reason: frame.reason, byteOffset: offset))
    }
    let sent = feed.sent()
    #expect(sent.map(\.opcode) == [8])
    #expect(sent.first?.payload == [0x03, 0xEA])  // 1002
    check(feed.client.state == .failed)
  }

  @Test func aMessageInsideAnotherIsRefused() throws {
    var feed = try Feed()
    let offset = feed.client.receivedByteCount + 3
    do {
      _ = try feed.take(Feed.frame(0x01, "a") + Feed.frame(0x81, "b"))
      Issue.record("accepted")
    } catch {
      #expect(error == .malformedFrame(reason: .interleaved, byteOffset: offset))
    }
  }

  @Test(arguments: badTexts)
  func textThatIsNoUTF8IsRefused(bytes: [UInt8]) throws {
    var feed = try Feed()
    do {
      _ = try feed.take(Feed.frame(0x81, bytes))
      Issue.record("accepted")
    } catch {
      #expect(error.description.hasSuffix("is not UTF-8"))
    }
    #expect(feed.sent().first?.payload == [0x03, 0xEF])  // 1007
  }

  @Test(arguments: [[101], [100, 1]])
  func longMessagesAreRefused(fragments: [Int]) throws {
    var limits = WebSocketLimits()
    limits.messageByteCountMax = 100
    var feed = try Feed(limits: limits)
    var bytes: [UInt8] = []
    for (index, count) in fragments.enumerated() {
      let first: UInt8 = (index == 0 ? 2 : 0) | (index == fragments.count - 1 ? 0x80 : 0)
      bytes += Feed.frame(first, [UInt8](repeating: 0, count: count))
    }
    do {
      _ = try feed.take(bytes)
      Issue.record("accepted")
    } catch {
      #expect(error.description.hasSuffix("is longer than 100 bytes"))
    }
    #expect(feed.sent().first?.payload == [0x03, 0xF1])  // 1009
  }

  @Test func closingIsOrderly() throws {
    var feed = try Feed()
    try check(
      feed.take(Feed.frame(0x88, [0x03, 0xE9, 0x62, 0x79, 0x65] as [UInt8])) == ["closed 1001 bye"])
    #expect(feed.sent().first?.payload == [0x03, 0xE9])
    try feed.client.peerEnded()
    feed = try Feed()
    feed.client.close(code: 3000, reason: "done")
    do {
      try feed.client.send(text: "late")
      Issue.record("sent after close")
    } catch {
      #expect(error == .notOpen)
    }
    try check(feed.take(Feed.frame(0x81, "still")) == ["text still"])
    try check(feed.take(Feed.frame(0x88, "")) == ["closed 1005 "])
    feed = try Feed()
    do {
      try feed.client.peerEnded()
      Issue.record("truncation was not seen")
    } catch {
      #expect(error.description.hasSuffix("without a close frame"))
    }
  }

  // The examples of RFC 7692, section 7.2.3: one block, the window kept, no compression, final bit.
  @Test func compressedMessagesOfTheRFC() throws {
    var feed = try Feed(compressed: true)
    let hello: [UInt8] = [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00]
    let kept: [UInt8] = [0xF2, 0x00, 0x11, 0x00, 0x00]
    let stored: [UInt8] = [0, 5, 0, 0xFA, 0xFF, 0x48, 0x65, 0x6C, 0x6C, 0x6F, 0]
    let final: [UInt8] = [0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x00]
    let twoBlocks: [UInt8] = [
      0xF2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xCA, 0xC9, 0xC9, 0x07, 0x00,
    ]
    for payload in [hello, kept, stored, final, twoBlocks] {
      try check(feed.take(Feed.frame(0xC1, payload)) == ["text Hello"])
    }
    try check(feed.take(Feed.frame(0x41, Array(hello.prefix(3)))).isEmpty)
    try check(feed.take(Feed.frame(0x80, Array(hello.dropFirst(3)))) == ["text Hello"])
    try check(feed.take(Feed.frame(0x81, "Hello")) == ["text Hello"])
    do {
      _ = try feed.take(Feed.frame(0xC1, [0xFF, 0xFF] as [UInt8]))
      Issue.record("accepted")
    } catch {
      #expect(error.description.contains("not deflate data"))
    }
  }

  /// The same events, however the bytes are cut; seed 0 cuts behind every byte.
  @Test(arguments: UInt64(0)..<40)
  func cutsChangeNothing(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    var bytes: [UInt8] = []
    var expected: [String] = []
    for index in 0..<60 {
      let text = String(repeating: "x", count: Int(random.next(below: index == 30 ? 70_000 : 300)))
      if random.chance(0.2) {
        bytes += Feed.frame(0x01, text) + Feed.frame(0x89, "p") + Feed.frame(0x80, text)
        expected += ["ping p", "text " + text + text]
      } else {
        bytes += Feed.frame(0x81, text)
        expected.append("text " + text)
      }
    }
    var feed = try Feed()
    var events: [String] = []
    var place = 0
    while place < bytes.count {
      let count = seed == 0 ? 1 : Int(random.next(below: 2000)) + 1
      let end = min(bytes.count, place + count)
      events += try feed.take(Array(bytes[place..<end]))
      place = end
    }
    #expect(events == expected)
  }

  @Test func steadyUseAllocatesNothing() throws {
    var feed = try Feed()
    let bytes = Feed.frame(0x81, String(repeating: "a", count: 1000)) + Feed.frame(0x89, "?")
    let order = Array(#"{"id":1,"method":"order.place"}"#.utf8)
    var count = AllocationCounter.Count(calls: 0, bytes: 0)
    for round in 0..<20 {
      if round == 10 { AllocationCounter.start() }
      bytes.withUnsafeBytes { feed.client.receive($0) }
      while try feed.client.next() != nil {}
      try order.withUnsafeBytes { try feed.client.send(text: $0) }
      feed.client.output.removeAll()
    }
    count = AllocationCounter.stop()
    #expect(count == AllocationCounter.Count(calls: 0, bytes: 0))
  }
}
