import Engine
import Links
import Live
import Runtime
import TradingModel
import Venues

import enum Backtest.RunError

/// Live connections, by the clock.
final class LiveWorld: SessionWorld {
  let run: LiveRun
  private let policy: WaitPolicy
  /// Called when the run no longer needs its venues.
  private let whenClosed: () -> Void
  /// The venues as they were when the run began; empty where no orders are entered.
  private let opened: [OpenedVenue]
  private let definitions: RunDefinitions
  /// What the journal's first run found on the accounts.
  private let initial: [AccountBalance]
  let clientOrderIDPrefix: String
  private let watch: VenueWatch
  /// When the sessions are looked at again, on the monotonic clock.
  private var nextLook: Int64 = .min
  private(set) var stoppedVenues: Set<VenueIndex> = []
  /// Nanoseconds between two looks at the sessions.
  private static let lookInterval: Int64 = 250_000_000
  /// Whether the run's end leaves orders standing on purpose.
  private let leavesOrders: Bool
  /// What somebody should look at, and was not shown yet.
  private var warnings: [String] = []
  /// How long connections may take to close in order.
  private static let closingTime: Int64 = 500_000_000
  /// How long venues may take to end their dead-man switches.
  private static let disarmingTime: Int64 = 5_000_000_000
  /// How long a venue that is not there is asked for its account at the end.
  private static let lostPatience: Int64 = 3_000_000_000

  init(
    _ run: LiveRun, _ watch: VenueWatch, _ definitions: RunDefinitions,
    comparing opened: [OpenedVenue],
    initial: [AccountBalance], clientOrderIDPrefix: String, wait policy: WaitPolicy,
    leavesOrders: Bool = false,
    whenClosed: @escaping () -> Void = {}
  ) {
    self.run = run
    self.watch = watch
    self.definitions = definitions
    self.opened = opened
    self.initial = initial
    self.clientOrderIDPrefix = clientOrderIDPrefix
    self.policy = policy
    self.leavesOrders = leavesOrders
    self.whenClosed = whenClosed
  }

  var running: RunningCore { run.running }
  var now: Timestamp { Clock.wall }

  func give(_ command: Command) throws(RunError) {
    try engine { () throws(EngineError) in try run.give(command, at: .now) }
  }

  func add(_ signal: Signal) throws(RunError) {
    try engine { () throws(EngineError) in try run.give(signal, at: .now) }
  }

  func moment(before end: Timestamp) -> Timestamp { min(now, end) }

  func turn(to time: Timestamp, atMost count: Int) throws(RunError) -> Int {
    var work = 0
    try engine { () throws(EngineError) in work = try run.turn(at: .now) }
    return work
  }

  private func lookForWarnings() {
    for warning in run.takeWarnings() {
      warnings.append("\(definitions.venues[Int(warning.venue)]): \(warning.text)")
    }
  }

  func takeWarnings() -> [String] {
    defer { warnings.removeAll() }
    return warnings
  }

  func wait(until end: Timestamp) {
    // Nobody wakes this thread: what comes is looked for.
    guard case .block(let most) = policy else { return policy.wait() }
    WaitPolicy.block(nanoseconds: min(most, 100_000)).wait()
  }

  func news() -> [String] {
    let now = SessionTime.now
    guard now.monotonic >= nextLook else { return [] }
    nextLook = now.monotonic + Self.lookInterval
    stoppedVenues = watch.stoppedVenues
    lookForWarnings()
    return watch.news(at: now.wall)
  }

  func venueStatuses() -> [VenueStatus] { watch.statuses(at: Clock.wall) }

  func accountDifferences() -> [String] {
    guard !opened.isEmpty else { return [] }
    let books = Reconciliation(
      opened,
      Reconciliation.RunDefinitionsView(
        currencies: definitions.currencies, listings: definitions.listings), initial: initial,
      left: run.foreignPositions?.left ?? [:])
    // A venue that does not answer now will hardly do so in a moment: nobody waits for it for long.
    let patience: [Int64?] = watch.statuses(at: Clock.wall).map { status in
      // Connections for requests end whenever they are not needed.
      let isUp = status.connections.allSatisfy { $0.isOpen || !$0.address.hasPrefix("ws") }
      return isUp ? nil : Self.lostPatience
    }
    return books.accounts.flatMap { account -> [String] in
      do {
        let told = try account.map { venue in
          var opening = VenueOpening(
            opened[Int(venue)].venue, patience: patience[Int(venue)])
          return try opening.account(of: opened[Int(venue)])
        }
        return books.differences(account, told, running.engine.core).map { "\($0)" }
      } catch {
        return ["\(error)"]
      }
    }
  }

  func disarm() {
    let openCount = running.engine.core.openOrderCount + running.engine.core.unknownOrderCount
    guard leavesOrders || openCount == 0 else { return }
    run.disarm(at: .now)
    turn(for: Self.disarmingTime) { run.isDisarming }
    if run.isDisarming {
      warnings.append("a venue did not say that it will leave alone what stands there")
    }
  }

  func close() {
    run.stop(at: .now)
    turn(for: Self.closingTime) { run.hasOpenConnections }
    lookForWarnings()
    whenClosed()
  }

  /// Goes on for so many nanoseconds, or as long as there is need.
  private func turn(for duration: Int64, while isNeeded: () -> Bool) {
    let begin = Clock.monotonic
    while isNeeded(), Clock.monotonic - begin < duration {
      guard let work = try? run.turn(at: .now) else { return }
      if work == 0 { WaitPolicy.block(nanoseconds: 200_000).wait() }
    }
  }

  private func engine(_ body: () throws(EngineError) -> Void) throws(RunError) {
    do throws(EngineError) {
      try body()
    } catch {
      throw .engine(error)
    }
  }
}
