import Exchange
import MatchingEngine
import TradingModel
import VenueServer

/// Requests that change orders
/// (https://developers.binance.com/docs/derivatives/usds-margined-futures/trade/rest-api).
extension BinanceUSDMCore {
  func place(_ call: BinanceCall) throws(BinanceError) -> JSONValue {
    let order = try BinanceUSDMNewOrder(
      call.parameters, of: call.account, isAlgo: false, in: self)
    try orderLimits[call.account].take(1, at: now.milliseconds)
    let id = try enter(order, call.account)
    return json(view(id, call.account), order.tellsResult ? .changed : .acknowledged)
  }

  /// Enters a checked order and waits for what becomes of it at once.
  func enter(
    _ order: BinanceUSDMNewOrder, _ account: AccountIndex
  ) throws(BinanceError) -> OrderID {
    let request = order.request
    if request.timeInForce == .fillOrKill, request.kind == .limit, !canFill(request) {
      throw BinanceUSDMErrors.notFillable
    }
    switch exchange.submit(request, by: account) {
    case .failure(let refusal):
      process(exchange.takeEvents())
      throw BinanceUSDMErrors.error(refusal, of: request, in: self)
    case .success(let id):
      notes[id] = order.notes
      process(exchange.takeEvents())
      return id
    }
  }

  /// Whether a limit order finds all it wants; such that do not are refused, and are no orders.
  private func canFill(_ request: OrderRequest) -> Bool {
    let snapshot = exchange.snapshot(of: request.instrument, limit: 1_000)
    var found: Int64 = 0
    for level in request.side == .buy ? snapshot.asks : snapshot.bids {
      let isBeyond =
        request.side == .buy ? level.price > request.price : level.price < request.price
      if isBeyond || found >= request.quantity { break }
      found += level.quantity
    }
    return found >= request.quantity
  }

  func view(_ id: OrderID, _ account: AccountIndex) -> ExchangeOrder {
    guard let view = exchange.order(.venue(id), of: account) else {
      preconditionFailure("Invariant: an order that was taken is known")
    }
    return view
  }

  func test(_ call: BinanceCall) throws(BinanceError) -> JSONValue {
    let order = try BinanceUSDMNewOrder(
      call.parameters, of: call.account, isAlgo: false, in: self)
    if let refusal = exchange.refusal(of: order.request, by: call.account) {
      throw BinanceUSDMErrors.error(refusal, of: order.request, in: self)
    }
    var view: Members = [
      ("orderId", 0), ("symbol", .string(symbol(order.request.instrument).name)),
      ("status", "NEW"), ("clientOrderId", .string(order.request.clientOrderID)),
    ]
    view += [
      ("price", .string(price(order.request.price, order.request.instrument))),
      ("origQty", .string(quantity(order.request.quantity, order.request.instrument))),
    ]
    return .object(view)
  }

  // MARK: Finding orders

  /// The order that a request names by `orderId` or `origClientOrderId`; nil where there is none.
  func named(
    _ parameters: BinanceParameters, _ account: AccountIndex, in instrument: InstrumentIndex
  ) throws(BinanceError) -> ExchangeOrder? {
    let order: ExchangeOrder?
    if let number = parameters.integer("orderId") {
      order = number > 0 ? exchange.order(.venue(OrderID(number)), of: account) : nil
    } else if let name = parameters["origClientOrderId"] {
      order = exchange.order(.client(name), of: account)
    } else {
      throw .missing("origClientOrderId", or: "orderId")
    }
    guard let order, order.instrument == instrument, order.isBinanceUSDMOrder else { return nil }
    return order
  }

  // MARK: Cancels

  func cancel(_ call: BinanceCall) throws(BinanceError) -> JSONValue {
    let instrument = try instrument(call.parameters["symbol"])
    guard let order = try named(call.parameters, call.account, in: instrument) else {
      throw .unknownOrder
    }
    return try cancel(order)
  }

