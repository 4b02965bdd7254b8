/// Needletail as a library: everything a strategy of one's own is written against, and the tool to run
/// it. A package that depends on the product `Needletail` needs this one import.
@_exported import Execution
@_exported import LowLatency
@_exported import MarketData
@_exported import NeedletailCommands
@_exported import Portfolio
@_exported import Strategies
@_exported import TradingModel
