import Exchange
import MatchingEngine
import TradingModel

/// A new order out of parameters, with the checks that the venue makes before its matching engine
/// (https://bybit-exchange.github.io/docs/v5/order/create-order).
///
/// Of the venue's orders those with a tolerated slippage are not simulated; they are refused. Quantities of conditional market orders of spot are in the base
/// coin, whichever the side, and conditional orders of spot hold what they may need from the beginning.
struct BybitNewOrder {
  var request: OrderRequest
  var notes = BybitOrderNotes()
  let category: BybitCategory

  init(_ parameters: BybitParameters, _ account: AccountIndex, _ core: BybitCore)
    throws(BybitError)
  {
    category = try parameters.category()
    let words = BybitOrderWords(category)
    guard let name = parameters["symbol"], let instrument = core.instrument(name, category) else {
      throw words.badSymbol
    }
    guard let side = Side(bybit: parameters["side"]) else { throw words.badSide }
    let isMarket: Bool
    switch parameters["orderType"] {
    case "Market": isMarket = true
    case "Limit": isMarket = false
    default: throw words.badType
    }
    request = OrderRequest(isMarket ? .market : .limit, side, instrument)
    request.clientOrderID = try Self.linkID(parameters, category, core)
    try readNumbers(parameters, isMarket: isMarket, words, core)
    try readTrigger(parameters, isMarket: isMarket, words, core)
    try readTerms(parameters, isMarket: isMarket, words)
    if category == .linear { try readPosition(parameters, account, core) }
    try readExits(parameters, core)
    try refuseUnsimulated(parameters)
    if request.kind.isConditional { try refuseWaiting(account, core) }
    notes.lastPriceOnCreated = core.exchange.lastPrice(of: instrument)
    if isMarket, category == .linear { notes.marketBound = core.priceBound(side, instrument) }
  }