  private func cancel(_ order: ExchangeOrder) throws(BinanceError) -> JSONValue {
    let result = exchange.cancel(.venue(order.id), by: order.account)
    process(exchange.takeEvents())
    if case .failure(let refusal) = result {
      throw BinanceUSDMErrors.error(refusal, in: self)
    }
    return json(view(order.id, order.account), .changed)
  }

  func cancelBatch(_ call: BinanceCall) throws(BinanceError) -> JSONValue {
    let instrument = try instrument(call.parameters["symbol"])
    let numbers = list("orderIdList", call.parameters)
    let names = list("origClientOrderIdList", call.parameters)
    guard let chosen = numbers ?? names, !chosen.isEmpty else {
      throw .missing("orderIdList", or: "origClientOrderIdList")
    }
    if chosen.count > 10 { throw BinanceError(-4079, "Batch size exceeds 10 orders.") }
    var answers: [JSONValue] = []
    for entry in chosen {
      let reference: OrderReference =
        numbers != nil
        ? .venue(UInt64(entry.scalarText ?? "") ?? 0) : .client(entry.string ?? "")
      answers.append(
        outcome { () throws(BinanceError) in
          guard let order = exchange.order(reference, of: call.account),
            order.instrument == instrument, order.isBinanceUSDMOrder
          else { throw .unknownOrder }
          return try cancel(order)
        })
    }
    return .array(answers)
  }

  private func list(_ name: String, _ parameters: BinanceParameters) -> [JSONValue]? {
    (parameters[name] ?? parameters[name.lowercased()]).flatMap { try? JSONValue.parse($0) }?
      .elements
  }

  private func outcome(_ body: () throws(BinanceError) -> JSONValue) -> JSONValue {
    do throws(BinanceError) { return try body() } catch { return error.json }
  }

  func cancelAll(_ call: BinanceCall) throws(BinanceError) -> JSONValue {
    cancelOpen(of: call.account, in: try instrument(call.parameters["symbol"]))
    return ["code": 200, "msg": "The operation of cancel all open order is done."]
  }

  /// Cancels all orders of the book; algo orders stay.
  private func cancelOpen(of account: AccountIndex, in instrument: InstrumentIndex) {
    for order in exchange.openOrders(of: account, in: instrument) where order.isBinanceUSDMOrder {
      _ = exchange.cancel(.venue(order.id), by: account)
      process(exchange.takeEvents())
    }
  }

  // MARK: The dead man's switch

  func countdown(_ call: BinanceCall) throws(BinanceError) -> JSONValue {
    let instrument = try instrument(call.parameters["symbol"])
    guard let time = call.parameters.integer("countdownTime"), time >= 0, time < 1 << 40 else {
      throw .notValid("countdownTime")
    }
    countdowns.removeAll { $0.account == call.account && $0.instrument == instrument }
    if time > 0 {
      countdowns.append(
        BinanceUSDMCountdown(
          account: call.account, instrument: instrument,
          deadline: now.monotonic + time * 1_000_000))
    }
    return ["symbol": .string(symbol(instrument).name), "countdownTime": .string("\(time)")]
  }

  /// Cancels the orders whose countdown has ended.
  func endCountdowns() {
    guard countdowns.contains(where: { $0.deadline <= now.monotonic }) else { return }
    let ended = countdowns.filter { $0.deadline <= now.monotonic }
    countdowns.removeAll { $0.deadline <= now.monotonic }
    for countdown in ended { cancelOpen(of: countdown.account, in: countdown.instrument) }
  }

  // MARK: Batches

  func placeBatch(_ call: BinanceCall) throws(BinanceError) -> JSONValue {
    try batch(call) { fields throws(BinanceError) in
      let parameters = try BinanceParameters(
        fields, BinanceUSDMNewOrder.rules, refusesUnknown: false)
      let order = try BinanceUSDMNewOrder(
        parameters, of: call.account, isAlgo: false, in: self)
      let id = try enter(order, call.account)
      return json(view(id, call.account), order.tellsResult ? .changed : .acknowledged)
    }
  }

