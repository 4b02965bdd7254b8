import MatchingEngine
import TradingModel
import VenueServer

/// The trading rules
/// (https://developers.binance.com/docs/derivatives/usds-margined-futures/market-data/rest-api/Exchange-Information).
extension BinanceUSDMCore {
  func exchangeInfo() -> JSONValue {
    [
      "timezone": "UTC",
      "serverTime": .integer(now.milliseconds),
      "futuresType": "U_MARGINED",
      "rateLimits": [
        BinanceLimitEntry.json("REQUEST_WEIGHT", "MINUTE", 1, limit: settings.requestWeight),
        BinanceLimitEntry.json("ORDERS", "MINUTE", 1, limit: settings.ordersInMinute ?? 0),
        BinanceLimitEntry.json("ORDERS", "SECOND", 10, limit: settings.ordersInTenSeconds),
      ],
      "exchangeFilters": [],
      "assets": [["asset": "USDT", "marginAvailable": true, "autoAssetExchange": "-10000"]],
      "symbols": .array(symbols.map(info)),
    ]
  }

  private func info(_ symbol: BinanceUSDMSymbol) -> JSONValue {
    [
      "symbol": .string(symbol.name),
      "pair": .string(symbol.name),
      "contractType": "PERPETUAL",
      "deliveryDate": 4_133_404_800_000,
      "onboardDate": 1_569_398_400_000,
      "status": "TRADING",
      "maintMarginPercent": "2.5000",
      "requiredMarginPercent": "5.0000",
      "baseAsset": .string(symbol.base),
      "quoteAsset": .string(symbol.quote),
      "marginAsset": .string(symbol.quote),
      "pricePrecision": .integer(symbol.priceDecimals),
      "quantityPrecision": .integer(symbol.quantityDecimals),
      "baseAssetPrecision": 8,
      "quotePrecision": 8,
      "underlyingType": "COIN",
      "underlyingSubType": ["PoW"],
      "settlePlan": 0,
      "triggerProtect": "0.0500",
      "liquidationFee": "0.012500",
      "marketTakeBound": "0.05",
      "maxMoveOrderLimit": 10_000,
      "filters": filters(symbol),
      "orderTypes": .array(
        (["LIMIT", "MARKET"] + BinanceUSDMNewOrder.conditionalTypes).map { .string($0) }),
      "timeInForce": ["GTC", "IOC", "FOK", "GTX", "GTD"],
    ]
  }

  private func filters(_ symbol: BinanceUSDMSymbol) -> JSONValue {
    func price(_ units: Int64) -> JSONValue {
      .string(
        DecimalDigits.text(
          Int128(units), decimals: symbol.priceDecimals, digits: symbol.priceDecimals))
    }
    func quantity(_ units: Int64) -> JSONValue {
      .string(DecimalText.string(Int128(units), decimals: symbol.quantityDecimals))
    }
    func multiplier(_ parts: Int64) -> JSONValue {
      .string(DecimalDigits.text(Int128(parts), decimals: 4, digits: 4))
    }
    return [
      [
        "maxPrice": price(symbol.priceMax), "tickSize": price(symbol.tick),
        "filterType": "PRICE_FILTER", "minPrice": price(symbol.priceMin),
      ],
      [
        "stepSize": quantity(1), "filterType": "LOT_SIZE",
        "maxQty": quantity(symbol.quantityMax), "minQty": quantity(1),
      ],
      [
        "stepSize": quantity(1), "filterType": "MARKET_LOT_SIZE",
        "maxQty": quantity(symbol.marketQuantityMax), "minQty": quantity(1),
      ],
      ["limit": .integer(symbol.openOrdersMax), "filterType": "MAX_NUM_ORDERS"],
      ["limit": .integer(symbol.algoOrdersMax), "filterType": "MAX_NUM_ALGO_ORDERS"],
      ["notional": .string("\(symbol.notionalMin)"), "filterType": "MIN_NOTIONAL"],
      [
        "multiplierDown": multiplier(symbol.multiplierDown),
        "multiplierUp": multiplier(symbol.multiplierUp), "multiplierDecimal": "4",
        "filterType": "PERCENT_PRICE",
      ],
    ]
  }
}
