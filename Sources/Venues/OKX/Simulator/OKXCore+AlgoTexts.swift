import Exchange
import TradingModel
import VenueServer

/// Algo orders as the venue tells them
/// (https://www.okx.com/docs-v5/en/#order-book-trading-algo-trading-get-algo-order-details).
extension OKXCore {
  // MARK: Queries

  func algo(_ call: OKXCall) throws(OKXError) -> OKXAnswer {
    if call.parameters["algoId"] == nil, call.parameters["algoClOrdId"] == nil {
      throw .either("algoId", or: "algoClOrdId")
    }
    guard let algo = algo(call.parameters, of: call.account) else { throw .unknownOrder }
    return OKXAnswer([.object(members(algo))])
  }

  /// Those that wait, or (`isHistory`) no longer do, newest first.
  func algos(_ call: OKXCall, isHistory: Bool) throws(OKXError) -> OKXAnswer {
    let parameters = call.parameters
    let types = try parameters.need("ordType").split(separator: ",").map(String.init)
    if isHistory, parameters["state"] == nil, parameters["algoId"] == nil {
      throw .either("state", or: "algoId")
    }
    let instruments = try instruments(matching: parameters)
    let page = try OKXPage(parameters)
    let (name, client) = (parameters["algoId"], parameters["algoClOrdId"])
    let chosen = algos.values.sorted { $0.id > $1.id }.filter { algo in
      algo.account == call.account && algo.state != .attached
        && (algo.state == .live) != isHistory && types.contains(algo.terms.orderType)
        && instruments.contains(algo.terms.instrument) && (name == nil || name == "\(algo.id)")
        && (client == nil || isHistory || client == algo.clientID)
        && (parameters["state"] == nil || parameters["state"] == algo.state.rawValue)
        && page.contains(algo.id, at: algo.createTime)
    }
    return OKXAnswer(page.cut(chosen).map { .object(members($0)) })
  }

  // MARK: Texts

  /// Tells an algo order to those who listen.
  ///
  /// - Parameter amended: what the request that changed it was called; nil where none did.
  func publishAlgo(_ id: OrderID, amended: String? = nil) {
    guard let algo = algos[id] else { return }
    let channel = algo.terms.orderType == "move_order_stop" ? "algo-advance" : "orders-algo"
    let listeners = channels.listeners("\(channel)#\(algo.account)")
    guard !listeners.isEmpty else { return }
    let more: [(key: String, value: JSONValue)] = [
      ("amendResult", amended == nil ? "" : "0"), ("reqId", .string(amended ?? "")),
    ]
    let data = JSONValue.array([.object(members(algo) + more)]).text
    let instrument = instrument(algo.terms.instrument)
    for listener in listeners where listener.wants(instrument) { listener.push(data) }
  }

