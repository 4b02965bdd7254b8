import Engine
import Journal
import Runtime
import Strategies
import TradingModel

/// `needletail replay`: rebuilds a run from its journal, and proves it.
enum ReplayCommand {
  static let usage = CommandUsage(
    name: "replay", summary: "rebuild the state from a journal, and verify it",
    arguments: "DIR", argumentCount: 1...1,
    options: [
      .flag(
        "verify",
        "decide every input again and compare with what was recorded (every replay does; the flag "
          + "says that this is what is wanted)"),
      .value("until", "N", "stop after record N and show the state there"),
      .flag("json", "print the result as one JSON object"),
    ],
    notes: "Exit status 3: damage, or a difference, with the record's number.",
    examples: ["needletail replay ./journal --verify"])

  static func run(_ options: CommandOptions, _ registry: StrategyRegistry) throws -> Int32 {
    let until = try options.integer("until", in: 1...UInt64.max) ?? .max
    do {
      return try replay(
        options.arguments[0], until: until, isJSON: options.has("json"), registry)
    } catch {
      return fail("replay", "\(error)", exitCode(error))
    }
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

private func replay(
  _ directory: String, until: UInt64, isJSON: Bool, _ registry: StrategyRegistry
) throws -> Int32 {
  var replay = Replay(directory: directory, registry: registry) { definitions in
    try BacktestPlan.reopen(definitions)
  }
  let (summary, tornTail) = try replay.run(until: until)
  var result = RunResult(
    mode: replay.core.mode, core: replay.core, definitions: replay.definitions,
    duration: replay.core.now - replay.outcome.startTime, stateHash: replay.outcome.stateHash)
  result.take(summary, directory: directory)
  if isJSON {
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
