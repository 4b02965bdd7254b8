import TradingModel

/// What happens when an incoming order meets a resting one of the same owner. The incoming
/// order's choice counts; orders of owner 0 trade with everyone.
public enum SelfTradePrevention: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  /// They trade.
  case allow = 0
  /// The incoming order's remainder is canceled.
  case cancelNewest = 1
  /// The resting order is canceled; the incoming one goes on.
  case cancelOldest = 2
  /// Both are canceled.
  case cancelBoth = 3
  /// Both lose the smaller of their quantities without a trade; what is left of one goes on.
  case decrement = 4
}

/// A request to enter a new order.
public struct OrderEntry: Equatable, BitwiseCopyable, Sendable {
  /// Unique among the resting orders of the book; not 0.
  public var orderID: OrderID
  /// The limit in ticks, any value. Of a market order the protection price, the worst it accepts; of
  /// a stop the limit or protection once it is triggered; of a pegged order the worst it may have.
  public var price: Int64
  /// In the book's quantity units: 1 ... `quantityMax`.
  public var quantity: Int64
  /// For self-trade prevention and mass cancels; 0 is nobody in particular.
  public var owner: OwnerID
  /// Whether it buys or sells.
  public var side: Side
  /// Stops and pegged orders need `OrderTerms`.
  public var type: OrderType
  /// A market order never rests outside an auction. `.goodTillDate` needs a time in `OrderTerms`.
  public var timeInForce: TimeInForce
  /// All are obeyed; those that contradict each other or the type are refused.
  public var instructions: OrderInstructions
  /// What happens instead of a trade with an order of the same owner.
  public var selfTradePrevention: SelfTradePrevention

  /// A limit order.
  @inlinable
  public static func limit(
    _ side: Side, _ orderID: OrderID, price: Int64, quantity: Int64, owner: OwnerID = 0,
    timeInForce: TimeInForce = .goodTillCancel, instructions: OrderInstructions = [],
    selfTradePrevention: SelfTradePrevention = .allow
  ) -> OrderEntry {
    OrderEntry(
      orderID: orderID, price: price, quantity: quantity, owner: owner, side: side, type: .limit,
      timeInForce: timeInForce, instructions: instructions,
      selfTradePrevention: selfTradePrevention)
  }

  /// A market order, good down (up) to `protectionPrice`, or to any price. What it finds no
  /// liquidity for is canceled; with `.fillOrKill` it fills whole or is refused.
  @inlinable
  public static func market(
    _ side: Side, _ orderID: OrderID, quantity: Int64, protectionPrice: Int64? = nil,
    owner: OwnerID = 0, timeInForce: TimeInForce = .immediateOrCancel,
    selfTradePrevention: SelfTradePrevention = .allow
  ) -> OrderEntry {
    OrderEntry(
      orderID: orderID, price: protectionPrice ?? (side == .buy ? .max : .min),
      quantity: quantity, owner: owner, side: side, type: .market, timeInForce: timeInForce,
      instructions: [], selfTradePrevention: selfTradePrevention)
  }

  /// An entry from its parts; see the properties.
  @inlinable @inline(__always)
  public init(
    orderID: OrderID, price: Int64, quantity: Int64, owner: OwnerID, side: Side, type: OrderType,
    timeInForce: TimeInForce, instructions: OrderInstructions,
    selfTradePrevention: SelfTradePrevention
  ) {
    self.orderID = orderID
    self.price = price
    self.quantity = quantity
    self.owner = owner
    self.side = side
    self.type = type
    self.timeInForce = timeInForce
    self.instructions = instructions
    self.selfTradePrevention = selfTradePrevention
  }

  /// Whether it is a limit order, good-till-cancel or immediate-or-cancel, and nothing more.
  @inlinable @inline(__always)
  var isPlain: Bool {
    type == .limit
      && instructions.rawValue | selfTradePrevention.rawValue == 0
      && (timeInForce == .goodTillCancel || timeInForce == .immediateOrCancel)
  }
}
