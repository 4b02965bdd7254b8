import MatchingEngine
import TradingModel

/// A crypto exchange without a protocol: instruments with their rules, accounts with balances and
/// positions, orders with their histories, and a market.
///
/// Time and seed are inputs: equal calls give equal events. `advance(to:)` does what happens until then;
/// requests come between. Nothing here reads a clock or blocks. One thread at a time.
public final class SimulatedExchange {
  /// What it was made of. Statuses as at the start (`status(of:)` has the present ones).
  public let settings: ExchangeSettings
  /// The time of the last `advance`, or the start.
  public internal(set) var time: Timestamp
  /// What happened and was not taken yet, oldest first.
  public internal(set) var events: [ExchangeEvent] = []

  /// An exchange without accounts, whose books are empty.
  public init(_ settings: ExchangeSettings) {
    self.settings = settings
    time = settings.startTime
  }

  /// The events that wait, in order; then there are none.
  public func takeEvents() -> [ExchangeEvent] {
    defer { events.removeAll(keepingCapacity: true) }
    return events
  }
}

let unfinished = "Invariant: only finished functions are called"

extension SimulatedExchange {
  // MARK: Time and market

  /// Does all that happens until `time`: generated orders, mark prices, funding, expiries. Earlier times
  /// do nothing.
  public func advance(to time: Timestamp) { preconditionFailure(unfinished) }
  /// When something happens next by itself; nil when nothing does.
  public var nextTime: Timestamp? { preconditionFailure(unfinished) }
  /// Lets generated traders begin in an instrument's book. Once for each instrument.
  public func startMarket(_ market: MarketSettings, in instrument: InstrumentIndex) {
    preconditionFailure(unfinished)
  }
  /// Lets the generated traders pause, or go on.
  public func setMarketPaused(_ isPaused: Bool, in instrument: InstrumentIndex) {
    preconditionFailure(unfinished)
  }
  /// Makes the internal account show `quantity` at a price, instead of what it showed there: a level of a
  /// recorded book. What crosses resting orders trades with them.
  public func setLevel(_ instrument: InstrumentIndex, _ side: Side, price: Int64, quantity: Int64) {
    preconditionFailure(unfinished)
  }
  /// Lets the internal account take `quantity` no worse than `price`: a trade of a recorded tape.
  public func takeLiquidity(
    _ instrument: InstrumentIndex, _ side: Side, price: Int64, quantity: Int64
  ) {
    preconditionFailure(unfinished)
  }
  /// Sets the mark (and index) price of a contract without generated market.
  public func setMark(_ instrument: InstrumentIndex, mark: Int64, index: Int64) {
    preconditionFailure(unfinished)
  }
  /// Sets the rate of the next funding payments: above zero longs pay shorts.
  public func setFundingRate(_ instrument: InstrumentIndex, _ rate: Rate) {
    preconditionFailure(unfinished)
  }
  /// Opens, halts and so on. To `.trading` from `.preOpen` the book is uncrossed first.
  public func setStatus(_ instrument: InstrumentIndex, _ status: InstrumentStatus) {
    preconditionFailure(unfinished)
  }

  // MARK: Views of the market

  /// The instrument with a symbol. O(1).
  public func instrument(_ symbol: String) -> InstrumentIndex? { preconditionFailure(unfinished) }
  /// The asset with a name. O(1).
  public func asset(_ name: String) -> CurrencyIndex? { preconditionFailure(unfinished) }
  public func status(of instrument: InstrumentIndex) -> InstrumentStatus {
    preconditionFailure(unfinished)
  }
  /// The last trade's price; the start price before the first.
  public func lastPrice(of instrument: InstrumentIndex) -> Int64 { preconditionFailure(unfinished) }
  /// The mark as told last.
  public func mark(of instrument: InstrumentIndex) -> MarkEvent { preconditionFailure(unfinished) }
  /// The best `limit` levels of each side. O(levels).
  public func snapshot(of instrument: InstrumentIndex, limit: Int) -> DepthSnapshot {
    preconditionFailure(unfinished)
  }
  public func bestQuote(of instrument: InstrumentIndex) -> BestQuoteEvent {
    preconditionFailure(unfinished)
  }
  /// The newest `limit` trades (at most 10,000 are kept), oldest first.
  public func recentTrades(of instrument: InstrumentIndex, limit: Int) -> [TradePrint] {
    preconditionFailure(unfinished)
  }

  // MARK: Accounts

