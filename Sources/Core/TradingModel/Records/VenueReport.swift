/// What a venue (or the connection to it) said about an order or about itself.
public enum VenueReportKind: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  /// The new order rests or is being matched (FIX ExecType 0).
  case accepted = 1
  /// The new order never stood (FIX ExecType 8).
  case rejected = 2
  /// A trade of this order (FIX ExecType F).
  case fill = 3
  /// Ended by cancelation, asked for or not (FIX ExecType 4).
  case canceled = 4
  /// Ended by its time in force (FIX ExecType C).
  case expired = 5
  /// Its stop price was met (FIX ExecType L).
  case triggered = 6
  /// Out of the book for a while, for example in a halt (FIX ExecType 9).
  case suspended = 7
  /// Back in the book after a suspension.
  case resumed = 8
  /// A replace took effect; `price` and `quantity` are the new ones (FIX ExecType 5).
  case replaced = 9
  /// A cancel was refused (FIX MsgType 9, CxlRejResponseTo 1).
  case cancelRejected = 10
  /// A replace was refused (FIX MsgType 9, CxlRejResponseTo 2).
  case replaceRejected = 11
  /// Answer to a query: open, with `cumulativeQuantity` (FIX ExecType I).
  case statusOpen = 12
  /// Answer to a query: ended by cancelation, with `cumulativeQuantity`.
  case statusCanceled = 13
  /// Answer to a query: filled, with `cumulativeQuantity`.
  case statusFilled = 14
  /// Answer to a query: ended by expiry, with `cumulativeQuantity`.
  case statusExpired = 15
  /// Answer to a query: refused when it arrived.
  case statusRejected = 16
  /// Answer to a query: the venue does not know it. Evidence, but not yet proof.
  case notFound = 17
  /// A fill is undone (FIX ExecType H).
  case tradeBusted = 18
  /// A fill's price or quantity is changed (FIX ExecType G).
  case tradeCorrected = 19
  /// The connection says that the request never left this machine.
  case notSent = 20
  /// The request left, and its answer is overdue or its connection is lost.
  case answerLost = 21

  /// A full list of open orders begins; it was taken by the venue at `venueTime`.
  case snapshotBegin = 32
  /// The full list is complete: what was not in it is absent.
  case snapshotEnd = 33
  /// The order connection is up: nothing opens until a snapshot has been compared.
  case connected = 34
  /// The order connection is down.
  case disconnected = 35

  /// Whether it speaks of one order; the others speak of the venue.
  @inlinable public var isAboutOrder: Bool { rawValue < 32 }
}

/// Why a venue refused or ended something, as far as it says.
public enum VenueReason: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  case none = 0
  case other = 1
  case unknownOrder = 2
  case duplicateOrder = 3
  case wouldTake = 4
  case notFillable = 5
  case noLiquidity = 6
  case insufficientBalance = 7
  case priceOutsideLimits = 8
  case quantityOutsideLimits = 9
  case offGrid = 10
  case selfTrade = 11
  case rateLimited = 12
  case venueClosed = 13
  case tooLate = 14
  case reduceOnly = 15
  case capacity = 16
  /// The venue had not heard from us for as long as it was told to wait.
  case deadManSwitch = 17
}

