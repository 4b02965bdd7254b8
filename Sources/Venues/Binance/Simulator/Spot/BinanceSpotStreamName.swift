/// Names of market streams.
enum BinanceSpotStreamName {
  /// Whether it has a stream's form; whether there is such a symbol is not asked.
  static func isStream(_ name: String) -> Bool {
    if name == "!ticker@arr" || name == "!miniTicker@arr" { return true }
    let parts = name.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, parts[0] == parts[0].lowercased() else {
      return false
    }
    let kind = String(parts[1])
    if kinds.contains(kind) { return true }
    if kind.hasPrefix("kline_") {
      return CandleInterval(rawValue: String(kind.dropFirst("kline_".count))) != nil
    }
    return false
  }

  private static let kinds: Set<String> = Set(
    ["trade", "aggTrade", "bookTicker", "ticker", "miniTicker", "avgPrice"]
      + ["", "5", "10", "20"].flatMap { ["depth\($0)", "depth\($0)@100ms", "depth\($0)@1000ms"] })
}
