import TradingModel

// Changes of orders that are not plain, or while something needs attention; and all refusals.
extension MatchingBook {
  /// A change that was asked for.
  private struct Change {
    var price: Int64
    /// Fills included.
    var total: Int64
    var stopPrice: Int64?
    /// Whether the order goes to the back in any case.
    var isReplacement: Bool
  }

  /// `modify`, or (as a replacement) `cancelReplace`, whose `quantity` is without fills.
  @usableFromInline
  mutating func modifySpecial(
    _ orderID: OrderID, price: Int64, quantity: Int64, stopPrice: Int64?, isReplacement: Bool
  ) {
    let index = find(orderID)
    let order = cells[Int(index)]
    let filled = detail(of: index).filled
    let (sum, overflow) = quantity.addingReportingOverflow(filled)
    var change = Change(
      price: price, total: isReplacement && quantity > 0 ? (overflow ? .max : sum) : quantity,
      stopPrice: stopPrice, isReplacement: isReplacement)
    let refusal =
      index == BookCell.nobody ? .unknownOrder : refusal(of: &change, index)
    if refusal != .none {
      reports.pointee.receive(
        MatchReport(
          .replaceRejected, reason: refusal, orderID: orderID, owner: order.owner,
          side: order.side, price: price, quantity: quantity,
          leaves: index == BookCell.nobody ? 0 : openQuantity(index)))
      return
    }
    if change.total <= filled {
      end(index, .canceled, .modifiedToFilled)
    } else if isWaiting(index) {
      modifyStop(index, change)
    } else {
      modifyResting(index, change, asked: price, leaves: change.total - filled)
    }
    settle()
  }

  private mutating func isWaiting(_ index: UInt32) -> Bool {
    cells[Int(index)].isSpecial && specialOrder(index).pointee.place == .waiting
  }

  /// Why a change is refused; `.none` when it is not. Sets the price to the one the order will have.
  private mutating func refusal(of change: inout Change, _ index: UInt32) -> MatchReason {
    let phase = special.pointee.phase
    if phase == .halted { return .tradingHalted }
    if phase == .cancelOnly { return .cancelOnly }
    if change.total <= 0 { return .quantityNotPositive }
    if change.total > quantityMax { return .quantityAboveLimit }
    let isWaiting = isWaiting(index)
    if change.stopPrice != nil
      && !(isWaiting && specialOrder(index).pointee.type != .trailingStop)
    {
      return .invalidTerms
    }
    let order = cells[Int(index)]
    if order.isSpecial && specialOrder(index).pointee.terms.hasTooManyParts(change.total) {
      return .invalidTerms
    }
    if isWaiting { return .none }
    let detail = detail(of: index)
    if order.isSpecial, specialOrder(index).pointee.type == .pegged {
      let terms = specialOrder(index).pointee.terms
      let present = cells[Int(order.level)].price
      let within =
        order.side == .buy ? min(present, change.price) : max(present, change.price)
      change.price =
        pegReferences().price(order.side, terms, limit: change.price) ?? within
    }
    if detail.instructions.contains(.postOnly) && change.total > detail.filled
      && phase == .continuous
    {
      guard let passive = passivePrice(order.side, change.price, detail.instructions) else {
        return .wouldCross
      }
      change.price = passive
    }
    return .none
  }

  private mutating func modifyStop(_ index: UInt32, _ change: Change) {
    let stop = specialOrder(index)
    let order = cells[Int(index)]
    stop.pointee.limit = change.price
    reports.pointee.receive(
      MatchReport(
        .replaced, orderID: order.orderID, owner: order.owner, side: order.side,
        price: change.price, quantity: change.total, leaves: change.total))
    let stopPrice = change.stopPrice ?? stop.pointee.terms.stopPrice
    let staysInPlace =
      !change.isReplacement && stopPrice == stop.pointee.terms.stopPrice
      && change.total <= order.quantity
    if staysInPlace {
      cells[Int(order.level)].quantity -= order.quantity - change.total
      cells[Int(index)].quantity = change.total
      return
    }
    leaveStops(index)
    cells[Int(index)].quantity = change.total
    stop.pointee.terms.stopPrice = stopPrice
    waitOrTrigger(index)
  }

  private mutating func modifyResting(
    _ index: UInt32, _ change: Change, asked: Int64, leaves: Int64
  ) {
    let order = cells[Int(index)]
    let present = cells[Int(order.level)].price
    var expected = asked
    if order.isSpecial, specialOrder(index).pointee.type == .pegged {
      specialOrder(index).pointee.limit = asked
      special.pointee.forgetPegPass()
      expected = present
    }
    reports.pointee.receive(
      MatchReport(
        .replaced, reason: change.price == expected ? .none : .repriced, orderID: order.orderID,
        owner: order.owner, side: order.side, price: change.price, quantity: change.total,
        leaves: leaves))
    if !change.isReplacement && change.price == present && leaves <= openQuantity(index) {
      shrink(index, to: leaves)
      _ = cutReduceOnly(index)
      return
    }
    leave(index)
    if order.isSpecial, specialOrder(index).pointee.type != .pegged {
      specialOrder(index).pointee.limit = change.price
    }
    let held = held(index, leaves, price: change.price)
    if held > 0 { enter(index, price: change.price, leaves: held, .rests) }
  }
}