  /// Letters, digits, dashes and underscores, 36 at most. Orders of spot get one where none was sent.
  private static func linkID(
    _ parameters: BybitParameters, _ category: BybitCategory, _ core: BybitCore
  ) throws(BybitError) -> String {
    guard let text = parameters["orderLinkId"] else {
      return category == .spot ? core.makeSpotLinkID() : ""
    }
    let isLegal = text.utf8.allSatisfy { byte in
      FormDigits.isLetterOrDigit(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }
    guard isLegal, text.utf8.count <= 36 else { throw .invalid("orderLinkId") }
    return text
  }

  // MARK: Numbers

  private mutating func readNumbers(
    _ parameters: BybitParameters, isMarket: Bool, _ words: BybitOrderWords, _ core: BybitCore
  ) throws(BybitError) {
    let symbol = core.symbol(request.instrument)
    guard let quantity = try parameters.decimal("qty", or: words.badQuantity),
      quantity.units >= 0
    else { throw words.badQuantity }
    if !isMarket {
      guard let price = try parameters.decimal("price", or: words.badPrice) else {
        throw words.badPrice
      }
      request.price = try units(
        price, symbol.priceDecimals, off: .priceTick, large: .priceRange, core)
    }
    let isConditional = parameters["triggerPrice"] != nil
    if isMarket, category == .spot {
      let unit = parameters["marketUnit"] ?? (request.side == .buy ? "quoteCoin" : "baseCoin")
      guard unit == "quoteCoin" || unit == "baseCoin" else {
        throw BybitError(170130, "Data sent for paramter 'marketUnit' is not valid.")
      }
      notes.marketUnit = unit
      if unit == "quoteCoin", !isConditional {
        if quantity.decimals > 8 {
          throw BybitError(170148, "Market order amount has too many decimals.")
        }
        request.quoteQuantity = Money(quantity)
        return
      }
    }
    request.quantity = try units(
      quantity, symbol.quantityDecimals, off: .lotStep, large: .quantityAboveMax, core)
  }

  /// `value` in units of 10^-`decimals`.
  func units(
    _ value: Decimal, _ decimals: Int, off: Refusal, large: Refusal, _ core: BybitCore
  ) throws(BybitError) -> Int64 {
    let value = value.normalized
    guard Int(value.decimals) <= decimals else { throw BybitError(off, request, in: core) }
    let (units, isOver) = value.units.multipliedReportingOverflow(
      by: powerOfTen(decimals - Int(value.decimals)))
    guard !isOver, units < Int64.max / 1_000 else { throw BybitError(large, request, in: core) }
    return units
  }

  // MARK: Conditional orders

  private mutating func readTrigger(
    _ parameters: BybitParameters, isMarket: Bool, _ words: BybitOrderWords, _ core: BybitCore
  ) throws(BybitError) {
    guard let trigger = try parameters.decimal("triggerPrice", or: words.badTrigger) else { return }
    let symbol = core.symbol(request.instrument)
    let price = try units(trigger, symbol.priceDecimals, off: .priceTick, large: .priceRange, core)
    switch parameters["triggerBy"] {
    case nil, "LastPrice": request.triggerSource = .last
    case "MarkPrice" where category == .linear: request.triggerSource = .mark
    default: throw .invalid("triggerBy")
    }
    let rises: Bool
    switch (category, parameters["triggerDirection"]) {
    case (.linear, "1"): rises = true
    case (.linear, "2"): rises = false
    case (.linear, _): throw BybitError(10001, "TriggerDirection invalid")
    case (.spot, _):
      rises = price >= core.triggerPrice(.last, request.instrument)
    }
    let isStop = rises == (request.side == .buy)
    switch (isStop, isMarket) {
    case (true, true): request.kind = .stopLoss
    case (true, false): request.kind = .stopLossLimit
    case (false, true): request.kind = .takeProfit
    case (false, false): request.kind = .takeProfitLimit
    }
    request.triggerPrice = price
    notes.triggerBy = request.triggerSource == .mark ? "MarkPrice" : "LastPrice"
    notes.triggerDirection = rises ? 1 : 2
    notes.stopOrderType = parameters["orderFilter"] == "tpslOrder" ? "tpslOrder" : "Stop"
  }

  // MARK: Terms

  private mutating func readTerms(
    _ parameters: BybitParameters, isMarket: Bool, _ words: BybitOrderWords
  ) throws(BybitError) {
    switch parameters["timeInForce"] {
    case nil, "GTC": break
    case "IOC": if !isMarket { request.timeInForce = .immediateOrCancel }
    case "FOK": request.timeInForce = .fillOrKill
    case "PostOnly":
      if isMarket { throw words.badTimeInForce }
      request.isPostOnly = true
      notes.isPostOnly = true
    default: throw words.badTimeInForce
    }
    switch parameters["smpType"] {
    case nil, "None": break
    case "CancelMaker": request.selfTradePrevention = .cancelOldest
    case "CancelTaker": request.selfTradePrevention = .cancelNewest
    case "CancelBoth": request.selfTradePrevention = .cancelBoth
    default: throw .invalid("smpType")
    }
    notes.selfMatch = parameters["smpType"] ?? "None"
  }

  /// `positionIdx`, `reduceOnly` and `closeOnTrigger`. An order without quantity that may only reduce
  /// closes the whole position.
  private mutating func readPosition(
    _ parameters: BybitParameters, _ account: AccountIndex, _ core: BybitCore
  ) throws(BybitError) {
    switch parameters["positionIdx"] ?? "0" {
    case "0": request.positionSide = .net
    case "1": request.positionSide = .long
    case "2": request.positionSide = .short
    default: throw .invalid("positionIdx")
    }
    notes.closesOnTrigger = parameters.boolean("closeOnTrigger")
    request.isReduceOnly = parameters.boolean("reduceOnly") || notes.closesOnTrigger
    let isHedged = core.exchange.positionMode(of: account) == .hedge
    if isHedged, request.isReduceOnly,
      (request.positionSide == .long) == (request.side == .buy)
    {
      throw BybitError(110017, "Reduce-only rule not satisfied")
    }
    if request.quantity == 0, request.isReduceOnly {
      let held = core.exchange.position(of: account, request.instrument, request.positionSide)
      request.quantity = abs(held.quantity)
      if request.quantity == 0 { throw BybitError(.noPosition, request, in: core) }
    }
  }

  // MARK: Take-profit and stop-loss

  /// Of spot plain limit orders have them alone, of contracts whatever does not reduce.
  private mutating func readExits(
    _ parameters: BybitParameters, _ core: BybitCore
  ) throws(BybitError) {
    let reader = BybitExitReader(
      parameters: parameters, instrument: request.instrument, core: core)
    var terms = BybitExitTerms()
    terms.isPartial = category == .linear ? try reader.isPartial() : true
    for kind in [BybitExitKind.takeProfit, .stopLoss] {
      if case .set(let exit) = try reader.change(of: kind, isPartial: terms.isPartial) {
        terms[kind] = exit
      }
    }
    if terms.isEmpty { return }
    if category == .spot, request.kind != .limit {
      let name = terms.takeProfit == nil ? "stopLoss" : "takeProfit"
      throw BybitError(170130, "Data sent for paramter '\(name)' is not valid.")
    }
    if request.isReduceOnly { throw .exitsOfReducing }
    try core.check(terms, of: request)
    notes.terms = terms
  }

  // MARK: What is refused

  /// Conditional orders have to be before their trigger, and are so many at most: ten of a contract, thirty
  /// of each kind of a pair of spot.
  private func refuseWaiting(_ account: AccountIndex, _ core: BybitCore) throws(BybitError) {
    if core.isPassed(request) { throw BybitError(.wouldTrigger, request, in: core) }
    let waiting = core.exchange.openOrders(of: account).filter { order in
      order.instrument == request.instrument && order.state == .waiting
        && core.notes[order.id]?.exit == nil
        && core.notes[order.id]?.stopOrderType == notes.stopOrderType
    }
    guard waiting.count < core.symbol(request.instrument).waitingOrdersMax else {
      throw BybitError(.tooManyWaitingOrders, request, in: core)
    }
  }

  private func refuseUnsimulated(_ parameters: BybitParameters) throws(BybitError) {
    if let text = parameters["slippageTolerance"], text != "0" {
      throw BybitError(10001, "params error: slippageTolerance is not supported")
    }
    if category == .spot, parameters.integer("isLeverage") == 1 {
      throw BybitError(
        170036,
        "You haven't enabled Cross Margin Trading yet. To do so, please head to the PC trading site "
          + "or the Bybit app")
    }
  }
}

/// How each product line says that a parameter of an order is wrong.
struct BybitOrderWords {
  let category: BybitCategory
  init(_ category: BybitCategory) { self.category = category }

