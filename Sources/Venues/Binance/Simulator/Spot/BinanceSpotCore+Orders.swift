import Exchange
import MatchingEngine
import TradingModel
import VenueServer

/// Requests that change orders
/// (https://developers.binance.com/docs/binance-spot-api-docs/rest-api/trading-endpoints).
extension BinanceSpotCore {
  func place(_ call: BinanceCall) throws(BinanceError) -> JSONValue {
    let order = try BinanceSpotNewOrder(call, in: self)
    try orderLimits[call.account].take(1, at: now.milliseconds)
    return try enter(order, call)
  }

  /// Enters a checked order and waits for what becomes of it at once.
  private func enter(
    _ order: BinanceSpotNewOrder, isReplacement: Bool = false, _ call: BinanceCall
  ) throws(BinanceError) -> JSONValue {
    if isRenamed(order.request.clientOrderID, of: call.account) {
      throw BinanceError(.duplicateClientOrderID)
    }
    let isMarket = order.request.kind == .market
    switch exchange.submit(order.request, by: call.account) {
    case .failure(let refusal):
      process(exchange.takeEvents())
      throw BinanceError(refusal, isMarket: isMarket)
    case .success(let id): return entered(id, order, isReplacement: isReplacement, call)
    }
  }

  private func entered(
    _ id: OrderID, _ order: BinanceSpotNewOrder, isReplacement: Bool, _ call: BinanceCall
  ) -> JSONValue {
    if order.strategyID != nil || order.strategyType != nil {
      notes[id, default: BinanceSpotOrderNotes()].strategyID = order.strategyID
      notes[id, default: BinanceSpotOrderNotes()].strategyType = order.strategyType
    }
    let fills = process(exchange.takeEvents(), fillsOf: id)
    guard let view = exchange.order(.venue(id), of: call.account) else {
      preconditionFailure("Invariant: an order that was taken is known")
    }
    return placed(
      view, order.response, fills: fills, isReplacement: isReplacement, call.unit)
  }

  func test(_ call: BinanceCall) throws(BinanceError) -> JSONValue {
    let order = try BinanceSpotNewOrder(call, in: self)
    if let refusal = exchange.refusal(of: order.request, by: call.account), refusal.isBinanceFilter
    {
      throw BinanceError(refusal, isMarket: order.request.kind == .market)
    }
    guard call.parameters.boolean("computeCommissionRates") else { return .object([]) }
    let fees = exchange.fees(of: call.account)
    return [
      "standardCommissionForOrder": [
        "maker": .string(DecimalDigits.text(fees.maker)),
        "taker": .string(DecimalDigits.text(fees.taker)),
      ],
      "specialCommissionForOrder": ["maker": "0.00000000", "taker": "0.00000000"],
      "taxCommissionForOrder": ["maker": "0.00000000", "taker": "0.00000000"],
      "discount": discount(fees),
    ]
  }

  // MARK: Finding orders

  /// The order that a request names by `orderId` or a client order id; both must be of one order.
  func named(
    _ parameters: BinanceParameters, _ id: String, _ clientID: String, _ account: AccountIndex,
    in instrument: InstrumentIndex
  ) throws(BinanceError) -> ExchangeOrder? {
    let name = parameters[clientID]
    guard let number = parameters.integer(id) else {
      guard let name else { throw .missing(clientID, or: id) }
      return order(name, of: account, in: instrument)
    }
    guard number > 0,
      let order = exchange.order(.venue(OrderID(number)), of: account),
      order.instrument == instrument
    else { return nil }
    return name == nil || name == clientOrderID(of: order) ? order : nil
  }

  private func order(_ name: String, of account: AccountIndex, in instrument: InstrumentIndex)
    -> ExchangeOrder?
  {
    if let id = renamed[account]?[name],
      let order = exchange.order(.venue(id), of: account), order.instrument == instrument
    {
      return order
    }
    guard let order = exchange.order(.client(name), of: account), order.instrument == instrument,
      clientOrderID(of: order) == name
    else { return nil }
    return order
  }

