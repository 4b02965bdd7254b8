import TradingModel

/// How far one of our orders came, as a simulated venue knows it.
public enum VenueOrderState: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  case open = 0
  case filled = 1
  case canceled = 2
  case expired = 3
  case rejected = 4
}

/// One of our orders in a simulated venue's own record.
public struct VenueOrder: BitwiseCopyable, Sendable {
  /// The client order id.
  public var orderID: OrderID
  public var venueOrderID: VenueOrderID
  public var price: Int64
  /// The total (FIX OrderQty).
  public var quantity: Int64
  public var cumulativeQuantity: Int64 = 0
  /// The last request about it that reached the venue.
  public var lastVersion: RequestVersion
  public var listing: ListingIndex
  public var side: Side
  public var type: OrderType
  public var timeInForce: TimeInForce
  public var instructions: OrderInstructions
  public var state: VenueOrderState = .open
  public var reason: VenueReason = .none
  /// The number of its last trade in the venue's record; 0 before the first.
  var lastTrade: UInt64 = 0
  // Links of the list of open orders, or of ended ones, oldest first.
  var previous = VenueOrderTable.none
  var next = VenueOrderTable.none

  init(_ request: VenueRequest, venueOrderID: VenueOrderID) {
    orderID = request.orderID
    self.venueOrderID = venueOrderID
    price = request.type == .market ? 0 : request.price
    quantity = request.quantity
    lastVersion = request.version
    listing = request.listing
    side = request.side
    type = request.type
    timeInForce = request.timeInForce
    instructions = request.instructions
  }

  /// What may still trade; 0 once it ended.
  public var leavesQuantity: Int64 { state == .open ? quantity - cumulativeQuantity : 0 }
  /// Whether what does not trade at once stays in the book.
  public var canRest: Bool {
    type == .limit && timeInForce != .immediateOrCancel && timeInForce != .fillOrKill
  }
  public var isPostOnly: Bool { instructions.contains(.postOnly) }
}

/// A trade of one of our orders in a simulated venue's own record.
public struct VenueTrade: Equatable, BitwiseCopyable, Sendable {
  /// 1, 2, 3... over our trades at this venue in this run.
  public var number: UInt64
  public var tradeID: TradeID
  public var orderID: OrderID
  public var venueOrderID: VenueOrderID
  public var price: Int64
  public var quantity: Int64
  /// The order's filled quantity after this trade.
  public var cumulativeQuantity: Int64
  public var fee: Money
  public var feeCurrency: CurrencyIndex
  public var listing: ListingIndex
  public var side: Side
  public var liquidity: Liquidity
  public var venueTime: Timestamp
  /// The number of the order's trade before this one; 0 for none.
  var previousOfOrder: UInt64
}
