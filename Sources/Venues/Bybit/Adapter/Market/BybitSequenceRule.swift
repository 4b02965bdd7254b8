import MarketData

extension SequenceRule {
  /// Bybit v5, "Orderbook": a snapshot in the stream, then `u == previous u + 1`. A new snapshot
  /// (`u == 1` after a restart of the service) replaces the book.
  public static var bybit: SequenceRule { SequenceRule(.last) }
}
