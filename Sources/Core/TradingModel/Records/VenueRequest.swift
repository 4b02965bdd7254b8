/// What the engine asks a venue to do.
public enum VenueRequestKind: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  case newOrder = 1
  case replace = 2
  case cancel = 3
  /// What became of this order? Asked by client order id.
  case queryOrder = 4
  /// Which orders are open, which fills happened? Answered between a snapshot's begin and end.
  case querySnapshot = 5
}

/// A request to a venue, decided by the core: an output, 96 bytes.
///
/// ```
/// 40  u8  kind (VenueRequestKind)
/// 41  u8  side
/// 42  u8  order type
/// 43  u8  time in force
/// 44  u16 listing
/// 46  u16 venue
/// 48  u64 orderID       0 for a snapshot query
/// 56  u32 version       the request's own number under its order
/// 60  u8  instructions
/// 64  i64 price         0 for market orders
/// 72  i64 quantity      the total (FIX OrderQty), also for a replace
/// 80  i64 stopPrice
/// 88  u64 venueOrderID  0 while unknown: the venue is asked by client order id
/// ```
public struct VenueRequest: Equatable, BitwiseCopyable, Sendable {
  public static let byteCount = 96
  public var kind: VenueRequestKind
  public var side: Side
  public var type: OrderType
  public var timeInForce: TimeInForce
  public var listing: ListingIndex
  public var venue: VenueIndex
  public var orderID: OrderID
  public var version: RequestVersion
  public var instructions: OrderInstructions
  public var price: Int64
  public var quantity: Int64
  public var stopPrice: Int64
  public var venueOrderID: VenueOrderID

  @inlinable
  public init(
    kind: VenueRequestKind, side: Side = .buy, type: OrderType = .limit,
    timeInForce: TimeInForce = .goodTillCancel, listing: ListingIndex, venue: VenueIndex,
    orderID: OrderID = 0, version: RequestVersion = 0, instructions: OrderInstructions = [],
    price: Int64 = 0, quantity: Int64 = 0, stopPrice: Int64 = 0, venueOrderID: VenueOrderID = 0
  ) {
    self.kind = kind
    self.side = side
    self.type = type
    self.timeInForce = timeInForce
    self.listing = listing
    self.venue = venue
    self.orderID = orderID
    self.version = version
    self.instructions = instructions
    self.price = price
    self.quantity = quantity
    self.stopPrice = stopPrice
    self.venueOrderID = venueOrderID
  }

  /// Nil for a code this version does not know.
  @inlinable
  public init?(at base: UnsafeRawPointer) {
    guard let kind = VenueRequestKind(rawValue: base.load8(40)),
      let side = Side(rawValue: base.load8(41)), let type = OrderType(rawValue: base.load8(42)),
      let timeInForce = TimeInForce(rawValue: base.load8(43))
    else { return nil }
    self.kind = kind
    self.side = side
    self.type = type
    self.timeInForce = timeInForce
    listing = base.load16(44)
    venue = base.load16(46)
    orderID = base.load64(48)
    version = base.load32(56)
    instructions = OrderInstructions(rawValue: base.load8(60))
    price = base.loadSigned64(64)
    quantity = base.loadSigned64(72)
    stopPrice = base.loadSigned64(80)
    venueOrderID = base.load64(88)
  }

  @inlinable
  public func store(at base: UnsafeMutableRawPointer) {
    base.store8(kind.rawValue, 40)
    base.store8(side.rawValue, 41)
    base.store8(type.rawValue, 42)
    base.store8(timeInForce.rawValue, 43)
    base.store16(listing, 44)
    base.store16(venue, 46)
    base.store64(orderID, 48)
    base.store32(version, 56)
    base.store32(UInt32(instructions.rawValue), 60)
    base.storeSigned64(price, 64)
    base.storeSigned64(quantity, 72)
    base.storeSigned64(stopPrice, 80)
    base.store64(venueOrderID, 88)
  }
}
