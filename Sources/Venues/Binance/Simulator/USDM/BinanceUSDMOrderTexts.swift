import Exchange
import MatchingEngine
import TradingModel
import VenueServer

/// The venue's words for orders of contracts.
extension ExchangeOrder {
  /// What it is as an order of the book: conditional orders are what they became.
  var binanceUSDMType: String { request.kind.hasLimit ? "LIMIT" : "MARKET" }

  /// As it was asked for.
  var binanceUSDMOriginalType: String {
    switch request.kind {
    case .limit: "LIMIT"
    case .market: "MARKET"
    case .stopLoss: "STOP_MARKET"
    case .stopLossLimit: "STOP"
    case .takeProfit: "TAKE_PROFIT_MARKET"
    case .takeProfitLimit: "TAKE_PROFIT"
    case .trailingStop: "TRAILING_STOP_MARKET"
    }
  }

  var binanceUSDMTimeInForce: String {
    switch request.timeInForce {
    case .immediateOrCancel: "IOC"
    case .fillOrKill: "FOK"
    case .goodTillDate: "GTD"
    case .day, .goodTillCancel: request.isPostOnly ? "GTX" : "GTC"
    }
  }

  var binancePositionSide: String {
    switch request.positionSide {
    case .net: "BOTH"
    case .long: "LONG"
    case .short: "SHORT"
    }
  }

  var binanceWorkingType: String {
    request.triggerSource == .mark ? "MARK_PRICE" : "CONTRACT_PRICE"
  }

  /// Whether it is an order of the book, and not one that waits at the algo service or ended there.
  var isBinanceUSDMOrder: Bool { !request.kind.isConditional || isTriggered }
}

extension BinanceUSDMCore {
  typealias Members = [(key: String, value: JSONValue)]

  func note(of order: ExchangeOrder) -> BinanceUSDMOrderNotes {
    notes[order.id] ?? BinanceUSDMOrderNotes()
  }

  /// Which answer an order is told in.
  enum OrderView {
    /// To a new order that only wants to know that it came.
    case acknowledged
    /// To new, changed and canceled orders.
    case changed
    /// To queries.
    case queried
  }

  /// An order as requests are answered with it
  /// (https://developers.binance.com/docs/derivatives/usds-margined-futures/trade/rest-api/Query-Order).
  func json(_ order: ExchangeOrder, _ view: OrderView) -> JSONValue {
    let instrument = order.instrument
    let notes = note(of: order)
    // An acknowledgement was written before the order met anything.
    let filled = view == .acknowledged ? 0 : order.filled
    let value = view == .acknowledged ? Money.zero : order.filledValue
    let average =
      filled == 0 && view != .queried ? "0.00" : average(value, filled, instrument)
    var members: Members = [
      ("orderId", .integer(order.id)),
      ("symbol", .string(symbol(instrument).name)),
      ("status", .string(view == .acknowledged ? "NEW" : order.binanceStatus)),
      ("clientOrderId", .string(order.clientOrderID)),
      ("price", .string(price(order.request.price, instrument))),
      ("avgPrice", .string(average)),
      ("origQty", .string(quantity(order.quantity, instrument))),
      ("executedQty", .string(quantity(filled, instrument))),
    ]
    if view != .queried { members.append(("cumQty", .string(quantity(filled, instrument)))) }
    members += [
      ("cumQuote", .string(DecimalDigits.text(value.amount, decimals: Money.decimals, digits: 5))),
      ("timeInForce", .string(order.binanceUSDMTimeInForce)),
      ("type", .string(order.binanceUSDMType)),
      ("reduceOnly", .boolean(order.request.isReduceOnly)),
      ("closePosition", .boolean(notes.isClosingPosition)),
      ("side", .string(order.binanceSide)),
      ("positionSide", .string(order.binancePositionSide)),
      ("stopPrice", .string(price(0, instrument))),
      ("workingType", .string(order.binanceWorkingType)),
      ("priceProtect", .boolean(notes.isPriceProtected)),
      ("origType", .string(order.binanceUSDMType)),
      ("priceMatch", .string(notes.priceMatch)),
      ("selfTradePreventionMode", .string(order.request.selfTradePrevention.binanceWord)),
      ("goodTillDate", .integer(notes.goodTillDate)),
    ]
    if view == .queried { members.append(("time", TimeUnit.milliseconds.json(order.createTime))) }
    members.append(
      (
        "updateTime",
        TimeUnit.milliseconds.json(view == .acknowledged ? order.createTime : order.updateTime)
      ))
    return .object(members)
  }

