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

  /// The division of a payment by what the strategies hold now.
  ///
  /// - Complexity: O(strategies).
  public func divide(funding amount: Money, listing: ListingIndex) -> FundingDivision {
    var gross: UInt128 = 0
    for strategy in 0..<strategyCapacity {
      gross += UInt128(
        quantity(strategy: StrategyIndex(strategy), listing: listing).magnitude)
    }
    return FundingDivision(amount, net: Int128(totalQuantity(listing: listing)), gross: gross)
  }
}
