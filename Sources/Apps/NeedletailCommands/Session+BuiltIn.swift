import Engine
import Journal
import LowLatency
import Runtime
import Strategies
import TradingCore
import TradingModel
import VenueSimulator

import class Backtest.Lockstep

// Runs on the built-in venues.
extension Session {
  /// Simulated time begins here in a first run, so that it is the same on every machine:
  /// 2026-01-01 00:00:00 UTC.
  static let simulatedStart: Timestamp = 1_767_225_600_000_000_000
  /// What every run's journal says of its writer.
  static let buildID = RunIdentity.build
  /// Smaller than the journal's own default: a sandbox writes about a megabyte a second.
  static let segmentByteCount = 16 << 20

  /// A first run, with a journal of its own.
  static func begin(_ settings: SessionSettings, _ registry: StrategyRegistry) throws -> Session {
    var definitions = SandboxMarkets.definitions()
    definitions.strategies = try SandboxStrategies.definitions(
      chosen: settings.strategies, sets: settings.sets, definitions: definitions,
      registry: registry)
    definitions.limits = SandboxStrategies.limits(definitions)
    let file = try settings.signals.map { try SignalFile(path: $0, definitions: definitions) }
    let seed = settings.seed ?? 1
    let isSimulated = settings.pace == .simulated
    let startTime = isSimulated ? simulatedStart : Clock.wall
    let start = RunStart(
      mode: .sandbox, runID: runID(seed: seed, startTime: startTime, runCount: 0), seed: seed,
      buildID: buildID)
    let directory = settings.journal ?? JournalPlace.fresh("sandbox")
    let journal = try JournalWriter(
      directory: directory, identity: JournalIdentity(runID: start.runID, buildID: buildID),
      options: options(settings))
    let engine = JournaledCore(core: TradingCore(registry: registry), journal: journal)
    return try make(
      settings, definitions, engine, file, start, directory: directory, startTime: startTime,
      runCount: 0, startPrices: [])
  }

  /// A run that carries on the journal in `directory`.
  static func resume(
    _ directory: String, _ settings: SessionSettings, _ registry: StrategyRegistry
  ) throws -> Session {
    var reader = try JournalReader(directory: directory)
    let before = try Past(&reader, registry)
    guard before.lastStart == nil || before.lastStart?.mode == .sandbox else {
      throw UsageError(
        "\(directory): written by a \(before.lastStart?.mode ?? .live) run; only the journal of a "
          + "sandbox can be carried on here")
    }
    let definitions = try definitions(after: before.definitions, settings, registry, directory)
    let file = try settings.signals.map { try SignalFile(path: $0, definitions: definitions) }
    // Every run that got as far as a segment of its own counts, whether it recorded its start or not.
    let runCount = UInt64(reader.runs.count)
    let seed = settings.seed ?? before.lastStart.map { $0.seed &+ 1 } ?? 1
    let last = max(before.core.now, simulatedStart - 1)
    Clock.carryOn(from: last + 1)
    let startTime = settings.pace == .simulated ? last + 1 : Clock.wall
    let start = RunStart(
      mode: .sandbox, runID: runID(seed: seed, startTime: startTime, runCount: runCount),
      seed: seed, orderIDBase: before.core.lastOrderID, buildID: buildID)
    let prices = lastPrices(before.core, definitions)
    let journal = try JournalWriter(
      continuing: &reader, identity: JournalIdentity(runID: start.runID, buildID: buildID),
      options: options(settings))
    let engine = JournaledCore(core: before.takeCore(), journal: journal)
    return try make(
      settings, definitions, engine, file, start, directory: directory, startTime: startTime,
      runCount: runCount, startPrices: prices)
  }

  static func options(_ settings: SessionSettings) -> JournalOptions {
    JournalOptions(segmentByteCount: segmentByteCount, durability: settings.durability)
  }