  private func members(_ algo: OKXAlgo) -> [(key: String, value: JSONValue)] {
    let terms = algo.terms
    let instrument = instrument(terms.instrument)
    let order = algo.triggered.flatMap { exchange.order(.venue($0), of: algo.account) }
    let position = exchange.position(of: algo.account, terms.instrument, terms.positionSide)
    let listing = exchange.settings.instruments[Int(terms.instrument)].listing
    let value = listing.value(price: algo.lastPrice, quantity: terms.quantity)
    let number = order.map { "\($0.id)" } ?? ""
    var all: [(key: String, value: JSONValue)] = [
      ("actualPx", .string(order.flatMap(exchange.averagePrice).map { Self.text($0) } ?? "")),
      ("actualSide", .string(actualSide(algo, order))),
      ("actualSz", .string(quantity(order?.filled ?? 0, terms.instrument))),
      ("algoClOrdId", .string(algo.clientID)), ("algoId", .string("\(algo.id)")),
      ("amendPxOnTriggerType", "0"), ("attachAlgoOrds", []),
      ("cTime", OKXTime.json(algo.createTime)), ("ccy", ""), ("clOrdId", ""),
      ("closeFraction", terms.closesPosition ? "1" : ""),
      (
        "ctVal",
        .string(
          instrument.isSwap ? DecimalText.string(1, decimals: instrument.contractDecimals) : "")
      ),
      ("failCode", .string(algo.failCode)), ("instId", .string(instrument.id)),
      ("instType", .string(instrument.type.rawValue)), ("isTradeBorrowMode", ""),
      ("last", .string(price(algo.lastPrice, terms.instrument))),
      ("lever", .string(instrument.isSwap ? "\(position.leverage)" : "")),
      ("linkedOrd", ["ordId": ""]), ("notionalUsd", .string(value.map { "\($0)" } ?? "")),
      ("ordId", .string(number)), ("ordIdList", number.isEmpty ? [] : [.string(number)]),
      ("ordType", .string(terms.orderType)), ("posSide", .string(terms.positionSide.okxWord)),
      ("pxLimit", ""), ("pxSpread", ""), ("pxVar", ""), ("quickMgnType", ""),
      ("reduceOnly", .string(terms.isReduceOnly ? "true" : "false")),
      ("side", .string(terms.side == .buy ? "buy" : "sell")),
      ("state", .string(algo.state.rawValue)),
      ("sz", .string(terms.closesPosition ? "" : quantity(terms.quantity, terms.instrument))),
      ("szLimit", ""), ("tag", .string(terms.tag)), ("tdMode", .string(terms.tradeMode)),
      ("tgtCcy", ""), ("timeInterval", ""),
      ("tradeQuoteCcy", .string(instrument.isSwap ? "" : instrument.quote)),
      ("triggerTime", .string(algo.triggerTime == 0 ? "" : OKXTime.text(algo.triggerTime))),
      ("uTime", OKXTime.json(algo.updateTime)),
      ("uly", .string(instrument.isSwap ? instrument.family : "")),
    ]
    all += members("tp", terms.takeProfit, "OrdPx", terms.instrument)
    all += members("sl", terms.stopLoss, "OrdPx", terms.instrument)
    all += members("", terms.trigger, "ordPx", terms.instrument)
    all += trailing(terms)
    return all
  }

  /// A trigger, by what its fields begin with.
  func members(
    _ prefix: String, _ trigger: OKXTrigger?, _ order: String, _ instrument: InstrumentIndex
  ) -> [(key: String, value: JSONValue)] {
    let name = prefix.isEmpty ? "triggerPx" : "\(prefix)TriggerPx"
    let limit = trigger.map { $0.orderPrice == 0 ? "-1" : price($0.orderPrice, instrument) }
    return [
      (prefix + order, .string(limit ?? "")),
      (name, .string(trigger.map { price($0.price, instrument) } ?? "")),
      (name + "Type", .string(trigger?.sourceWord ?? "")),
    ]
  }

  private func trailing(_ terms: OKXAlgoTerms) -> [(key: String, value: JSONValue)] {
    let isTrailing = terms.orderType == "move_order_stop"
    let activation = terms.activation == 0 ? "" : price(terms.activation, terms.instrument)
    return [
      ("activePx", .string(activation)), ("activePxType", isTrailing ? "last" : ""),
      ("callbackRatio", .string(terms.callbackRatio)), ("callbackSpread", ""),
      ("moveTriggerPx", ""),
    ]
  }

  /// Of take-profits and stop-losses which of the two it was; of others, as recorded, the side.
  private func actualSide(_ algo: OKXAlgo, _ order: ExchangeOrder?) -> String {
    guard let order else { return "" }
    switch algo.terms.orderType {
    case "conditional", "oco":
      let isTakeProfit =
        order.request.kind == .takeProfit || order.request.kind == .takeProfitLimit
      return isTakeProfit ? "tp" : "sl"
    default: return order.side == .buy ? "buy" : "sell"
    }
  }
}
