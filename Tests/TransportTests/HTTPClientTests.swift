import CAllocationCount
import Foundation
import LowLatency
import Runtime
import Testing

@testable import Transport

@Suite struct HTTPClientTests {
  /// A client with `count` requests sent, all GET unless `method` says otherwise.
  private static func client(
    _ count: Int = 1, method: HTTPMethod = .get, limits: HTTPLimits = .init()
  ) throws -> HTTPClient {
    var client = try HTTPClient(host: "a", limits: limits)
    for stamp in 0..<count {
      client.beginRequest(method, target: "/")
      _ = try client.endRequest(stamp: Int64(stamp))
    }
    client.output.removeAll()
    return client
  }

  /// What `bytes`, cut into pieces of `size`, lead to: "0 200 body" for each response.
  private static func read(
    _ bytes: [UInt8], into client: inout HTTPClient, size: Int = .max, ends: Bool = false
  ) throws(HTTPError) -> [String] {
    var found: [String] = []
    var place = 0
    while place < bytes.count {
      let end = min(bytes.count, place + min(size, bytes.count))
      bytes[place..<end].withUnsafeBytes { client.receive($0) }
      try take(&client, &found)
      place = end
    }
    if ends {
      client.peerEnded()
      try take(&client, &found)
    }
    return found
  }

  private static func take(_ client: inout HTTPClient, _ found: inout [String]) throws(HTTPError) {
    while let response = try client.next() {
      let body = String(decoding: response.body, as: UTF8.self)
      found.append("\(response.request) \(response.status) \(body)")
    }
  }

