import Engine
import Glibc
import Journal
import Live
import Runtime
import Strategies
import TradingCore

/// `needletail sandbox`: a trading session on built-in venues.
enum SandboxCommand {
  static let usage = CommandUsage(
    name: "sandbox", summary: "trade at simulated venues with generated markets; no account needed",
    options: SessionSettings.options + [
      .value(
        "journal", "DIR",
        "where the journal goes; one that is there is carried on (a fresh directory under "
          + "$XDG_STATE_HOME/needletail or the system's temporary files)", takesPath: true)
    ],
    notes: """
      At real pace the venues are the simulated products of needletail simulate, behind TLS on loopback,
      each under its own name, and a maker quotes at all of them. With --pace clock or simulated they are
      venues of the program itself, alpha, beta and gamma, which list BTC-USDT and ETH-USDT perpetuals,
      and a follower of signals trades at gamma.
      A line of --signals: {"action": "buy", "listing": "gamma:BTC-USDT", "quantity": "0.1",
        "stop_loss": "59900", "take_profit": "60200", "confidence": 0.9, "id": 7, "at_ms": 1500}
      with action buy, sell or close; price (a limit), strategy and time_ns (since the epoch, in
      place of at_ms after the start) are possible too. Only action, listing and quantity are needed.
      The other commands: needletail --help
      """,
    examples: [
      "needletail sandbox", "needletail sandbox --seconds 5 --pace simulated --seed 7 --json",
      "needletail sandbox --pace clock --strategy maker:alpha --strategy signals --set maker.size=0.1",
    ])

  static func run(_ options: CommandOptions, _ registry: StrategyRegistry) throws -> Int32 {
    let settings = try Self.settings(options)
    return try runSession("sandbox") {
      let carried = settings.journal.flatMap { JournalPlace.holdsJournal($0) ? $0 : nil }
      if let carried {
        writeText("needletail sandbox: carrying on the journal in \(carried)\n", to: STDERR_FILENO)
      }
      return try Session.sandbox(settings, registry, carrying: carried)
    }
  }

  private static func settings(_ options: CommandOptions) throws -> SessionSettings {
    var settings = try SessionSettings(options)
    settings.journal = options.text("journal")
    return settings
  }
}

/// `needletail recover DIR`: starts a run on an existing journal.
enum RecoverCommand {
  static let usage = CommandUsage(
    name: "recover", summary: "rebuild the state from a sandbox's journal and trade on",
    arguments: "DIR", argumentCount: 1...1, options: SessionSettings.options,
    notes: """
      The orders that were open are unknown at first; each is settled by what its venue says. The
      strategies and settings of the run before are kept where no others are named.
      """,
    examples: ["needletail recover ./journal --seconds 5"])

  static func run(_ options: CommandOptions, _ registry: StrategyRegistry) throws -> Int32 {
    let settings = try SessionSettings(options)
    return try runSession("recover") {
      var settings = settings
      settings.journal = options.arguments[0]
      guard JournalPlace.holdsJournal(options.arguments[0]) else {
        // The journal's own words.
        return try Session.resume(options.arguments[0], settings, registry)
      }
      return try Session.sandbox(settings, registry, carrying: options.arguments[0])
    }
  }
}

/// Runs a session from its beginning to its summary; returns the exit status.
func runSession(_ name: String, _ begin: () throws -> Session) throws -> Int32 {
  Interruption.handle()
  let session: Session
  do {
    session = try begin()
  } catch let error as UsageError {
    throw error
  } catch let error as LiveError {
    if Interruption.isRequested { return fail(name, "interrupted", ExitStatus.interrupted) }
    return fail(name, "\(error)", ExitStatus.failed)
  } catch let error as JournalError {
    return fail(name, "\(error)", error.exitStatus)
  } catch {
    // A file or setting of the user's.
    return fail(name, "\(error)", ExitStatus.usage)
  }
  var display = SessionDisplay(session)
  do {
    let ending = try session.run(&display)
    display.close(session)
    let result = try session.finish()
    tell(result, session)
    let left = max(
      result.unknownOrders, session.settings.cancelsAtEnd ? result.openOrders : 0)
    if left > 0 {
      writeText(
        "needletail \(name): \(left) orders may still stand at a venue\n", to: STDERR_FILENO)
    }
    switch ending {
    case .interrupted: return ExitStatus.interrupted
    case .stopped: return ExitStatus.stopped
    case .elapsed, .outputClosed:
      if left > 0 { return ExitStatus.failed }
      return result.differences.isEmpty ? ExitStatus.done : ExitStatus.difference
    }
  } catch {
    display.close(session)
    return fail(
      name, "\(error); the journal is in \(session.directory)",
      ExitStatus.failed)
  }
}

private func tell(_ result: RunResult, _ session: Session) {
  let left = session.signals.leftCount
  var summary = result.summary()
  if left > 0 { summary += "signals  \(left) of the file were due after the end\n" }
  if session.settings.json { writeText(result.json() + "\n", to: STDOUT_FILENO) }
  writeText(summary, to: session.settings.peopleDescriptor)
}

extension JournalError {
  /// What a command returns when this ends it.
  var exitStatus: Int32 {
    switch self {
    case .diskFull, .cannotWrite: ExitStatus.failed
    case .corrupt: ExitStatus.difference
    default: ExitStatus.usage
    }
  }
}

extension Session {
  /// A sandbox, at the venues that its pace asks for.
  ///
  /// - Parameter directory: of the journal to be carried on; nil for a new run.
  fileprivate static func sandbox(
    _ settings: SessionSettings, _ registry: StrategyRegistry, carrying directory: String?
  ) throws -> Session {
    guard settings.pace == .real else {
      return try directory.map { try resume($0, settings, registry) }
        ?? begin(settings, registry)
    }
    let plan = try LivePlan.sandbox(settings, registry)
    do {
      return try live(plan, settings, registry)
    } catch {
      plan.whenClosed()
      throw error
    }
  }
}
