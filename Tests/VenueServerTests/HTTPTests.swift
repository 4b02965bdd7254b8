import LowLatency
import Testing

@testable import VenueServer

@Suite struct HTTPTests {
  private func requests(_ pieces: [[UInt8]]) throws -> [HTTPRequest] {
    var parser = HTTPRequestParser()
    var found: [HTTPRequest] = []
    for piece in pieces {
      piece.withUnsafeBytes { parser.append($0) }
      while let request = try parser.next() { found.append(request) }
    }
    return found
  }

  private static let stream = Array(
    """
    GET /api/v3/depth?symbol=BTCUSDT&limit=5 HTTP/1.1\r\nHost: api\r\nX-MBX-APIKEY:  key \r\n\r\n\
    POST /order HTTP/1.1\r\ncontent-length: 11\r\n\r\nside=BUY&a=\
    \r\nDELETE /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n6\r\n world\r\n0\r\nT: t\r\n\r\n\
    PUT http://host:1/b?c? HTTP/1.0\n\n
    """.utf8)

  @Test(arguments: UInt64(0)..<50)
  func requestsDoNotDependOnHowBytesArrive(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    var pieces: [[UInt8]] = []
    var rest = Self.stream[...]
    while !rest.isEmpty {
      let count = seed == 0 ? rest.count : Int(random.next(below: 40)) + 1
      pieces.append(Array(rest.prefix(count)))
      rest = rest.dropFirst(count)
    }
    let found = try requests(pieces)
    #expect(found.map(\.method) == ["GET", "POST", "DELETE", "PUT"])
    #expect(
      found.map(\.target) == ["/api/v3/depth?symbol=BTCUSDT&limit=5", "/order", "/a", "/b?c?"])
    #expect(found.map(\.bodyText) == ["", "side=BUY&a=", "hello world", ""])
    #expect(found[0].headers["x-mbx-apikey"] == "key")
    #expect(found[1].formFields.fields.map(\.value) == ["BUY", ""])
    #expect(found.map(\.closesConnection) == [false, false, false, true])
  }

  @Test func bytesThatAreNoRequestAreRefusedAndNothingElse() {
    for seed in UInt64(0)..<300 {
      var random = SeededRandom(seed: seed)
      var bytes = Self.stream
      for _ in 0..<Int(random.next(below: 8)) + 1 {
        bytes[Int(random.next(below: UInt64(bytes.count)))] = UInt8(random.next(below: 256))
      }
      // Whatever it says, it ends.
      _ = try? requests([bytes])
    }
  }

  @Test(arguments: [
    ("GET / HTTP/1.1\r\nNo colon\r\n\r\n", HTTPRefusal.badRequest),
    ("G@T / HTTP/1.1\r\n\r\n", .badRequest), ("GET x HTTP/1.1\r\n\r\n", .badRequest),
    ("GET / HTTP/3\r\n\r\n", .versionNotSupported),
    ("POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", .badRequest),
    ("POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", .badRequest),
    ("POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", .contentTooLarge),
    ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n", .badRequest),
    ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n7fffffffffffffff\r\n", .contentTooLarge),
    ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc", .badRequest),
  ])
  func refusalsHaveTheirStatus(text: String, refusal: HTTPRefusal) {
    #expect(throws: refusal) { try requests([Array(text.utf8)]) }
  }

  @Test func continueIsAwaitedOnlyBeforeTheBody() throws {
    var parser = HTTPRequestParser()
    let head = "POST / HTTP/1.1\r\nContent-Length: 2\r\nExpect: 100-Continue\r\n\r\n"
    Array(head.utf8).withUnsafeBytes { parser.append($0) }
    #expect(try parser.next() == nil && parser.awaitsContinue)
    Array("ok".utf8).withUnsafeBytes { parser.append($0) }
    #expect(try parser.next()?.bodyText == "ok" && !parser.awaitsContinue)
  }

  @Test func responsesHaveTheirLength() {
    let response = HTTPResponse.json("{}", status: 429, headers: ["Retry-After": "5"])
    let text = String(
      decoding: response.bytes(to: "GET", seconds: 784_111_777, closesConnection: true),
      as: UTF8.self)
    #expect(
      text == """
        HTTP/1.1 429 Too Many Requests\r\nRetry-After: 5\r\n\
        Content-Type: application/json;charset=UTF-8\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n\
        Connection: close\r\nContent-Length: 2\r\n\r\n{}
        """)
    #expect(HTTPResponse.date(0) == "Thu, 01 Jan 1970 00:00:00 GMT")
    #expect(HTTPResponse.date(-1) == "Wed, 31 Dec 1969 23:59:59 GMT")
    #expect(HTTPResponse.date(951_782_400) == "Tue, 29 Feb 2000 00:00:00 GMT")
    #expect(HTTPResponse.date(4_102_444_799) == "Thu, 31 Dec 2099 23:59:59 GMT")
  }

  @Test func fieldsAreDecodedInOrder() {
    let fields = FormFields("a=1&a=2&&b=%5B%22x%22%5D&c=1+2%2B&%zz=%4&d")
    #expect(fields.all("a") == ["1", "2"] && fields["b"] == #"["x"]"# && fields["c"] == "1 2+")
    #expect(fields["%zz"] == "%4" && fields["d"] == "" && fields["e"] == nil)
    #expect(fields.fields.map(\.name) == ["a", "a", "b", "c", "%zz", "d"])
  }
}