/// A venue's report: an input, 144 bytes.
///
/// ```
///  40  u16 listing
///  42  u8  kind (VenueReportKind)
///  43  u8  side
///  44  u8  liquidity
///  45  u8  reason (VenueReason)
///  46  u16 feeCurrency
///  48  u64 orderID
///  56  u64 venueOrderID
///  64  u32 version             the request it answers; 0 where none
///  68  u16 venue
///  72  u64 tradeID
///  80  i64 lastPrice           of a fill or correction
///  88  i64 lastQuantity
///  96  i64 cumulativeQuantity  as the venue counts it; -1 where it does not say
/// 104  i64 price               in force, of replaced and statusOpen
/// 112  i64 quantity            total in force, of replaced and statusOpen
/// 120  i128 fee                positive is paid, negative a rebate
/// 136  i64 venueTime
/// ```
public struct VenueReport: Equatable, BitwiseCopyable, Sendable {
  public static let byteCount = 144
  public var kind: VenueReportKind
  public var listing: ListingIndex
  public var venue: VenueIndex
  public var side: Side
  public var liquidity: Liquidity
  public var reason: VenueReason
  public var feeCurrency: CurrencyIndex
  public var orderID: OrderID
  public var venueOrderID: VenueOrderID
  public var version: RequestVersion
  public var tradeID: TradeID
  public var lastPrice: Int64
  public var lastQuantity: Int64
  public var cumulativeQuantity: Int64
  public var price: Int64
  public var quantity: Int64
  public var fee: Money
  public var venueTime: Timestamp

  @inlinable
  public init(
    kind: VenueReportKind, listing: ListingIndex = 0, venue: VenueIndex, side: Side = .buy,
    liquidity: Liquidity = .unknown, reason: VenueReason = .none, feeCurrency: CurrencyIndex = 0,
    orderID: OrderID = 0, venueOrderID: VenueOrderID = 0, version: RequestVersion = 0,
    tradeID: TradeID = 0, lastPrice: Int64 = 0, lastQuantity: Int64 = 0,
    cumulativeQuantity: Int64 = -1, price: Int64 = 0, quantity: Int64 = 0, fee: Money = .zero,
    venueTime: Timestamp
  ) {
    self.kind = kind
    self.listing = listing
    self.venue = venue
    self.side = side
    self.liquidity = liquidity
    self.reason = reason
    self.feeCurrency = feeCurrency
    self.orderID = orderID
    self.venueOrderID = venueOrderID
    self.version = version
    self.tradeID = tradeID
    self.lastPrice = lastPrice
    self.lastQuantity = lastQuantity
    self.cumulativeQuantity = cumulativeQuantity
    self.price = price
    self.quantity = quantity
    self.fee = fee
    self.venueTime = venueTime
  }

  /// Nil for a code this version does not know.
  @inlinable
  public init?(at base: UnsafeRawPointer) {
    guard let kind = VenueReportKind(rawValue: base.load8(42)),
      let side = Side(rawValue: base.load8(43)),
      let liquidity = Liquidity(rawValue: base.load8(44)),
      let reason = VenueReason(rawValue: base.load8(45))
    else { return nil }
    self.kind = kind
    self.side = side
    self.liquidity = liquidity
    self.reason = reason
    listing = base.load16(40)
    feeCurrency = base.load16(46)
    orderID = base.load64(48)
    venueOrderID = base.load64(56)
    version = base.load32(64)
    venue = base.load16(68)
    tradeID = base.load64(72)
    lastPrice = base.loadSigned64(80)
    lastQuantity = base.loadSigned64(88)
    cumulativeQuantity = base.loadSigned64(96)
    price = base.loadSigned64(104)
    quantity = base.loadSigned64(112)
    fee = Money(amount: base.loadSigned128(120))
    venueTime = base.loadSigned64(136)
  }

  @inlinable
  public func store(at base: UnsafeMutableRawPointer) {
    base.store16(listing, 40)
    base.store8(kind.rawValue, 42)
    base.store8(side.rawValue, 43)
    base.store8(liquidity.rawValue, 44)
    base.store8(reason.rawValue, 45)
    base.store16(feeCurrency, 46)
    base.store64(orderID, 48)
    base.store64(venueOrderID, 56)
    base.store32(version, 64)
    base.store32(UInt32(venue), 68)
    base.store64(tradeID, 72)
    base.storeSigned64(lastPrice, 80)
    base.storeSigned64(lastQuantity, 88)
    base.storeSigned64(cumulativeQuantity, 96)
    base.storeSigned64(price, 104)
    base.storeSigned64(quantity, 112)
    base.storeSigned128(fee.amount, 120)
    base.storeSigned64(venueTime, 136)
  }
}
