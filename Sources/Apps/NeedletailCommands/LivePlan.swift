import Engine
import Live
import TradingModel

/// A run at live venues: real ones, their test networks, or simulated ones on this machine.
struct LivePlan {
  var mode: RunMode
  var venues: [LiveVenue]
  /// `NAME:VENUES`, as `--strategy` has them.
  var strategies: [String]
  /// The strategies' usual settings in this run, below what the user sets.
  var strategySettings: [String: [(String, String)]] = [:]
  /// Limits for the definitions at hand.
  var limits: (RunDefinitions) -> [RiskLimitsDefinition]
  /// Whether orders reach a venue.
  var entersOrders: Bool { mode == .live || mode == .demo || mode == .sandbox }
  /// What holds the venues when they are of this process; called at the end.
  var whenClosed: () -> Void = {}
}
