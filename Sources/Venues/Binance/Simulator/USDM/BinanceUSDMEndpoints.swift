import Exchange
import VenueServer

typealias BinanceUSDMEndpoint = BinanceEndpoint<BinanceUSDMAction>

extension BinanceUSDMCore {
  static let endpoints = BinanceEndpoints(BinanceUSDMEndpoints.all)

  /// The weight of a request with these fields.
  func weight(of endpoint: BinanceUSDMEndpoint, _ fields: [BinanceField]) -> Int {
    let limit = fields.first { $0.name == "limit" }.flatMap { Int($0.value) }
    switch endpoint.action {
    case .depth:
      let limit = limit ?? 500
      return limit <= 50 ? 2 : limit <= 100 ? 5 : limit <= 500 ? 10 : 20
    case .klines, .continuousKlines:
      let limit = limit ?? 500
      return limit < 100 ? 1 : limit < 500 ? 2 : limit <= 1000 ? 5 : 10
    default: break
    }
    guard let other = endpoint.weightWithoutSymbol, !fields.contains(where: { $0.name == "symbol" })
    else { return endpoint.weight }
    return other
  }
}

/// The requests that USD-M futures know, with their weights of 2026
/// (https://developers.binance.com/docs/derivatives/usds-margined-futures/general-info).
enum BinanceUSDMEndpoints {
  private static let symbol = BinanceParameterRule.need("symbol", .symbol)
  private static let anySymbol = BinanceParameterRule.may("symbol", .symbol)
  private static let limit = BinanceParameterRule.may("limit", .integer)
  private static let times: [BinanceParameterRule] = [
    .may("startTime", .integer), .may("endTime", .integer),
  ]
  private static let names: [BinanceParameterRule] = [
    .may("orderId", .integer), .may("origClientOrderId", .text),
  ]
  private static let algoNames: [BinanceParameterRule] = [
    .may("algoId", .integer), .may("clientAlgoId", .text),
  ]

  static let all: [BinanceUSDMEndpoint] = general + market + trading + algo + account + settings

  private static let general: [BinanceUSDMEndpoint] = [
    BinanceEndpoint(method: "GET", path: "/fapi/v1/ping", names: ["ping"], action: .ping),
    BinanceEndpoint(method: "GET", path: "/fapi/v1/time", names: ["time"], action: .time),
    BinanceEndpoint(
      method: "GET", path: "/fapi/v1/exchangeInfo", names: ["exchangeInfo"],
      action: .exchangeInfo),
    BinanceEndpoint(
      method: "GET", path: "/sapi/v1/account/apiRestrictions", security: .userData,
      action: .restrictions),
    BinanceEndpoint(
      method: "POST", path: "/fapi/v1/listenKey", names: ["userDataStream.start"], security: .key,
      action: .startUserStream),
    BinanceEndpoint(
      method: "PUT", path: "/fapi/v1/listenKey", names: ["userDataStream.ping"], security: .key,
      action: .keepUserStream),
    BinanceEndpoint(
      method: "DELETE", path: "/fapi/v1/listenKey", names: ["userDataStream.stop"], security: .key,
      action: .closeUserStream),
  ]

  private static let market: [BinanceUSDMEndpoint] = [
    BinanceEndpoint(
      method: "GET", path: "/fapi/v1/depth", names: ["depth"], rules: [symbol, limit],
      action: .depth),
    BinanceEndpoint(
      method: "GET", path: "/fapi/v1/trades", rules: [symbol, limit], action: .trades, weight: 5),
    BinanceEndpoint(
      method: "GET", path: "/fapi/v1/historicalTrades", security: .key,
      rules: [symbol, limit, .may("fromId", .integer)], action: .historicalTrades, weight: 20),
    BinanceEndpoint(
      method: "GET", path: "/fapi/v1/aggTrades",
      rules: [symbol, .may("fromId", .integer)] + times + [limit], action: .aggregateTrades,
      weight: 20),
    BinanceEndpoint(
      method: "GET", path: "/fapi/v1/klines",
      rules: [symbol, .need("interval", .text)] + times + [limit], action: .klines),
    BinanceEndpoint(
      method: "GET", path: "/fapi/v1/continuousKlines",
      rules: [
        .need("pair", .symbol), .need("contractType", .text), .need("interval", .text), limit,
      ] + times, action: .continuousKlines),
    BinanceEndpoint(
      method: "GET", path: "/fapi/v1/premiumIndex", rules: [anySymbol], action: .premiumIndex,
      weightWithoutSymbol: 10),
    BinanceEndpoint(
      method: "GET", path: "/fapi/v1/fundingRate", rules: [anySymbol, limit] + times,
      action: .fundingRate),
    BinanceEndpoint(method: "GET", path: "/fapi/v1/fundingInfo", action: .fundingInfo, weight: 0),
    BinanceEndpoint(
      method: "GET", path: "/fapi/v1/openInterest", rules: [symbol], action: .openInterest),
    BinanceEndpoint(
      method: "GET", path: "/fapi/v1/ticker/24hr", rules: [anySymbol], action: .ticker24Hour,
      weightWithoutSymbol: 40),
    BinanceEndpoint(
      method: "GET", path: "/fapi/v1/ticker/price", rules: [anySymbol], action: .tickerPrice,
      weightWithoutSymbol: 2),
    BinanceEndpoint(
      method: "GET", path: "/fapi/v2/ticker/price", names: ["ticker.price"], rules: [anySymbol],
      action: .tickerPrice, weightWithoutSymbol: 2),
    BinanceEndpoint(
      method: "GET", path: "/fapi/v1/ticker/bookTicker", names: ["ticker.book"],
      rules: [anySymbol], action: .tickerBook, weight: 2, weightWithoutSymbol: 5),
  ]

