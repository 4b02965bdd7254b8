import MatchingEngine
import VenueServer

/// The requests about lists of orders
/// (https://developers.binance.com/docs/binance-spot-api-docs/rest-api/trading-endpoints,
/// https://developers.binance.com/docs/binance-spot-api-docs/websocket-api/trading-requests).
enum BinanceSpotListEndpoints {
  static let all: [BinanceSpotEndpoint] = trading + account

  private static let trading = [
    BinanceSpotEndpoint(
      method: "POST", path: "/api/v3/orderList/oco", names: ["orderList.place.oco"],
      security: .trade,
      rules: common + [side("side"), .need("quantity", .decimal)] + terms("above")
        + terms("below"), action: .placeOCO),
    BinanceSpotEndpoint(
      method: "POST", path: "/api/v3/orderList/oto", names: ["orderList.place.oto"],
      security: .trade,
      rules: common + working + [side("pendingSide"), .need("pendingQuantity", .decimal)]
        + terms("pending"), action: .placeOTO),
    BinanceSpotEndpoint(
      method: "POST", path: "/api/v3/orderList/otoco", names: ["orderList.place.otoco"],
      security: .trade,
      rules: common + working + [side("pendingSide"), .need("pendingQuantity", .decimal)]
        + terms("pendingAbove") + terms("pendingBelow"), action: .placeOTOCO),
    BinanceSpotEndpoint(
      method: "POST", path: "/api/v3/order/oco", names: ["orderList.place"], security: .trade,
      rules: common + oldTerms, action: .placeOldOCO),
    BinanceSpotEndpoint(
      method: "DELETE", path: "/api/v3/orderList", names: ["orderList.cancel"], security: .trade,
      rules: [
        .need("symbol", .symbol), .may("orderListId", .integer),
        .may("listClientOrderId", .text), .may("newClientOrderId", .clientOrderID),
      ], action: .cancelList),
  ]

  private static let account = [
    BinanceSpotEndpoint(
      method: "GET", path: "/api/v3/orderList", names: ["orderList.status"], security: .userData,
      rules: [.may("orderListId", .integer), .may("origClientOrderId", .text)],
      action: .queryList, weight: 4),
    BinanceSpotEndpoint(
      method: "GET", path: "/api/v3/openOrderList", names: ["openOrderLists.status"],
      security: .userData, action: .openOrderLists, weight: 6),
    BinanceSpotEndpoint(
      method: "GET", path: "/api/v3/allOrderList", names: ["allOrderLists"],
      security: .userData,
      rules: [
        .may("fromId", .integer), .may("startTime", .integer), .may("endTime", .integer),
        .may("limit", .integer),
      ], action: .allOrderLists, weight: 20),
  ]

  private static let badType = BinanceError(-1116, "Invalid orderType.")
  private static let times = BinanceParameterKind.word(
    ["GTC", "IOC", "FOK"], BinanceError(-1115, "Invalid timeInForce."))

  private static let common: [BinanceParameterRule] = [
    .need("symbol", .symbol), .may("listClientOrderId", .clientOrderID),
    .may("newOrderRespType", .word(["ACK", "RESULT", "FULL"], nil)),
    .may("selfTradePreventionMode", .word(SelfTradePrevention.binanceWords + ["TRANSFER"], nil)),
  ]

  private static func side(_ name: String) -> BinanceParameterRule {
    .need(name, .word(["BUY", "SELL"], BinanceError(-1117, "Invalid side.")))
  }

  private static let working: [BinanceParameterRule] =
    [
      .need("workingType", .word(["LIMIT", "LIMIT_MAKER"], badType)), side("workingSide"),
      .need("workingPrice", .decimal), .need("workingQuantity", .decimal),
      .may("workingIcebergQty", .decimal), .may("workingTimeInForce", times),
    ] + names("working")

  /// The terms of an order whose parameters begin with `prefix`.
  private static func terms(_ prefix: String) -> [BinanceParameterRule] {
    [
      .need("\(prefix)Type", .word(BinanceSpotNewOrder.types, badType)),
      .may("\(prefix)Price", .decimal), .may("\(prefix)StopPrice", .decimal),
      .may("\(prefix)TrailingDelta", .integer), .may("\(prefix)IcebergQty", .decimal),
      .may("\(prefix)TimeInForce", times),
    ] + names(prefix)
  }

  private static func names(_ prefix: String) -> [BinanceParameterRule] {
    [
      .may("\(prefix)ClientOrderId", .clientOrderID), .may("\(prefix)StrategyId", .integer),
      .may("\(prefix)StrategyType", .integer),
    ]
  }

  private static let oldTerms: [BinanceParameterRule] =
    [
      side("side"), .need("quantity", .decimal), .need("price", .decimal),
      .may("limitIcebergQty", .decimal), .may("trailingDelta", .integer),
      .may("stopPrice", .decimal), .may("stopLimitPrice", .decimal),
      .may("stopIcebergQty", .decimal), .may("stopLimitTimeInForce", times),
    ] + names("limit") + names("stop")
}
