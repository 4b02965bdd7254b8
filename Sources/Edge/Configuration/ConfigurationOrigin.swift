/// Where a value of a configuration came from.
public enum ConfigurationOrigin: Equatable, Sendable {
  /// A place in a file.
  case file(String, TOMLPlace)
  /// A file as a whole.
  case wholeFile(String)
  /// A variable of the environment.
  case variable(String)
  /// `--set PATH=VALUE`.
  case flag(String)
  /// Nobody said anything.
  case standard
}

extension ConfigurationOrigin: CustomStringConvertible {
  /// `FILE:LINE:COLUMN`, `NEEDLETAIL_RUN_SEED`, `--set run.seed` or `default`.
  public var description: String {
    switch self {
    case .file(let name, let place): "\(name):\(place)"
    case .wholeFile(let name): name
    case .variable(let name): name
    case .flag(let path): "--set \(path)"
    case .standard: "default"
    }
  }
}

/// Why a configuration was refused.
public struct ConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Where the mistake stands.
  public var origin: ConfigurationOrigin
  /// What is wrong and what was expected.
  public var message: String

  public init(_ message: String, at origin: ConfigurationOrigin) {
    self.message = message
    self.origin = origin
  }

  /// `FILE:LINE:COLUMN: what was wrong`.
  public var description: String { "\(origin): \(message)" }
}

/// One value that was asked for, and what was found.
public struct ConfigurationEntry: Equatable, Sendable {
  /// Whether a value has to be given.
  public enum Need: Equatable, Sendable {
    case required
    case optional
    /// The value where none is given, as TOML spells it.
    case standard(String)
  }

  /// Sections and key joined by dots, an element of an array of tables under its name:
  /// `venue.my-venue.symbols`.
  public var path: String
  /// The section as the file heads it, e.g. `[[venue]]`.
  public var section: String
  public var key: String
  /// What was expected, in words.
  public var expected: String
  public var need: Need
  /// The value as TOML spells it; nil where there is none.
  public var text: String?
  public var origin: ConfigurationOrigin
}
