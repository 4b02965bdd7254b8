import Exchange
import MatchingEngine
import TradingModel
import VenueServer

/// Requests that change orders (https://bybit-exchange.github.io/docs/v5/order/create-order and those
/// beside it). An answer says that the venue took the request; what became of the order is told on the
/// private streams.
extension BybitCore {
  func create(_ call: BybitCall) throws(BybitError) -> JSONValue {
    let order = try BybitNewOrder(call.parameters, call.account, self)
    return named(try enter(order, call.account))
  }

  private func enter(_ order: BybitNewOrder, _ account: AccountIndex) throws(BybitError)
    -> ExchangeOrder
  {
    switch exchange.submit(order.request, by: account) {
    case .failure(let refusal):
      process(exchange.takeEvents())
      throw BybitError(refusal, order.request, in: self)
    case .success(let id):
      notes[id] = order.notes
      process(exchange.takeEvents())
      guard let view = exchange.order(.venue(id), of: account) else {
        preconditionFailure("Invariant: an order that was taken is known")
      }
      return view
    }
  }

  /// `orderId` and `orderLinkId`, which is all that answers tell.
  private func named(_ order: ExchangeOrder) -> JSONValue {
    [
      "orderId": .string(orderID(of: order)), "orderLinkId": .string(linkID(of: order)),
    ]
  }

  func orderID(of order: ExchangeOrder) -> String {
    BybitIdentifiers.order(toldID(order.id), symbol(order.instrument).category)
  }

  // MARK: Finding orders

  /// The order that a request names by `orderId` or `orderLinkId`; the first wins.
  func find(
    _ parameters: BybitParameters, _ category: BybitCategory, _ account: AccountIndex
  ) -> ExchangeOrder? {
    let order: ExchangeOrder?
    if let text = parameters["orderId"] {
      guard let id = BybitIdentifiers.order(text, category) else { return nil }
      order = exchange.order(.venue(id), of: account)
    } else if let name = parameters["orderLinkId"] {
      order = exchange.order(.client(name), of: account)
    } else {
      return nil
    }
    guard let order, symbol(order.instrument).category == category else { return nil }
    return told(order)
  }

  /// The open order that a change is about.
  private func open(_ call: BybitCall, to action: String) throws(BybitError) -> ExchangeOrder {
    let category = try call.parameters.category()
    guard let name = call.parameters["symbol"], let instrument = instrument(name, category) else {
      throw BybitOrderWords(category).badSymbol
    }
    if call.parameters["orderId"] == nil, call.parameters["orderLinkId"] == nil {
      throw category == .spot
        ? BybitError(170105, "Parameter 'orderId' was empty.") : .missing("orderId or orderLinkId")
    }
    guard let order = find(call.parameters, category, call.account),
      order.instrument == instrument, order.state.isOpen
    else { throw .noOrder(category, to: action) }
    return order
  }

  // MARK: Cancels

  /// Of spot, `orderFilter` says what kind of order is meant: "Order by default"
  /// (https://bybit-exchange.github.io/docs/v5/order/cancel-order).
  func cancel(_ call: BybitCall) throws(BybitError) -> JSONValue {
    let order = try open(call, to: "cancel")
    if symbol(order.instrument).category == .spot {
      let filter = call.parameters["orderFilter"] ?? "Order"
      guard
        ["Order", "StopOrder", "tpslOrder", "OcoOrder", "BidirectionalTpslOrder"]
          .contains(filter)
      else {
        throw .invalid("orderFilter")
      }
      guard isChosen(order, by: filter) else { throw .noOrder(.spot, to: "cancel") }
    }
    let result = exchange.cancel(.venue(order.id), by: call.account)
    process(exchange.takeEvents())
    if case .failure(let refusal) = result {
      throw BybitError(refusal, order.request, in: self)
    }
    return named(order)
  }

  /// Of contracts a symbol, its base coin or the settlement coin must be named. `orderFilter` chooses
  /// conditional orders or the others; without it spot cancels those that are none.
  func cancelAll(_ call: BybitCall) throws(BybitError) -> JSONValue {
    let parameters = call.parameters
    let category = try parameters.category()
    let instruments = try scope(parameters, category, needsOne: category == .linear)
    let filter = parameters["orderFilter"] ?? (category == .spot ? "Order" : "")
    // "Stop" leaves take-profits, stop-losses and trailing stops
    // (https://bybit-exchange.github.io/docs/v5/order/cancel-all).
    let leavesExits = filter == "StopOrder" && parameters["stopOrderType"] == "Stop"
    var canceled: [JSONValue] = []
    for order in exchange.openOrders(of: call.account)
    where instruments.contains(order.instrument) && isChosen(order, by: filter) {
      if !isTold(order) || leavesExits && notes[order.id]?.exit != nil { continue }
      if case .success = exchange.cancel(.venue(order.id), by: call.account) {
        canceled.append(named(order))
      }
    }
    process(exchange.takeEvents())
    return ["list": .array(canceled), "success": "1"]
  }

