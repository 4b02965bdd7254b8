import Testing
import TradingModel

@testable import Backtest

/// What a recorded feed tells of a contract is for the core: nothing fills by it.
@Suite struct ContractTests {
  @Test func markPricesFillNothing() {
    let recording = Recording()
    recording.contract(ContractUpdate(listing: 4, venueTime: 1, markPrice: Decimal(units: 1)))
    #expect(recording.reports.isEmpty)
  }
}
