import Exchange
import MatchingEngine
import TradingModel
import VenueServer

/// Conditional orders: `trigger`, `conditional` (one take-profit or stop-loss) and `move_order_stop`
/// (https://www.okx.com/docs-v5/en/#order-book-trading-algo-trading).
extension OKXCore {
  static let algoTypes = ["trigger", "conditional", "move_order_stop"]

  func placeAlgo(_ call: OKXCall) throws(OKXError) -> OKXAnswer {
    let parameters = call.parameters
    var id = ""
    var failure: OKXError?
    do throws(OKXError) {
      let (request, note) = try newAlgo(parameters, of: call.account)
      id = algoID(try enter(request, note, of: call.account))
    } catch {
      failure = error
    }
    let ack: JSONValue = [
      "algoClOrdId": .string(parameters["algoClOrdId"] ?? ""), "algoId": .string(id),
      "clOrdId": "", "sCode": .string(failure?.code ?? "0"),
      "sMsg": .string(failure?.message ?? ""), "tag": .string(parameters["tag"] ?? ""),
    ]
    var answer = OKXAnswer(outcomes: [(ack, failure == nil)])
    answer.hasTimes = false
    return answer
  }

  private func algoID(_ id: OrderID) -> String { "\(id - Self.algoOffset)" }

  private func newAlgo(
    _ parameters: OKXParameters, of account: AccountIndex
  ) throws(OKXError) -> (OrderRequest, OKXOrderNote) {
    let index = try instrument(parameters)
    let instrument = instrument(index)
    let side = try OKXNewOrder.side(parameters)
    _ = try parameters.need("ordType")
    guard let type = try parameters.word("ordType", Self.algoTypes) else {
      throw .empty("ordType")
    }
    var request = OrderRequest(
      .stopLoss, side, index,
      clientOrderID: try OKXNewOrder.clientOrderID(parameters, "algoClOrdId"))
    var algo = OKXAlgoNote(orderType: type)
    request.quantity = try OKXNewOrder.units(try parameters.need("sz"), "sz", instrument)
    let source: String?
    switch type {
    case "trigger":
      source = parameters["triggerPxType"]
      request.triggerPrice = try OKXNewOrder.price("triggerPx", parameters, instrument)
      if request.triggerPrice == 0 { throw .parameter("triggerPx") }
      try setOrderPrice(parameters["orderPx"] != nil ? "orderPx" : "ordPx", parameters, &request)
      algo.isTakeProfit = isTakeProfit(request, isMark: source == "mark")
    case "conditional":
      algo.isTakeProfit = parameters["tpTriggerPx"] != nil
      if algo.isTakeProfit, parameters["slTriggerPx"] != nil { throw .parameter("slTriggerPx") }
      let kind = algo.isTakeProfit ? "tp" : "sl"
      source = parameters["\(kind)TriggerPxType"]
      request.triggerPrice = try OKXNewOrder.price("\(kind)TriggerPx", parameters, instrument)
      if request.triggerPrice == 0 { throw .parameter("\(kind)TriggerPx") }
      try setOrderPrice("\(kind)OrdPx", parameters, &request)
    default:
      source = nil
      try setCallback(parameters, &request, &algo, instrument)
    }
    if type != "move_order_stop" {
      let hasLimit = request.price != 0
      request.kind =
        algo.isTakeProfit
        ? (hasLimit ? .takeProfitLimit : .takeProfit) : (hasLimit ? .stopLossLimit : .stopLoss)
    }
    switch source {
    case nil, "last": request.triggerSource = .last
    case "mark" where instrument.isSwap: request.triggerSource = .mark
    default: throw .parameter("triggerPxType")
    }
    request.selfTradePrevention = .cancelOldest
    var note = OKXOrderNote(orderType: request.price == 0 ? "market" : "limit")
    note.tag = parameters["tag"] ?? ""
    note.algo = algo
    try OKXNewOrder.setAccountTerms(&request, &note, parameters, account, self)
    return (request, note)
  }

  /// What comes when the trigger is met: -1 is a market order.
  private func setOrderPrice(
    _ name: String, _ parameters: OKXParameters, _ request: inout OrderRequest
  ) throws(OKXError) {
    if try parameters.need(name) == "-1" { return }
    request.price = try OKXNewOrder.price(name, parameters, instrument(request.instrument))
  }

