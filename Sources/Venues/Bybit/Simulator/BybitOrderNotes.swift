import Exchange
import MatchingEngine
import TradingModel

/// What an order has beside what the exchange knows of it.
struct BybitOrderNotes {
  /// Of conditional orders; "" of others.
  var stopOrderType = ""
  /// 1 rises to the trigger, 2 falls to it; 0 of others.
  var triggerDirection = 0
  var triggerBy = ""
  var selfMatch = "None"
  var closesOnTrigger = false
  /// "baseCoin" or "quoteCoin" of market orders of spot.
  var marketUnit = ""
  var isPostOnly = false
  /// In price units, when it came.
  var lastPriceOnCreated: Int64 = 0
  /// Of market orders of contracts: how far it may go.
  var marketBound: Int64 = 0
  /// How it was ended by the venue, where the exchange does not know.
  var cancelType: String?
  var rejectReason: String?
  /// Profit and loss of what it closed.
  var closedProfit = Money.zero
  var createType = "CreateByUser"
  /// What the venue is to make when it is filled.
  var terms = BybitExitTerms()
  /// What the venue made of `terms`: of partial ones the pair that grows with the fills.
  var children: [OrderID] = []
  /// Whether `terms` were carried out.
  var isAttached = false
  /// Of an order that the venue made.
  var exit: BybitExitNotes?
  /// Of one made for an order's fill: that order's name.
  var parentLinkID = ""
  /// Of spot, of a take-profit and a stop-loss that are told as one order.
  var pair: BybitSpotPair?

  init() {}
}

/// A take-profit and a stop-loss of spot. They are two orders of the exchange that cancel each other, and one
/// to clients, under the number of the first.
struct BybitSpotPair {
  var takeProfit: OrderID
  var stopLoss: OrderID
}

/// What there is to know of a take-profit, stop-loss or trailing stop that the venue made.
struct BybitExitNotes {
  var kind: BybitExitKind
  var isPartial: Bool
  var position: BybitPositionKey
  /// Of one for the whole position: how large that was told to be.
  var size: Int64
  /// Of one for the whole position: the other one that was set together with it, which is canceled with it.
  var partner: OrderID?
  /// Of a trailing stop, in price units: how far behind the best price it is.
  var distance: Int64 = 0
  /// The price that it waits for before it follows; 0 once it does.
  var activation: Int64 = 0
  /// The best price since it follows.
  var best: Int64 = 0
}
