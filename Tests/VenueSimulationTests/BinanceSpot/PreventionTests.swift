import Testing
import VenueServer

@testable import VenueSimulation

/// Orders that would have met others of their own account: the scenarios of
/// https://developers.binance.com/docs/binance-spot-api-docs/faqs/stp_faq with other prices.
@Suite struct PreventionTests {
  private func status(_ venue: Simulated, _ order: JSONValue) throws -> JSONValue {
    try venue.answer(
      "GET", "/api/v3/order", "symbol=BTCUSDT&orderId=\(try #require(order["orderId"]).text)")
  }

  @Test func makersExpire() throws {
    let venue = try Simulated()
    let makers = try [("60012", "0.12"), ("60011", "0.13"), ("60010", "0.81")].map {
      try venue.rest("BUY", $0.0, $0.1, account: 1)
    }
    let taker = try venue.rest(
      "SELL", "60010", "0.3", account: 1, more: "&selfTradePreventionMode=EXPIRE_MAKER")
    #expect(taker["status"]?.string == "NEW")
    let matches = try #require(taker["preventedMatches"]?.elements)
    #expect(matches.map { $0["makerOrderId"] } == makers.map { $0["orderId"] })
    #expect(
      matches.map { $0["makerPreventedQuantity"]?.string } == [
        "0.12000000", "0.13000000", "0.81000000",
      ])
    for (maker, lost) in zip(makers, ["0.12000000", "0.13000000", "0.81000000"]) {
      let view = try status(venue, maker)
      #expect(view["status"]?.string == "EXPIRED_IN_MATCH")
      #expect(view["preventedQuantity"]?.string == lost)
    }
  }

  @Test func takerExpires() throws {
    let venue = try Simulated()
    let makers = try ["60012", "60013", "60013"].map {
      try venue.rest("SELL", $0, "0.1", account: 1)
    }
    let taker = try venue.rest(
      "BUY", "60013", "0.3", account: 1, more: "&selfTradePreventionMode=EXPIRE_TAKER")
    #expect(taker["status"]?.string == "EXPIRED_IN_MATCH")
    #expect(taker["preventedQuantity"]?.string == "0.30000000")
    for maker in makers { #expect(try status(venue, maker)["status"]?.string == "NEW") }
    let matches = try venue.answer(
      "GET", "/api/v3/myPreventedMatches",
      "symbol=BTCUSDT&orderId=\(try #require(taker["orderId"]).text)"
    ).elements
    #expect(matches?.count == 1)
    #expect(matches?.first?["makerOrderId"] == makers[0]["orderId"])
    #expect(matches?.first?["takerPreventedQuantity"]?.string == "0.30000000")
    #expect(matches?.first?["makerPreventedQuantity"] == nil)
  }

  @Test func bothExpireInOneMatch() throws {
    let venue = try Simulated()
    let maker = try venue.rest("BUY", "60012", "0.1", account: 1)
    let taker = try venue.rest(
      "SELL", "60012", "0.3", account: 1, more: "&selfTradePreventionMode=EXPIRE_BOTH")
    #expect(taker["status"]?.string == "EXPIRED_IN_MATCH")
    #expect(try status(venue, maker)["status"]?.string == "EXPIRED_IN_MATCH")
    let match = try #require(taker["preventedMatches"]?.elements)
    #expect(match.count == 1)
    #expect(match[0]["takerPreventedQuantity"]?.string == "0.30000000")
    #expect(match[0]["makerPreventedQuantity"]?.string == "0.10000000")
  }

  /// Original quantity less executed less prevented is what can still be executed.
  @Test func bothGetSmaller() throws {
    let venue = try Simulated()
    let maker = try venue.rest("BUY", "60012", "0.1", account: 1)
    let taker = try venue.rest(
      "SELL", "60012", "0.3", account: 1, more: "&selfTradePreventionMode=DECREMENT")
    #expect(taker["status"]?.string == "NEW")
    #expect(taker["origQty"]?.string == "0.30000000")
    #expect(taker["preventedQuantity"]?.string == "0.10000000")
    #expect(try status(venue, maker)["status"]?.string == "EXPIRED_IN_MATCH")
    let ask = try JSONValue.parse(
      venue.send("GET", "/api/v3/ticker/bookTicker?symbol=BTCUSDT").body)
    #expect(ask["askQty"]?.string == "0.20000000")
  }
}
