import TradingModel

/// What an event of the account's own stream is.
public enum BinanceSpotUserEventKind: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  /// None that is known: `name` says which; it is counted in `unknownEvents`.
  case other
  /// The answer to a request over the same connection: `BinanceReply` reads it.
  case reply
  /// `executionReport`: `order`.
  case order
  /// `outboundAccountPosition`: `balances`, whole amounts of the assets that may have changed.
  case balances
  /// `balanceUpdate`: one of `balances`, with its change: deposits, withdrawals, transfers.
  case balanceChange
  /// `externalLockUpdate`: one of `balances`; `change` is what was locked more (or, negative, less).
  case externalLock
  /// `listStatus`: `list` and `listOrders`.
  case list
  /// `listenKeyExpired`: the stream is over, a new key is needed.
  case listenKeyExpired
  /// `eventStreamTerminated`: the subscription is over.
  case streamTerminated
  /// `serverShutdown`: the connection is about to be closed.
  case serverShutdown
}

/// An order list (`listStatus`), in the venue's words.
public struct BinanceOrderList: BitwiseCopyable, Sendable {
  public var listID: Int64 = -1
  public var listing: ListingIndex = 0
  public var isFollowed = false
  /// `OCO`, `OTO`.
  public var contingency = VenueText()
  /// `RESPONSE`, `EXEC_STARTED`, `UPDATED`, `ALL_DONE`.
  public var statusType = VenueText()
  /// `EXECUTING`, `ALL_DONE`, `REJECT`.
  public var orderStatus = VenueText()
  public var reason = VenueText()
  public var clientID = VenueText()
}

/// An order of a list, by its names.
public struct BinanceListOrder: BitwiseCopyable, Sendable {
  public var venueOrderID: VenueOrderID = 0
  public var clientOrderID = VenueText()
  /// 0 where the order is not ours.
  public var orderID: OrderID = 0
}

/// One event of the account's own stream, reused from message to message. Which fields mean something
/// follows from `kind`.
public struct BinanceSpotUserEvent: ~Copyable {
  public internal(set) var kind = BinanceSpotUserEventKind.other
  /// The event's own name, where `kind` is `other`.
  public internal(set) var name = VenueText()
  /// Of the WebSocket API's subscription it came through; -1 where it names none.
  public internal(set) var subscriptionID: Int64 = -1
  public internal(set) var eventTime: Timestamp = 0
  /// When the account changed (`u`, `T`).
  public internal(set) var updateTime: Timestamp = 0
  public internal(set) var order: BinanceSpotReport
  public internal(set) var balances = PlainRun<VenueBalance>()
  public internal(set) var list = BinanceOrderList()
  public internal(set) var listOrders = PlainRun<BinanceListOrder>(capacity: 4)

  public init() { order = BinanceSpotReport(venue: 0) }

  mutating func clear() {
    kind = .other
    name = VenueText()
    subscriptionID = -1
    eventTime = 0
    updateTime = 0
    balances.removeAll()
    listOrders.removeAll()
  }
}
