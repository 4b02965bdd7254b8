import Testing

@testable import Transport

@Suite struct EndpointTests {
  @Test(arguments: [
    ("wss://stream.binance.com:9443/ws?a=b", "stream.binance.com", 9443, "/ws?a=b"),
    ("WSS://Stream.Example", "stream.example", 443, "/"),
    ("https://api.example/v5/order", "api.example", 443, "/v5/order"),
    ("https://api.example?x=1", "api.example", 443, "/?x=1"),
    ("https://[2001:DB8::1]:8443/", "2001:db8::1", 8443, "/"),
    ("ws://localhost:8080/feed", "localhost", 8080, "/feed"),
    ("http://127.200.0.1", "127.200.0.1", 80, "/"),
    ("ws://[::1]:9", "::1", 9, "/"),
  ])
  func isRead(text: String, host: String, port: UInt16, target: String) throws {
    let endpoint = try Endpoint(text)
    #expect(endpoint.host == host)
    #expect(endpoint.port == port)
    #expect(endpoint.target == target)
    let again = try Endpoint(endpoint.description)
    #expect(again == endpoint)
  }

  @Test(arguments: [
    ("", 0), ("ftp://a", 0), ("wss:/a", 0), ("wss://", 6), ("wss:///x", 6), ("wss://a:0", 8),
    ("wss://a:65536", 8), ("wss://a:", 8), ("wss://a:1x", 9), ("wss://a b", 7),
    ("wss://user@a", 10), ("wss://a/#b", 8), ("wss://a/\r\n", 8), ("wss://a..b", 6),
    ("wss://a/é", 8), ("wss://é", 6), ("https://127.1/", 8), ("https://1.2.3.256", 8),
    ("https://[::1", 8), ("https://[1.2.3.4]", 8), ("wss://2130706433", 6),
  ])
  func whatIsNoEndpointIsRefused(text: String, offset: Int) {
    do throws(EndpointError) {
      let endpoint = try Endpoint(text)
      Issue.record("\(endpoint)")
    } catch {
      guard case .malformed(_, _, let found) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(found == offset, "\(error)")
    }
  }

  @Test(arguments: [
    "ws://stream.example/", "http://10.0.0.1/", "ws://[::2]/", "http://localhost.example/",
    "ws://[::ffff:127.0.0.1]/", "http://128.0.0.1",
  ])
  func plainTextIsForThisMachineOnly(text: String) {
    do throws(EndpointError) {
      let endpoint = try Endpoint(text)
      Issue.record("\(endpoint)")
    } catch {
      guard case .plainText = error else {
        Issue.record("\(error)")
        return
      }
    }
  }

  @Test func authorities() throws {
    try #expect(Endpoint("wss://a:443").authority == "a")
    try #expect(Endpoint("wss://a:80").authority == "a:80")
    try #expect(Endpoint("https://[::1]:444").authority == "[::1]:444")
  }

  @Test func addressesAreWritten() throws {
    let four = try #require(SocketAddress("203.0.113.7", port: 443))
    #expect(four.description == "203.0.113.7:443")
    let six = try #require(SocketAddress("2001:db8::7", port: 1))
    #expect(six.with(port: 2).description == "[2001:db8::7]:2")
    #expect(SocketAddress("localhost", port: 1) == nil)
    #expect(SocketAddress("127.1", port: 1) == nil)
  }

  @Test func namesAreResolved() throws {
    let found = try Resolver.addresses(of: "localhost", port: 7)
    #expect(found.allSatisfy { $0.isLoopback && $0.port == 7 })
    try #expect(
      Resolver.addresses(of: "192.0.2.1", port: 1) == [SocketAddress("192.0.2.1", port: 1)])
    #expect(throws: ResolverError.self) {
      try Resolver.addresses(of: "no-such-name.invalid", port: 1)
    }
  }

  @Test func aResolutionEnds() async throws {
    let resolution = Resolution(of: "localhost", port: 7)
    while resolution.outcome == nil { try await Task.sleep(for: .milliseconds(1)) }
    let found = try #require(try resolution.outcome?.get())
    #expect(!found.isEmpty)
  }
}
