import Exchange
import MatchingEngine
import TradingModel
import VenueServer

/// Words about orders (https://bybit-exchange.github.io/docs/v5/enum).
enum BybitOrderTexts {
  /// Whether a conditional order waits for the price to rise.
  static func rises(_ request: OrderRequest) -> Bool {
    switch request.kind {
    case .takeProfit, .takeProfitLimit: request.side == .sell
    default: request.side == .buy
    }
  }

  static func status(_ order: ExchangeOrder, _ category: BybitCategory) -> String {
    switch order.state {
    case .waiting, .pendingNew: return "Untriggered"
    case .open: return order.filled > 0 ? "PartiallyFilled" : "New"
    case .filled: return "Filled"
    case .canceled, .expired:
      if order.request.kind.isConditional, !order.isTriggered { return "Deactivated" }
      if category == .spot {
        // Derivatives cancel a post-only order that would take; spot rejects it.
        if order.endReason == .wouldTake { return "Rejected" }
        if order.filled > 0 { return "PartiallyFilledCanceled" }
      }
      return "Cancelled"
    }
  }

  static func cancelType(_ order: ExchangeOrder, _ notes: BybitOrderNotes?) -> String {
    if let type = notes?.cancelType { return type }
    switch order.endReason {
    case .positionClosed: return "CancelByTpSlTsClear"
    case .otherExecuted:
      return notes?.exit?.kind == .takeProfit
        ? "CancelByOCOTpCanceledBySlTriggered" : "CancelByOCOSlCanceledByTpTriggered"
    case .requested, .replaced, .amendedToFilled, .listCanceled: return "CancelByUser"
    case .reduceOnly: return "CancelByReduceOnly"
    case .selfTradePrevention: return "CancelBySmp"
    case .insufficientBalance: return "CancelByCannotAffordOrderCost"
    case .byVenue: return "CancelByAdmin"
    case .none, .immediateOrCancel, .notFillable, .noLiquidity, .wouldTake, .timeReached,
      .refusedAtTrigger, .listEnded, .refusedAtActivation:
      return "UNKNOWN"
    }
  }

  static func rejectReason(_ order: ExchangeOrder, _ notes: BybitOrderNotes?) -> String {
    if let reason = notes?.rejectReason { return reason }
    switch order.endReason {
    case .none, .positionClosed, .otherExecuted: return "EC_NoError"
    case .requested, .replaced, .amendedToFilled, .byVenue, .listCanceled:
      return "EC_PerCancelRequest"
    case .immediateOrCancel:
      return order.filled > 0 ? "EC_CancelForNoFullFill" : "EC_NoImmediateQtyToFill"
    case .notFillable: return "EC_NoEnoughQtyToFill"
    case .noLiquidity: return "EC_NoImmediateQtyToFill"
    case .selfTradePrevention: return "EC_BySelfMatch"
    case .wouldTake: return "EC_PostOnlyWillTakeLiquidity"
    case .reduceOnly, .insufficientBalance, .timeReached, .refusedAtTrigger, .listEnded,
      .refusedAtActivation:
      return "EC_Others"
    }
  }

  static func timeInForce(_ order: ExchangeOrder, _ notes: BybitOrderNotes?) -> String {
    if notes?.isPostOnly == true { return "PostOnly" }
    switch order.request.timeInForce {
    case .fillOrKill: return "FOK"
    case .immediateOrCancel: return "IOC"
    case .goodTillCancel, .goodTillDate, .day:
      return order.request.kind.hasLimit ? "GTC" : "IOC"
    }
  }
}

extension BybitCore {
  typealias Members = [(key: String, value: JSONValue)]

  /// An order as queries tell it (https://bybit-exchange.github.io/docs/v5/order/open-order).
  func orderJSON(_ order: ExchangeOrder) -> JSONValue {
    .object(orderMembers(order) + [("extraFees", "")])
  }

  /// An order as the `order` stream tells it
  /// (https://bybit-exchange.github.io/docs/v5/websocket/private/order).
  func orderMessage(_ order: ExchangeOrder, status: String? = nil) -> JSONValue {
    let symbol = symbol(order.instrument)
    var members = orderMembers(order)
    if let status, let place = members.firstIndex(where: { $0.key == "orderStatus" }) {
      members[place].value = .string(status)
    }
    let feeCurrency = order.filled > 0 ? BybitSymbol.assets[Int(order.feeAsset)] : ""
    let profit = notes[order.id]?.closedProfit ?? .zero
    return .object(
      [("category", .string(symbol.category.rawValue))] + members + [
        ("closedPnl", .string(BybitText.cut(profit, digits: 8))),
        ("feeCurrency", .string(feeCurrency)),
      ])
  }

  private func orderMembers(_ order: ExchangeOrder) -> Members {
    let symbol = symbol(order.instrument)
    let notes = notes[order.id]
    let isSpot = symbol.category == .spot
    var members: Members = [
      ("symbol", .string(symbol.name)), ("orderId", .string(orderID(of: order))),
      ("orderLinkId", .string(linkID(of: order))), ("blockTradeId", ""),
      ("side", .string(order.side.bybit)), ("positionIdx", positionIndex(order)),
      ("orderStatus", .string(BybitOrderTexts.status(order, symbol.category))),
      ("cancelType", .string(BybitOrderTexts.cancelType(order, notes))),
      ("rejectReason", .string(BybitOrderTexts.rejectReason(order, notes))),
      ("timeInForce", .string(BybitOrderTexts.timeInForce(order, notes))),
      ("isLeverage", .string(isSpot ? "0" : "")),
      ("orderType", .string(order.request.kind.hasLimit ? "Limit" : "Market")),
    ]
    if !isSpot {
      members += [
        ("createType", .string(notes?.createType ?? "CreateByUser")),
        ("parentOrderLinkId", .string(notes?.parentLinkID ?? "")),
        ("tpslMode", .string(exitMode(notes))),
      ]
    }
    return members + amountMembers(order, symbol, notes) + triggerMembers(order, symbol, notes)
      + exitMembers(notes?.terms ?? BybitExitTerms(), symbol) + [
        ("reduceOnly", .boolean(order.request.isReduceOnly)),
        ("closeOnTrigger", .boolean(notes?.closesOnTrigger ?? false)), ("placeType", ""),
        ("smpType", .string(notes?.selfMatch ?? "None")), ("smpGroup", 0), ("smpOrderId", ""),
        ("marketUnit", .string(notes?.marketUnit ?? "")),
        ("slippageToleranceType", "UNKNOWN"), ("slippageTolerance", ""),
        ("createdTime", .string("\(order.createTime / 1_000_000)")),
        ("updatedTime", .string("\(order.updateTime / 1_000_000)")),
      ]
  }

