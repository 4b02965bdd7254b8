import Engine
import Strategies
import TradingModel

/// Which strategies a sandbox run has, on what, and within which limits.
enum SandboxStrategies {
  /// Without `--strategy`: a maker on two venues and a follower of signals on the third.
  static let standard = ["maker:alpha,beta", "signals:gamma"]

  /// Settings that suit the built-in markets; `--set` comes on top.
  static let settings: [String: [(String, String)]] = [
    "maker": [
      ("half_spread_bps", "0.4"), ("size", "0.05"), ("max_position", "0.4"), ("skew_bps", "0.4"),
      ("requote_ticks", "2"),
    ],
    "signals": [("max_position", "1")],
  ]

  /// The strategy definitions that the options ask for. The house account is 0, strategies follow.
  static func definitions(
    chosen: [String], sets: [String], definitions: RunDefinitions, registry: StrategyRegistry,
    usual: [String: [(String, String)]] = settings
  ) throws -> [StrategyDefinition] {
    var result: [StrategyDefinition] = []
    for text in chosen.isEmpty ? standard : chosen {
      let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(parts[0])
      let entry = try registry.entry(name)
      let venues = parts.count > 1 ? parts[1].split(separator: ",").map(String.init) : nil
      result.append(
        StrategyDefinition(
          index: StrategyIndex(result.count + 1), stateVersion: entry.stateVersion, name: name,
          settings: lines(usual[name] ?? []),
          listings: try listings(at: venues, text, definitions)))
    }
    return try applying(sets, to: result, definitions, registry)
  }

  private static func listings(
    at venues: [String]?, _ text: String, _ definitions: RunDefinitions
  ) throws -> [ListingIndex] {
    guard let venues else { return definitions.listings.map(\.listing.index) }
    for venue in venues where !definitions.venues.contains(venue) {
      let hint = Spelling.nearest(to: venue, among: definitions.venues)
      throw UsageError(
        "--strategy \(text): unknown venue '\(venue)'\(hint.map { "; did you mean \($0)?" } ?? "")"
          + "; expected NAME:VENUE,VENUE with venues of "
          + definitions.venues.joined(separator: ", "))
    }
    return definitions.listings.filter {
      venues.contains(definitions.venues[Int($0.listing.venue)])
    }.map(\.listing.index)
  }

  /// The definitions with each `strategy.key=value` in place, checked by making each strategy once.
  static func applying(
    _ sets: [String], to strategies: [StrategyDefinition], _ definitions: RunDefinitions,
    _ registry: StrategyRegistry
  ) throws -> [StrategyDefinition] {
    var strategies = strategies
    for set in sets {
      guard let equals = set.firstIndex(of: "="), let dot = set[..<equals].firstIndex(of: ".")
      else { throw UsageError("--set '\(set)' was expected to be STRATEGY.KEY=VALUE") }
      let name = String(set[..<dot])
      let names = strategies.map(\.name)
      guard names.contains(name) else {
        let hint = Spelling.nearest(to: name, among: names).map { "; did you mean \($0)?" }
        throw UsageError(
          "--set \(set): no strategy '\(name)' in this run\(hint ?? ""); it has "
            + names.joined(separator: ", "))
      }
      let key = String(set[set.index(after: dot)..<equals])
      let value = String(set[set.index(after: equals)...])
      for index in strategies.indices where strategies[index].name == name {
        var pairs = pairs(of: strategies[index].settings)
        pairs.removeAll { $0.0 == key }
        pairs.append((key, value))
        strategies[index].settings = lines(pairs)
      }
    }
    let listings = definitions.listings.map(\.listing)
    for strategy in strategies {
      do throws(SettingError) {
        _ = try registry.make(
          strategy.name, settings: strategy.settings,
          listings: strategy.listings.map { listings[Int($0)] })
      } catch {
        throw UsageError(Self.explanation(error, strategy.name))
      }
    }
    return strategies
  }

  private static func explanation(_ error: SettingError, _ strategy: String) -> String {
    // Where a setting is unknown, the error's own words name the strategy.
    if case .unknownSetting = error { return "\(error)" }
    return "strategy \(strategy): \(error)"
  }

  private static func lines(_ pairs: [(String, String)]) -> String {
    pairs.map { "\($0.0)=\($0.1)" }.joined(separator: "\n")
  }

  private static func pairs(of text: String) -> [(String, String)] {
    text.split(separator: "\n").map { line in
      let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
    }
  }

  /// Limits of the firm, of each strategy and of each listing. Values are in USDT.
  static func limits(_ definitions: RunDefinitions) -> [RiskLimitsDefinition] {
    func money(_ units: Int64) -> Money { Money(Decimal(units: units)) }
    let percent: Int64 = 1_000_000
    var result = [
      RiskLimitsDefinition(
        scope: .firm, index: 0, openOrdersMax: 500, ordersPerWindow: 1000,
        priceCollar: Rate(parts: 5 * percent), orderNotionalMax: money(50_000),
        openNotionalMax: money(1_000_000), positionNotionalMax: money(200_000),
        marginRate: Rate(parts: 10 * percent),
        checks: RiskLimitsDefinition.balanceCheck | RiskLimitsDefinition.feedCheck)
    ]
    for strategy in definitions.strategies {
      result.append(
        RiskLimitsDefinition(
          scope: .strategy, index: strategy.index, openOrdersMax: 200, ordersPerWindow: 500,
          priceCollar: Rate(parts: 3 * percent), orderNotionalMax: money(40_000),
          openNotionalMax: money(500_000), positionNotionalMax: money(100_000)))
    }
    for definition in definitions.listings {
      result.append(
        RiskLimitsDefinition(
          scope: .listing, index: definition.listing.index, openOrdersMax: 100,
          ordersPerWindow: 400, priceCollar: Rate(parts: 2 * percent),
          orderNotionalMax: money(40_000), openNotionalMax: money(400_000),
          positionNotionalMax: money(100_000)))
    }
    return result
  }
}
