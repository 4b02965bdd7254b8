import Exchange
import MatchingEngine
import TradingModel
import VenueServer

/// The venue's words for orders.
extension ExchangeOrder {
  /// `status` of https://developers.binance.com/docs/binance-spot-api-docs/enums
  var binanceStatus: String {
    switch state {
    case .waiting, .open: filled > 0 ? "PARTIALLY_FILLED" : "NEW"
    case .pendingNew: "PENDING_NEW"
    case .filled: "FILLED"
    case .canceled: "CANCELED"
    case .expired:
      endReason == .selfTradePrevention
        ? "EXPIRED_IN_MATCH" : endReason == .refusedAtActivation ? "REJECTED" : "EXPIRED"
    }
  }

  var binanceSpotType: String {
    switch request.kind {
    case .limit: request.isPostOnly ? "LIMIT_MAKER" : "LIMIT"
    case .market: "MARKET"
    case .stopLoss, .trailingStop: "STOP_LOSS"
    case .stopLossLimit: "STOP_LOSS_LIMIT"
    case .takeProfit: "TAKE_PROFIT"
    case .takeProfitLimit: "TAKE_PROFIT_LIMIT"
    }
  }

  var binanceSide: String { side == .buy ? "BUY" : "SELL" }

  /// Orders without the parameter say GTC, as the venue does.
  var binanceTimeInForce: String {
    switch request.timeInForce {
    case .immediateOrCancel: request.kind == .market ? "GTC" : "IOC"
    case .fillOrKill: "FOK"
    case .day, .goodTillCancel, .goodTillDate: "GTC"
    }
  }

  /// Why the venue ended it, where it says so.
  var binanceExpiryReason: String? {
    guard state == .expired else { return nil }
    switch endReason {
    case .immediateOrCancel, .notFillable, .noLiquidity: return "INSUFFICIENT_LIQUIDITY"
    default: return nil
    }
  }

  /// Whether it went to the book: all but stops that wait and orders that are pending, or ended so.
  var binanceWentToBook: Bool {
    if isPending || listID != nil && !state.isOpen && workingTime == 0 { return false }
    return !request.kind.isConditional || isTriggered
  }

  /// When it went to the book; nil before.
  var binanceBookTime: Timestamp? {
    if workingTime > 0 { return workingTime }
    if !binanceWentToBook { return nil }
    return listID == nil ? max(triggerTime, createTime) : updateTime
  }

  /// The list that it belongs to, -1 for none.
  var binanceListID: JSONValue { listID.map { .integer($0) } ?? -1 }

  /// Why the venue rejected it when it was to come into force ("Order Reject Reason" of
  /// https://developers.binance.com/docs/binance-spot-api-docs/user-data-stream).
  var binanceRejectReason: String {
    switch refusal {
    case nil: "NONE"
    case .insufficientBalance: "INSUFFICIENT_BALANCES"
    case .wouldTrigger: "STOP_PRICE_WOULD_TRIGGER_IMMEDIATELY"
    case .wouldTake: "WOULD_MATCH_IMMEDIATELY"
    default: "OCO_BAD_PRICES"
    }
  }
}

extension SelfTradePrevention {
  /// The venue's words, in the order of its lists.
  static let binanceWords = ["NONE", "EXPIRE_TAKER", "EXPIRE_MAKER", "EXPIRE_BOTH", "DECREMENT"]

  init(binanceWord word: String) {
    switch word {
    case "EXPIRE_TAKER": self = .cancelNewest
    case "EXPIRE_MAKER": self = .cancelOldest
    case "EXPIRE_BOTH": self = .cancelBoth
    case "DECREMENT": self = .decrement
    default: self = .allow
    }
  }

  var binanceWord: String {
    switch self {
    case .allow: "NONE"
    case .cancelNewest: "EXPIRE_TAKER"
    case .cancelOldest: "EXPIRE_MAKER"
    case .cancelBoth: "EXPIRE_BOTH"
    case .decrement: "DECREMENT"
    }
  }
}

extension BinanceSpotCore {
  typealias Members = [(key: String, value: JSONValue)]

