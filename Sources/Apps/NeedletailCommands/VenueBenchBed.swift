import CPlatform
import Engine
import Glibc
import Links
import Live
import LowLatency
import Runtime
import Strategies
import TradingCore
import TradingModel
import Transport
import Venues

/// Why there are no figures.
struct VenueBenchFailure: Error, CustomStringConvertible {
  var description: String
}

/// One simulated venue and an engine that trades it, to be measured.
final class VenueBenchBed: RunObserver {
  /// So long one thing is waited for, nanoseconds.
  private static let patience: Int64 = 30_000_000_000
  /// Pushes are lost for so long: longer than the slowest stream of book changes that is followed waits.
  private static let lossTime: Int64 = 150_000_000
  /// So long the discovery is waited for: a snapshot that is asked for then must not be lost too.
  private static let discoveryTime: Int64 = 2_000_000_000
  /// From one loss to the next.
  private static let restTime: Int64 = 100_000_000
  private let venue: String
  private let rate: Int
  private let way: String
  private let marketPath: String
  private let simulated: SandboxVenues
  private let directory: String
  private let session: Session
  private let world: LiveWorld
  private var market = Line()
  private var orders = Line()
  private var counts = Counts()

  /// When the followed book, or the order connection, was lost and came back; monotonic.
  private struct Line {
    var isUp = false
    var lostAt: Int64 = 0
    var upAt: Int64 = 0

    mutating func lose() {
      if isUp { lostAt = Clock.monotonic }
      isUp = false
    }

    mutating func rise() {
      if !isUp { upAt = Clock.monotonic }
      isUp = true
    }
  }

  private struct Counts {
    /// Messages about the followed market.
    var messages = 0
    /// Orders that expired at the venue, as they are meant to, and those that never were there, or nobody
    /// knows.
    var expired = 0
    var failed = 0
    var gaps = 0
  }

