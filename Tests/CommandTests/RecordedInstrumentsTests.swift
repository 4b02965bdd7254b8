import Glibc
import TestSupport
import Testing
import TradingModel
import Transport
import Venues

@testable import NeedletailCommands

/// What `record` asks a venue about its symbols, of the simulated ones, and what `backtest` does with it.
@Suite struct RecordedInstrumentsTests {
  private let simulated: SandboxVenues

  init() throws { simulated = try SandboxVenues(seed: 1) }

  @Test func everyVenueTellsWhatItsSymbolsAre() throws {
    defer { simulated.stop() }
    for venue in try simulated.venues() {
      let told = try RecordedInstruments(
        venue.adapter, venue.environment, venue.symbols, trust: try #require(venue.tls?.trust))
      #expect(told.fault == nil)
      #expect(told.definitions.map(\.symbol) == venue.symbols)
      #expect(told.definitions.allSatisfy { $0.venue == venue.adapter.description.name })
      // What is written is what is read.
      let text = InstrumentFile.text(of: told.definitions)
      let read = try InstrumentFile(bytes: Array(text.utf8), file: "t")
      #expect(read.definitions == told.definitions)
    }
  }

  @Test func ofManySymbolsTheWholeListIsAskedFor() throws {
    defer { simulated.stop() }
    for venue in try simulated.venues() {
      // The list has few; the ninth, which is none, is named all the same.
      let others = (1...9).map { "NOPE\($0)" }
      let error = #expect(throws: UsageError.self) {
        try RecordedInstruments(
          venue.adapter, venue.environment, venue.symbols + others,
          trust: try #require(venue.tls?.trust))
      }
      #expect("\(try #require(error))".contains("has no 'NOPE1'"))
    }
  }

  @Test func aSymbolThatAVenueDoesNotHaveIsNamed() throws {
    defer { simulated.stop() }
    for venue in try simulated.venues() {
      let error = #expect(throws: UsageError.self) {
        try RecordedInstruments(
          venue.adapter, venue.environment, [venue.symbols[0], "NOPE"],
          trust: try #require(venue.tls?.trust))
      }
      let text = "\(try #require(error))"
      #expect(
        text.hasPrefix("--symbols: \(venue.adapter.description.name) has no 'NOPE': "), "\(text)")
    }
  }

  @Test func aVenueThatDoesNotAnswerIsNoReasonNotToRecord() throws {
    defer { simulated.stop() }
    let venue = try #require(try simulated.venues().first)
    var environment = venue.environment
    // Nobody listens at the port of nothing.
    environment.rest = "http://127.0.0.1:1"
    let told = try RecordedInstruments(
      venue.adapter, environment, venue.symbols, trust: try #require(venue.tls?.trust))
    #expect(told.definitions.isEmpty && told.fault != nil)
  }

  @Test func aBacktestTakesWhatLiesBesideTheCapture() throws {
    defer { simulated.stop() }
    let definition = Self.swap
    let directory = Temporary.directory()
    let writer = try CaptureWriter(
      directory: directory, venue: "okx", symbols: [definition.symbol], rotation: 0,
      definitions: [definition])
    Array(Self.trade.utf8).withUnsafeBytes {
      writer.record(symbol: 0, $0, received: 1_700_000_000_000_000_000)
    }
    writer.close()
    let path = try #require(writer.paths.first)
    #expect(access(InstrumentFile.path(beside: path), F_OK) == 0)
    func plan(_ words: [String]) throws -> BacktestPlan {
      try BacktestPlan(
        BacktestOptions(
          CommandOptions(words, usage: BacktestOptions.usage, environment: { _ in nil })))
    }
    let found = try plan(["--feed", "okx:\(path)"])
    #expect(found.definitions.listings.first?.listing.contractSize == definition.contractSize)
    #expect(found.notices.first?.contains("instruments.json says, without fees") == true)
    // What is named goes before it.
    var other = definition
    other.contractSize = try Decimal("0.5")
    let file = Temporary.file(InstrumentFile.text(of: [other]))
    let named = try plan(["--feed", "okx:\(path)", "--instruments", file])
    #expect(named.definitions.listings.first?.listing.contractSize == other.contractSize)
    #expect(named.notices.isEmpty)
  }

  private static let trade =
    #"{"arg":{"channel":"trades","instId":"BTC-USDT-SWAP"},"data":[{"instId":"BTC-USDT-SWAP","#
    + #""tradeId":"1","px":"60000.5","sz":"2","side":"buy","ts":"1700000000000","count":"1"}]}"#

  private static var swap: InstrumentDefinition {
    let text =
      #"{"venue": "okx", "symbol": "BTC-USDT-SWAP", "base": "BTC", "quote": "USDT", "#
      + #""kind": "linear", "tick": "0.1", "lot": "0.01", "contract_size": "0.01"}"#
    // The text is right: it stands here.
    return try! InstrumentFile(bytes: Array(text.utf8), file: "t").definitions[0]
  }
}
