/// What a book does with requests.
public enum TradingPhase: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  /// Orders match as they come.
  case continuous = 0
  /// Orders collect, crossed or not, until the auction is uncrossed (a call phase).
  case auction = 1
  /// Owners may only cancel.
  case cancelOnly = 2
  /// Owners may do nothing; `cancelAll`, time and positions work.
  case halted = 3
}

/// What an auction would do now.
public struct AuctionIndication: Equatable, BitwiseCopyable, Sendable {
  /// The price of all its trades, in ticks.
  public var price: Int64
  /// How much would trade.
  public var quantity: Int64
  /// What would be left at that price: above 0 to buy, below 0 to sell.
  public var imbalance: Int64

  /// An indication from its parts.
  @inlinable
  public init(price: Int64, quantity: Int64, imbalance: Int64) {
    self.price = price
    self.quantity = quantity
    self.imbalance = imbalance
  }
}
