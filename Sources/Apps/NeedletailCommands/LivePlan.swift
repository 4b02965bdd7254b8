import Engine
import Live
import TradingModel

/// A run at live venues: real ones, their test networks, or simulated ones on this machine.
struct LivePlan {
  var mode: RunMode
  var venues: [LiveVenue]
  /// What decides, on the definitions at hand.
  var strategies: (RunDefinitions) throws -> [StrategyDefinition]
  /// Limits for the definitions at hand.
  var limits: (RunDefinitions) -> [RiskLimitsDefinition]
  /// Whether orders reach a venue.
  var entersOrders: Bool { mode == .live || mode == .demo || mode == .sandbox }
  /// Whether requests are counted against the venues' limits.
  var limitsRates = true
  /// What holds the venues when they are of this process; called at the end.
  var whenClosed: () -> Void = {}
}
