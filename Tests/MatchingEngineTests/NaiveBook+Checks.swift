import MatchingEngine
import TradingModel

// What a new order must pass, check by check, in the order of the table.
extension NaiveBook {
  func refusal(of entry: OrderEntry, _ terms: OrderTerms) -> MatchReason {
    let order = Order(
      entry: entry, terms: terms, price: entry.price, leaves: entry.quantity, entered: 0)
    if entry.orderID == 0 { return .orderIDIsZero }
    if find(entry.orderID) != nil || findStop(entry.orderID) != nil { return .duplicateOrderID }
    if entry.quantity < 1 { return .quantityNotPositive }
    if entry.quantity > quantityMax { return .quantityAboveLimit }
    if phase == .halted { return .tradingHalted }
    if phase == .cancelOnly { return .cancelOnly }
    if isInvalid(entry, terms) { return .invalidTerms }
    if entry.timeInForce == .goodTillDate && terms.expireTime <= time { return .expireTimePassed }
    if isConflicting(entry, terms) { return .conflictingInstructions }
    if phase == .auction && !auctionTakes(order) { return .notInAuction }
    if order.isReduceOnly && !order.isStop && allowance(order) == 0 { return .reduceOnly }
    if orderCount == orderCapacity && mayRest(entry) { return .orderCapacity }
    if order.isPegged && pegReference(order) == nil { return .noReferencePrice }
    if phase == .continuous && entry.instructions.contains(.postOnly)
      && passivePrice(order, entry.price) == nil
    {
      return .wouldCross
    }
    let isNow = phase == .continuous && (entry.type == .limit || entry.type == .market)
    return isNow && !isFillable(order) ? .notFillable : .none
  }

  private func isInvalid(_ entry: OrderEntry, _ terms: OrderTerms) -> Bool {
    let hasStopPrice = entry.type == .stop || entry.type == .stopLimit
    if terms.stopPrice != 0 && !hasStopPrice { return true }
    if entry.type == .trailingStop ? terms.trailingOffset < 1 : terms.trailingOffset != 0 {
      return true
    }
    if (entry.type == .pegged) != (terms.peg != .none) { return true }
    if terms.pegOffset != 0 && entry.type != .pegged { return true }
    if terms.displayQuantity < 0 || terms.displayRange < 0 { return true }
    let isIceberg = terms.displayQuantity != 0 || terms.displayRange != 0
    if isIceberg && terms.displayRange >= terms.displayQuantity { return true }
    if Self.hasTooManyParts(Int128(entry.quantity), terms) { return true }
    if terms.minQuantity < 0 || terms.minQuantity > entry.quantity { return true }
    return terms.expireTime != 0 && entry.timeInForce != .goodTillDate
  }

  /// Whether an iceberg of that total would have more than 10,000 parts at worst.
  static func hasTooManyParts(_ quantity: Int128, _ terms: OrderTerms) -> Bool {
    if terms.displayQuantity == 0 { return false }
    return quantity > 10_000 * (Int128(terms.displayQuantity) - Int128(terms.displayRange))
  }

  private func isConflicting(_ entry: OrderEntry, _ terms: OrderTerms) -> Bool {
    let instructions = entry.instructions
    let stays =
      entry.timeInForce == .day || entry.timeInForce == .goodTillCancel
      || entry.timeInForce == .goodTillDate
    let isWhole = instructions.contains(.allOrNone) || terms.minQuantity > 0
    if instructions.contains(.postOnly) && (entry.type != .limit || !stays || isWhole) {
      return true
    }
    if instructions.contains(.slide) && !instructions.contains(.postOnly) { return true }
    let isHidden = instructions.contains(.hidden)
    if isHidden && terms.displayQuantity > 0 { return true }
    let hasQueue = entry.type == .limit || entry.type == .stopLimit || entry.type == .pegged
    if (isHidden || terms.displayQuantity > 0) && !(hasQueue && stays) { return true }
    if entry.type == .pegged && (!stays || isWhole) { return true }
    if entry.type == .market && entry.timeInForce == .goodTillDate { return true }
    return instructions.contains(.reduceOnly) && entry.owner == 0
  }

  /// Whether an order may stand in an auction. A stop may wait through one; what it is when it acts
  /// is asked then.
  func auctionTakes(_ order: Order, isActing: Bool = false) -> Bool {
    if order.isPegged { return false }
    if order.isStop && !isActing { return true }
    if order.entry.timeInForce == .fillOrKill || order.entry.instructions.contains(.allOrNone)
      || order.terms.minQuantity > 0
    {
      return false
    }
    return order.isMarket || order.entry.timeInForce != .immediateOrCancel
  }

  private func mayRest(_ entry: OrderEntry) -> Bool {
    if phase == .auction || Self.isStop(entry) || entry.type == .pegged { return true }
    return entry.type == .limit && entry.timeInForce != .immediateOrCancel
      && entry.timeInForce != .fillOrKill
  }

  // MARK: Post-only

  /// The price of a post-only order that asks for `price`: nil when it would cross (and may not, or
  /// cannot, slide).
  func passivePrice(_ order: Order, _ price: Int64) -> Int64? {
    guard let best = first(order.side.opposite), Self.accepts(price, best.price, order.side) else {
      return price
    }
    if !order.entry.instructions.contains(.slide) { return nil }
    if order.side == .buy { return best.price == .min ? nil : best.price - 1 }
    return best.price == .max ? nil : best.price + 1
  }

  // MARK: Fill-or-kill, all-or-none, minimum

  /// Whether as much could be filled now as the order needs.
  func isFillable(_ order: Order) -> Bool {
    let whole = order.isReduceOnly ? min(order.leaves, allowance(order)) : order.leaves
    let isWhole =
      order.entry.timeInForce == .fillOrKill || order.entry.instructions.contains(.allOrNone)
    let needed = max(isWhole ? whole : 0, order.terms.minQuantity)
    if needed == 0 { return true }
    return needed <= whole && fillableNow(order) >= Int128(needed)
  }

  /// Price by price: the parts shown up to an order that ends the count; without one all that the
  /// displayed orders have; then the hidden ones.
  func fillableNow(_ order: Order) -> Int128 {
    let mode = order.entry.selfTradePrevention
    var sum: Int128 = 0
    var makers = orders(order.side.opposite).filter {
      Self.accepts(order.price, $0.price, order.side)
    }
    if mode == .cancelOldest { makers.removeAll { prevents(order, $0) } }
    while let price = makers.first?.price {
      let level = makers.filter { $0.price == price }
      let own = level.firstIndex { prevents(order, $0) } ?? level.count
      let showsAll = own == level.count || level[own].isHidden
      for maker in level[..<own] { sum += Int128(showsAll ? maker.leaves : maker.displayed) }
      if own < level.count { return sum }
      makers.removeFirst(level.count)
    }
    return sum
  }

  /// Whether the incoming order does not trade with `maker`, because both have one owner.
  func prevents(_ incoming: Order, _ maker: Order) -> Bool {
    incoming.owner != 0 && incoming.owner == maker.owner
      && incoming.entry.selfTradePrevention != .allow
  }
}
