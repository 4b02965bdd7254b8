import Exchange
import MatchingEngine
import TradingModel

/// A new order out of parameters, with the checks that the venue makes before its matching engine
/// (https://developers.binance.com/docs/derivatives/usds-margined-futures/trade/rest-api/New-Order and
/// https://developers.binance.com/docs/derivatives/usds-margined-futures/trade/rest-api/New-Algo-Order).
struct BinanceUSDMNewOrder {
  var request: OrderRequest
  var notes = BinanceUSDMOrderNotes()
  /// Whether the answer tells what became of it at once.
  var tellsResult: Bool

  static let conditionalTypes = [
    "STOP", "STOP_MARKET", "TAKE_PROFIT", "TAKE_PROFIT_MARKET", "TRAILING_STOP_MARKET",
  ]
  static let priceMatches = [
    "NONE", "OPPONENT", "OPPONENT_5", "OPPONENT_10", "OPPONENT_20", "QUEUE", "QUEUE_5", "QUEUE_10",
    "QUEUE_20",
  ]

  private static let common: [BinanceParameterRule] = [
    .need("symbol", .symbol),
    .need("side", .word(["BUY", "SELL"], BinanceError(-1117, "Invalid side."))),
    .may(
      "positionSide",
      .word(["BOTH", "LONG", "SHORT"], BinanceError(-4060, "Invalid position side."))),
    .may(
      "timeInForce",
      .word(
        ["GTC", "IOC", "FOK", "GTX", "GTD", "RPI"], BinanceError(-1115, "Invalid timeInForce."))),
    .may("quantity", .decimal), .may("price", .decimal), .may("reduceOnly", .boolean),
    .may("priceMatch", .word(priceMatches, nil)),
    .may("selfTradePreventionMode", .word(SelfTradePrevention.binanceWords, nil)),
    .may("goodTillDate", .integer),
    .may("workingType", .word(["MARK_PRICE", "CONTRACT_PRICE"], nil)),
    .may("priceProtect", .boolean), .may("closePosition", .boolean),
    .may("newOrderRespType", .word(["ACK", "RESULT"], nil)),
  ]

  static let rules: [BinanceParameterRule] =
    common + [
      .need(
        "type",
        .word(["LIMIT", "MARKET"] + conditionalTypes, BinanceError(-1116, "Invalid orderType."))),
      .may("newClientOrderId", .text), .may("stopPrice", .decimal),
      .may("activationPrice", .decimal), .may("callbackRate", .decimal),
    ]

  static let algoRules: [BinanceParameterRule] =
    common + [
      .need("algoType", .word(["CONDITIONAL"], BinanceError(-4500, "Invalid algoType."))),
      .need("type", .word(conditionalTypes, BinanceError(-1116, "Invalid orderType."))),
      .may("clientAlgoId", .text), .may("triggerPrice", .decimal),
      .may("activatePrice", .decimal), .may("activationPrice", .decimal),
      .may("callbackRate", .decimal),
    ]

  /// - Parameter isAlgo: whether it came to the algo service, which alone takes conditional orders since
  ///   December 2025.
  init(
    _ parameters: BinanceParameters, of account: AccountIndex, isAlgo: Bool,
    in core: BinanceUSDMCore
  ) throws(BinanceError) {
    let instrument = try core.instrument(parameters["symbol"])
    let symbol = core.symbol(instrument)
    let type = parameters["type"] ?? ""
    if !isAlgo, Self.conditionalTypes.contains(type) {
      throw BinanceError(
        -4120,
        "Order type not supported for this endpoint. Please use the Algo Order API endpoints "
          + "instead.")
    }
    try Self.checkPresence(parameters, type, isAlgo: isAlgo)
    let name = parameters[isAlgo ? "clientAlgoId" : "newClientOrderId"]
    if let name { try Self.check(name, isAlgo ? "clientAlgoId" : "newClientOrderId") }
    var request = OrderRequest(
      Self.kind(type), parameters["side"] == "BUY" ? .buy : .sell, instrument,
      clientOrderID: name ?? core.makeID())
    request.price = try Self.price("price", parameters, symbol)
    request.triggerPrice =
      type == "TRAILING_STOP_MARKET"
      ? try Self.price(
        parameters["activatePrice"] == nil ? "activationPrice" : "activatePrice", parameters, symbol
      )
      : try Self.price("triggerPrice", parameters, symbol)
    request.callbackRate = try Self.callbackRate(parameters, type)
    request.triggerSource = parameters["workingType"] == "MARK_PRICE" ? .mark : .last
    request.selfTradePrevention = SelfTradePrevention(
      binanceWord: parameters["selfTradePreventionMode"] ?? "EXPIRE_MAKER")
    self.request = request
    tellsResult = parameters["newOrderRespType"] == "RESULT"
    notes.isAlgo = isAlgo
    notes.isPriceProtected = parameters.boolean("priceProtect")
    try takeTimeInForce(parameters, type, core)
    try takePriceMatch(parameters, symbol, core)
    try takeSide(parameters, account, core)
    try takeQuantity(parameters, symbol)
  }