  /// Whether an open order got this client order id by an amendment.
  func isRenamed(_ name: String, of account: AccountIndex) -> Bool {
    guard let id = renamed[account]?[name] else { return false }
    return exchange.order(.venue(id), of: account)?.state.isOpen ?? false
  }

  // MARK: Cancels

  func cancel(_ call: BinanceCall) throws(BinanceError) -> JSONValue {
    let instrument = try instrument(call.parameters["symbol"])
    return try cancel(
      call, "orderId", "origClientOrderId", "newClientOrderId", in: instrument)
  }

  private func cancel(
    _ call: BinanceCall, _ id: String, _ clientID: String, _ newID: String,
    in instrument: InstrumentIndex
  ) throws(BinanceError) -> JSONValue {
    guard
      let order = try named(call.parameters, id, clientID, call.account, in: instrument),
      order.state.isOpen
    else { throw .unknownOrder }
    try checkRestrictions(call.parameters["cancelRestrictions"], order)
    let requestID = call.parameters[newID] ?? makeID()
    let result = exchange.cancel(.venue(order.id), by: call.account, requestID: requestID)
    process(exchange.takeEvents())
    if case .failure(let refusal) = result { throw BinanceError(refusal) }
    guard let ended = exchange.order(.venue(order.id), of: call.account) else {
      throw .unknownOrder
    }
    if let list = ended.listID {
      return canceledList(list, of: call.account, requestID: requestID, call.unit)
    }
    return canceled(ended, requestID: requestID, call.unit)
  }

  private func checkRestrictions(_ word: String?, _ order: ExchangeOrder) throws(BinanceError) {
    let isAllowed: Bool
    switch word {
    case nil: isAllowed = true
    case "ONLY_NEW": isAllowed = order.filled == 0
    case "ONLY_PARTIALLY_FILLED": isAllowed = order.filled > 0
    default: throw BinanceError(-1145, "Invalid cancelRestrictions")
    }
    if !isAllowed {
      throw BinanceError(-2011, "Order was not canceled due to cancel restrictions.")
    }
  }

  func cancelAll(_ call: BinanceCall) throws(BinanceError) -> JSONValue {
    let instrument = try instrument(call.parameters["symbol"])
    let requestID = makeID()
    guard
      case .success(let ids) = exchange.cancelAll(
        by: call.account, in: instrument, requestID: requestID)
    else { throw .unknownOrder }
    process(exchange.takeEvents())
    if ids.isEmpty { throw .unknownOrder }
    var lists: Set<OrderListID> = []
    var answers: [JSONValue] = []
    for order in ids.compactMap({ exchange.order(.venue($0), of: call.account) }) {
      guard let list = order.listID else {
        answers.append(canceled(order, requestID: requestID, call.unit))
        continue
      }
      if lists.insert(list).inserted {
        answers.append(canceledList(list, of: call.account, requestID: requestID, call.unit))
      }
    }
    return .array(answers)
  }

  // MARK: Cancel and replace

  /// The filters and the order count are looked at before anything happens; then the order is
  /// canceled, and the new one is entered.
  func cancelReplace(_ call: BinanceCall) throws(BinanceError) -> JSONValue {
    let order = try BinanceSpotNewOrder(call, in: self)
    let parameters = call.parameters
    if parameters["cancelOrderId"] == nil, parameters["cancelOrigClientOrderId"] == nil {
      throw .missing("cancelOrigClientOrderId", or: "cancelOrderId")
    }
    if let refusal = exchange.refusal(of: order.request, by: call.account), refusal.isBinanceFilter
    {
      throw BinanceError(refusal, isMarket: order.request.kind == .market)
    }
    try orderLimits[call.account].take(1, at: now.milliseconds)
    let entersAnyway = parameters["cancelReplaceMode"] == "ALLOW_FAILURE"
    let canceled: Result<JSONValue, BinanceError> = outcome { () throws(BinanceError) in
      try cancel(
        call, "cancelOrderId", "cancelOrigClientOrderId", "cancelNewClientOrderId",
        in: order.request.instrument)
    }
    var entered: Result<JSONValue, BinanceError>?
    if case .success = canceled {
      entered = outcome { () throws(BinanceError) in try enter(order, isReplacement: true, call) }
    } else if entersAnyway {
      entered = outcome { () throws(BinanceError) in try enter(order, isReplacement: true, call) }
    }
    return try replaced(canceled, entered)
  }

