import TradingModel

/// Why an order was canceled, by the venue's numbers.
/// https://www.okx.com/docs-v5/en/#order-book-trading-trade-ws-order-channel, `cancelSource`.
enum OKXCancelSource {
  /// Whether the order's own time in force ended it: fill or kill, and what is left of immediate or
  /// cancel.
  static func isExpiry(_ source: UInt64) -> Bool { source == 13 || source == 14 }

  static func reason(_ source: UInt64) -> VenueReason {
    switch source {
    // By the system without a word, and by the user.
    case 0, 1: .none
    // Reduce-only orders without a position to reduce, or with a better order before them.
    case 2, 17, 22, 23: .reduceOnly
    // Margin: risk control, a borrowing cap, funding that was paid.
    case 3, 4, 9: .insufficientBalance
    // Delivery and expiry.
    case 7, 10: .venueClosed
    case 13: .notFillable
    case 14: .noLiquidity
    case 15, 27: .priceOutsideLimits
    // "Cancel all after triggered".
    case 20: .deadManSwitch
    case 31: .wouldTake
    case 32: .selfTrade
    // More orders met than one may meet.
    case 33: .capacity
    default: .other
    }
  }
}
