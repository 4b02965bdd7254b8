import Exchange
import MatchingEngine
import TradingModel
import VenueServer

/// Requests that change orders
/// (https://www.okx.com/docs-v5/en/#order-book-trading-trade).
extension OKXCore {
  typealias Outcome = (json: JSONValue, isDone: Bool)

  /// One order of a request.
  func place(_ parameters: OKXParameters, of account: AccountIndex) -> Outcome {
    do throws(OKXError) {
      let order = try OKXNewOrder(parameters, of: account, in: self)
      let attached = try attachment(parameters, to: order, of: account)
      let id =
        if let attached {
          try enter(order, with: attached, of: account)
        } else {
          try enter(order.request, order.note, of: account)
        }
      return (ack(parameters, id: "\(id)", nil, message: "Order placed"), true)
    } catch {
      return (ack(parameters, id: "", error), false)
    }
  }

  private func ack(
    _ parameters: OKXParameters, id: String, _ error: OKXError?, message: String = ""
  ) -> JSONValue {
    [
      "clOrdId": .string(parameters["clOrdId"] ?? ""), "ordId": .string(id),
      "sCode": .string(error?.code ?? "0"), "sMsg": .string(error?.message ?? message),
      // No refusal here has one of the venue's finer codes.
      "subCode": "", "tag": .string(parameters["tag"] ?? ""), "ts": .string("\(now.milliseconds)"),
    ]
  }

  /// Enters a checked order and tells what becomes of it at once.
  func enter(
    _ request: OrderRequest, _ note: OKXOrderNote, of account: AccountIndex
  ) throws(OKXError) -> OrderID {
    switch exchange.submit(request, by: account) {
    case .failure(let refusal):
      process(exchange.takeEvents())
      throw OKXError(
        refusal, of: request, asset: lockedAsset(request), limits: priceLimits(request.instrument))
    case .success(let id):
      notes[id] = note
      process(exchange.takeEvents())
      return id
    }
  }

  func lockedAsset(_ request: OrderRequest) -> String {
    let instrument = instrument(request.instrument)
    return request.side == .sell && !instrument.isSwap ? instrument.base : instrument.quote
  }

  /// How far limits may be from the mark (of contracts) or the last price.
  func priceLimits(_ index: InstrumentIndex) -> OKXPriceLimits {
    let instrument = instrument(index)
    let reference = Int128(
      instrument.isSwap ? exchange.mark(of: index).mark : exchange.lastPrice(of: index))
    let high = reference * Int128(OKXInstrument.highestBuy.parts) / 100_000_000
    let low = (reference * Int128(OKXInstrument.lowestSell.parts) + 99_999_999) / 100_000_000
    return OKXPriceLimits(
      isContract: instrument.isSwap,
      highestBuy: DecimalText.string(high, decimals: instrument.priceDecimals),
      lowestSell: DecimalText.string(low, decimals: instrument.priceDecimals))
  }

  // MARK: Finding orders

  /// The order that `ordId`, or else `clOrdId`, names; nil for one that is not there, or waits.
  func named(
    _ parameters: OKXParameters, of account: AccountIndex, in instrument: InstrumentIndex
  ) throws(OKXError) -> ExchangeOrder? {
    let order: ExchangeOrder?
    if let id = parameters["ordId"] {
      order = OrderID(id).flatMap { exchange.order(.venue($0), of: account) }
    } else if let name = parameters["clOrdId"] {
      order = exchange.order(.client(name), of: account)
      // Conditional orders have names of their own.
      if order?.request.kind.isConditional == true { return nil }
    } else {
      throw .noOrderName
    }
    guard let order, order.instrument == instrument, !isWaiting(order) else { return nil }
    return order
  }

  /// Whether an order is still, or ended as, a conditional one.
  func isWaiting(_ order: ExchangeOrder) -> Bool {
    order.request.kind.isConditional && !order.isTriggered
  }

  /// The client order id of a plain order. One that was triggered has only its conditional order's.
  func clientOrderID(_ order: ExchangeOrder) -> String {
    order.request.kind.isConditional ? "" : order.clientOrderID
  }

  // MARK: Cancels

  func cancel(_ parameters: OKXParameters, of account: AccountIndex) -> Outcome {
    var found: ExchangeOrder?
    var failure: OKXError?
    do throws(OKXError) {
      let instrument = try instrument(parameters)
      found = try named(parameters, of: account, in: instrument)
      guard let order = found else { throw .notCancelable }
      try cancel(order, source: "1")
    } catch {
      failure = error
    }
    return (
      [
        "clOrdId": .string(found.map { clientOrderID($0) } ?? parameters["clOrdId"] ?? ""),
        "ordId": .string(found.map { "\($0.id)" } ?? parameters["ordId"] ?? ""),
        "sCode": .string(failure?.code ?? "0"), "sMsg": .string(failure?.message ?? ""),
        "ts": .string("\(now.milliseconds)"),
      ], failure == nil
    )
  }

  /// Cancels an order; `source` is told as the reason.
  func cancel(_ order: ExchangeOrder, source: String) throws(OKXError) {
    switch order.state {
    case .filled: throw .filledBefore
    case .canceled, .expired: throw .canceledBefore
    case .open, .waiting, .pendingNew: break
    }
    notes[order.id]?.cancelSource = source
    let result = exchange.cancel(.venue(order.id), by: order.account)
    process(exchange.takeEvents())
    if case .failure = result { throw .notCancelable }
  }

