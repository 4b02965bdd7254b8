import Exchange
import TradingModel
import VenueServer

/// Conditional orders, which wait at a service of their own since December 2025
/// (https://developers.binance.com/docs/derivatives/usds-margined-futures/trade/rest-api/New-Algo-Order).
extension BinanceUSDMCore {
  func placeAlgo(_ call: BinanceCall) throws(BinanceError) -> JSONValue {
    let order = try BinanceUSDMNewOrder(call.parameters, of: call.account, isAlgo: true, in: self)
    try orderLimits[call.account].take(1, at: now.milliseconds)
    let id = try enter(order, call.account)
    return algoJSON(view(id, call.account), isQueried: false)
  }

  private func namedAlgo(_ call: BinanceCall) throws(BinanceError) -> ExchangeOrder? {
    let order: ExchangeOrder?
    if let number = call.parameters.integer("algoId") {
      let id = number - Int64(Self.firstAlgoID)
      order = id > 0 ? exchange.order(.venue(OrderID(id)), of: call.account) : nil
    } else if let name = call.parameters["clientAlgoId"] {
      order = exchange.order(.client(name), of: call.account)
    } else {
      throw .missing("clientAlgoId", or: "algoId")
    }
    guard let order, order.request.kind.isConditional else { return nil }
    return order
  }

  func cancelAlgo(_ call: BinanceCall) throws(BinanceError) -> JSONValue {
    guard let order = try namedAlgo(call), order.state == .waiting,
      case .success = exchange.cancel(.venue(order.id), by: call.account)
    else { throw .unknownOrder }
    process(exchange.takeEvents())
    return [
      "algoId": .integer(algoID(of: order)), "clientAlgoId": .string(order.clientOrderID),
      "code": "200", "msg": "success",
    ]
  }

  func cancelAllAlgo(_ call: BinanceCall) throws(BinanceError) -> JSONValue {
    let instrument = try instrument(call.parameters["symbol"])
    for order in exchange.openOrders(of: call.account, in: instrument)
    where order.state == .waiting {
      _ = exchange.cancel(.venue(order.id), by: call.account)
    }
    process(exchange.takeEvents())
    return ["code": 200, "msg": "The operation of cancel all open order is done."]
  }

  func queryAlgo(_ call: BinanceCall) throws(BinanceError) -> JSONValue {
    guard let order = try namedAlgo(call) else { throw .orderDoesNotExist }
    return algoJSON(order, isQueried: true)
  }

  func openAlgos(_ call: BinanceCall) throws(BinanceError) -> JSONValue {
    var instrument: InstrumentIndex?
    if call.parameters["symbol"] != nil {
      instrument = try self.instrument(call.parameters["symbol"])
    }
    return .array(
      exchange.openOrders(of: call.account, in: instrument).filter { $0.state == .waiting }
        .map { algoJSON($0, isQueried: true) })
  }

  func allAlgos(_ call: BinanceCall) throws(BinanceError) -> JSONValue {
    var query = HistoryQuery()
    query.instrument = try instrument(call.parameters["symbol"])
    try readTimes(call.parameters, &query)
    let limit = try call.parameters.limit(500, max: 1000)
    let id = call.parameters.integer("algoId") ?? 0
    return .array(
      exchange.orders(of: call.account, query)
        .filter { $0.request.kind.isConditional && Int64(algoID(of: $0)) >= id }
        .suffix(limit).map { algoJSON($0, isQueried: true) })
  }
}
