import Exchange
import MatchingEngine
import TradingModel

/// A new order out of parameters, with the checks that the venue makes before its matching engine.
struct BinanceSpotNewOrder {
  var request: OrderRequest
  var response: BinanceSpotCore.ResponseType
  var strategyID: Int64?
  var strategyType: Int64?

  static let types = [
    "LIMIT", "MARKET", "STOP_LOSS", "STOP_LOSS_LIMIT", "TAKE_PROFIT", "TAKE_PROFIT_LIMIT",
    "LIMIT_MAKER",
  ]

  /// The parameters of an order, common to the requests that carry one.
  static let rules: [BinanceParameterRule] = [
    .need("symbol", .symbol),
    .need("side", .word(["BUY", "SELL"], BinanceError(-1117, "Invalid side."))),
    .need("type", .word(types, BinanceError(-1116, "Invalid orderType."))),
    .may("timeInForce", .word(["GTC", "IOC", "FOK"], BinanceError(-1115, "Invalid timeInForce."))),
    .may("quantity", .decimal),
    .may("quoteOrderQty", .decimal),
    .may("price", .decimal),
    .may("newClientOrderId", .clientOrderID),
    .may("strategyId", .integer),
    .may("strategyType", .integer),
    .may("stopPrice", .decimal),
    .may("trailingDelta", .integer),
    .may("icebergQty", .decimal),
    .may("newOrderRespType", .word(["ACK", "RESULT", "FULL"], nil)),
    .may("selfTradePreventionMode", .word(SelfTradePrevention.binanceWords + ["TRANSFER"], nil)),
  ]

  /// - Parameters:
  ///   - names: what the order's parameters are called in the request.
  ///   - type: its type, where the request does not name it.
  init(
    _ call: BinanceCall, names: BinanceOrderNames = .single, type given: String? = nil,
    in core: BinanceSpotCore
  ) throws(BinanceError) {
    let parameters = call.parameters
    let instrument = try core.instrument(parameters["symbol"])
    let symbol = core.symbol(instrument)
    let type = given ?? parameters[names("type")] ?? ""
    try Self.checkPresence(parameters, type, names)
    var request = OrderRequest(
      Self.kind(type), parameters[names("side")] == "BUY" ? .buy : .sell, instrument,
      clientOrderID: parameters[names("newClientOrderId")] ?? core.makeID())
    let isMarket = type == "MARKET"
    request.quantity = try Self.quantity(
      names("quantity"), parameters, symbol, isMarket: isMarket)
    request.displayQuantity = try Self.quantity(
      names("icebergQty"), parameters, symbol, mayBeZero: true)
    request.price = try Self.price(names("price"), parameters, symbol)
    request.triggerPrice = try Self.price(names("stopPrice"), parameters, symbol, isStop: true)
    if let amount = parameters.decimal("quoteOrderQty") {
      guard amount > 0 else { throw BinanceError(-1013, "Invalid quoteOrderQty.") }
      request.quoteQuantity = Money(Decimal(units: amount, decimals: BinanceSpotSymbol.decimals))
    }
    request.isPostOnly = type == "LIMIT_MAKER"
    switch parameters[names("timeInForce")] {
    case "IOC": request.timeInForce = .immediateOrCancel
    case "FOK": request.timeInForce = .fillOrKill
    default: request.timeInForce = .goodTillCancel
    }
    try Self.checkIceberg(request, symbol)
    if parameters["selfTradePreventionMode"] == "TRANSFER" {
      throw BinanceError(
        -1013, "This symbol does not allow the specified self-trade prevention mode.")
    }
    request.selfTradePrevention = SelfTradePrevention(
      binanceWord: parameters["selfTradePreventionMode"]
        ?? BinanceSpotExchangeInfo.defaultSelfTradePrevention)
    self.request = request
    strategyID = parameters.integer(names("strategyId"))
    strategyType = parameters.integer(names("strategyType"))
    if let strategyType, strategyType < 1_000_000 {
      throw BinanceError(-1134, "Invalid strategyType.")
    }
    let usual = type == "MARKET" || type == "LIMIT" ? "FULL" : "ACK"
    response =
      BinanceSpotCore.ResponseType(rawValue: parameters["newOrderRespType"] ?? usual) ?? .full
  }

