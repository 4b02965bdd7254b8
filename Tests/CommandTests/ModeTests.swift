import Configuration
import Live
import Strategies
import Testing
import TradingModel
import Transport
import VenueServer

@testable import NeedletailCommands

/// `paper` and `shadow` at simulated venues, as their configurations are read.
@Suite struct ModeTests {
  private let simulated: SandboxVenues

  init() throws {
    simulated = try SandboxVenues(
      seed: 3, eventsPerSecond: 200, kinds: [VenueRegistry.simulations[0]])
  }

  /// The configuration of a maker at the simulated venues.
  ///
  /// - Parameter balances: the value of the key; nil for none.
  private func configuration(_ balances: String?) throws -> RunConfiguration {
    let authority = try #require(simulated.simulation.ready["ca"]?.string)
    var text = ""
    for venue in try simulated.venues() {
      text += """
        [[venue]]
        name = "\(venue.name)"
        symbols = ["\(venue.symbols[0])"]
        rest = "\(venue.environment.rest)"
        public_stream = "\(venue.environment.publicStream)"
        ca = "\(authority)"

        """
      if let balances { text += "balances = \(balances)\n" }
    }
    text += """
      [[strategy]]
      name = "maker"
      [strategy.settings]
      half_spread_bps = 0.2
      size = 0.02
      max_position = 0.2
      requote_bps = 0.5
      """
    return try RunConfigurationFile(bytes: Array(text.utf8), file: "run.toml").configuration
  }

  /// Turns a session until `isDone`, or for half a minute.
  private func run(
    _ mode: RunMode, balances: String?, until isDone: (Session) -> Bool
  ) throws -> RunResult {
    defer { simulated.stop() }
    let place = Place()
    var settings = SessionSettings()
    settings.journal = place.path
    settings.json = true
    let registry = StrategyRegistry()
    let session = try Session.live(
      try LivePlan(mode, try configuration(balances), registry), settings, registry)
    let end = session.now + 30_000_000_000
    while !isDone(session), session.now < end {
      if try session.world.turn(to: session.now, atMost: 1024) == 0 {
        try session.world.wait(until: end)
      }
    }
    #expect(try orderCount() == 0, "nothing is sent")
    session.world.close()
    return try session.finish()
  }

  /// Orders at the simulated venues.
  private func orderCount() throws -> Int {
    let address = try #require(simulated.simulation.ready["admin"]?.string)
    let answer = try ColdHTTP(trust: nil).ask("GET", address + "/admin/state", body: [])
    let state = try JSONValue.parse(answer.body)
    var count = 0
    for (_, product) in state.members ?? [] {
      for account in product["venue"]?["accounts"]?.elements ?? [] {
        count += account["orders"]?.elements?.count ?? 0
      }
    }
    return count
  }

  @Test func aBookMayBeSilentForAsLongAsTheConfigurationSays() throws {
    defer { simulated.stop() }
    var configuration = try configuration(nil)
    for (seconds, limit) in [(30, 30_000_000_000 as Int64), (2, 2_000_000_000)] {
      configuration.venues[0].staleSeconds = seconds
      let plan = try LivePlan(.paper, configuration, StrategyRegistry())
      #expect(plan.venues[0].staleAfter == limit)
    }
  }

  @Test func paperFillsAndItsBalancesFollow() throws {
    let result = try run(.paper, balances: #"{ USDT = "100000", BTC = "1" }"#) {
      $0.running.engine.core.counts.fills > 0
    }
    #expect(result.counts.accepted > 0 && result.counts.fills > 0)
    #expect(result.counts.denied == 0)
    let before = ["USDT": Money(Decimal(units: 100_000)), "BTC": Money(Decimal(units: 1))]
    for balance in result.balances { #expect(balance.total != before[balance.currency]) }
    #expect(result.balances.count == 2)
  }

  @Test func paperOrdersHaveToBeCovered() throws {
    let result = try run(.paper, balances: "{ USDT = 0 }") {
      $0.running.engine.core.counts.denied > 3
    }
    #expect(result.counts.denied > 3 && result.counts.accepted == 0)
  }

  @Test func paperWithoutBalancesIsHeldToNone() throws {
    let result = try run(.paper, balances: nil) { $0.running.engine.core.counts.fills > 0 }
    #expect(result.counts.fills > 0 && result.counts.denied == 0)
    #expect(result.balances.isEmpty)
  }

  @Test func shadowOrdersAreAcceptedAndNothingFills() throws {
    let result = try run(.shadow, balances: nil) { $0.running.engine.core.counts.accepted > 1 }
    #expect(result.counts.accepted > 1 && result.counts.fills == 0 && result.counts.denied == 0)
  }

  @Test func balancesOfCurrenciesThatNothingNeedsAreRefused() throws {
    #expect {
      _ = try run(.paper, balances: "{ USDT = 1, BTCC = 1 }") { _ in true }
    } throws: { error in
      "\(error)".contains("no symbol of it needs BTCC; expected some of BTC, USDT")
    }
  }
}