  /// The client order id that an order has now.
  func clientOrderID(of order: ExchangeOrder) -> String {
    notes[order.id]?.clientOrderID ?? order.clientOrderID
  }

  /// The quantity asked for, as amended: what self-trade prevention took is still in it.
  func originalQuantity(of order: ExchangeOrder) -> Int64 {
    order.quantity + (notes[order.id]?.reducedQuantity ?? 0)
  }

  /// `price` to `side`, common to all answers about orders.
  private func commonMembers(of order: ExchangeOrder, hasQuoteAmount: Bool = true) -> Members {
    let instrument = order.instrument
    var members: Members = [
      ("price", .string(price(order.request.price, instrument))),
      ("origQty", .string(quantity(originalQuantity(of: order), instrument))),
      ("executedQty", .string(quantity(order.filled, instrument))),
    ]
    if hasQuoteAmount { members.append(("origQuoteOrderQty", quoteAmount(of: order))) }
    members += [
      ("cummulativeQuoteQty", .string(DecimalDigits.text(order.filledValue))),
      ("status", .string(order.binanceStatus)),
      ("timeInForce", .string(order.binanceTimeInForce)),
      ("type", .string(order.binanceSpotType)),
      ("side", .string(order.binanceSide)),
    ]
    return members
  }

  private func quoteAmount(of order: ExchangeOrder) -> JSONValue {
    .string(DecimalDigits.text(order.request.quoteQuantity ?? .zero))
  }

  /// "Conditional fields in Order Responses" of
  /// https://developers.binance.com/docs/binance-spot-api-docs/rest-api/trading-endpoints
  private func conditionalMembers(of order: ExchangeOrder, hasPrices: Bool) -> Members {
    var members: Members = []
    let instrument = order.instrument
    if hasPrices, order.request.kind.isConditional {
      members.append(("stopPrice", .string(price(order.request.triggerPrice, instrument))))
    }
    if hasPrices, order.request.displayQuantity > 0 {
      members.append(
        ("icebergQty", .string(quantity(order.request.displayQuantity, instrument))))
    }
    if let reason = order.binanceExpiryReason { members.append(("expiryReason", .string(reason))) }
    guard let notes = notes[order.id] else { return members }
    if let id = notes.preventedMatchID {
      members.append(("preventedMatchId", .integer(id)))
      members.append(
        ("preventedQuantity", .string(quantity(notes.preventedQuantity, instrument))))
    }
    if let id = notes.strategyID { members.append(("strategyId", .integer(id))) }
    if let type = notes.strategyType { members.append(("strategyType", .integer(type))) }
    return members
  }

  private func bookTime(of order: ExchangeOrder, _ unit: TimeUnit) -> JSONValue {
    order.binanceBookTime.map { unit.json($0) } ?? -1
  }

  /// Which part of a new order's answer is wanted.
  enum ResponseType: String {
    case ack = "ACK"
    case result = "RESULT"
    case full = "FULL"
  }

  /// The answer to a new order.
  func placed(
    _ order: ExchangeOrder, _ type: ResponseType, fills: BinanceFills, isReplacement: Bool = false,
    _ unit: TimeUnit
  ) -> JSONValue {
    var members: Members = [
      ("symbol", .string(symbol(order.instrument).name)),
      ("orderId", .integer(order.id)),
      ("orderListId", order.binanceListID),
      ("clientOrderId", .string(clientOrderID(of: order))),
      ("transactTime", unit.json(order.updateTime)),
    ]
    if type == .ack { return .object(members) }
    members += commonMembers(of: order)
    members += conditionalMembers(of: order, hasPrices: true)
    members.append(("workingTime", bookTime(of: order, unit)))
    // As recorded, the one stands before the other in one answer and behind it in the other.
    let mode = JSONValue.string(order.request.selfTradePrevention.binanceWord)
    let list = JSONValue.array(fills.map { fillJSON($0) })
    if type == .full, isReplacement { members.append(("fills", list)) }
    if let matches = preventedMatchList(of: order) {
      members.append(("preventedMatches", matches))
    }
    members.append(("selfTradePreventionMode", mode))
    if type == .full, !isReplacement { members.append(("fills", list)) }
    return .object(members)
  }

