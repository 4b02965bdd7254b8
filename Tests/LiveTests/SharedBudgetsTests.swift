import Credentials
import Live
import Testing
import TradingModel
import Venues

/// Which venues of a run count together.
@Suite struct SharedBudgetsTests {
  private func venue(
    _ adapter: any VenueAdapter.Type, key: String, rest: String? = nil
  ) -> LiveVenue {
    var environment = adapter.description.environments[0]
    if let rest { environment.rest = rest }
    var venue = LiveVenue(
      name: adapter.description.name, adapter: adapter, environment: environment, symbols: [])
    venue.credential = VenueCredential(apiKey: key, kind: .hmac, secret: SecretBytes("-"))
    return venue
  }

  @Test func oneVenueAndKeyIsOneBudget() {
    var budgets = SharedBudgets()
    let one = budgets.budget(of: venue(OKX.self, key: "a"))
    #expect(budgets.budget(of: venue(OKX.self, key: "a")) === one)
    #expect(budgets.budget(of: venue(OKX.self, key: "b")) !== one)
  }

  /// Keys and products behind one host are shut out together, and those behind another are not.
  @Test func aBanOfTheAddressIsOfOneHost() {
    var budgets = SharedBudgets()
    let spot = budgets.budget(of: venue(BybitSpot.self, key: "a"))
    let linear = budgets.budget(of: venue(BybitLinear.self, key: "b"))
    let other = budgets.budget(of: venue(BybitLinear.self, key: "b", rest: "https://127.0.0.1:1"))
    let okx = budgets.budget(of: venue(OKX.self, key: "a"))
    spot.budget.ban(until: 100, by: .address)
    #expect(linear.budget.bannedUntil == 100)
    #expect(other.budget.bannedUntil == .min && okx.budget.bannedUntil == .min)
    spot.budget.ban(until: 200, by: .key)
    #expect(spot.budget.bannedUntil == 200 && linear.budget.bannedUntil == 100)
  }
}