  private static let trading: [BinanceUSDMEndpoint] = [
    BinanceEndpoint(
      method: "POST", path: "/fapi/v1/order", names: ["order.place"], security: .trade,
      rules: BinanceUSDMNewOrder.rules, action: .place, weight: 0),
    BinanceEndpoint(
      method: "POST", path: "/fapi/v1/order/test", security: .trade,
      rules: BinanceUSDMNewOrder.rules, action: .test, weight: 0),
    BinanceEndpoint(
      method: "PUT", path: "/fapi/v1/order", names: ["order.modify"], security: .trade,
      rules: BinanceUSDMModification.rules, action: .modify),
    BinanceEndpoint(
      method: "DELETE", path: "/fapi/v1/order", names: ["order.cancel"], security: .trade,
      rules: [symbol] + names, action: .cancel),
    BinanceEndpoint(
      method: "GET", path: "/fapi/v1/order", names: ["order.status"], security: .userData,
      rules: [symbol] + names, action: .query),
    BinanceEndpoint(
      method: "GET", path: "/fapi/v1/openOrder", security: .userData, rules: [symbol] + names,
      action: .openOrder),
    BinanceEndpoint(
      method: "POST", path: "/fapi/v1/batchOrders", security: .trade,
      rules: [.need("batchOrders", .text)], action: .placeBatch, weight: 5),
    BinanceEndpoint(
      method: "PUT", path: "/fapi/v1/batchOrders", security: .trade,
      rules: [.need("batchOrders", .text)], action: .modifyBatch, weight: 5),
    BinanceEndpoint(
      method: "DELETE", path: "/fapi/v1/batchOrders", security: .trade,
      rules: [
        symbol, .may("orderIdList", .text), .may("origClientOrderIdList", .text),
        // As python-binance spells them, which the venue takes.
        .may("orderidlist", .text), .may("origclientorderidlist", .text),
      ],
      action: .cancelBatch),
    BinanceEndpoint(
      method: "DELETE", path: "/fapi/v1/allOpenOrders", security: .trade, rules: [symbol],
      action: .cancelAll),
    BinanceEndpoint(
      method: "POST", path: "/fapi/v1/countdownCancelAll", security: .trade,
      rules: [symbol, .need("countdownTime", .integer)], action: .countdown, weight: 10),
    BinanceEndpoint(
      method: "GET", path: "/fapi/v1/openOrders", security: .userData, rules: [anySymbol],
      action: .openOrders, weightWithoutSymbol: 40),
    BinanceEndpoint(
      method: "GET", path: "/fapi/v1/allOrders", security: .userData,
      rules: [symbol, .may("orderId", .integer), limit] + times, action: .allOrders, weight: 5),
    BinanceEndpoint(
      method: "GET", path: "/fapi/v1/userTrades", security: .userData,
      rules: [symbol, .may("orderId", .integer), .may("fromId", .integer), limit] + times,
      action: .userTrades, weight: 5),
    BinanceEndpoint(
      method: "GET", path: "/fapi/v1/forceOrders", security: .userData,
      rules: [anySymbol, .may("autoCloseType", .text), limit] + times, action: .forceOrders,
      weight: 20, weightWithoutSymbol: 50),
  ]

