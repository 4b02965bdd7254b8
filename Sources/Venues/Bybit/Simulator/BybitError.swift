import Exchange
import TradingModel
import VenueServer

/// Why the venue refuses a request (https://bybit-exchange.github.io/docs/v5/error).
struct BybitError: Error, Equatable {
  var code: Int
  var message: String
  /// The HTTP status: refusals are 200 but for those before the venue's own programs.
  var status = 200

  init(_ code: Int, _ message: String, status: Int = 200) {
    self.code = code
    self.message = message
    self.status = status
  }

  /// A parameter that is wrong, in the words of derivatives: "params error: side invalid".
  static func invalid(_ name: String) -> BybitError {
    BybitError(10001, "params error: \(name) invalid")
  }
  /// A parameter that is not there.
  static func missing(_ name: String) -> BybitError {
    BybitError(10001, "params error: Missing some parameters that must be filled in, \(name)")
  }
  static let illegalCategory = BybitError(10001, "Illegal category")
  static let unsupportedSymbol = BybitError(10001, "Not supported symbols")
  static let invalidKey = BybitError(10003, "API key is invalid.")
  static let permissionDenied = BybitError(
    10005, "Permission denied, please check your API key permissions.")
  static let tooManyVisits = BybitError(10006, "Too many visits. Exceeded the API Rate Limit.")
  static let unknownPath = BybitError(
    10017, "Request path not found or request method is invalid.", status: 404)
  static let addressLimit = BybitError(10018, "access too frequent", status: 403)
  /// https://bybit-exchange.github.io/docs/v5/order/create-order: "When reduceOnly is true, take
  /// profit/stop loss cannot be set".
  static let exitsOfReducing = BybitError(
    110057, "Conditional order or limit order contains TP/SL related params")
  static let systemError = BybitError(10016, "System error. Please try again later.")

  /// No such open order, in the words of each product line.
  static func noOrder(_ category: BybitCategory, to action: String) -> BybitError {
    category == .spot
      ? BybitError(170213, "Order does not exist.")
      : BybitError(110001, "order not exists or too late to \(action)")
  }

  /// What faults make of a request.
  init(_ failure: ServerFailure) {
    switch failure {
    case .serverError(let status, isCarriedOut: _):
      self.init(10016, "Internal System Error.", status: status)
    case .maintenance: self.init(10016, "Service is restarting.", status: 503)
    case .banned: self = .addressLimit
    }
  }
}

extension BybitError {
  /// What the exchange's refusal of an order is at the venue.
  init(_ refusal: Refusal, _ request: OrderRequest, in core: BybitCore) {
    let symbol = core.symbol(request.instrument)
    switch symbol.category {
    case .spot: self = Self.spot(refusal, request, core)
    case .linear: self = Self.linear(refusal, request, core)
    }
  }

  private static func spot(_ refusal: Refusal, _ request: OrderRequest, _ core: BybitCore)
    -> BybitError
  {
    let symbol = core.symbol(request.instrument)
    switch refusal {
    case .unknownSymbol: return BybitError(170121, "Invalid symbol.")
    case .permissionDenied, .unknownKey, .unknownAccount: return .permissionDenied
    case .priceTick: return BybitError(170134, "Order price has too many decimals.")
    case .priceRange:
      return request.price <= 0
        ? BybitError(170133, "Order price exceeded lower limit.")
        : BybitError(170132, "Order price exceeded upper limit.")
    case .priceBand:
      let bound = symbol.price(core.priceBound(request.side, request.instrument))
      return request.side == .buy
        ? BybitError(170193, "Buy order price cannot be higher than \(bound)USDT.")
        : BybitError(170194, "Sell order price cannot be lower than \(bound)USDT.")
    case .lotStep: return BybitError(170137, "Order quantity has too many decimals.")
    case .quantityBelowMin: return BybitError(170136, "Order quantity exceeded lower limit.")
    case .quantityAboveMax: return BybitError(170135, "Order quantity exceeded upper limit.")
    case .notionalBelowMin: return BybitError(170140, "Order value exceeded lower limit.")
    case .notionalAboveMax: return BybitError(170124, "Order amount too large.")
    case .insufficientBalance: return BybitError(170131, "Insufficient balance.")
    case .duplicateClientOrderID, .duplicateClientListID:
      return BybitError(170141, "Duplicate clientOrderId.")
    case .wouldTake:
      return BybitError(170218, "The LIMIT-MAKER order is rejected due to invalid price.")
    case .unknownOrder, .orderEnded: return .noOrder(.spot, to: "cancel")
    case .tooManyOrders, .tooManyWaitingOrders:
      return BybitError(
        170810, "Cannot exceed maximum of 500 conditional, TP/SL and active orders.")
    case .marketClosed: return BybitError(170151, "This trading pair is not available.")
    case .nothingToAmend: return Self.unchanged
    case .wouldTrigger, .icebergParts, .reduceOnlyRejected, .noLiquidity, .invalidCombination,
      .expireTimePassed, .positionSideMismatch, .leverageOutOfRange, .openOrdersOrPositions,
      .venueCapacity, .noPosition, .unknownAsset, .invalidAmount:
      return BybitError(170210, "New order rejected.")
    }
  }

