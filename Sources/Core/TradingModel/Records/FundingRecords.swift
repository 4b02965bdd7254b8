/// What a venue says of a contract beside its book and its trades: 88 bytes. A message tells some of it;
/// what it does not tell is as it was.
///
/// Prices and rates keep the venue's own decimals, which are more than those of orders.
///
/// ```
/// 40  u16 listing
/// 42  u8  told               bit 0: markPrice, 1: indexPrice, 2: fundingRate, 3: nextFundingTime
/// 43  u8  markPriceDecimals  0 to 18, as the two that follow
/// 44  u8  indexPriceDecimals
/// 45  u8  fundingRateDecimals
/// 48  i64 venueTime
/// 56  i64 markPrice          a whole number of 10^-markPriceDecimals; 0 where it is not told, as all
/// 64  i64 indexPrice
/// 72  i64 fundingRate
/// 80  i64 nextFundingTime
/// ```
public struct ContractUpdate: Equatable, BitwiseCopyable, Sendable {
  public static let byteCount = 88
  public var listing: ListingIndex
  public var venueTime: Timestamp
  /// What positions are valued at, in quote currency per unit of the base; nil: not told.
  public var markPrice: Decimal?
  /// The price of what lies under the contract, over several markets; nil: not told.
  public var indexPrice: Decimal?
  /// Of the next funding, as a part of the position's value at the mark price; positive is paid by longs
  /// to shorts. nil: not told.
  public var fundingRate: Decimal?
  /// When funding is exchanged next, ns since the epoch; nil: not told.
  public var nextFundingTime: Timestamp?

  @inlinable
  public init(
    listing: ListingIndex, venueTime: Timestamp, markPrice: Decimal? = nil,
    indexPrice: Decimal? = nil, fundingRate: Decimal? = nil, nextFundingTime: Timestamp? = nil
  ) {
    self.listing = listing
    self.venueTime = venueTime
    self.markPrice = markPrice
    self.indexPrice = indexPrice
    self.fundingRate = fundingRate
    self.nextFundingTime = nextFundingTime
  }

  /// Whether nothing is told.
  @inlinable public var isEmpty: Bool {
    markPrice == nil && indexPrice == nil && fundingRate == nil && nextFundingTime == nil
  }

  /// Nil for bits and decimals that this version does not know.
  @inlinable public init?(at base: UnsafeRawPointer) {
    let told = base.load8(42)
    guard told < 16 else { return nil }
    for offset in 43...45 where base.load8(offset) > UInt8(Decimal.decimalsMax) { return nil }
    listing = base.load16(40)
    venueTime = base.loadSigned64(48)
    markPrice = told & 1 == 0 ? nil : Self.decimal(base, 56, 43)
    indexPrice = told & 2 == 0 ? nil : Self.decimal(base, 64, 44)
    fundingRate = told & 4 == 0 ? nil : Self.decimal(base, 72, 45)
    nextFundingTime = told & 8 == 0 ? nil : base.loadSigned64(80)
  }

  @usableFromInline
  static func decimal(_ base: UnsafeRawPointer, _ units: Int, _ decimals: Int) -> Decimal {
    Decimal(units: base.loadSigned64(units), decimals: Int(base.load8(decimals)))
  }

  @inlinable public func store(at base: UnsafeMutableRawPointer) {
    base.store64(0, 40)
    base.store16(listing, 40)
    let told: UInt8 =
      (markPrice == nil ? 0 : 1) | (indexPrice == nil ? 0 : 2) | (fundingRate == nil ? 0 : 4)
      | (nextFundingTime == nil ? 0 : 8)
    base.store8(told, 42)
    base.store8(markPrice?.decimals ?? 0, 43)
    base.store8(indexPrice?.decimals ?? 0, 44)
    base.store8(fundingRate?.decimals ?? 0, 45)
    base.storeSigned64(venueTime, 48)
    base.storeSigned64(markPrice?.units ?? 0, 56)
    base.storeSigned64(indexPrice?.units ?? 0, 64)
    base.storeSigned64(fundingRate?.units ?? 0, 72)
    base.storeSigned64(nextFundingTime ?? 0, 80)
  }
}

