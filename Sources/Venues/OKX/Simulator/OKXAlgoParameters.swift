import Exchange
import TradingModel

// Algo orders out of parameters.
extension OKXCore {
  static let algoTypes = ["trigger", "conditional", "oco", "move_order_stop"]

  /// A new algo order, with the checks that the venue makes before its price is looked at.
  func newAlgo(
    _ parameters: OKXParameters, of account: AccountIndex
  ) throws(OKXError) -> OKXAlgo {
    let index = try instrument(parameters)
    let instrument = instrument(index)
    var terms = OKXAlgoTerms(
      orderType: "", instrument: index, side: try OKXNewOrder.side(parameters))
    _ = try parameters.need("ordType")
    guard let type = try parameters.word("ordType", Self.algoTypes) else {
      throw .empty("ordType")
    }
    terms.orderType = type
    if parameters.lists["attachAlgoOrds"] != nil { throw .parameter("attachAlgoOrds") }
    let name = try OKXNewOrder.clientOrderID(parameters, "algoClOrdId")
    let lastPrice: Int64
    switch type {
    case "trigger":
      terms.trigger = try trigger(
        "", parameters["orderPx"] != nil ? "orderPx" : "ordPx", parameters, instrument)
    case "move_order_stop": try setCallback(parameters, &terms, instrument)
    default: try setTakeProfitAndStopLoss(parameters, &terms, instrument)
    }
    try setSize(parameters, &terms, instrument)
    // The account's terms are those of any order.
    var request = OrderRequest(.market, terms.side, index)
    var note = OKXOrderNote(orderType: "market")
    try OKXNewOrder.setAccountTerms(&request, &note, parameters, account, self)
    terms.positionSide = request.positionSide
    terms.tradeMode = note.tradeMode
    terms.isReduceOnly = note.isReduceOnly
    terms.tag = parameters["tag"] ?? ""
    if terms.closesPosition, terms.positionSide == .net, !terms.isReduceOnly {
      throw .parameter("reduceOnly")
    }
    lastPrice =
      terms.trigger?.source == .mark
      ? exchange.mark(of: index).mark : exchange.lastPrice(of: index)
    return OKXAlgo(
      id: 0, account: account, clientID: name, terms: terms, lastPrice: lastPrice,
      createTime: exchange.time, updateTime: exchange.time)
  }

  /// Of `conditional` both make a stop-loss; `oco` takes both.
  private func setTakeProfitAndStopLoss(
    _ parameters: OKXParameters, _ terms: inout OKXAlgoTerms, _ instrument: OKXInstrument
  ) throws(OKXError) {
    let isBoth = terms.orderType == "oco"
    let hasStopLoss = parameters["slTriggerPx"] != nil || parameters["slOrdPx"] != nil
    if let kind = parameters["tpOrdKind"], kind != "condition" {
      throw instrument.isSwap ? .parameter("tpOrdKind") : .noLimitTakeProfit
    }
    if isBoth || hasStopLoss {
      terms.stopLoss = try trigger("sl", "slOrdPx", parameters, instrument)
    }
    if isBoth || !hasStopLoss {
      terms.takeProfit = try trigger("tp", "tpOrdPx", parameters, instrument)
    }
  }

  /// A trigger by what its parameters begin with.
  func trigger(
    _ prefix: String, _ orderPrice: String, _ parameters: OKXParameters,
    _ instrument: OKXInstrument
  ) throws(OKXError) -> OKXTrigger {
    let name = prefix.isEmpty ? "triggerPx" : "\(prefix)TriggerPx"
    _ = try parameters.need(name)
    let price = try OKXNewOrder.price(name, parameters, instrument)
    if price == 0 { throw .parameter(name) }
    return OKXTrigger(
      price: price, source: try source(name + "Type", parameters, instrument),
      orderPrice: try self.orderPrice(orderPrice, parameters, instrument))
  }

  /// Which price triggers. Nobody tells an index as it moves, so that it triggers nothing here.
  func source(
    _ name: String, _ parameters: OKXParameters, _ instrument: OKXInstrument
  ) throws(OKXError) -> TriggerSource {
    switch parameters[name] {
    case nil, "last": return .last
    case "mark" where instrument.isSwap: return .mark
    default: throw .parameter(name)
    }
  }

  /// The limit of what comes when the trigger is met; 0 for -1, a market order.
  func orderPrice(
    _ name: String, _ parameters: OKXParameters, _ instrument: OKXInstrument
  ) throws(OKXError) -> Int64 {
    if try parameters.need(name) == "-1" { return 0 }
    let price = try OKXNewOrder.price(name, parameters, instrument)
    if price == 0 { throw .parameter(name) }
    return price
  }

  private func setSize(
    _ parameters: OKXParameters, _ terms: inout OKXAlgoTerms, _ instrument: OKXInstrument
  ) throws(OKXError) {
    guard let fraction = parameters["closeFraction"] else {
      terms.quantity = try OKXNewOrder.units(try parameters.need("sz"), "sz", instrument)
      return
    }
    let isPair = terms.orderType == "conditional" || terms.orderType == "oco"
    let isMarket = [terms.takeProfit, terms.stopLoss].allSatisfy { ($0?.orderPrice ?? 0) == 0 }
    guard fraction == "1", instrument.isSwap, isPair, isMarket, parameters["sz"] == nil else {
      throw .parameter("closeFraction")
    }
    terms.closesPosition = true
  }

  private func setCallback(
    _ parameters: OKXParameters, _ terms: inout OKXAlgoTerms, _ instrument: OKXInstrument
  ) throws(OKXError) {
    guard let ratio = try parameters.decimal("callbackRatio"),
      let parts = try? ratio.units(decimals: Rate.decimals), parts < 100_000_000
    else { throw OKXError("51257", "Trail order callback rate error") }
    terms.callbackRate = Rate(parts: parts)
    terms.callbackRatio = ratio.description
    terms.activation = try OKXNewOrder.price("activePx", parameters, instrument)
  }
}
