import Exchange
import TradingModel
import VenueServer

/// Requests about how an account trades
/// (https://developers.binance.com/docs/derivatives/usds-margined-futures/trade/rest-api/Change-Initial-Leverage,
/// https://developers.binance.com/docs/derivatives/usds-margined-futures/account/rest-api).
extension BinanceUSDMCore {
  private static let done: JSONValue = ["code": 200, "msg": "success"]

  func setPositionMode(_ call: BinanceCall) throws(BinanceError) -> JSONValue {
    let mode: PositionMode = call.parameters.boolean("dualSidePosition") ? .hedge : .oneWay
    if exchange.positionMode(of: call.account) == mode {
      throw BinanceError(-4059, "No need to change position side.")
    }
    if !exchange.openOrders(of: call.account).isEmpty {
      throw BinanceError(
        -4067, "Position side cannot be changed if there exists open orders.")
    }
    if let refusal = exchange.setPositionMode(of: call.account, mode) {
      throw BinanceUSDMErrors.error(refusal, in: self)
    }
    process(exchange.takeEvents())
    return Self.done
  }

  func setLeverage(_ call: BinanceCall) throws(BinanceError) -> JSONValue {
    let instrument = try instrument(call.parameters["symbol"])
    let leverage = call.parameters.integer("leverage") ?? 0
    guard (1...Int64(symbol(instrument).leverageMax)).contains(leverage) else {
      throw BinanceError(-4028, "Leverage \(leverage) is not valid")
    }
    if let refusal = exchange.setLeverage(of: call.account, instrument, Int(leverage)) {
      throw BinanceUSDMErrors.error(refusal, in: self)
    }
    process(exchange.takeEvents())
    publishLeverage(Int(leverage), of: call.account, instrument)
    return [
      "symbol": .string(symbol(instrument).name), "leverage": .integer(leverage),
      "maxNotionalValue": "300000",
    ]
  }

  func setMarginType(_ call: BinanceCall) throws(BinanceError) -> JSONValue {
    let instrument = try instrument(call.parameters["symbol"])
    let mode: MarginMode
    switch call.parameters["marginType"] {
    case "ISOLATED": mode = .isolated
    case "CROSSED": mode = .cross
    default: throw BinanceError(-4049, "Invalid marginType.")
    }
    let side: PositionSide = exchange.positionMode(of: call.account) == .hedge ? .long : .net
    if exchange.position(of: call.account, instrument, side).marginMode == mode {
      throw BinanceError(-4046, "No need to change margin type.")
    }
    if !exchange.openOrders(of: call.account, in: instrument).isEmpty {
      throw BinanceError(-4047, "Margin type cannot be changed if there exists open orders.")
    }
    if exchange.setMarginMode(of: call.account, instrument, mode) != nil {
      throw BinanceError(-4048, "Margin type cannot be changed if there exists position.")
    }
    process(exchange.takeEvents())
    return Self.done
  }

  func changeMargin(_ call: BinanceCall) throws(BinanceError) -> JSONValue {
    let instrument = try instrument(call.parameters["symbol"])
    let type = call.parameters.integer("type")
    guard type == 1 || type == 2 else { throw .notValid("type") }
    let amount = call.parameters.decimal("amount") ?? 0
    let side: PositionSide
    switch call.parameters["positionSide"] {
    case "LONG": side = .long
    case "SHORT": side = .short
    default: side = .net
    }
    let money = Money(Decimal(units: amount, decimals: 8))
    if let refusal = exchange.addMargin(
      type == 1 ? money : -money, of: call.account, instrument, side)
    {
      throw BinanceUSDMErrors.error(refusal, in: self)
    }
    process(exchange.takeEvents())
    return [
      "amount": .number(DecimalDigits.text(money)), "code": 200,
      "msg": "Successfully modify position margin.", "type": .integer(type ?? 1),
    ]
  }

  func setAssetsMode(_ call: BinanceCall) throws(BinanceError) -> JSONValue {
    if call.parameters.boolean("multiAssetsMargin") {
      throw BinanceError(-1020, "This operation is not supported.")
    }
    throw BinanceError(-4171, "No need to change Multi-Assets Mode.")
  }

  func accountConfig(_ call: BinanceCall) -> JSONValue {
    [
      "feeTier": 0, "canTrade": true, "canDeposit": true, "canWithdraw": true,
      "dualSidePosition": .boolean(exchange.positionMode(of: call.account) == .hedge),
      "updateTime": 0, "multiAssetsMargin": false, "tradeGroupId": -1,
    ]
  }

  private func chosen(_ call: BinanceCall) throws(BinanceError) -> [InstrumentIndex] {
    if call.parameters["symbol"] == nil { return symbols.indices.map { InstrumentIndex($0) } }
    return [try instrument(call.parameters["symbol"])]
  }

