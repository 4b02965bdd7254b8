import TradingModel

extension RunConfiguration {
  /// Reads a whole document.
  init(_ reader: ConfigurationReader) throws(ConfigurationError) {
    let run = try reader.table("run")
    journal = try run.optional("journal", .text)
    durability = try run.value("durability", .choice, default: .process)
    wait = try run.value("wait", .choice, default: .block)
    let seedMax = UInt64(Int64.max)
    seed = try run.optional("seed", .integer(in: 0...seedMax))
    allowWithdrawalKeys = try run.value("allow_withdrawal_keys", .boolean, default: false)
    cancelOnExit = try run.value("cancel_on_exit", .boolean, default: true)
    let venueReaders = try reader.tables("venue", namedBy: "name")
    venues = []
    for (name, venue) in venueReaders {
      // NEEDLETAIL_<VENUE>_KEY holds a venue's key and must not be taken for a value of a section.
      let first = String(name.prefix { $0 != "-" })
      if ["run", "venue", "strategy", "risk"].contains(first) {
        throw venue.refusal(
          "name",
          "a venue's name cannot begin with '\(first)', which begins variables of [\(first)]")
      }
      venues.append(
        try VenueConfiguration(venue, name: name, allowsByRun: allowWithdrawalKeys))
    }
    let strategyReaders = try reader.tables("strategy", namedBy: "name")
    strategies = []
    for (name, strategy) in strategyReaders {
      strategies.append(try StrategyConfiguration(strategy, name: name))
    }
    risk = try RiskConfiguration(try reader.table("risk"))
    // A misspelt section is told as such before anything is said to be missing in its right place.
    try reader.finish()
    if venues.isEmpty {
      throw reader.refusal("venue", "there is no [[venue]]; expected at least one")
    }
    for (strategy, (_, own)) in zip(strategies, strategyReaders) {
      try strategy.check(among: venues, own)
    }
  }
}

extension VenueConfiguration {
  init(
    _ reader: ConfigurationReader, name: String, allowsByRun: Bool
  ) throws(ConfigurationError) {
    self.name = name
    adapter = try reader.value("adapter", .text, default: name)
    environment = try reader.optional("environment", .text)
    symbols = try reader.required("symbols", .texts("symbols", countMin: 1))
    key = try reader.optional("key", .text)
    allowWithdrawalKey = try reader.value(
      "allow_withdrawal_key", .boolean, default: allowsByRun)
    foreignOrders = try reader.value("foreign_orders", .choice, default: .leave)
    foreignPositions = try reader.value("foreign_positions", .choice, default: .leave)
    balances = try reader.optional("balances", .amounts)
    deadManSeconds = try reader.optional("dead_man_seconds", .integer(in: 0...86_400))
    staleSeconds = try reader.value("stale_seconds", .integer(in: 1...3_600), default: 30)
    redundantFeed = try reader.value("redundant_feed", .boolean, default: false)
    rest = try reader.optional("rest", .serverAddress)
    publicStream = try reader.optional("public_stream", .streamAddress)
    userStream = try reader.optional("user_stream", .streamAddress)
    orderEntry = try reader.optional("order_entry", .streamAddress)
    certificateAuthority = try reader.optional("ca", .text)
    makerFee = try reader.optional("maker_fee", .fee)
    takerFee = try reader.optional("taker_fee", .fee)
  }
}

extension StrategyConfiguration {
  init(_ reader: ConfigurationReader, name: String) throws(ConfigurationError) {
    self.name = name
    kind = try reader.value("kind", .text, default: name)
    venues = try reader.optional("venues", .texts("names of venues", countMin: 1))
    symbols = try reader.optional("symbols", .texts("symbols", countMin: 1))
    settings = []
    for (name, text) in try reader.table("settings").allTexts() {
      settings.append(Setting(name: name, text: text))
    }
  }

  /// - Throws: when a name is none of the run's venues, or a symbol none of theirs.
  func check(
    among all: [VenueConfiguration], _ reader: ConfigurationReader
  ) throws(ConfigurationError) {
    let names = all.map(\.name)
    for venue in venues ?? [] where !names.contains(venue) {
      throw reader.refusal("venues", Self.unknown("venue", venue, among: names))
    }
    let own = all.filter { venues?.contains($0.name) ?? true }
    let traded = own.flatMap(\.symbols)
    for symbol in symbols ?? [] where !traded.contains(symbol) {
      throw reader.refusal(
        "symbols", Self.unknown("symbol of its venues", symbol, among: traded))
    }
  }

  private static func unknown(_ what: String, _ name: String, among known: [String]) -> String {
    let near = Spelling.nearest(to: name, among: known).map { "; did you mean '\($0)'?" }
    return "'\(name)' is no \(what)\(near ?? "; known are " + known.joined(separator: ", "))"
  }
}

extension RiskConfiguration {
  init(_ reader: ConfigurationReader) throws(ConfigurationError) {
    let money = ConfigurationShape<Decimal>.decimal(atLeast: Decimal(units: 0))
    orderNotionalMax = try reader.optional("order_notional_max", money)
    openNotionalMax = try reader.optional("open_notional_max", money)
    positionNotionalMax = try reader.optional("position_notional_max", money)
    priceCollar = try reader.optional(
      "price_collar",
      .decimal(in: Decimal(units: 0)...Decimal(units: 1), decimals: Rate.decimals))
    openOrdersMax = try reader.optional("open_orders_max", .integer(in: 0...1_000_000))
    ordersPerSecond = try reader.optional("orders_per_second", .integer(in: 0...1_000_000))
  }
}

extension ConfigurationShape where Value == Decimal {
  /// A fee: a share of a trade's value, of which more than a tenth is surely a mistake.
  fileprivate static var fee: Self {
    .decimal(
      in: Decimal(units: -1, decimals: 1)...Decimal(units: 1, decimals: 1),
      decimals: Rate.decimals)
  }
}
