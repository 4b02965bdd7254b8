import Configuration
import Strategies
import TradingModel
import Venues

extension RunConfigurationFile {
  /// Checks what only the whole program knows: adapters, their environments, strategies, settings.
  ///
  /// - Throws: `ConfigurationError` at the first name that means nothing.
  func checkNames(_ registry: StrategyRegistry) throws(ConfigurationError) {
    for venue in configuration.venues { try checkNames(of: venue) }
    for strategy in configuration.strategies { try checkNames(of: strategy, registry) }
  }

  private func checkNames(of venue: VenueConfiguration) throws(ConfigurationError) {
    let path = "venue.\(venue.name)"
    guard let known = VenueRegistry.find(venue.adapter) else {
      throw unknown(
        "adapter", venue.adapter, among: VenueRegistry.names, at: "\(path).adapter", or: path)
    }
    let environments = known.adapter.description.environments.map(\.name)
    if let environment = venue.environment, !environments.contains(environment) {
      throw unknown(
        "environment of \(venue.adapter)", environment, among: environments,
        at: "\(path).environment", or: path)
    }
    try checkDeadMan(of: venue, known.adapter.description)
  }

  /// What a venue is asked for it must have, and in its bounds.
  private func checkDeadMan(
    of venue: VenueConfiguration, _ description: VenueDescription
  ) throws(ConfigurationError) {
    guard let seconds = venue.deadManSeconds, seconds != 0 else { return }
    let expected: String
    if let range = description.deadManSeconds {
      if range.contains(seconds) { return }
      expected =
        "\(description.name) takes \(range.lowerBound) to \(range.upperBound) seconds, or 0 for never"
    } else {
      expected = "\(description.name) has no dead-man switch; expected 0, or nothing"
    }
    throw ConfigurationError(
      "'\(seconds)': \(expected)", at: origin(of: "venue.\(venue.name).dead_man_seconds"))
  }

  private func checkNames(
    of strategy: StrategyConfiguration, _ registry: StrategyRegistry
  ) throws(ConfigurationError) {
    let path = "strategy.\(strategy.name)"
    guard let known = registry.entries.first(where: { $0.name == strategy.kind }) else {
      throw unknown(
        "strategy", strategy.kind, among: registry.entries.map(\.name), at: "\(path).kind",
        or: path)
    }
    let names = known.settings.map(\.name)
    for setting in strategy.settings where !names.contains(setting.name) {
      throw unknown(
        "setting of \(strategy.kind)", setting.name, among: names,
        at: "\(path).settings.\(setting.name)", or: path)
    }
  }

  /// - Parameter owner: the path of the table, whose name stands in for what is not given.
  private func unknown(
    _ what: String, _ name: String, among known: [String], at path: String, or owner: String
  ) -> ConfigurationError {
    let near = Spelling.nearest(to: name, among: known).map { "; did you mean '\($0)'?" }
    let isGiven = origin(of: path) != .wholeFile(file)
    return ConfigurationError(
      "'\(name)' is no \(what)\(near ?? "; known are " + known.joined(separator: ", "))",
      at: origin(of: isGiven ? path : "\(owner).name"))
  }
}