  private static func linear(_ refusal: Refusal, _ request: OrderRequest, _ core: BybitCore)
    -> BybitError
  {
    switch refusal {
    case .unknownSymbol: return .invalid("symbol")
    case .permissionDenied, .unknownKey, .unknownAccount: return .permissionDenied
    case .priceTick: return BybitError(10001, "Price invalid")
    case .priceRange, .priceBand:
      return BybitError(110003, "Order price exceeds the allowable range.")
    case .lotStep: return BybitError(10001, "Qty invalid")
    case .quantityBelowMin:
      return BybitError(10001, "The number of contracts exceeds minimum limit allowed")
    case .quantityAboveMax, .notionalAboveMax:
      return BybitError(
        10001, "The number of contracts exceeds maximum limit allowed: too large")
    case .notionalBelowMin:
      let least = core.symbol(request.instrument).notionalMin
      return BybitError(110094, "Order does not meet minimum order value \(least)USDT")
    case .insufficientBalance: return BybitError(110007, "ab not enough for new order")
    case .duplicateClientOrderID, .duplicateClientListID:
      return BybitError(110072, "OrderLinkedID is duplicate")
    case .wouldTrigger: return passedTrigger(request, core)
    case .unknownOrder, .orderEnded: return .noOrder(.linear, to: "cancel")
    case .tooManyOrders:
      return BybitError(110020, "Not allowed to have more than 500 active orders.")
    case .tooManyWaitingOrders:
      return BybitError(
        110009, "The number of stop orders exceeds the maximum allowable limit")
    case .marketClosed: return BybitError(110066, "Trading is currently not allowed.")
    case .reduceOnlyRejected, .noPosition:
      return BybitError(110017, "current position is zero, cannot fix reduce-only order qty")
    case .positionSideMismatch:
      return BybitError(10001, "position idx not match position mode")
    case .leverageOutOfRange: return BybitError(110013, "cannot set leverage gt maxLeverage")
    case .nothingToAmend: return Self.unchanged
    case .icebergParts, .wouldTake, .noLiquidity, .invalidCombination, .expireTimePassed,
      .openOrdersOrPositions, .venueCapacity, .unknownAsset, .invalidAmount:
      return BybitError(110032, "Order is illegal")
    }
  }

  static let unchanged = BybitError(
    10001, "The order remains unchanged as the parameters entered match the existing ones.")

  /// 110092 and 110093.
  private static func passedTrigger(_ request: OrderRequest, _ core: BybitCore) -> BybitError {
    let present = core.triggerPrice(request.triggerSource, request.instrument)
    let factor = scale(core.symbol(request.instrument))
    let wanted = "trigger_price[\(request.triggerPrice * factor)]"
    let source = request.triggerSource == .mark ? "MarkPrice" : "LastPrice"
    return BybitOrderTexts.rises(request)
      ? BybitError(
        110092, "expect Rising, but \(wanted) <= current[\(present * factor)]??\(source)")
      : BybitError(
        110093, "expect Falling, but \(wanted) >= current[\(present * factor)]??\(source)")
  }

  /// What a price unit is in the units of 10^-4 that messages tell prices of contracts in.
  static func scale(_ symbol: BybitSymbol) -> Int64 {
    powerOfTen(max(0, 4 - symbol.priceDecimals))
  }
}
