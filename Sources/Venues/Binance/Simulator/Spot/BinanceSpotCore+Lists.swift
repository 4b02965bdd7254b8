import Exchange
import MatchingEngine
import TradingModel
import VenueServer

/// Lists of orders
/// (https://developers.binance.com/docs/binance-spot-api-docs/rest-api/trading-endpoints).
extension BinanceSpotCore {
  /// Enters a checked list. It counts as many orders as it has.
  func placeList(_ list: BinanceSpotNewList, _ call: BinanceCall) throws(BinanceError) -> JSONValue
  {
    try orderLimits[call.account].take(list.orders.count, at: now.milliseconds)
    for order in list.orders where isRenamed(order.request.clientOrderID, of: call.account) {
      throw BinanceError(.duplicateClientOrderID)
    }
    let instrument = list.orders[0].request.instrument
    let open = exchange.openLists(of: call.account).filter { $0.instrument == instrument }
    if open.count >= symbol(instrument).orderListsMax { throw .filter("MAX_NUM_ORDER_LISTS") }
    switch exchange.submit(list.request, by: call.account) {
    case .failure(let refusal): throw BinanceError(refusal)
    case .success(let entered):
      for (order, id) in zip(list.orders, entered.orders) {
        notes[id, default: BinanceSpotOrderNotes()].strategyID = order.strategyID
        notes[id, default: BinanceSpotOrderNotes()].strategyType = order.strategyType
      }
      return placed(entered, list.response, call)
    }
  }

  /// The answer to a new list. A working order that was filled at once is shown so, and the pending ones as
  /// if it had not been.
  private func placed(_ list: OrderList, _ response: ResponseType, _ call: BinanceCall) -> JSONValue
  {
    let events = exchange.takeEvents()
    var views: [OrderID: ExchangeOrder] = [:]
    var fills: [OrderID: [ExchangeFill]] = [:]
    var isWorkingFilled = false
    for case .order(let event) in events where event.order.listID == list.id {
      let id = event.order.id
      let isPending = list.contingency.hasPending && id != list.orders[0]
      if isPending && isWorkingFilled { continue }
      views[id] = event.order
      if let fill = event.fill { fills[id, default: []].append(fill) }
      isWorkingFilled =
        isWorkingFilled || list.contingency.hasPending && !isPending && event.kind == .filled
    }
    process(events)
    let reports = list.orders.compactMap { views[$0] }.map { order in
      placed(order, response, fills: fills[order.id] ?? [], call.unit)
    }
    return .object(members(of: list, call.unit) + [("orderReports", .array(reports))])
  }

  /// What every answer about a list begins with.
  func members(of list: OrderList, _ unit: TimeUnit) -> Members {
    let isDone = list.state == .allDone
    return [
      ("orderListId", .integer(list.id)),
      ("contingencyType", .string(list.contingency.binanceWord)),
      ("listStatusType", isDone ? "ALL_DONE" : "EXEC_STARTED"),
      ("listOrderStatus", isDone ? "ALL_DONE" : "EXECUTING"),
      ("listClientOrderId", .string(list.clientListID)),
      ("transactionTime", unit.json(list.updateTime)),
      ("symbol", .string(symbol(list.instrument).name)),
      (
        "orders",
        .array(
          listedOrders(of: list).map { order in
            [
              "symbol": .string(symbol(order.instrument).name), "orderId": .integer(order.id),
              "clientOrderId": .string(clientOrderID(of: order)),
            ]
          })
      ),
    ]
  }

  private func listedOrders(of list: OrderList) -> [ExchangeOrder] {
    list.orders.compactMap { exchange.order(.venue($0), of: list.account) }
  }

  // MARK: Cancels

  func cancelList(_ call: BinanceCall) throws(BinanceError) -> JSONValue {
    let parameters = call.parameters
    let instrument = try instrument(parameters["symbol"])
    guard let list = try named(parameters, "listClientOrderId", call.account),
      list.instrument == instrument, list.state == .executing
    else { throw .unknownOrder }
    let requestID = parameters["newClientOrderId"] ?? makeID()
    let result = exchange.cancelList(.venue(list.id), by: call.account, requestID: requestID)
    process(exchange.takeEvents())
    if case .failure(let refusal) = result { throw BinanceError(refusal) }
    return canceledList(list.id, of: call.account, requestID: requestID, call.unit)
  }

