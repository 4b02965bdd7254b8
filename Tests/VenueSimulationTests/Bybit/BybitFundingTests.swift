import Exchange
import Testing
import TradingModel
import VenueServer

@testable import VenueSimulation

/// Funding as often as one likes: executions of the type "Funding", with the same ids in pushes and lists.
@Suite struct BybitFundingTests {
  @Test func paymentsArePushedAndListed() throws {
    let venue = try BybitSimulated.unlimited()
    try venue.place("linear", "Sell", "1", "60000", account: 2)
    try venue.place("linear", "Buy", "1", "60000")
    let (_, connection) = try venue.privateSession(["execution"])
    venue.front.setFundingInterval(10_000_000_000, at: venue.now)
    venue.advance(milliseconds: 20_000)
    let pushed = try connection.take().flatMap { $0["data"]?.elements ?? [] }
    #expect(pushed.map { $0["execType"]?.string } == ["Funding", "Funding"])
    #expect(pushed.map { $0["execFee"]?.string } == ["6", "6"])
    func listed() throws -> [JSONValue] {
      let answer = try venue.get("execution/list", "category=linear&execType=Funding")
      return try venue.result(answer)["list"]?.elements ?? []
    }
    #expect(try listed().map { $0["execId"] } == pushed.reversed().map { $0["execId"] })
    #expect(Set(pushed.compactMap { $0["execId"]?.string }).count == 2)
    let records = venue.front.state(FormFields(""), at: venue.now)
    let funding = records["accounts"]?.elements?.first?["funding"]?.elements ?? []
    #expect(funding.map { $0["amount"]?.string } == ["-6", "-6"])
    #expect(funding.allSatisfy { $0["venue"] == "bybit-linear" && $0["symbol"] == "BTCUSDT" })
    venue.front.setFundingInterval(0, at: venue.now)
    venue.advance(milliseconds: 20_000)
    #expect(try listed().count == 2)
    let history = try venue.get("market/funding/history", "category=linear&symbol=BTCUSDT")
    #expect(try venue.result(history)["list"]?.elements?.isEmpty == true)
  }
}
