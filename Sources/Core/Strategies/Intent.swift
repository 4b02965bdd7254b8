import TradingModel

/// What a strategy wants done, before risk, routing and the order table have had their say.
public enum IntentKind: UInt8, Sendable, BitwiseCopyable {
  case submit = 1
  /// Submit wherever the router finds it best among the instrument's listings.
  case submitRouted = 2
  case modify = 3
  case cancel = 4
  /// Cancel the strategy's orders in a listing.
  case cancelAll = 5
}

/// One intent, in the bounded queue between strategies and the order flow.
public struct Intent: BitwiseCopyable, Sendable, Equatable {
  public var kind: IntentKind
  public var side: Side
  public var type: OrderType
  public var timeInForce: TimeInForce
  public var instructions: OrderInstructions
  public var strategy: StrategyIndex
  public var listing: ListingIndex
  public var instrument: InstrumentIndex
  public var orderID: OrderID
  public var price: Int64
  public var quantity: Int64
  public var token: UInt64
  /// The signal it answers, 0 for none.
  public var signalID: UInt64

  @inlinable
  public init(
    kind: IntentKind, strategy: StrategyIndex, listing: ListingIndex, side: Side = .buy,
    type: OrderType = .limit, timeInForce: TimeInForce = .goodTillCancel,
    instructions: OrderInstructions = [], instrument: InstrumentIndex = 0, orderID: OrderID = 0,
    price: Int64 = 0, quantity: Int64 = 0, token: UInt64 = 0, signalID: UInt64 = 0
  ) {
    self.kind = kind
    self.strategy = strategy
    self.listing = listing
    self.side = side
    self.type = type
    self.timeInForce = timeInForce
    self.instructions = instructions
    self.instrument = instrument
    self.orderID = orderID
    self.price = price
    self.quantity = quantity
    self.token = token
    self.signalID = signalID
  }

  /// Nothing: what an empty queue place holds.
  @inlinable public static var none: Intent { Intent(kind: .cancel, strategy: 0, listing: 0) }
}
