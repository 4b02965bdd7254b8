import TradingModel

/// What a decoder needs to know to turn an account's messages into reports.
public struct BybitNames: Sendable {
  /// One listing of the run, by the venue's symbol.
  public struct Entry: Sendable {
    public var scale: SymbolScale
    public var base: CurrencyIndex
    public var quote: CurrencyIndex
    public var settlement: CurrencyIndex

    public init(_ listing: Listing, symbol: String) {
      scale = SymbolScale(
        symbol: symbol, listing: listing.index, priceDecimals: Int(listing.priceDecimals),
        quantityDecimals: Int(listing.quantityDecimals))
      base = listing.base
      quote = listing.quote
      settlement = listing.settlement
    }
  }

  public var category: BybitCategory
  public var venue: VenueIndex
  public var entries: [Entry]
  /// The run's currencies, by the venue's names of coins, 1 to 16 bytes each.
  public var currencies: [(name: String, currency: CurrencyIndex)]
  /// What our client order ids begin with, this run's and those of the journal's earlier runs.
  public var clientOrderIDPrefixes: [String]

  public init(
    category: BybitCategory, venue: VenueIndex, entries: [Entry],
    currencies: [(name: String, currency: CurrencyIndex)], clientOrderIDPrefixes: [String]
  ) {
    self.category = category
    self.venue = venue
    self.entries = entries
    self.currencies = currencies
    self.clientOrderIDPrefixes = clientOrderIDPrefixes
  }

  init(_ category: BybitCategory, _ account: AccountNames) {
    self.init(
      category: category, venue: account.venue,
      entries: account.listings.map { Entry($0.listing, symbol: $0.symbol) },
      currencies: account.currencies,
      clientOrderIDPrefixes: [account.clientOrderIDPrefix] + account.formerPrefixes)
  }
}
