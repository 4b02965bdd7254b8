import TradingModel

extension FollowedBook {
  /// Takes a whole `BestQuote` record in.
  ///
  /// A feed that carries depth is the better source: its book is left as it is. A feed of quotes alone
  /// makes a book of one level a side, in sequence from its first quote.
  public mutating func apply(quote record: UnsafeRawPointer) {
    receiveTime = RecordHeader(at: record).time
    guard counts.updates == 0 else { return }
    let quote = BestQuote(at: record)
    bids.removeAll()
    asks.removeAll()
    if quote.bidQuantity > 0 {
      apply(LevelChange(side: .buy, price: quote.bidPrice, quantity: quote.bidQuantity))
    }
    if quote.askQuantity > 0 {
      apply(LevelChange(side: .sell, price: quote.askPrice, quantity: quote.askQuantity))
    }
    venueSequence = quote.venueSequence
    venueTime = quote.venueTime
    state = .synced
  }
}
