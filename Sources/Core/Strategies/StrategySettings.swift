import TradingModel

/// One thing a strategy lets people set.
public struct StrategySetting: Sendable, Equatable {
  public var name: String
  public var defaultText: String
  public var meaning: String

  public init(_ name: String, default defaultText: String, _ meaning: String) {
    self.name = name
    self.defaultText = defaultText
    self.meaning = meaning
  }
}

/// Why a strategy's settings were refused.
public enum SettingError: Error, Equatable, Sendable, CustomStringConvertible {
  case unknownStrategy(String, known: [String])
  case unknownSetting(String, strategy: String, known: [String])
  case notKeyValue(String)
  case invalid(setting: String, text: String, expected: String)
  case noListings(strategy: String)
  case tooManyListings(strategy: String, max: Int)

  public var description: String {
    switch self {
    case .unknownStrategy(let name, let known):
      "unknown strategy '\(name)'\(nearest(name, known)); known are \(known.joined(separator: ", "))"
    case .unknownSetting(let name, let strategy, let known):
      "strategy '\(strategy)' has no setting '\(name)'\(nearest(name, known)); "
        + "it has \(known.joined(separator: ", "))"
    case .notKeyValue(let text): "'\(text)' was expected to be KEY=VALUE"
    case .invalid(let setting, let text, let expected):
      "setting '\(setting)' is '\(text)', expected \(expected)"
    case .noListings(let strategy): "strategy '\(strategy)' was given no listing to trade"
    case .tooManyListings(let strategy, let max):
      "strategy '\(strategy)' trades at most \(max) listings"
    }
  }

  private func nearest(_ name: String, _ known: [String]) -> String {
    guard let best = Spelling.nearest(to: name, among: known) else { return "" }
    return " (did you mean '\(best)'?)"
  }
}

/// What a strategy is made from: its settings as text, and its listings.
public struct StrategySetup {
  public let strategyName: String
  public let listings: [Listing]
  private var values: [(name: String, text: String)]

  /// - Parameter text: lines of `key=value`; what is missing has its default.
  public init(
    strategyName: String, settings: [StrategySetting], text: String, listings: [Listing]
  ) throws(SettingError) {
    self.strategyName = strategyName
    self.listings = listings
    values = settings.map { ($0.name, $0.defaultText) }
    for line in text.split(separator: "\n") {
      guard let equals = line.firstIndex(of: "=") else { throw .notKeyValue(String(line)) }
      let name = String(line[..<equals])
      guard let index = values.firstIndex(where: { $0.name == name }) else {
        throw .unknownSetting(name, strategy: strategyName, known: values.map(\.name))
      }
      values[index].text = String(line[line.index(after: equals)...])
    }
  }

  /// The text of a setting that the strategy declared.
  public func text(_ name: String) -> String {
    guard let value = values.first(where: { $0.name == name }) else {
      preconditionFailure("a strategy reads only the settings it declares")
    }
    return value.text
  }

  /// A decimal number in `range`.
  public func decimal(
    _ name: String, atLeast least: Decimal = Decimal(units: 0)
  ) throws(SettingError) -> Decimal {
    let text = text(name)
    guard let value = try? Decimal(text), value >= least else {
      throw .invalid(setting: name, text: text, expected: "a decimal number of at least \(least)")
    }
    return value
  }

  /// A whole number in `range`.
  public func integer(
    _ name: String, in range: ClosedRange<Int64>
  ) throws(SettingError) -> Int64 {
    let text = text(name)
    guard let value = Int64(text), range.contains(value) else {
      throw .invalid(
        setting: name, text: text,
        expected: "a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  /// Basis points, with decimals, as a rate.
  public func basisPoints(_ name: String) throws(SettingError) -> Rate {
    let text = text(name)
    guard let value = try? Decimal(text), let parts = try? value.units(decimals: 4),
      parts >= 0, parts <= 100_000_000
    else {
      throw .invalid(
        setting: name, text: text,
        expected: "basis points from 0 to 10000 with at most 4 decimals")
    }
    return Rate(parts: parts)
  }

  /// A quantity of `listing`, moved down to its lot grid.
  public func quantity(_ name: String, _ listing: Listing) throws(SettingError) -> Int64 {
    let value = try decimal(name)
    // Digits beyond the listing's units are cut: a size of 0.0015 on a lot of 0.001 means 0.001.
    let scaled =
      Int128(value.units) * powerOfTen128(Int(listing.quantityDecimals))
      / powerOfTen128(Int(value.decimals))
    guard let units = Int64(exactly: scaled) else {
      throw .invalid(setting: name, text: text(name), expected: "a quantity within 64 bits")
    }
    return units - units % listing.lot
  }
}
