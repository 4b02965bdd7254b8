import TradingModel

/// What a decoder needs to know to turn an account's messages into news.
struct OKXNames {
  var venue: VenueIndex
  /// The run's listings, by the venue's instrument ids, with the units to count in.
  var symbols: [SymbolScale]
  /// The run's currencies, by the venue's names, 1 to 16 bytes each.
  var currencies: [(name: String, currency: CurrencyIndex)]
  /// What our client order ids begin with, this run's and those of the journal's earlier runs.
  var clientOrderIDPrefixes: [String]

  init(
    venue: VenueIndex, symbols: [SymbolScale],
    currencies: [(name: String, currency: CurrencyIndex)] = [],
    clientOrderIDPrefixes: [String] = []
  ) {
    self.venue = venue
    self.symbols = symbols
    self.currencies = currencies
    self.clientOrderIDPrefixes = clientOrderIDPrefixes
  }
}

/// Decodes what OKX says of an account: orders, fills, balances and positions, pushed or asked for.
///
/// Pure: bytes in, values out. Fields that are not known are stepped over, and a malformed message is
/// refused with the place; any bytes are safe. Orders and fills allocate nothing, once the run that they
/// are put into has grown.
struct OKXAccountDecoder: ~Copyable {
  let venue: VenueIndex
  var scales: SymbolScales
  private let listings: UnsafeMutablePointer<ListingIndex>
  var currencies: CurrencyNames
  let ownNames: OwnOrderNames

  init(_ names: OKXNames) {
    venue = names.venue
    scales = SymbolScales(following: names.symbols)
    listings = .allocate(capacity: max(1, names.symbols.count))
    for (index, symbol) in names.symbols.enumerated() {
      (listings + index).initialize(to: symbol.listing)
    }
    currencies = CurrencyNames(names.currencies)
    ownNames = OwnOrderNames(prefixes: names.clientOrderIDPrefixes.map(OKX.clientOrderIDPrefix))
  }

  deinit { listings.deallocate() }

  /// The listing of a followed symbol.
  @inline(__always)
  func listing(_ symbol: Int) -> ListingIndex { listings[symbol] }

  // MARK: Parts

  /// A price in the units of `symbol`; 0 for none, and where the symbol is not followed.
  @inline(__always)
  mutating func price(
    _ range: FieldRange, _ symbol: Int, _ scanner: FieldScanner
  ) throws(ScanError) -> Int64 {
    guard symbol >= 0, range.count > 0 else { return 0 }
    var scanner = scanner
    OKXText.go(to: range, &scanner)
    return try scales.price(&scanner, symbol)
  }

  /// The same for a quantity, zero or more.
  @inline(__always)
  mutating func quantity(
    _ range: FieldRange, _ symbol: Int, _ scanner: FieldScanner
  ) throws(ScanError) -> Int64 {
    guard symbol >= 0, range.count > 0 else { return 0 }
    var scanner = scanner
    OKXText.go(to: range, &scanner)
    return try scales.quantity(&scanner, symbol)
  }

  /// Puts a fee into a report, if its currency is one of the run's; the venue writes what is charged with
  /// a minus, and rebates without.
  @inline(__always)
  mutating func book(
    fee: FieldRange, _ currency: FieldRange, _ scanner: FieldScanner, _ news: inout OrderNews
  ) throws(ScanError) {
    guard fee.count > 0, currency.count > 0 else { return }
    guard let found = currencies.find(scanner.bytes(currency)) else {
      news.isFeeBooked = scanner.isZeroNumber(at: fee.offset)
      return
    }
    news.report.fee = -(try OKXText.money(fee, scanner))
    news.report.feeCurrency = found
  }

  /// Whose order a client order id names. An order without one was entered by other means, or closed a
  /// position by force.
  @inline(__always)
  func identify(_ client: FieldRange, _ scanner: FieldScanner, _ news: inout OrderNews) {
    guard client.isPresent else { return }
    news.ownership = .foreign
    guard client.count > 0, let name = ownNames.read(scanner.bytes(client)) else { return }
    news.ownership = .own
    news.name = name
    news.report.orderID = name.orderID
  }
}