  func modifyBatch(_ call: BinanceCall) throws(BinanceError) -> JSONValue {
    try batch(call) { fields throws(BinanceError) in
      let parameters = try BinanceParameters(
        fields, BinanceUSDMModification.rules, refusesUnknown: false)
      return try modify(parameters, call.account)
    }
  }

  /// One answer for each of at most five entries.
  private func batch(
    _ call: BinanceCall, _ body: ([BinanceField]) throws(BinanceError) -> JSONValue
  ) throws(BinanceError) -> JSONValue {
    guard let entries = list("batchOrders", call.parameters), !entries.isEmpty,
      entries.allSatisfy({ $0.members != nil })
    else { throw BinanceError(-1130, "Data sent for parameter 'batchOrders' is not valid.") }
    if entries.count > 5 { throw BinanceError(-4079, "Batch size exceeds 5 orders.") }
    try orderLimits[call.account].take(entries.count, at: now.milliseconds)
    var answers: [JSONValue] = []
    for entry in entries {
      let fields = (entry.members ?? []).map { member in
        BinanceField(name: member.key, value: member.value.scalarText ?? member.value.text)
      }
      answers.append(outcome { () throws(BinanceError) in try body(fields) })
    }
    return .array(answers)
  }
}

/// The parameters of a modification.
enum BinanceUSDMModification {
  static let rules: [BinanceParameterRule] = [
    .need("symbol", .symbol), .may("orderId", .integer), .may("origClientOrderId", .text),
    .need("side", .word(["BUY", "SELL"], BinanceError(-1117, "Invalid side."))),
    .need("quantity", .decimal), .may("price", .decimal),
    .may("priceMatch", .word(BinanceUSDMNewOrder.priceMatches, nil)),
  ]
}

extension BinanceUSDMCore {
  func modify(_ call: BinanceCall) throws(BinanceError) -> JSONValue {
    try orderLimits[call.account].take(1, at: now.milliseconds)
    return try modify(call.parameters, call.account)
  }

  /// Changes price and quantity of an open limit order, which keeps its number
  /// (https://developers.binance.com/docs/derivatives/usds-margined-futures/trade/rest-api/Modify-Order).
  fileprivate func modify(
    _ parameters: BinanceParameters, _ account: AccountIndex
  ) throws(BinanceError) -> JSONValue {
    let instrument = try instrument(parameters["symbol"])
    guard let order = try named(parameters, account, in: instrument), order.state.isOpen else {
      throw .orderDoesNotExist
    }
    if parameters["side"] != order.binanceSide { throw BinanceError(-1117, "Invalid side.") }
    if parameters["price"] == nil { throw .missing("price") }
    let price = try BinanceUSDMNewOrder.price("price", parameters, symbol(instrument))
    let quantity = try BinanceUSDMNewOrder.quantity(parameters, symbol(instrument))
    if price == order.request.price, quantity == order.quantity {
      throw BinanceError(-5027, "No need to modify the order.")
    }
    let amendment = Amendment(
      price: price == order.request.price ? nil : price,
      quantity: quantity == order.quantity ? nil : quantity)
    let result = exchange.amend(.venue(order.id), amendment, by: account)
    if case .failure(.wouldTake) = result {
      // A post-only order that would take at its new price is canceled.
      _ = exchange.cancel(.venue(order.id), by: account)
    } else if case .failure(let refusal) = result {
      var request = order.request
      (request.price, request.quantity) = (price, quantity)
      throw BinanceUSDMErrors.error(refusal, of: request, in: self)
    }
    notes[order.id, default: BinanceUSDMOrderNotes()].modifyCount += 1
    process(exchange.takeEvents())
    return json(view(order.id, account), .changed)
  }
}
