import Exchange

/// The difference stream of a book at one speed: what changed and was not sent yet.
struct BinanceUSDMDepth {
  /// Behind `<symbol>@depth` and `<symbol>@depth<levels>`.
  var suffix: String
  /// Between two messages, in tenths of a second; 0 sends at once.
  var tenths: Int64
  var changes = PendingDepth.Changes()
  /// The last update id of the message before, its `pu`.
  var previous: UInt64 = 0

  /// All speeds. The venue's own 250 ms are here two and three tenths in turn.
  static let speeds = [
    BinanceUSDMDepth(suffix: "@0ms", tenths: 0), BinanceUSDMDepth(suffix: "@100ms", tenths: 1),
    BinanceUSDMDepth(suffix: "", tenths: 2), BinanceUSDMDepth(suffix: "@500ms", tenths: 5),
  ]

  /// Whether a message is due at a time, in tenths of a second. Of five tenths the pace of 250 ms uses
  /// the second and the fifth.
  func isDue(at tenth: Int64) -> Bool {
    switch tenths {
    case 0: false
    case 2: tenth % 5 == 2 || tenth % 5 == 0
    default: tenth % tenths == 0
    }
  }
}

/// Names of streams of USD-M futures.
enum BinanceUSDMStreamName {
  /// Whether it has a stream's form; whether there is such a symbol is not asked.
  static func isStream(_ name: String) -> Bool {
    if all.contains(name) { return true }
    let parts = name.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, parts[0] == parts[0].lowercased() else {
      return false
    }
    let kind = String(parts[1])
    if kinds.contains(kind) { return true }
    for prefix in ["kline_", "continuousKline_"] where kind.hasPrefix(prefix) {
      return CandleInterval(rawValue: String(kind.dropFirst(prefix.count))) != nil
    }
    return false
  }

  private static let all: Set<String> = [
    "!ticker@arr", "!miniTicker@arr", "!bookTicker", "!markPrice@arr", "!markPrice@arr@1s",
    "!forceOrder@arr", "!contractInfo", "!assetIndex@arr",
  ]
  private static let kinds: Set<String> = Set(
    [
      "trade", "aggTrade", "bookTicker", "ticker", "miniTicker", "markPrice", "markPrice@1s",
      "forceOrder",
    ]
      + ["", "5", "10", "20"].flatMap {
        [
          "depth\($0)", "depth\($0)@0ms", "depth\($0)@100ms", "depth\($0)@250ms",
          "depth\($0)@500ms",
        ]
      })
}