  func symbolConfig(_ call: BinanceCall) throws(BinanceError) -> JSONValue {
    let side: PositionSide = exchange.positionMode(of: call.account) == .hedge ? .long : .net
    return .array(
      try chosen(call).map { instrument in
        let position = exchange.position(of: call.account, instrument, side)
        return [
          "symbol": .string(symbol(instrument).name),
          "marginType": position.marginMode == .isolated ? "ISOLATED" : "CROSSED",
          "isAutoAddMargin": false, "leverage": .integer(position.leverage),
          "maxNotionalValue": "300000",
        ]
      })
  }

  /// One bracket: the simulation knows no more.
  func leverageBrackets(_ call: BinanceCall) throws(BinanceError) -> JSONValue {
    .array(
      try chosen(call).map { instrument in
        [
          "symbol": .string(symbol(instrument).name), "notionalCoef": .number("1.0"),
          "brackets": [
            [
              "bracket": 1, "initialLeverage": .integer(symbol(instrument).leverageMax),
              "notionalCap": 300_000_000, "notionalFloor": 0,
              "maintMarginRatio": .number("0.004"), "cum": .number("0.0"),
            ]
          ],
        ]
      })
  }

  func adlQuantile(_ call: BinanceCall) throws(BinanceError) -> JSONValue {
    .array(
      try chosen(call).map { instrument in
        [
          "symbol": .string(symbol(instrument).name),
          "adlQuantile": exchange.positionMode(of: call.account) == .hedge
            ? ["LONG": 0, "SHORT": 0, "HEDGE": 0] : ["LONG": 0, "SHORT": 0, "BOTH": 0],
        ]
      })
  }

  func commission(_ call: BinanceCall) throws(BinanceError) -> JSONValue {
    let instrument = try instrument(call.parameters["symbol"])
    let fees = exchange.fees(of: call.account)
    func text(_ rate: Rate) -> JSONValue {
      .string(DecimalDigits.text(Int128(rate.parts), decimals: Rate.decimals, digits: 6))
    }
    return [
      "symbol": .string(symbol(instrument).name), "makerCommissionRate": text(fees.maker),
      "takerCommissionRate": text(fees.taker), "rpiCommissionRate": "0.000000",
    ]
  }

  // MARK: Income

  /// Money that came and went, oldest first.
  func income(_ call: BinanceCall) throws(BinanceError) -> JSONValue {
    let parameters = call.parameters
    var query = HistoryQuery()
    if parameters["symbol"] != nil { query.instrument = try instrument(parameters["symbol"]) }
    query.fromTime = parameters.integer("startTime").map(Self.nanoseconds)
    query.toTime = parameters.integer("endTime").map { Self.nanoseconds($0) &+ 999_999 }
    var entries:
      [(time: Timestamp, type: String, amount: Money, symbol: String, trade: String, id: UInt64)] =
        []
    for fill in exchange.fills(of: call.account, query) {
      let name = symbol(fill.instrument).name
      if fill.realized != .zero {
        entries.append(
          (fill.time, "REALIZED_PNL", fill.realized, name, "\(fill.tradeID)", fill.tradeID))
      }
      entries.append((fill.time, "COMMISSION", -fill.fee, name, "\(fill.tradeID)", fill.tradeID))
    }
    for payment in exchange.fundingPayments(of: call.account, query) {
      entries.append(
        (
          payment.time, "FUNDING_FEE", payment.amount, symbol(payment.instrument).name, "",
          payment.id
        ))
    }
    entries.sort { $0.time < $1.time }
    entries.removeAll { entry in
      parameters["incomeType"] != nil && parameters["incomeType"] != entry.type
    }
    let limit = try parameters.limit(100, max: 1000)
    let chosen = parameters["startTime"] == nil ? entries.suffix(limit) : entries.prefix(limit)
    return .array(
      chosen.map { entry in
        [
          "symbol": .string(entry.symbol), "incomeType": .string(entry.type),
          "income": .string(DecimalDigits.text(entry.amount)), "asset": "USDT",
          "info": .string(entry.trade.isEmpty ? entry.type : entry.trade),
          "time": call.unit.json(entry.time), "tranId": .integer(9_689_322_000 + entry.id),
          "tradeId": .string(entry.trade),
        ]
      })
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
      "enableFutures": .boolean(permissions.contains(.trade)),
      "permitsUniversalTransfer": false,
      "enableVanillaOptions": false,
      "enableFixApiTrade": false,
      "enableFixReadOnly": false,
      "enableSpotAndMarginTrading": false,
      "enablePortfolioMarginTrading": false,
    ]
  }
}