  func isChosen(_ order: ExchangeOrder, by filter: String) -> Bool {
    let isConditional = order.request.kind.isConditional
    let type = notes[order.id]?.stopOrderType
    switch filter {
    case "Order": return !isConditional || order.isTriggered
    case "StopOrder":
      return isConditional && (symbol(order.instrument).category == .linear || type == "Stop")
    case "tpslOrder", "OcoOrder", "BidirectionalTpslOrder": return type == filter
    default: return true
    }
  }

  /// The instruments that `symbol`, `baseCoin` and `settleCoin` leave.
  func scope(
    _ parameters: BybitParameters, _ category: BybitCategory, needsOne: Bool
  ) throws(BybitError) -> [InstrumentIndex] {
    if let name = parameters["symbol"] {
      guard let instrument = instrument(name, category) else {
        throw BybitOrderWords(category).badSymbol
      }
      return [instrument]
    }
    let base = parameters["baseCoin"]
    let settlement = parameters["settleCoin"]
    if needsOne, base == nil, settlement == nil {
      throw .missing("symbol, settleCoin or baseCoin")
    }
    return instruments(of: category).filter { index in
      (base == nil || symbol(index).base == base)
        && (settlement == nil || symbol(index).quote == settlement)
    }
  }

  // MARK: Amendments

  func amend(_ call: BybitCall) throws(BybitError) -> JSONValue {
    let order = try open(call, to: "replace")
    if notes[order.id]?.pair != nil, order.state == .waiting {
      throw BybitError(170312, "This order cannot be modified.")
    }
    let amendment = try amendment(call.parameters, of: order)
    let terms = try amendedTerms(call.parameters, of: order, by: amendment)
    let result = exchange.amend(.venue(order.id), amendment, by: call.account)
    if let terms { notes[order.id]?.terms = terms }
    process(exchange.takeEvents())
    guard case .failure(let refusal) = result else { return named(order) }
    if refusal == .nothingToAmend, terms != nil {
      tell(order)
      return named(order)
    }
    if refusal == .wouldTake {
      // The request is taken; the matching engine then ends the order.
      notes[order.id]?.rejectReason = "EC_PostOnlyWillTakeLiquidity"
      notes[order.id]?.cancelType = "UNKNOWN"
      _ = exchange.cancel(.venue(order.id), by: call.account)
      process(exchange.takeEvents())
      return named(order)
    }
    if refusal == .unknownOrder || refusal == .orderEnded {
      throw .noOrder(symbol(order.instrument).category, to: "replace")
    }
    var request = order.request
    if let price = amendment.price { request.price = price }
    if let trigger = amendment.triggerPrice { request.triggerPrice = trigger }
    throw BybitError(refusal, request, in: self)
  }

  private func amendment(_ parameters: BybitParameters, of order: ExchangeOrder)
    throws(BybitError) -> Amendment
  {
    let symbol = symbol(order.instrument)
    let words = BybitOrderWords(symbol.category)
    func units(
      _ name: String, _ decimals: Int, _ bad: BybitError, off: Refusal, large: Refusal
    ) throws(BybitError) -> Int64? {
      guard let value = try parameters.decimal(name, or: bad)?.normalized else { return nil }
      guard Int(value.decimals) <= decimals else { throw BybitError(off, order.request, in: self) }
      let (units, isOver) = value.units.multipliedReportingOverflow(
        by: powerOfTen(decimals - Int(value.decimals)))
      guard !isOver, units < Int64.max / 1_000 else {
        throw BybitError(large, order.request, in: self)
      }
      return units
    }
    let amendment = Amendment(
      price: try units(
        "price", symbol.priceDecimals, words.badPrice, off: .priceTick, large: .priceRange),
      quantity: try units(
        "qty", symbol.quantityDecimals, words.badQuantity, off: .lotStep, large: .quantityAboveMax),
      triggerPrice: try units(
        "triggerPrice", symbol.priceDecimals, words.badTrigger, off: .priceTick,
        large: .priceRange))
    try checkTrigger(amendment, of: order)
    if let quantity = amendment.quantity, quantity <= order.filled {
      throw symbol.category == .spot
        ? BybitError(170136, "Order quantity exceeded lower limit.")
        : BybitError(
          110064,
          "The modified contract quantity cannot be less than or equal to the filled quantity.")
    }
    return amendment
  }

