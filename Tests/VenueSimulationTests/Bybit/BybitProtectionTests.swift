import Testing
import VenueServer

@testable import VenueSimulation

/// Disconnect protection: each product has its own.
@Suite struct BybitProtectionTests {
  private func set(_ venue: BybitSimulated, _ product: JSONValue, _ seconds: Int64) throws -> Int64?
  {
    try venue.post(
      "order/disconnected-cancel-all", ["product": product, "timeWindow": .integer(seconds)]
    )["retCode"]?.integer
  }

  private func status(_ venue: BybitSimulated, _ category: String, _ id: String) throws
    -> JSONValue?
  {
    try venue.order(category, id)["orderStatus"]
  }

  @Test func ordersAreCanceledWhenNobodyCares() throws {
    let venue = try BybitSimulated.unlimited()
    #expect(try set(venue, "DERIVATIVES", 20) == 0)
    let future = try venue.place("linear", "Buy", "0.1", "59000")
    let spot = try venue.place("spot", "Buy", "0.1", "59000")
    let (session, _) = try venue.privateSession(["dcp.future"])
    venue.advance(milliseconds: 30_000)
    #expect(try status(venue, "linear", future) == "New")
    session.end(at: venue.now)
    venue.advance(milliseconds: 19_000)
    #expect(try status(venue, "linear", future) == "New")
    venue.advance(milliseconds: 1_100)
    let ended = try venue.order("linear", future)
    #expect(ended["orderStatus"] == "Cancelled" && ended["cancelType"] == "CancelByDCP")
    // Of spot nobody ever cared, so that nobody stopped to.
    #expect(try status(venue, "spot", spot) == "New")
  }

  @Test func eachProductIsCountedByItself() throws {
    let venue = try BybitSimulated.unlimited()
    let future = try venue.place("linear", "Buy", "0.1", "59000")
    let spot = try venue.place("spot", "Buy", "0.1", "59000")
    let (futures, _) = try venue.privateSession(["dcp.future"])
    let (spots, _) = try venue.privateSession(["dcp.spot"])
    futures.end(at: venue.now)
    // Ten seconds where nothing else was said.
    venue.advance(milliseconds: 10_100)
    #expect(try status(venue, "linear", future) == "Cancelled")
    #expect(try status(venue, "spot", spot) == "New")
    spots.end(at: venue.now)
    venue.advance(milliseconds: 10_100)
    #expect(try status(venue, "spot", spot) == "Cancelled")
  }

  @Test func theLastConnectionThatCaresCounts() throws {
    let venue = try BybitSimulated.unlimited()
    let order = try venue.place("linear", "Buy", "0.1", "59000")
    let (first, _) = try venue.privateSession(["dcp.future"])
    let (second, _) = try venue.privateSession(["dcp.future"])
    let (stranger, _) = try venue.privateSession(["order"])
    first.end(at: venue.now)
    stranger.end(at: venue.now)
    venue.advance(milliseconds: 20_000)
    #expect(try status(venue, "linear", order) == "New")
    second.end(at: venue.now)
    venue.advance(milliseconds: 9_000)
    // Back in time: the next loss counts anew.
    let (third, _) = try venue.privateSession(["dcp.future"])
    venue.advance(milliseconds: 9_000)
    third.end(at: venue.now)
    venue.advance(milliseconds: 9_000)
    #expect(try status(venue, "linear", order) == "New")
    venue.advance(milliseconds: 1_100)
    #expect(try status(venue, "linear", order) == "Cancelled")
  }

  @Test func oneThatLeftTheTopicMayEnd() throws {
    let venue = try BybitSimulated.unlimited()
    let order = try venue.place("linear", "Buy", "0.1", "59000")
    let (session, _) = try venue.privateSession(["dcp.future"])
    session.received(#"{"op":"unsubscribe","args":["dcp.future"]}"#, at: venue.now)
    session.end(at: venue.now)
    venue.advance(milliseconds: 20_000)
    #expect(try status(venue, "linear", order) == "New")
  }

  @Test func accountsAreToldWhatTheyHave() throws {
    let venue = try BybitSimulated.unlimited()
    #expect(try set(venue, "SPOT", 40) == 0)
    let told = try venue.result(try venue.get("account/query-dcp-info"))
    #expect(
      told["dcpInfos"] == [
        ["product": "SPOT", "dcpStatus": "ON", "timeWindow": "40"],
        ["product": "DERIVATIVES", "dcpStatus": "ON", "timeWindow": "10"],
      ])
    let nothing = try venue.get("account/query-dcp-info", account: 2)
    #expect(try venue.result(nothing)["dcpInfos"] == [])
    let refused = try venue.post(
      "order/disconnected-cancel-all", ["product": "SPOT", "timeWindow": 40], account: 2)
    #expect(refused["retCode"] == 10005)
    for seconds: Int64 in [2, 301] { #expect(try set(venue, "SPOT", seconds) == 10001) }
    #expect(try set(venue, "MARGIN", 40) == 10001)
  }
}
