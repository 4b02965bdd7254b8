/// How a contract's value follows from its price and quantity.
public enum ContractKind: UInt8, Sendable, BitwiseCopyable {
  /// The thing itself changes hands: value = price x quantity.
  case spot = 0
  /// A future or swap settled in the quote currency: value = price x quantity x contract size.
  case linear = 1
  /// A future or swap settled in the base currency: value = quantity x contract size / price.
  case inverse = 2
}

/// A rate in parts of 10^-8 of an amount: 10,000 is one basis point. Negative is a rebate.
public struct Rate: Hashable, Comparable, BitwiseCopyable, Sendable {
  public var parts: Int64
  @inlinable public static var decimals: Int { 8 }
  @inlinable public static var zero: Rate { Rate(parts: 0) }
  @inlinable public init(parts: Int64) { self.parts = parts }
  @inlinable public static func < (a: Rate, b: Rate) -> Bool { a.parts < b.parts }

  /// This share of `money`, rounded half to even.
  ///
  /// - Precondition: the share fits in 128 bits, as it does for any money at a rate up to 100 %.
  @inlinable public func share(of money: Money) -> Money {
    // Splitting keeps the products within 128 bits wherever the share is.
    let one: Int128 = 100_000_000
    let (whole, rest) = money.amount.quotientAndRemainder(dividingBy: one)
    let (quotient, remainder) = (rest * Int128(parts)).quotientAndRemainder(dividingBy: one)
    // The whole share decides what is even, not its smaller part alone.
    return Money(
      amount: round(
        whole * Int128(parts) + quotient, remainder: remainder, of: one, .halfEven))
  }
}

/// An instrument at one venue: the units its integers are counted in, and its trading rules.
///
/// A price of this listing is a whole number of 10^-`priceDecimals`, a quantity of
/// 10^-`quantityDecimals`. Orders must stand on the `tick` and `lot` grids; followed books need not.
public struct Listing: Equatable, BitwiseCopyable, Sendable {
  public var index: ListingIndex
  public var venue: VenueIndex
  public var instrument: InstrumentIndex
  public var base: CurrencyIndex
  public var quote: CurrencyIndex
  /// The currency of P&L and, unless a report says otherwise, of fees.
  public var settlement: CurrencyIndex
  public var contractKind: ContractKind
  public var priceDecimals: UInt8
  public var quantityDecimals: UInt8
  /// Base (linear) or quote (inverse) amount of one whole contract; 1 for spot.
  public var contractSize: Decimal
  /// Smallest price step, in price units; above zero.
  public var tick: Int64
  /// Smallest quantity step, in quantity units; above zero.
  public var lot: Int64
  /// Bounds of one order's quantity, in quantity units.
  public var quantityMin: Int64
  public var quantityMax: Int64
  /// Smallest price x quantity of one order; zero for none.
  public var notionalMin: Money
  public var makerFee: Rate
  public var takerFee: Rate

  public init(
    index: ListingIndex, venue: VenueIndex, instrument: InstrumentIndex, base: CurrencyIndex,
    quote: CurrencyIndex, contractKind: ContractKind, priceDecimals: Int, quantityDecimals: Int,
    contractSize: Decimal = Decimal(units: 1), tick: Int64 = 1, lot: Int64 = 1,
    quantityMin: Int64 = 1, quantityMax: Int64 = .max, notionalMin: Money = .zero,
    makerFee: Rate = .zero, takerFee: Rate = .zero
  ) {
    precondition(tick > 0 && lot > 0 && contractSize.units > 0, "tick, lot and size are above zero")
    precondition(
      (0...18).contains(priceDecimals) && (0...18).contains(quantityDecimals),
      "decimals are 0 to 18")
    self.index = index
    self.venue = venue
    self.instrument = instrument
    self.base = base
    self.quote = quote
    self.settlement = contractKind == .inverse ? base : quote
    self.contractKind = contractKind
    self.priceDecimals = UInt8(priceDecimals)
    self.quantityDecimals = UInt8(quantityDecimals)
    self.contractSize = contractSize
    self.tick = tick
    self.lot = lot
    self.quantityMin = quantityMin
    self.quantityMax = quantityMax
    self.notionalMin = notionalMin
    self.makerFee = makerFee
    self.takerFee = takerFee
  }

