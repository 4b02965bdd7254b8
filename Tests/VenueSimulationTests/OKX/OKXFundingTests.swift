import Exchange
import Testing
import TradingModel
import VenueServer

@testable import VenueSimulation

/// Funding as often as one likes: told by `balance_and_position`, and listed as bills of type 8.
@Suite struct OKXFundingTests {
  @Test func paymentsAreToldAndListed() throws {
    let venue = try OKXSimulated()
    let (session, connection) = try venue.session(.private, account: 1)
    venue.send("subscribe", [["channel": "balance_and_position"]], to: session)
    _ = try venue.place("BTC-USDT-SWAP", "sell", "limit", "10", "60000", account: 2)
    _ = try venue.place("BTC-USDT-SWAP", "buy", "limit", "10", "60000")
    venue.advance(milliseconds: 100)
    _ = try connection.take()
    venue.front.setFundingInterval(10_000_000_000, at: venue.now)
    venue.advance(milliseconds: 20_000)
    let events = try connection.take().compactMap { $0["data"]?.elements?.first }
    #expect(events.map { $0["eventType"]?.string } == ["funding_fee", "funding_fee"])
    func bills(_ query: String) throws -> [JSONValue] {
      try venue.answer("GET", "/api/v5/account/bills?\(query)")["data"]?.elements ?? []
    }
    let listed = try bills("instType=SWAP&type=8")
    #expect(listed.count == 2)
    for bill in listed {
      #expect(bill["instId"] == "BTC-USDT-SWAP" && bill["type"] == "8" && bill["subType"] == "173")
      #expect(bill["balChg"]?.string?.hasPrefix("-") == true && bill["balChg"] == bill["pnl"])
    }
    let newest = try #require(listed[0]["ts"]?.string)
    #expect(try bills("type=8&begin=\(newest)").map { $0["billId"] } == [listed[0]["billId"]])
    venue.front.setFundingInterval(0, at: venue.now)
    venue.advance(milliseconds: 20_000)
    #expect(try bills("instType=SWAP&type=8").count == 2)
    let told = try venue.get("/public/funding-rate?instId=BTC-USDT-SWAP")
    #expect(told["code"] == "0")
    let history = try venue.get("/public/funding-rate-history?instId=BTC-USDT-SWAP")
    #expect(history["code"] == "0")
  }
}
