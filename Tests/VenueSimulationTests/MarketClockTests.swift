import Exchange
import Testing
import TradingModel
import VenueServer

@testable import VenueSimulation

/// The times of simulated markets, and of the venues around them.
@Suite struct MarketClockTests {
  private static let second: Int64 = 1_000_000_000
  private static let start: Int64 = 1_754_006_400 * second

  private static func times(_ seconds: Double, offset: Int64 = 0) -> ServerTime {
    let passed = Int64(seconds * 1000) * 1_000_000
    return ServerTime(wall: start + passed + offset, monotonic: 77 * second + passed)
  }

  @Test func beginsWhenItIsServedAndDoesNotStep() {
    var clock = MarketClock(startTime: Self.start)
    let first = clock.read(at: Self.times(2.5))
    #expect(first.time == Self.start + 2_500_000_000 && first.elapsed == 0)
    // The wall clock is set an hour ahead, and a day back.
    for offset in [0, 3_600, -86_400] {
      let later = clock.read(at: Self.times(3, offset: Int64(offset) * Self.second))
      #expect(later.time == Self.start + 3 * Self.second && later.elapsed == 500_000_000)
    }
    // A wall clock that was set back before it was served leads to no time before the market's first.
    var early = MarketClock(startTime: Self.start)
    #expect(early.read(at: Self.times(0, offset: -9 * Self.second)).time == Self.start)
  }

  private static func settings() -> VenueSimulationSettings {
    VenueSimulationSettings(seed: 3, startTime: start, eventsPerSecond: 0)
  }

  /// A product is served 2.5 s after it was made; what its markets then do has the venue's own time.
  private func check(_ simulation: any VenueSimulation, _ exchange: SimulatedExchange) {
    defer { simulation.end() }
    let first = Self.times(2.5)
    simulation.front.tick(at: first)
    #expect(exchange.time == first.wall)
    let later = Self.times(9)
    simulation.front.tick(at: later)
    #expect(exchange.time == later.wall)
    // The fault `clock_offset` moves the venue's clock alone.
    let moved = Self.times(10, offset: 5 * Self.second)
    simulation.front.tick(at: moved)
    #expect(exchange.time == moved.wall - 5 * Self.second)
  }

  @Test func binanceSpotIsNotBehind() throws {
    let simulation = try BinanceSpotSimulation(Self.settings())
    check(simulation, simulation.spot.core.exchange)
  }
  @Test func binanceUSDMIsNotBehind() throws {
    let simulation = try BinanceUSDMSimulation(Self.settings())
    check(simulation, simulation.usdm.core.exchange)
  }
  @Test func okxIsNotBehind() throws {
    let simulation = try OKXSimulation(Self.settings())
    check(simulation, simulation.okx.core.exchange)
  }
  @Test func bybitIsNotBehind() throws {
    let simulation = try BybitSimulation(Self.settings())
    check(simulation, simulation.venue.core.exchange)
  }
}
