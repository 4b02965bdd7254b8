import TradingModel

/// What a decoder needs to know to turn an account's messages into reports.
public struct BinanceSpotNames: Sendable {
  public var venue: VenueIndex
  /// The run's listings, by the venue's symbols, with the units to count in.
  public var symbols: [SymbolScale]
  /// The run's currencies, by the venue's names of assets, 1 to 16 bytes each.
  public var currencies: [(name: String, currency: CurrencyIndex)]
  /// What our client order ids begin with, this run's and those of the journal's earlier runs.
  public var clientOrderIDPrefixes: [String]

  public init(
    venue: VenueIndex, symbols: [SymbolScale],
    currencies: [(name: String, currency: CurrencyIndex)], clientOrderIDPrefixes: [String]
  ) {
    self.venue = venue
    self.symbols = symbols
    self.currencies = currencies
    self.clientOrderIDPrefixes = clientOrderIDPrefixes
  }
}

/// Decodes what Binance spot sends: market data, the account's own events, and answers over REST and
/// the WebSocket API.
///
/// Pure: bytes in, values out, nothing kept between messages but counts. Fields that are not known
/// are stepped over, kinds of event that are not known are counted by name, and a malformed message
/// is refused with the place (`ScanError`); any bytes are safe. Nothing is allocated for execution
/// reports, order answers, book tickers and depth, once the values that are filled have grown to what
/// they are given.
///
/// Fields after https://developers.binance.com/docs/binance-spot-api-docs.
public struct BinanceSpotDecoder: ~Copyable {
  let venue: VenueIndex
  var scales: SymbolScales
  /// The listing of each symbol of `scales`.
  private let listings: UnsafeMutablePointer<ListingIndex>
  var currencies: CurrencyNames
  let ownNames: OwnOrderNames
  var market = BinanceDecoder()
  /// Kinds of events that nobody here knows.
  public internal(set) var unknownEvents = NameCounts()

  public init(_ names: BinanceSpotNames) {
    venue = names.venue
    scales = SymbolScales(following: names.symbols)
    listings = .allocate(capacity: max(1, names.symbols.count))
    for (index, symbol) in names.symbols.enumerated() {
      (listings + index).initialize(to: symbol.listing)
    }
    currencies = CurrencyNames(names.currencies)
    ownNames = OwnOrderNames(prefixes: names.clientOrderIDPrefixes)
  }

  deinit { listings.deallocate() }

  /// The listing of a followed symbol.
  @inline(__always)
  func listing(_ symbol: Int) -> ListingIndex { listings[symbol] }

  // MARK: Parts of orders

  /// Reads the symbol's name.
  ///
  /// - Returns: its place, or -1 where it is not followed; its name is then kept.
  @inline(__always)
  mutating func symbol(
    _ scanner: inout FieldScanner, _ report: inout BinanceSpotReport
  ) throws(ScanError) -> Int {
    let name = try scanner.string()
    let symbol = scales.find(scanner.bytes(name))
    report.isFollowed = symbol >= 0
    if symbol >= 0 {
      report.report.listing = listing(symbol)
    } else {
      report.symbol = try scanner.kept(name)
    }
    return symbol
  }

  /// A price in the units of `symbol`; 0, and the value stepped over, where there is no such.
  @inline(__always)
  mutating func price(
    _ scanner: inout FieldScanner, _ symbol: Int
  ) throws(ScanError) -> Int64 {
    scanner.skipSpace()
    if symbol >= 0 { return try scales.price(&scanner, symbol) }
    try scanner.skipValue()
    return 0
  }

  /// The same for a quantity, zero or more.
  @inline(__always)
  mutating func quantity(
    _ scanner: inout FieldScanner, _ symbol: Int
  ) throws(ScanError) -> Int64 {
    scanner.skipSpace()
    if symbol >= 0 { return try scales.quantity(&scanner, symbol) }
    try scanner.skipValue()
    return 0
  }

  /// Reads the asset of a fee; null is none.
  @inline(__always)
  mutating func feeAsset(
    _ scanner: inout FieldScanner, _ report: inout BinanceSpotReport
  ) throws(ScanError) -> CurrencyIndex? {
    if scanner.peek() != UInt8(ascii: "\"") {
      try scanner.skipValue()
      return nil
    }
    let name = try scanner.string()
    report.feeAsset = try scanner.kept(name)
    return currencies.find(scanner.bytes(name))
  }

  /// Puts the fee into the report, if its currency is one of the run's.
  @inline(__always)
  func book(fee currency: CurrencyIndex?, _ report: inout BinanceSpotReport) {
    if let currency {
      report.report.fee = report.fee
      report.report.feeCurrency = currency
    } else {
      report.isFeeBooked = report.fee == .zero
    }
  }

  /// Tells whose order it is by its client order ids: the original one where there are two.
  @inline(__always)
  func identify(
    _ scanner: FieldScanner, client: FieldRange, original: FieldRange,
    _ report: inout BinanceSpotReport
  ) throws(ScanError) {
    let hasOriginal = original.count > 0
    let own = hasOriginal ? original : client
    if own.isPresent { report.clientOrderID = try scanner.kept(own) }
    if hasOriginal, client.isPresent {
      report.requestClientOrderID = try scanner.kept(client)
    }
    guard client.isPresent || hasOriginal else { return }
    report.ownership = .foreign
    let first = own.isPresent ? ownNames.read(scanner.bytes(own)) : nil
    let second = hasOriginal && client.isPresent ? ownNames.read(scanner.bytes(client)) : nil
    guard let name = first ?? second else { return }
    report.ownership = .own
    report.report.orderID = name.orderID
    report.filledBefore = name.filledBefore
    // An amendment under a new id of the same order tells its version there.
    report.nameVersion = max(
      name.version, second?.orderID == name.orderID ? second?.version ?? 0 : 0)
  }
}
