import TradingModel

/// The number of a list of orders at its exchange, from 1.
public typealias OrderListID = UInt64

/// How the orders of a list depend on each other (FIX ContingencyType, tag 1385:
/// https://www.onixs.biz/fix-dictionary/5.0.sp2/tagnum_1385.html).
public enum Contingency: UInt8, Sendable, CaseIterable {
  /// Two orders of one side work; what executes first, or is triggered first, ends the other.
  case oneCancelsOther = 0
  /// The first order works; the second one is entered when the first is filled.
  case oneTriggersOther = 1
  /// The first order works; when it is filled, the others are entered and cancel each other.
  case oneTriggersOneCancelsOther = 2

  /// How many orders such a list has.
  public var orderCount: Int { self == .oneTriggersOneCancelsOther ? 3 : 2 }
  /// Whether its first order alone works at the beginning.
  public var hasPending: Bool { self != .oneCancelsOther }
  /// The places of the two orders that cancel each other; nil where there are none.
  var pair: Range<Int>? {
    switch self {
    case .oneCancelsOther: 0..<2
    case .oneTriggersOther: nil
    case .oneTriggersOneCancelsOther: 1..<3
    }
  }
}

/// What becomes of pending orders when the working one ends with a part of it filled.
public enum AfterPartialFill: UInt8, Sendable {
  /// They end with it: they are placed only when the working order is filled whole.
  case ends = 0
  /// They are entered for what was filled, as take-profits and stop-losses attached to an order are.
  case activates = 1
}

/// How much pending orders are for.
public enum PendingQuantity: UInt8, Sendable {
  /// As much as was asked for; no more than was filled where the working order was not filled whole.
  case requested = 0
  /// As much as was filled of the working order; until then their quantity is as asked for, which may be 0.
  case filled = 1
}

/// A request for orders that depend on each other (FIX NewOrderList).
public struct OrderListRequest: Equatable, Sendable {
  /// How they depend on each other.
  public var contingency: Contingency
  /// In one instrument: the working order first where there is one. Two that cancel each other are on one
  /// side, rest or wait, and one of them at least waits for a price.
  public var orders: [OrderRequest]
  /// Unique among the account's open lists; empty for none.
  public var clientListID: String
  /// When the working order ends with a part of it filled.
  public var afterPartialFill = AfterPartialFill.ends
  /// How much pending orders are for.
  public var pendingQuantity = PendingQuantity.requested
  /// Kept with the list; this room does nothing with it.
  public var tag: UInt64 = 0

  /// A request from its usual parts; set what differs.
  public init(_ contingency: Contingency, _ orders: [OrderRequest], clientListID: String = "") {
    self.contingency = contingency
    self.orders = orders
    self.clientListID = clientListID
  }
}

/// Where a list is in its life (FIX ListOrderStatus, tag 431).
public enum OrderListState: UInt8, Sendable, CaseIterable {
  /// One of its orders at least can still do something.
  case executing = 0
  /// All its orders have ended.
  case allDone = 1
}

/// A list of orders, as it is now and for ever after its end.
public struct OrderList: Equatable, Sendable {
  /// The exchange's number of it, from 1, rising with time.
  public var id: OrderListID
  /// Whose it is.
  public var account: AccountIndex
  /// What was asked for.
  public var request: OrderListRequest
  /// Its orders, in the order of the request.
  public var orders: [OrderID] = []
  /// Where it is in its life.
  public var state = OrderListState.executing
  public var createTime: Timestamp
  public var updateTime: Timestamp
  /// Whether its pending orders are about to be entered.
  var isActivating = false

  public var contingency: Contingency { request.contingency }
  public var clientListID: String { request.clientListID }
  /// In what its orders are.
  public var instrument: InstrumentIndex { request.orders[0].instrument }

  init(id: OrderListID, account: AccountIndex, request: OrderListRequest, time: Timestamp) {
    self.id = id
    self.account = account
    self.request = request
    createTime = time
    updateTime = time
  }
}

/// How a request names a list of orders.
public enum OrderListReference: Hashable, Sendable {
  /// By the exchange's number.
  case venue(OrderListID)
  /// The account's newest list with this client id.
  case client(String)
}

/// What happened to a list.
public enum OrderListEventKind: UInt8, Sendable, CaseIterable {
  /// It is a list now; its orders follow.
  case accepted = 0
  /// The working order was filled, and the pending ones are entered.
  case activated = 1
  /// One of two that cancel each other executes or was triggered; the other one has ended.
  case executing = 2
  /// All its orders have ended.
  case allDone = 3
}

/// A change of a list, with the list after it.
public struct OrderListEvent: Equatable, Sendable {
  public var kind: OrderListEventKind
  public var time: Timestamp
  public var list: OrderList
  /// What the request that caused it was called by its sender.
  public var requestID: String
}