  private static let algo: [BinanceUSDMEndpoint] = [
    BinanceEndpoint(
      method: "POST", path: "/fapi/v1/algoOrder", names: ["algoOrder.place"], security: .trade,
      rules: BinanceUSDMNewOrder.algoRules, action: .placeAlgo, weight: 0),
    BinanceEndpoint(
      method: "DELETE", path: "/fapi/v1/algoOrder", names: ["algoOrder.cancel"], security: .trade,
      rules: algoNames, action: .cancelAlgo),
    BinanceEndpoint(
      method: "GET", path: "/fapi/v1/algoOrder", security: .userData, rules: algoNames,
      action: .queryAlgo),
    BinanceEndpoint(
      method: "DELETE", path: "/fapi/v1/algoOpenOrders", security: .trade, rules: [symbol],
      action: .cancelAllAlgo),
    BinanceEndpoint(
      method: "GET", path: "/fapi/v1/openAlgoOrders", security: .userData,
      rules: [anySymbol, .may("algoType", .text)] + algoNames, action: .openAlgos,
      weightWithoutSymbol: 40),
    BinanceEndpoint(
      method: "GET", path: "/fapi/v1/allAlgoOrders", security: .userData,
      rules: [symbol, limit, .may("page", .integer)] + algoNames + times, action: .allAlgos,
      weight: 5),
  ]

  private static let account: [BinanceUSDMEndpoint] = [
    BinanceEndpoint(
      method: "GET", path: "/fapi/v2/balance", names: ["account.balance"], security: .userData,
      action: .balance, weight: 5),
    BinanceEndpoint(
      method: "GET", path: "/fapi/v3/balance", names: ["v2/account.balance"], security: .userData,
      action: .balance, weight: 5),
    BinanceEndpoint(
      method: "GET", path: "/fapi/v2/account", names: ["account.status"], security: .userData,
      action: .account2, weight: 5),
    BinanceEndpoint(
      method: "GET", path: "/fapi/v3/account", names: ["v2/account.status"], security: .userData,
      action: .account3, weight: 5),
    BinanceEndpoint(
      method: "GET", path: "/fapi/v2/positionRisk", names: ["account.position"],
      security: .userData, rules: [anySymbol], action: .position2, weight: 5),
    BinanceEndpoint(
      method: "GET", path: "/fapi/v3/positionRisk", names: ["v2/account.position"],
      security: .userData, rules: [anySymbol], action: .position3, weight: 5),
    BinanceEndpoint(
      method: "GET", path: "/fapi/v1/accountConfig", security: .userData, action: .accountConfig,
      weight: 5),
    BinanceEndpoint(
      method: "GET", path: "/fapi/v1/symbolConfig", security: .userData, rules: [anySymbol],
      action: .symbolConfig, weight: 5),
    BinanceEndpoint(
      method: "GET", path: "/fapi/v1/income", security: .userData,
      rules: [anySymbol, .may("incomeType", .text), .may("page", .integer), limit] + times,
      action: .income, weight: 30),
    BinanceEndpoint(
      method: "GET", path: "/fapi/v1/commissionRate", security: .userData, rules: [symbol],
      action: .commission, weight: 20),
    BinanceEndpoint(
      method: "GET", path: "/fapi/v1/rateLimit/order", security: .userData,
      action: .orderRateLimits),
    BinanceEndpoint(
      method: "GET", path: "/fapi/v1/feeBurn", security: .userData, action: .feeBurn, weight: 30),
  ]

  private static let settings: [BinanceUSDMEndpoint] = [
    BinanceEndpoint(
      method: "GET", path: "/fapi/v1/positionSide/dual", security: .userData,
      action: .positionMode, weight: 30),
    BinanceEndpoint(
      method: "POST", path: "/fapi/v1/positionSide/dual", security: .trade,
      rules: [.need("dualSidePosition", .boolean)], action: .setPositionMode),
    BinanceEndpoint(
      method: "POST", path: "/fapi/v1/leverage", security: .trade,
      rules: [symbol, .need("leverage", .integer)], action: .setLeverage),
    BinanceEndpoint(
      method: "POST", path: "/fapi/v1/marginType", security: .trade,
      rules: [symbol, .need("marginType", .text)], action: .setMarginType),
    BinanceEndpoint(
      method: "POST", path: "/fapi/v1/positionMargin", security: .trade,
      rules: [
        symbol, .may("positionSide", .text), .need("amount", .decimal), .need("type", .integer),
      ], action: .changeMargin),
    BinanceEndpoint(
      method: "GET", path: "/fapi/v1/multiAssetsMargin", security: .userData, action: .assetsMode,
      weight: 30),
    BinanceEndpoint(
      method: "POST", path: "/fapi/v1/multiAssetsMargin", security: .trade,
      rules: [.need("multiAssetsMargin", .boolean)], action: .setAssetsMode),
    BinanceEndpoint(
      method: "GET", path: "/fapi/v1/leverageBracket", security: .userData, rules: [anySymbol],
      action: .leverageBrackets),
    BinanceEndpoint(
      method: "GET", path: "/fapi/v1/adlQuantile", security: .userData, rules: [anySymbol],
      action: .adlQuantile, weight: 5),
    BinanceEndpoint(
      method: "GET", path: "/fapi/v1/apiTradingStatus", security: .userData, rules: [anySymbol],
      action: .tradingStatus, weightWithoutSymbol: 10),
  ]
}
