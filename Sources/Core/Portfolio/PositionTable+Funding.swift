import TradingModel

extension PositionTable {
  /// Books a strategy's part of a funding payment: on the position when it is in the settlement
  /// currency, else, as a fee of less than zero where it was received, in the strategy's fee ledger.
  ///
  /// - Parameter amount: positive is received.
  /// - Returns: the position afterwards.
  /// - Throws: `PositionError`, with nothing changed.
  public mutating func book(
    funding amount: Money, currency: CurrencyIndex, strategy: StrategyIndex, listing: Listing
  ) throws(PositionError) -> Position {
    guard let pair = pair(strategy, listing.index), let slot = slot(strategy, currency) else {
      throw .capacity
    }
    var position = positions[pair]
    if currency == listing.settlement {
      guard let funding = position.funding.adding(amount) else { throw .valueOverflow }
      position.funding = funding
      try store(position, pair: pair, listing: listing.index)
    } else {
      guard let fees = ledger[slot].subtracting(amount) else { throw .valueOverflow }
      ledger[slot] = fees
    }
    return position
  }

  /// The division of a payment on a listing's whole position among the strategies that make it up.
  ///
  /// - Complexity: O(strategies).
  public func divide(funding amount: Money, listing: ListingIndex) -> FundingDivision {
    var gross: UInt128 = 0
    for strategy in 0..<strategyCapacity {
      gross += UInt128(
        quantity(strategy: StrategyIndex(strategy), listing: listing).magnitude)
    }
    return FundingDivision(amount, net: totalQuantity(listing: listing), gross: gross)
  }
}

/// Divides a payment in proportion to positions, long and short ones, so that the parts add up to it
/// exactly: each part is the difference of two neighbours of a rising sum, each rounded towards zero.
public struct FundingDivision: Equatable, Sendable {
  private let amount: Money
  private let net: Int64
  private var before: Int128 = 0
  private var given: Int128 = 0

  /// Whether it can be divided. It cannot where the positions add up to nothing, as when a position
  /// was closed before its funding was told, or a part would not fit in 128 bits: the whole is then of
  /// the house account.
  public let isPossible: Bool

  init(_ amount: Money, net: Int64, gross: UInt128) {
    self.amount = amount
    self.net = net
    let (high, low) = amount.amount.magnitude.multipliedFullWidth(by: gross)
    let whole = UInt128(net.magnitude)
    isPossible =
      net != 0 && high < whole
      && whole.dividingFullWidth((high, low)).quotient <= UInt128(Int128.max)
  }

  /// The part of the next strategy, which holds `quantity`; strategies come in one order, each once.
  public mutating func part(of quantity: Int64) -> Money {
    before += Int128(quantity)
    let product = amount.amount.magnitude.multipliedFullWidth(by: before.magnitude)
    let magnitude = UInt128(net.magnitude).dividingFullWidth(product).quotient
    let isNegative = (amount.amount < 0) != ((before < 0) != (net < 0))
    let sum = isNegative ? -Int128(magnitude) : Int128(magnitude)
    defer { given = sum }
    return Money(amount: sum - given)
  }
}
