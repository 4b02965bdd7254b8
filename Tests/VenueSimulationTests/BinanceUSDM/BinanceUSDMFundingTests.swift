import Exchange
import Testing
import TradingModel
import VenueServer

@testable import VenueSimulation

/// Funding as often as one likes: pushed as the venue pushes it, and listed with ids that stay.
@Suite struct BinanceUSDMFundingTests {
  @Test func paymentsArePushedWithoutASymbolAndListedWithAnID() throws {
    let venue = try SimulatedUSDM()
    try venue.limit("SELL", "60000.0", "1", account: 2)
    try venue.market("BUY", "1")
    let (_, connection) = try venue.userStream()
    venue.front.setFundingInterval(10_000_000_000, at: venue.now)
    venue.advance(milliseconds: 20_000, step: 100)
    let pushes = try connection.take().filter { $0["e"] == "ACCOUNT_UPDATE" }
    #expect(pushes.count == 2)
    for push in pushes {
      #expect(push["a"]?["m"] == "FUNDING_FEE")
      // "with only the balance B, without any position P message".
      #expect(push["a"]?["P"]?.elements?.isEmpty ?? true)
      #expect(push["a"]?["B"]?.elements?.first?["bc"]?.string == "-6.00000000")
    }
    func listed(_ query: String) throws -> [String?] {
      let list = try venue.answer("GET", "v1/income", query).elements ?? []
      return list.filter { $0["incomeType"] == "FUNDING_FEE" }.map { $0["tranId"]?.scalarText }
    }
    let ids = try listed("incomeType=FUNDING_FEE")
    #expect(ids.count == 2 && Set(ids).count == 2)
    // Whatever is asked for, a payment keeps its id.
    #expect(try listed("") == ids)
    let last = venue.core.exchange.fundingPayments(of: 1).last?.time ?? 0
    #expect(try listed("startTime=\(last / 1_000_000)") == [ids[1]])
    let rates = try venue.answer("GET", "v1/fundingRate", "symbol=BTCUSDT").elements ?? []
    #expect(rates.count == 2)
    // And then never more.
    venue.front.setFundingInterval(0, at: venue.now)
    venue.advance(milliseconds: 60_000, step: 100)
    #expect(try listed("incomeType=FUNDING_FEE") == ids)
  }
}
