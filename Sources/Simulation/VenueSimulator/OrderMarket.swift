import TradingModel

/// One moment at a simulated venue: who keeps the orders, when it is, where reports go.
public struct VenueTurn {
  public let gateway: OrderGateway
  public let time: Timestamp
  public let deliveries: DeliveryQueue

  public init(gateway: OrderGateway, time: Timestamp, deliveries: DeliveryQueue) {
    self.gateway = gateway
    self.time = time
    self.deliveries = deliveries
  }
}

/// Where the orders of one listing are executed, as the venue's gateway sees it. Orders are named by
/// their index in the gateway's record; fills and ends are told to `turn.gateway`.
public protocol OrderMarket: AnyObject {
  var listing: Listing { get }

  /// The best price of a side now; nil when the side is empty or not to be relied on.
  func bestPrice(_ side: Side) -> Int64?

  /// Why an order that keeps the listing's rules is refused now; nil when it is not.
  func refusal(of request: VenueRequest) -> VenueReason?

  /// Why an open order may not get this price; nil when it may.
  func refusal(ofReplacing order: VenueOrder, price: Int64) -> VenueReason?

  /// Executes a new order as far as it goes, and keeps the rest if it may rest.
  func enter(_ order: UInt32, in turn: VenueTurn)

  /// The order's terms in the record are new; `old` is as it was.
  func replace(_ order: UInt32, from old: VenueOrder, in turn: VenueTurn)

  /// Takes an open order out.
  func remove(_ order: UInt32, in turn: VenueTurn)
}
