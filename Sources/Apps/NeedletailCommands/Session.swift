import Engine
import Journal
import LowLatency
import Runtime
import Strategies
import TradingCore
import TradingModel
import VenueSimulator

import class Backtest.Lockstep
import enum Backtest.RunError

/// A run on the built-in venues: core, journal and venues on one line of time, turned by the clock or
/// as fast as possible. `sandbox` begins one, `recover` carries one on.
final class Session {
  /// Simulated time begins here in a first run, so that it is the same on every machine:
  /// 2026-01-01 00:00:00 UTC.
  static let simulatedStart: Timestamp = 1_767_225_600_000_000_000
  /// How long after its end a session waits for the venues to confirm that nothing is open.
  static let settlingTime: Int64 = 2_000_000_000

  enum Ending {
    case elapsed
    case interrupted
    /// Nobody reads the event lines any more.
    case outputClosed
  }

  let settings: SessionSettings
  let definitions: RunDefinitions
  let lockstep: Lockstep
  let observer: SessionObserver
  let directory: String
  let startTime: Timestamp
  let counter: TimestampCounter
  var signals: SignalSource
  private let monotonicStart = Clock.monotonic
  private let venues: [GeneratedVenue]

  /// - Parameter engine: has taken all definitions.
  init(
    settings: SessionSettings, definitions: RunDefinitions, engine: consuming JournaledCore,
    venues: [GeneratedVenue], signals: SignalSource, directory: String, startTime: Timestamp
  ) {
    self.settings = settings
    self.definitions = definitions
    self.venues = venues
    self.signals = signals
    self.directory = directory
    self.startTime = startTime
    counter = TimestampCounter()
    lockstep = Lockstep(engine: engine, venues: venues, startTime: startTime)
    lockstep.running.readCounter = { TimestampCounter.ticks }
    observer = SessionObserver(settings: settings, definitions: definitions)
    lockstep.running.observer = observer
  }

  /// The session's time: of the last thing that happened, or of the clock.
  var now: Timestamp {
    settings.pace == .simulated
      ? max(startTime, lockstep.running.engine.core.now)
      : startTime + Clock.monotonic - monotonicStart
  }

  /// Runs to the end that the settings or the user give it, and settles.
  ///
  /// - Parameter display: is shown the session's progress.
  func run(_ display: inout SessionDisplay) throws(RunError) -> Ending {
    let end = settings.duration.map { startTime + $0 } ?? .max
    let ending =
      settings.pace == .simulated
      ? try runSimulated(to: end, &display) : try runReal(to: end, &display)
    try settle(end, &display)
    return ending
  }

  /// Signals that came, or will come, by `time` enter the line of time.
  private func takeSignals(to time: Timestamp) {
    while let signal = signals.next(by: time) { lockstep.add(signal) }
  }

  private var requestedEnding: Ending? {
    if Interruption.isRequested { return .interrupted }
    return observer.outputFailed ? .outputClosed : nil
  }

  private func runSimulated(
    to end: Timestamp, _ display: inout SessionDisplay
  ) throws(RunError) -> Ending {
    var time = startTime
    while time < end {
      // How time is cut into pieces does not matter to what happens.
      time = min(end, time + 20_000_000)
      takeSignals(to: time)
      while try lockstep.step(upTo: time) {
        if observer.outputFailed { return .outputClosed }
      }
      if let ending = requestedEnding { return ending }
      display.show(self)
    }
    return .elapsed
  }

  private func runReal(
    to end: Timestamp, _ display: inout SessionDisplay
  ) throws(RunError) -> Ending {
    while true {
      if let ending = requestedEnding { return ending }
      let time = min(now, end)
      takeSignals(to: time)
      if try turn(to: time) == 0 {
        if time == end { return .elapsed }
        try wait(until: end)
      }
      display.show(self)
    }
  }

  /// Does what is due by `time`, a bounded amount of it; returns how much there was.
  private func turn(to time: Timestamp) throws(RunError) -> Int {
    var count = 0
    while count < 1024, try lockstep.step(upTo: time) { count += 1 }
    return count
  }

  private func wait(until end: Timestamp) throws(RunError) {
    guard case .block(let most) = settings.wait else { return settings.wait.wait() }
    // What comes next is known here, so that sleeping need not be in small pieces.
    let next = min(try lockstep.nextTime(), end)
    let time = next - now
    if time > 0 { WaitPolicy.block(nanoseconds: min(most, Int(time))).wait() }
  }

  /// Stops the strategies, cancels all orders, and goes on until nothing is open or `settlingTime`
  /// is over.
  private func settle(_ end: Timestamp, _ display: inout SessionDisplay) throws(RunError) {
    let time = settings.pace == .simulated ? max(lockstep.running.engine.core.now, min(end, now)) : now
    try lockstep.give(Command(kind: .stopStrategy), at: time)
    let last = time + Self.settlingTime
    while lockstep.running.engine.core.openOrderCount > 0 {
      if settings.pace == .simulated {
        guard try lockstep.step(upTo: last) else { return }
      } else {
        if now >= last { return }
        if try turn(to: now) == 0 { try wait(until: last) }
        display.show(self)
      }
    }
  }

  /// Ends the journal in order; the result of the run.
  func finish() throws(EngineError) -> RunResult {
    let duration = lockstep.running.engine.core.now - startTime
    let (stateHash, summary) = try lockstep.running.engine.finish()
    var result = RunResult(
      mode: .sandbox, core: lockstep.running.engine.core, definitions: definitions, duration: duration,
      stateHash: stateHash)
    result.take(summary, directory: directory)
    result.latency = latency
    return result
  }

  /// From an input at hand to its orders in the journal.
  var latency: RunResult.Latency {
    func nanoseconds(_ percent: Double) -> UInt64 {
      UInt64(counter.nanoseconds(ticks: lockstep.running.decisionTicks.percentile(percent)))
    }
    return RunResult.Latency(
      p50: nanoseconds(50), p99: nanoseconds(99), p999: nanoseconds(99.9), max: nanoseconds(100))
  }
}
