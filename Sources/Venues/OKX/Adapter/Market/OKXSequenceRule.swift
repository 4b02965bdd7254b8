import MarketData

extension SequenceRule {
  /// OKX v5, "Order book channel": a snapshot in the stream (`prevSeqId` is -1), then each update tells
  /// the `seqId` before it. An update without changes repeats its own number, and after maintenance
  /// numbers begin anew, below the one before.
  /// https://www.okx.com/docs-v5/en/#order-book-trading-market-data-ws-order-book-channel
  public static var okx: SequenceRule { SequenceRule(.previous, mayRestart: true) }
}
