import Exchange
import MatchingEngine
import TradingModel

extension OKXError {
  /// What a refused order is told.
  ///
  /// - Parameters:
  ///   - asset: what the order would have locked.
  ///   - limits: how far prices may be now.
  init(_ refusal: Refusal, of request: OrderRequest, asset: String, limits: OKXPriceLimits) {
    switch refusal {
    case .insufficientBalance:
      self = limits.isContract ? .insufficientMargin(asset) : .insufficient(asset)
    case .duplicateClientOrderID: self = OKXError("51016", "Client order ID already exists.")
    case .lotStep:
      self = OKXError("51121", "Order quantity must be a multiple of the lot size.")
    case .quantityBelowMin:
      self = OKXError("51020", "Your order should meet or exceed the minimum order amount.")
    case .quantityAboveMax:
      self =
        request.kind.hasLimit
        ? OKXError("51005", "Your order amount exceeds the max order amount.")
        : OKXError("51202", "Market order amount exceeds the maximum amount.")
    case .notionalAboveMax:
      self =
        request.kind.hasLimit
        ? OKXError("51005", "Your order amount exceeds the max order amount.")
        : OKXError("51201", "The value of a market order can't exceed 1,000,000 USDT.")
    case .notionalBelowMin:
      self = OKXError("51020", "Your order should meet or exceed the minimum order amount.")
    case .priceTick, .priceRange: self = OKXError("51000", "Parameter px error")
    case .priceBand: self = limits.error(request.side)
    case .reduceOnlyRejected, .noPosition:
      self = OKXError(
        "51169",
        "Order failed because you don't have any positions in this direction for this contract "
          + "to reduce or close.")
    case .positionSideMismatch: self = OKXError("51000", "Parameter posSide error")
    case .wouldTrigger: self = Self.passedTrigger(request)
    case .tooManyWaitingOrders:
      self = OKXError("51261", "Each user can hold up to 30 pending stop orders at the same time.")
    case .tooManyOrders:
      self = OKXError(
        "51025", "Order count exceeds the limit of pending orders.")
    case .marketClosed:
      self = OKXError("51022", "Contract suspended")
    case .noLiquidity, .venueCapacity: self = OKXError("51109", "No available offers.")
    case .unknownSymbol: self = .unknownInstrument
    default: self = OKXError("51000", "Parameter error")
    }
  }

  /// Take-profits beyond the last price and stop-losses that it has passed.
  private static func passedTrigger(_ request: OrderRequest) -> OKXError {
    let isTakeProfit = request.kind == .takeProfit || request.kind == .takeProfitLimit
    switch (isTakeProfit, request.side) {
    case (true, .buy):
      return OKXError("51277", "TP trigger price cannot be higher than the last price.")
    case (false, .buy):
      return OKXError("51278", "SL trigger price cannot be lower than the last price.")
    case (true, .sell):
      return OKXError("51279", "TP trigger price cannot be lower than the last price.")
    case (false, .sell):
      return OKXError("51280", "SL trigger price cannot be higher than the last price.")
    }
  }

  /// What a refused amendment is told.
  init(amending refusal: Refusal, of request: OrderRequest, asset: String, limits: OKXPriceLimits) {
    switch refusal {
    case .insufficientBalance:
      self = OKXError("51502", "Order failed. Insufficient \(asset) margin in account")
    case .unknownOrder, .orderEnded: self = .notAmendable
    case .invalidCombination:
      self = OKXError("51506", "Order modification unavailable for the order type.")
    case .wouldTake:
      self = OKXError(
        "51511",
        "Operation failed as the order price did not meet the requirement for post only.")
    default: self = OKXError(refusal, of: request, asset: asset, limits: limits)
    }
  }
}

/// How far the price of an order may be (`GET /api/v5/public/price-limit`): a buy not much above the
/// reference, a sell not much below.
struct OKXPriceLimits {
  var isContract: Bool
  var highestBuy: String
  var lowestSell: String

  func error(_ side: Side) -> OKXError {
    if isContract {
      return OKXError(
        "51006",
        "Order price is not within the price limit (max buy price: \(highestBuy) "
          + "min sell price: \(lowestSell))")
    }
    return side == .buy
      ? OKXError("51137", "The highest price limit for buy orders is \(highestBuy).")
      : OKXError("51138", "The lowest price limit for sell orders is \(lowestSell).")
  }
}
