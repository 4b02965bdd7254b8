import LowLatency
import TradingModel

// Entry of orders that are not plain, or while something needs attention.
extension MatchingBook {
  /// What becomes of what an order leaves when it has matched.
  enum Leftover {
    case rests
    case canceled(MatchReason)
  }

  @usableFromInline
  mutating func submitSpecial(_ entry: OrderEntry, _ terms: OrderTerms) {
    var price = entry.price
    let refusal = refusal(of: entry, terms, &price)
    if refusal != .none {
      reports.pointee.receive(
        MatchReport(
          .rejected, reason: refusal, orderID: entry.orderID, owner: entry.owner,
          side: entry.side, price: entry.price, quantity: entry.quantity, leaves: 0))
      return
    }
    let isRepriced = entry.type == .pegged || price != entry.price
    reports.pointee.receive(
      MatchReport(
        .accepted, reason: isRepriced ? .repriced : .none, orderID: entry.orderID,
        owner: entry.owner, side: entry.side, price: price, quantity: entry.quantity,
        leaves: entry.quantity))
    let index = makeOrder(entry, terms)
    if entry.type.isStop {
      startStop(index)
    } else {
      let leaves = held(index, entry.quantity, price: price)
      if leaves > 0 {
        enter(index, price: price, leaves: leaves, Self.leftover(entry.type, entry.timeInForce))
      }
    }
    updateAttention()
    settle()
  }

  static func leftover(_ type: OrderType, _ timeInForce: TimeInForce) -> Leftover {
    if type == .market { return .canceled(.noLiquidity) }
    return timeInForce.mayStay ? .rests : .canceled(.immediateOrCancel)
  }

  /// Matches the order at `index`, which is in no queue, with `leaves` open, and puts what is left to
  /// rest or ends it. In an auction it rests.
  mutating func enter(_ index: UInt32, price: Int64, leaves: Int64, _ leftover: Leftover) {
    let order = cells[Int(index)]
    var detail = detail(of: index)
    var taker = Taker(
      orderID: order.orderID, price: price, owner: order.owner, side: order.side,
      selfTradePrevention: detail.selfTradePrevention, leaves: leaves, filled: detail.filled)
    let isContinuous = special.pointee.phase == .continuous
    let sweep = isContinuous ? sweep(&taker) : nil
    if taker.filled != detail.filled {
      detail.filled = taker.filled
      setDetail(of: index, detail)
    }
    if taker.leaves == 0 {
      retire(index)
    } else if case .canceled(let reason) = leftover, isContinuous {
      reports.pointee.receive(
        MatchReport(
          .canceled, reason: reason, orderID: order.orderID, owner: order.owner,
          side: order.side, price: price, quantity: taker.leaves, leaves: 0))
      retire(index)
    } else {
      join(index, price: price, leaves: taker.leaves)
    }
    if let sweep { trigger(by: sweep) }
  }

  /// Lets the consequences of a plain order happen.
  @usableFromInline
  mutating func followPlain(_ hasTraded: Bool) {
    if hasTraded { trigger(by: Sweep(first: tape.first, last: tape.last)) }
    settle()
  }

  /// Lets the consequences of what happened happen: cuts of reduce-only orders, triggered stops,
  /// pegged orders that follow.
  mutating func settle() {
    if special.pointee.pegs.count == 0 && special.pointee.lineFirst == BookCell.nobody
      && !special.pointee.positionsChanged
    {
      return
    }
    while true {
      cutReduceOnlyOrders()
      let index = takeFromLine()
      if index != BookCell.nobody {
        act(index)
      } else if !movePegs() {
        break
      }
    }
    updateAttention()
  }

  // MARK: Checks

  /// Why an order is refused; `.none` when it is not. Sets `price` to the one that it will have. The
  /// checks stand in the order of docs/matching-rules.md.
  private mutating func refusal(
    of entry: OrderEntry, _ terms: OrderTerms, _ price: inout Int64
  ) -> MatchReason {
    if entry.orderID == 0 { return .orderIDIsZero }
    if find(entry.orderID) != BookCell.nobody { return .duplicateOrderID }
    if entry.quantity <= 0 { return .quantityNotPositive }
    if entry.quantity > quantityMax { return .quantityAboveLimit }
    let state = special
    let phase = state.pointee.phase
    if phase == .halted { return .tradingHalted }
    if phase == .cancelOnly { return .cancelOnly }
    if !terms.areValid(for: entry) { return .invalidTerms }
    if entry.timeInForce == .goodTillDate && terms.expireTime <= state.pointee.time {
      return .expireTimePassed
    }
    if entry.conflicts(terms) { return .conflictingInstructions }
    if phase == .auction && !entry.suitsAuction(terms) { return .notInAuction }
    let isReduceOnly = entry.instructions.contains(.reduceOnly) && !entry.type.isStop
    let effective =
      isReduceOnly ? min(entry.quantity, reducible(entry.owner, entry.side)) : entry.quantity
    if effective == 0 { return .reduceOnly }
    let mayRest =
      entry.type.isStop || phase == .auction || (entry.type != .market && entry.timeInForce.mayStay)
    if mayRest && orderCount == orderCapacity { return .orderCapacity }
    if entry.type == .pegged {
      let references = pegReferences()
      guard let pegged = references.price(entry.side, terms, limit: entry.price) else {
        return .noReferencePrice
      }
      price = pegged
    }
    if phase != .continuous || entry.type.isStop || entry.type == .pegged { return .none }
    if entry.instructions.contains(.postOnly) {
      guard let passive = passivePrice(entry.side, entry.price, entry.instructions) else {
        return .wouldCross
      }
      price = passive
    }
    return canFill(entry, terms, effective) ? .none : .notFillable
  }

  /// Whether a new order's demand to be filled at entry can be met; `effective` is its quantity.
  private mutating func canFill(_ entry: OrderEntry, _ terms: OrderTerms, _ effective: Int64)
    -> Bool
  {
    let isWhole =
      entry.timeInForce == .fillOrKill || entry.instructions.contains(.allOrNone)
    return canFill(
      effective, isWhole, terms.minQuantity, entry.side, price: entry.price, owner: entry.owner,
      entry.selfTradePrevention)
  }

  /// Whether the whole (or the minimum) of an order with `leaves` open could be filled now.
  mutating func canFill(
    _ leaves: Int64, _ isWhole: Bool, _ minQuantity: Int64, _ side: Side, price: Int64,
    owner: OwnerID, _ prevention: SelfTradePrevention
  ) -> Bool {
    if minQuantity > leaves { return false }
    let wanted = isWhole ? leaves : minQuantity
    return wanted == 0
      || isFillable(wanted, side, price: price, owner: owner, prevention)
  }

  /// The price at which a post-only order of `side` may rest; nil when it must be refused.
  mutating func passivePrice(_ side: Side, _ price: Int64, _ instructions: OrderInstructions)
    -> Int64?
  {
    let crossed = level(crossing: price, side)
    if crossed == BookCell.nobody { return price }
    let best = cells[Int(crossed)].price
    if !instructions.contains(.slide) || best == (side == .buy ? .min : .max) { return nil }
    return best - side.sign
  }
}
