import Backtest
import TradingModel
import VenueSimulator
import Venues

/// What `needletail backtest` was asked for.
struct BacktestOptions {
  var feeds: [FeedArgument] = []
  var symbol: String?
  var strategy: String
  /// Lines of `key=value`.
  var settings: String
  var instruments: String?
  var journal: String?
  var seed: UInt64
  var latency = VenueLatency()
  var queueModel = QueueModel.proportional
  var isJSON: Bool

  init(_ options: CommandOptions) throws(UsageError) {
    for text in options.texts("feed") { feeds.append(try FeedArgument(text)) }
    if feeds.isEmpty { throw UsageError("--feed KIND:FILE[,FILE] is missing") }
    symbol = options.text("symbol")
    strategy = options.text("strategy") ?? "maker"
    settings = options.texts("set").map { $0 + "\n" }.joined()
    instruments = options.text("instruments")
    journal = options.text("journal")
    seed = try options.integer("seed", in: 0...UInt64.max) ?? 1
    latency.feed = try Self.time("feed-latency", options) ?? latency.feed
    latency.entry = try Self.time("entry-latency", options) ?? latency.entry
    latency.answer = try Self.time("answer-latency", options) ?? latency.answer
    latency.jitter = try Self.time("jitter", options) ?? latency.jitter
    queueModel = QueueModel.allCases.first { "\($0)" == options.text("queue") } ?? queueModel
    isJSON = options.has("json")
  }

  private static func time(
    _ name: String, _ options: CommandOptions
  ) throws(UsageError) -> Int64? {
    guard let text = options.text(name) else { return nil }
    return try DurationArgument.nanoseconds(name, text)
  }

  static let usage = CommandUsage(
    name: "backtest", summary: "run a strategy over recorded feeds",
    options: [
      .value(
        "feed", "KIND:FILE",
        "a capture; FILE,FILE is one continued capture, several --feed are several feeds; kinds: "
          + VenueRegistry.feedKindNames.joined(separator: ", "),
        isRepeatable: true, takesPath: true),
      .value("symbol", "S", "the symbol, where a capture holds several"),
      .value("strategy", "NAME", "maker, signals, or one of your own (maker)"),
      .value("set", "KEY=VALUE", "a setting of the strategy; repeatable", isRepeatable: true),
      .value(
        "instruments", "FILE",
        "tick, lot, contract size and fees as JSON (what record put beside the capture); captures "
          + "do not hold them", takesPath: true),
      .value("feed-latency", "T", "from the venue to us (1ms)"),
      .value("entry-latency", "T", "from us to the venue (1ms)"),
      .value("answer-latency", "T", "from the venue's answer to us (1ms)"),
      .value("jitter", "T", "at most this much more on every leg (0ns)"),
      .value(
        "queue", "MODEL",
        "where cancels in our queue were: proportional, ahead and behind alike; conservative, all "
          + "behind (proportional)",
        choices: QueueModel.allCases.map { "\($0)" }),
      .value("seed", "S", "where what is left to chance comes from (1)"),
      .value(
        "journal", "DIR", "where the journal goes (a fresh directory among temporary files)",
        takesPath: true),
      .flag("json", "print the result as one JSON object"),
    ],
    notes: """
      The strategy runs in the same core as everywhere. Its orders fill by their place in the recorded
      queues; orders that take consume the recorded depth; nothing fills for free.
      """,
    examples: [
      "needletail backtest --feed \(VenueRegistry.exampleFeedKind):btcusdt_20240808.gz \\\n"
        + "    --instruments config/instruments.json --set half_spread_bps=0.5 --set size=0.01"
    ])
}
