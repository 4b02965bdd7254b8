import TradingModel

/// An order, or the new terms of a replaced one, as the risk checks see it. Its listing stands
/// beside it.
public struct RiskOrder: Equatable, BitwiseCopyable, Sendable {
  public var strategy: StrategyIndex
  public var side: Side
  public var type: OrderType
  public var instructions: OrderInstructions
  /// Limit price in price units; read for `.limit` and `.stopLimit` only.
  public var price: Int64
  /// Trigger price in price units; read for `.stop` and `.stopLimit` only.
  public var stopPrice: Int64
  /// What may still fill, in quantity units: for new terms, the leaves quantity they would have.
  public var quantity: Int64

  @inlinable
  public init(
    strategy: StrategyIndex, side: Side, type: OrderType, price: Int64, stopPrice: Int64 = 0,
    quantity: Int64, instructions: OrderInstructions = []
  ) {
    self.strategy = strategy
    self.side = side
    self.type = type
    self.instructions = instructions
    self.price = price
    self.stopPrice = stopPrice
    self.quantity = quantity
  }

  @inline(__always) var hasPrice: Bool { type == .limit || type == .stopLimit }
  @inline(__always) var hasStopPrice: Bool { type == .stop || type == .stopLimit }
  @inline(__always) var isReduceOnly: Bool { instructions.contains(.reduceOnly) }
}

/// The prices an order is judged by, in the listing's price units. Zero or below: there is none.
public struct RiskReference: Equatable, BitwiseCopyable, Sendable {
  /// The listing's fair price, for example the middle of a synchronised book.
  public var referencePrice: Int64
  public var bestBid: Int64
  public var bestAsk: Int64
  /// Whether the listing's market data is in sequence and fresh.
  public var feedReady: Bool

  @inlinable
  public init(referencePrice: Int64, bestBid: Int64, bestAsk: Int64, feedReady: Bool) {
    self.referencePrice = referencePrice
    self.bestBid = bestBid
    self.bestAsk = bestAsk
    self.feedReady = feedReady
  }
}

/// What is held before the order.
public struct RiskAccount: Equatable, BitwiseCopyable, Sendable {
  /// The strategy's position in the listing, in quantity units.
  public var strategyPosition: Int64
  /// The sum of all strategies' positions in the listing, in quantity units.
  public var listingPosition: Int64
  /// What is available of `RiskAccount.currency(of:side:)` at the listing's venue; nil: unknown.
  public var balanceAvailable: Money?

  @inlinable
  public init(strategyPosition: Int64, listingPosition: Int64, balanceAvailable: Money?) {
    self.strategyPosition = strategyPosition
    self.listingPosition = listingPosition
    self.balanceAvailable = balanceAvailable
  }

  /// The currency that pays for an order: quote for a spot purchase, base for a spot sale,
  /// settlement for a contract.
  @inlinable
  public static func currency(of listing: Listing, side: Side) -> CurrencyIndex {
    guard listing.contractKind == .spot else { return listing.settlement }
    return side == .buy ? listing.quote : listing.base
  }
}

/// An order that passed every check. Only `RiskEngine` makes one, and sending consumes it.
public struct ApprovedOrder: ~Copyable, Sendable {
  public let order: RiskOrder
  public let listing: ListingIndex
  /// What the order keeps reserved while it is open. The caller keeps it beside the order.
  public let reservation: RiskReservation
  /// What the order adds to what its account must hold, in `RiskAccount.currency(of:side:)`.
  public let balanceNeeded: Money

  init(
    _ order: RiskOrder, listing: ListingIndex, reservation: RiskReservation, balanceNeeded: Money
  ) {
    self.order = order
    self.listing = listing
    self.reservation = reservation
    self.balanceNeeded = balanceNeeded
  }
}
