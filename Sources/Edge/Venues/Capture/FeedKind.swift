import MarketData

/// The kinds of capture that can be read, under the names the command line uses.
public enum FeedKind: String, CaseIterable, Sendable {
  case binanceSpot = "binance-spot"
  case binanceUSDM = "binance-usdm"
  case binanceCOINM = "binance-coinm"
  case bybit
  case okx
  case hyperliquid
  case cmeMBO = "cme-mbo"
  case csvTrades = "csv-trades"
  case csvQuotes = "csv-quotes"
  /// Trades or quotes, told apart by the header.
  case csv

  /// The venue's rule for joining book updates.
  public var sequenceRule: SequenceRule {
    switch self {
    case .binanceSpot: .binanceSpot
    case .binanceUSDM, .binanceCOINM: .binanceFutures
    case .bybit: .bybit
    case .okx: .okx
    case .hyperliquid, .cmeMBO, .csvTrades, .csvQuotes, .csv: .wholeBooks
    }
  }

  /// Whether snapshots come beside the stream, and updates are kept for them.
  public var keepsUpdates: Bool { self != .bybit && self != .okx }

  /// Whether messages name their symbol. Where they do not, the whole capture is one instrument.
  public var namesSymbols: Bool {
    switch self {
    case .cmeMBO, .csvTrades, .csvQuotes, .csv: false
    default: true
    }
  }
}
