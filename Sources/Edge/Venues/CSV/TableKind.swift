/// What the rows of a table are.
enum TableKind: Sendable {
  case trades, quotes
  /// Records of an order-by-order feed.
  case orders
  /// Trades or quotes, told apart by the header.
  case open
}
