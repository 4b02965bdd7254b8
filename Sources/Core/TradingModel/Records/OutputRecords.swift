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

  /// The event that tells of `order` after `cause`.
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

/// A booked fill and what it did: an output, 144 bytes.
///
/// ```
///  40  u16 listing
///  42  u8  side
///  43  u8  liquidity
///  44  u16 strategy
///  46  u16 flags             bit 0: late, bit 1: takes a fill back, bit 2: corrects one
///  48  u64 orderID
///  56  u64 tradeID
///  64  i64 price
///  72  i64 quantity
///  80  i64 cumulativeQuantity
///  88  i64 positionAfter      of the strategy in the listing
///  96  i128 fee
/// 112  u16 feeCurrency
/// 120  i128 realizedPnL       by this fill, before fees
/// 136  i64 venueTime
/// ```
public struct FillEvent: Equatable, BitwiseCopyable, Sendable {
  public static let byteCount = 144
  public static let lateFlag: UInt16 = 1
  public static let bustFlag: UInt16 = 2
  public static let correctionFlag: UInt16 = 4
  public var listing: ListingIndex
  public var side: Side
  public var liquidity: Liquidity
  public var strategy: StrategyIndex
  public var flags: UInt16
  public var orderID: OrderID
  public var tradeID: TradeID
  public var price: Int64
  public var quantity: Int64
  public var cumulativeQuantity: Int64
  public var positionAfter: Int64
  public var fee: Money
  public var feeCurrency: CurrencyIndex
  public var realizedPnL: Money
  public var venueTime: Timestamp

  public init(
    listing: ListingIndex, side: Side, liquidity: Liquidity, strategy: StrategyIndex,
    flags: UInt16, orderID: OrderID, tradeID: TradeID, price: Int64, quantity: Int64,
    cumulativeQuantity: Int64, positionAfter: Int64, fee: Money, feeCurrency: CurrencyIndex,
    realizedPnL: Money, venueTime: Timestamp
  ) {
    self.listing = listing
    self.side = side
    self.liquidity = liquidity
    self.strategy = strategy
    self.flags = flags
    self.orderID = orderID
    self.tradeID = tradeID
    self.price = price
    self.quantity = quantity
    self.cumulativeQuantity = cumulativeQuantity
    self.positionAfter = positionAfter
    self.fee = fee
    self.feeCurrency = feeCurrency
    self.realizedPnL = realizedPnL
    self.venueTime = venueTime
  }

  /// Nil for a code this version does not know.
  public init?(at base: UnsafeRawPointer) {
    guard let side = Side(rawValue: base.load8(42)),
      let liquidity = Liquidity(rawValue: base.load8(43))
    else { return nil }
    listing = base.load16(40)
    self.side = side
    self.liquidity = liquidity
    strategy = base.load16(44)
    flags = base.load16(46)
    orderID = base.load64(48)
    tradeID = base.load64(56)
    price = base.loadSigned64(64)
    quantity = base.loadSigned64(72)
    cumulativeQuantity = base.loadSigned64(80)
    positionAfter = base.loadSigned64(88)
    fee = Money(amount: base.loadSigned128(96))
    feeCurrency = base.load16(112)
    realizedPnL = Money(amount: base.loadSigned128(120))
    venueTime = base.loadSigned64(136)
  }

  public func store(at base: UnsafeMutableRawPointer) {
    base.store16(listing, 40)
    base.store8(side.rawValue, 42)
    base.store8(liquidity.rawValue, 43)
    base.store16(strategy, 44)
    base.store16(flags, 46)
    base.store64(orderID, 48)
    base.store64(tradeID, 56)
    base.storeSigned64(price, 64)
    base.storeSigned64(quantity, 72)
    base.storeSigned64(cumulativeQuantity, 80)
    base.storeSigned64(positionAfter, 88)
    base.storeSigned128(fee.amount, 96)
    base.store64(UInt64(feeCurrency), 112)
    base.storeSigned128(realizedPnL.amount, 120)
    base.storeSigned64(venueTime, 136)
  }
}

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
/// 64  u64 reference  a trade id or token, depends on the kind
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

/// What became of a signal.
public enum SignalOutcome: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  case ordered = 0
  /// Nothing to do: a close without a position.
  case nothingToDo = 1
  case duplicate = 2
  case tooOld = 3
  case confidenceTooLow = 4
  case stopOnWrongSide = 5
  case takeProfitOnWrongSide = 6
  case quantityInvalid = 7
  case unknownListing = 8
  case noMarket = 9
  case refused = 10
  case unknownStrategy = 11
  case fromTheFuture = 12
  case positionOpen = 13
  case priceInvalid = 14
}

/// The answer to a signal: an output, 64 bytes.
///
/// ```
/// 40  u64 signalID
/// 48  u64 orderID    0 where none was placed
/// 56  u8  outcome (SignalOutcome)
/// 57  u8  refusal    of the risk check, where it refused
/// 58  u16 strategy
/// ```
public struct SignalAnswer: Equatable, BitwiseCopyable, Sendable {
  public static let byteCount = 64
  public var signalID: UInt64
  public var orderID: OrderID
  public var outcome: SignalOutcome
  public var refusal: UInt8
  public var strategy: StrategyIndex

  public init(
    signalID: UInt64, orderID: OrderID, outcome: SignalOutcome, refusal: UInt8 = 0,
    strategy: StrategyIndex
  ) {
    self.signalID = signalID
    self.orderID = orderID
    self.outcome = outcome
    self.refusal = refusal
    self.strategy = strategy
  }

  /// Nil for a code this version does not know.
  public init?(at base: UnsafeRawPointer) {
    guard let outcome = SignalOutcome(rawValue: base.load8(56)) else { return nil }
    self.outcome = outcome
    signalID = base.load64(40)
    orderID = base.load64(48)
    refusal = base.load8(57)
    strategy = base.load16(58)
  }

  public func store(at base: UnsafeMutableRawPointer) {
    base.store64(signalID, 40)
    base.store64(orderID, 48)
    base.store64(0, 56)
    base.store8(outcome.rawValue, 56)
    base.store8(refusal, 57)
    base.store16(strategy, 58)
  }
}
