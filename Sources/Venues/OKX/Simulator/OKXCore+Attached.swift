import Exchange
import TradingModel
import VenueServer

/// A take-profit and a stop-loss that come with an order. They are generated when the order is filled, or ends
/// with a part of it filled, for what was filled; where it ends before any fill they are gone with it
/// (https://www.okx.com/docs-v5/en/#order-book-trading-trade-post-place-order).
extension OKXCore {
  /// What `attachAlgoOrds` of a new order asks for; nil for nothing.
  func attachment(
    _ parameters: OKXParameters, to order: OKXNewOrder, of account: AccountIndex
  ) throws(OKXError) -> OKXAlgo? {
    guard let list = parameters.lists["attachAlgoOrds"] else { return nil }
    // Take-profits in several parts are left out, and so is what follows from them.
    guard list.count == 1, let one = list.first else { throw .parameter("attachAlgoOrds") }
    let request = order.request
    let instrument = instrument(request.instrument)
    for name in [
      "tpTriggerRatio", "slTriggerRatio", "sz", "callbackRatio", "callbackSpread", "activePx",
    ] where one[name] != nil { throw .parameter(name) }
    if let kind = one["tpOrdKind"], kind != "condition" {
      throw instrument.isSwap ? .parameter("tpOrdKind") : .noLimitTakeProfit
    }
    if order.note.isReduceOnly { throw .attachedToReducing }
    let isQuoted = request.quoteQuantity != nil
    if request.kind == .market, !instrument.isSwap, isQuoted == (request.side == .sell) {
      throw .attachedTo("market", order.note.targetCurrency)
    }
    var terms = OKXAlgoTerms(
      orderType: "", instrument: request.instrument, side: request.side == .buy ? .sell : .buy)
    if one["tpTriggerPx"] != nil || one["tpOrdPx"] != nil {
      terms.takeProfit = try trigger("tp", "tpOrdPx", one, instrument)
    }
    if one["slTriggerPx"] != nil || one["slOrdPx"] != nil {
      terms.stopLoss = try trigger("sl", "slOrdPx", one, instrument)
    }
    if terms.takeProfit == nil, terms.stopLoss == nil { throw .emptyAttachment }
    terms.orderType = terms.takeProfit != nil && terms.stopLoss != nil ? "oco" : "conditional"
    terms.positionSide = request.positionSide
    terms.tradeMode = order.note.tradeMode
    terms.isReduceOnly = instrument.isSwap
    try check(terms, against: request)
    return OKXAlgo(
      id: 0, account: account,
      clientID: try OKXNewOrder.clientOrderID(one, "attachAlgoClOrdId"), terms: terms,
      state: .attached, lastPrice: exchange.lastPrice(of: request.instrument),
      createTime: exchange.time, updateTime: exchange.time)
  }

  /// A take-profit lies beyond the order's price, or the one at which a market order begins, and a stop-loss on
  /// the other side of it.
  private func check(_ terms: OKXAlgoTerms, against order: OrderRequest) throws(OKXError) {
    let isBuy = order.side == .buy
    let quote = exchange.bestQuote(of: order.instrument)
    let isLimit = order.kind == .limit
    guard let price = isLimit ? order.price : (isBuy ? quote.ask : quote.bid)?.price else { return }
    let isAbove = { (trigger: OKXTrigger) in trigger.price > price }
    let isBelow = { (trigger: OKXTrigger) in trigger.price < price }
    if let trigger = terms.takeProfit, !(isBuy ? isAbove(trigger) : isBelow(trigger)) {
      throw .attachedPrice(isTakeProfit: true, isBuy: isBuy, isLimit: isLimit)
    }
    if let trigger = terms.stopLoss, !(isBuy ? isBelow(trigger) : isAbove(trigger)) {
      throw .attachedPrice(isTakeProfit: false, isBuy: isBuy, isLimit: isLimit)
    }
  }

