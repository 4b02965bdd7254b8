import MatchingEngine
import TradingModel

/// What an order does when it comes, or is triggered.
public enum OrderKind: UInt8, Sendable, CaseIterable {
  /// Trades at its limit or better, and rests with what is left.
  case limit = 0
  /// Trades at any price; never rests.
  case market = 1
  /// Waits until the price has fallen (sell) or risen (buy) to the trigger, then a market order.
  case stopLoss = 2
  /// As `stopLoss`, then a limit order.
  case stopLossLimit = 3
  /// Waits until the price has risen (sell) or fallen (buy) to the trigger, then a market order.
  case takeProfit = 4
  /// As `takeProfit`, then a limit order.
  case takeProfitLimit = 5
  /// Follows the best price since it was activated; when the price has come back from it by the callback rate,
  /// a market order.
  case trailingStop = 6

  /// Whether it waits for a price.
  public var isConditional: Bool { self != .limit && self != .market }
  /// Whether it has a limit price.
  public var hasLimit: Bool { self == .limit || self == .stopLossLimit || self == .takeProfitLimit }
}

/// Which price triggers a conditional order.
public enum TriggerSource: UInt8, Sendable {
  /// The last trade's.
  case last = 0
  /// The mark price of contracts.
  case mark = 1
}

/// A request for a new order.
public struct OrderRequest: Equatable, Sendable {
  /// What is traded.
  public var instrument: InstrumentIndex
  /// Whether it buys or sells.
  public var side: Side
  /// What it does, and when.
  public var kind: OrderKind
  /// Unique among the account's open orders; empty for none.
  public var clientOrderID: String
  /// In quantity units; 0 with `quoteQuantity`.
  public var quantity: Int64
  /// Of a market order on spot: how much of the quote asset is spent (buy) or received (sell) instead of
  /// `quantity`.
  public var quoteQuantity: Money?
  /// The limit, in price units; 0 for kinds without.
  public var price: Int64
  /// Good-till-cancel, immediate-or-cancel, fill-or-kill, good-till-date.
  public var timeInForce = TimeInForce.goodTillCancel
  /// When a good-till-date order expires.
  public var expireTime: Timestamp = 0
  /// Never takes: see `ExchangeRules.postOnlyThatTakes`.
  public var isPostOnly = false
  /// May only make the position smaller: refused without a position, cut to it otherwise.
  public var isReduceOnly = false
  /// Of a stop, take-profit or trailing stop without limit, in a contract: closes the whole position,
  /// whatever it is when the order is triggered. `quantity` is 0. See
  /// `ExchangeRules.closingOrdersEndWithPosition`.
  public var closesPosition = false
  /// Of an iceberg: what is shown at a time; 0 shows all.
  public var displayQuantity: Int64 = 0
  /// Of a conditional order, in price units. Of a trailing stop the price that activates it; 0 at once.
  public var triggerPrice: Int64 = 0
  /// Which price triggers it; spot knows the last only.
  public var triggerSource = TriggerSource.last
  /// Of a trailing stop: 1_000_000 is 1 %.
  public var callbackRate = Rate.zero
  /// The position it is for: `.net` on spot and in one-way mode, long or short in hedge mode.
  public var positionSide = PositionSide.net
  /// What happens instead of a trade with an order of the same account. A long and a short position of hedge
  /// mode are two owners: their orders trade with each other.
  public var selfTradePrevention = SelfTradePrevention.allow
  /// Kept with the order and shown in its views; this room does nothing with it.
  public var tag: UInt64 = 0

  /// A request from its usual parts; set what differs.
  public init(
    _ kind: OrderKind, _ side: Side, _ instrument: InstrumentIndex, quantity: Int64 = 0,
    price: Int64 = 0, clientOrderID: String = ""
  ) {
    self.kind = kind
    self.side = side
    self.instrument = instrument
    self.quantity = quantity
    self.price = price
    self.clientOrderID = clientOrderID
  }
}

/// How a request names an order.
public enum OrderReference: Hashable, Sendable {
  /// By the venue's number.
  case venue(OrderID)
  /// The account's newest order with this client order id.
  case client(String)
}

/// What an amendment changes; what is nil stays.
public struct Amendment: Equatable, Sendable {
  /// The new limit, in price units.
  public var price: Int64?
  /// The new total quantity, fills included.
  public var quantity: Int64?
  /// Of a waiting order: the new trigger price.
  public var triggerPrice: Int64?

  /// An amendment from its parts.
  public init(price: Int64? = nil, quantity: Int64? = nil, triggerPrice: Int64? = nil) {
    self.price = price
    self.quantity = quantity
    self.triggerPrice = triggerPrice
  }
}
