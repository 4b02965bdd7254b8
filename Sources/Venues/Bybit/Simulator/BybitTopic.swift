import TradingModel

/// A topic of public streams.
enum BybitTopic {
  case book(InstrumentIndex, depth: Int)
  case ticker(InstrumentIndex)
  /// One that begins without a snapshot, or about which nothing ever happens here.
  case other

  /// Nil for a name that is none in the category.
  init?(_ name: String, _ category: BybitCategory, _ core: BybitCore) {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard let last = parts.last, let instrument = core.instrument(last, category) else {
      return nil
    }
    switch (parts[0], parts.count) {
    case ("orderbook", 3):
      guard let depth = Int(parts[1]), BybitBook.depths.contains(depth) else { return nil }
      self = .book(instrument, depth: depth)
    case ("tickers", 2): self = .ticker(instrument)
    case ("publicTrade", 2): self = .other
    case ("kline", 3):
      guard CandleInterval(bybit: parts[1]) != nil else { return nil }
      self = .other
    case ("allLiquidation", 2), ("liquidation", 2), ("priceLimit", 2):
      guard category == .linear || parts[0] == "priceLimit" else { return nil }
      self = .other
    default: return nil
    }
  }
}