/// Funding that a venue booked on the account: an input, 80 bytes. Key and effect are in one record: a
/// payment told again, in whatever way, has the same listing and `paymentID`, and is booked once.
///
/// ```
/// 40  u16 listing
/// 42  u16 currency
/// 48  u64 paymentID   the venue's number of it, or one made of what names it there
/// 56  i64 venueTime
/// 64  i128 amount     positive is received, negative paid
/// ```
public struct FundingPayment: Equatable, BitwiseCopyable, Sendable {
  public static let byteCount = 80
  public var listing: ListingIndex
  /// What it was paid in.
  public var currency: CurrencyIndex
  /// Not 0; two payments of one listing never have the same.
  public var paymentID: UInt64
  /// When the venue booked it, ns since the epoch.
  public var venueTime: Timestamp
  /// Positive is received, negative paid.
  public var amount: Money

  @inlinable
  public init(
    listing: ListingIndex, currency: CurrencyIndex, paymentID: UInt64, venueTime: Timestamp,
    amount: Money
  ) {
    self.listing = listing
    self.currency = currency
    self.paymentID = paymentID
    self.venueTime = venueTime
    self.amount = amount
  }

  @inlinable public init(at base: UnsafeRawPointer) {
    listing = base.load16(40)
    currency = base.load16(42)
    paymentID = base.load64(48)
    venueTime = base.loadSigned64(56)
    amount = Money(amount: base.loadSigned128(64))
  }

  @inlinable public func store(at base: UnsafeMutableRawPointer) {
    base.store64(0, 40)
    base.store16(listing, 40)
    base.store16(currency, 42)
    base.store64(paymentID, 48)
    base.storeSigned64(venueTime, 56)
    base.storeSigned128(amount.amount, 64)
  }
}

/// A strategy's part of a funding payment, booked: an output, 104 bytes.
///
/// ```
/// 40  u16 listing
/// 42  u16 strategy
/// 44  u16 currency
/// 48  u64 paymentID
/// 56  i64 venueTime
/// 64  i64 position      of the strategy when it was booked, in quantity units
/// 72  i128 amount       positive is received
/// 88  i128 fundingAfter of the position, in the settlement currency
/// ```
public struct FundingEvent: Equatable, BitwiseCopyable, Sendable {
  public static let byteCount = 104
  public var listing: ListingIndex
  public var strategy: StrategyIndex
  public var currency: CurrencyIndex
  public var paymentID: UInt64
  public var venueTime: Timestamp
  public var position: Int64
  public var amount: Money
  public var fundingAfter: Money

  public init(
    _ payment: FundingPayment, strategy: StrategyIndex, position: Int64, amount: Money,
    fundingAfter: Money
  ) {
    listing = payment.listing
    self.strategy = strategy
    currency = payment.currency
    paymentID = payment.paymentID
    venueTime = payment.venueTime
    self.position = position
    self.amount = amount
    self.fundingAfter = fundingAfter
  }

  public init(at base: UnsafeRawPointer) {
    listing = base.load16(40)
    strategy = base.load16(42)
    currency = base.load16(44)
    paymentID = base.load64(48)
    venueTime = base.loadSigned64(56)
    position = base.loadSigned64(64)
    amount = Money(amount: base.loadSigned128(72))
    fundingAfter = Money(amount: base.loadSigned128(88))
  }

  public func store(at base: UnsafeMutableRawPointer) {
    base.store64(0, 40)
    base.store16(listing, 40)
    base.store16(strategy, 42)
    base.store16(currency, 44)
    base.store64(paymentID, 48)
    base.storeSigned64(venueTime, 56)
    base.storeSigned64(position, 64)
    base.storeSigned128(amount.amount, 72)
    base.storeSigned128(fundingAfter.amount, 88)
  }
}
