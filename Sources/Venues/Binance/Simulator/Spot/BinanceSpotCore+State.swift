import Exchange
import TradingModel
import VenueServer

/// The venue's own records, for whoever compares.
extension BinanceSpotCore {
  func state() -> JSONValue {
    var overrides = ExchangeRecords.Overrides()
    overrides.clientOrderID = { [self] in clientOrderID(of: $0) }
    overrides.quantity = { [self] in originalQuantity(of: $0) }
    return ExchangeRecords.json(exchange, overrides)
  }

  /// What a key may do (`GET /sapi/v1/account/apiRestrictions`,
  /// https://developers.binance.com/docs/wallet/account/api-key-permission).
  func restrictions(_ call: BinanceCall) -> JSONValue {
    let permissions = call.key?.permissions ?? []
    return [
      "ipRestrict": false,
      "createTime": call.unit.json(exchange.settings.startTime),
      "enableReading": .boolean(permissions.contains(.read)),
      "enableWithdrawals": .boolean(permissions.contains(.withdraw)),
      "enableInternalTransfer": false,
      "enableMargin": false,
      "enableFutures": false,
      "permitsUniversalTransfer": false,
      "enableVanillaOptions": false,
      "enableFixApiTrade": false,
      "enableFixReadOnly": false,
      "enableSpotAndMarginTrading": .boolean(permissions.contains(.trade)),
      "enablePortfolioMarginTrading": false,
    ]
  }
}
