import Testing
import VenueServer

@testable import VenueSimulation

/// Limits on requests, messages and connections.
@Suite struct LimitTests {
  @Test func weightIsCountedByTheMinute() throws {
    var limits = BinanceAddressLimits(BinanceLimitSettings())
    let minute: Int64 = 1_754_000_040_000
    try limits.take(5999, at: minute)
    try limits.take(1, at: minute + 59_000)
    #expect(limits.weight.count(at: minute + 59_999) == 6000)
    #expect(limits.weight.count(at: minute + 60_000) == 0)
    try limits.take(6000, at: minute + 60_000)
    do throws(BinanceError) {
      try limits.take(1, at: minute + 70_500)
      Issue.record("more than the limit was taken")
    } catch {
      #expect(error.status == 429)
      #expect(error.retryAfter == 50)
      #expect(error.code == -1003)
    }
  }

  @Test func goingOnAfterTheLimitBringsLongerAndLongerBans() {
    var settings = BinanceLimitSettings()
    settings.requestWeight = 10
    settings.requestsBeforeBan = 3
    var limits = BinanceAddressLimits(settings)
    var time: Int64 = 1_754_000_040_000
    func statuses(_ count: Int) -> [Int] {
      (0..<count).map { _ in
        do throws(BinanceError) {
          try limits.take(10, at: time)
          return 200
        } catch {
          return error.status
        }
      }
    }
    #expect(statuses(6) == [200, 429, 429, 429, 418, 418])
    time += 119_999
    #expect(statuses(1) == [418])
    time += 60_001
    #expect(statuses(5) == [200, 429, 429, 429, 418])
    time += 239_999
    #expect(statuses(1) == [418])
    time += 60_001
    #expect(statuses(1) == [200])
  }

  @Test func ordersOfAnAccount() throws {
    var settings = BinanceSpotSettings()
    settings.limits.ordersInTenSeconds = 3
    let venue = try Simulated(settings)
    for price in 1...3 { try venue.rest("BUY", "5000\(price)", "0.1", account: 1) }
    let refused = venue.signed(
      "POST", "/api/v3/order",
      "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.1&price=50004")
    #expect(refused.status == 429)
    #expect(refused.headers["Retry-After"] == nil)
    #expect(
      String(decoding: refused.body, as: UTF8.self)
        == #"{"code":-1015,"msg":"Too many new orders; current limit is 3 orders per 10 SECOND."}"#)
    // Another account, and the next ten seconds, are not touched.
    try venue.rest("BUY", "50001", "0.1", account: 2)
    venue.advance(milliseconds: 10_000)
    try venue.rest("BUY", "50004", "0.1", account: 1)
    let count = try venue.answer("GET", "/api/v3/rateLimit/order").elements
    #expect(count?.map { $0["count"]?.integer } == [1, 4])
  }

  @Test func messagesOfAStream() throws {
    let venue = try Simulated()
    let (session, connection) = venue.streams()
    for id in 1...5 {
      session.received(#"{"method":"LIST_SUBSCRIPTIONS","id":\#(id)}"#, at: venue.now)
    }
    #expect(connection.closed == nil)
    session.received(#"{"method":"LIST_SUBSCRIPTIONS","id":6}"#, at: venue.now)
    #expect(connection.closed?.code == 1008)
    #expect(connection.texts.count == 5)
  }

  @Test func listenKeysEnd() throws {
    var settings = BinanceSpotSettings()
    settings.listenKeyLifetime = 2_000_000_000
    let venue = try Simulated(settings)
    let key = venue.key().id
    func ask(_ method: String, _ query: String = "") throws -> JSONValue {
      try JSONValue.parse(venue.send(method, "/api/v3/userDataStream" + query, key: key).body)
    }
    let listenKey = try #require(try ask("POST")["listenKey"]?.string)
    let (_, connection) = venue.streams([listenKey])
    venue.advance(milliseconds: 1500)
    #expect(try ask("PUT", "?listenKey=\(listenKey)").text == "{}")
    venue.advance(milliseconds: 1500)
    try venue.rest("BUY", "50001", "0.1", account: 1)
    #expect(try connection.take().first?["e"]?.string == "executionReport")
    venue.advance(milliseconds: 2000)
    let last = try #require(try connection.take().last)
    #expect(last["e"]?.string == "listenKeyExpired")
    #expect(last["listenKey"]?.string == listenKey)
    #expect(try ask("PUT", "?listenKey=\(listenKey)")["code"]?.integer == -1125)
  }
}
