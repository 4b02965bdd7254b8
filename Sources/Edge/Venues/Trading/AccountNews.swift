import TradingModel

/// An amount of one asset at the venue.
public struct VenueBalance: BitwiseCopyable, Sendable {
  /// The asset as the venue spells it.
  public var asset = VenueText()
  /// nil for an asset that the run does not have.
  public var currency: CurrencyIndex?
  public var free = Money.zero
  /// Held for open orders, and otherwise.
  public var locked = Money.zero
  /// What was added, where the message tells a change and no whole amount.
  public var change = Money.zero

  /// What is owned.
  public var total: Money { free + locked }
}

/// A position, as the venue told it last.
public struct AccountPosition: BitwiseCopyable, Sendable {
  /// As the venue names it.
  public var symbol: VenueText
  /// Of the run, where the symbol is followed.
  public var listing: ListingIndex?
  /// In quantity units of the listing; positive is long. Of a hedged account: long and short together.
  public var quantity: Int64
  /// In price units of the listing, rounded down; 0 where the venue does not say.
  public var entryPrice: Int64

  public init(symbol: VenueText, listing: ListingIndex?, quantity: Int64, entryPrice: Int64 = 0) {
    self.symbol = symbol
    self.listing = listing
    self.quantity = quantity
    self.entryPrice = entryPrice
  }
}
