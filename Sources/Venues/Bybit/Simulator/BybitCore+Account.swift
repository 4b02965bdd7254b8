import Exchange
import TradingModel
import VenueServer

/// The unified account: one wallet for all product lines
/// (https://bybit-exchange.github.io/docs/v5/account/wallet-balance).
extension BybitCore {
  func wallet(_ call: BybitCall) throws(BybitError) -> JSONValue {
    guard call.parameters["accountType"] == "UNIFIED" else {
      throw BybitError(10001, "accountType only support UNIFIED.")
    }
    let coins = call.parameters["coin"]?.split(separator: ",").map(String.init)
    return ["list": [walletJSON(call.account, coins: coins)]]
  }

  /// What one coin of an account is worth, in all its parts.
  private struct Holding {
    var asset: CurrencyIndex
    var balance: ExchangeBalance
    /// What orders of spot, orders of contracts and positions hold.
    var spotLock = Money.zero
    var orderMargin = Money.zero
    var positionMargin = Money.zero
    var maintenance = Money.zero
    var unrealized = Money.zero
    var realized = Money.zero
  }

  private func holdings(of account: AccountIndex) -> [Holding] {
    var holdings = exchange.balances(of: account).enumerated().map {
      Holding(asset: CurrencyIndex($0.offset), balance: $0.element)
    }
    for order in exchange.openOrders(of: account) {
      if symbol(order.instrument).category == .spot {
        holdings[Int(order.lockAsset)].spotLock += order.locked
      } else {
        holdings[Int(order.lockAsset)].orderMargin += order.locked
      }
    }
    let settlement = BybitSymbol.assets.count - 1
    for position in exchange.positions(of: account) {
      holdings[settlement].positionMargin += position.margin
      holdings[settlement].maintenance += maintenanceMargin(position)
      holdings[settlement].unrealized += exchange.unrealized(position)
      holdings[settlement].realized += position.realized + position.funding
    }
    return holdings
  }

  /// Half a percent of the value at the mark, the lowest tier's.
  func maintenanceMargin(_ position: ExchangePosition) -> Money {
    let value = position.cost + exchange.unrealized(position)
    return Money(amount: divide(value.magnitude.amount, by: 200, .up))
  }

  /// An amount in dollars, at the mark of the coin's perpetual.
  private func dollars(_ money: Money, _ asset: CurrencyIndex) -> Money {
    let name = BybitSymbol.assets[Int(asset)]
    guard let instrument = instrument("\(name)USDT", .linear) else { return money }
    let mark = exchange.mark(of: instrument).mark
    let divisor = powerOfTen128(symbol(instrument).priceDecimals)
    return Money(amount: divide(money.amount * Int128(mark), by: divisor, .down))
  }

  private func text(_ money: Money) -> JSONValue { .string(BybitText.cut(money, digits: 8)) }

  /// The account as queries and the `wallet` stream tell it.
  func walletJSON(_ account: AccountIndex, coins: [String]? = nil, isMessage: Bool = false)
    -> JSONValue
  {
    let all = holdings(of: account)
    func sum(_ part: (Holding) -> Money) -> Money {
      all.reduce(.zero) { $0 + dollars(part($1), $1.asset) }
    }
    let balance = sum { $0.balance.total }
    let unrealized = sum { $0.unrealized }
    let initial = sum { $0.orderMargin + $0.positionMargin }
    let maintenance = sum { $0.maintenance }
    let margin = balance + unrealized
    let shown = all.filter { coins?.contains(BybitSymbol.assets[Int($0.asset)]) ?? true }
    return [
      "accountType": "UNIFIED", "accountLTV": "0", "accountIMRate": ratio(initial, margin),
      "accountMMRate": ratio(maintenance, margin), "accountIMRateByMp": ratio(initial, margin),
      "accountMMRateByMp": ratio(maintenance, margin), "totalEquity": text(margin),
      "totalWalletBalance": text(balance), "totalMarginBalance": text(margin),
      "totalAvailableBalance": text(sum { $0.balance.free }), "totalPerpUPL": text(unrealized),
      "totalInitialMargin": text(initial), "totalMaintenanceMargin": text(maintenance),
      "totalInitialMarginByMp": text(initial), "totalMaintenanceMarginByMp": text(maintenance),
      "coin": .array(shown.map { coinJSON($0) }),
    ]
  }

