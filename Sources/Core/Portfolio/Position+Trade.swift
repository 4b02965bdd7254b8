import TradingModel

extension Position {
  /// The open quantity, its cost and what was realised.
  @inline(__always) public internal(set) var net: NetPosition {
    get { NetPosition(quantity: quantity, openCost: openCost, realised: realised) }
    set {
      quantity = newValue.quantity
      openCost = newValue.openCost
      realised = newValue.realised
    }
  }

  /// Adds a fill (`direction` 1) to the totals, or takes it out again (-1).
  mutating func count(
    _ side: Side, quantity: Int64, value: Money, direction: Int64
  ) throws(PositionError) {
    let quantity = Int128(quantity) * Int128(direction)
    let value = direction < 0 ? -value : value
    if side == .buy {
      guard let total = boughtValue.adding(value) else { throw .valueOverflow }
      boughtValue = total
      boughtQuantity += quantity
    } else {
      guard let total = soldValue.adding(value) else { throw .valueOverflow }
      soldValue = total
      soldQuantity += quantity
    }
    fillCount += direction
  }

  /// Adds `fee` to the fees paid.
  mutating func charge(_ fee: Money) throws(PositionError) {
    guard let total = fees.adding(fee) else { throw .valueOverflow }
    fees = total
  }
}