  private static func kind(_ type: String) -> OrderKind {
    switch type {
    case "MARKET": .market
    case "STOP_LOSS": .stopLoss
    case "STOP_LOSS_LIMIT": .stopLossLimit
    case "TAKE_PROFIT": .takeProfit
    case "TAKE_PROFIT_LIMIT": .takeProfitLimit
    default: .limit
    }
  }

  /// "Additional mandatory parameters based on order type" of
  /// https://developers.binance.com/docs/binance-spot-api-docs/rest-api/trading-endpoints
  private static func checkPresence(
    _ parameters: BinanceParameters, _ type: String, _ names: BinanceOrderNames
  ) throws(BinanceError) {
    let needed: [String]
    let surplus: [String]
    switch type {
    case "LIMIT":
      needed = ["timeInForce", "quantity", "price"]
      surplus = ["quoteOrderQty", "stopPrice", "trailingDelta"]
    case "LIMIT_MAKER":
      needed = ["quantity", "price"]
      surplus = ["timeInForce", "quoteOrderQty", "stopPrice", "trailingDelta"]
    case "MARKET":
      needed = []
      surplus = ["timeInForce", "price", "stopPrice", "trailingDelta", "icebergQty"]
    case "STOP_LOSS", "TAKE_PROFIT":
      needed = ["quantity"]
      surplus = ["timeInForce", "price", "quoteOrderQty", "icebergQty"]
    default:
      needed = ["timeInForce", "quantity", "price"]
      surplus = ["quoteOrderQty"]
    }
    for name in needed.map({ names($0) }) where parameters[name] == nil { throw .missing(name) }
    for name in surplus.map({ names($0) }) where parameters[name] != nil {
      throw .notRequired(name)
    }
    if type == "MARKET" {
      switch (parameters[names("quantity")] != nil, parameters["quoteOrderQty"] != nil) {
      case (false, false): throw .missing("quantity", or: "quoteOrderQty")
      case (true, true):
        throw BinanceError(-1128, "Combination of optional parameters invalid.")
      default: break
      }
    }
    if type.hasPrefix("STOP") || type.hasPrefix("TAKE") {
      if parameters[names("trailingDelta")] != nil {
        throw .newOrder("Trailing stop orders are not supported for this symbol.")
      }
      if parameters[names("stopPrice")] == nil {
        throw .missing(names("stopPrice"), or: names("trailingDelta"))
      }
    }
  }

  private static func checkIceberg(_ request: OrderRequest, _ symbol: BinanceSpotSymbol)
    throws(BinanceError)
  {
    guard request.displayQuantity > 0 else { return }
    if request.displayQuantity > request.quantity {
      throw BinanceError(-1013, "IcebergQty exceeds QTY.")
    }
    if request.timeInForce != .goodTillCancel {
      throw BinanceError(-1013, "Unsupported order combination")
    }
    let parts =
      (request.quantity + request.displayQuantity - 1) / request.displayQuantity
    if parts > Int64(symbol.icebergPartsMax) { throw .filter("ICEBERG_PARTS") }
  }

  /// A quantity in its units; 0 where it was not sent.
  static func quantity(
    _ name: String, _ parameters: BinanceParameters, _ symbol: BinanceSpotSymbol,
    isMarket: Bool = false, mayBeZero: Bool = false
  ) throws(BinanceError) -> Int64 {
    guard let value = parameters.decimal(name) else { return 0 }
    if value == 0, !mayBeZero { throw BinanceError(-1013, "Invalid quantity.") }
    guard let units = DecimalDigits.exact(value, decimals: symbol.quantityDecimals) else {
      throw .filter(isMarket ? "MARKET_LOT_SIZE" : "LOT_SIZE")
    }
    return units
  }

  /// A price in its units; 0 where it was not sent.
  static func price(
    _ name: String, _ parameters: BinanceParameters, _ symbol: BinanceSpotSymbol,
    isStop: Bool = false
  ) throws(BinanceError) -> Int64 {
    guard let value = parameters.decimal(name) else { return 0 }
    if value == 0 { throw BinanceError(-1013, isStop ? "Invalid stop price." : "Invalid price.") }
    guard let units = DecimalDigits.exact(value, decimals: symbol.priceDecimals) else {
      throw .filter("PRICE_FILTER")
    }
    return units
  }
}
