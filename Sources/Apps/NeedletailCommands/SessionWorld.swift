import Engine
import Runtime
import TradingModel

import class Backtest.Lockstep
import enum Backtest.RunError

/// What a session's core lives in: venues of this process on a line of time of their own, or live
/// connections.
protocol SessionWorld: AnyObject {
  var running: RunningCore { get }
  /// The session's time: of the last thing that happened, or of the clock.
  var now: Timestamp { get }
  func give(_ command: Command) throws(RunError)
  /// Adds a signal; signals come in the order of their arrival.
  func add(_ signal: Signal) throws(RunError)
  /// The next moment up to which things may happen, `end` at the latest.
  func moment(before end: Timestamp) -> Timestamp
  /// Does what is due by `time`, at most so many things; gives how many there were.
  func turn(to time: Timestamp, atMost count: Int) throws(RunError) -> Int
  /// Waits while nothing is due, not beyond `end`.
  func wait(until end: Timestamp) throws(RunError)
  /// Has the venues leave alone what stands there, where that is meant or nothing does: what is open against
  /// the run's will is left to their dead-man switches.
  func disarm()
  /// Ends what the world holds, once nothing is open.
  func close()
  /// Where the venues' accounts are not as the run booked them; told once it has settled.
  func accountDifferences() -> [String]
  /// What somebody should look at and was not shown yet.
  func takeWarnings() -> [String]
  /// What its client order ids begin with; empty where no venue is told any.
  var clientOrderIDPrefix: String { get }
  /// What went wrong with its sessions since the last call, a line each.
  func news() -> [String]
  /// Venues that take no more orders from us, as the last news told.
  var stoppedVenues: Set<VenueIndex> { get }
  /// How its venues do.
  func venueStatuses() -> [VenueStatus]
}

// Of venues inside this process, whose records are compared in tests.
extension SessionWorld {
  func accountDifferences() -> [String] { [] }
  func disarm() {}
  func takeWarnings() -> [String] { [] }
  var clientOrderIDPrefix: String { "" }
  func news() -> [String] { [] }
  var stoppedVenues: Set<VenueIndex> { [] }
  func venueStatuses() -> [VenueStatus] { [] }
}

/// Venues of this process, as fast as they can be computed.
final class SimulatedWorld: SessionWorld {
  let lockstep: Lockstep
  private let startTime: Timestamp
  private var time: Timestamp
  /// Everything up to `time` has happened.
  private var isDone = true

  init(_ lockstep: Lockstep, startTime: Timestamp) {
    self.lockstep = lockstep
    self.startTime = startTime
    time = startTime
  }

  var running: RunningCore { lockstep.running }
  var now: Timestamp { max(startTime, running.engine.core.now) }

  func give(_ command: Command) throws(RunError) { try lockstep.give(command, at: max(now, time)) }

  func add(_ signal: Signal) { lockstep.add(signal) }

  func moment(before end: Timestamp) -> Timestamp {
    // How time is cut into pieces does not matter to what happens.
    if isDone { time = max(time, min(end, time + 20_000_000)) }
    isDone = false
    return time
  }

  func turn(to time: Timestamp, atMost most: Int) throws(RunError) -> Int {
    var count = 0
    while count < most, try lockstep.step(upTo: time) { count += 1 }
    return count
  }

  func wait(until end: Timestamp) { isDone = true }

  func close() {}
}

/// Venues of this process, by the clock.
final class ClockWorld: SessionWorld {
  let lockstep: Lockstep
  private let startTime: Timestamp
  private let monotonicStart = Clock.monotonic
  private let policy: WaitPolicy

  init(_ lockstep: Lockstep, startTime: Timestamp, wait policy: WaitPolicy) {
    self.lockstep = lockstep
    self.startTime = startTime
    self.policy = policy
  }

  var running: RunningCore { lockstep.running }
  var now: Timestamp { startTime + Clock.monotonic - monotonicStart }

  func give(_ command: Command) throws(RunError) { try lockstep.give(command, at: now) }

  func add(_ signal: Signal) { lockstep.add(signal) }

  func moment(before end: Timestamp) -> Timestamp { min(now, end) }

  func turn(to time: Timestamp, atMost most: Int) throws(RunError) -> Int {
    var count = 0
    while count < most, try lockstep.step(upTo: time) { count += 1 }
    return count
  }

  func wait(until end: Timestamp) throws(RunError) {
    guard case .block(let most) = policy else { return policy.wait() }
    // What comes next is known here, so that sleeping need not be in small pieces.
    let next = min(try lockstep.nextTime(), end)
    let time = next - now
    if time > 0 { WaitPolicy.block(nanoseconds: min(most, Int(time))).wait() }
  }

  func close() {}
}
