import Foundation
import Testing
import TradingModel

@testable import Venues

/// Recorded messages of Bybit, and what a decoder of them needs.
enum BybitSamples {
  static let folder = "\(Recordings.folder)/venues/bybit"
  /// All with prices and quantities in 10^-8.
  static let symbols = [
    "BTCUSDT", "ETHUSDT", "LTCUSDT", "COINALPHAUSDT", "COINALPHAHBOT", "APEXUSDT", "ETHPERP",
    "BTCPERP", "XRPUSDT", "ICPUSDT", "QNTUSDT", "BTCUSD",
  ]
  static let currencies = ["BTC", "ETH", "USDT", "USDC", "BIT"]
  static let prefixes = ["nabc-", "test-order-link-"]

  static func names(_ category: BybitCategory) -> BybitNames {
    BybitNames(
      category: category, venue: 3,
      entries: symbols.enumerated().map {
        BybitNames.Entry(
          Listing(
            index: ListingIndex($0.offset + 10), venue: 3, instrument: 0, base: 1, quote: 3,
            contractKind: category == .spot ? .spot : .linear, priceDecimals: 8,
            quantityDecimals: 8), symbol: $0.element)
      },
      currencies: currencies.enumerated().map { ($0.element, CurrencyIndex($0.offset + 1)) },
      clientOrderIDPrefixes: prefixes)
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

/// A decoder of one category with the values that it fills, and entries that take bytes or text.
struct BybitBench: ~Copyable {
  var decoder: BybitAccountDecoder
  var market: BybitMarket
  var scales: SymbolScales
  var news = TradingNews()
  var message = VenueMessage()
  private(set) var stream = StreamMessage.other

  init(_ category: BybitCategory) {
    let names = BybitSamples.names(category)
    decoder = BybitAccountDecoder(names)
    market = BybitMarket(category, BybitDescription.of(category).environments[0])
    scales = SymbolScales(following: names.entries.map(\.scale))
  }

  /// A message of the private stream.
  mutating func push(_ bytes: [UInt8]) -> Result<Bool, ScanError> {
    news.removeAll()
    return Self.value(bytes) { (buffer) throws(ScanError) in
      try decoder.push(buffer, into: &news)
    }
  }

  mutating func push(_ text: String) -> Result<Bool, ScanError> { push(Array(text.utf8)) }

  /// An answer with a list.
  mutating func list(
    _ content: BybitAccountDecoder.Content, _ bytes: [UInt8]
  ) -> ScanError? {
    news.removeAll()
    return Self.run(bytes) { (buffer) throws(ScanError) in
      try BybitAnswers.result(buffer) { (result) throws(ScanError) in
        _ = try decoder.answer(content, result, into: &news)
      }
    }
  }

  /// A message of the public stream.
  mutating func stream(_ bytes: [UInt8]) -> ScanError? {
    message.clear()
    message.receiveTime = 1
    return Self.run(bytes) { (buffer) throws(ScanError) in
      stream = try market.decode(buffer, &scales, into: &message)
    }
  }

  mutating func stream(_ text: String) -> ScanError? { stream(Array(text.utf8)) }

  var kinds: [VenueReportKind] { (0..<news.orders.count).map { news.orders[$0].report.kind } }

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
