import TradingModel

/// A booking that a report leads to: a fill, or one taken back.
public struct FillLeg: Equatable, BitwiseCopyable, Sendable {
  public var price: Int64
  public var quantity: Int64
  /// Paid by us; of a reversal, what was booked with the fill and comes back with it.
  public var fee: Money
  public var feeCurrency: CurrencyIndex
  /// Takes the fill back instead of booking it.
  public var isReversal: Bool

  public init(
    price: Int64, quantity: Int64, fee: Money, feeCurrency: CurrencyIndex, isReversal: Bool
  ) {
    self.price = price
    self.quantity = quantity
    self.fee = fee
    self.feeCurrency = feeCurrency
    self.isReversal = isReversal
  }
}

/// What one report did to one order.
public struct ReportEffect: BitwiseCopyable, Sendable {
  public var disposition: Disposition
  public var rowBefore: OrderRow
  public var uncertaintyBefore: Uncertainty
  public var wasSettled: Bool
  /// Whether it was known to have stood at the venue.
  public var stoodBefore: Bool
  /// Whether a replace was under way.
  public var hadReplace: Bool
  public var cumulativeBefore: Int64
  public var missingBefore: Int64
  /// A booked fill to take back first (a bust or correction).
  public var reversal: FillLeg?
  /// A fill to book.
  public var booking: FillLeg?
  /// The fill came for an order that was already done, or beyond its quantity.
  public var isLate = false
  public var isOverfill = false
  /// The venue should be asked about this order now.
  public var wantsQuery = false
  /// The venue says that an order we hold for ended is open: it should be canceled.
  public var wantsCancel = false

  // Inlined, so that the order is not copied for it.
  @inline(__always)
  init(order: borrowing Order, disposition: Disposition) {
    self.disposition = disposition
    rowBefore = order.row
    uncertaintyBefore = order.uncertainty
    wasSettled = order.isSettled
    stoodBefore = order.hasStood
    hadReplace = order.hasPending(.replace)
    cumulativeBefore = order.cumulativeQuantity
    missingBefore = order.missingQuantity
  }
}

extension Order {
  /// Whether the venue is known to have taken it: what was only sent, refused or concluded to be
  /// absent has not stood.
  @inlinable @inline(__always) public var hasStood: Bool {
    if wasAlive { return true }
    switch reportedRow {
    case .working, .filled, .canceled, .expired: return true
    case .new, .sent, .rejected, .notSent, .denied: return false
    }
  }
}