  /// A new account with its keys; key ids are unique at the exchange.
  public func addAccount(
    keys: [APIKey], fees: FeeSchedule, positionMode: PositionMode = .oneWay, leverage: Int = 1,
    marginMode: MarginMode = .cross
  ) -> AccountIndex { preconditionFailure(unfinished) }
  /// The account and key with an id. O(1).
  public func key(_ id: String) -> (account: AccountIndex, key: APIKey)? {
    preconditionFailure(unfinished)
  }
  public func fees(of account: AccountIndex) -> FeeSchedule { preconditionFailure(unfinished) }
  public func setFees(of account: AccountIndex, _ fees: FeeSchedule) {
    preconditionFailure(unfinished)
  }
  public func deposit(_ amount: Money, of asset: CurrencyIndex, to account: AccountIndex)
    -> Refusal?
  {
    preconditionFailure(unfinished)
  }
  public func withdraw(_ amount: Money, of asset: CurrencyIndex, from account: AccountIndex)
    -> Refusal?
  {
    preconditionFailure(unfinished)
  }
  public func balance(of account: AccountIndex, _ asset: CurrencyIndex) -> Balance {
    preconditionFailure(unfinished)
  }
  /// By asset, all assets.
  public func balances(of account: AccountIndex) -> [Balance] { preconditionFailure(unfinished) }
  /// The positions that were ever opened or set, by instrument, then side.
  public func positions(of account: AccountIndex) -> [Position] { preconditionFailure(unfinished) }
  public func position(
    of account: AccountIndex, _ instrument: InstrumentIndex, _ side: PositionSide
  )
    -> Position
  { preconditionFailure(unfinished) }
  public func positionMode(of account: AccountIndex) -> PositionMode {
    preconditionFailure(unfinished)
  }
  /// Refused while contract orders or positions are open.
  public func setPositionMode(of account: AccountIndex, _ mode: PositionMode) -> Refusal? {
    preconditionFailure(unfinished)
  }
  public func setLeverage(of account: AccountIndex, _ instrument: InstrumentIndex, _ leverage: Int)
    -> Refusal?
  { preconditionFailure(unfinished) }
  /// Refused while orders or positions of the contract are open.
  public func setMarginMode(
    of account: AccountIndex, _ instrument: InstrumentIndex, _ mode: MarginMode
  )
    -> Refusal?
  { preconditionFailure(unfinished) }
  /// Adds (below zero: takes back) margin of an isolated position.
  public func addMargin(
    _ amount: Money, of account: AccountIndex, _ instrument: InstrumentIndex, _ side: PositionSide
  ) -> Refusal? { preconditionFailure(unfinished) }

  // MARK: Orders

  /// Enters a new order. The result is its first view (`takeEvents` tells what happened since: order
  /// events with all fills), or why there is none.
  public func submit(_ request: OrderRequest, by account: AccountIndex) -> Result<OrderID, Refusal>
  {
    preconditionFailure(unfinished)
  }
  /// Why a new order would be refused now, without entering it (test orders); nil when it would not.
  public func refusal(of request: OrderRequest, by account: AccountIndex) -> Refusal? {
    preconditionFailure(unfinished)
  }
  /// Cancels an open order. `requestID` is echoed in the event. An `instrument` that is not the order's makes
  /// it unknown.
  public func cancel(
    _ reference: OrderReference, by account: AccountIndex, in instrument: InstrumentIndex? = nil,
    requestID: String = ""
  ) -> Result<OrderID, Refusal> { preconditionFailure(unfinished) }
  /// Cancels all open orders of an account, or of one instrument or side; in order of entry.
  public func cancelAll(
    by account: AccountIndex, in instrument: InstrumentIndex? = nil, side: Side? = nil,
    requestID: String = ""
  ) -> Result<[OrderID], Refusal> { preconditionFailure(unfinished) }
  /// Changes an open order.
  public func amend(
    _ reference: OrderReference, _ amendment: Amendment, by account: AccountIndex,
    in instrument: InstrumentIndex? = nil, requestID: String = ""
  ) -> Result<OrderID, Refusal> { preconditionFailure(unfinished) }
  /// Cancels an order and enters another: the new one is entered when the cancel worked, or always with
  /// `entersAnyway`. The second result is nil when it was not tried.
  public func cancelReplace(
    _ reference: OrderReference, with request: OrderRequest, by account: AccountIndex,
    entersAnyway: Bool = false, requestID: String = ""
  ) -> (cancel: Result<OrderID, Refusal>, new: Result<OrderID, Refusal>?) {
    preconditionFailure(unfinished)
  }

  // MARK: Histories

  /// An order of the account. O(1).
  public func order(_ reference: OrderReference, of account: AccountIndex) -> ExchangeOrder? {
    preconditionFailure(unfinished)
  }
  /// Open orders, in order of entry.
  public func openOrders(of account: AccountIndex, in instrument: InstrumentIndex? = nil)
    -> [ExchangeOrder]
  {
    preconditionFailure(unfinished)
  }
  /// Orders, oldest first, that pass `query`.
  public func orders(of account: AccountIndex, _ query: HistoryQuery = HistoryQuery())
    -> [ExchangeOrder]
  {
    preconditionFailure(unfinished)
  }
  /// Fills, oldest first, that pass `query`.
  public func fills(of account: AccountIndex, _ query: HistoryQuery = HistoryQuery())
    -> [ExchangeFill]
  {
    preconditionFailure(unfinished)
  }
  /// Funding payments, oldest first, that pass `query` (ids are not looked at).
  public func fundingPayments(of account: AccountIndex, _ query: HistoryQuery = HistoryQuery())
    -> [FundingPayment]
  { preconditionFailure(unfinished) }

  // MARK: Checks

  /// A number that is equal for equal histories: of the whole state, books included.
  public func stateHash() -> UInt64 { preconditionFailure(unfinished) }
  /// Accounts, balances, positions, orders, fills and funding in one canonical text, a line each.
  public func dump() -> String { preconditionFailure(unfinished) }
  /// What is wrong with the books of the exchange, a sentence each; empty when nothing is.
  public func brokenInvariants() -> [String] { preconditionFailure(unfinished) }
}

/// Which part of a history is asked for. Bounds are inclusive; nil is no bound.
public struct HistoryQuery: Sendable {
  public var instrument: InstrumentIndex?
  public var order: OrderID?
  /// Of orders venue order ids; of fills trade ids.
  public var fromID: UInt64?
  public var toID: UInt64?
  /// Of orders creation times.
  public var fromTime: Timestamp?
  public var toTime: Timestamp?
  /// How many at most.
  public var limit = Int.max
  /// Whether the limit keeps the newest (still oldest first) or the oldest.
  public var keepsNewest = false

  /// All; set what differs.
  public init() {}
}
