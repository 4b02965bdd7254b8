import Engine
import Live
import TradingModel

/// A run at live venues: real ones, their test networks, or simulated ones on this machine.
struct LivePlan {
  var mode: RunMode
  var venues: [LiveVenue]
  /// What decides, on the definitions at hand.
  var strategies: (RunDefinitions) throws -> [StrategyDefinition]
  /// Limits for the definitions at hand, whose balances are those that the journal began with.
  var limits: (RunDefinitions) -> [RiskLimitsDefinition]
  /// Whether orders reach a venue.
  var entersOrders: Bool { mode == .live || mode == .demo || mode == .sandbox }
  /// Whether requests are counted against the venues' limits.
  var limitsRates = true
  /// What holds the venues when they are of this process; called at the end.
  var whenClosed: () -> Void = {}

  /// The venues whose orders no balance has to cover.
  ///
  /// - Parameter balances: what the journal began with.
  func uncoveredVenues(_ balances: [AccountBalance]) -> [LiveVenue] {
    // Where orders are entered, an unknown balance covers nothing.
    if entersOrders { return [] }
    return venues.enumerated().filter { index, _ in
      !balances.contains { Int($0.venue) == index }
    }.map(\.element)
  }

  /// - Throws: where a venue is taken to hold a currency that none of its listings needs.
  func checkAssumedBalances(_ definitions: RunDefinitions) throws(UsageError) {
    for (index, venue) in venues.enumerated() where venue.credential == nil {
      let known = definitions.balances.filter { Int($0.venue) == index }
        .map { definitions.currencies[Int($0.currency)] }
      for (currency, _) in venue.assumedBalances ?? [] where !known.contains(currency) {
        throw UsageError(
          "[[venue]] \(venue.name): balances: no symbol of it needs \(currency); expected some of "
            + known.joined(separator: ", "))
      }
    }
  }
}