  private func fillJSON(_ fill: ExchangeFill) -> JSONValue {
    [
      "price": .string(price(fill.price, fill.instrument)),
      "qty": .string(quantity(fill.quantity, fill.instrument)),
      "commission": .string(DecimalDigits.text(fill.fee)),
      "commissionAsset": .string(BinanceSpotSymbol.assets[Int(fill.feeAsset)]),
      "tradeId": .integer(fill.tradeID),
    ]
  }

  /// The answer to a cancel that was called `requestID`.
  func canceled(_ order: ExchangeOrder, requestID: String, _ unit: TimeUnit) -> JSONValue {
    var members: Members = [
      ("symbol", .string(symbol(order.instrument).name)),
      ("origClientOrderId", .string(clientOrderID(of: order))),
      ("orderId", .integer(order.id)),
      ("orderListId", order.binanceListID),
      ("clientOrderId", .string(requestID)),
      ("transactTime", unit.json(order.updateTime)),
    ]
    members += commonMembers(of: order)
    members += conditionalMembers(of: order, hasPrices: true)
    members.append(
      ("selfTradePreventionMode", .string(order.request.selfTradePrevention.binanceWord)))
    return .object(members)
  }

  /// The answer to a query.
  func status(
    _ order: ExchangeOrder, isListed: Bool = false, _ unit: TimeUnit
  ) -> JSONValue {
    let instrument = order.instrument
    var members: Members = [
      ("symbol", .string(symbol(instrument).name)),
      ("orderId", .integer(order.id)),
      ("orderListId", order.binanceListID),
      ("clientOrderId", .string(clientOrderID(of: order))),
    ]
    members += commonMembers(of: order, hasQuoteAmount: false)
    members += [
      ("stopPrice", .string(price(order.request.triggerPrice, instrument))),
      ("icebergQty", .string(quantity(order.request.displayQuantity, instrument))),
      ("time", unit.json(order.createTime)),
      ("updateTime", unit.json(order.updateTime)),
      ("isWorking", .boolean(order.binanceWentToBook)),
    ]
    let tail: Members = [
      ("workingTime", bookTime(of: order, unit)), ("origQuoteOrderQty", quoteAmount(of: order)),
    ]
    // As recorded, lists have the two the other way round.
    members += isListed ? tail.reversed() : tail
    members.append(
      ("selfTradePreventionMode", .string(order.request.selfTradePrevention.binanceWord)))
    members += conditionalMembers(of: order, hasPrices: false)
    return .object(members)
  }

  /// `amendedOrder` of an amendment's answer.
  func amended(
    _ order: ExchangeOrder, origClientOrderID: String, _ unit: TimeUnit
  ) -> JSONValue {
    let instrument = order.instrument
    var members: Members = [
      ("symbol", .string(symbol(instrument).name)),
      ("orderId", .integer(order.id)),
      ("orderListId", order.binanceListID),
      ("origClientOrderId", .string(origClientOrderID)),
      ("clientOrderId", .string(clientOrderID(of: order))),
      ("price", .string(price(order.request.price, instrument))),
      ("qty", .string(quantity(originalQuantity(of: order), instrument))),
      ("executedQty", .string(quantity(order.filled, instrument))),
      ("preventedQty", .string(quantity(notes[order.id]?.preventedQuantity ?? 0, instrument))),
      ("quoteOrderQty", quoteAmount(of: order)),
      ("cumulativeQuoteQty", .string(DecimalDigits.text(order.filledValue))),
      ("status", .string(order.binanceStatus)),
      ("timeInForce", .string(order.binanceTimeInForce)),
      ("type", .string(order.binanceSpotType)),
      ("side", .string(order.binanceSide)),
      ("workingTime", bookTime(of: order, unit)),
      ("selfTradePreventionMode", .string(order.request.selfTradePrevention.binanceWord)),
    ]
    members += conditionalMembers(of: order, hasPrices: true)
    return .object(members)
  }
}