  /// Enters an order with what is attached to it.
  func enter(
    _ order: OKXNewOrder, with attached: OKXAlgo, of account: AccountIndex
  ) throws(OKXError) -> OrderID {
    var attached = attached
    let requests = attached.requests(clientID: attached.clientID)
    var list = OrderListRequest(
      requests.count == 2 ? .oneTriggersOneCancelsOther : .oneTriggersOther,
      [order.request] + requests)
    list.afterPartialFill = .activates
    list.pendingQuantity = .filled
    switch exchange.submit(list, by: account) {
    case .failure(let refusal):
      process(exchange.takeEvents())
      if refusal == .duplicateClientOrderID, isTaken(attached.clientID, of: account) {
        throw .attachedNameTaken(attached.clientID)
      }
      throw OKXError(
        refusal, of: order.request, asset: lockedAsset(order.request),
        limits: priceLimits(order.request.instrument))
    case .success(let list):
      attached.legs = Array(list.orders.dropFirst())
      attached.id = list.orders[1] - Self.algoOffset
      attached.attachID = "\(attached.id - Self.attachOffset)"
      var note = order.note
      note.attachedID = attached.id
      notes[list.orders[0]] = note
      keep(attached, requests)
      process(exchange.takeEvents())
      return list.orders[0]
    }
  }

  private func isTaken(_ name: String, of account: AccountIndex) -> Bool {
    !name.isEmpty
      && exchange.order(.client(OKXAlgo.exchangeName(name)), of: account)?.state.isOpen == true
  }

  /// Changes the prices of what is attached to an order that is not filled yet.
  func amendAttached(_ list: [OKXParameters], to order: ExchangeOrder) throws(OKXError) {
    guard let id = notes[order.id]?.attachedID, let algo = algos[id] else {
      throw .nothingAttached
    }
    guard list.count == 1, algo.state == .attached,
      list[0]["attachAlgoId"].map({ $0 == algo.attachID })
        ?? (list[0]["attachAlgoClOrdId"] == algo.clientID)
    else { throw .unknownAttachment }
    let instrument = instrument(order.instrument)
    var terms = algo.terms
    terms.takeProfit = try amended(terms.takeProfit, "Tp", list[0], instrument)
    terms.stopLoss = try amended(terms.stopLoss, "Sl", list[0], instrument)
    try checkKinds(terms.takeProfit, algo.terms.takeProfit, "newTpOrdPx")
    try checkKinds(terms.stopLoss, algo.terms.stopLoss, "newSlOrdPx")
    try check(terms, against: order.request)
    for (leg, trigger) in zip(algo.legs, [terms.takeProfit, terms.stopLoss].compactMap({ $0 })) {
      let amendment = Amendment(
        price: trigger.orderPrice == 0 ? nil : trigger.orderPrice, triggerPrice: trigger.price)
      let result = exchange.amend(.venue(leg), amendment, by: order.account)
      process(exchange.takeEvents())
      if case .failure(let refusal) = result, refusal != .nothingToAmend { throw .notAmendable }
    }
    algos[id]?.terms = terms
  }

  /// What is attached keeps its parts, what triggers them, and whether they have limits.
  private func checkKinds(
    _ new: OKXTrigger?, _ old: OKXTrigger?, _ name: String
  ) throws(OKXError) {
    guard (new == nil) == (old == nil), new?.source == old?.source,
      (new?.orderPrice == 0) == (old?.orderPrice == 0)
    else { throw .parameter(name) }
  }

  /// `attachAlgoOrds` as orders tell it.
  func attachedJSON(_ order: ExchangeOrder) -> JSONValue {
    guard let id = notes[order.id]?.attachedID, let algo = algos[id] else { return [] }
    var all: [(key: String, value: JSONValue)] = [
      ("activePx", ""), ("amendPxOnTriggerType", "0"),
      ("attachAlgoClOrdId", .string(algo.clientID)),
      ("attachAlgoId", .string(algo.attachID ?? "")), ("callbackRatio", ""),
      ("callbackSpread", ""),
      ("failCode", .string(algo.state == .attached ? algo.failCode : "")), ("failReason", ""),
      ("slTriggerRatio", ""), ("sz", ""),
      ("tpOrdKind", algo.terms.takeProfit == nil ? "" : "condition"), ("tpTriggerRatio", ""),
    ]
    all += members("tp", algo.terms.takeProfit, "OrdPx", order.instrument)
    all += members("sl", algo.terms.stopLoss, "OrdPx", order.instrument)
    return .array([.object(all)])
  }
}
