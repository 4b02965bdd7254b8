import Exchange
import VenueServer

typealias BinanceSpotEndpoint = BinanceEndpoint<BinanceSpotAction>

extension BinanceSpotCore {
  static let endpoints = BinanceEndpoints(BinanceSpotEndpoints.all)

  /// The weight of a request with these fields.
  func weight(of endpoint: BinanceSpotEndpoint, _ fields: [BinanceField]) -> Int {
    if endpoint.action == .depth {
      let limit = fields.first { $0.name == "limit" }.flatMap { Int($0.value) } ?? 100
      return limit <= 100 ? 5 : limit <= 500 ? 25 : limit <= 1000 ? 50 : 250
    }
    if endpoint.action == .test, fields.contains(where: { $0.name == "computeCommissionRates" }) {
      return 20
    }
    guard let other = endpoint.weightWithoutSymbol, !fields.contains(where: { $0.name == "symbol" })
    else { return endpoint.weight }
    return other
  }
}

/// The requests that Binance spot knows.
enum BinanceSpotEndpoints {
  private static let limit = BinanceParameterRule.may("limit", .integer)
  private static let symbol = BinanceParameterRule.need("symbol", .symbol)
  private static let symbolOrSymbols: [BinanceParameterRule] = [
    .may("symbol", .symbol), .may("symbols", .symbols), .may("symbolStatus", .text),
  ]
  private static let times: [BinanceParameterRule] = [
    .may("startTime", .integer), .may("endTime", .integer),
  ]
  private static let orderNames: [BinanceParameterRule] = [
    .may("orderId", .integer), .may("origClientOrderId", .text),
  ]
  private static let restrictions = BinanceParameterRule.may(
    "cancelRestrictions",
    .word(["ONLY_NEW", "ONLY_PARTIALLY_FILLED"], BinanceError(-1145, "Invalid cancelRestrictions")))

  /// Weights as in 2026.
  static let all: [BinanceSpotEndpoint] =
    general + market + trading + account + BinanceSpotListEndpoints.all

  private static let general = [
    BinanceSpotEndpoint(method: "GET", path: "/api/v3/ping", names: ["ping"], action: .ping),
    BinanceSpotEndpoint(method: "GET", path: "/api/v3/time", names: ["time"], action: .time),
    BinanceSpotEndpoint(
      method: "GET", path: "/api/v3/exchangeInfo", names: ["exchangeInfo"],
      rules: [
        .may("symbol", .symbol), .may("symbols", .symbols), .may("permissions", .text),
        .may("showPermissionSets", .boolean), .may("symbolStatus", .text),
      ], action: .exchangeInfo, weight: 20),
    BinanceSpotEndpoint(
      method: "GET", path: "/sapi/v1/system/status", action: .systemStatus),
    BinanceSpotEndpoint(
      method: "GET", path: "/sapi/v1/account/apiRestrictions", security: .userData,
      action: .restrictions),
  ]

  private static let market = [
    BinanceSpotEndpoint(
      method: "GET", path: "/api/v3/depth", names: ["depth"],
      rules: [symbol, limit, .may("symbolStatus", .text)], action: .depth),
    BinanceSpotEndpoint(
      method: "GET", path: "/api/v3/trades", names: ["trades.recent"], rules: [symbol, limit],
      action: .trades, weight: 25),
    BinanceSpotEndpoint(
      method: "GET", path: "/api/v3/historicalTrades", names: ["trades.historical"],
      rules: [symbol, limit, .may("fromId", .integer)], action: .historicalTrades, weight: 25),
    BinanceSpotEndpoint(
      method: "GET", path: "/api/v3/aggTrades", names: ["trades.aggregate"],
      rules: [symbol, .may("fromId", .integer)] + times + [limit], action: .aggregateTrades,
      weight: 4),
    BinanceSpotEndpoint(
      method: "GET", path: "/api/v3/klines", names: ["klines"], rules: klineRules,
      action: .klines, weight: 2),
    BinanceSpotEndpoint(
      method: "GET", path: "/api/v3/uiKlines", names: ["uiKlines"], rules: klineRules,
      action: .klines, weight: 2),
    BinanceSpotEndpoint(
      method: "GET", path: "/api/v3/avgPrice", names: ["avgPrice"], rules: [symbol],
      action: .averagePrice, weight: 2),
    BinanceSpotEndpoint(
      method: "GET", path: "/api/v3/ticker/24hr", names: ["ticker.24hr"],
      rules: symbolOrSymbols + [.may("type", .word(["FULL", "MINI"], nil))],
      action: .ticker24Hour, weight: 2, weightWithoutSymbol: 80),
    BinanceSpotEndpoint(
      method: "GET", path: "/api/v3/ticker/price", names: ["ticker.price"],
      rules: symbolOrSymbols, action: .tickerPrice, weight: 2, weightWithoutSymbol: 4),
    BinanceSpotEndpoint(
      method: "GET", path: "/api/v3/ticker/bookTicker", names: ["ticker.book"],
      rules: symbolOrSymbols, action: .tickerBook, weight: 2, weightWithoutSymbol: 4),
  ]

