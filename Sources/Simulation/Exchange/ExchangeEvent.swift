import MatchingEngine
import TradingModel

/// What happened to an order.
public enum OrderEventKind: UInt8, Sendable, CaseIterable {
  /// It is an order now: in the book, about to match, or waiting for its trigger.
  case accepted = 0
  /// A fill that leaves something open.
  case partiallyFilled = 1
  case filled = 2
  case canceled = 3
  /// Ended by the venue.
  case expired = 4
  case triggered = 5
  /// Changed by its owner.
  case amended = 6
  /// Made smaller by the venue: reduce-only, or self-trade prevention.
  case reduced = 7
  /// A pending order of a list is in force: waiting for its trigger, in the book, or about to match.
  case activated = 8
}

/// A change of an order, with the order after it.
public struct ExchangeOrderEvent: Equatable, Sendable {
  public var kind: OrderEventKind
  public var time: Timestamp
  public var order: ExchangeOrder
  /// Of fills.
  public var fill: ExchangeFill?
  /// What the request that caused it was called by its sender (`requestID` of cancels and amendments).
  public var requestID: String
}

/// A request for a new order that was refused.
public struct RefusalEvent: Equatable, Sendable {
  public var account: AccountIndex
  public var request: OrderRequest
  public var refusal: Refusal
  public var time: Timestamp
}

/// A trade as everybody sees it.
public struct TradePrint: Equatable, Sendable {
  public var instrument: InstrumentIndex
  public var id: TradeID
  public var time: Timestamp
  public var price: Int64
  public var quantity: Int64
  /// In an auction buy.
  public var takerSide: Side
  public var takerOrderID: OrderID
  public var makerOrderID: OrderID
  public var isAuction: Bool
}

/// A level of a book: price and quantity units; quantity 0 where it is gone.
public struct ExchangeLevel: Equatable, Sendable, BitwiseCopyable {
  public var side: Side
  public var price: Int64
  public var quantity: Int64
  public var orderCount: UInt32
}

/// Levels that one operation changed. Every change of a level has an update id of its own, one after the
/// other, so `last - first + 1` is the number of changes.
public struct DepthEvent: Equatable, Sendable {
  public var instrument: InstrumentIndex
  public var time: Timestamp
  public var firstUpdateID: UInt64
  public var lastUpdateID: UInt64
  public var changes: [ExchangeLevel]
}

/// The levels of a book at an update id, best first.
public struct DepthSnapshot: Equatable, Sendable {
  public var instrument: InstrumentIndex
  public var time: Timestamp
  public var lastUpdateID: UInt64
  public var bids: [ExchangeLevel]
  public var asks: [ExchangeLevel]
}

/// The best prices after a change of either; nil where a side is empty.
public struct BestQuoteEvent: Equatable, Sendable {
  public var instrument: InstrumentIndex
  public var time: Timestamp
  public var updateID: UInt64
  public var bid: ExchangeLevel?
  public var ask: ExchangeLevel?
}

/// Why a balance changed.
public enum BalanceCause: UInt8, Sendable {
  case deposit = 0
  case withdrawal = 1
  /// An order locked or unlocked it.
  case order = 2
  case fill = 3
  case funding = 4
  /// Leverage, margin mode, added margin.
  case margin = 5
  case transfer = 6
}

/// A balance after a change.
public struct BalanceEvent: Equatable, Sendable {
  public var account: AccountIndex
  public var asset: CurrencyIndex
  public var time: Timestamp
  public var cause: BalanceCause
  /// Of the total.
  public var change: Money
  public var balance: ExchangeBalance
}

/// A funding payment of one position.
public struct ExchangeFunding: Equatable, Sendable {
  /// From 1, rising over all accounts and instruments.
  public var id: UInt64
  public var account: AccountIndex
  public var instrument: InstrumentIndex
  public var positionSide: PositionSide
  public var asset: CurrencyIndex
  /// Above zero was received.
  public var amount: Money
  public var rate: Rate
  public var time: Timestamp
}

/// A time at which funding was exchanged, as everybody sees it.
public struct FundingSettlement: Equatable, Sendable {
  public var instrument: InstrumentIndex
  public var time: Timestamp
  public var rate: Rate
  /// The mark price at which positions were valued, in price units.
  public var mark: Int64
}

/// The prices that contracts are valued at.
public struct MarkEvent: Equatable, Sendable {
  public var instrument: InstrumentIndex
  public var time: Timestamp
  public var mark: Int64
  public var index: Int64
  /// The rate of the next payment, and its time; 0 for none.
  public var fundingRate: Rate
  public var nextFundingTime: Timestamp
}

/// What happened, in order. Fronts drain it after every request and every `advance`.
///
/// Of one request: what happened to orders comes in the order it happened, each order event followed by the
/// balance and position events that belong to it; a trade print follows the order events of its two sides;
/// the depth and best quote events of an operation of the book come after all of these.
public enum ExchangeEvent: Equatable, Sendable {
  indirect case order(ExchangeOrderEvent)
  indirect case refused(RefusalEvent)
  /// Follows the events of the orders that brought it about; only `.accepted` and `.activated` come before
  /// those of the orders.
  indirect case list(OrderListEvent)
  case trade(TradePrint)
  case depth(DepthEvent)
  /// So many levels changed at once that changes were lost: take a snapshot. Its update id is `lastUpdateID`.
  case depthLost(instrument: InstrumentIndex, time: Timestamp, lastUpdateID: UInt64)
  case bestQuote(BestQuoteEvent)
  /// Level 3, where `ExchangeSettings.tellsOrderChanges`; prices and quantities in units.
  case orderChange(instrument: InstrumentIndex, time: Timestamp, BookOrderChange)
  case balance(BalanceEvent)
  case position(ExchangePosition)
  case funding(ExchangeFunding)
  case mark(MarkEvent)
  case status(instrument: InstrumentIndex, time: Timestamp, InstrumentStatus)
}
