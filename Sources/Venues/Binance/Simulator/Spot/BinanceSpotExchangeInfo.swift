import MatchingEngine
import TradingModel
import VenueServer

/// The trading rules as `exchangeInfo` tells them
/// (https://developers.binance.com/docs/binance-spot-api-docs/rest-api/general-endpoints,
/// filters: https://developers.binance.com/docs/binance-spot-api-docs/filters).
enum BinanceSpotExchangeInfo {
  static let defaultSelfTradePrevention = "EXPIRE_MAKER"

  static func symbol(_ symbol: BinanceSpotSymbol, status: String, withPermissionSets: Bool)
    -> JSONValue
  {
    [
      "symbol": .string(symbol.name),
      "status": .string(status),
      "baseAsset": .string(symbol.base),
      "baseAssetPrecision": 8,
      "quoteAsset": .string(symbol.quote),
      "quotePrecision": 8,
      "quoteAssetPrecision": 8,
      "baseCommissionPrecision": 8,
      "quoteCommissionPrecision": 8,
      "orderTypes": [
        "LIMIT", "LIMIT_MAKER", "MARKET", "STOP_LOSS", "STOP_LOSS_LIMIT", "TAKE_PROFIT",
        "TAKE_PROFIT_LIMIT",
      ],
      "icebergAllowed": true,
      "ocoAllowed": true,
      "otoAllowed": true,
      "opoAllowed": false,
      "quoteOrderQtyMarketAllowed": true,
      "allowTrailingStop": false,
      "cancelReplaceAllowed": true,
      "amendAllowed": true,
      "pegInstructionsAllowed": false,
      "isSpotTradingAllowed": true,
      "isMarginTradingAllowed": false,
      "filters": filters(symbol),
      "permissions": [],
      "permissionSets": withPermissionSets ? [["SPOT"]] : [],
      "defaultSelfTradePreventionMode": .string(defaultSelfTradePrevention),
      "allowedSelfTradePreventionModes": .array(
        SelfTradePrevention.binanceWords.map { .string($0) }),
    ]
  }

  /// Prices of averages are the last price here, so `avgPriceMins` is 0: "the last price is used".
  private static func filters(_ symbol: BinanceSpotSymbol) -> JSONValue {
    func price(_ units: Int64) -> JSONValue {
      .string(DecimalDigits.text(Int128(units), decimals: symbol.priceDecimals))
    }
    func quantity(_ units: Int64) -> JSONValue {
      .string(DecimalDigits.text(Int128(units), decimals: symbol.quantityDecimals))
    }
    func amount(_ units: Int64) -> JSONValue {
      .string(DecimalDigits.text(Int128(units), decimals: 8))
    }
    func share(_ hundredths: Int64) -> JSONValue {
      .string(DecimalText.string(Int128(hundredths), decimals: 2))
    }
    return [
      [
        "filterType": "PRICE_FILTER", "minPrice": price(1), "maxPrice": price(symbol.priceMax),
        "tickSize": price(1),
      ],
      [
        "filterType": "LOT_SIZE", "minQty": quantity(1),
        "maxQty": quantity(symbol.quantityMax), "stepSize": quantity(1),
      ],
      ["filterType": "ICEBERG_PARTS", "limit": .integer(symbol.icebergPartsMax)],
      [
        "filterType": "MARKET_LOT_SIZE", "minQty": "0.00000000",
        "maxQty": quantity(symbol.marketQuantityMax), "stepSize": "0.00000000",
      ],
      [
        "filterType": "PERCENT_PRICE_BY_SIDE", "bidMultiplierUp": share(symbol.bidUp),
        "bidMultiplierDown": share(symbol.bidDown), "askMultiplierUp": share(symbol.askUp),
        "askMultiplierDown": share(symbol.askDown), "avgPriceMins": 0,
      ],
      [
        "filterType": "NOTIONAL", "minNotional": amount(symbol.notionalMin),
        "applyMinToMarket": true, "maxNotional": amount(symbol.notionalMax),
        "applyMaxToMarket": true, "avgPriceMins": 0,
      ],
      ["filterType": "MAX_NUM_ORDERS", "maxNumOrders": .integer(symbol.openOrdersMax)],
      ["filterType": "MAX_NUM_ORDER_LISTS", "maxNumOrderLists": .integer(symbol.orderListsMax)],
      ["filterType": "MAX_NUM_ALGO_ORDERS", "maxNumAlgoOrders": .integer(symbol.algoOrdersMax)],
      ["filterType": "MAX_NUM_ORDER_AMENDS", "maxNumOrderAmends": .integer(symbol.amendsMax)],
    ]
  }
}

extension BinanceSpotCore {
  func exchangeInfo(_ call: BinanceCall) throws(BinanceError) -> JSONValue {
    let parameters = call.parameters
    let chosen = try symbolsAsked(parameters)
    if chosen != nil,
      parameters["permissions"] != nil || parameters["symbolStatus"] != nil
    {
      throw BinanceError(-1128, "Combination of optional parameters invalid.")
    }
    var list = chosen ?? Array(symbols.indices).map { UInt16($0) }
    if let permissions = parameters["permissions"], !permissions.contains("SPOT") { list = [] }
    if let status = parameters["symbolStatus"] {
      list = list.filter { statusText(of: $0) == status }
    }
    let hasSets =
      parameters["showPermissionSets"] == nil || parameters.boolean("showPermissionSets")
    return [
      "timezone": "UTC",
      "serverTime": call.unit.json(now.wall),
      "rateLimits": [
        BinanceLimitEntry.json("REQUEST_WEIGHT", "MINUTE", 1, limit: settings.requestWeight),
        BinanceLimitEntry.json("ORDERS", "SECOND", 10, limit: settings.ordersInTenSeconds),
        BinanceLimitEntry.json("ORDERS", "DAY", 1, limit: settings.ordersInDay ?? 0),
        BinanceLimitEntry.json("RAW_REQUESTS", "MINUTE", 5, limit: settings.rawRequests),
      ],
      "exchangeFilters": [],
      "symbols": .array(
        list.map {
          BinanceSpotExchangeInfo.symbol(
            symbol($0), status: statusText(of: $0), withPermissionSets: hasSets)
        }),
    ]
  }

  private func statusText(of instrument: UInt16) -> String {
    switch exchange.status(of: instrument) {
    case .trading: "TRADING"
    case .preOpen, .cancelOnly, .halted: "BREAK"
    }
  }

  /// What `symbol` or `symbols` name; nil where neither was sent.
  func symbolsAsked(_ parameters: BinanceParameters) throws(BinanceError) -> [UInt16]? {
    switch (parameters["symbol"], parameters.symbols("symbols")) {
    case (nil, nil): return nil
    case (let name?, nil): return [try instrument(name)]
    case (nil, let names?):
      var list: [UInt16] = []
      for name in names {
        let instrument = try instrument(name)
        if list.contains(instrument) {
          throw BinanceError(-1151, "Symbol is present multiple times in the list.")
        }
        list.append(instrument)
      }
      return list
    default: throw BinanceError(-1128, "Combination of optional parameters invalid.")
    }
  }
}