  @Test func requestsAreExact() throws {
    var client = try HTTPClient(host: "venue.example:8443", fields: [.init("User-Agent", "n")])
    client.beginRequest(.post, target: "/order?x=1")
    client.addField("X-Key", "abc")
    let number = try Array("{}".utf8).withUnsafeBytes { try client.endRequest(body: $0) }
    #expect(number == 0)
    client.beginRequest(.delete, target: "/all")
    _ = try client.endRequest()
    client.beginRequest(.put, target: "/")
    _ = try client.endRequest()
    let fixed = "Host: venue.example:8443\r\nAccept-Encoding: identity\r\nUser-Agent: n\r\n"
    #expect(
      String(decoding: client.output.bytes, as: UTF8.self)
        == "POST /order?x=1 HTTP/1.1\r\n\(fixed)X-Key: abc\r\nContent-Length: 2\r\n\r\n{}"
        + "DELETE /all HTTP/1.1\r\n\(fixed)\r\n"
        + "PUT / HTTP/1.1\r\n\(fixed)Content-Length: 0\r\n\r\n")
    check(client.outstandingCount == 3)
  }

  @Test func lengthsAreWritten() throws {
    for count in [1, 9, 10, 99, 12_345] {
      var client = try HTTPClient(host: "a")
      client.beginRequest(.post, target: "/")
      _ = try [UInt8](repeating: 0x61, count: count).withUnsafeBytes {
        try client.endRequest(body: $0)
      }
      let text = String(decoding: client.output.bytes, as: UTF8.self)
      #expect(text.contains("Content-Length: \(count)\r\n\r\na"))
    }
  }

  @Test func badRequestsLeaveNothing() throws {
    var limits = HTTPLimits()
    limits.outstandingCountMax = 2
    limits.outputByteCountMax = 5000
    var client = try HTTPClient(host: "a", limits: limits)
    func refusal(_ client: inout HTTPClient, body: Int = 0) -> HTTPRequestError? {
      let body = [UInt8](repeating: 0, count: body)
      var refused: HTTPRequestError?
      body.withUnsafeBytes { bytes in
        do throws(HTTPRequestError) {
          _ = try client.endRequest(body: bytes)
        } catch { refused = error }
      }
      return refused
    }
    client.beginRequest(.get, target: "/a b")
    check(refusal(&client) == .badRequest(part: .target))
    client.beginRequest(.get, target: "")
    check(refusal(&client) == .badRequest(part: .target))
    client.beginRequest(.get, target: "/")
    client.addField("X", "1\r\nY: 2")
    client.addField("", "1")
    check(refusal(&client) == .badRequest(part: .fieldValue))
    client.beginRequest(.get, target: "/")
    client.addField("X:", "1")
    check(refusal(&client) == .badRequest(part: .fieldName))
    check(refusal(&client) == .badRequest(part: .target), "nothing was begun")
    client.beginRequest(.get, target: "/")
    check(refusal(&client, body: 6000) == .tooLong(limit: 5000))
    check(client.output.isEmpty)
    client.beginRequest(.get, target: "/")
    check(refusal(&client, body: 4000) == nil)
    client.beginRequest(.get, target: "/")
    check(refusal(&client, body: 4000) == .outputFull(limit: 5000))
    client.beginRequest(.get, target: "/")
    check(refusal(&client) == nil)
    client.beginRequest(.get, target: "/")
    check(refusal(&client) == .tooManyOutstanding(limit: 2))
    for bad in [HTTPField("A b", "1"), HTTPField("A", "\n")] {
      #expect(throws: HTTPRequestError.self) { _ = try HTTPClient(host: "a", fields: [bad]) }
    }
    #expect(throws: HTTPRequestError.self) { _ = try HTTPClient(host: "a\r\nb") }
  }

  /// Responses of every kind, read the same however the bytes are cut.
  @Test(arguments: 1...200)
  func cutsChangeNothing(size: Int) throws {
    let gzip = Self.compressed("compressed", bits: 31)
    let zlib = Self.compressed("framed", bits: 15)
    let raw = Self.compressed("bare", bits: -15)
    var bytes = Array("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX: y\r\n\r\nhello".utf8)
    bytes += Array("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103\r\nLink: a\r\n\r\n".utf8)
    bytes += Array("HTTP/1.1 204 No Content\r\n\r\n".utf8)
    bytes += Array("HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n".utf8)
    bytes += Array("HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n".utf8)
    bytes += Array(
      "5\r\nhello\r\n00A ; a=\"b\"\r\n, chunks!!\r\n0\r\nTrailer: x\r\nB:\r\n\r\n".utf8)
    for (coding, body) in [("gzip", gzip), ("deflate", zlib), ("DEFLATE", raw), ("x-gzip", gzip)] {
      bytes += Array(
        "HTTP/1.1 400\r\nContent-Encoding: \(coding)\r\nContent-Length: \(body.count)\r\n\r\n".utf8)
      bytes += body
    }
    bytes += Array(
      "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n".utf8)
    for byte in gzip + gzip { bytes += Array("1\r\n".utf8) + [byte] + Array("\r\n".utf8) }
    bytes += Array("0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".utf8)
    bytes += Array("HTTP/1.1 200 OK\r\nConnection: a, Close\r\nContent-Length: 1\r\n\r\n!".utf8)
    var client = try Self.client(12)
    let found = try Self.read(bytes, into: &client, size: size)
    #expect(
      found == [
        "0 200 hello", "1 204 ", "2 304 ", "3 200 hello, chunks!!", "4 400 compressed",
        "5 400 framed", "6 400 bare", "7 400 compressed", "8 200 compressedcompressed", "9 200 ",
        "10 200 !",
      ])
    check(client.state == .closed)
    check(client.outstandingCount == 1)
    do throws(HTTPRequestError) {
      client.beginRequest(.get, target: "/")
      _ = try client.endRequest()
      Issue.record("sent behind the end")
    } catch { #expect(error == .notOpen) }
  }

  @Test func fieldsAreLookedUp() throws {
    var client = try Self.client(2)
    let bytes = Array(
      "HTTP/1.1 429 Slow down\r\nReTry-After:  3 \r\nX: 1\r\nX: 2\r\nContent-Length: 1\r\n\r\n."
        .utf8)
    bytes.withUnsafeBytes { client.receive($0) }
    let response = try client.next()
    #expect(response?.status == 429)
    check(client.field("retry-after").map { String(decoding: $0, as: UTF8.self) } == "3")
    check(client.field("x").map { String(decoding: $0, as: UTF8.self) } == "1")
    check(client.field("y") == nil)
  }

  @Test func aHeadAnswerHasNoBody() throws {
    var client = try Self.client(2, method: .head)
    let answer = Array("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n".utf8)
    try check(Self.read(answer + answer, into: &client) == ["0 200 ", "1 200 "])
  }

  @Test func aBodyMayGoOnToTheEnd() throws {
    for head in ["HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.0 200 OK\r\n\r\n"] {
      var client = try Self.client()
      try check(Self.read(Array((head + "all").utf8), into: &client, size: 3).isEmpty)
      try check(Self.read(Array(" of it".utf8), into: &client, ends: true) == ["0 200 all of it"])
      check(client.state == .closed)
    }
    var client = try Self.client()
    let old = "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\n."
    try check(Self.read(Array(old.utf8), into: &client) == ["0 200 ."])
    check(client.state == .open)
  }

  @Test(arguments: MalformedResponse.all)
  func malformedResponsesAreRefused(response: MalformedResponse) throws {
    for size in [1, 2, 3, 1000] {
      var limits = HTTPLimits()
      limits.bodyByteCountMax = 100
      limits.headByteCountMax = 300
      var client = try Self.client(limits: limits)
      do throws(HTTPError) {
        let found = try Self.read(response.bytes, into: &client, size: size, ends: response.ends)
        Issue.record("\(response) gave \(found)")
      } catch {
        #expect(response.matches(error), "\(response): \(error)")
        check(client.state == .failed)
      }
      let after = try client.next()
      #expect(after == nil)
    }
  }

  /// Any change of any byte gives responses or a typed error.
  @Test(arguments: UInt64(0)..<300)
  func noiseIsReadOrRefused(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    var bytes = Array(
      ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
        + "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc").utf8)
    for _ in 0..<Int(random.next(below: 4)) + 1 {
      bytes[Int(random.next(below: UInt64(bytes.count)))] = UInt8(random.next(below: 256))
    }
    var client = try Self.client(3)
    do throws(HTTPError) {
      let found = try Self.read(bytes, into: &client, size: 7, ends: true)
      #expect(found.count <= 3)
    } catch { check(client.state == .failed) }
  }

  @Test func steadyUseAllocatesNothing() throws {
    var client = try HTTPClient(host: "a", fields: [.init("User-Agent", "n")])
    let answer = Array("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nDate: x\r\n\r\nhello".utf8)
    let chunked = Array(
      "HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n".utf8)
    let order = Array(#"{"side":"BUY"}"#.utf8)
    let key = Array("abcdef".utf8)
    for round in 0..<20 {
      if round == 10 { AllocationCounter.start() }
      for _ in 0..<2 {
        client.beginRequest(.post, target: "/order")
        key.withUnsafeBytes { client.addField("X-Key", $0) }
        _ = try order.withUnsafeBytes { try client.endRequest(body: $0) }
      }
      client.output.removeAll()
      answer.withUnsafeBytes { client.receive($0) }
      chunked.withUnsafeBytes { client.receive($0) }
      var count = 0
      while let response = try client.next() { count += response.body.count }
      precondition(count == 7)
    }
    let count = AllocationCounter.stop()
    #expect(count == AllocationCounter.Count(calls: 0, bytes: 0))
  }

  /// Compresses by zlib: `bits` 31 for gzip, 15 for zlib's format, -15 for bare deflate data.
  static func compressed(_ text: String, bits: Int) -> [UInt8] {
    // Made by Python's zlib, so that not only zlib as we call it agrees with itself.
    guard let bytes = compressedTexts["\(text) \(bits)"] else { return [] }
    return bytes
  }
}
