import TradingModel

/// By how much a position becomes what the venue says that it is, where nobody here traded.
public struct PositionStep: Equatable, BitwiseCopyable, Sendable {
  /// In quantity units; positive is bought.
  public var quantity: Int64
  /// By how much the cost of what is open rises, in the settlement currency.
  public var cost: Money
}

extension NetPosition {
  /// The step from this to a position of `quantity` units, opened at `entryPrice`.
  ///
  /// - Parameter entryPrice: in price units; of no meaning where `quantity` is 0.
  /// - Throws: `PositionError` where there is no such position.
  public func step(
    to quantity: Int64, entryPrice: Int64, listing: Listing
  ) throws(PositionError) -> PositionStep {
    let (change, overflow) = quantity.subtractingReportingOverflow(self.quantity)
    guard !overflow, change != .min, quantity != .min else { throw .quantityOverflow }
    var cost = Money.zero
    if quantity != 0 {
      if listing.contractKind == .inverse, entryPrice <= 0 { throw .priceNotPositive }
      guard let value = listing.value(price: entryPrice, quantity: quantity) else {
        throw .valueOverflow
      }
      cost = value
    }
    guard let rise = cost.subtracting(openCost), rise.amount != .min else { throw .valueOverflow }
    return PositionStep(quantity: change, cost: rise)
  }

  /// Takes a step: nothing was traded, so that nothing is realised by it; only where it leaves a position
  /// with a cost and no quantity, as of an account of which others hold the rest, that cost is a loss.
  ///
  /// - Throws: `PositionError`, with nothing changed.
  public mutating func take(_ step: PositionStep, listing: Listing) throws(PositionError) {
    let (after, overflow) = quantity.addingReportingOverflow(step.quantity)
    guard !overflow, after != .min else { throw .quantityOverflow }
    guard let cost = openCost.adding(step.cost), cost.amount != .min else { throw .valueOverflow }
    guard after == 0 else {
      quantity = after
      openCost = cost
      return
    }
    guard let total = realised.adding(listing.contractKind == .inverse ? cost : -cost) else {
      throw .valueOverflow
    }
    self = NetPosition(quantity: 0, openCost: .zero, realised: total)
  }
}

extension PositionTable {
  /// Takes a step for a strategy's position. Nothing was traded: totals and counts of fills stay.
  ///
  /// - Throws: `PositionError`, with nothing changed.
  public mutating func take(
    _ step: PositionStep, strategy: StrategyIndex, listing: Listing
  ) throws(PositionError) {
    guard let pair = pair(strategy, listing.index) else { throw .capacity }
    var position = positions[pair]
    try position.net.take(step, listing: listing)
    try store(position, pair: pair, listing: listing.index)
  }
}
