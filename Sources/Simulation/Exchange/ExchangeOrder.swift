import MatchingEngine
import TradingModel

/// Where an order is in its life.
public enum OrderState: UInt8, Sendable, CaseIterable {
  /// A conditional order that was not triggered yet.
  case waiting = 0
  /// In the book (or on its way through it).
  case open = 1
  /// Ended because nothing is left.
  case filled = 2
  /// Ended because its owner asked.
  case canceled = 3
  /// Ended by the venue; `ExchangeOrder.endReason` says why.
  case expired = 4
  /// An order of a list that is known and comes into force when another one is filled (FIX OrdStatus A,
  /// Pending New).
  case pendingNew = 5

  /// Whether it can still do something.
  public var isOpen: Bool { self == .waiting || self == .open || self == .pendingNew }
}

/// Why an order ended without being filled.
public enum OrderEnd: UInt8, Sendable, CaseIterable {
  /// It is open, or filled.
  case none = 0
  /// Its owner canceled it.
  case requested = 1
  /// It was canceled to be replaced.
  case replaced = 2
  /// What an immediate-or-cancel order left.
  case immediateOrCancel = 3
  /// A fill-or-kill order that could not be filled whole.
  case notFillable = 4
  /// What a market order found nothing for.
  case noLiquidity = 5
  /// It met an order of the same owner.
  case selfTradePrevention = 6
  /// A post-only order that would have taken (`ExchangeRules.postOnlyThatTakes`).
  case wouldTake = 7
  /// A good-till-date order whose time came.
  case timeReached = 8
  /// There was no position (any more) to reduce.
  case reduceOnly = 9
  /// Triggered, and then the balance did not suffice.
  case insufficientBalance = 10
  /// Triggered, and then the book or a rule refused it.
  case refusedAtTrigger = 11
  /// Ended by the venue (`cancelAllOrders(of:)` of the venue, an end of trading).
  case byVenue = 12
  /// An amendment left no more than was filled.
  case amendedToFilled = 13
  /// The order that it and another one cancel each other with was filled or triggered.
  case otherExecuted = 14
  /// Its owner canceled another order of its list.
  case listCanceled = 15
  /// Another order of its list ended otherwise.
  case listEnded = 16
  /// It was pending and could not be entered; `ExchangeOrder.refusal` says why.
  case refusedAtActivation = 17
  /// The position that it was to close is closed, or turned over.
  case positionClosed = 18

  /// The state of an order that a cancel ended for this reason.
  var state: OrderState {
    switch self {
    case .requested, .replaced, .byVenue, .amendedToFilled, .listCanceled: .canceled
    default: .expired
    }
  }
}

/// An order as it is after an event, and for ever after its end.
public struct ExchangeOrder: Equatable, Sendable {
  /// The venue's number of it, unique at this exchange, rising with time.
  public var id: OrderID
  /// Whose it is.
  public var account: AccountIndex
  /// What was asked for; price, quantity and trigger as amended.
  public var request: OrderRequest
  /// The total quantity now, in quantity units: as asked for or amended, less what reduce-only or
  /// self-trade prevention took. Of an order by quote amount what that amount was found to buy.
  public var quantity: Int64
  /// How much of it was filled.
  public var filled: Int64 = 0
  /// What was traded, in the quote asset (inverse contracts: the base asset), price x quantity.
  public var filledValue = Money.zero
  /// Fees paid, in the asset of the last fee.
  public var fees = Money.zero
  public var feeAsset: CurrencyIndex = 0
  /// Where it is in its life.
  public var state = OrderState.open
  /// Why it ended without being filled.
  public var endReason = OrderEnd.none
  /// The list that it belongs to; nil for none.
  public var listID: OrderListID?
  /// Of a pending order that could not be entered: why.
  public var refusal: Refusal?
  /// Whether a conditional order was triggered.
  public var isTriggered = false
  /// Whether it is in the book.
  public var isWorking = false
  public var createTime: Timestamp
  public var updateTime: Timestamp
  /// When it was triggered; 0 before.
  public var triggerTime: Timestamp = 0
  /// When it came to the book; 0 before.
  public var workingTime: Timestamp = 0
  public var fillCount = 0
  /// What it holds locked, of `lockAsset`.
  public var locked = Money.zero
  public var lockAsset: CurrencyIndex = 0
  /// What its lock is counted at: the limit, or of orders without the price when they came.
  var lockPrice: Int64 = 0
  /// The fee its lock provides for, where fees are on top.
  var lockFee = Rate.zero
  /// Whether it can only make a position smaller: asked for, or closing in hedge mode.
  var isReducing = false
  /// Of a trailing stop: the best price since it was activated; 0 before.
  public internal(set) var extremePrice: Int64 = 0

  public var instrument: InstrumentIndex { request.instrument }
  public var side: Side { request.side }
  public var clientOrderID: String { request.clientOrderID }
  /// What is left to fill while it is open; 0 afterwards.
  public var leaves: Int64 { state.isOpen ? quantity - filled : 0 }
  /// Whether some, not all, was filled.
  public var isPartiallyFilled: Bool { filled > 0 && filled < quantity }

  /// Whether it waits for another order of its list to be filled.
  public var isPending: Bool { state == .pendingNew }

  /// Whether it goes through the book without limit: what it locks was planned.
  var isInPassing: Bool { !request.kind.hasLimit && state == .open }

  init(id: OrderID, account: AccountIndex, request: OrderRequest, time: Timestamp) {
    self.id = id
    self.account = account
    self.request = request
    quantity = request.quantity
    createTime = time
    updateTime = time
  }
}

/// One side of a trade.
public struct ExchangeFill: Equatable, Sendable {
  /// The trade's id, unique for an instrument.
  public var tradeID: TradeID
  public var orderID: OrderID
  public var clientOrderID: String
  public var account: AccountIndex
  public var instrument: InstrumentIndex
  public var side: Side
  public var positionSide: PositionSide
  public var liquidity: Liquidity
  public var price: Int64
  public var quantity: Int64
  /// Price x quantity, in the quote asset (inverse contracts: the base asset).
  public var value: Money
  /// Below zero is a rebate.
  public var fee: Money
  public var feeAsset: CurrencyIndex
  /// Of contracts: the profit and loss that it realised.
  public var realized: Money
  public var time: Timestamp
}
