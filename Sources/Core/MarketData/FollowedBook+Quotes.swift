import TradingModel

extension FollowedBook {
  /// Takes a whole `BestQuote` record in: a sign of life of the feed. The levels come from depth
  /// updates alone, because a quote's sequence cannot be joined with theirs exactly on every venue;
  /// a feed of nothing but quotes arrives as snapshots of one level a side.
  public mutating func apply(quote record: UnsafeRawPointer) {
    receiveTime = RecordHeader(at: record).time
  }
}