  init(_ known: KnownVenue, isSecure: Bool, rate: Int) throws {
    simulated = try SandboxVenues(
      seed: 1, eventsPerSecond: Double(rate), kinds: [known.simulation].compactMap { $0 },
      isSecure: isSecure, limitsRates: false, processor: 1)
    venue = known.name
    way = VenueBench.way(isSecure)
    self.rate = rate
    directory = try RunIdentity.freshDirectory("bench")
    var registry = StrategyRegistry()
    registry.register(Striker.self)
    let venues = try simulated.venues().filter { $0.name == known.name }
    marketPath = try venues.first.map { try Endpoint($0.environment.publicStream).target } ?? "/"
    var plan = LivePlan(
      mode: .sandbox, venues: venues,
      strategies: { definitions in
        [
          StrategyDefinition(
            index: 1, stateVersion: 1, name: Striker.name, settings: "",
            listings: definitions.listings.map(\.listing.index))
        ]
      }, limits: Self.limits)
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

  /// The sandbox's, with room for an order on every message.
  private static func limits(_ definitions: RunDefinitions) -> [RiskLimitsDefinition] {
    SandboxStrategies.limits(definitions).map { limits in
      var limits = limits
      limits.ordersPerWindow *= 10
      return limits
    }
  }

  func close() {
    _ = cplatform_unpin_thread()
    world.close()
    _ = try? session.finish()
    simulated.stop()
    Glibc.system("rm -rf '\(directory)'")
  }

  func applied(_ input: UnsafeRawPointer, _ engine: borrowing JournaledCore) {
    let kind = RecordKind(rawValue: input.load(fromByteOffset: 4, as: UInt16.self))
    switch kind {
    case .bookUpdate, .bestQuote, .trade:
      // The listing stands at the same place in all of them.
      if input.load(fromByteOffset: 40, as: UInt16.self) == 0 { counts.messages += 1 }
    case .feedStatus:
      guard let status = FeedStatus(at: input), status.listing == 0 else { return }
      if status.state == .gap { counts.gaps += 1 }
      if status.state == .synced { market.rise() } else { market.lose() }
    case .venueReport: if let report = VenueReport(at: input) { take(report) }
    default: break
    }
  }

  private func take(_ report: VenueReport) {
    switch report.kind {
    case .snapshotEnd: orders.rise()
    case .disconnected: orders.lose()
    case .canceled, .expired: counts.expired += 1
    case .notSent, .rejected, .answerLost: counts.failed += 1
    default: break
    }
  }

  func measure(_ scale: VenueBench.Scale) throws -> [VenueFigure] {
    try turn("a book in sequence and an open order connection") { market.isUp && orders.isUp }
    var figures = [try measureReactions(scale)]
    figures += try measureCuts(scale.losses)
    figures.append(try measureGaps(scale.losses))
    return figures
  }

  // MARK: Reactions

  private func measureReactions(_ scale: VenueBench.Scale) throws -> VenueFigure {
    world.run.measuresReactions = true
    defer { world.run.measuresReactions = false }
    try turn("the first orders") { world.run.reactions.count >= UInt64(scale.warmUp) }
    world.run.reactions = Histogram()
    counts = Counts()
    let begin = Clock.monotonic
    try turn("\(scale.orders) orders", patience: 4) {
      world.run.reactions.count >= UInt64(scale.orders)
    }
    let seconds = Double(Clock.monotonic - begin) / 1e9
    // The answers to the last ones.
    let end = Clock.monotonic + Self.restTime
    let measured = counts
    try turn("answers") { Clock.monotonic >= end }
    guard counts.failed == 0, counts.expired >= scale.orders else {
      throw VenueBenchFailure(
        description: "\(name): of \(scale.orders) orders the venue took \(counts.expired), and "
          + "\(counts.failed) were not sent, refused or lost")
    }
    let messages = Double(measured.messages) / seconds
    let orders = Double(scale.orders) / seconds
    var figure = VenueFigure(
      "reaction", name, world.run.reactions,
      note: "\(rate) events/s offered, \(SessionView.fixed(messages, 0)) messages/s came, "
        + "\(SessionView.fixed(orders, 0)) orders/s left; spinning on one core, venue on another")
    // Requirement MM-4: over loopback TCP.
    figure.target = 30_000
    figure.targeted = "p99"
    figure.more = [
      ("offered_events_per_second", "\(rate)"),
      ("messages_per_second", SessionView.fixed(messages, 1)),
      ("orders_per_second", SessionView.fixed(orders, 1)),
      ("kernel_timestamps", "\(hasKernelTimes)"),
    ]
    return figure
  }

  private var name: String { "\(venue), \(way)" }

  /// Whether the kernel said when messages of the market came.
  private var hasKernelTimes: Bool {
    world.run.feeds.allSatisfy { feed in
      feed.health.allSatisfy { $0.connection.lastMessageTime == nil || $0.hasKernelTime }
    }
  }

  // MARK: Losses

  /// From the cut of every connection until all is as before.
  private func measureCuts(_ count: Int) throws -> [VenueFigure] {
    var books = Histogram()
    var accounts = Histogram()
    for _ in 0..<count {
      let begin = Clock.monotonic
      simulated.cut()
      try turn("the connections behind a cut") {
        market.lostAt >= begin && market.isUp && orders.lostAt >= begin && orders.isUp
      }
      books.record(UInt64(max(0, market.upAt - market.lostAt)))
      accounts.record(UInt64(max(0, orders.upAt - orders.lostAt)))
      try rest()
    }
    let note = "all connections cut; from the loss seen"
    var book = VenueFigure("cut to book in sequence", name, books, note: note)
    // Requirement VEN-3.
    book.target = 50_000_000
    return [book, VenueFigure("cut to orders compared", name, accounts, note: note)]
  }

  /// From the discovery that a message is missing until the book is in sequence again.
  private func measureGaps(_ count: Int) throws -> VenueFigure {
    var histogram = Histogram()
    for _ in 0..<count {
      // A moment without a change of the book has nothing to lose.
      let before = counts.gaps
      try turn("a gap") {
        simulated.losePushes(for: Self.lossTime, at: marketPath)
        let end = Clock.monotonic + Self.discoveryTime
        try? turn("its discovery") { counts.gaps > before || Clock.monotonic >= end }
        return counts.gaps > before
      }
      try turn("the book behind a gap") { market.isUp }
      histogram.record(UInt64(max(0, market.upAt - market.lostAt)))
      try rest()
    }
    var figure = VenueFigure(
      "gap to book in sequence", name, histogram,
      note: "messages lost, connections kept; from the gap seen")
    figure.target = 50_000_000
    return figure
  }

  private func rest() throws {
    let end = Clock.monotonic + Self.restTime
    try turn("a moment's rest") { Clock.monotonic >= end }
  }

  private func turn(
    _ what: String, patience: Int64 = 1, until isDone: () -> Bool
  ) throws {
    let end = Clock.monotonic + Self.patience * patience
    while !isDone() {
      guard Clock.monotonic < end, !Interruption.isRequested else {
        let links: [SessionLink] = world.run.feeds + world.run.routes.compactMap(\.link)
        let health: [String] = links.flatMap(\.health).map {
          "\($0.purpose): \($0.isOpen ? "open" : $0.lastReason ?? "not open")"
        }
        throw VenueBenchFailure(
          description: "\(name): \(what) did not come (\(health.joined(separator: "; ")); "
            + "\(counts.messages) messages, \(counts.expired) orders expired, "
            + "\(counts.failed) failed)")
      }
      _ = try world.turn(to: .max, atMost: 1)
    }
  }
}
