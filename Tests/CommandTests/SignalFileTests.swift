import Foundation
import Glibc
import TestSupport
import Testing
import TradingModel

@testable import NeedletailCommands

/// A file of the given lines, gone with the value.
struct TextFile: ~Copyable {
  let path: String

  init(_ text: String) { path = Temporary.file(text) }

  deinit { unlink(path) }
}

private func read(_ text: String) throws -> [Signal] {
  var definitions = SandboxMarkets.definitions()
  definitions.strategies = try SandboxStrategies.definitions(
    chosen: [], sets: [], definitions: definitions, registry: .init())
  let file = TextFile(text)
  do {
    return Array(
      try SignalFile(path: file.path, definitions: definitions).signals(startingAt: 1000))
  } catch let error as SignalFile.Mistake {
    // The file's name is another one each time.
    throw UsageError("\(error.line):\(error.column): \(error.expected)")
  }
}

@Suite struct SignalFileTests {
  @Test func readsEveryField() throws {
    let signals = try read(
      """
      # a comment

      {"action": "sell", "venue": "gamma", "symbol": "ETH-USDT", "quantity": 0.2, "at_ms": 5}
      {"action":"buy","listing":"gamma:BTC-USDT","quantity":"0.1","price":"59000","stop_loss":"58000",\
      "take_profit":"61000","confidence":0.75,"id":9,"strategy":"signals","time_ns":2000}
      {"action": "close", "listing": "alpha:BTC-USDT"}
      """)
    #expect(signals.count == 3)
    #expect(
      signals[0]
        == Signal(
          action: .buy, listing: 4, strategy: 2, signalID: 9, createdAt: 2000, price: 59000,
          quantity: 100, stopLoss: 58000, takeProfit: 61000, confidence: 750_000))
    #expect(signals[1].createdAt == 5_001_000)
    #expect(signals.map(\.action) == [.buy, .sell, .close])
    #expect(signals[2].createdAt == 1_000_002_000)
    #expect(signals[2].signalID == 5)
    #expect(signals[2].strategy == 2)
  }

  @Test(arguments: [
    ("{\"action\": \"buy\"", "1:17: ',' or '}'"),
    ("buy", "1:1: a JSON object, beginning with {"),
    ("{\"action\": \"hold\"}", "1:12: \"buy\", \"sell\" or \"close\""),
    ("{}", "1:1: \"action\", which is missing"),
    (
      "{\"action\": \"buy\", \"listing\": \"gamma:BTC-USDT\"}",
      "1:1: \"quantity\", which is missing"
    ),
    (
      "\n{\"action\": \"buy\", \"listing\": \"gamma:BTC-USDT\", \"quantity\": \"0.015\"}",
      "2:60: a number above zero and a multiple of the lot of 0.01"
    ),
    (
      "{\"action\": \"close\", \"listing\": \"gamma:BTC-USDT\", \"price\": 0.5}",
      "1:59: a number above zero and a multiple of the tick of 1"
    ),
    (
      "{\"action\": \"close\", \"listing\": \"gamma:BTC-USDT\", \"confidence\": 2}",
      "1:64: a confidence from 0 to 1 with at most 6 decimals"
    ),
    (
      "{\"action\": \"close\", \"listing\": \"gamma:BTC-USDT\", \"strategy\": \"x\"}",
      "1:62: a strategy of this run: maker, signals"
    ),
    (
      "{\"action\": \"close\", \"action\": \"buy\"}",
      "1:21: each key once, \"action\" stands twice"
    ),
    (
      "{\"action\": \"close\", \"listing\": \"gamma:BTC-USDT\", \"at_ms\": -3}",
      "1:59: a whole number of at least 0"
    ),
  ])
  func mistakesHaveAPlace(text: String, message: String) throws {
    let error = #expect(throws: UsageError.self) { try read(text) }
    #expect(error?.description == message)
  }

  @Test func unknownNamesGetTheNearest() throws {
    let key = #expect(throws: UsageError.self) { try read("{\"acton\": \"buy\"}") }
    #expect(key?.description.contains("did you mean \"action\"?") == true)
    let listing = #expect(throws: UsageError.self) {
      try read("{\"action\": \"close\", \"listing\": \"gama:BTC-USDT\"}")
    }
    #expect(listing?.description.contains("did you mean \"gamma:BTC-USDT\"?") == true)
  }

  @Test(arguments: ["real", "simulated"]) func aMissingFileIsNamedAndNoJournalBegun(_ pace: String)
  {
    let place = Place()
    let journal = place.path + "/journal"
    #expect(
      needletailMain(arguments: [
        "sandbox", "--pace", pace, "--signals", "/nowhere/signals.jsonl", "--journal", journal,
      ]) == 2)
    #expect(!FileManager.default.fileExists(atPath: journal))
  }
}