  /// Whether a trigger price lies where a take-profit's would: a buy's below, a sell's above.
  private func isTakeProfit(_ request: OrderRequest, isMark: Bool) -> Bool {
    let price =
      isMark
      ? exchange.mark(of: request.instrument).mark : exchange.lastPrice(of: request.instrument)
    return request.side == .buy ? request.triggerPrice < price : request.triggerPrice > price
  }

  private func setCallback(
    _ parameters: OKXParameters, _ request: inout OrderRequest, _ algo: inout OKXAlgoNote,
    _ instrument: OKXInstrument
  ) throws(OKXError) {
    request.kind = .trailingStop
    guard let ratio = try parameters.decimal("callbackRatio"),
      let parts = try? ratio.units(decimals: Rate.decimals), parts < 100_000_000
    else { throw OKXError("51257", "Trail order callback rate error") }
    request.callbackRate = Rate(parts: parts)
    request.triggerPrice = try OKXNewOrder.price("activePx", parameters, instrument)
    algo.callbackRatio = ratio.description
  }

  // MARK: Cancels

  /// Cancels what a list of `algoId` (or `algoClOrdId`) and `instId` names.
  func cancelAlgos(_ call: OKXCall) -> OKXAnswer {
    var answer = OKXAnswer(
      outcomes: call.list.map { parameters -> Outcome in
        let order = algo(parameters, of: call.account)
        var failure: OKXError?
        if let order {
          do throws(OKXError) {
            if order.isTriggered { throw .canceledBefore }
            try cancel(order, source: "1")
          } catch {
            failure = error
          }
        } else {
          failure = .notCancelable
        }
        return (
          [
            "algoClOrdId": .string(order?.clientOrderID ?? parameters["algoClOrdId"] ?? ""),
            "algoId": .string(order.map { algoID($0.id) } ?? parameters["algoId"] ?? ""),
            "clOrdId": "", "sCode": .string(failure?.code ?? "0"),
            "sMsg": .string(failure?.message ?? ""), "tag": "",
          ], failure == nil
        )
      })
    answer.hasTimes = false
    return answer
  }

  private func algo(_ parameters: OKXParameters, of account: AccountIndex) -> ExchangeOrder? {
    var order: ExchangeOrder?
    if let id = parameters["algoId"] {
      order = OrderID(id).flatMap { id in
        id < .max - Self.algoOffset
          ? exchange.order(.venue(id + Self.algoOffset), of: account) : nil
      }
    } else if let name = parameters["algoClOrdId"] {
      order = exchange.order(.client(name), of: account)
    }
    return order?.request.kind.isConditional == true ? order : nil
  }

  // MARK: Queries

  func algo(_ call: OKXCall) throws(OKXError) -> OKXAnswer {
    if call.parameters["algoId"] == nil, call.parameters["algoClOrdId"] == nil {
      throw .either("algoId", or: "algoClOrdId")
    }
    guard let order = algo(call.parameters, of: call.account) else { throw .unknownOrder }
    return OKXAnswer([algoJSON(order)])
  }

  /// Those that wait, or (`isHistory`) no longer do, newest first.
  func algos(_ call: OKXCall, isHistory: Bool) throws(OKXError) -> OKXAnswer {
    let parameters = call.parameters
    let types = try parameters.need("ordType").split(separator: ",").map(String.init)
    let instruments = try instruments(matching: parameters)
    let page = try OKXPage(parameters)
    let name = parameters["algoId"]
    let chosen = exchange.orders(of: call.account).reversed().filter { order in
      guard let algo = notes[order.id]?.algo else { return false }
      return (order.state == .waiting) != isHistory && types.contains(algo.orderType)
        && instruments.contains(order.instrument) && (name == nil || name == algoID(order.id))
        && (parameters["state"] == nil || parameters["state"] == algoState(order))
        && page.contains(order.id - Self.algoOffset, at: order.createTime)
    }
    return OKXAnswer(page.cut(Array(chosen)).map { algoJSON($0) })
  }

