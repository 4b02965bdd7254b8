import Exchange
import TradingModel
import VenueServer

/// Orders as the venue tells them
/// (https://www.okx.com/docs-v5/en/#order-book-trading-trade-get-order-details).
extension OKXCore {
  func state(_ order: ExchangeOrder) -> String {
    switch order.state {
    case .open, .waiting, .pendingNew: order.filled > 0 ? "partially_filled" : "live"
    case .filled: "filled"
    // Amended to what was filled already.
    case .canceled where order.endReason == .amendedToFilled: "filled"
    case .canceled, .expired: "canceled"
    }
  }

  /// `cancelSource`: who ended the order.
  private func cancelSource(_ order: ExchangeOrder) -> String {
    switch order.endReason {
    case .none, .amendedToFilled: ""
    case .requested, .replaced, .listCanceled:
      notes[order.id].map { $0.cancelSource.isEmpty ? "1" : $0.cancelSource } ?? "1"
    case .notFillable: "13"
    case .immediateOrCancel, .noLiquidity: "14"
    case .reduceOnly: "17"
    case .wouldTake: "31"
    case .selfTradePrevention: "32"
    case .timeReached, .insufficientBalance, .refusedAtTrigger, .byVenue, .otherExecuted,
      .listEnded, .refusedAtActivation, .positionClosed:
      "0"
    }
  }

  private func cancelSourceReason(_ source: String) -> String {
    switch source {
    case "1": "Order canceled by user"
    case "13": "FOK order was canceled due to incompletely filled"
    case "14": "IOC order was partially canceled due to incompletely filled"
    case "17": "Close order was canceled, due to the position was already closed at market price"
    case "20": "Cancel all after triggered"
    case "31": "The post-only order will take liquidity in taker orders"
    case "32": "Self trade prevention"
    default: ""
    }
  }

  /// What fees of an order are, or will be, paid in, and what rebates come in.
  private func feeAssets(_ order: ExchangeOrder) -> (fee: String, rebate: String) {
    let instrument = instrument(order.instrument)
    if instrument.isSwap { return (instrument.quote, instrument.quote) }
    let received = order.side == .buy ? instrument.base : instrument.quote
    let given = order.side == .buy ? instrument.quote : instrument.base
    return (received, given)
  }

  /// An order of REST.
  func json(_ order: ExchangeOrder) -> JSONValue {
    .object(members(order, notes[order.id]?.lastFill))
  }

  /// An order of the channel `orders`, after an event.
  func json(_ event: ExchangeOrderEvent) -> JSONValue {
    let order = event.order
    let fill = event.fill
    let instrument = instrument(order.instrument)
    let isAmended = event.kind == .amended
    let mark = instrument.isSwap ? exchange.mark(of: order.instrument) : nil
    var all = members(order, fill)
    all += [
      ("amendResult", isAmended ? "0" : ""), ("amendSource", isAmended ? "1" : ""),
      ("code", "0"), ("execType", .string(fill.map { $0.liquidity.okxWord } ?? "")),
      ("fillFee", .string(fill.map { "\(-$0.fee)" } ?? "0")),
      ("fillFeeCcy", .string(fill.map { assetName($0.feeAsset) } ?? "")),
      ("fillFwdPx", ""),
      ("fillIdxPx", .string(mark.map { price($0.index, order.instrument) } ?? "")),
      ("fillMarkPx", .string(mark.map { price($0.mark, order.instrument) } ?? "")),
      ("fillMarkVol", ""), ("fillNotionalUsd", .string(fill.map { "\($0.value)" } ?? "")),
      ("fillPnl", .string(fill.map { "\($0.realized)" } ?? "0")), ("fillPxUsd", ""),
      ("fillPxVol", ""),
      ("lastPx", .string(price(exchange.lastPrice(of: order.instrument), order.instrument))),
      ("msg", ""), ("notionalUsd", .string(notional(order))),
      ("reqId", .string(isAmended ? event.requestID : "")),
      ("tradeQuoteCcy", .string(instrument.isSwap ? "" : instrument.quote)),
    ]
    return .object(all)
  }

  /// What an order is worth in dollars.
  private func notional(_ order: ExchangeOrder) -> String {
    let listing = exchange.settings.instruments[Int(order.instrument)].listing
    let price =
      order.request.kind.hasLimit ? order.request.price : exchange.lastPrice(of: order.instrument)
    return listing.value(price: price, quantity: order.quantity).map { "\($0)" } ?? ""
  }

  /// The size as it was sent or amended.
  private func size(_ order: ExchangeOrder, _ note: OKXOrderNote?) -> String {
    note?.size ?? quantity(order.request.quantity, order.instrument)
  }

