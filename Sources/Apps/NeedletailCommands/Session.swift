import Engine
import Journal
import LowLatency
import Runtime
import TradingModel

import enum Backtest.RunError

/// A run from its beginning to its summary: core, journal and the world they live in, turned from one
/// loop. `sandbox`, `paper`, `demo`, `live` and `shadow` begin one, `recover` carries one on.
final class Session {
  /// Between two cancels of what is still open at the end, nanoseconds.
  private static let cancelInterval: Int64 = 1_000_000_000
  /// How long after its end a session waits for the venues to confirm that nothing is open, and that
  /// nothing is unknown; and for those of this process, and such as have stopped us and answer nothing more.
  private static let settlingTime: Int64 = 20_000_000_000
  private static let shortSettlingTime: Int64 = 2_000_000_000

  /// Whether a venue that may still answer over a network has something to settle.
  private var hasSettling: Bool {
    guard world is LiveWorld else { return false }
    let stopped = world.stoppedVenues
    return definitions.venues.indices.contains {
      !stopped.contains(VenueIndex($0)) && running.engine.core.hasOpenOrders(venue: VenueIndex($0))
    }
  }

  enum Ending {
    case elapsed
    case interrupted
    /// Nobody reads the event lines any more.
    case outputClosed
    /// A venue takes no more orders from us.
    case stopped
  }

  let mode: RunMode
  let settings: SessionSettings
  let definitions: RunDefinitions
  let world: any SessionWorld
  let observer: SessionObserver
  let directory: String
  let startTime: Timestamp
  let counter: TimestampCounter
  var signals: SignalSource
  /// Where the venues' accounts are not as the run booked them, found at its end.
  private var differences: [String] = []
  /// How the venues did before their connections were closed.
  private var venueStatuses: [VenueStatus] = []

  /// - Parameter world: its core has taken all definitions.
  init(
    mode: RunMode, settings: SessionSettings, definitions: RunDefinitions,
    world: any SessionWorld, signals: SignalSource, directory: String, startTime: Timestamp
  ) {
    self.mode = mode
    self.settings = settings
    self.definitions = definitions
    self.world = world
    self.signals = signals
    self.directory = directory
    self.startTime = startTime
    counter = TimestampCounter()
    observer = SessionObserver(settings: settings, definitions: definitions, mode: mode)
    world.running.readCounter = { TimestampCounter.ticks }
    world.running.observer = observer
  }

  var running: RunningCore { world.running }
  var now: Timestamp { world.now }

  /// Runs to the end that the settings or the user give it, and settles.
  ///
  /// - Parameter display: is shown the session's progress.
  func run(_ display: inout SessionDisplay) throws(RunError) -> Ending {
    let end = settings.duration.map { startTime + $0 } ?? .max
    let ending = try run(to: end, &display)
    if settings.cancelsAtEnd { try settle(&display) }
    world.disarm()
    differences = world.accountDifferences()
    venueStatuses = world.venueStatuses()
    world.close()
    return ending
  }

  private var requestedEnding: Ending? {
    if Interruption.isRequested { return .interrupted }
    if !world.stoppedVenues.isEmpty { return .stopped }
    return observer.outputFailed ? .outputClosed : nil
  }

  private func run(
    to end: Timestamp, _ display: inout SessionDisplay
  ) throws(RunError) -> Ending {
    while true {
      if let ending = requestedEnding { return ending }
      let time = world.moment(before: end)
      while let signal = signals.next(by: time) { try world.add(signal) }
      // A bounded amount of it, so that the display and the user come to their turn.
      if try world.turn(to: time, atMost: 1024) == 0 {
        if time == end { return .elapsed }
        try world.wait(until: end)
      }
      for line in world.news() { observer.tell(venueNews: line, mode) }
      display.show(self)
    }
  }

  /// Stops the strategies, cancels all orders, and goes on until nothing is open or unknown, or
  /// the time for it is over.
  private func settle(_ display: inout SessionDisplay) throws(RunError) {
    try world.give(Command(kind: .stopStrategy))
    let begin = world.now
    let last = begin + (world is LiveWorld ? Self.settlingTime : Self.shortSettlingTime)
    var nextCancel = world.now + Self.cancelInterval
    while running.engine.core.openOrderCount > 0 || running.engine.core.unknownOrderCount > 0 {
      let time = world.moment(before: last)
      if try world.turn(to: time, atMost: 1) == 0 {
        if time >= last { return }
        try world.wait(until: last)
      }
      if world.now - begin >= Self.shortSettlingTime, !hasSettling { return }
      // A cancel may have been refused: by a limit on requests, or while a connection was down.
      if world.now >= nextCancel {
        nextCancel = world.now + Self.cancelInterval
        try world.give(Command(kind: .cancelAll))
      }
      for line in world.news() { observer.tell(venueNews: line, mode) }
      display.show(self)
    }
  }

  /// Ends the journal in order; the result of the run.
  func finish() throws(EngineError) -> RunResult {
    let duration = running.engine.core.now - startTime
    let (stateHash, summary) = try running.engine.finish()
    var result = RunResult(
      mode: mode, core: running.engine.core, definitions: definitions, duration: duration,
      stateHash: stateHash)
    result.take(summary, directory: directory)
    result.latency = latency
    result.differences = differences
    result.venues = venueStatuses
    result.clientOrderIDPrefix = world.clientOrderIDPrefix
    return result
  }

  /// From an input at hand to its orders in the journal.
  var latency: RunResult.Latency {
    func nanoseconds(_ percent: Double) -> UInt64 {
      UInt64(counter.nanoseconds(ticks: running.decisionTicks.percentile(percent)))
    }
    return RunResult.Latency(
      p50: nanoseconds(50), p99: nanoseconds(99), p999: nanoseconds(99.9), max: nanoseconds(100))
  }
}
