import TradingModel

/// Decodes what Binance USD-M futures sends about an account: its own events, and answers over REST and
/// the WebSocket API.
///
/// Pure: bytes in, values out, nothing kept between messages but counts. Fields that are not known are
/// stepped over, kinds of event that are not known are counted by name, and a malformed message is
/// refused with the place (`ScanError`); any bytes are safe. Nothing is allocated for order events and
/// order answers, once the values that are filled have grown to what they are given.
///
/// Fields after https://developers.binance.com/docs/derivatives/usds-margined-futures.
struct BinanceUSDMDecoder: ~Copyable {
  let venue: VenueIndex
  var scales: SymbolScales
  /// The listing of each symbol of `scales`.
  private let listings: UnsafeMutablePointer<ListingIndex>
  var currencies: CurrencyNames
  private let ownNames: OwnOrderNames
  /// Kinds of events that nobody here knows.
  var unknownEvents = NameCounts()

  /// - Parameter symbols: followed; nil for the account's listings.
  init(_ account: AccountNames, symbols: [SymbolScale]? = nil) {
    let symbols = symbols ?? Self.symbols(of: account)
    venue = account.venue
    scales = SymbolScales(following: symbols)
    listings = .allocate(capacity: max(1, symbols.count))
    for (index, symbol) in symbols.enumerated() {
      (listings + index).initialize(to: symbol.listing)
    }
    currencies = CurrencyNames(account.currencies)
    ownNames = OwnOrderNames(prefixes: [account.clientOrderIDPrefix] + account.formerPrefixes)
  }

  deinit { listings.deallocate() }

  static func symbols(of account: AccountNames) -> [SymbolScale] {
    account.listings.map { entry in
      SymbolScale(
        symbol: entry.symbol, listing: entry.listing.index,
        priceDecimals: Int(entry.listing.priceDecimals),
        quantityDecimals: Int(entry.listing.quantityDecimals))
    }
  }

  /// The listing of a followed symbol.
  @inline(__always)
  func listing(_ symbol: Int) -> ListingIndex { listings[symbol] }

  // MARK: Parts of orders

  /// Notes where a value stands, and steps over it: its units are known with the symbol, which may
  /// stand behind it.
  @inline(__always)
  static func note(_ place: inout Int, _ scanner: inout FieldScanner) throws(ScanError) {
    scanner.skipSpace()
    place = scanner.offset
    if scanner.peek() == UInt8(ascii: "\"") {
      _ = try scanner.string()
    } else {
      try scanner.skipValue()
    }
  }

  /// The price that stands at a noted place; 0 for none, for null, and for a symbol that is not followed.
  @inline(__always)
  mutating func price(
    at place: Int, _ scanner: inout FieldScanner, _ symbol: Int
  ) throws(ScanError) -> Int64 {
    guard hasValue(at: place, scanner), symbol >= 0 else { return 0 }
    scanner.offset = place
    return try scales.price(&scanner, symbol)
  }

  /// The same for a quantity, zero or more.
  @inline(__always)
  mutating func quantity(
    at place: Int, _ scanner: inout FieldScanner, _ symbol: Int
  ) throws(ScanError) -> Int64 {
    guard hasValue(at: place, scanner), symbol >= 0 else { return 0 }
    scanner.offset = place
    return try scales.quantity(&scanner, symbol)
  }

  @inline(__always)
  private func hasValue(at place: Int, _ scanner: FieldScanner) -> Bool {
    place >= 0 && scanner.base[place] != UInt8(ascii: "n")
  }

  /// Reads the symbol's name.
  ///
  /// - Returns: its place, or -1 where it is not followed.
  @inline(__always)
  mutating func symbol(
    _ scanner: inout FieldScanner, _ news: inout OrderNews
  ) throws(ScanError) -> Int {
    let symbol = scales.find(scanner.bytes(try scanner.string()))
    news.isFollowed = symbol >= 0
    if symbol >= 0 { news.report.listing = listing(symbol) }
    return symbol
  }

  /// Tells whose order it is by its client order id.
  @inline(__always)
  func identify(_ scanner: FieldScanner, _ client: FieldRange, _ news: inout OrderNews) {
    guard client.isPresent else { return }
    guard let name = ownNames.read(scanner.bytes(client)) else {
      news.ownership = .foreign
      return
    }
    news.ownership = .own
    news.report.orderID = name.orderID
    news.name = name
  }

  /// The currency of a fee; nil where there is none, and for one that the run does not have.
  @inline(__always)
  mutating func feeCurrency(_ scanner: inout FieldScanner) throws(ScanError) -> CurrencyIndex? {
    guard scanner.peek() == UInt8(ascii: "\"") else {
      try scanner.skipValue()
      return nil
    }
    return currencies.find(scanner.bytes(try scanner.string()))
  }
}

extension OrderNews {
  /// Sets what hangs on the kind, once it is known.
  mutating func conclude() {
    if report.kind != .fill {
      report.tradeID = 0
      report.lastQuantity = 0
      report.lastPrice = 0
    }
    guard ownership == .own else { return }
    switch report.kind {
    case .accepted:
      report.version = max(1, name.version)
      if name.version > 0 { report.kind = .replaced }
    case .rejected:
      report.version = max(1, name.version)
      if name.version > 0 { report.kind = .replaceRejected }
    default: break
    }
  }
}
