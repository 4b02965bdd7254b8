import Engine
import Journal
import Runtime
import Strategies
import TradingModel

/// `needletail replay`: rebuilds a run from its journal, and proves it.
///
/// - Returns: the exit code: 0 done, 1 failed, 2 wrong usage or not a journal, 3 a difference or damage.
public func runReplayCommand(arguments: [String], registry: StrategyRegistry) -> Int32 {
  do {
    guard let options = try ReplayOptions(arguments) else {
      return writeText(ReplayOptions.help, to: 1) ? 0 : 1
    }
    return try replay(options, registry)
  } catch let mistake as UsageMistake {
    _ = writeText("needletail replay: \(mistake.message); see needletail replay --help\n", to: 2)
    return 2
  } catch {
    _ = writeText("needletail replay: \(error)\n", to: 2)
    return exitCode(error)
  }
}

/// Damage and differences are findings (3); a missing or foreign journal is the caller's mistake (2).
func exitCode(_ error: any Error) -> Int32 {
  var error = error
  if case .journal(let inner)? = error as? ReplayError { error = inner }
  switch error {
  case let error as JournalError:
    switch error {
    case .corrupt: return 3
    case .missing, .notAJournal, .formatVersion, .exists: return 2
    default: return 1
    }
  case let error as ReplayError:
    if case .market = error { return 2 }
    return 3
  default: return 1
  }
}

struct ReplayOptions {
  var directory = ""
  var until = UInt64.max
  var isJSON = false

  /// Nil when help was asked for.
  init?(_ arguments: [String]) throws(UsageMistake) {
    let flags = ["--verify", "--until", "--json", "--help"]
    var rest = arguments[...]
    while let word = rest.popFirst() {
      switch word {
      case "--help", "-h": return nil
      // Every replay decides again and compares; the flag says that this is what is wanted.
      case "--verify": break
      case "--json": isJSON = true
      case "--until":
        guard let text = rest.popFirst(), let number = UInt64(text), number > 0 else {
          throw UsageMistake(message: "--until wants the number of a record")
        }
        until = number
      default:
        if word.hasPrefix("-") {
          let hint = Spelling.nearest(to: word, among: flags).map { "; did you mean \($0)?" }
          throw UsageMistake(message: "unknown argument '\(word)'\(hint ?? "")")
        }
        guard directory.isEmpty else {
          throw UsageMistake(message: "one journal at a time, got '\(directory)' and '\(word)'")
        }
        directory = word
      }
    }
    if directory.isEmpty { throw UsageMistake(message: "the journal's directory is missing") }
  }

  static let help = """
    needletail replay: rebuild a run from its journal and compare every decision

    usage: needletail replay DIR [--verify] [--until N] [--json]

      --verify   decide every input again and compare with what was recorded; ends with the hashes
                 the run printed (a replay always does; the flag says so)
      --until N  stop after record N and show the state there
      --json     one JSON object on standard output

    Exit codes: 0 the same; 2 no journal there; 3 damage, or a difference, with the record's number.

    example:
      needletail replay ./journal --verify

    """
}

private func replay(_ options: ReplayOptions, _ registry: StrategyRegistry) throws -> Int32 {
  var replay = Replay(directory: options.directory, registry: registry) { definitions in
    try BacktestPlan.reopen(definitions)
  }
  let (summary, tornTail) = try replay.run(until: options.until)
  var result = RunResult(
    mode: replay.core.mode, core: replay.core, definitions: replay.definitions,
    duration: replay.core.now - replay.outcome.startTime, stateHash: replay.outcome.stateHash)
  result.take(summary, directory: options.directory)
  if options.isJSON {
    return writeText(result.json() + "\n", to: 1) ? 0 : 1
  }
  var text = result.summary()
  if let tornTail {
    text += "torn     \(tornTail.file) ends with an unfinished record at \(tornTail.byteOffset)\n"
  }
  if replay.outcome.stoppedEarly {
    text += "stopped  after record \(replay.core.sequence)\n"
  } else if replay.outcome.recordedEnd != nil {
    text += "verified \(replay.outcome.records) records: the same outputs, the same state\n"
  } else {
    text +=
      "verified \(replay.outcome.records) records: the same outputs; "
      + "the run was cut off, so it recorded no end to compare with\n"
  }
  return writeText(text, to: 1) ? 0 : 1
}
