import TradingModel

/// A booking that a report leads to: a fill, or one taken back.
public struct FillLeg: Equatable, BitwiseCopyable, Sendable {
  public var price: Int64
  public var quantity: Int64
  /// Takes the fill back instead of booking it.
  public var isReversal: Bool

  public init(price: Int64, quantity: Int64, isReversal: Bool) {
    self.price = price
    self.quantity = quantity
    self.isReversal = isReversal
  }
}

/// What one report did to one order.
public struct ReportEffect: BitwiseCopyable, Sendable {
  public var disposition: Disposition
  public var rowBefore: OrderRow
  public var uncertaintyBefore: Uncertainty
  public var wasSettled: Bool
  /// A booked fill to take back first (a bust or correction).
  public var reversal: FillLeg?
  /// A fill to book.
  public var booking: FillLeg?
  /// The fill came for an order that was already done, or beyond its quantity.
  public var isLate = false
  public var isOverfill = false
  /// The venue was asked, and should be asked about this order now.
  public var wantsQuery = false

  init(order: borrowing Order) {
    disposition = .apply
    rowBefore = order.row
    uncertaintyBefore = order.uncertainty
    wasSettled = order.isSettled
  }
}
