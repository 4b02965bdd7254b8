import TradingModel

/// What a listing is, as an instruments file says it: names, and exact decimals in whole prices
/// and quantities.
public struct InstrumentDefinition: Equatable, Sendable {
  /// The name of the feed kind or venue.
  public var venue: String
  /// The venue's own name of the listing.
  public var symbol: String
  public var base: String
  public var quote: String
  /// The currency of P&L; without it the base for inverse contracts, else the quote.
  public var settlement: String
  public var kind: ContractKind
  public var tick: Decimal
  public var lot: Decimal
  public var contractSize: Decimal
  /// Bounds of one order's quantity.
  public var quantityMin: Decimal
  public var quantityMax: Decimal?
  public var notionalMin: Decimal
  public var makerFee: Rate
  public var takerFee: Rate

  /// The listing in units fine enough for the definition and for what a survey found.
  ///
  /// - Parameters:
  ///   - priceDecimals: decimals the recorded prices use; the tick may use more.
  ///   - quantityDecimals: decimals the recorded quantities use.
  ///   - settlement: the run's index of the settlement currency; nil where it is what the
  ///     contract kind implies.
  /// - Throws: `DecimalError` where a bound does not fit in 64 bits at those units.
  public func listing(
    index: ListingIndex, venue: VenueIndex, instrument: InstrumentIndex, base: CurrencyIndex,
    quote: CurrencyIndex, settlement: CurrencyIndex? = nil, priceDecimals: Int = 0,
    quantityDecimals: Int = 0
  ) throws(DecimalError) -> Listing {
    let price = max(Int(tick.decimals), priceDecimals)
    let quantity = max(Int(lot.decimals), Int(quantityMin.decimals), quantityDecimals)
    var listing = Listing(
      index: index, venue: venue, instrument: instrument, base: base, quote: quote,
      contractKind: kind, priceDecimals: price, quantityDecimals: quantity,
      contractSize: contractSize, tick: try tick.units(decimals: price),
      lot: try lot.units(decimals: quantity),
      quantityMin: try quantityMin.units(decimals: quantity),
      quantityMax: try quantityMax?.units(decimals: quantity) ?? .max,
      notionalMin: Money(notionalMin), makerFee: makerFee, takerFee: takerFee)
    if let settlement { listing.settlement = settlement }
    return listing
  }
}
