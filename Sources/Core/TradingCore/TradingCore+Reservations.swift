import Execution
import Portfolio
import RiskEngine
import TradingModel

// What risk and balances keep for each order: as much as may still come of it, and no more.
extension TradingCore {
  /// Brings what risk and balance hold for an order to what may still come of it.
  ///
  /// - Parameter isAnswered: a replace that was under way is answered, so that only the terms in
  ///   force count from now on.
  mutating func refreshReservation(
    _ order: UnsafeMutablePointer<Order>, isAnswered: Bool, _ outputs: inout RecordBuffer
  ) {
    let place = orders.pointee.place(of: order.pointee.id)
    let old = reservations[place]
    let wanted = order.pointee.worstCaseOpenQuantity
    if wanted == old.quantity, !isAnswered { return }
    if wanted == 0, old.quantity == 0 { return }
    let new = reservation(order, wanted, old, isAnswered: isAnswered)
    guard fits(new, instead: old) else {
      alert(
        Alert(
          kind: .valueOverflow, listing: order.pointee.listing, strategy: order.pointee.strategy,
          orderID: order.pointee.id, value: wanted), &outputs)
      return
    }
    risk.move(from: old, to: new)
    reservations[place] = new
    hold(share(of: held[place], new, old), order)
  }

  /// The reservation of `wanted` units. More than before (a late report showed that more may fill
  /// than was thought) and less are both possible.
  private func reservation(
    _ order: UnsafeMutablePointer<Order>, _ wanted: Int64, _ old: RiskReservation, isAnswered: Bool
  ) -> RiskReservation {
    guard wanted > 0 else { return .none }
    let listing = listings[Int(order.pointee.listing)]
    var new = old
    new.strategy = order.pointee.strategy
    new.listing = order.pointee.listing
    new.quote = listing.quote
    new.side = order.pointee.side
    new.isReduceOnly = order.pointee.instructions.contains(.reduceOnly)
    new.quantity = wanted
    let isLimit = order.pointee.type == .limit || order.pointee.type == .stopLimit
    if isLimit, isAnswered {
      // As when it was approved: a sale below the market trades at the market.
      new.price =
        order.pointee.side == .buy
        ? order.pointee.price
        : max(order.pointee.price, min(old.price, reference(order.pointee.listing).referencePrice))
    } else if isLimit, wanted > old.quantity || order.pointee.hasPending(.replace) {
      new.price = max(old.price, order.pointee.worstCasePrice)
    }
    let value = listing.notional(price: new.price, quantity: wanted) ?? old.notional
    // Never worth more than what was approved, unless there is more of it.
    let isMore = wanted > old.quantity || (isAnswered && new.price > old.price)
    new.notional = max(.zero, isMore ? value : min(old.notional, value))
    return new
  }

  private func fits(_ new: RiskReservation, instead old: RiskReservation) -> Bool {
    if new.notional <= old.notional { return true }
    let sum = risk.openOrderNotional(quote: new.quantity > 0 ? new.quote : old.quote)
    return !sum.amount.addingReportingOverflow(new.notional.amount).overflow
  }

  /// What of a balance stays held: a purchase pays by value, all else by quantity. Never more than
  /// was: there was no check to cover more.
  private func share(
    of amount: Money, _ new: RiskReservation, _ old: RiskReservation
  ) -> Money {
    if amount == .zero || new.quantity == 0 { return .zero }
    let isSale = old.side == .sell
    let (part, whole) =
      isSale
      ? (UInt128(new.quantity), UInt128(old.quantity))
      : (new.notional.amount.magnitude, old.notional.amount.magnitude)
    if part >= whole { return amount }
    let product = amount.amount.magnitude.multipliedFullWidth(by: part)
    let (quotient, remainder) = whole.dividingFullWidth(product)
    return Money(amount: Int128(quotient) + (remainder > 0 ? 1 : 0))
  }

  /// Sets what is held of the balance for an order; what is not there is not held.
  mutating func hold(_ amount: Money, _ order: UnsafeMutablePointer<Order>) {
    let place = orders.pointee.place(of: order.pointee.id)
    let listing = listings[Int(order.pointee.listing)]
    let currency = RiskAccount.currency(of: listing, side: order.pointee.side)
    let difference = amount - held[place]
    do throws(BalanceError) {
      if difference > .zero {
        try balances.reserve(difference, venue: listing.venue, currency: currency)
      } else if difference < .zero {
        try balances.release(-difference, venue: listing.venue, currency: currency)
      }
      held[place] = amount
    } catch {
      // Where the limits ask for no cover, an order may go out uncovered, and then holds nothing.
    }
  }
}
