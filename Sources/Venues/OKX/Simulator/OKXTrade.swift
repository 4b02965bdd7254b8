import Exchange
import TradingModel

/// A trade that everybody sees.
struct OKXTrade {
  var id: TradeID
  var price: Int64
  var quantity: Int64
  var takerSide: Side
  var takerOrderID: OrderID
  var time: Timestamp
  /// How many trades of one taker at one price it stands for.
  var count = 1
  /// The book's sequence number when it happened.
  var sequence: UInt64
}