  var badSymbol: BybitError { word(170121, "Invalid symbol.", "symbol") }
  var badSide: BybitError { word(170117, "Invalid side.", "side") }
  var badType: BybitError { word(170116, "Invalid orderType.", "orderType") }
  var badTimeInForce: BybitError { word(170115, "Invalid timeInForce.", "timeInForce") }
  var badTrigger: BybitError {
    word(170130, "Data sent for paramter 'triggerPrice' is not valid.", "triggerPrice")
  }
  var badQuantity: BybitError {
    category == .spot
      ? BybitError(170130, "Data sent for paramter 'qty' is not valid.")
      : BybitError(10001, "Qty invalid")
  }
  var badPrice: BybitError {
    category == .spot
      ? BybitError(170130, "Data sent for paramter 'price' is not valid.")
      : BybitError(10001, "Price invalid")
  }

  private func word(_ code: Int, _ text: String, _ name: String) -> BybitError {
    category == .spot ? BybitError(code, text) : .invalid(name)
  }
}

extension Side {
  init?(bybit word: String?) {
    switch word {
    case "Buy": self = .buy
    case "Sell": self = .sell
    default: return nil
    }
  }
  var bybit: String { self == .buy ? "Buy" : "Sell" }
}

extension PositionSide {
  /// `positionIdx`.
  var bybitIndex: Int {
    switch self {
    case .net: 0
    case .long: 1
    case .short: 2
    }
  }
}
