import Configuration
import Runtime
import Strategies
import TradingModel

/// `needletail paper|demo|live|shadow --config FILE`: the core over live sessions.
enum LiveCommand {
  static let all: [(usage: CommandUsage, mode: RunMode)] = [
    (
      usage(
        "paper", "trade live markets with simulated fills; nothing is sent",
        "Orders fill by their place in the live market's queues, as in a backtest; funding is charged as the feed tells it."
      ),
      .paper
    ),
    (
      usage(
        "demo", "trade at a venue's own demo or test network, or at a simulated one",
        "A venue's environment that is real is refused; addresses of one's own (rest, public_stream, "
          + "user_stream and order_entry of a [[venue]]) make an environment of their own."), .demo
    ),
    (
      usage(
        "live", "trade for real money; wants --confirm-live",
        "Keys that may withdraw are refused unless the configuration says otherwise."), .live
    ),
    (
      usage(
        "shadow", "decide and record on live markets, and send nothing",
        "Orders are told to stand, and to be changed and canceled as asked; nothing fills."),
      .shadow
    ),
  ]

  private static let keys = """
    Keys come from the environment (NEEDLETAIL_<VENUE>_KEY, _SECRET, _PASSPHRASE, after the venue's
    name in the configuration) or from the encrypted file (needletail secrets).
    """
  private static let noKeys = """
    No key is needed, and no account is looked at: balances of a [[venue]] says what it is taken to hold.
    """
  private static let comparison = """
    , and the accounts are compared
    with what was booked: status 3 where they differ.
    """

  private static func usage(_ name: String, _ summary: String, _ notes: String) -> CommandUsage {
    let entersOrders = name == "demo" || name == "live"
    return CommandUsage(
      name: name, summary: summary,
      options: [
        .value(
          "config", "FILE", "the run's configuration (docs/configuration.md)", takesPath: true),
        ConfigCommand.setOption,
        .value(
          "journal", "DIR", "in place of run.journal; one that is there is carried on",
          takesPath: true),
        .value("seconds", "N", "how long; without it until Ctrl-C"),
        .value("signals", "FILE", "trading signals, one JSON object a line", takesPath: true),
        .flag("events", "print each order and fill event as a JSON line once it is journalled"),
        .flag(
          "json", "print the result as one JSON object; everything else goes to standard error"),
        .flag("confirm-live", "of live: yes, this trades real money"),
      ],
      notes: """
        \(notes)
        \(entersOrders ? keys : noKeys)
        What goes wrong at a venue is told once on standard error. A venue that takes no more orders from
        this key or address ends the run with exit status 4.
        At the end the strategies stop and open orders are canceled\(entersOrders ? comparison : ".")
        """,
      examples: [
        "needletail \(name) --config run.toml --seconds 60"
          + (name == "live" ? " --confirm-live" : "")
      ])
  }

  static func run(
    _ mode: RunMode, _ options: CommandOptions, _ registry: StrategyRegistry
  ) throws -> Int32 {
    let name = "\(mode)"
    guard let path = options.text("config") else { throw UsageError("--config FILE is missing") }
    if mode == .live, !options.has("confirm-live") {
      throw UsageError("this trades real money: say --confirm-live if that is meant")
    }
    let configuration: RunConfiguration
    do throws(ConfigurationError) {
      configuration = try ConfigCommand.read(path, sets: options.texts("set"), registry)
        .configuration
    } catch {
      return fail(name, "\(error)", ExitStatus.usage)
    }
    let settings = try settings(configuration, options)
    return try runSession(name) {
      try Session.live(
        try LivePlan(mode, configuration, registry), settings, registry)
    }
  }

  private static func settings(
    _ configuration: RunConfiguration, _ options: CommandOptions
  ) throws(UsageError) -> SessionSettings {
    var settings = SessionSettings()
    settings.duration = try options.seconds("seconds")
    settings.seed = configuration.seed
    settings.journal = options.text("journal") ?? configuration.journal
    settings.json = options.has("json")
    settings.events = options.has("events")
    settings.signals = options.text("signals")
    settings.durability = configuration.durability == .disk ? .disk : .process
    settings.cancelsAtEnd = configuration.cancelOnExit
    switch configuration.wait {
    case .spin: settings.wait = .spin
    case .yield: settings.wait = .yield
    case .block: break
    }
    return settings
  }
}
