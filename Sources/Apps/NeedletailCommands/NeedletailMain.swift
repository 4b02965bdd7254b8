import Benchmarks
import Glibc
import MatchingBenchmarks
import Runtime
import Strategies
import TradingModel

/// The version that `--version` prints and journals name.
public let needletailVersion = RunIdentity.version

/// The exit statuses of every command; `docs` and scripts rely on them.
enum ExitStatus {
  static let done: Int32 = 0
  /// Something went wrong, or orders may still stand that should not.
  static let failed: Int32 = 1
  /// Wrong usage, or a bad input file.
  static let usage: Int32 = 2
  /// A verification found a difference, or an account is not as it was booked.
  static let difference: Int32 = 3
  /// A venue takes no more orders from this key or address, which ended the run.
  static let stopped: Int32 = 4
  static let interrupted: Int32 = 130
}

/// One command of the tool.
struct ToolCommand: Sendable {
  var name: String
  var summary: String
  /// For completion; nil where the command parses by itself.
  var usage: CommandUsage?
  var run: @Sendable ([String], StrategyRegistry) -> Int32

  /// All commands, in the order in which help lists them.
  static let all: [ToolCommand] =
    [ToolCommand(usage: SandboxCommand.usage, run: SandboxCommand.run)] + live + others

  /// One command for each mode of trading at live venues.
  private static let live = LiveCommand.all.map { entry in
    ToolCommand(usage: entry.usage) { options, registry in
      try LiveCommand.run(entry.mode, options, registry)
    }
  }

  private static let others: [ToolCommand] = [
    ToolCommand(
      name: "book", summary: "follow a recorded feed and print books",
      run: { arguments, _ in runBookCommand(arguments: arguments) }),
    ToolCommand(usage: MatchCommand.usage, run: MatchCommand.run),
    ToolCommand(usage: SimulateCommand.usage, run: SimulateCommand.run),
    ToolCommand(usage: BacktestCommand.usage, run: BacktestCommand.run),
    ToolCommand(usage: ReplayCommand.usage, run: ReplayCommand.run),
    ToolCommand(usage: RecoverCommand.usage, run: RecoverCommand.run),
    ToolCommand(usage: AuditCommand.usage, run: AuditCommand.run),
    ToolCommand(
      name: "bench", summary: "measure: needletail bench core, bench matching, bench venues",
      run: { arguments, _ in
        switch arguments.first {
        case "matching": matchingSuite(arguments: Array(arguments.dropFirst()))
        case "venues": VenueBench.run(arguments: Array(arguments.dropFirst()))
        default: CoreBench.run(arguments: arguments)
        }
      }),
    ToolCommand(usage: VenuesCommand.usage, run: VenuesCommand.run),
    ToolCommand(usage: RequestCommand.usage, run: RequestCommand.run),
    ToolCommand(usage: RecordCommand.usage, run: RecordCommand.run),
    ToolCommand(usage: SecretsCommand.usage, run: SecretsCommand.run),
    ToolCommand(usage: ConfigCommand.usage, run: ConfigCommand.run),
    ToolCommand(usage: CompletionCommand.usage, run: CompletionCommand.run),
  ]

  private init(
    name: String, summary: String, run: @escaping @Sendable ([String], StrategyRegistry) -> Int32
  ) {
    self.name = name
    self.summary = summary
    self.run = run
  }

  /// A command whose options are read from its usage; help is printed and mistakes are told here.
  private init(
    usage: CommandUsage,
    run: @escaping @Sendable (CommandOptions, StrategyRegistry) throws -> Int32
  ) {
    name = usage.name
    summary = usage.summary
    self.usage = usage
    self.run = { words, registry in
      do {
        let options = try CommandOptions(
          words, usage: usage, environment: Terminal.environment)
        if options.wantsHelp {
          writeText(usage.help, to: STDOUT_FILENO)
          return ExitStatus.done
        }
        return try run(options, registry)
      } catch let error as UsageError {
        return fail(usage.name, "\(error); see needletail \(usage.name) --help", ExitStatus.usage)
      } catch {
        return fail(usage.name, "\(error)", ExitStatus.failed)
      }
    }
  }
}

/// Tells people on standard error why a command ends, and returns `status`.
func fail(_ command: String, _ message: String, _ status: Int32) -> Int32 {
  writeText("needletail \(command): \(message)\n", to: STDERR_FILENO)
  return status
}

/// Runs the tool: what `main.swift` of the executable calls, and what a package with strategies of
/// its own calls after registering them.
///
/// - Parameters:
///   - arguments: those behind the program's name.
///   - registry: the strategies that commands know.
/// - Returns: the exit status.
public func needletailMain(
  arguments: [String], registry: StrategyRegistry = StrategyRegistry()
) -> Int32 {
  let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
  let colourFlags = ["--no-colour", "--no-color"]
  let words =
    arguments[..<end].filter { !colourFlags.contains($0) } + Array(arguments[end...])
  if words.count < arguments.count { setenv("NO_COLOR", "1", 1) }
  guard let name = words.first else {
    writeText(generalHelp, to: STDERR_FILENO)
    return ExitStatus.usage
  }
  if name == "help", words.count > 1 {
    return runCommand(words[1], ["--help"], registry)
  }
  switch name {
  case "--help", "-h", "help":
    writeText(generalHelp, to: STDOUT_FILENO)
    return ExitStatus.done
  case "--version", "version":
    writeText("needletail \(needletailVersion)\n", to: STDOUT_FILENO)
    return ExitStatus.done
  default: return runCommand(name, Array(words.dropFirst()), registry)
  }
}

private func runCommand(
  _ name: String, _ words: [String], _ registry: StrategyRegistry
) -> Int32 {
  guard let command = ToolCommand.all.first(where: { $0.name == name }) else {
    let hint = Spelling.nearest(to: name, among: ToolCommand.all.map(\.name) + ["help"])
    writeText(
      "needletail: unknown command '\(name)'\(hint.map { "; did you mean '\($0)'?" } ?? ""); "
        + "see needletail --help\n", to: STDERR_FILENO)
    return ExitStatus.usage
  }
  if words == ["--version"] {
    writeText("needletail \(needletailVersion)\n", to: STDOUT_FILENO)
    return ExitStatus.done
  }
  return command.run(words, registry)
}

private var generalHelp: String {
  let width = ToolCommand.all.map(\.name.count).max() ?? 0
  var text = "needletail \(needletailVersion): a low-latency trading engine\n\n"
  text += "usage: needletail COMMAND [options]\n\n"
  for command in ToolCommand.all {
    text += "  " + command.name + String(repeating: " ", count: width - command.name.count + 2)
    text += command.summary + "\n"
  }
  return text + """

    needletail COMMAND --help tells a command's options; --version prints the version.
    Exit status: 0 done, 1 failed, 2 wrong usage or bad input file, 3 a verification found a
    difference, 4 a venue takes no more orders from this key or address, 130 interrupted.

    example:
      needletail sandbox --seconds 10

    """
}
