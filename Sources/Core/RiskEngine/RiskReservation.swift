import TradingModel

/// The exposure that one order keeps reserved: what it could still become, at worst.
///
/// The order's keeper stores it with the order and hands it back when the order changes:
/// `move(from: held, to: held.leaving(...))` after a fill, `move(from: held, to: .none)` when the
/// order is done. An order whose fate is unknown keeps it.
public struct RiskReservation: Equatable, BitwiseCopyable, Sendable {
  /// Notional value of `quantity` at `price`, in the quote currency.
  public var notional: Money
  /// The price the order is valued at, in price units: a purchase at its limit, a sale at its limit
  /// or the reference price if that is higher, an order without limit at the far end of the collar.
  public var price: Int64
  /// What may still fill, in quantity units. Zero: nothing is reserved.
  public var quantity: Int64
  public var strategy: StrategyIndex
  public var listing: ListingIndex
  /// The currency of `notional`.
  public var quote: CurrencyIndex
  public var side: Side
  public var isReduceOnly: Bool

  /// Nothing reserved.
  public static var none: RiskReservation { RiskReservation() }

  @inlinable
  init() {
    notional = .zero
    price = 0
    quantity = 0
    strategy = 0
    listing = 0
    quote = 0
    side = .buy
    isReduceOnly = false
  }

  /// An order's reservation; nil when its notional does not fit in 128 bits.
  @inline(__always)
  init?(_ order: RiskOrder, price: Int64, listing: Listing, _ scale: NotionalScale) {
    guard let notional = scale.notional(listing, price: price, quantity: order.quantity) else {
      return nil
    }
    self.notional = notional
    self.price = price
    quantity = order.quantity
    strategy = order.strategy
    self.listing = listing.index
    quote = listing.quote
    side = order.side
    isReduceOnly = order.isReduceOnly
  }

  /// The reservation once `leavesQuantity` is what may still fill; at most `quantity`, and never
  /// worth more.
  public func leaving(_ leavesQuantity: Int64, listing: Listing) -> RiskReservation {
    if leavesQuantity <= 0 { return .none }
    precondition(leavesQuantity <= quantity, "what may still fill does not grow by a fill")
    var rest = self
    rest.quantity = leavesQuantity
    // Smaller than a notional that fitted.
    rest.notional = min(
      notional, listing.notional(price: price, quantity: leavesQuantity) ?? notional)
    return rest
  }

  /// What must stay reserved while either of two terms of one order may be in force, as between the
  /// request to replace it and the answer: the larger quantity and the larger notional value.
  public static func worst(_ a: RiskReservation, _ b: RiskReservation) -> RiskReservation {
    if a.quantity == 0 { return b }
    if b.quantity == 0 { return a }
    precondition(a.isSameOrder(as: b), "the terms of one order share strategy, listing and side")
    var worst = a.notional >= b.notional ? a : b
    worst.quantity = max(a.quantity, b.quantity)
    return worst
  }

  func isSameOrder(as other: RiskReservation) -> Bool {
    strategy == other.strategy && listing == other.listing && side == other.side
      && isReduceOnly == other.isReduceOnly && quote == other.quote
  }
}

extension Listing {
  /// The size of `quantity` in the quote currency: its value for spot and linear listings, quantity
  /// times contract size for inverse ones, whatever the price. Nil beyond 128 bits.
  @inlinable
  public func notional(price: Int64, quantity: Int64) -> Money? {
    contractKind == .inverse ? size(quantity: quantity) : value(price: price, quantity: quantity)
  }
}
