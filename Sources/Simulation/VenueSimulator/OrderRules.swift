import TradingModel

/// A venue's checks of what a request asks, against its listing alone.
public enum OrderRules {
  /// Why a new order is refused; nil when it is not. The checks run in the order written here.
  ///
  /// - Parameter reference: what a market order's smallest value is measured at; nil skips that.
  public static func refusal(
    of request: VenueRequest, in listing: Listing, reference: Int64?
  ) -> VenueReason? {
    // What these venues do not execute: stops, good-till-date, hidden. Whether an order reduces the
    // position its account has is the sender's own check here; these venues keep no positions.
    guard request.type == .limit || request.type == .market,
      request.timeInForce != .goodTillDate,
      request.instructions.subtracting([.postOnly, .reduceOnly]).isEmpty
    else { return .other }
    if request.instructions.contains(.postOnly) {
      let mayRest =
        request.type == .limit && request.timeInForce != .immediateOrCancel
        && request.timeInForce != .fillOrKill
      if !mayRest { return .other }
    }
    let price = request.type == .limit ? request.price : reference
    return refusal(
      price: price, isLimit: request.type == .limit, quantity: request.quantity, in: listing)
  }

  /// Why an order may not have these terms; nil when it may.
  public static func refusal(
    price: Int64?, isLimit: Bool, quantity: Int64, in listing: Listing
  ) -> VenueReason? {
    if quantity <= 0 || quantity < listing.quantityMin || quantity > listing.quantityMax {
      return .quantityOutsideLimits
    }
    if !listing.isOnLot(quantity) { return .offGrid }
    guard let price else { return nil }
    if isLimit {
      // Futures have traded below zero; what is bought outright has not.
      if price <= 0 && listing.contractKind != .linear { return .priceOutsideLimits }
      if !listing.isOnTick(price) { return .offGrid }
    }
    guard let value = listing.value(price: price, quantity: quantity) else {
      return .priceOutsideLimits
    }
    return value.magnitude < listing.notionalMin ? .quantityOutsideLimits : nil
  }
}
