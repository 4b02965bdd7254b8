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
