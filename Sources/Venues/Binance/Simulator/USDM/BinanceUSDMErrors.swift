import Exchange

/// What the venue says where the exchange refuses
/// (https://developers.binance.com/docs/derivatives/usds-margined-futures/error-code).
enum BinanceUSDMErrors {
  static let precision = BinanceError(
    -1111, "Precision is over the maximum defined for this asset.")
  static let wrongPositionSide = BinanceError(
    -4061, "Order's position side does not match user's setting.")
  static let wouldTake = BinanceError(
    -5022,
    "Due to the order could not be executed as maker, the Post Only order will be rejected. The "
      + "order will not be recorded in the order history")
  static let notFillable = BinanceError(
    -5021,
    "Due to the order could not be filled immediately, the FOK order has been rejected. The order "
      + "will not be recorded in the order history")

  static func error(
    _ refusal: Refusal, of request: OrderRequest? = nil, in core: BinanceUSDMCore
  ) -> BinanceError {
    switch refusal {
    case .priceTick: return BinanceError(-4014, "Price not increased by tick size.")
    case .priceRange, .priceBand: return priceError(refusal, request, core)
    case .lotStep: return BinanceError(-4023, "Quantity not increased by step size.")
    case .quantityBelowMin: return BinanceError(-4004, "Quantity less than min quantity.")
    case .quantityAboveMax: return BinanceError(-4005, "Quantity greater than max quantity.")
    case .notionalBelowMin:
      let least = request.map { core.symbol($0.instrument).notionalMin } ?? 5
      return BinanceError(
        -4164,
        "Order's notional must be no smaller than \(least) (unless you choose reduce only).")
    case .notionalAboveMax, .tooManyOrders, .tooManyWaitingOrders, .insufficientBalance,
      .leverageOutOfRange, .openOrdersOrPositions, .noPosition:
      return accountError(refusal)
    case .unknownSymbol: return .invalidSymbol
    case .unknownAccount, .unknownKey, .permissionDenied: return .rejectedKey
    case .duplicateClientOrderID, .duplicateClientListID:
      return BinanceError(-4116, "ClientOrderId is duplicated.")
    case .wouldTake: return wouldTake
    case .wouldTrigger: return BinanceError(-2021, "Order would immediately trigger.")
    case .unknownOrder, .orderEnded, .unknownAsset: return .unknownOrder
    case .marketClosed: return BinanceError(-4108, "This symbol is on closed status.")
    case .reduceOnlyRejected: return BinanceError(-2022, "ReduceOnly Order is rejected.")
    case .positionSideMismatch: return wrongPositionSide
    case .nothingToAmend: return BinanceError(-5027, "No need to modify the order.")
    case .noLiquidity, .venueCapacity:
      return BinanceError(
        -1008,
        "Request throttled by system-level protection. Reduce-only/close-position orders are "
          + "exempt. Please try again.", status: 503)
    case .invalidCombination, .expireTimePassed, .icebergParts, .invalidAmount:
      return BinanceError(-1128, "Combination of optional parameters invalid.")
    }
  }

  private static func accountError(_ refusal: Refusal) -> BinanceError {
    switch refusal {
    case .notionalAboveMax:
      BinanceError(-2027, "Exceeded the maximum allowable position at current leverage.")
    case .tooManyOrders: BinanceError(-2025, "Reach max open order limit.")
    case .tooManyWaitingOrders: BinanceError(-4045, "Reach max stop order limit.")
    case .leverageOutOfRange: BinanceError(-4028, "Leverage is not valid")
    case .openOrdersOrPositions:
      BinanceError(-4068, "Position side cannot be changed if there exists position.")
    case .noPosition: BinanceError(-4054, "Cannot add position margin: position is 0.")
    default: BinanceError(-2019, "Margin is insufficient.")
    }
  }

  private static func priceError(
    _ refusal: Refusal, _ request: OrderRequest?, _ core: BinanceUSDMCore
  ) -> BinanceError {
    guard let request else { return BinanceError(-4002, "Price greater than max price.") }
    let symbol = core.symbol(request.instrument)
    if refusal == .priceRange {
      let price = request.price == 0 ? request.triggerPrice : request.price
      return price > symbol.priceMax
        ? BinanceError(-4002, "Price greater than max price.")
        : BinanceError(-4013, "Price less than min price.")
    }
    let mark = core.exchange.mark(of: request.instrument).mark
    if request.side == .buy {
      let bound = core.price(mark * symbol.multiplierUp / 10_000, request.instrument)
      return BinanceError(-4016, "Limit price can't be higher than \(bound).")
    }
    let bound = core.price(mark * symbol.multiplierDown / 10_000, request.instrument)
    return BinanceError(-4024, "Limit price can't be lower than \(bound).")
  }
}