  /// Distinguishes this run from every other; in simulated pace it follows from the seed, so that
  /// journals are equal too.
  private static func runID(seed: UInt64, startTime: Timestamp, runCount: UInt64) -> UInt64 {
    var random = SeededRandom(
      seed: seed ^ UInt64(bitPattern: startTime) ^ (runCount << 48))
    return max(1, random.next())
  }

  /// This run's definitions: the built-in markets, and the strategies of the run before unless the
  /// user names others.
  private static func definitions(
    after before: RunDefinitions?, _ settings: SessionSettings, _ registry: StrategyRegistry,
    _ directory: String
  ) throws -> RunDefinitions {
    var definitions = SandboxMarkets.definitions()
    guard let before else {
      // No run came so far as to trade.
      definitions.strategies = try SandboxStrategies.definitions(
        chosen: settings.strategies, sets: settings.sets, definitions: definitions,
        registry: registry)
      definitions.limits = SandboxStrategies.limits(definitions)
      return definitions
    }
    guard definitions.venues == before.venues,
      definitions.listings.map(\.symbol) == before.listings.map(\.symbol)
    else {
      throw UsageError(
        "\(directory): its venues or listings are not those of this build's sandbox")
    }
    // Accounts go on as they are.
    definitions.balances = []
    definitions.strategies =
      settings.strategies.isEmpty
      ? try SandboxStrategies.applying(settings.sets, to: before.strategies, definitions, registry)
      : try SandboxStrategies.definitions(
        chosen: settings.strategies, sets: settings.sets, definitions: definitions,
        registry: registry)
    definitions.limits = SandboxStrategies.limits(definitions)
    return definitions
  }

  /// Where each instrument's price stood, so that its market goes on from there.
  private static func lastPrices(
    _ core: borrowing TradingCore, _ definitions: RunDefinitions
  ) -> [Double?] {
    SandboxMarkets.instruments.indices.map { place in
      for definition in definitions.listings
      where Int(definition.listing.instrument) == place {
        let listing = definition.listing
        guard Int(listing.index) < core.definedListingCount else { continue }
        let units = core.listing(listing.index)
        guard let mark = core.mark(listing.index), mark > 0 else { continue }
        return Double(mark) / Double(powerOfTen(Int(units.priceDecimals)))
      }
      return nil
    }
  }

  private static func make(
    _ settings: SessionSettings, _ definitions: RunDefinitions, _ engine: consuming JournaledCore,
    _ file: SignalFile?, _ start: RunStart, directory: String, startTime: Timestamp,
    runCount: UInt64, startPrices: [Double?]
  ) throws -> Session {
    for record in definitions.encoded(start: start, time: startTime) { try engine.apply(record) }
    let prices = SandboxMarkets.instruments.indices.map { place in
      SandboxMarkets.latentPrice(
        place, seed: start.seed, startTime: startTime,
        startPrice: place < startPrices.count ? startPrices[place] : nil)
    }
    // Ids of venue orders and trades never collide with those of the runs before.
    let venues = SandboxMarkets.makeVenues(
      definitions: definitions, prices: prices, seed: start.seed, startTime: startTime,
      firstID: (runCount + 1) << 40, faults: settings.faults)
    let signals: SignalSource =
      file.map { .file($0.signals(startingAt: startTime)) }
      ?? .generated(
        SignalGenerator(
          definitions: definitions, prices: prices, seed: start.seed, startTime: startTime))
    let lockstep = Lockstep(engine: engine, venues: venues, startTime: startTime)
    if runCount > 0 {
      // The run before may have ended in order, with its strategies stopped.
      try lockstep.give(Command(kind: .startStrategy), at: startTime)
    }
    let world: any SessionWorld =
      settings.pace == .simulated
      ? SimulatedWorld(lockstep, startTime: startTime)
      : ClockWorld(lockstep, startTime: startTime, wait: settings.wait)
    return Session(
      mode: .sandbox, settings: settings, definitions: definitions, world: world,
      signals: signals, directory: directory, startTime: startTime)
  }
}
