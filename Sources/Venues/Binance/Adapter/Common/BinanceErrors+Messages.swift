import TradingModel

// What the texts under -1010, -1013, -2010, -2011 and -2038 say.
extension BinanceErrors {
  /// The meaning of a refusal by its text; one that is not documented is still a refusal.
  static func meaning(of message: VenueMessageText, code: Int64) -> VenueErrorMeaning {
    for (text, meaning) in texts where message.contains(text) { return meaning }
    for (filter, reason) in filters where message.contains(filter) { return .reject(reason) }
    return code == -1010 ? .askFirst : .reject(.other)
  }

  private static let texts: [(StaticString, VenueErrorMeaning)] = [
    ("Unknown order sent", .reject(.unknownOrder)),
    // An order with this id stands at the venue: ours, as ids are never used twice. Ask how it is.
    ("Duplicate order sent", .askFirst),
    ("Market is closed", .reject(.venueClosed)),
    ("insufficient balance", .reject(.insufficientBalance)),
    ("would immediately match and take", .reject(.wouldTake)),
    ("would trigger immediately", .reject(.priceOutsideLimits)),
    ("relationship of the prices", .reject(.priceOutsideLimits)),
    ("Price * QTY is zero or less", .reject(.quantityOutsideLimits)),
    ("IcebergQty exceeds QTY", .reject(.quantityOutsideLimits)),
    ("Order book liquidity", .reject(.noLiquidity)),
    ("quantity increase", .reject(.quantityOutsideLimits)),
    ("would change no state", .reject(.other)),
    ("due to cancel restrictions", .reject(.tooLate)),
    ("This action is disabled on this account", .stop(.permission)),
    ("may not place or cancel orders", .stop(.permission)),
    ("trading is not enabled", .stop(.permission)),
    ("not permitted for this account", .reject(.other)),
    ("restricted for this account", .reject(.other)),
  ]

  /// `Filter failure: NAME`. Longer names first: one may stand in another.
  private static let filters: [(StaticString, VenueReason)] = [
    ("PERCENT_PRICE", .priceOutsideLimits),
    // Says neither whether the price is outside the limits or off the grid.
    ("PRICE_FILTER", .priceOutsideLimits),
    ("MARKET_LOT_SIZE", .quantityOutsideLimits),
    ("LOT_SIZE", .quantityOutsideLimits),
    ("NOTIONAL", .quantityOutsideLimits),
    ("MAX_POSITION", .quantityOutsideLimits),
    ("MAX_ASSET", .quantityOutsideLimits),
    ("ICEBERG_PARTS", .quantityOutsideLimits),
    ("TRAILING_DELTA", .priceOutsideLimits),
    ("MAX_NUM", .capacity),
    ("T_PLUS_SELL", .venueClosed),
  ]

  /// The reason that an execution report's `r` (refused) or `eR` (expired) names.
  ///
  /// Values after https://developers.binance.com/docs/binance-spot-api-docs/user-data-stream, "Order
  /// Reject Reason" and "Order Expiry Reason".
  static func reason(_ text: VenueText) -> VenueReason {
    if text.isEmpty || text.equals("NONE") { return .none }
    for (name, reason) in reasons where text.equals(name) { return reason }
    return .other
  }

  private static let reasons: [(StaticString, VenueReason)] = [
    ("INSUFFICIENT_BALANCES", .insufficientBalance),
    ("STOP_PRICE_WOULD_TRIGGER_IMMEDIATELY", .priceOutsideLimits),
    ("WOULD_MATCH_IMMEDIATELY", .wouldTake),
    ("OCO_BAD_PRICES", .priceOutsideLimits),
    ("UNFILLED_IOC_QUANTITY_EXPIRED", .noLiquidity),
    ("UNFILLED_FOK_ORDER_EXPIRED", .notFillable),
    ("INSUFFICIENT_LIQUIDITY", .noLiquidity),
    ("EXECUTION_RULE_PRICE_RANGE_EXCEEDED", .priceOutsideLimits),
  ]
}
