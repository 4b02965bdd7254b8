import TradingModel

/// Decodes what Bybit v5 says of one account in one category: orders, fills, balances and positions, as
/// pushes of the private stream and as answers over REST. Both spell an order, a fill, a coin and a
/// position with the same fields, so one reader of each serves both.
///
/// Pure: bytes in, values out, nothing kept between messages but counts. Fields that are not known are
/// stepped over, topics that are not known are counted, and a malformed message is refused with the
/// place (`ScanError`); any bytes are safe. Orders and fills allocate nothing once the runs that take
/// them have grown to what they are given.
///
/// https://bybit-exchange.github.io/docs/v5/websocket/private/order, .../execution, .../wallet,
/// .../position; https://bybit-exchange.github.io/docs/v5/order/open-order, .../execution
struct BybitAccountDecoder: ~Copyable {
  /// Which currencies the fees of a listing are in.
  struct Currencies: BitwiseCopyable {
    var base: CurrencyIndex
    var quote: CurrencyIndex
    var settlement: CurrencyIndex
  }

  let category: BybitCategory
  let venue: VenueIndex
  var scales: SymbolScales
  private let listings: UnsafeMutablePointer<ListingIndex>
  private let listingCurrencies: UnsafeMutablePointer<Currencies>
  var currencies: CurrencyNames
  let ownNames: OwnOrderNames
  /// Topics that nobody here knows.
  var unknownTopics = NameCounts()
  /// Executions that are neither trades nor funding: delivery, settlement, moved positions.
  var otherExecutionCount = 0

  init(_ names: BybitNames) {
    category = names.category
    venue = names.venue
    scales = SymbolScales(following: names.entries.map(\.scale))
    let count = max(1, names.entries.count)
    listings = .allocate(capacity: count)
    listingCurrencies = .allocate(capacity: count)
    for (index, entry) in names.entries.enumerated() {
      (listings + index).initialize(to: entry.scale.listing)
      (listingCurrencies + index).initialize(
        to: Currencies(base: entry.base, quote: entry.quote, settlement: entry.settlement))
    }
    currencies = CurrencyNames(names.currencies)
    ownNames = OwnOrderNames(prefixes: names.clientOrderIDPrefixes)
  }

  deinit {
    listings.deallocate()
    listingCurrencies.deallocate()
  }

  @inline(__always)
  func listing(_ symbol: Int) -> ListingIndex { listings[symbol] }

  @inline(__always)
  func currencies(of symbol: Int) -> Currencies { listingCurrencies[symbol] }

  // MARK: Values

  /// A price at `place`, in the units of `symbol`; 0 where nothing is written.
  @inline(__always)
  mutating func price(
    _ scanner: inout FieldScanner, at place: Int, _ symbol: Int
  ) throws(ScanError) -> Int64 {
    guard place >= 0 else { return 0 }
    scanner.offset = place
    if try scanner.nothing() { return 0 }
    return try scales.price(&scanner, symbol)
  }

  /// The same for a quantity, zero or more.
  @inline(__always)
  mutating func quantity(
    _ scanner: inout FieldScanner, at place: Int, _ symbol: Int
  ) throws(ScanError) -> Int64 {
    guard place >= 0 else { return 0 }
    scanner.offset = place
    if try scanner.nothing() { return 0 }
    return try scales.quantity(&scanner, symbol)
  }

  /// Whether `word` is this category; a message that names none is of the one that was asked for.
  @inline(__always)
  func isOurs(_ scanner: FieldScanner, _ word: FieldRange) -> Bool {
    !word.isPresent || word.count == 0 || scanner.matches(word, category.text)
  }

  /// Whose order it is, by its client order id.
  @inline(__always)
  func identify(_ scanner: FieldScanner, _ client: FieldRange, _ news: inout OrderNews) {
    // Bybit always writes the field, so an order without one is not ours.
    news.ownership = .foreign
    guard client.count > 0, let name = ownNames.read(scanner.bytes(client)) else { return }
    news.ownership = .own
    news.name = name
    news.report.orderID = name.orderID
  }

  /// Each object of the array at hand.
  @inline(__always)
  mutating func objects(
    _ scanner: inout FieldScanner, _ news: inout TradingNews,
    _ one: (inout BybitAccountDecoder, inout FieldScanner, inout TradingNews) throws(ScanError) ->
      Void
  ) throws(ScanError) {
    try scanner.beginArray()
    var isFirst = true
    while try scanner.another(&isFirst, until: UInt8(ascii: "]")) {
      try one(&self, &scanner, &news)
    }
  }
}
