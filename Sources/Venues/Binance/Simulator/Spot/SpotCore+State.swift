import Exchange
import TradingModel
import VenueServer

/// The venue's own records, for whoever compares.
extension SpotCore {
  func state() -> JSONValue {
    var accounts: [JSONValue] = []
    for account in orderLimits.indices where isClient(account) {
      let balances = exchange.balances(of: account).enumerated().map { index, balance in
        [
          "asset": .string(SpotSymbol.assets[index]),
          "free": .string(DecimalDigits.text(balance.free)),
          "locked": .string(DecimalDigits.text(balance.locked)),
        ] as JSONValue
      }
      accounts.append([
        "account": .integer(account), "balances": .array(balances),
        "orders": .array(
          exchange.orders(of: account).map { status($0, .milliseconds) }),
        "fills": .array(
          exchange.fills(of: account).map { fill in
            [
              "symbol": .string(symbol(fill.instrument).name), "id": .integer(fill.tradeID),
              "orderId": .integer(fill.orderID),
              "price": .string(price(fill.price, fill.instrument)),
              "qty": .string(quantity(fill.quantity, fill.instrument)),
              "commission": .string(DecimalDigits.text(fill.fee)),
              "commissionAsset": .string(SpotSymbol.assets[Int(fill.feeAsset)]),
            ]
          }),
      ])
    }
    return [
      "accounts": .array(accounts), "stateHash": .string(String(exchange.stateHash(), radix: 16)),
      "brokenInvariants": .array(exchange.brokenInvariants().map { .string($0) }),
    ]
  }

  /// What a key may do (`GET /sapi/v1/account/apiRestrictions`,
  /// https://developers.binance.com/docs/wallet/account/api-key-permission).
  func restrictions(_ call: Call) -> JSONValue {
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
