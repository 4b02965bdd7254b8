import Testing
import TradingModel
import Venues

@testable import NeedletailCommands

@Suite struct RequestCommandTests {
  private func input(_ words: [String], _ action: VenueAction = .place) throws -> RequestInput {
    try RequestCommand.input(
      CommandOptions(
        ["venue", action.rawValue] + words, usage: RequestCommand.usage, environment: { _ in nil }))
  }

  @Test(arguments: [
    (["--type", "market", "--price", "5"], "--price: an order of --type market has none"),
    (["--type", "stop", "--price", "5"], "--price: an order of --type stop has none"),
    (["--stop-price", "5"], "--stop-price: an order of --type limit has none"),
    (
      ["--type", "market", "--stop-price", "5"], "--stop-price: an order of --type market has none"
    ),
    (["--type", "market", "--post-only"], "--post-only: an order of --type market always takes"),
    (
      ["--post-only", "--time-in-force", "ioc"],
      "--post-only: an order of --time-in-force immediate-or-cancel never waits"
    ),
    (["--symbol", "BTC\"USDT"], "--symbol: 'BTC\"USDT' was expected to be letters"),
    (["--symbol", "BTC USDT"], "--symbol: 'BTC USDT' was expected"),
    (["--symbol", "A&b=c"], "--symbol: 'A&b=c' was expected"),
    (["--symbol", "a\\b"], "--symbol: 'a\\b' was expected"),
  ])
  func contradictionsAreRefused(words: [String], message: String) throws {
    let error = #expect(throws: UsageError.self) { try input(words) }
    #expect("\(try #require(error))".hasPrefix(message))
  }

  @Test func whatFitsTogetherIsTaken() throws {
    #expect(try input(["--type", "stop-limit", "--price", "5", "--stop-price", "4"]).price != nil)
    #expect(try input(["--type", "stop", "--stop-price", "4"]).stopPrice != nil)
    #expect(try input(["--post-only", "--price", "5"]).instructions == .postOnly)
    // A change names a price whatever the order is.
    #expect(try input(["--type", "market", "--price", "5"], .modify).price != nil)
    for symbol in ["BTCUSDT", "BTC-USDT-SWAP", "BTCUSD_PERP", "PURR/USDC", "@107", "币安人生USDT"] {
      #expect(try input(["--symbol", symbol]).symbol == symbol)
    }
  }

  @Test(arguments: [
    ("gtc", TimeInForce.goodTillCancel), ("ioc", .immediateOrCancel), ("fok", .fillOrKill),
    ("good-till-cancel", .goodTillCancel), ("immediate-or-cancel", .immediateOrCancel),
    ("fill-or-kill", .fillOrKill),
  ])
  func timesInForceHaveShortNames(name: String, value: TimeInForce) throws {
    #expect(try input(["--time-in-force", name]).timeInForce == value)
  }
}