  private func outcome(_ body: () throws(BinanceError) -> JSONValue) -> Result<
    JSONValue, BinanceError
  > {
    do throws(BinanceError) { return .success(try body()) } catch { return .failure(error) }
  }

  private func replaced(
    _ canceled: Result<JSONValue, BinanceError>, _ entered: Result<JSONValue, BinanceError>?
  ) throws(BinanceError) -> JSONValue {
    func word(_ result: Result<JSONValue, BinanceError>?) -> JSONValue {
      switch result {
      case .success: "SUCCESS"
      case .failure: "FAILURE"
      case nil: "NOT_ATTEMPTED"
      }
    }
    func body(_ result: Result<JSONValue, BinanceError>?) -> JSONValue {
      switch result {
      case .success(let json): json
      case .failure(let error): error.json
      case nil: .null
      }
    }
    let answer: JSONValue = [
      "cancelResult": word(canceled), "newOrderResult": word(entered),
      "cancelResponse": body(canceled), "newOrderResponse": body(entered),
    ]
    switch (canceled, entered) {
    case (.success, .success): return answer
    case (.success, _), (_, .success):
      throw BinanceError(
        -2021, "Order cancel-replace partially failed.", status: 409, data: answer)
    default: throw BinanceError(-2022, "Order cancel-replace failed.", data: answer)
    }
  }

  // MARK: Amendments

  /// Makes an order smaller in its place
  /// (https://developers.binance.com/docs/binance-spot-api-docs/faqs/order_amend_keep_priority).
  func amend(_ call: BinanceCall) throws(BinanceError) -> JSONValue {
    let parameters = call.parameters
    let instrument = try instrument(parameters["symbol"])
    guard
      let order = try named(
        parameters, "orderId", "origClientOrderId", call.account, in: instrument),
      order.state.isOpen
    else { throw BinanceError(-2038, "Unknown order sent.") }
    let quantity = try BinanceSpotNewOrder.quantity("newQty", parameters, symbol(instrument))
    if quantity == order.quantity {
      throw BinanceError(-2038, "The requested action would change no state; rejecting.")
    }
    if quantity > order.quantity {
      throw BinanceError(-2038, "Order amend (quantity increase) is not supported.")
    }
    if amendments[order.id, default: []].count >= symbol(instrument).amendsMax {
      throw BinanceError(-2038, "Filter failure: MAX_NUM_ORDER_AMENDS")
    }
    let origID = clientOrderID(of: order)
    let newID = parameters["newClientOrderId"] ?? makeID()
    if newID != origID, let other = self.order(newID, of: call.account, in: instrument),
      other.state.isOpen
    {
      throw BinanceError(.duplicateClientOrderID)
    }
    let result = exchange.amend(
      .venue(order.id), Amendment(quantity: quantity), by: call.account, requestID: origID)
    if case .failure(let refusal) = result { throw BinanceError(refusal) }
    notes[order.id, default: BinanceSpotOrderNotes()].clientOrderID = newID
    renamed[call.account, default: [:]][origID] = nil
    renamed[call.account, default: [:]][newID] = order.id
    let executionID = nextExecutionID
    process(exchange.takeEvents())
    guard let view = exchange.order(.venue(order.id), of: call.account) else {
      throw .unknownOrder
    }
    amendments[order.id, default: []].append(
      BinanceSpotAmendment(
        executionID: executionID, origClientOrderID: origID, newClientOrderID: newID,
        origQuantity: order.quantity, newQuantity: quantity, time: view.updateTime))
    return [
      "transactTime": call.unit.json(view.updateTime), "executionId": .integer(executionID),
      "amendedOrder": amended(view, origClientOrderID: origID, call.unit),
    ]
  }
}