  private func ratio(_ part: Money, _ whole: Money) -> JSONValue {
    guard whole > .zero, part > .zero else { return "0" }
    let parts = part.amount / max(1, whole.amount / 10_000)
    return .string(DecimalText.string(parts, decimals: 4))
  }

  private func coinJSON(_ holding: Holding) -> JSONValue {
    let equity = holding.balance.total + holding.unrealized
    return [
      "coin": .string(BybitSymbol.assets[Int(holding.asset)]), "equity": .string(exact(equity)),
      "usdValue": text(dollars(equity, holding.asset)),
      "walletBalance": .string(exact(holding.balance.total)),
      "locked": .string(exact(holding.spotLock)), "spotHedgingQty": "0", "borrowAmount": "0",
      "accruedInterest": "0", "availableToWithdraw": "", "availableToBorrow": "",
      "totalOrderIM": .string(exact(holding.orderMargin)),
      "totalPositionIM": .string(exact(holding.positionMargin)),
      "totalPositionMM": .string(exact(holding.maintenance)),
      "unrealisedPnl": .string(exact(holding.unrealized)),
      "cumRealisedPnl": .string(exact(holding.realized)), "bonus": "0", "collateralSwitch": true,
      "marginCollateral": true, "spotBorrow": "0",
    ]
  }

  private func exact(_ money: Money) -> String { BybitText.text(money) }

  // MARK: Settings and fees

  /// https://bybit-exchange.github.io/docs/v5/account/account-info
  func accountInformation(_ call: BybitCall) -> JSONValue {
    let protection = protections[call.account]?.first
    return [
      "marginMode": "REGULAR_MARGIN",
      "updatedTime": .string("\(exchange.settings.startTime / 1_000_000)"),
      "unifiedMarginStatus": 5, "dcpStatus": .string(protection == nil ? "OFF" : "ON"),
      "timeWindow": .integer((protection?.window ?? 10_000_000_000) / 1_000_000_000),
      "smpGroup": 0, "isMasterTrader": false, "spotHedgingStatus": "OFF",
    ]
  }

  /// https://bybit-exchange.github.io/docs/v5/account/fee-rate
  func feeRates(_ call: BybitCall) throws(BybitError) -> JSONValue {
    let category = try call.parameters.category()
    let instruments = try scope(call.parameters, category, needsOne: false)
    return [
      "list": .array(
        instruments.map { instrument in
          let fees = exchange.fees(of: call.account, in: instrument)
          return [
            "symbol": .string(symbol(instrument).name),
            "takerFeeRate": .string(BybitText.text(fees.taker)),
            "makerFeeRate": .string(BybitText.text(fees.maker)), "baseCoin": "",
          ]
        })
    ]
  }

  /// What a key may do (https://bybit-exchange.github.io/docs/v5/user/apikey-info).
  func keyInformation(_ call: BybitCall) -> JSONValue {
    let permissions = call.key?.permissions ?? []
    let trades = permissions.contains(.trade)
    func list(_ words: [String], _ isOn: Bool) -> JSONValue {
      .array(isOn ? words.map { .string($0) } : [])
    }
    let userID = 100_000 + call.account
    return [
      "id": .string("\(2_208_000 + call.account)"), "note": "needletail",
      "apiKey": .string(call.key?.id ?? ""), "readOnly": .integer(trades ? 0 : 1), "secret": "",
      "permissions": [
        "ContractTrade": list(["Order", "Position"], trades), "Spot": list(["SpotTrade"], trades),
        "Wallet": list(["Withdraw"], permissions.contains(.withdraw)), "Options": [],
        "Derivatives": list(["DerivativesTrade"], trades), "CopyTrading": [], "BlockTrade": [],
        "Exchange": [], "NFT": [], "Affiliate": [], "Earn": [],
      ],
      "ips": ["*"], "type": 1, "deadlineDay": -2, "expiredAt": "1970-01-01T00:00:00Z",
      "createdAt": "2025-10-13T03:20:45Z", "unified": 0, "uta": 1, "userID": .integer(userID),
      "inviterID": 0, "vipLevel": "No VIP", "mktMakerLevel": "0", "affiliateID": 0,
      "rsaPublicKey": "", "isMaster": true, "parentUid": "0", "kycLevel": "LEVEL_DEFAULT",
      "kycRegion": "", "userIDInt64": .string("\(userID)"), "inviterIDInt64": "0",
      "affiliateIDInt64": "0",
    ]
  }
}