  private static let klineRules: [BinanceParameterRule] =
    [
      symbol,
      .need(
        "interval",
        .word(
          CandleInterval.allCases.map(\.rawValue), BinanceError(-1120, "Invalid interval."))),
    ] + times + [.may("timeZone", .text), limit]

  private static let trading = [
    BinanceSpotEndpoint(
      method: "POST", path: "/api/v3/order", names: ["order.place"], security: .trade,
      rules: BinanceSpotNewOrder.rules, action: .place),
    BinanceSpotEndpoint(
      method: "POST", path: "/api/v3/order/test", names: ["order.test"], security: .trade,
      rules: BinanceSpotNewOrder.rules + [.may("computeCommissionRates", .boolean)], action: .test),
    BinanceSpotEndpoint(
      method: "GET", path: "/api/v3/order", names: ["order.status"], security: .userData,
      rules: [symbol] + orderNames, action: .query, weight: 4),
    BinanceSpotEndpoint(
      method: "DELETE", path: "/api/v3/order", names: ["order.cancel"], security: .trade,
      rules: [symbol] + orderNames + [.may("newClientOrderId", .clientOrderID), restrictions],
      action: .cancel),
    BinanceSpotEndpoint(
      method: "DELETE", path: "/api/v3/openOrders", names: ["openOrders.cancelAll"],
      security: .trade, rules: [symbol], action: .cancelAll),
    BinanceSpotEndpoint(
      method: "POST", path: "/api/v3/order/cancelReplace", names: ["order.cancelReplace"],
      security: .trade,
      rules: BinanceSpotNewOrder.rules + [
        .need("cancelReplaceMode", .word(["STOP_ON_FAILURE", "ALLOW_FAILURE"], nil)),
        .may("cancelNewClientOrderId", .clientOrderID),
        .may("cancelOrigClientOrderId", .text), .may("cancelOrderId", .integer), restrictions,
        .may("orderRateLimitExceededMode", .word(["DO_NOTHING", "CANCEL_ONLY"], nil)),
      ], action: .cancelReplace),
    BinanceSpotEndpoint(
      method: "PUT", path: "/api/v3/order/amend/keepPriority",
      names: ["order.amend.keepPriority"], security: .trade,
      rules: [symbol] + orderNames + [
        .may("newClientOrderId", .clientOrderID), .need("newQty", .decimal),
      ], action: .amend, weight: 4),
  ]

  private static let account = [
    BinanceSpotEndpoint(
      method: "GET", path: "/api/v3/openOrders", names: ["openOrders.status"],
      security: .userData, rules: [.may("symbol", .symbol)], action: .openOrders, weight: 6,
      weightWithoutSymbol: 80),
    BinanceSpotEndpoint(
      method: "GET", path: "/api/v3/allOrders", names: ["allOrders"], security: .userData,
      rules: [symbol, .may("orderId", .integer)] + times + [limit], action: .allOrders,
      weight: 20),
    BinanceSpotEndpoint(
      method: "GET", path: "/api/v3/order/amendments", names: ["order.amendments"],
      security: .userData,
      rules: [symbol, .need("orderId", .integer), .may("fromExecutionId", .integer), limit],
      action: .amendments, weight: 4),
    BinanceSpotEndpoint(
      method: "GET", path: "/api/v3/account", names: ["account.status"], security: .userData,
      rules: [.may("omitZeroBalances", .boolean)], action: .account, weight: 20),
    BinanceSpotEndpoint(
      method: "GET", path: "/api/v3/myTrades", names: ["myTrades"], security: .userData,
      rules: [symbol, .may("orderId", .integer)] + times + [.may("fromId", .integer), limit],
      action: .myTrades, weight: 20),
    BinanceSpotEndpoint(
      method: "GET", path: "/api/v3/rateLimit/order", names: ["account.rateLimits.orders"],
      security: .userData, action: .orderRateLimits, weight: 40),
    BinanceSpotEndpoint(
      method: "GET", path: "/api/v3/account/commission", names: ["account.commission"],
      security: .userData, rules: [symbol], action: .commission, weight: 20),
    BinanceSpotEndpoint(
      method: "GET", path: "/api/v3/myPreventedMatches", names: ["myPreventedMatches"],
      security: .userData,
      rules: [
        symbol, .may("preventedMatchId", .integer), .may("orderId", .integer),
        .may("fromPreventedMatchId", .integer), limit,
      ], action: .preventedMatches, weight: 20),
    BinanceSpotEndpoint(
      method: "POST", path: "/api/v3/userDataStream", names: ["userDataStream.start"],
      security: .key, action: .startUserStream, weight: 2),
    BinanceSpotEndpoint(
      method: "PUT", path: "/api/v3/userDataStream", names: ["userDataStream.ping"],
      security: .key, rules: [.need("listenKey", .text)], action: .keepUserStream, weight: 2),
    BinanceSpotEndpoint(
      method: "DELETE", path: "/api/v3/userDataStream", names: ["userDataStream.stop"],
      security: .key, rules: [.need("listenKey", .text)], action: .closeUserStream, weight: 2),
  ]
}
