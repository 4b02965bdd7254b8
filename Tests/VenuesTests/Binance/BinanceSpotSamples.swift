import Foundation
import Testing
import TradingModel

@testable import Venues

/// Recorded messages of Binance spot, and what a decoder of them needs.
enum BinanceSpotSamples {
  static let folder = "\(Recordings.folder)/venues/binance_spot"

  /// All with prices and quantities in 10^-8.
  static let symbols = [
    "BTCUSDT", "ETHUSDT", "LTCBTC", "BNBBTC", "ETHBTC", "COINALPHAHBOT", "BTCUSD",
  ]
  static let currencies = ["BTC", "ETH", "USDT", "BNB", "HBOT", "USD", "LTC"]
  static let prefix = "nabc-"

  static func names(
    prefixes: [String] = [prefix, "x-TD67BGP9-T"]
  ) -> BinanceSpotNames {
    BinanceSpotNames(
      venue: 3,
      symbols: symbols.enumerated().map {
        SymbolScale(
          symbol: $0.element, listing: ListingIndex($0.offset + 10), priceDecimals: 8,
          quantityDecimals: 8)
      },
      currencies: currencies.enumerated().map { ($0.element, CurrencyIndex($0.offset + 1)) },
      clientOrderIDPrefixes: prefixes)
  }

  static func currency(_ name: String) -> CurrencyIndex {
    CurrencyIndex(currencies.firstIndex(of: name)! + 1)
  }

  static func listing(_ symbol: String) -> ListingIndex {
    ListingIndex(symbols.firstIndex(of: symbol)! + 10)
  }

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
struct BinanceSpotBench: ~Copyable {
  var decoder = BinanceSpotDecoder(BinanceSpotSamples.names())
  var event = BinanceSpotUserEvent()
  var reports = PlainRun<BinanceSpotReport>()
  var account = BinanceSpotAccount()
  var message = VenueMessage()

  mutating func event(_ bytes: [UInt8]) -> ScanError? {
    Self.run(bytes) { (buffer) throws(ScanError) in
      try decoder.decode(userEvent: buffer, into: &event)
    }
  }

  mutating func event(_ text: String) -> ScanError? { event(Array(text.utf8)) }

  mutating func orders(_ bytes: [UInt8], _ answer: BinanceOrderAnswer) -> ScanError? {
    reports.removeAll()
    return Self.run(bytes) { (buffer) throws(ScanError) in
      try decoder.decode(orders: buffer, as: answer, into: &reports)
    }
  }

  mutating func orders(_ text: String, _ answer: BinanceOrderAnswer) -> ScanError? {
    orders(Array(text.utf8), answer)
  }

  mutating func trades(_ bytes: [UInt8]) -> ScanError? {
    reports.removeAll()
    return Self.run(bytes) { (buffer) throws(ScanError) in
      try decoder.decode(trades: buffer, into: &reports)
    }
  }

  mutating func cancelReplace(_ bytes: [UInt8]) -> Result<BinanceCancelReplace, ScanError> {
    var answer = BinanceCancelReplace()
    let error = Self.run(bytes) { (buffer) throws(ScanError) in
      answer = try decoder.decode(cancelReplace: buffer, into: &reports)
    }
    return error.map { .failure($0) } ?? .success(answer)
  }

  mutating func account(_ bytes: [UInt8]) -> ScanError? {
    Self.run(bytes) { (buffer) throws(ScanError) in
      try decoder.decode(account: buffer, into: &account)
    }
  }

  /// What the body throws. Closures that throw typed errors do not go through `withUnsafeBytes`.
  static func run(
    _ bytes: [UInt8], _ body: (UnsafeRawBufferPointer) throws(ScanError) -> Void
  ) -> ScanError? {
    // Exactly as many bytes as there are, so that a sanitizer sees a read beyond them.
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
    defer { copy.deallocate() }
    copy.copyBytes(from: bytes)
    do throws(ScanError) {
      try body(UnsafeRawBufferPointer(copy))
      return nil
    } catch {
      return error
    }
  }

  /// What `read` makes of the bytes.
  static func value<Value>(
    _ bytes: [UInt8], _ read: (UnsafeRawBufferPointer) throws(ScanError) -> Value
  ) -> Result<Value, ScanError> {
    var value: Value?
    let error = run(bytes) { (buffer) throws(ScanError) in value = try read(buffer) }
    if let error { return .failure(error) }
    return .success(value!)
  }
}