  private func members(
    _ order: ExchangeOrder, _ fill: ExchangeFill?
  ) -> [(key: String, value: JSONValue)] {
    let note = notes[order.id]
    let instrument = instrument(order.instrument)
    let assets = feeAssets(order)
    let source = cancelSource(order)
    let algo = note?.algoID.flatMap { algos[$0] }
    let position = exchange.position(
      of: order.account, order.instrument, order.request.positionSide)
    let average = exchange.averagePrice(of: order).map { Self.text($0) } ?? ""
    return [
      ("accFillSz", .string(quantity(order.filled, order.instrument))),
      ("algoClOrdId", .string(algo?.clientID ?? "")),
      ("algoId", .string(algo.map { "\($0.id)" } ?? "")), ("attachAlgoClOrdId", ""),
      ("attachAlgoOrds", attachedJSON(order)),
      ("avgPx", .string(average)), ("cTime", OKXTime.json(order.createTime)),
      ("cancelSource", .string(source)),
      ("cancelSourceReason", .string(cancelSourceReason(source))), ("category", "normal"),
      ("ccy", ""), ("clOrdId", .string(clientOrderID(order))), ("fee", .string("\(-order.fees)")),
      ("feeCcy", .string(assets.fee)),
      ("fillPx", .string(fill.map { price($0.price, order.instrument) } ?? "")),
      ("fillSz", .string(fill.map { quantity($0.quantity, order.instrument) } ?? "0")),
      ("fillTime", .string(fill.map { OKXTime.text($0.time) } ?? "")),
      ("instId", .string(instrument.id)), ("instType", .string(instrument.type.rawValue)),
      ("isTpLimit", "false"),
      ("lever", .string(instrument.isSwap ? "\(position.leverage)" : "")),
      ("linkedAlgoOrd", ["algoId": .string("")]), ("ordId", .string("\(order.id)")),
      ("ordType", .string(note?.orderType ?? "limit")),
      ("pnl", .string("\(note?.realized ?? .zero)")),
      ("posSide", .string(order.request.positionSide.okxWord)),
      (
        "px",
        .string(order.request.kind.hasLimit ? price(order.request.price, order.instrument) : "")
      ),
      ("pxType", ""), ("pxUsd", ""), ("pxVol", ""), ("quickMgnType", ""), ("rebate", "0"),
      ("rebateCcy", .string(assets.rebate)),
      ("reduceOnly", .string(note?.isReduceOnly == true ? "true" : "false")),
      ("side", .string(order.side == .buy ? "buy" : "sell")), ("slOrdPx", ""),
      ("slTriggerPx", ""), ("slTriggerPxType", ""),
      ("source", .string(self.source(note))), ("state", .string(state(order))),
      ("stpId", ""), ("stpMode", .string(note?.selfTradePrevention ?? "cancel_maker")),
      ("sz", .string(size(order, note))), ("tag", .string(note?.tag ?? "")),
      ("tdMode", .string(note?.tradeMode ?? "cash")),
      ("tgtCcy", .string(note?.targetCurrency ?? "")), ("tpOrdPx", ""), ("tpTriggerPx", ""),
      ("tpTriggerPxType", ""), ("tradeId", .string(fill.map { "\($0.tradeID)" } ?? "")),
      ("uTime", OKXTime.json(order.updateTime)),
    ]
  }

  /// `source`: what kind of conditional order it came from.
  private func source(_ note: OKXOrderNote?) -> String {
    switch note?.algoID.flatMap({ algos[$0] })?.terms.orderType {
    case "trigger": "6"
    case "conditional", "oco": "7"
    case "move_order_stop": "25"
    default: ""
    }
  }

  // MARK: Queries

  func order(_ call: OKXCall) throws(OKXError) -> OKXAnswer {
    let instrument = try instrument(call.parameters)
    guard let order = try named(call.parameters, of: call.account, in: instrument) else {
      throw .unknownOrder
    }
    return OKXAnswer([json(order)])
  }

  /// Open orders, newest first
  /// (https://www.okx.com/docs-v5/en/#order-book-trading-trade-get-order-list).
  func pendingOrders(_ call: OKXCall) throws(OKXError) -> OKXAnswer {
    try orders(exchange.openOrders(of: call.account), call)
  }

  /// Orders that have ended, newest first
  /// (https://www.okx.com/docs-v5/en/#order-book-trading-trade-get-order-history-last-7-days).
  func orderHistory(_ call: OKXCall) throws(OKXError) -> OKXAnswer {
    _ = try call.parameters.need("instType")
    return try orders(exchange.orders(of: call.account).filter { !$0.state.isOpen }, call)
  }

