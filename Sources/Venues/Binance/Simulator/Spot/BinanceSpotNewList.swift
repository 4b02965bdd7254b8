import Exchange
import MatchingEngine
import TradingModel

/// A new list of orders out of parameters, with the checks that the venue makes before its matching engine
/// (https://developers.binance.com/docs/binance-spot-api-docs/rest-api/trading-endpoints, "New Order list").
struct BinanceSpotNewList {
  var request: OrderListRequest
  /// Its orders, in the order of the request.
  var orders: [BinanceSpotNewOrder]
  var response: BinanceSpotCore.ResponseType

  /// `orderList/oco`: above and below the last price.
  init(oco call: BinanceCall, in core: BinanceSpotCore) throws(BinanceError) {
    let shared = ["side": "side", "quantity": "quantity"]
    let pair = try BinanceSpotPair(
      call, above: BinanceOrderNames("above", others: shared),
      below: BinanceOrderNames("below", others: shared), in: core)
    try pair.checkPrices(last: core.exchange.lastPrice(of: pair.above.request.instrument))
    self.init(.oneCancelsOther, pair.orders, call, in: core)
  }

  /// The older `order/oco`: a limit order, and a stop that has a limit where one is sent.
  init(old call: BinanceCall, in core: BinanceSpotCore) throws(BinanceError) {
    let parameters = call.parameters
    let limit = try BinanceSpotNewOrder(
      call,
      names: BinanceOrderNames(
        "limit", others: ["price": "price", "side": "side", "quantity": "quantity"]),
      type: "LIMIT_MAKER", in: core)
    let stop = try BinanceSpotNewOrder(
      call,
      names: BinanceOrderNames(
        "stop",
        others: [
          "price": "stopLimitPrice", "timeInForce": "stopLimitTimeInForce",
          "stopPrice": "stopPrice", "trailingDelta": "trailingDelta", "side": "side",
          "quantity": "quantity",
        ]),
      type: parameters["stopLimitPrice"] == nil ? "STOP_LOSS" : "STOP_LOSS_LIMIT", in: core)
    let isSell = limit.request.side == .sell
    let pair = BinanceSpotPair(above: isSell ? limit : stop, below: isSell ? stop : limit)
    try pair.checkPrices(last: core.exchange.lastPrice(of: limit.request.instrument))
    self.init(.oneCancelsOther, pair.orders, call, in: core)
  }

  /// `orderList/oto`: the pending order comes when the working one is filled whole.
  init(oto call: BinanceCall, in core: BinanceSpotCore) throws(BinanceError) {
    let working = try BinanceSpotNewOrder(call, names: BinanceOrderNames("working"), in: core)
    let pending = try BinanceSpotNewOrder(call, names: BinanceOrderNames("pending"), in: core)
    self.init(.oneTriggersOther, [working, pending], call, in: core)
  }

  /// `orderList/otoco`: a pending pair. What its prices are to the last one is asked when it comes.
  init(otoco call: BinanceCall, in core: BinanceSpotCore) throws(BinanceError) {
    let shared = ["side": "pendingSide", "quantity": "pendingQuantity"]
    let working = try BinanceSpotNewOrder(call, names: BinanceOrderNames("working"), in: core)
    let pair = try BinanceSpotPair(
      call, above: BinanceOrderNames("pendingAbove", others: shared),
      below: BinanceOrderNames("pendingBelow", others: shared), in: core)
    self.init(.oneTriggersOneCancelsOther, [working] + pair.orders, call, in: core)
  }

  private init(
    _ contingency: Contingency, _ orders: [BinanceSpotNewOrder], _ call: BinanceCall,
    in core: BinanceSpotCore
  ) {
    self.orders = orders
    request = OrderListRequest(
      contingency, orders.map(\.request),
      clientListID: call.parameters["listClientOrderId"] ?? core.makeID())
    response =
      BinanceSpotCore.ResponseType(rawValue: call.parameters["newOrderRespType"] ?? "RESULT")
      ?? .result
  }
}

/// Two orders of which one is above the last price and the other below it.
struct BinanceSpotPair {
  var above: BinanceSpotNewOrder
  var below: BinanceSpotNewOrder

  /// The stop-loss first, as the venue numbers them.
  var orders: [BinanceSpotNewOrder] {
    let isAboveFirst = above.request.kind == .stopLoss || above.request.kind == .stopLossLimit
    return isAboveFirst ? [above, below] : [below, above]
  }

  init(above: BinanceSpotNewOrder, below: BinanceSpotNewOrder) {
    self.above = above
    self.below = below
  }

  init(
    _ call: BinanceCall, above: BinanceOrderNames, below: BinanceOrderNames,
    in core: BinanceSpotCore
  ) throws(BinanceError) {
    let parameters = call.parameters
    try Self.checkTypes(
      above: parameters[above("type")] ?? "", below: parameters[below("type")] ?? "",
      isSell: parameters[above("side")] == "SELL")
    for names in [above, below] {
      if parameters[names("icebergQty")] != nil, let time = parameters[names("timeInForce")],
        time != "GTC"
      {
        throw BinanceError(
          -1160,
          "Parameter '\(names("icebergQty"))' is not supported if '\(names("timeInForce"))' is not "
            + "GTC.")
      }
    }
    self.above = try BinanceSpotNewOrder(call, names: above, in: core)
    self.below = try BinanceSpotNewOrder(call, names: below, in: core)
  }

  /// Which type may be where (-1158, -1165 to -1168, -1196 to -1199 of
  /// https://developers.binance.com/docs/binance-spot-api-docs/errors).
  private static func checkTypes(
    above: String, below: String, isSell: Bool
  ) throws(BinanceError) {
    if [above, below].contains(where: { $0 == "LIMIT" || $0 == "MARKET" }) {
      throw BinanceError(-1158, "Order type not supported in OCO.")
    }
    if above == "LIMIT_MAKER" && below == "LIMIT_MAKER" {
      throw BinanceError(-1168, "At least one OCO order must be contingent.")
    }
    // Profit is taken above by a sell and below by a buy.
    let (profit, loss) = isSell ? (above, below) : (below, above)
    if loss == "LIMIT_MAKER" {
      throw isSell
        ? BinanceError(-1166, "A limit order in a sell OCO must be above.")
        : BinanceError(-1165, "A limit order in a buy OCO must be below.")
    }
    if profit.hasPrefix("STOP_LOSS") {
      throw isSell
        ? BinanceError(-1197, "A stop loss order in a sell OCO must be below.")
        : BinanceError(-1196, "A stop loss order in a buy OCO must be above.")
    }
    if loss.hasPrefix("TAKE_PROFIT") {
      throw isSell
        ? BinanceError(-1199, "A take profit order in a sell OCO must be above.")
        : BinanceError(-1198, "A take profit order in a buy OCO must be below.")
    }
  }

  /// The prices of limit orders and the stop prices of all others are above and below the last price; of a
  /// `TAKE_PROFIT_LIMIT` it is its price, too.
  func checkPrices(last: Int64) throws(BinanceError) {
    func prices(_ order: OrderRequest) -> [Int64] {
      switch order.kind {
      case .limit: [order.price]
      case .takeProfitLimit: [order.triggerPrice, order.price]
      default: [order.triggerPrice]
      }
    }
    let isRight =
      prices(above.request).allSatisfy { $0 > last }
      && prices(below.request).allSatisfy { $0 < last }
    if !isRight {
      throw .newOrder("The relationship of the prices for the orders is not correct.")
    }
  }
}
