import Configuration
import Glibc
import Runtime
import Strategies
import TradingModel

/// `needletail config check FILE`: reads a run's configuration and tells every value and its origin.
enum ConfigCommand {
  static let usage = CommandUsage(
    name: "config", summary: "check a run's configuration and tell where each value comes from",
    arguments: "check FILE", argumentCount: 2...2, argumentChoices: ["check"],
    options: [
      setOption,
      .flag("json", "print one JSON document"),
    ],
    notes: """
      Flags go before variables of the environment (NEEDLETAIL_RUN_SEED for run.seed), these before the
      file. Elements of [[venue]] and [[strategy]] are found under their names:
      venue.my-venue.symbols. docs/configuration.md describes all keys.
      """,
    examples: [
      "needletail config check config/example.toml",
      "needletail config check config/example.toml --set run.seed=7 --json",
    ])

  /// Of every command that reads a configuration.
  static let setOption = CommandOption.value(
    "set", "PATH=VALUE", "goes before the file's value, as run.seed=7; repeatable",
    isRepeatable: true)

  static func run(_ options: CommandOptions, _ registry: StrategyRegistry) throws -> Int32 {
    let action = options.arguments[0]
    guard action == "check" else {
      throw UsageError.unknown("action", action, among: usage.argumentChoices)
    }
    do throws(ConfigurationError) {
      let file = try read(options.arguments[1], sets: options.texts("set"), registry)
      writeText(options.has("json") ? json(file) : table(file), to: STDOUT_FILENO)
      return ExitStatus.done
    } catch {
      return fail("config", "\(error)", ExitStatus.usage)
    }
  }

  /// The configuration at `path` with flags and this process's variables before it, in which every
  /// name means something to this program.
  static func read(
    _ path: String, sets: [String], _ registry: StrategyRegistry
  ) throws(ConfigurationError) -> RunConfigurationFile {
    let overlay = try ConfigurationOverlay(flags: sets, environment: ProcessEnvironment.all)
    let file = try RunConfigurationFile(path: path, overlay: overlay)
    try file.checkNames(registry)
    return file
  }

  // MARK: What is told

  static func table(_ file: RunConfigurationFile) -> String {
    let values = file.entries.map { entry in
      entry.text.map { "\(entry.path) = \($0)" } ?? entry.path
    }
    // One long list of symbols does not push every origin out of sight.
    let width = values.map(\.count).filter { $0 <= 60 }.max() ?? 0
    var text = ""
    for (value, entry) in zip(values, file.entries) {
      text += value + String(repeating: " ", count: max(0, width - value.count) + 2)
      text += entry.text == nil ? "not given\n" : "\(entry.origin)\n"
    }
    return text
  }

  static func json(_ file: RunConfigurationFile) -> String {
    let values = file.entries.map { entry in
      "{\"path\": \(quoted(entry.path)), \"value\": \(entry.text.map(quoted) ?? "null"), "
        + "\(json(entry.origin)), \"expected\": \(quoted(entry.expected))}"
    }
    return "{\"file\": \(quoted(file.file)), \"values\": [\n  "
      + values.joined(separator: ",\n  ") + "]}\n"
  }

  private static func json(_ origin: ConfigurationOrigin) -> String {
    switch origin {
    case .file(_, let place):
      "\"source\": \"file\", \"line\": \(place.line), \"column\": \(place.column)"
    case .wholeFile: "\"source\": \"file\""
    case .variable(let name): "\"source\": \"variable\", \"variable\": \(quoted(name))"
    case .flag(let path): "\"source\": \"flag\", \"flag\": \(quoted("--set \(path)"))"
    case .standard: "\"source\": \"default\""
    }
  }
}
