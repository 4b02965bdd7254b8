import TradingModel

/// Something that happened in a recorded market, in its units.
public enum RecordedChange: Equatable, Sendable {
  /// The quantity of a level is now this; 0 for none.
  case level(Side, price: Int64, quantity: Int64)
  /// `side` took.
  case trade(Side, price: Int64, quantity: Int64)
}

/// A recorded market of one symbol, played at the pace of its own times.
public protocol RecordedMarket: AnyObject {
  /// As its venue names it.
  var symbol: String { get }
  var priceDecimals: Int { get }
  var quantityDecimals: Int { get }

  /// Gives what happened up to `elapsed` nanoseconds after the record's beginning and was not given yet,
  /// in order. Nothing comes after its end.
  func take(until elapsed: Int64, _ body: (RecordedChange) -> Void)
}
