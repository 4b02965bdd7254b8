import Exchange
import MatchingEngine
import TradingModel
import VenueServer

/// Requests about an account
/// (https://developers.binance.com/docs/binance-spot-api-docs/rest-api/account-endpoints).
extension BinanceSpotCore {
  func query(_ call: BinanceCall) throws(BinanceError) -> JSONValue {
    let instrument = try instrument(call.parameters["symbol"])
    guard
      let order = try named(
        call.parameters, "orderId", "origClientOrderId", call.account, in: instrument)
    else { throw .orderDoesNotExist }
    return status(order, call.unit)
  }

  func openOrders(_ call: BinanceCall) throws(BinanceError) -> JSONValue {
    var instrument: InstrumentIndex?
    if call.parameters["symbol"] != nil {
      instrument = try self.instrument(call.parameters["symbol"])
    }
    return .array(
      exchange.openOrders(of: call.account, in: instrument).map {
        status($0, isListed: true, call.unit)
      })
  }

  func allOrders(_ call: BinanceCall) throws(BinanceError) -> JSONValue {
    let parameters = call.parameters
    var query = HistoryQuery()
    query.instrument = try instrument(parameters["symbol"])
    query.fromID = parameters.integer("orderId").map { UInt64(max(0, $0)) }
    try readTimes(parameters, &query)
    query.limit = try parameters.limit(500, max: 1000)
    query.keepsNewest = query.fromID == nil && query.fromTime == nil
    return .array(
      exchange.orders(of: call.account, query).map { status($0, isListed: true, call.unit) })
  }

  /// `startTime` and `endTime`, no more than 24 hours from each other.
  func readTimes(_ parameters: BinanceParameters, _ query: inout HistoryQuery)
    throws(BinanceError)
  {
    let from = parameters.integer("startTime")
    let to = parameters.integer("endTime")
    if let from, let to, to - from > 86_400_000 {
      throw BinanceError(-1127, "More than 24 hours between startTime and endTime.")
    }
    query.fromTime = from.map(Self.nanoseconds)
    query.toTime = to.map { Self.nanoseconds($0) &+ 999_999 }
  }

  /// A parameter's time in nanoseconds; microseconds are told by their size.
  static func nanoseconds(_ time: Int64) -> Int64 {
    guard time > 0 else { return 0 }
    return time > 100_000_000_000_000
      ? time > .max / 1_000 ? .max : time * 1_000 : time * 1_000_000
  }

  func amendments(_ call: BinanceCall) throws(BinanceError) -> JSONValue {
    let instrument = try instrument(call.parameters["symbol"])
    guard let id = call.parameters.integer("orderId"), id > 0,
      let order = exchange.order(.venue(OrderID(id)), of: call.account),
      order.instrument == instrument
    else { throw .orderDoesNotExist }
    let from = call.parameters.integer("fromExecutionId") ?? 0
    let limit = try call.parameters.limit(500, max: 1000)
    let list = amendments[order.id, default: []].filter { Int64($0.executionID) >= from }
    return .array(
      list.prefix(limit).map { amendment in
        [
          "symbol": .string(symbol(instrument).name),
          "orderId": .integer(order.id),
          "executionId": .integer(amendment.executionID),
          "origClientOrderId": .string(amendment.origClientOrderID),
          "newClientOrderId": .string(amendment.newClientOrderID),
          "origQty": .string(quantity(amendment.origQuantity, instrument)),
          "newQty": .string(quantity(amendment.newQuantity, instrument)),
          "time": call.unit.json(amendment.time),
        ]
      })
  }

  func accountInformation(_ call: BinanceCall) -> JSONValue {
    let fees = exchange.fees(of: call.account)
    let balances = exchange.balances(of: call.account)
    let omitsZero = call.parameters.boolean("omitZeroBalances")
    var list: [JSONValue] = []
    for (index, balance) in balances.enumerated() where !omitsZero || balance.total != .zero {
      list.append([
        "asset": .string(BinanceSpotSymbol.assets[index]),
        "free": .string(DecimalDigits.text(balance.free)),
        "locked": .string(DecimalDigits.text(balance.locked)),
      ])
    }
    return [
      "makerCommission": .integer(fees.maker.parts / 10_000),
      "takerCommission": .integer(fees.taker.parts / 10_000),
      "buyerCommission": 0,
      "sellerCommission": 0,
      "commissionRates": commissionRates(fees),
      "canTrade": true,
      "canWithdraw": true,
      "canDeposit": true,
      "brokered": false,
      "requireSelfTradePrevention": false,
      "preventSor": false,
      "updateTime": call.unit.json(accountUpdateTimes[call.account]),
      "accountType": "SPOT",
      "balances": .array(list),
      "permissions": ["SPOT"],
      "uid": .integer(354_937_868 + call.account),
    ]
  }

  private func commissionRates(_ fees: FeeSchedule) -> JSONValue {
    [
      "maker": .string(DecimalDigits.text(fees.maker)),
      "taker": .string(DecimalDigits.text(fees.taker)),
      "buyer": "0.00000000",
      "seller": "0.00000000",
    ]
  }

  func discount(_ fees: FeeSchedule) -> JSONValue {
    [
      "enabledForAccount": .boolean(fees.asset == .token),
      "enabledForSymbol": true,
      "discountAsset": "BNB",
      "discount": .string(DecimalDigits.text(exchange.settings.rules.feeTokenShare)),
    ]
  }

  func commission(_ call: BinanceCall) throws(BinanceError) -> JSONValue {
    let instrument = try instrument(call.parameters["symbol"])
    let fees = exchange.fees(of: call.account)
    let none: JSONValue = [
      "maker": "0.00000000", "taker": "0.00000000", "buyer": "0.00000000",
      "seller": "0.00000000",
    ]
    return [
      "symbol": .string(symbol(instrument).name),
      "standardCommission": commissionRates(fees),
      "specialCommission": none,
      "taxCommission": none,
      "discount": discount(fees),
    ]
  }

  func myTrades(_ call: BinanceCall) throws(BinanceError) -> JSONValue {
    let parameters = call.parameters
    var query = HistoryQuery()
    let instrument = try instrument(parameters["symbol"])
    query.instrument = instrument
    query.order = parameters.integer("orderId").map { OrderID(max(0, $0)) }
    query.fromID = parameters.integer("fromId").map { UInt64(max(0, $0)) }
    try readTimes(parameters, &query)
    if query.fromID != nil, query.fromTime != nil || query.toTime != nil {
      throw BinanceError(-1128, "Combination of optional parameters invalid.")
    }
    query.limit = try parameters.limit(500, max: 1000)
    query.keepsNewest = query.fromID == nil && query.fromTime == nil
    return .array(
      exchange.fills(of: call.account, query).map { fill in
        [
          "symbol": .string(symbol(instrument).name),
          "id": .integer(fill.tradeID),
          "orderId": .integer(fill.orderID),
          "orderListId": exchange.order(.venue(fill.orderID), of: call.account)?
            .binanceListID ?? -1,
          "price": .string(price(fill.price, instrument)),
          "qty": .string(quantity(fill.quantity, instrument)),
          "quoteQty": .string(DecimalDigits.text(fill.value)),
          "commission": .string(DecimalDigits.text(fill.fee)),
          "commissionAsset": .string(BinanceSpotSymbol.assets[Int(fill.feeAsset)]),
          "time": call.unit.json(fill.time),
          "isBuyer": .boolean(fill.side == .buy),
          "isMaker": .boolean(fill.liquidity == .maker),
          "isBestMatch": true,
        ]
      })
  }
}