  /// The dead-man switch: cancels all in so many seconds, unless it is set again; 0 ends it
  /// (https://www.okx.com/docs-v5/en/#order-book-trading-trade-post-cancel-all-after).
  func cancelAllAfter(_ call: OKXCall) throws(OKXError) -> OKXAnswer {
    _ = try call.parameters.need("timeOut")
    guard let seconds = try call.parameters.integer("timeOut"),
      seconds == 0 || (10...120).contains(seconds)
    else { throw .parameter("timeOut") }
    accounts[call.account].cancelAllAt =
      seconds == 0 ? nil : now.monotonic + seconds * 1_000_000_000
    let due = seconds == 0 ? 0 : now.milliseconds + seconds * 1000
    return OKXAnswer([
      [
        "tag": .string(call.parameters["tag"] ?? ""), "triggerTime": .string("\(due)"),
        "ts": .string("\(now.milliseconds)"),
      ]
    ])
  }

  /// Lets the dead-man switch act. Conditional orders stay.
  func cancelWhatIsDue(_ account: AccountIndex) {
    guard let due = accounts[account].cancelAllAt, now.monotonic >= due else { return }
    accounts[account].cancelAllAt = nil
    for order in exchange.openOrders(of: account) where !isWaiting(order) {
      // What another cancel ended meanwhile needs none.
      try? cancel(order, source: "20")
    }
  }

  // MARK: Amendments

  func amend(_ parameters: OKXParameters, of account: AccountIndex) -> Outcome {
    var found: ExchangeOrder?
    var failure: OKXError?
    do throws(OKXError) {
      let instrument = try instrument(parameters)
      found = try named(parameters, of: account, in: instrument)
      guard let order = found, order.state.isOpen else { throw .notAmendable }
      try amend(order, parameters)
    } catch {
      failure = error
      if let found, found.state.isOpen, (try? parameters.boolean("cxlOnFail")) == true {
        try? cancel(found, source: "1")
      }
    }
    return (
      [
        "clOrdId": .string(found.map { clientOrderID($0) } ?? parameters["clOrdId"] ?? ""),
        "ordId": .string(found.map { "\($0.id)" } ?? parameters["ordId"] ?? ""),
        "reqId": .string(parameters["reqId"] ?? ""),
        "sCode": .string(failure?.code ?? "0"), "sMsg": .string(failure?.message ?? ""),
        "ts": .string("\(now.milliseconds)"),
      ], failure == nil
    )
  }

  private func amend(_ order: ExchangeOrder, _ parameters: OKXParameters) throws(OKXError) {
    let instrument = instrument(order.instrument)
    var amendment = Amendment()
    if let size = parameters["newSz"] {
      amendment.quantity = try OKXNewOrder.units(size, "newSz", instrument)
    }
    if parameters["newPx"] != nil {
      amendment.price = try OKXNewOrder.price("newPx", parameters, instrument)
    }
    for name in ["newTpTriggerPx", "newTpOrdPx", "newSlTriggerPx", "newSlOrdPx"]
    where parameters[name] != nil { throw .nothingAttached }
    let attached = parameters.lists["attachAlgoOrds"]
    if let attached { try amendAttached(attached, to: order) }
    if amendment == Amendment() {
      if attached == nil { throw .nothingToAmend }
      return
    }
    let result = exchange.amend(
      .venue(order.id), amendment, by: order.account, requestID: parameters["reqId"] ?? "")
    process(exchange.takeEvents())
    // An order that is already as asked for is as good as amended.
    if case .failure(let refusal) = result, refusal != .nothingToAmend {
      throw OKXError(
        amending: refusal, of: order.request, asset: lockedAsset(order.request),
        limits: priceLimits(order.instrument))
    }
  }

  /// Cancels market-maker-protected orders, which only options have: there are none
  /// (https://www.okx.com/docs-v5/en/#order-book-trading-trade-post-mass-cancel-order).
  func massCancel(_ parameters: OKXParameters) throws(OKXError) -> OKXAnswer {
    guard try parameters.need("instType") == "OPTION" else { throw .parameter("instType") }
    _ = try parameters.need("instFamily")
    return OKXAnswer([["result": true]])
  }

  /// Closes a position at the market
  /// (https://www.okx.com/docs-v5/en/#order-book-trading-trade-post-close-positions).
  func closePosition(_ call: OKXCall) throws(OKXError) -> OKXAnswer {
    let index = try instrument(call.parameters)
    guard instrument(index).isSwap else { throw .parameter("instId") }
    let mode = try call.parameters.need("mgnMode")
    let isHedge = exchange.positionMode(of: call.account) == .hedge
    let word = try call.parameters.word("posSide", ["net", "long", "short"])
    let side: PositionSide = isHedge ? (word == "short" ? .short : .long) : .net
    let position = exchange.position(of: call.account, index, side)
    guard position.quantity != 0 else { throw .noPosition }
    if try call.parameters.boolean("autoCxl") {
      for order in exchange.openOrders(of: call.account, in: index) {
        try? cancel(order, source: "1")
      }
    }
    var request = OrderRequest(
      .market, position.quantity > 0 ? .sell : .buy, index, quantity: abs(position.quantity),
      clientOrderID: try OKXNewOrder.clientOrderID(call.parameters, "clOrdId"))
    request.positionSide = side
    request.isReduceOnly = side == .net
    var note = OKXOrderNote(orderType: "market")
    note.tradeMode = mode
    note.isReduceOnly = true
    _ = try enter(request, note, of: call.account)
    return OKXAnswer([
      [
        "clOrdId": .string(request.clientOrderID), "instId": .string(instrument(index).id),
        "posSide": .string(side.okxWord), "tag": .string(call.parameters["tag"] ?? ""),
      ]
    ])
  }
}

extension PositionSide {
  /// As the venue calls it.
  var okxWord: String {
    switch self {
    case .net: "net"
    case .long: "long"
    case .short: "short"
    }
  }
}
