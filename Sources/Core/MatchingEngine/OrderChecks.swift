import TradingModel

// What of an order can be judged without a book.

extension OrderType {
  /// Whether it waits for a trade first.
  var isStop: Bool { self == .stop || self == .stopLimit || self == .trailingStop }
}

extension TimeInForce {
  /// Whether it lets an order stay in the book.
  var mayStay: Bool { self != .immediateOrCancel && self != .fillOrKill }
}

extension OrderEntry {
  /// Whether type, time in force, instructions and terms cannot all be obeyed.
  func conflicts(_ terms: OrderTerms) -> Bool {
    let mustFill = terms.mustFill(timeInForce, instructions)
    let mayStay = timeInForce.mayStay
    if instructions.contains(.postOnly) && (type != .limit || !mayStay || mustFill) { return true }
    if instructions.contains(.slide) && !instructions.contains(.postOnly) { return true }
    let isHidden = instructions.contains(.hidden)
    if isHidden && terms.displayQuantity > 0 { return true }
    let canRest = (type == .limit || type == .stopLimit || type == .pegged) && mayStay
    if (isHidden || terms.displayQuantity > 0) && !canRest { return true }
    if type == .pegged && (!mayStay || mustFill) { return true }
    if type == .market && timeInForce == .goodTillDate { return true }
    return instructions.contains(.reduceOnly) && owner == 0
  }

  /// Whether an auction can take it.
  func suitsAuction(_ terms: OrderTerms) -> Bool {
    if type == .pegged { return false }
    if type.isStop { return true }
    let mustFill = terms.mustFill(timeInForce, instructions)
    return !mustFill && (type == .market || timeInForce != .immediateOrCancel)
  }
}

extension OrderTerms {
  /// Whether an order with these terms must fill, whole or in part, when it comes in, or not at all.
  func mustFill(_ timeInForce: TimeInForce, _ instructions: OrderInstructions) -> Bool {
    timeInForce == .fillOrKill || instructions.contains(.allOrNone) || minQuantity > 0
  }

  /// Whether all that is set belongs to such an order, and is within its range.
  func areValid(for entry: OrderEntry) -> Bool {
    let type = entry.type
    if stopPrice != 0 && type != .stop && type != .stopLimit { return false }
    if (type == .trailingStop) != (trailingOffset > 0) || trailingOffset < 0 { return false }
    if (type == .pegged) != (peg != .none) || (pegOffset != 0 && type != .pegged) { return false }
    if displayQuantity < 0 || displayRange < 0 { return false }
    if displayRange > 0 && displayRange >= displayQuantity { return false }
    if hasTooManyParts(entry.quantity) { return false }
    if minQuantity < 0 || minQuantity > entry.quantity { return false }
    return expireTime == 0 || entry.timeInForce == .goodTillDate
  }

  /// Whether an iceberg of `quantity` would come in more parts than is good for the others: each is a
  /// trade of its own.
  func hasTooManyParts(_ quantity: Int64) -> Bool {
    displayQuantity > 0
      && Int128(quantity) > Int128(Self.partCountMax) * Int128(displayQuantity - displayRange)
  }
}