  // MARK: The algo service

  /// Algo orders are numbered apart from orders.
  static let firstAlgoID: UInt64 = 1_000_000_033_000_000

  func algoID(of order: ExchangeOrder) -> UInt64 { Self.firstAlgoID + order.id }

  func algoStatus(of order: ExchangeOrder) -> String {
    if order.isTriggered { return order.state.isOpen ? "TRIGGERED" : "FINISHED" }
    switch order.state {
    case .waiting, .open, .pendingNew: return "NEW"
    case .canceled: return "CANCELED"
    case .filled, .expired: return "EXPIRED"
    }
  }

  /// An algo order as requests are answered with it
  /// (https://developers.binance.com/docs/derivatives/usds-margined-futures/trade/rest-api/New-Algo-Order).
  ///
  /// - Parameter isQueried: whether it tells the order that it became.
  func algoJSON(_ order: ExchangeOrder, isQueried: Bool) -> JSONValue {
    let instrument = order.instrument
    let notes = note(of: order)
    var members: Members = [
      ("algoId", .integer(algoID(of: order))),
      ("clientAlgoId", .string(order.clientOrderID)),
      ("algoType", "CONDITIONAL"),
      ("orderType", .string(order.binanceUSDMOriginalType)),
      ("symbol", .string(symbol(instrument).name)),
      ("side", .string(order.binanceSide)),
      ("positionSide", .string(order.binancePositionSide)),
      ("timeInForce", .string(order.binanceUSDMTimeInForce)),
      (
        "quantity",
        .string(quantity(notes.isClosingPosition ? 0 : order.quantity, instrument))
      ),
      ("algoStatus", .string(algoStatus(of: order))),
    ]
    if isQueried {
      members += [
        ("actualOrderId", .string(order.isTriggered ? "\(order.id)" : "")),
        ("actualPrice", .string(average(order.filledValue, order.filled, instrument))),
        ("actualQty", .string(quantity(order.filled, instrument))),
        ("actualType", .string(order.isTriggered ? order.binanceUSDMType : "0")),
      ]
    }
    members += [
      ("triggerPrice", .string(price(order.request.triggerPrice, instrument))),
      ("price", .string(price(order.request.price, instrument))),
      ("icebergQuantity", .null),
      ("selfTradePreventionMode", .string(order.request.selfTradePrevention.binanceWord)),
      ("workingType", .string(order.binanceWorkingType)),
      ("priceMatch", .string(notes.priceMatch)),
      ("closePosition", .boolean(notes.isClosingPosition)),
      ("priceProtect", .boolean(notes.isPriceProtected)),
      ("reduceOnly", .boolean(order.request.isReduceOnly)),
    ]
    if order.request.kind == .trailingStop {
      members += [
        ("activatePrice", .string(price(order.request.triggerPrice, instrument))),
        ("callbackRate", .string(callbackText(order))),
      ]
    }
    members += [
      ("createTime", TimeUnit.milliseconds.json(order.createTime)),
      ("updateTime", TimeUnit.milliseconds.json(order.updateTime)),
      ("triggerTime", TimeUnit.milliseconds.json(order.triggerTime)),
      ("goodTillDate", .integer(notes.goodTillDate)),
    ]
    return .object(members)
  }

  /// In percent.
  func callbackText(_ order: ExchangeOrder) -> String {
    DecimalDigits.text(Int128(order.request.callbackRate.parts), decimals: 6, digits: 1)
  }
}
