/// What somebody should look at.
public enum AlertKind: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  /// A fill of an order that was done, or more than its quantity.
  case lateFill = 1
  case overfill = 2
  /// A report that cannot be, for the state its order is in.
  case contradiction = 3
  /// A report about an order we do not know.
  case unknownOrder = 4
  case tradeBusted = 5
  case tradeCorrected = 6
  /// An order's outcome became unknown.
  case orderUnknown = 7
  /// A feed lost its sequence or its connection, or went stale.
  case feedLost = 8
  /// A declared capacity is used up; `value` says which (CapacityKind).
  case capacity = 9
  /// More intents in one input than the cap allows; the rest was refused.
  case intentCap = 10
  /// The order state was changed by a report in an unusual order; the table says how.
  case unusualTransition = 11
  /// An amount beyond 128 bits; the fill is booked by quantity, its value is not.
  case valueOverflow = 12
  /// An order disappeared from the venue's full lists.
  case absence = 13
  /// A followed book is crossed.
  case crossedBook = 14
  /// A funding payment that is not known and is no later (`value`) than one that was forgotten, so that
  /// it may be booked already: it is not booked.
  case paymentTooOld = 15
}

/// An alert: an output, 72 bytes.
///
/// ```
/// 40  u8  kind (AlertKind)
/// 41  u8  cause (OrderInput), 0 none
/// 42  u16 listing
/// 44  u16 strategy
/// 48  u64 orderID
/// 56  i64 value      depends on the kind
/// 64  u64 reference  a trade or payment id or a token, depends on the kind
/// ```
public struct Alert: Equatable, BitwiseCopyable, Sendable {
  public static let byteCount = 72
  public var kind: AlertKind
  public var cause: UInt8
  public var listing: ListingIndex
  public var strategy: StrategyIndex
  public var orderID: OrderID
  public var value: Int64
  public var reference: UInt64

  public init(
    kind: AlertKind, cause: UInt8 = 0, listing: ListingIndex = .max,
    strategy: StrategyIndex = .max, orderID: OrderID = 0, value: Int64 = 0, reference: UInt64 = 0
  ) {
    self.kind = kind
    self.cause = cause
    self.listing = listing
    self.strategy = strategy
    self.orderID = orderID
    self.value = value
    self.reference = reference
  }

  /// Nil for a code this version does not know.
  public init?(at base: UnsafeRawPointer) {
    guard let kind = AlertKind(rawValue: base.load8(40)) else { return nil }
    self.kind = kind
    cause = base.load8(41)
    listing = base.load16(42)
    strategy = base.load16(44)
    orderID = base.load64(48)
    value = base.loadSigned64(56)
    reference = base.load64(64)
  }

  public func store(at base: UnsafeMutableRawPointer) {
    base.store64(0, 40)
    base.store8(kind.rawValue, 40)
    base.store8(cause, 41)
    base.store16(listing, 42)
    base.store16(strategy, 44)
    base.store64(orderID, 48)
    base.storeSigned64(value, 56)
    base.store64(reference, 64)
  }
}