  private func orders(_ all: [ExchangeOrder], _ call: OKXCall) throws(OKXError) -> OKXAnswer {
    let parameters = call.parameters
    let instruments = try instruments(matching: parameters)
    let type = parameters["ordType"].map { $0.split(separator: ",").map(String.init) }
    let page = try OKXPage(parameters)
    let chosen = all.reversed().filter { order in
      !isWaiting(order) && instruments.contains(order.instrument)
        && (type == nil || type?.contains(notes[order.id]?.orderType ?? "limit") == true)
        && (parameters["state"] == nil || parameters["state"] == state(order))
        && page.contains(order.id, at: order.createTime)
    }
    return OKXAnswer(page.cut(Array(chosen)).map { json($0) })
  }

  // MARK: Fills

  /// Fills, newest first
  /// (https://www.okx.com/docs-v5/en/#order-book-trading-trade-get-transaction-details-last-3-days).
  func fills(_ call: OKXCall) throws(OKXError) -> OKXAnswer {
    let parameters = call.parameters
    let instruments = try instruments(matching: parameters)
    let page = try OKXPage(parameters)
    let order = parameters["ordId"]
    let chosen = exchange.fills(of: call.account).enumerated().reversed().filter { place, fill in
      instruments.contains(fill.instrument) && (order == nil || order == "\(fill.orderID)")
        && page.contains(Self.firstBillID + UInt64(place), at: fill.time)
    }
    return OKXAnswer(page.cut(Array(chosen)).map { json($0.element, at: $0.offset) })
  }

  private func json(_ fill: ExchangeFill, at place: Int) -> JSONValue {
    let instrument = instrument(fill.instrument)
    let order = exchange.order(.venue(fill.orderID), of: fill.account)
    let note = notes[fill.orderID]
    let fees = exchange.fees(of: fill.account, in: fill.instrument)
    let rate = fill.liquidity == .maker ? fees.maker : fees.taker
    return [
      "billId": .string("\(Self.firstBillID + UInt64(place))"),
      "clOrdId": .string(order.map { clientOrderID($0) } ?? ""),
      "execType": .string(fill.liquidity.okxWord), "fee": .string("\(-fill.fee)"),
      "feeCcy": .string(assetName(fill.feeAsset)),
      "feeRate": .string(DecimalText.string(-Int128(rate.parts), decimals: Rate.decimals)),
      "fillFwdPx": "", "fillIdxPx": "", "fillMarkPx": "", "fillMarkVol": "",
      "fillPnl": .string("\(fill.realized)"),
      "fillPx": .string(price(fill.price, fill.instrument)), "fillPxUsd": "", "fillPxVol": "",
      "fillSz": .string(quantity(fill.quantity, fill.instrument)),
      "fillTime": OKXTime.json(fill.time), "instId": .string(instrument.id),
      "instType": .string(instrument.type.rawValue), "ordId": .string("\(fill.orderID)"),
      "posSide": .string(fill.positionSide.okxWord),
      "side": .string(fill.side == .buy ? "buy" : "sell"),
      "subType": .string(fill.side == .buy ? "1" : "2"), "tag": .string(note?.tag ?? ""),
      "tradeId": .string("\(fill.tradeID)"),
      "tradeQuoteCcy": .string(instrument.isSwap ? "" : instrument.quote),
      "ts": OKXTime.json(fill.time),
    ]
  }
}

/// The part of a list that a request asks for: older than `after`, newer than `before`, between two
/// times, so many.
struct OKXPage {
  var after: UInt64 = .max
  var before: UInt64 = 0
  var begin = Int64.min
  var end = Int64.max
  var limit: Int

  init(_ parameters: OKXParameters) throws(OKXError) {
    limit = try parameters.limit()
    if let number = try parameters.integer("after") { after = UInt64(max(0, number)) }
    if let number = try parameters.integer("before") { before = UInt64(max(0, number)) }
    if let time = try parameters.integer("begin") { begin = time }
    if let time = try parameters.integer("end") { end = time }
  }

  func contains(_ id: UInt64, at time: Timestamp) -> Bool {
    id < after && id > before && (begin...max(begin, end)).contains(time / 1_000_000)
  }

  /// With `before` alone those next to it are wanted, otherwise the newest.
  func cut<Element>(_ list: [Element]) -> [Element] {
    Array(before > 0 && after == .max ? list.suffix(limit) : list.prefix(limit))
  }
}

extension Liquidity {
  /// `execType`: taker or maker.
  var okxWord: String { self == .maker ? "M" : "T" }
}
