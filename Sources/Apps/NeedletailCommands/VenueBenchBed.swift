import CPlatform
import Engine
import Glibc
import Live
import LowLatency
import Runtime
import Strategies
import TradingCore
import TradingModel
import Venues

import enum Backtest.RunError

/// One simulated venue and an engine that trades it, to be measured.
final class VenueBenchBed: RunObserver {
  /// So long one figure is waited for, nanoseconds.
  private static let patience: Int64 = 60_000_000_000
  private static let lossCount = 5
  private let name: String
  private let note: String
  private let simulated: SandboxVenues
  private let directory: String
  private let session: Session
  private let world: LiveWorld
  /// The latest state of the followed book, and of the order connection.
  private var feedState = FeedState.waiting
  private var isOpenForOrders = false

  init(_ known: KnownVenue, isSecure: Bool, rate: Int) throws {
    simulated = try SandboxVenues(
      seed: 1, eventsPerSecond: Double(rate), kinds: [known.simulation].compactMap { $0 },
      isSecure: isSecure, limitsRates: false, processor: 1)
    directory = try RunIdentity.freshDirectory("bench")
    name = "\(known.name), \(VenueBench.way(isSecure))"
    note = "\(rate) events/s a market"
    var registry = StrategyRegistry()
    registry.register(Striker.self)
    let venues = try simulated.venues().filter { $0.name == known.name }
    var plan = LivePlan(
      mode: .sandbox, venues: venues,
      strategies: { definitions in
        [
          StrategyDefinition(
            index: 1, stateVersion: 1, name: Striker.name, settings: "",
            listings: definitions.listings.map(\.listing.index))
        ]
      }, limits: SandboxStrategies.limits)
    plan.limitsRates = false
    var settings = SessionSettings()
    settings.json = true
    settings.wait = .spin
    settings.journal = directory + "/journal"
    session = try Session.live(plan, settings, registry)
    guard let world = session.world as? LiveWorld else {
      preconditionFailure("Invariant: a live session lives in live connections")
    }
    self.world = world
    world.running.observer = self
    _ = cplatform_pin_thread(0)
  }

  func close() {
    _ = cplatform_unpin_thread()
    world.close()
    _ = try? session.finish()
    simulated.stop()
    Glibc.system("rm -rf '\(directory)'")
  }

  func applied(_ input: UnsafeRawPointer, _ engine: borrowing JournaledCore) {
    switch RecordKind(rawValue: input.load(fromByteOffset: 4, as: UInt16.self)) {
    case .feedStatus:
      if let status = FeedStatus(at: input), status.listing == 0 { feedState = status.state }
    case .venueReport:
      switch VenueReport(at: input)?.kind {
      case .snapshotEnd: isOpenForOrders = true
      case .disconnected: isOpenForOrders = false
      default: break
      }
    default: break
    }
  }

  func measure(orders count: Int) throws -> [VenueBench.Result] {
    try turn("a book in sequence and an open order connection") { isReady }
    world.run.measuresReactions = true
    try turn("\(count) orders", patience: 4) { world.run.reactions.count >= UInt64(count) }
    world.run.measuresReactions = false
    var results = [
      VenueBench.Result("reaction, \(name)", world.run.reactions, note: note)
    ]
    results += try measureLosses()
    return results
  }

  private var isReady: Bool { feedState == .synced && isOpenForOrders }

  /// From the cut of every connection until all is as before.
  private func measureLosses() throws -> [VenueBench.Result] {
    var books = Histogram()
    var orders = Histogram()
    for _ in 0..<Self.lossCount {
      simulated.cut()
      try turn("the loss") { feedState != .synced || !isOpenForOrders }
      let begin = Clock.monotonic
      var bookAt: Int64?
      var ordersAt: Int64?
      try turn("the connections again") {
        let now = Clock.monotonic
        if feedState == .synced, bookAt == nil { bookAt = now }
        if isOpenForOrders, ordersAt == nil { ordersAt = now }
        return bookAt != nil && ordersAt != nil
      }
      books.record(UInt64(max(0, (bookAt ?? begin) - begin)))
      orders.record(UInt64(max(0, (ordersAt ?? begin) - begin)))
      // A connection that just came up has its shortest pause behind it.
      let rest = Clock.monotonic + 300_000_000
      try turn("a moment's rest") { Clock.monotonic >= rest }
    }
    return [
      VenueBench.Result("cut to book in sequence, \(name)", books, note: "all connections cut"),
      VenueBench.Result("cut to orders compared, \(name)", orders, note: "all connections cut"),
    ]
  }

  private func turn(
    _ what: String, patience: Int64 = 1, until isDone: () -> Bool
  ) throws {
    let end = Clock.monotonic + Self.patience * patience
    while !isDone() {
      guard Clock.monotonic < end, !Interruption.isRequested else {
        throw UsageError("\(name): \(what) did not come")
      }
      _ = try world.turn(to: .max, atMost: 1)
    }
  }
}
