import TradingModel

/// A swap's mark price, by which its positions are valued.
/// https://www.okx.com/docs-v5/en/#public-data-websocket-mark-price-channel
struct OKXMarkPrice: Equatable, Sendable, BitwiseCopyable {
  /// Place in the symbols followed.
  var symbol: Int
  var price: Decimal
  var venueTime: Timestamp
}

/// A swap's funding: what longs pay to shorts, as a share of the position's value at the mark price.
/// https://www.okx.com/docs-v5/en/#public-data-websocket-funding-rate-channel
struct OKXFundingRate: Equatable, Sendable, BitwiseCopyable {
  /// Place in the symbols followed.
  var symbol: Int
  /// For the payment at `paidAt`; as foreseen until then.
  var rate: Decimal
  var paidAt: Timestamp
  var venueTime: Timestamp
}
