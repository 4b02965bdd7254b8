import TradingModel

/// What goes before a file: flags, and behind them variables of the environment.
///
/// A path names a value: `run.seed`, or `venue.my-venue.symbols` for the element of `[[venue]]`
/// with that name. Its variable is `NEEDLETAIL_` and the path in capitals with `_` for dots and
/// dashes. Values are plain text; lists part their items by commas.
public struct ConfigurationOverlay: Equatable, Sendable {
  struct Setting: Equatable, Sendable {
    /// A path, or a variable's name.
    var name: String
    var text: String
  }

  private(set) var flags: [Setting] = []
  private(set) var variables: [Setting] = []

  /// The prefix of every variable that is looked at.
  public static let prefix = "NEEDLETAIL_"

  /// Nothing goes before the file.
  public init() {}

  /// - Parameters:
  ///   - flags: texts `PATH=VALUE`.
  ///   - environment: all variables, of which those that begin with `prefix` and are not empty count.
  public init(
    flags: [String], environment: [(name: String, text: String)] = []
  ) throws(ConfigurationError) {
    for flag in flags {
      guard let equals = flag.firstIndex(of: "="), equals > flag.startIndex else {
        throw ConfigurationError(
          "expected SECTION.KEY=VALUE, such as run.seed=7", at: .flag(flag))
      }
      let path = String(flag[..<equals])
      if self.flags.contains(where: { $0.name == path }) {
        throw ConfigurationError("stands twice", at: .flag(path))
      }
      self.flags.append(
        Setting(name: path, text: String(flag[flag.index(after: equals)...])))
    }
    for variable in environment where variable.name.hasPrefix(Self.prefix) {
      if variable.text.isEmpty { continue }
      variables.append(Setting(name: variable.name, text: variable.text))
    }
    // The environment has no order that anybody chose.
    variables.sort { $0.name < $1.name }
  }

  /// The variable that sets the value at `path`.
  public static func variable(of path: String) -> String {
    var name = prefix
    for character in path.uppercased() {
      name.append(character == "." || character == "-" ? "_" : character)
    }
    return name
  }
}