  private func algoState(_ order: ExchangeOrder) -> String {
    if order.state == .waiting { return "live" }
    if order.isTriggered {
      switch order.endReason {
      case .insufficientBalance, .refusedAtTrigger: return "order_failed"
      default: return "effective"
      }
    }
    return order.state == .canceled ? "canceled" : "order_failed"
  }

  /// A conditional order as REST and the channel `orders-algo` tell it.
  func algoJSON(_ order: ExchangeOrder) -> JSONValue {
    let note = notes[order.id]
    let algo = note?.algo ?? OKXAlgoNote(orderType: "trigger")
    let instrument = instrument(order.instrument)
    let request = order.request
    let trigger = request.triggerPrice == 0 ? "" : price(request.triggerPrice, order.instrument)
    let source = request.triggerSource == .mark ? "mark" : "last"
    let limit = request.price == 0 ? "-1" : price(request.price, order.instrument)
    let position = exchange.position(of: order.account, order.instrument, request.positionSide)
    func text(_ value: String, if isIt: Bool) -> JSONValue { .string(isIt ? value : "") }
    let isTrigger = algo.orderType == "trigger"
    let isTakeProfit = algo.orderType == "conditional" && algo.isTakeProfit
    let isStopLoss = algo.orderType == "conditional" && !algo.isTakeProfit
    let isTrailing = algo.orderType == "move_order_stop"
    let listing = exchange.settings.instruments[Int(order.instrument)].listing
    let value = listing.value(
      price: exchange.lastPrice(of: order.instrument), quantity: order.quantity)
    return [
      "activePx": text(trigger, if: isTrailing), "activePxType": text("last", if: isTrailing),
      "actualPx": .string(exchange.averagePrice(of: order).map { Self.text($0) } ?? ""),
      "actualSide": text(order.side == .buy ? "buy" : "sell", if: order.isTriggered),
      "actualSz": .string(quantity(order.filled, order.instrument)),
      "algoClOrdId": .string(order.clientOrderID), "algoId": .string(algoID(order.id)),
      "amendPxOnTriggerType": "", "attachAlgoOrds": [], "cTime": OKXTime.json(order.createTime),
      "callbackRatio": .string(algo.callbackRatio), "callbackSpread": "", "ccy": "",
      "clOrdId": "", "closeFraction": "",
      "ctVal": .string(
        instrument.isSwap ? DecimalText.string(1, decimals: instrument.contractDecimals) : ""),
      "failCode": .string(algoState(order) == "order_failed" ? "51008" : ""),
      "instId": .string(instrument.id), "instType": .string(instrument.type.rawValue),
      "last": .string(price(exchange.lastPrice(of: order.instrument), order.instrument)),
      "lever": .string(instrument.isSwap ? "\(position.leverage)" : ""), "moveTriggerPx": "",
      "notionalUsd": .string(value.map { "\($0)" } ?? ""),
      "ordId": text("\(order.id)", if: order.isTriggered),
      "ordPx": text(limit, if: isTrigger), "ordType": .string(algo.orderType),
      "posSide": .string(request.positionSide.okxWord), "pxLimit": "", "pxSpread": "",
      "pxVar": "", "reduceOnly": .string(note?.isReduceOnly == true ? "true" : "false"),
      "side": .string(order.side == .buy ? "buy" : "sell"),
      "slOrdPx": text(limit, if: isStopLoss), "slTriggerPx": text(trigger, if: isStopLoss),
      "slTriggerPxType": text(source, if: isStopLoss), "state": .string(algoState(order)),
      "sz": .string(quantity(request.quantity, order.instrument)), "szLimit": "",
      "tag": .string(note?.tag ?? ""), "tdMode": .string(note?.tradeMode ?? ""), "tgtCcy": "",
      "timeInterval": "", "tpOrdPx": text(limit, if: isTakeProfit),
      "tpTriggerPx": text(trigger, if: isTakeProfit),
      "tpTriggerPxType": text(source, if: isTakeProfit), "triggerPx": text(trigger, if: isTrigger),
      "triggerPxType": text(source, if: isTrigger),
      "triggerTime": .string(order.triggerTime == 0 ? "" : OKXTime.text(order.triggerTime)),
      "uTime": OKXTime.json(order.updateTime),
      "uly": .string(instrument.isSwap ? instrument.family : ""),
    ]
  }
}