  private static func kind(_ type: String) -> OrderKind {
    switch type {
    case "MARKET": .market
    case "STOP": .stopLossLimit
    case "STOP_MARKET": .stopLoss
    case "TAKE_PROFIT": .takeProfitLimit
    case "TAKE_PROFIT_MARKET": .takeProfit
    case "TRAILING_STOP_MARKET": .trailingStop
    default: .limit
    }
  }

  /// `^[\.A-Z\:/a-z0-9_-]{1,36}$`
  static func check(_ id: String, _ name: String) throws(BinanceError) {
    if id.utf8.count > 36 {
      throw BinanceError(-4015, "Client order id length should be less than 36 chars")
    }
    let isLegal = id.utf8.allSatisfy { byte in
      FormDigits.isLetterOrDigit(byte) || [0x2D, 0x2E, 0x2F, 0x3A, 0x5F].contains(byte)
    }
    if !isLegal { throw .illegal(name, #"^[\.A-Z\:/a-z0-9_-]{1,36}$"#) }
  }

  private static func checkPresence(
    _ parameters: BinanceParameters, _ type: String, isAlgo: Bool
  ) throws(BinanceError) {
    let hasMatch = parameters["priceMatch"] ?? "NONE" != "NONE"
    var needed: [String] = []
    var surplus: [String] = []
    switch type {
    case "LIMIT":
      needed = ["timeInForce", "quantity"] + (hasMatch ? [] : ["price"])
    case "MARKET":
      needed = ["quantity"]
      surplus = ["timeInForce", "price"]
    case "STOP", "TAKE_PROFIT":
      needed = ["quantity", "triggerPrice"] + (hasMatch ? [] : ["price"])
    case "STOP_MARKET", "TAKE_PROFIT_MARKET":
      needed = ["triggerPrice"]
      if !parameters.boolean("closePosition") { needed.append("quantity") }
      surplus = ["price"]
    default:
      needed = ["quantity", "callbackRate"]
      surplus = ["price"]
    }
    if hasMatch { surplus.append("price") }
    for name in needed where parameters[name] == nil { throw .missing(name) }
    for name in surplus where parameters[name] != nil { throw .notRequired(name) }
    if parameters.boolean("closePosition") {
      guard type == "STOP_MARKET" || type == "TAKE_PROFIT_MARKET" else {
        throw BinanceError(
          -4136, "Target strategy invalid for orderType '\(type)',closePosition 'true'")
      }
      for name in ["quantity", "reduceOnly"] where parameters[name] != nil {
        throw .notRequired(name.lowercased())
      }
    }
  }

  private static func callbackRate(
    _ parameters: BinanceParameters, _ type: String
  ) throws(BinanceError) -> Rate {
    guard type == "TRAILING_STOP_MARKET", let percent = parameters.decimal("callbackRate") else {
      return .zero
    }
    // 0.1 to 10 percent, in steps of a tenth.
    guard (10_000_000...1_000_000_000).contains(percent) else {
      throw BinanceError(-2007, "Invalid callBack rate")
    }
    return Rate(parts: percent / 100)
  }

  private mutating func takeTimeInForce(
    _ parameters: BinanceParameters, _ type: String, _ core: BinanceUSDMCore
  ) throws(BinanceError) {
    guard request.kind.hasLimit else { return }
    switch parameters["timeInForce"] {
    case "IOC": request.timeInForce = .immediateOrCancel
    case "FOK": request.timeInForce = .fillOrKill
    case "GTX": request.isPostOnly = true
    case "GTD":
      guard let date = parameters.integer("goodTillDate") else { throw .missing("goodTillDate") }
      // It must lie more than ten minutes ahead; the venue's clock here is the exchange's.
      guard date > core.now.milliseconds + 600_000, date < 253_402_300_799_000 else {
        throw BinanceError(
          -5040,
          "The goodTillDate timestamp must be greater than the current time plus 600 seconds "
            + "and smaller than 253402300799000")
      }
      request.timeInForce = .goodTillDate
      request.expireTime =
        core.exchange.time + (date / 1000 * 1000 - core.now.milliseconds) * 1_000_000
      notes.goodTillDate = date / 1000 * 1000
    case "RPI": throw BinanceError(-4188, "Retail price improvement orders are not supported.")
    default: break
    }
  }

  /// The price that a place in the book gives
  /// (https://developers.binance.com/docs/derivatives/usds-margined-futures/faq/price-match).
  private mutating func takePriceMatch(
    _ parameters: BinanceParameters, _ symbol: BinanceUSDMSymbol, _ core: BinanceUSDMCore
  ) throws(BinanceError) {
    guard let match = parameters["priceMatch"], match != "NONE" else { return }
    notes.priceMatch = match
    let parts = match.split(separator: "_")
    let place = parts.count == 2 ? Int(parts[1]) ?? 1 : 1
    let snapshot = core.exchange.snapshot(of: request.instrument, limit: place)
    let isOwnSide = parts[0] == "QUEUE"
    let levels = (request.side == .buy) == isOwnSide ? snapshot.bids : snapshot.asks
    guard let level = levels.last else {
      throw BinanceError(-4184, "There is no price to match.")
    }
    request.price = level.price
  }

  /// Position side and reduce-only, which position modes allow in different ways.
  private mutating func takeSide(
    _ parameters: BinanceParameters, _ account: AccountIndex, _ core: BinanceUSDMCore
  ) throws(BinanceError) {
    switch parameters["positionSide"] {
    case "LONG": request.positionSide = .long
    case "SHORT": request.positionSide = .short
    default: request.positionSide = .net
    }
    let isHedge = core.exchange.positionMode(of: account) == .hedge
    if isHedge != (request.positionSide != .net) { throw BinanceUSDMErrors.wrongPositionSide }
    if isHedge, parameters["reduceOnly"] != nil { throw .notRequired("reduceonly") }
    request.isReduceOnly = parameters.boolean("reduceOnly")
    if parameters.boolean("closePosition") {
      notes.isClosingPosition = true
      // In hedge mode sells of long and buys of short positions close by themselves.
      request.isReduceOnly = !isHedge
    }
  }

  private mutating func takeQuantity(
    _ parameters: BinanceParameters, _ symbol: BinanceUSDMSymbol
  ) throws(BinanceError) {
    if notes.isClosingPosition {
      // All there may be; what there is is known when it is triggered.
      request.quantity = symbol.marketQuantityMax
      return
    }
    request.quantity = try Self.quantity(parameters, symbol)
  }

  /// A quantity in its units.
  static func quantity(
    _ parameters: BinanceParameters, _ symbol: BinanceUSDMSymbol
  ) throws(BinanceError) -> Int64 {
    guard let value = parameters.decimal("quantity") else { throw .missing("quantity") }
    if value == 0 { throw BinanceError(-4003, "Quantity less than or equal to zero.") }
    guard let units = DecimalDigits.exact(value, decimals: symbol.quantityDecimals) else {
      throw BinanceUSDMErrors.precision
    }
    return units
  }

  /// A price in its units; 0 where it was not sent.
  static func price(
    _ name: String, _ parameters: BinanceParameters, _ symbol: BinanceUSDMSymbol
  ) throws(BinanceError) -> Int64 {
    guard let value = parameters.decimal(name) else { return 0 }
    if value == 0 {
      throw BinanceError(
        name == "price" ? -4001 : -4006,
        name == "price" ? "Price less than or equal to zero." : "Stop price less than zero.")
    }
    guard let units = DecimalDigits.exact(value, decimals: symbol.priceDecimals) else {
      throw BinanceUSDMErrors.precision
    }
    return units
  }
}
