/// FIX ExecType (150) of an order event, as far as we use it.
public enum ExecType: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  case new = 0
  case canceled = 4
  case replaced = 5
  case pendingCancel = 6
  case rejected = 8
  case suspended = 9
  case pendingNew = 10
  case expired = 12
  case pendingReplace = 14
  case trade = 15
  case tradeCorrect = 16
  case tradeCancel = 17
  case orderStatus = 18
  case triggered = 21
  /// The order became uncertain, or certain again. FIX has no word for it.
  case certainty = 32
}

/// A change of an order, told to whoever follows orders: an output, 104 bytes.
///
/// ```
/// 40  u16 listing
/// 42  u8  execType
/// 43  u8  status (OrderStatus)
/// 44  u8  row (OrderRow)
/// 45  u8  uncertainty
/// 46  u8  cause (OrderInput)
/// 47  u8  side
/// 48  u64 orderID
/// 56  u32 version
/// 60  u16 strategy
/// 62  u8  reason      VenueReason, or the risk refusal of a denied order
/// 63  u8  disposition
/// 64  i64 price
/// 72  i64 quantity
/// 80  i64 cumulativeQuantity
/// 88  u64 venueOrderID
/// 96  u64 token
/// ```
public struct OrderEvent: Equatable, BitwiseCopyable, Sendable {
  public static let byteCount = 104
  /// Where `strategy` stands, for readers who pass over other strategies' events.
  @inlinable public static var strategyOffset: Int { 60 }
  public var listing: ListingIndex
  public var execType: ExecType
  public var status: OrderStatus
  public var row: OrderRow
  public var uncertainty: Uncertainty
  public var cause: OrderInput
  public var side: Side
  public var orderID: OrderID
  public var version: RequestVersion
  public var strategy: StrategyIndex
  public var reason: UInt8
  public var disposition: Disposition
  public var price: Int64
  public var quantity: Int64
  public var cumulativeQuantity: Int64
  public var venueOrderID: VenueOrderID
  public var token: UInt64

  /// The event that tells of `order` after `cause`. Inlined, so that the order is not copied for it.
  @inlinable @inline(__always)
  public init(
    _ order: borrowing Order, execType: ExecType, cause: OrderInput, version: RequestVersion,
    reason: UInt8, disposition: Disposition
  ) {
    listing = order.listing
    self.execType = execType
    status = order.status
    row = order.row
    uncertainty = order.uncertainty
    self.cause = cause
    side = order.side
    orderID = order.id
    self.version = version
    strategy = order.strategy
    self.reason = reason
    self.disposition = disposition
    price = order.price
    quantity = order.quantity
    cumulativeQuantity = order.cumulativeQuantity
    venueOrderID = order.venueOrderID
    token = order.token
  }

  /// Nil for a code this version does not know.
  public init?(at base: UnsafeRawPointer) {
    guard let execType = ExecType(rawValue: base.load8(42)),
      let status = OrderStatus(rawValue: base.load8(43)),
      let row = OrderRow(rawValue: base.load8(44)),
      let cause = OrderInput(rawValue: base.load8(46)), let side = Side(rawValue: base.load8(47)),
      let disposition = Disposition(rawValue: base.load8(63))
    else { return nil }
    listing = base.load16(40)
    self.execType = execType
    self.status = status
    self.row = row
    uncertainty = Uncertainty(rawValue: base.load8(45))
    self.cause = cause
    self.side = side
    orderID = base.load64(48)
    version = base.load32(56)
    strategy = base.load16(60)
    reason = base.load8(62)
    self.disposition = disposition
    price = base.loadSigned64(64)
    quantity = base.loadSigned64(72)
    cumulativeQuantity = base.loadSigned64(80)
    venueOrderID = base.load64(88)
    token = base.load64(96)
  }

  public func store(at base: UnsafeMutableRawPointer) {
    base.store16(listing, 40)
    base.store8(execType.rawValue, 42)
    base.store8(status.rawValue, 43)
    base.store8(row.rawValue, 44)
    base.store8(uncertainty.rawValue, 45)
    base.store8(cause.rawValue, 46)
    base.store8(side.rawValue, 47)
    base.store64(orderID, 48)
    base.store32(version, 56)
    base.store16(strategy, 60)
    base.store8(reason, 62)
    base.store8(disposition.rawValue, 63)
    base.storeSigned64(price, 64)
    base.storeSigned64(quantity, 72)
    base.storeSigned64(cumulativeQuantity, 80)
    base.store64(venueOrderID, 88)
    base.store64(token, 96)
  }
}
