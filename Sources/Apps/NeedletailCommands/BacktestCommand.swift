import Backtest
import Engine
import Glibc
import Journal
import Runtime
import Strategies
import TradingCore
import TradingModel
import VenueSimulator
import Venues

/// `needletail backtest`: a strategy over recorded feeds.
enum BacktestCommand {
  static let usage = BacktestOptions.usage

  static func run(_ options: CommandOptions, _ registry: StrategyRegistry) throws -> Int32 {
    do {
      return try backtest(try BacktestOptions(options), registry)
    } catch let error as UsageError {
      throw error
    } catch let error as JournalError {
      return fail("backtest", "\(error)", exitCode(error))
    } catch let error as RunError {
      if case .feed = error { return fail("backtest", "\(error)", ExitStatus.usage) }
      return fail("backtest", "\(error)", ExitStatus.failed)
    } catch {
      // What is left is about what was asked for: files, instruments, strategies, settings.
      return fail("backtest", "\(error)", ExitStatus.usage)
    }
  }
}

private func backtest(_ options: BacktestOptions, _ registry: StrategyRegistry) throws -> Int32 {
  Interruption.handle()
  var plan = try BacktestPlan(options)
  let entry = try registry.entry(options.strategy)
  plan.definitions.strategies.append(
    StrategyDefinition(
      index: 1, stateVersion: entry.stateVersion, name: options.strategy,
      settings: options.settings, listings: plan.definitions.listings.map(\.listing.index)))
  for truncation in plan.truncations {
    _ = writeText("needletail backtest: warning: \(truncation)\n", to: 2)
  }
  for notice in plan.notices { _ = writeText("needletail backtest: \(notice)\n", to: 2) }

  // Everything that enters the hashes is a function of the arguments and the files.
  let runID = RunIdentity.backtest(plan, options)
  let directory = try options.journal ?? RunIdentity.freshDirectory("backtest")
  let startTime = plan.startTime - 2 * (options.latency.feed + options.latency.jitter) - 1_000_000
  let journal = try JournalWriter(
    directory: directory, identity: JournalIdentity(runID: runID, buildID: RunIdentity.build),
    options: JournalOptions(recordsMarket: false))
  var engine = JournaledCore(
    core: TradingCore(capacity: CoreCapacity(), registry: registry), journal: journal)
  let start = RunStart(
    mode: .backtest, runID: runID, seed: options.seed, buildID: RunIdentity.build)
  for record in plan.definitions.encoded(start: start, time: startTime) {
    try engine.apply(record)
  }
  let lockstep = try assemble(engine, plan, options, startTime)
  let progress = BacktestProgress(lineCount: plan.lineCount, isShown: !options.isJSON)
  try lockstep.run(upTo: plan.endTime) {
    progress.show(lockstep.readLineCount)
    return Interruption.isRequested
  }
  progress.end()
  try settle(lockstep)
  return try report(lockstep, plan, options, directory, startTime)
}

private func assemble(
  _ engine: consuming JournaledCore, _ plan: BacktestPlan, _ options: BacktestOptions,
  _ startTime: Timestamp
) throws -> Lockstep {
  var venues: [RecordedVenue] = []
  for index in plan.definitions.venues.indices {
    var settings = RecordedVenueSettings(
      venue: VenueIndex(index), seed: options.seed &+ UInt64(index), startTime: startTime,
      listings: plan.definitions.listings.map(\.listing).filter { Int($0.venue) == index })
    settings.gateway.latency = options.latency
    settings.queueModel = options.queueModel
    venues.append(RecordedVenue(settings))
  }
  let sources = try plan.openSources(feedLatency: options.latency.feed)
  let lockstep = Lockstep(
    engine: engine, venues: venues,
    sources: sources.enumerated().map { index, source in
      (source, venues[Int(plan.definitions.listings[index].listing.venue)])
    },
    startTime: startTime)
  lockstep.running.readCounter = { TimestampCounter.ticks }
  return lockstep
}

/// Cancels what is open, and waits for the venues' answers: at most ten simulated seconds.
func settle(_ lockstep: Lockstep) throws {
  let now = lockstep.running.engine.core.now
  try lockstep.give(Command(kind: .stopStrategy), at: now)
  let limit = now + 10_000_000_000
  while lockstep.running.engine.core.openOrderCount > 0, try lockstep.step(upTo: limit) {}
}

private func report(
  _ lockstep: Lockstep, _ plan: BacktestPlan, _ options: BacktestOptions, _ directory: String,
  _ startTime: Timestamp
) throws -> Int32 {
  let (stateHash, summary) = try lockstep.running.engine.finish()
  var result = RunResult(
    mode: .backtest, core: lockstep.running.engine.core, definitions: plan.definitions,
    duration: lockstep.running.engine.core.now - startTime, stateHash: stateHash)
  result.truncations = plan.truncations
  result.take(summary, directory: directory)
  result.take(latency: lockstep.running.decisionTicks)
  let text = options.isJSON ? result.json() + "\n" : result.summary()
  guard writeText(text, to: 1) else { return 1 }
  return Interruption.isRequested ? Interruption.exitStatus : 0
}

/// A line on standard error that tells how far a run is, at most five times a second on a terminal
/// and every five seconds elsewhere.
final class BacktestProgress {
  private let lineCount: Int
  private let isShown: Bool
  private let isTerminal: Bool
  private let startedAt: Int64
  private var shownAt: Int64

  init(lineCount: Int, isShown: Bool) {
    self.lineCount = lineCount
    isTerminal = isatty(2) == 1
    self.isShown = isShown || isTerminal
    startedAt = Clock.monotonic
    shownAt = startedAt
  }

  func show(_ done: Int) {
    let now = Clock.monotonic
    guard isShown, now - shownAt >= (isTerminal ? 200_000_000 : 5_000_000_000) else { return }
    shownAt = now
    let elapsed = max(1, now - startedAt)
    let rate = Int(Int128(done) * 1_000_000_000 / Int128(elapsed))
    let left = rate > 0 ? (lineCount - done) / rate : 0
    let text =
      "\(done) of \(lineCount) messages (\(done * 100 / max(1, lineCount)) %), "
      + "\(rate)/s, \(left) s left"
    _ = writeText(isTerminal ? "\r\(text)\u{1B}[K" : text + "\n", to: 2)
  }

  func end() {
    if isTerminal, isShown { _ = writeText("\r\u{1B}[K", to: 2) }
  }
}
