import Needletail

/// The whole Needletail tool, with one more strategy in it.
var strategies = StrategyRegistry()
strategies.register(Breakout.self)
runNeedletail(registry: strategies)
