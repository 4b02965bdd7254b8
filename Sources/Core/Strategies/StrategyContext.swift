import Execution
import LowLatency
import MarketData
import Portfolio
import TradingModel

/// Where the core keeps what strategies may read, and the queue they write to. Made once.
public struct TradingView {
  let listings: UnsafePointer<Listing>
  let listingCount: UnsafePointer<Int>
  let isTradable: UnsafePointer<Bool>
  let books: UnsafeMutablePointer<FollowedBook>
  let contracts: UnsafePointer<ContractState>
  let positions: UnsafeMutablePointer<PositionTable>
  let orders: UnsafeMutablePointer<OrderTable>
  let intents: UnsafeMutablePointer<FixedQueue<Intent>>

  /// All pointers must outlive the view; only the core makes one.
  public init(
    listings: UnsafePointer<Listing>, listingCount: UnsafePointer<Int>,
    isTradable: UnsafePointer<Bool>, books: UnsafeMutablePointer<FollowedBook>,
    contracts: UnsafePointer<ContractState>,
    positions: UnsafeMutablePointer<PositionTable>,
    orders: UnsafeMutablePointer<OrderTable>,
    intents: UnsafeMutablePointer<FixedQueue<Intent>>
  ) {
    self.listings = listings
    self.listingCount = listingCount
    self.isTradable = isTradable
    self.books = books
    self.contracts = contracts
    self.positions = positions
    self.orders = orders
    self.intents = intents
  }
}

/// What a strategy sees and may do while it handles one event. Valid only during that call.
///
/// There is no clock, no socket and no randomness behind it: `now` is the input's time.
public struct StrategyContext: ~Copyable {
  private let view: TradingView
  /// The strategy itself.
  public let strategy: StrategyIndex
  /// The time of the input being handled, ns since the epoch.
  public let now: Timestamp
  /// The signal being handled, 0 for none; goes along with the orders placed.
  let signalID: UInt64

  public init(view: TradingView, strategy: StrategyIndex, now: Timestamp, signalID: UInt64 = 0) {
    self.view = view
    self.strategy = strategy
    self.now = now
    self.signalID = signalID
  }

  // MARK: Reading

  /// How many listings this run knows; their indices are below it.
  public var listingCount: Int { view.listingCount.pointee }

  /// Units, grid, fees. The index must be below `listingCount`.
  public func listing(_ index: ListingIndex) -> Listing {
    precondition(index < view.listingCount.pointee, "a listing of this run")
    return view.listings[Int(index)]
  }

  /// The best bid; nil when there is none.
  public func bestBid(_ listing: ListingIndex) -> BookLevel? { view.books[Int(listing)].bestBid }

  /// The best ask; nil when there is none.
  public func bestAsk(_ listing: ListingIndex) -> BookLevel? { view.books[Int(listing)].bestAsk }

  /// The next level behind `price` on that side; nil behind the last.
  public func level(after price: Int64, _ side: Side, _ listing: ListingIndex) -> BookLevel? {
    view.books[Int(listing)].next(after: price, side)
  }

  /// Whether the book is in sequence with its venue; quoting on any other book is guessing.
  public func isSynced(_ listing: ListingIndex) -> Bool { view.books[Int(listing)].isSynced }

  /// Whether new orders may be sent there: the venue is connected and compared, and no kill switch is
  /// on. Orders placed all the same are denied.
  public func isTradable(_ listing: ListingIndex) -> Bool { view.isTradable[Int(listing)] }

  /// The last trade seen.
  public func lastTrade(_ listing: ListingIndex) -> Trade? { view.books[Int(listing)].lastTrade }

  /// What was last told of a contract beside its book: mark and index price (exact, in the venue's own
  /// decimals), rate and time of the next funding. Each is nil before it was told, all of them of what
  /// is no contract.
  public func contract(_ listing: ListingIndex) -> ContractState { view.contracts[Int(listing)] }

  /// Whether the prices of `contract(listing)`, as far as they were told, can be taken for what the venue
  /// says now: something of it came within the last 30 s, and the feed was not lost since.
  public func isContractCurrent(_ listing: ListingIndex) -> Bool {
    view.contracts[Int(listing)].isCurrent(at: now)
  }

  /// Whether rate and time of the next funding in `contract(listing)` can be: `isContractCurrent`, both
  /// were told, and the time lies ahead.
  public func isFundingCurrent(_ listing: ListingIndex) -> Bool {
    view.contracts[Int(listing)].isFundingCurrent(at: now)
  }

  /// This strategy's position in the listing, with what it has earned and paid: realised profit, fees
  /// and funding.
  public func position(_ listing: ListingIndex) -> Position {
    view.positions.pointee.position(strategy: strategy, listing: listing)
  }

  /// This strategy's oldest order in the listing that is not settled.
  public func firstOrder(_ listing: ListingIndex) -> Order? {
    view.orders.pointee.first(strategy: strategy, listing: listing)?.pointee
  }

  /// The next younger one.
  public func order(after order: borrowing Order) -> Order? {
    guard let place = view.orders.pointee.find(order.id) else { return nil }
    return view.orders.pointee.next(after: place)?.pointee
  }

  /// An order by its id; nil when it is too long settled.
  public func order(_ id: OrderID) -> Order? { view.orders.pointee.find(id)?.pointee }

  // MARK: Acting. Each returns false when this input's intents are used up.

  /// Wants an order placed. Prices and quantities in the listing's units; market orders ignore
  /// `price`. `token` comes back with the order's events.
  @discardableResult
  public func submit(
    _ side: Side, quantity: Int64, price: Int64 = 0, type: OrderType = .limit,
    timeInForce: TimeInForce = .goodTillCancel, instructions: OrderInstructions = [],
    listing: ListingIndex, token: UInt64 = 0
  ) -> Bool {
    push(
      Intent(
        kind: .submit, strategy: strategy, listing: listing, side: side, type: type,
        timeInForce: timeInForce, instructions: instructions, price: price, quantity: quantity,
        token: token, signalID: signalID))
  }

  /// Wants an order placed where it is best among the listings of the instrument of `listing`, whose
  /// units price and quantity are in.
  @discardableResult
  public func submitRouted(
    _ side: Side, quantity: Int64, price: Int64, like listing: ListingIndex, token: UInt64 = 0
  ) -> Bool {
    push(
      Intent(
        kind: .submitRouted, strategy: strategy, listing: listing, side: side, type: .limit,
        timeInForce: .immediateOrCancel, instrument: self.listing(listing).instrument,
        price: price, quantity: quantity, token: token, signalID: signalID))
  }

  /// Wants an order's price and total quantity changed.
  @discardableResult
  public func modify(_ order: borrowing Order, price: Int64, quantity: Int64) -> Bool {
    push(
      Intent(
        kind: .modify, strategy: strategy, listing: order.listing, orderID: order.id,
        price: price, quantity: quantity))
  }

  /// Wants an order canceled.
  @discardableResult
  public func cancel(_ order: borrowing Order) -> Bool {
    push(
      Intent(kind: .cancel, strategy: strategy, listing: order.listing, orderID: order.id))
  }

  /// Wants all of this strategy's orders in the listing canceled.
  @discardableResult
  public func cancelAll(_ listing: ListingIndex) -> Bool {
    push(Intent(kind: .cancelAll, strategy: strategy, listing: listing))
  }

  private func push(_ intent: Intent) -> Bool { view.intents.pointee.push(intent) }
}