  /// `tpslMode` of contracts: spot does not have it.
  private func exitMode(_ notes: BybitOrderNotes?) -> String {
    guard let notes else { return "" }
    if let exit = notes.exit { return exit.isPartial ? "Partial" : "Full" }
    if notes.terms.isEmpty { return "" }
    return notes.terms.isPartial ? "Partial" : "Full"
  }

  private func positionIndex(_ order: ExchangeOrder) -> JSONValue {
    .integer(order.request.positionSide.bybitIndex)
  }

  private func amountMembers(
    _ order: ExchangeOrder, _ symbol: BybitSymbol, _ notes: BybitOrderNotes?
  ) -> Members {
    let isWhole = order.request.closesPosition && order.state == .waiting
    let leaves = isWhole ? notes?.exit?.size ?? 0 : order.leaves
    let leavesValue = Int128(leaves) * Int128(order.request.price)
    return [
      ("price", .string(priceText(order, symbol, notes))),
      ("qty", .string(quantityText(order, symbol))), ("orderIv", ""),
      ("avgPrice", .string(exchange.averagePrice(of: order).map { averageText($0, symbol) } ?? "")),
      ("leavesQty", .string(leaves == 0 ? "0" : symbol.quantity(leaves))),
      ("leavesValue", .string(symbol.value(leavesValue))),
      ("cumExecQty", .string(order.filled == 0 ? "0" : symbol.quantity(order.filled))),
      ("cumExecValue", .string(BybitText.text(order.filledValue))),
      ("cumExecFee", .string(BybitText.text(order.fees))),
      ("cumFeeDetail", feeDetail(order)),
    ]
  }

  private func averageText(_ price: Money, _ symbol: BybitSymbol) -> String {
    BybitText.cut(price, digits: symbol.priceDigits + 4)
  }

  private func feeDetail(_ order: ExchangeOrder) -> JSONValue {
    guard order.filled > 0 else { return .object([]) }
    return .object([
      (BybitSymbol.assets[Int(order.feeAsset)], .string(BybitText.text(order.fees)))
    ])
  }

  /// Market orders of contracts are told with the farthest price that they may reach.
  func priceText(
    _ order: ExchangeOrder, _ symbol: BybitSymbol, _ notes: BybitOrderNotes?
  ) -> String {
    if order.request.kind.hasLimit { return symbol.price(order.request.price) }
    guard let notes, notes.marketBound > 0 else { return "0" }
    return symbol.price(notes.marketBound)
  }

  /// What was asked for, in the coin that it was asked for in.
  func quantityText(_ order: ExchangeOrder, _ symbol: BybitSymbol) -> String {
    if let amount = order.request.quoteQuantity { return BybitText.text(amount) }
    if order.request.closesPosition {
      return symbol.quantity(
        order.isTriggered ? order.quantity : notes[order.id]?.exit?.size ?? 0)
    }
    return symbol.quantity(order.request.quantity)
  }

  private func triggerMembers(
    _ order: ExchangeOrder, _ symbol: BybitSymbol, _ notes: BybitOrderNotes?
  ) -> Members {
    let trigger = shownTrigger(of: order)
    let created = notes?.lastPriceOnCreated ?? 0
    return [
      ("stopOrderType", .string(notes?.stopOrderType ?? "")),
      ("triggerPrice", .string(trigger == 0 ? "" : symbol.price(trigger))),
      ("triggerDirection", .integer(notes?.triggerDirection ?? 0)),
      ("triggerBy", .string(notes?.triggerBy ?? "")),
      ("lastPriceOnCreated", .string(created == 0 ? "" : symbol.price(created))),
      ("ocoTriggerBy", .string(triggeredExit(of: order))),
    ]
  }

  /// What an order is to be followed by.
  private func exitMembers(_ terms: BybitExitTerms, _ symbol: BybitSymbol) -> Members {
    let none = symbol.category == .linear ? "0" : ""
    func price(_ exit: BybitExit?) -> JSONValue {
      .string(exit.map { symbol.price($0.trigger) } ?? "")
    }
    func source(_ exit: BybitExit?) -> JSONValue {
      .string(symbol.category == .linear ? exit?.triggerBy ?? "" : "")
    }
    func limit(_ exit: BybitExit?) -> JSONValue {
      guard let exit, exit.limit > 0 else { return .string(none) }
      return .string(symbol.price(exit.limit))
    }
    return [
      ("takeProfit", price(terms.takeProfit)), ("stopLoss", price(terms.stopLoss)),
      ("tpTriggerBy", source(terms.takeProfit)), ("slTriggerBy", source(terms.stopLoss)),
      ("tpLimitPrice", limit(terms.takeProfit)), ("slLimitPrice", limit(terms.stopLoss)),
    ]
  }
}
