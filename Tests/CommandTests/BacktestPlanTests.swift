import TestSupport
import Testing
import TradingModel
import Venues

@testable import NeedletailCommands

/// A capture with one trade of a symbol, as its venue writes it.
private func capture(_ kind: String, _ symbol: String) throws -> String {
  let texts = [
    "okx":
      #"1700000000000000000 {"arg":{"channel":"trades","instId":"SYMBOL"},"data":[{"instId":"SYMBOL","tradeId":"1","px":"60000.5","sz":"0.25","side":"buy","ts":"1700000000000","count":"1"}]}"#,
    "bybit":
      #"1700000000000000000 {"topic":"publicTrade.SYMBOL","type":"snapshot","ts":1700000000000,"data":[{"T":1700000000000,"s":"SYMBOL","S":"Buy","v":"0.25","p":"60000.5","L":"PlusTick","i":"20f43950-d8dd-5b31-9112-a178eb6023af","BT":false,"seq":1}]}"#,
    "binance-spot":
      #"1700000000000000000 {"stream":"x@trade","data":{"e":"trade","E":1700000000000,"s":"SYMBOL","t":1,"p":"60000.5","q":"0.25","T":1700000000000,"m":false,"M":true}}"#,
  ]
  let text = try #require(texts[kind])
  return Temporary.file(
    text.split(separator: "SYMBOL", omittingEmptySubsequences: false)
      .joined(separator: symbol) + "\n")
}

private func plan(_ words: [String]) throws -> BacktestPlan {
  try BacktestPlan(
    BacktestOptions(
      CommandOptions(words, usage: BacktestOptions.usage, environment: { _ in nil })))
}

@Suite struct BacktestPlanTests {
  @Test(arguments: [
    ("okx", "BTC-USDT", "BTC", "USDT", ContractKind.spot),
    ("bybit", "BTCUSDT", "BTC", "USDT", .linear),
    ("bybit", "BTCPERP", "BTC", "USDC", .linear),
    ("bybit", "ETHBTC", "ETH", "BTC", .spot),
    ("bybit-linear", "XRPUSDC", "XRP", "USDC", .linear),
    ("binance-spot", "BNBFDUSD", "BNB", "FDUSD", .spot),
  ])
  func aNameTellsItsCurrencies(
    feed: String, symbol: String, base: String, quote: String, kind: ContractKind
  ) throws {
    let file = try capture(feed == "bybit-linear" ? "bybit" : feed, symbol)
    let plan = try plan(["--feed", "\(feed):\(file)"])
    let listing = try #require(plan.definitions.listings.first?.listing)
    #expect(plan.definitions.currencies[Int(listing.base)] == base)
    #expect(plan.definitions.currencies[Int(listing.quote)] == quote)
    #expect(plan.definitions.venues == [feed] && listing.contractKind == kind)
    #expect(plan.notices.count == 1)
    #expect(plan.notices.first?.contains("\(symbol) is taken as \(base)/\(quote)") == true)
  }

  @Test(arguments: [
    ("okx", "BTC-USDT-SWAP"), ("okx", "BTC-USD-SWAP"), ("okx", "BTC-USDT-250627"), ("okx", "BTC"),
    ("okx", "BTC-"), ("bybit", "BTCUSD"), ("bybit", "BTCUSDU25"), ("bybit", "BTC-27JUN25"),
    ("bybit", "USDT"), ("binance-spot", "BTCXYZ"),
  ])
  func whatANameDoesNotTellIsRefused(feed: String, symbol: String) throws {
    let file = try capture(feed, symbol)
    let error = #expect(throws: UsageError.self) { try plan(["--feed", "\(feed):\(file)"]) }
    let text = "\(try #require(error))"
    #expect(text.hasPrefix("\(feed): \(symbol) needs --instruments FILE"), "\(text)")
  }

  @Test func aDefinitionMayBeUnderTheVenuesNameOrTheKinds() throws {
    func instruments(_ venues: [String]) -> String {
      let all = venues.map {
        #"{"venue": "\#($0)", "symbol": "BTCUSD", "base": "BTC", "quote": "USD", "#
          + #""kind": "inverse", "tick": "0.5", "lot": "1"}"#
      }
      return Temporary.file("[\(all.joined(separator: ", "))]")
    }
    let file = try capture("bybit", "BTCUSD")
    func venues(_ feed: String, _ defined: [String]) throws -> [String] {
      try plan(["--feed", "\(feed):\(file)", "--instruments", instruments(defined)])
        .definitions.venues
    }
    #expect(try venues("bybit", ["bybit"]) == ["bybit"])
    #expect(try venues("bybit-linear", ["bybit"]) == ["bybit-linear"])
    #expect(try venues("bybit-linear", ["bybit-spot", "bybit-linear"]) == ["bybit-linear"])
    #expect(try venues("bybit", ["bybit-linear", "okx"]) == ["bybit"])
    for (feed, defined) in [
      ("bybit", ["bybit-spot", "bybit-linear"]), ("bybit-linear", ["bybit-spot"]),
      ("bybit", ["okx"]),
    ] {
      #expect(throws: UsageError.self) { try venues(feed, defined) }
    }
  }

  @Test func everyVenuesNameIsAKindOfFeed() throws {
    for known in VenueRegistry.all {
      let kind = try #require(known.adapter.feedKinds.first)
      #expect(VenueRegistry.feedKind(known.name) == kind)
      #expect(VenueRegistry.feedKindNames.filter { $0 == known.name }.count == 1)
      #expect(BookOptions.help.contains(known.name))
      #expect(try FeedArgument("\(known.name):a,b").files == ["a", "b"])
    }
    let error = #expect(throws: UsageError.self) { try FeedArgument("nosuch:file") }
    #expect("\(try #require(error))".contains("bybit-linear"))
  }
}