  /// Exits have to stand as new ones; other conditional orders before their trigger.
  private func checkTrigger(
    _ amendment: Amendment, of order: ExchangeOrder
  ) throws(BybitError) {
    let exit = notes[order.id]?.exit
    if let exit, !exit.isPartial, amendment.quantity != nil {
      throw BybitError(110060, "Under full TP/SL mode, it is not allowed to modify TP/SL")
    }
    guard let trigger = amendment.triggerPrice, order.state == .waiting else { return }
    var request = order.request
    request.triggerPrice = trigger
    if let exit {
      try check(
        BybitExit(trigger: trigger, source: request.triggerSource), exit.kind,
        isPartial: exit.isPartial, isLong: order.side == .sell, order.instrument)
    } else if isPassed(request) {
      throw BybitError(.wouldTrigger, request, in: self)
    }
  }

  /// The take-profit and stop-loss of an order after an amendment; nil where they stay. Those of the
  /// venue's own orders are not theirs to change.
  private func amendedTerms(
    _ parameters: BybitParameters, of order: ExchangeOrder, by amendment: Amendment
  ) throws(BybitError) -> BybitExitTerms? {
    guard let notes = notes[order.id], notes.exit == nil else { return nil }
    let reader = BybitExitReader(
      parameters: parameters, instrument: order.instrument, core: self)
    var terms = notes.terms
    if parameters["tpslMode"] != nil, symbol(order.instrument).category == .linear {
      terms.isPartial = try reader.isPartial()
    }
    for kind in [BybitExitKind.takeProfit, .stopLoss] {
      switch try reader.change(of: kind, isPartial: terms.isPartial, present: terms[kind]) {
      case .unnamed: break
      case .none: terms[kind] = nil
      case .set(let exit): terms[kind] = exit
      }
    }
    let isChanged = terms != notes.terms
    if isChanged, order.filled > 0 {
      throw BybitError(
        110059,
        "In the case of partial filled of the open order, it is not allowed to modify the take "
          + "profit and stop loss settings of the open order")
    }
    if isChanged, order.request.isReduceOnly { throw .exitsOfReducing }
    if isChanged || amendment.price != nil {
      var request = order.request
      if let price = amendment.price { request.price = price }
      if let trigger = amendment.triggerPrice { request.triggerPrice = trigger }
      try check(terms, of: request)
    }
    return isChanged ? terms : nil
  }

  // MARK: Batches

  /// Each order is a request of its own; its code and text stand at its place in `retExtInfo.list`
  /// (https://bybit-exchange.github.io/docs/v5/order/batch-place).
  func batch(_ action: BybitAction, _ call: BybitCall) throws(BybitError) -> BybitAnswer {
    let category = try call.parameters.category()
    let requests = call.parameters.json("request")?.elements ?? []
    let most = category == .spot ? 10 : 20
    guard (1...most).contains(requests.count) else {
      throw BybitError(10001, "The number of orders must be between 1 and \(most)")
    }
    var entries: [JSONValue] = []
    var outcomes: [JSONValue] = []
    for request in requests {
      var done: JSONValue?
      do throws(BybitError) {
        let members = request.members ?? []
        var one = call
        one.parameters = try BybitParameters(
          .object(members + [("category", .string(category.rawValue))]))
        switch action {
        case .createBatch: done = try create(one)
        case .amendBatch: done = try amend(one)
        default: done = try cancel(one)
        }
        outcomes.append(["code": 0, "msg": "OK"])
      } catch {
        outcomes.append(["code": .integer(error.code), "msg": .string(error.message)])
      }
      entries.append(batchEntry(request, category, done, hasTime: action == .createBatch))
    }
    return BybitAnswer(
      result: ["list": .array(entries)], extra: ["list": .array(outcomes)])
  }

  private func batchEntry(
    _ request: JSONValue, _ category: BybitCategory, _ done: JSONValue?, hasTime: Bool
  ) -> JSONValue {
    let sentLink = request["orderLinkId"]?.scalarText ?? ""
    var members: [(key: String, value: JSONValue)] = [
      ("category", .string(category.rawValue)),
      ("symbol", .string(request["symbol"]?.scalarText ?? "")),
      ("orderId", done?["orderId"] ?? ""),
      ("orderLinkId", done?["orderLinkId"] ?? .string(sentLink)),
    ]
    if hasTime {
      members.append(("createAt", done == nil ? "" : .string("\(now.milliseconds)")))
    }
    return .object(members)
  }
}
