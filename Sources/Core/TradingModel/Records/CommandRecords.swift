/// What a person or a program outside the core asks for.
public enum CommandKind: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  case submit = 1
  case modify = 2
  case cancel = 3
  /// Cancels every open order that the given listing and strategy (either may be `any`) name.
  case cancelAll = 4
  /// Refuses every new order from now on; cancels still pass.
  case killSwitchOn = 5
  case killSwitchOff = 6
  case startStrategy = 7
  /// Stops a strategy and cancels its orders.
  case stopStrategy = 8
}

/// A command: an input, 96 bytes.
///
/// ```
/// 40  u8  kind (CommandKind)
/// 41  u8  side
/// 42  u8  order type
/// 43  u8  time in force
/// 44  u16 listing    65535: any, or for a submit the router's choice among the instrument's
/// 46  u16 strategy   on whose account; 65535: any
/// 48  u64 orderID    of a modify or cancel
/// 56  i64 price
/// 64  i64 quantity
/// 72  i64 stopPrice
/// 80  u8  instructions
/// 82  u16 instrument of a routed submit
/// 88  u64 token      the caller's own number, echoed in what follows
/// ```
public struct Command: Equatable, BitwiseCopyable, Sendable {
  public static let byteCount = 96
  /// In `listing` or `strategy`: whichever.
  public static let any: UInt16 = .max
  public var kind: CommandKind
  public var side: Side
  public var type: OrderType
  public var timeInForce: TimeInForce
  public var listing: ListingIndex
  public var strategy: StrategyIndex
  public var orderID: OrderID
  public var price: Int64
  public var quantity: Int64
  public var stopPrice: Int64
  public var instructions: OrderInstructions
  public var instrument: InstrumentIndex
  public var token: UInt64

  @inlinable
  public init(
    kind: CommandKind, side: Side = .buy, type: OrderType = .limit,
    timeInForce: TimeInForce = .goodTillCancel, listing: ListingIndex = Command.any,
    strategy: StrategyIndex = Command.any, orderID: OrderID = 0, price: Int64 = 0,
    quantity: Int64 = 0, stopPrice: Int64 = 0, instructions: OrderInstructions = [],
    instrument: InstrumentIndex = 0, token: UInt64 = 0
  ) {
    self.kind = kind
    self.side = side
    self.type = type
    self.timeInForce = timeInForce
    self.listing = listing
    self.strategy = strategy
    self.orderID = orderID
    self.price = price
    self.quantity = quantity
    self.stopPrice = stopPrice
    self.instructions = instructions
    self.instrument = instrument
    self.token = token
  }

  /// Nil for a code this version does not know.
  @inlinable
  public init?(at base: UnsafeRawPointer) {
    guard let kind = CommandKind(rawValue: base.load8(40)),
      let side = Side(rawValue: base.load8(41)), let type = OrderType(rawValue: base.load8(42)),
      let timeInForce = TimeInForce(rawValue: base.load8(43))
    else { return nil }
    self.kind = kind
    self.side = side
    self.type = type
    self.timeInForce = timeInForce
    listing = base.load16(44)
    strategy = base.load16(46)
    orderID = base.load64(48)
    price = base.loadSigned64(56)
    quantity = base.loadSigned64(64)
    stopPrice = base.loadSigned64(72)
    instructions = OrderInstructions(rawValue: base.load8(80))
    instrument = base.load16(82)
    token = base.load64(88)
  }

  @inlinable
  public func store(at base: UnsafeMutableRawPointer) {
    base.store8(kind.rawValue, 40)
    base.store8(side.rawValue, 41)
    base.store8(type.rawValue, 42)
    base.store8(timeInForce.rawValue, 43)
    base.store16(listing, 44)
    base.store16(strategy, 46)
    base.store64(orderID, 48)
    base.storeSigned64(price, 56)
    base.storeSigned64(quantity, 64)
    base.storeSigned64(stopPrice, 72)
    base.store64(UInt64(instructions.rawValue) | UInt64(instrument) << 16, 80)
    base.store64(token, 88)
  }
}

/// What a signal wants.
public enum SignalAction: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  case buy = 1
  case sell = 2
  /// Flattens the strategy's position in the listing.
  case close = 3
}

/// A trading signal: an input, 104 bytes. Prices 0: none.
///
/// ```
/// 40  u8  action (SignalAction)
/// 42  u16 listing
/// 44  u16 strategy
/// 48  u64 signalID    unique within its source
/// 56  i64 createdAt
/// 64  i64 price       limit; 0 at market
/// 72  i64 quantity
/// 80  i64 stopLoss
/// 88  i64 takeProfit
/// 96  u32 confidence  parts per million, 0 to 1,000,000
/// ```
public struct Signal: Equatable, BitwiseCopyable, Sendable {
  public static let byteCount = 104
  public var action: SignalAction
  public var listing: ListingIndex
  public var strategy: StrategyIndex
  public var signalID: UInt64
  public var createdAt: Timestamp
  public var price: Int64
  public var quantity: Int64
  public var stopLoss: Int64
  public var takeProfit: Int64
  public var confidence: UInt32

  @inlinable
  public init(
    action: SignalAction, listing: ListingIndex, strategy: StrategyIndex, signalID: UInt64,
    createdAt: Timestamp, price: Int64, quantity: Int64, stopLoss: Int64, takeProfit: Int64,
    confidence: UInt32
  ) {
    self.action = action
    self.listing = listing
    self.strategy = strategy
    self.signalID = signalID
    self.createdAt = createdAt
    self.price = price
    self.quantity = quantity
    self.stopLoss = stopLoss
    self.takeProfit = takeProfit
    self.confidence = confidence
  }

  /// Nil for a code this version does not know.
  @inlinable
  public init?(at base: UnsafeRawPointer) {
    guard let action = SignalAction(rawValue: base.load8(40)) else { return nil }
    self.action = action
    listing = base.load16(42)
    strategy = base.load16(44)
    signalID = base.load64(48)
    createdAt = base.loadSigned64(56)
    price = base.loadSigned64(64)
    quantity = base.loadSigned64(72)
    stopLoss = base.loadSigned64(80)
    takeProfit = base.loadSigned64(88)
    confidence = base.load32(96)
  }

  @inlinable
  public func store(at base: UnsafeMutableRawPointer) {
    base.store64(0, 40)
    base.store8(action.rawValue, 40)
    base.store16(listing, 42)
    base.store16(strategy, 44)
    base.store64(signalID, 48)
    base.storeSigned64(createdAt, 56)
    base.storeSigned64(price, 64)
    base.storeSigned64(quantity, 72)
    base.storeSigned64(stopLoss, 80)
    base.storeSigned64(takeProfit, 88)
    base.store64(UInt64(confidence), 96)
  }
}

/// A timer tick: an input, 48 bytes. Its header carries the time, `40 u64 number` counts the ticks.
public struct TimerTick: Equatable, BitwiseCopyable, Sendable {
  public static let byteCount = 48
  public var number: UInt64

  @inlinable public init(number: UInt64) { self.number = number }
  @inlinable public init(at base: UnsafeRawPointer) { number = base.load64(40) }
  @inlinable public func store(at base: UnsafeMutableRawPointer) { base.store64(number, 40) }
}