  /// The value of `quantity` at `price` in the settlement currency; carries the quantity's sign.
  ///
  /// Exact for spot and linear listings whose decimals together are 18 or fewer. Otherwise (finer
  /// units, inverse contracts) rounded half to even at 10^-18.
  /// - Returns: nil when the value, or the product of its factors at 10^-18, does not fit in 128
  ///   bits, or an inverse price is not positive.
  @inlinable
  public func value(price: Int64, quantity: Int64) -> Money? {
    switch contractKind {
    case .spot, .linear: return linearValue(price: price, quantity: quantity)
    case .inverse: return inverseValue(price: price, quantity: quantity)
    }
  }

  @inlinable
  func linearValue(price: Int64, quantity: Int64) -> Money? {
    let exponent =
      Money.decimals - Int(priceDecimals) - Int(quantityDecimals) - Int(contractSize.decimals)
    // Most values: below 2^63 before they are scaled, and then no product of the two can overflow.
    let (units, isWide) = price.multipliedReportingOverflow(by: quantity)
    if !isWide, contractSize.units == 1, exponent >= 0, exponent <= 18 {
      return Money(amount: Int128(units) &* Int128(powerOfTen(exponent)))
    }
    // Two 64-bit factors fit in 128 bits.
    let product = Int128(price) * Int128(quantity)
    let (sized, overflow) = product.multipliedReportingOverflow(by: Int128(contractSize.units))
    if overflow { return nil }
    if exponent >= 0 {
      let (amount, overflow) = sized.multipliedReportingOverflow(by: powerOfTen128(exponent))
      return overflow ? nil : Money(amount: amount)
    }
    guard exponent >= -38 else { return nil }
    return Money(amount: divide(sized, by: powerOfTen128(-exponent), .halfEven))
  }

  @inlinable
  func inverseValue(price: Int64, quantity: Int64) -> Money? {
    guard price > 0 else { return nil }
    let exponent =
      Money.decimals + Int(priceDecimals) - Int(quantityDecimals) - Int(contractSize.decimals)
    let contracts = Int128(quantity) * Int128(contractSize.units)
    if exponent < 0 {
      // Decimals are 18 at most each, so this denominator is below 2^63 x 10^18.
      return Money(
        amount: divide(contracts, by: Int128(price) * powerOfTen128(-exponent), .halfEven))
    }
    let (scaled, overflow) = contracts.multipliedReportingOverflow(by: powerOfTen128(exponent))
    if overflow { return nil }
    return Money(amount: divide(scaled, by: Int128(price), .halfEven))
  }

  /// `quantity` as an amount of the base currency (spot, linear) or of the quote (inverse), in
  /// 10^-18, so that quantities of one instrument add over listings. Nil beyond 128 bits.
  @inlinable
  public func size(quantity: Int64) -> Money? {
    let exponent = Money.decimals - Int(quantityDecimals) - Int(contractSize.decimals)
    if contractSize.units == 1, exponent >= 0, exponent <= 18 {
      return Money(amount: Int128(quantity) &* Int128(powerOfTen(exponent)))
    }
    let sized = Int128(quantity) * Int128(contractSize.units)
    guard exponent >= 0 else {
      return exponent < -38
        ? nil : Money(amount: divide(sized, by: powerOfTen128(-exponent), .halfEven))
    }
    let (amount, overflow) = sized.multipliedReportingOverflow(by: powerOfTen128(exponent))
    return overflow ? nil : Money(amount: amount)
  }

  /// Whether `price` stands on the tick grid.
  @inlinable public func isOnTick(_ price: Int64) -> Bool { tick == 1 || price % tick == 0 }
  /// Whether `quantity` stands on the lot grid.
  @inlinable public func isOnLot(_ quantity: Int64) -> Bool { lot == 1 || quantity % lot == 0 }

  /// `price` moved to the tick grid, away from the other side: down for buy, up for sell; towards
  /// zero where the next step would leave 64 bits.
  @inlinable
  public func passivePrice(_ price: Int64, _ side: Side) -> Int64 {
    let rest = price % tick
    let inner = price - rest
    guard rest != 0, (rest < 0) == (side == .buy) else { return inner }
    let (outer, overflow) =
      rest < 0 ? inner.subtractingReportingOverflow(tick) : inner.addingReportingOverflow(tick)
    return overflow ? inner : outer
  }

  /// Exact text of a price.
  public func priceText(_ price: Int64) -> String {
    DecimalText.string(Int128(price), decimals: Int(priceDecimals))
  }
  /// Exact text of a quantity.
  public func quantityText(_ quantity: Int64) -> String {
    DecimalText.string(Int128(quantity), decimals: Int(quantityDecimals))
  }
}
