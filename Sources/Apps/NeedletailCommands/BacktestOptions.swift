import Backtest
import TradingModel
import VenueSimulator
import Venues

/// What `needletail backtest` was asked for.
struct BacktestOptions {
  var feeds: [FeedArgument] = []
  var symbol: String?
  var strategy = "maker"
  /// Lines of `key=value`.
  var settings = ""
  var instruments: String?
  var journal: String?
  var seed: UInt64 = 1
  var latency = VenueLatency()
  var queueModel = QueueModel.proportional
  var isJSON = false
  var wantsHelp = false

  static let flags = [
    "--feed", "--symbol", "--strategy", "--set", "--instruments", "--journal", "--seed",
    "--feed-latency", "--entry-latency", "--answer-latency", "--jitter", "--queue", "--json",
    "--help", "--no-colour",
  ]

  init(_ arguments: [String]) throws(UsageMistake) {
    var rest = arguments[...]
    while let word = rest.popFirst() {
      // `--flag value` and `--flag=value`; a setting's own equals sign comes later.
      var flag = word
      var attached: String?
      if word.hasPrefix("--"), let equals = word.firstIndex(of: "=") {
        flag = String(word[..<equals])
        attached = String(word[word.index(after: equals)...])
      }
      switch flag {
      case "--json": isJSON = true
      case "--no-colour": break
      case "--help", "-h": wantsHelp = true
      default: try take(flag, attached, &rest)
      }
    }
    if !wantsHelp, feeds.isEmpty {
      throw UsageMistake(message: "--feed KIND:FILE[,FILE] is missing")
    }
  }

  private mutating func take(
    _ flag: String, _ attached: String?, _ rest: inout ArraySlice<String>
  ) throws(UsageMistake) {
    guard Self.flags.contains(flag) else {
      let hint = Spelling.nearest(to: flag, among: Self.flags).map { "; did you mean \($0)?" }
      throw UsageMistake(message: "unknown argument '\(flag)'\(hint ?? "")")
    }
    guard let value = attached ?? rest.popFirst() else {
      throw UsageMistake(message: "\(flag) wants a value")
    }
    switch flag {
    case "--feed": feeds.append(try FeedArgument(value))
    case "--symbol": symbol = value
    case "--strategy": strategy = value
    case "--set": settings += value + "\n"
    case "--instruments": instruments = value
    case "--journal": journal = value
    case "--feed-latency": latency.feed = try DurationArgument.nanoseconds(flag, value)
    case "--entry-latency": latency.entry = try DurationArgument.nanoseconds(flag, value)
    case "--answer-latency": latency.answer = try DurationArgument.nanoseconds(flag, value)
    case "--jitter": latency.jitter = try DurationArgument.nanoseconds(flag, value)
    case "--queue": queueModel = try Self.model(value)
    default:
      guard let number = UInt64(value) else {
        throw UsageMistake(message: "\(flag) wants a whole number, got '\(value)'")
      }
      seed = number
    }
  }

  private static func model(_ text: String) throws(UsageMistake) -> QueueModel {
    for model in QueueModel.allCases where "\(model)" == text { return model }
    throw UsageMistake(
      message: "--queue wants \(QueueModel.allCases.map { "\($0)" }.joined(separator: " or "))"
        + ", got '\(text)'")
  }

  static let help = """
    needletail backtest: run a strategy over recorded feeds, through the same core as live trading

    usage: needletail backtest --feed KIND:FILE[,FILE] [--feed ...] [--strategy NAME]
                               [--set key=value ...] [--instruments FILE] [--journal DIR] [--json]

      --feed KIND:FILE    a capture; several files are one continued capture, several --feed are
                          several feeds. Kinds: \(FeedKind.allCases.map(\.rawValue).joined(separator: ", "))
      --symbol S          the symbol, where captures hold several
      --strategy NAME     maker (default), signals, or one of your own
      --set key=value     a setting of the strategy
      --instruments FILE  tick, lot, contract size and fees; captures do not hold them
      --feed-latency T    from the venue to us (1ms); --entry-latency, --answer-latency (1ms each),
                          --jitter T at most this much more on every leg (0)
      --queue MODEL       proportional (default) or conservative: where cancels ahead of us were
      --seed N            of whatever is left to chance (1)
      --journal DIR       where the journal goes; a fresh folder under the temporary one otherwise
      --json              one JSON object on standard output

    example:
      needletail backtest --feed binance-usdm:btcusdt_20240808.gz --instruments instruments.json \\
        --strategy maker --set half_spread_bps=0.5 --set size=0.01

    """
}
