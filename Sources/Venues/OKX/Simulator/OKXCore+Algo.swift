import Exchange
import MatchingEngine
import TradingModel
import VenueServer

/// Algo orders: `trigger`, `conditional`, `oco` and `move_order_stop`
/// (https://www.okx.com/docs-v5/en/#order-book-trading-algo-trading).
extension OKXCore {
  func placeAlgo(_ call: OKXCall) throws(OKXError) -> OKXAnswer {
    let parameters = call.parameters
    var id = ""
    var failure: OKXError?
    do throws(OKXError) {
      var algo = try newAlgo(parameters, of: call.account)
      try enter(&algo)
      id = "\(algo.id)"
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

  /// Enters the orders of an algo order and tells what becomes of it at once.
  private func enter(_ algo: inout OKXAlgo) throws(OKXError) {
    let requests = algo.requests(clientID: algo.clientID)
    switch submit(requests, by: algo.account) {
    case .failure(let refusal):
      process(exchange.takeEvents())
      throw self.refusal(refusal, of: requests, by: algo.account)
    case .success(let legs):
      if algo.id == 0 { algo.id = legs[0] - Self.algoOffset }
      algo.legs = legs
      keep(algo, requests)
      process(exchange.takeEvents())
    }
  }

  /// One order, or two of which one ends the other.
  private func submit(
    _ requests: [OrderRequest], by account: AccountIndex
  ) -> Result<[OrderID], Refusal> {
    guard requests.count == 2 else {
      return exchange.submit(requests[0], by: account).map { [$0] }
    }
    return exchange.submit(OrderListRequest(.oneCancelsOther, requests), by: account)
      .map(\.orders)
  }

  /// Keeps an algo order, and what its orders at the exchange are.
  func keep(_ algo: OKXAlgo, _ requests: [OrderRequest]) {
    algos[algo.id] = algo
    for (leg, request) in zip(algo.legs, requests) {
      var note = OKXOrderNote(orderType: request.price == 0 ? "market" : "limit")
      note.tag = algo.terms.tag
      note.tradeMode = algo.terms.tradeMode
      note.isReduceOnly = algo.terms.isReduceOnly
      note.algoID = algo.id
      notes[leg] = note
    }
  }

  /// What is told of refused orders of an algo order.
  private func refusal(
    _ refusal: Refusal, of requests: [OrderRequest], by account: AccountIndex
  ) -> OKXError {
    if refusal == .duplicateClientOrderID { return .algoNameTaken }
    if requests[0].closesPosition, refusal == .noPosition || refusal == .reduceOnlyRejected {
      return .noAlgoPosition
    }
    if refusal == .priceBand { return .algoPriceOutOfRange }
    // Of two it is the one whose price was passed already.
    let request = requests.first { isPassed($0) } ?? requests[0]
    return OKXError(
      refusal, of: request, asset: lockedAsset(request), limits: priceLimits(request.instrument))
  }

  private func isPassed(_ request: OrderRequest) -> Bool {
    let price =
      request.triggerSource == .mark
      ? exchange.mark(of: request.instrument).mark : exchange.lastPrice(of: request.instrument)
    let isTakeProfit = request.kind == .takeProfit || request.kind == .takeProfitLimit
    return (request.side == .buy) == isTakeProfit
      ? request.triggerPrice >= price : request.triggerPrice <= price
  }

  // MARK: Cancels

  /// Cancels what a list of `algoId` (or `algoClOrdId`) and `instId` names.
  func cancelAlgos(_ call: OKXCall) -> OKXAnswer {
    var answer = OKXAnswer(
      outcomes: call.list.map { parameters -> Outcome in
        let algo = algo(parameters, of: call.account)
        var failure: OKXError?
        do throws(OKXError) {
          guard let algo else { throw .notCancelable }
          try cancel(algo)
        } catch {
          failure = error
        }
        return (
          [
            "algoClOrdId": .string(algo?.clientID ?? parameters["algoClOrdId"] ?? ""),
            "algoId": .string(algo.map { "\($0.id)" } ?? parameters["algoId"] ?? ""),
            "clOrdId": "", "sCode": .string(failure?.code ?? "0"),
            "sMsg": .string(failure?.message ?? ""), "tag": "",
          ], failure == nil
        )
      })
    answer.hasTimes = false
    return answer
  }

  /// Cancels an algo order that waits: the end of one of its orders is the other's.
  func cancel(_ algo: OKXAlgo) throws(OKXError) {
    guard algo.state == .live, let leg = algo.legs.first else { throw .canceledBefore }
    let result = exchange.cancel(.venue(leg), by: algo.account)
    process(exchange.takeEvents())
    if case .failure = result { throw .notCancelable }
  }

  /// The algo order that `algoId`, or else `algoClOrdId`, names: of several the newest.
  func algo(_ parameters: OKXParameters, of account: AccountIndex) -> OKXAlgo? {
    let found: OKXAlgo?
    if let id = parameters["algoId"] {
      found = OrderID(id).flatMap { algos[$0] }
    } else if let name = parameters["algoClOrdId"] {
      found =
        algos.values.filter {
          $0.account == account && $0.clientID == name && $0.state != .attached
        }
        .max { $0.id < $1.id }
    } else {
      found = nil
    }
    guard let found, found.account == account, found.state != .attached else { return nil }
    return found
  }

  // MARK: Amendments

  /// Changes a `trigger`, `conditional` or `oco` order that waits
  /// (https://www.okx.com/docs-v5/en/#order-book-trading-algo-trading-post-amend-algo-order).
  func amendAlgo(_ call: OKXCall) -> OKXAnswer {
    let parameters = call.parameters
    var found: OKXAlgo?
    var failure: OKXError?
    do throws(OKXError) {
      let instrument = try instrument(parameters)
      if parameters["algoId"] == nil, parameters["algoClOrdId"] == nil {
        throw .either("algoId", or: "algoClOrdId")
      }
      found = algo(parameters, of: call.account)
      guard let algo = found, algo.state == .live, algo.terms.instrument == instrument else {
        throw .notAmendable
      }
      try amend(algo, parameters)
    } catch {
      failure = error
      if let found, (try? parameters.boolean("cxlOnFail")) == true { try? cancel(found) }
    }
    let ack: JSONValue = [
      "algoClOrdId": .string(found?.clientID ?? parameters["algoClOrdId"] ?? ""),
      "algoId": .string(found.map { "\($0.id)" } ?? parameters["algoId"] ?? ""),
      "reqId": .string(parameters["reqId"] ?? ""), "sCode": .string(failure?.code ?? "0"),
      "sMsg": .string(failure?.message ?? ""),
    ]
    var answer = OKXAnswer(outcomes: [(ack, failure == nil)])
    answer.hasTimes = false
    return answer
  }

  /// Exchanges the orders that wait for new ones; where these are refused the old ones wait again.
  private func amend(_ algo: OKXAlgo, _ parameters: OKXParameters) throws(OKXError) {
    let terms = try amended(algo.terms, parameters)
    guard let leg = algo.legs.first else { throw .notAmendable }
    var changed = algo
    changed.isAmending = true
    algos[algo.id] = changed
    let canceled = exchange.cancel(.venue(leg), by: algo.account)
    process(exchange.takeEvents())
    if case .failure = canceled {
      algos[algo.id] = algo
      throw .notAmendable
    }
    changed = algos[algo.id] ?? algo
    changed.isAmending = false
    changed.terms = terms
    changed.updateTime = exchange.time
    do throws(OKXError) {
      try enter(&changed)
      publishAlgo(algo.id, amended: parameters["reqId"] ?? "")
    } catch {
      var restored = algo
      do throws(OKXError) { try enter(&restored) } catch {
        algos[algo.id]?.state = .failed
        algos[algo.id]?.failCode = error.code
        publishAlgo(algo.id)
      }
      throw error
    }
  }

  /// The terms with what a request changes; a price of 0 takes the take-profit, or the stop-loss, away.
  private func amended(
    _ terms: OKXAlgoTerms, _ parameters: OKXParameters
  ) throws(OKXError) -> OKXAlgoTerms {
    var terms = terms
    let instrument = instrument(terms.instrument)
    let names = ["newTpTriggerPx", "newTpOrdPx", "newSlTriggerPx", "newSlOrdPx", "newSz"]
    if terms.orderType == "move_order_stop" { throw .algoStateForbids }
    if let size = parameters["newSz"] {
      if terms.closesPosition { throw .parameter("newSz") }
      terms.quantity = try OKXNewOrder.units(size, "newSz", instrument)
    }
    if terms.trigger != nil {
      if parameters["newTriggerPx"] == nil, parameters["newOrdPx"] == nil {
        if parameters["newSz"] == nil { throw .nothingToAmend }
        return terms
      }
      terms.trigger = try trigger("new", "newOrdPx", parameters, instrument)
      return terms
    }
    if names.allSatisfy({ parameters[$0] == nil }) { throw .nothingToAmend }
    terms.takeProfit = try amended(terms.takeProfit, "Tp", parameters, instrument)
    terms.stopLoss = try amended(terms.stopLoss, "Sl", parameters, instrument)
    // Of one that closes a position nothing but market orders come.
    let limits = [terms.takeProfit, terms.stopLoss].compactMap { $0?.orderPrice }
    if limits.isEmpty { throw .nothingToAmend }
    if terms.closesPosition, limits.contains(where: { $0 != 0 }) { throw .parameter("newSlOrdPx") }
    return terms
  }

  func amended(
    _ trigger: OKXTrigger?, _ kind: String, _ parameters: OKXParameters,
    _ instrument: OKXInstrument
  ) throws(OKXError) -> OKXTrigger? {
    let (price, order) = ("new\(kind)TriggerPx", "new\(kind)OrdPx")
    if parameters[price] == nil && parameters[order] == nil { return trigger }
    // What was not there cannot be changed.
    guard var trigger else { throw .parameter(price) }
    if parameters[price] == "0" || parameters[order] == "0" { return nil }
    if parameters[price] != nil {
      trigger.price = try OKXNewOrder.price(price, parameters, instrument)
    }
    if parameters[order] != nil {
      trigger.orderPrice = try orderPrice(order, parameters, instrument)
    }
    if parameters[price + "Type"] != nil {
      trigger.source = try source(price + "Type", parameters, instrument)
    }
    return trigger
  }
}