  /// The answer to a cancel of a list, or of an order that took its list with it: what the cancel ended.
  func canceledList(
    _ id: OrderListID, of account: AccountIndex, requestID: String, _ unit: TimeUnit
  ) -> JSONValue {
    guard let list = exchange.list(.venue(id), of: account) else {
      preconditionFailure("Invariant: the lists of orders are known")
    }
    let reports = listedOrders(of: list).filter { $0.state == .canceled }.map {
      canceled($0, requestID: requestID, unit)
    }
    return .object(members(of: list, unit) + [("orderReports", .array(reports))])
  }

  // MARK: Queries

  func queryList(_ call: BinanceCall) throws(BinanceError) -> JSONValue {
    guard let list = try named(call.parameters, "origClientOrderId", call.account) else {
      throw BinanceError(-2013, "Order list does not exist.")
    }
    return .object(members(of: list, call.unit))
  }

  /// The list that a request names by `orderListId`, or else by its client id.
  private func named(
    _ parameters: BinanceParameters, _ clientID: String, _ account: AccountIndex
  ) throws(BinanceError) -> OrderList? {
    if let number = parameters.integer("orderListId") {
      return number > 0 ? exchange.list(.venue(OrderListID(number)), of: account) : nil
    }
    guard let name = parameters[clientID] else { throw .missing(clientID, or: "orderListId") }
    return exchange.list(.client(name), of: account)
  }

  func openOrderLists(_ call: BinanceCall) -> JSONValue {
    .array(
      exchange.openLists(of: call.account).map { .object(members(of: $0, call.unit)) })
  }

  func allOrderLists(_ call: BinanceCall) throws(BinanceError) -> JSONValue {
    let parameters = call.parameters
    var query = HistoryQuery()
    query.fromID = parameters.integer("fromId").map { UInt64(max(0, $0)) }
    try readTimes(parameters, &query)
    if query.fromID != nil, query.fromTime != nil || query.toTime != nil {
      throw BinanceError(-1128, "Combination of optional parameters invalid.")
    }
    query.limit = try parameters.limit(500, max: 1000)
    query.keepsNewest = query.fromID == nil && query.fromTime == nil
    return .array(
      exchange.lists(of: call.account, query).map { .object(members(of: $0, call.unit)) })
  }

  // MARK: Events

  /// Tells what happened to a list; of a new one when its orders were told.
  func take(_ event: OrderListEvent) {
    guard isClient(event.list.account) else { return }
    if event.kind == .accepted {
      acceptedList = (event, event.list.orders.count)
    } else {
      publishListStatus(event)
    }
  }

  /// An order was told: a new list is when all its orders were.
  func flushAcceptedList(after order: ExchangeOrder) {
    guard let accepted = acceptedList, order.listID == accepted.event.list.id else { return }
    acceptedList?.untold -= 1
    if accepted.untold > 1 { return }
    acceptedList = nil
    publishListStatus(accepted.event)
  }

  /// Sends a `listStatus`
  /// (https://developers.binance.com/docs/binance-spot-api-docs/user-data-stream#order-update).
  private func publishListStatus(_ event: OrderListEvent) {
    let list = event.list
    guard streams.hasListeners(of: list.account) else { return }
    let name = JSONValue.string(symbol(list.instrument).name)
    let isDone = event.kind == .allDone
    let orders = listedOrders(of: list).map { order -> JSONValue in
      ["s": name, "i": .integer(order.id), "c": .string(clientOrderID(of: order))]
    }
    streams.publish(of: list.account) { unit in
      [
        "e": "listStatus", "E": unit.json(now.wall), "s": name, "g": .integer(list.id),
        "c": .string(list.contingency.binanceWord), "l": isDone ? "ALL_DONE" : "EXEC_STARTED",
        "L": isDone ? "ALL_DONE" : "EXECUTING", "r": "NONE", "C": .string(list.clientListID),
        "T": unit.json(event.time), "O": .array(orders),
      ]
    }
  }
}

extension Contingency {
  /// `contingencyType` of https://developers.binance.com/docs/binance-spot-api-docs/enums: an OTOCO is an OTO.
  var binanceWord: String { self == .oneCancelsOther ? "OCO" : "OTO" }
}
