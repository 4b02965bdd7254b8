import Foundation
import Testing
import TradingModel

@testable import Venues

@Suite struct InstrumentFileTests {
  private func parse(_ text: String) -> Result<InstrumentFile, InstrumentFileError> {
    do throws(InstrumentFileError) {
      return .success(try InstrumentFile(bytes: Array(text.utf8), file: "f.json"))
    } catch {
      return .failure(error)
    }
  }

  private func failure(_ text: String) -> InstrumentFileError? {
    guard case .failure(let error) = parse(text) else { return nil }
    return error
  }

  @Test(.enabled(if: Recordings.areThere, "no ../shared/data")) func theExampleCoversTheRecordings()
    throws
  {
    let config = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("config/instruments.json").path
    let file = try InstrumentFile(path: config)
    for (venue, symbol) in [
      ("binance-spot", "BTCUSDT"), ("binance-usdm", "BTCUSDT"), ("binance-coinm", "BTCUSD_PERP"),
      ("bybit", "XRPUSDT"), ("hyperliquid", "BTC"), ("cme-mbo", "ESH4"),
      ("csv-trades", "BTCUSDT"), ("csv-quotes", "BTCUSDT"),
    ] {
      #expect(file.definition(venue: venue, symbol: symbol) != nil, "\(venue) \(symbol)")
    }
    let coin = try #require(file.definition(venue: "binance-coinm", symbol: "BTCUSD_PERP"))
    let listing = try coin.listing(
      index: 3, venue: 1, instrument: 2, base: 4, quote: 5, priceDecimals: 2)
    #expect(listing.tick == 10 && listing.priceDecimals == 2 && listing.lot == 1)
    #expect(listing.contractSize == Decimal(units: 100) && listing.contractKind == .inverse)
    #expect(listing.settlement == 4 && listing.makerFee == Rate(parts: 20_000))
    #expect(listing.takerFee == Rate(parts: 50_000) && listing.quantityMax == 1_000_000)
    let spot = try BookOutput([
      "--feed", "binance-spot:" + Recordings.feed("binance_spot/btcusdt_20240808.gz"),
      "--instruments", config, "--levels", "1",
    ])
    // "a few old quantities are off the lot grid" (the data's README).
    #expect(spot.exitCode == 0 && spot.totals?["off_tick"]?.int == 0)
    #expect((spot.totals?["off_lot"]?.int ?? 0) > 0)
  }

  private static let good = """
    {"venue": "v", "symbol": "S", "base": "B", "quote": "Q", "kind": "spot",
     "tick": "0.5", "lot": 0.001
    """

  @Test func defaultsAndOneObject() throws {
    let file = try parse(Self.good + "}").get()
    let found = try #require(file.definition(venue: "v", symbol: "S"))
    #expect(found.settlement == "Q" && found.contractSize == Decimal(units: 1))
    #expect(found.quantityMin == Decimal(units: 1, decimals: 3) && found.quantityMax == nil)
    #expect(found.makerFee == .zero)
    let listing = try found.listing(index: 0, venue: 0, instrument: 0, base: 0, quote: 1)
    #expect(listing.tick == 5 && listing.priceDecimals == 1 && listing.quantityDecimals == 3)
  }

  @Test func mistakesNameTheirPlace() {
    let unknown = failure(Self.good + ",\n  \"maker_fe\": \"0\"}")
    #expect(unknown?.line == 3 && unknown?.column == 3)
    #expect(unknown?.message.contains("did you mean \"maker_fee\"?") == true)
    #expect(failure(Self.good + ", \"lot\": 1}")?.message.contains("once") == true)
    #expect(failure("[" + Self.good + "},\n" + Self.good + "}]")?.line == 3)
    #expect(failure("[{\"venue\": \"v\"}]")?.message.contains("\"symbol\"") == true)
    #expect(failure("[1]")?.column == 2)
    #expect(failure("[")?.column == 2)
    for (key, bad) in [
      ("contract_size", "\"0\""), ("contract_size", "\"-1\""), ("maker_fee", "\"x\""),
      ("maker_fee", "\"0.000000001\""), ("min_notional", "true"), ("settlement", "\"\""),
    ] {
      #expect(failure(Self.good + ", \"\(key)\": \(bad)}") != nil, "\(key) \(bad)")
    }
    #expect(failure(Self.good.replacing("\"spot\"", with: "\"swap\"") + "}")?.line == 1)
    let missing = Result { () throws(InstrumentFileError) in try InstrumentFile(path: "/none/x") }
    guard case .failure(let error) = missing else {
      Issue.record("a missing file was expected")
      return
    }
    #expect(error.line == 0 && error.description.hasPrefix("/none/x: cannot be read"))
  }

  @Test func digestsAreSHA256() throws {
    let scratch = try Scratch()
    let (digest, count) = try FileDigest.sha256(of: scratch.file("abc", "abc"))
    #expect(count == 3)
    #expect(
      FileDigest.hexadecimal(digest)
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }

  @Test func whatIsWrittenIsReadTheSame() throws {
    let full = #"""
      [{"venue": "a", "symbol": "B-C", "base": "B", "quote": "Q", "settlement": "S",
        "kind": "inverse", "tick": "0.5", "lot": "1", "contract_size": "0.01", "min_quantity": "2",
        "max_quantity": "1000.5", "min_notional": "5", "maker_fee": "-0.00005",
        "taker_fee": "0.0005"},
       {"venue": "a", "symbol": "E", "base": "B", "quote": "Q", "kind": "spot", "tick": "1",
        "lot": "0.00000001"}]
      """#
    let first = try InstrumentFile(bytes: Array(full.utf8), file: "t").definitions
    let text = InstrumentFile.text(of: first)
    #expect(try InstrumentFile(bytes: Array(text.utf8), file: "t").definitions == first)
    // The file stays readable whatever a venue calls a symbol.
    var odd = first
    odd[1].symbol = "E\"\\\n"
    let oddText = InstrumentFile.text(of: odd)
    #expect(
      try InstrumentFile(bytes: Array(oddText.utf8), file: "t").definitions[1].symbol == "E???")
    #expect(InstrumentFile.path(beside: "x/a_b.gz") == "x/a_b.instruments.json")
    #expect(InstrumentFile.path(beside: "x/plain") == "x/plain.instruments.json")
  }
}
