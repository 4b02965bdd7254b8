import TradingModel

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

  func contains(id: UInt64, order: OrderID, instrument: InstrumentIndex, time: Timestamp) -> Bool {
    if let wanted = self.instrument, wanted != instrument { return false }
    if let wanted = self.order, wanted != order { return false }
    if id < fromID ?? 0 || id > toID ?? .max { return false }
    return time >= fromTime ?? .min && time <= toTime ?? .max
  }

  func limited<Element>(_ elements: [Element]) -> [Element] {
    if elements.count <= limit { return elements }
    return Array(keepsNewest ? elements.suffix(max(0, limit)) : elements.prefix(max(0, limit)))
  }
}

// All that ever happened to an account.
extension SimulatedExchange {
  /// An order of the account. O(1).
  public func order(_ reference: OrderReference, of account: AccountIndex) -> ExchangeOrder? {
    guard knows(account) else { return nil }
    return slot(reference, account).map { orders[$0] }
  }

  func slot(_ reference: OrderReference, _ account: AccountIndex) -> Int? {
    switch reference {
    case .venue(let id):
      guard let slot = slots[id], orders[slot].account == account else { return nil }
      return slot
    case .client(let id): return id.isEmpty ? nil : accounts[account].clientOrderIDs[id]
    }
  }

  /// Open orders, in order of entry.
  public func openOrders(of account: AccountIndex, in instrument: InstrumentIndex? = nil)
    -> [ExchangeOrder]
  {
    accounts[account].open.map { orders[$0] }
      .filter { instrument == nil || $0.instrument == instrument }
  }

  /// Orders, oldest first, that pass `query`. O(orders of the account), as all histories.
  public func orders(of account: AccountIndex, _ query: HistoryQuery = HistoryQuery())
    -> [ExchangeOrder]
  {
    query.limited(
      accounts[account].orders.lazy.map { self.orders[$0] }.filter {
        query.contains(id: $0.id, order: $0.id, instrument: $0.instrument, time: $0.createTime)
      })
  }

  /// Fills, oldest first, that pass `query`.
  public func fills(of account: AccountIndex, _ query: HistoryQuery = HistoryQuery())
    -> [ExchangeFill]
  {
    query.limited(
      accounts[account].fills.filter {
        query.contains(
          id: $0.tradeID, order: $0.orderID, instrument: $0.instrument, time: $0.time)
      })
  }

  /// Funding payments, oldest first, that pass `query`; the ids in it are not looked at.
  public func fundingPayments(of account: AccountIndex, _ query: HistoryQuery = HistoryQuery())
    -> [ExchangeFunding]
  {
    var query = query
    (query.order, query.fromID, query.toID) = (nil, nil, nil)
    return query.limited(
      accounts[account].funding.filter {
        query.contains(id: 0, order: 0, instrument: $0.instrument, time: $0.time)
      })
  }

  /// The average price of an order's fills at 10^-18, cut towards zero; nil before the first.
  public func averagePrice(of order: ExchangeOrder) -> Money? {
    let listing = market(order.instrument).listing
    guard order.filled > 0, let size = listing.size(quantity: order.filled) else { return nil }
    let one = powerOfTen128(Money.decimals)
    let isInverse = listing.contractKind == .inverse
    let (over, under) = isInverse ? (size, order.filledValue) : (order.filledValue, size)
    return under > .zero
      ? Money(amount: divideProduct(over.amount, one, by: under.amount)) : nil
  }

  /// The average price at which a position was entered, at 10^-18 of the quote, rounded half to even (of
  /// inverse contracts cut towards zero); nil where there is none.
  public func averagePrice(of position: ExchangePosition) -> Money? {
    let listing = market(position.instrument).listing
    if position.quantity == 0 || position.cost == .zero { return nil }
    // Quantity x contract size in 10^-decimals; cost per one of it.
    let size = Int128(position.quantity.magnitude) * Int128(listing.contractSize.units)
    let decimals = Int(listing.quantityDecimals) + Int(listing.contractSize.decimals)
    let cost = Int128(position.cost.amount.magnitude)
    guard listing.contractKind == .inverse else {
      return quotient(cost, size, decimals: decimals)
    }
    // Cost is size / price: price is size / cost.
    return Money(
      amount: divideProduct(size, powerOfTen128(2 * Money.decimals - decimals), by: cost))
  }

  /// `cost` x 10^`decimals` / `size`, where needed in two steps.
  private func quotient(_ cost: Int128, _ size: Int128, decimals: Int) -> Money? {
    let (whole, rest) = cost.quotientAndRemainder(dividingBy: size)
    let scale = powerOfTen128(decimals)
    let (large, isOver) = whole.multipliedReportingOverflow(by: scale)
    return isOver ? nil : Money(amount: large + divide(rest * scale, by: size, .halfEven))
  }
}
