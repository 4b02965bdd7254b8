import Links
import Live
import LowLatency
import Strategies
import Testing
import TradingModel
import Venues

@testable import NeedletailCommands

/// A session without connections, which says what it is told to.
private final class SilentSession: OrderSession {
  let name = "silent"
  let channels: [SessionChannel] = []
  var outbox = SessionOutbox()
  var records = RecordBuffer(capacity: 1 << 10)
  let nextTime = Int64.max
  var lastFault: String?
  var stopCause: VenueStopCause?

  func start(at now: SessionTime) {}
  func opened(_ channel: Int, at now: SessionTime) {}
  func closed(_ channel: Int, at now: SessionTime) {}
  func received(
    _ channel: Int, _ message: UnsafeRawBufferPointer, received: Timestamp, at now: SessionTime
  ) {}
  func unsent(_ channel: Int, tag: UInt64, at now: SessionTime) {}
  func advance(to now: SessionTime) {}
  func send(_ request: VenueRequest, at now: SessionTime) {}
  func disarm(at now: SessionTime) {}
  var isDisarming: Bool { false }
  func takeWarnings() -> [String] { [] }
}

@Suite struct VenueWatchTests {
  private let feed = SilentSession()
  private let orders = SilentSession()
  private let budget = SharedBudget([])

  private func watch() throws -> VenueWatch {
    VenueWatch([
      (
        name: "acme", feed: try SessionLink(feed, LinkOptions()),
        orders: try SessionLink(orders, LinkOptions()), budget: budget
      )
    ])
  }

  @Test func eachFaultIsToldOnce() throws {
    let watch = try watch()
    #expect(watch.news(at: 0).isEmpty)
    feed.lastFault = "a gap"
    orders.lastFault = "-1013: too small"
    #expect(watch.news(at: 1) == ["acme: market data: a gap", "acme: orders: -1013: too small"])
    #expect(watch.news(at: 2).isEmpty)
    feed.lastFault = "another"
    #expect(watch.news(at: 3) == ["acme: market data: another"])
    #expect(watch.stoppedVenues.isEmpty && watch.statuses(at: 4)[0].faults.count == 2)
  }

  @Test func eachBanIsToldOnce() throws {
    let watch = try watch()
    budget.budget.ban(until: 30_000_000_000, by: .key)
    #expect(
      watch.news(at: 500_000_000) == [
        "acme: the key is banned for 30 s: nothing is sent until then"
      ])
    #expect(watch.news(at: 600_000_000).isEmpty)
    let status = watch.statuses(at: 1_000_000_000)[0]
    #expect(status.bannedUntil == 30_000_000_000)
    #expect(status.trouble(at: 1_000_000_000) == "acme banned for 29 s")
    #expect(status.json.contains("\"banned_until_ns\": 30000000000"))
    #expect(watch.statuses(at: 30_000_000_000)[0].bannedUntil == nil)
    budget.budget.ban(until: 60_000_000_000, by: .key)
    #expect(watch.news(at: 40_000_000_000).count == 1)
  }

  /// Two products behind one host: what shuts the address out is told once, for both.
  @Test func aBanOfTheAddressIsToldOnceForAllBehindTheHost() throws {
    let address = AddressLimits()
    let budgets = [SharedBudget([], address: address), SharedBudget([], address: address)]
    let sessions = [SilentSession(), SilentSession()]
    let watch = VenueWatch(
      try zip(budgets, sessions).enumerated().map { index, pair in
        (
          name: "acme-\(index)", feed: try SessionLink(pair.1, LinkOptions()), orders: nil,
          budget: pair.0
        )
      })
    budgets[1].budget.ban(until: 30_000_000_000, by: .address)
    #expect(
      watch.news(at: 0) == [
        "acme-0 and acme-1: the address is banned for 30 s: nothing is sent until then"
      ])
    #expect(watch.news(at: 1).isEmpty)
    #expect(watch.statuses(at: 1).map(\.bannedUntil) == [30_000_000_000, 30_000_000_000])
    budgets[1].budget.ban(until: 40_000_000_000, by: .key)
    #expect(
      watch.news(at: 2) == ["acme-1: the key is banned for 40 s: nothing is sent until then"])
    #expect(watch.statuses(at: 2).map(\.bannedUntil) == [30_000_000_000, 40_000_000_000])
  }

  @Test func aStopIsToldOnceAndStays() throws {
    let watch = try watch()
    orders.stopCause = .key
    #expect(
      watch.news(at: 0) == [
        "acme: orders: stopped, nothing more is sent: \(VenueStopCause.key)"
      ])
    #expect(watch.news(at: 1).isEmpty && watch.stoppedVenues == [0])
    let status = watch.statuses(at: 1)[0]
    #expect(status.stopCause == .key && status.trouble(at: 1) == "acme stopped")
    #expect(status.json.contains("\"stopped\": \"\(VenueStopCause.key)\""))
  }

  /// The venue knows the key when the run begins, and refuses what the session signs.
  @Test func aStoppedSessionEndsTheRun() throws {
    let simulated = try SandboxVenues(seed: 1, kinds: [VenueRegistry.simulations[0]])
    defer { simulated.stop() }
    var venue = try #require(
      try simulated.venues().first { $0.name == RevokingVenue.base.description.name })
    venue.adapter = RevokingVenue.self
    let place = Place()
    var settings = SessionSettings()
    settings.journal = place.path
    settings.json = true
    settings.duration = 60_000_000_000
    let session = try Session.live(
      LivePlan(
        mode: .sandbox, venues: [venue], strategies: { _ in [] },
        limits: SandboxStrategies.limits), settings, StrategyRegistry())
    var display = SessionDisplay(session)
    #expect(try session.run(&display) == .stopped)
    let result = try session.finish()
    let status = try #require(result.venues.first)
    #expect(status.stopCause == .signature)
    #expect(status.connections.contains { $0.opens > 0 && $0.roundTripCount > 0 })
    #expect(result.json().contains("\"venues\": [{\"venue\": \"\(venue.name)\", \"stopped\": \""))
    #expect(result.summary().contains("STOPPED"))
  }
}
