import Credentials
import Foundation
import Testing
import TradingModel

@testable import Venues

/// Recorded messages of Binance USD-M futures, and what a decoder of them needs.
enum BinanceUSDMSamples {
  static let folder = "\(Recordings.folder)/venues/binance_usdm"

  /// All with prices and quantities in 10^-8.
  static let symbols = [
    "BTCUSDT", "ETHUSDT", "LTCUSDT", "COINALPHAHBOT", "COINALPHA-HBOT", "WLDUSDT",
  ]
  static let currencies = ["USDT", "BTC", "BNB", "HBOT"]

  static let account = AccountNames(
    venue: 4,
    listings: symbols.enumerated().map {
      (
        Listing(
          index: ListingIndex($0.offset + 10), venue: 4, instrument: 0, base: 1, quote: 2,
          contractKind: .linear, priceDecimals: 8, quantityDecimals: 8), $0.element
      )
    },
    currencies: currencies.enumerated().map { ($0.element, CurrencyIndex($0.offset + 1)) },
    clientOrderIDPrefix: "nabc-")

  static func bytes(_ name: String) throws -> [UInt8] {
    let data = try #require(
      FileManager.default.contents(atPath: "\(folder)/\(name)"), "\(name) is missing")
    return Array(data)
  }

  /// The first column of INDEX.csv.
  static func files() throws -> [String] {
    let text = String(decoding: try bytes("INDEX.csv"), as: UTF8.self)
    return text.split(whereSeparator: \.isNewline).dropFirst().map {
      String($0.prefix { $0 != "," })
    }
  }
}

/// A decoder with the values that it fills, and entries that take bytes or text.
struct BinanceUSDMBench: ~Copyable {
  var decoder = BinanceUSDMDecoder(BinanceUSDMSamples.account)
  var market = BinanceDecoder()
  var message = VenueMessage()
  var news = TradingNews()
  var kind = BinanceUSDMEventKind.other

  mutating func event(_ bytes: [UInt8]) -> ScanError? {
    news.removeAll()
    return BinanceSpotBench.run(bytes) { (buffer) throws(ScanError) in
      kind = try decoder.decode(userEvent: buffer, into: &news)
    }
  }

  mutating func event(_ text: String) -> ScanError? { event(Array(text.utf8)) }

  mutating func orders(_ bytes: [UInt8], _ answer: BinanceOrderAnswer) -> ScanError? {
    news.removeAll()
    return BinanceSpotBench.run(bytes) { (buffer) throws(ScanError) in
      try decoder.decode(orders: buffer, as: answer, into: &news.orders)
    }
  }

  mutating func orders(_ text: String, _ answer: BinanceOrderAnswer) -> ScanError? {
    orders(Array(text.utf8), answer)
  }

  mutating func trades(_ bytes: [UInt8]) -> ScanError? {
    news.removeAll()
    return BinanceSpotBench.run(bytes) { (buffer) throws(ScanError) in
      try decoder.decode(trades: buffer, into: &news.orders)
    }
  }

  mutating func balances(_ bytes: [UInt8]) -> ScanError? {
    news.removeAll()
    return BinanceSpotBench.run(bytes) { (buffer) throws(ScanError) in
      try decoder.decode(balances: buffer, into: &news.balances)
    }
  }

  mutating func positions(_ bytes: [UInt8]) -> ScanError? {
    news.removeAll()
    return BinanceSpotBench.run(bytes) { (buffer) throws(ScanError) in
      try decoder.decode(positions: buffer, into: &news.positions)
    }
  }

  mutating func market(_ bytes: [UInt8]) -> ScanError? {
    message.clear()
    return BinanceSpotBench.run(bytes) { (buffer) throws(ScanError) in
      var scanner = FieldScanner(buffer)
      try market.decode(&scanner, &decoder.scales, fallback: 0, into: &message)
    }
  }

  /// The kinds of the reports told.
  var kinds: [VenueReportKind] { (0..<news.orders.count).map { news.orders[$0].report.kind } }
}
