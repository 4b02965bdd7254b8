/// One order at one venue: three independent facts (row, pending requests, uncertainty), the terms in
/// force and what was filled. Fixed size, kept in a slab.
///
/// Invariants, after `settleRow`: `cumulativeQuantity <= grossQuantity`; a done order has no pending
/// request, unless `mayReopen`; terms come from the highest version that the venue confirmed.
///
/// What reads it on hot paths is inlined always: a call that is not inlined copies all of it.
public struct Order: BitwiseCopyable, Sendable {
  /// Requests that may be under way at once.
  @inlinable public static var pendingCountMax: Int { 4 }

  public var id: OrderID
  /// The order it serves, 0 for none.
  public var parent: OrderID
  public var venueOrderID: VenueOrderID
  /// The request version whose answer named `venueOrderID`; some venues give a new one on replace.
  public var venueOrderIDVersion: RequestVersion
  public var token: UInt64
  public var createdAt: Timestamp
  public var updatedAt: Timestamp
  /// Since when it is uncertain; 0 while known.
  public var unknownSince: Timestamp

  /// Terms in force, as far as the venue confirmed them (those of the new order before that).
  public var price: Int64
  public var quantity: Int64
  public var stopPrice: Int64
  /// The version whose confirmation set the terms.
  public var termsVersion: RequestVersion
  /// The version the last request carried.
  public var lastVersion: RequestVersion

  /// Filled, booked and not busted: the sum of our fills.
  public var cumulativeQuantity: Int64
  /// Everything ever reported as filled, busted trades included.
  public var grossQuantity: Int64
  /// The highest cumulative quantity that the venue reported.
  public var venueCumulativeQuantity: Int64
  /// Sum of price x quantity over the booked fills, in price units x quantity units.
  public var cumulativeValue: Int128

  public var pending: InlineArray<4, PendingRequest>

  public var listing: ListingIndex
  public var strategy: StrategyIndex
  public var venue: VenueIndex
  public var side: Side
  public var type: OrderType
  public var timeInForce: TimeInForce
  public var instructions: OrderInstructions
  /// How far the order came by what was reported or done, quantities apart. See `row`.
  public var reportedRow: OrderRow
  public var uncertainty: Uncertainty
  public var isTriggered: Bool
  public var isSuspended: Bool
  /// The venue's time of the newest suspension or resumption.
  public var suspensionTime: Timestamp
  /// Full answers since the last sign of life that did not have it.
  public var absenceCount: UInt8
  /// Seen alive by the venue at least once.
  public var wasAlive: Bool
  /// The venue answered a query with its end: late signs of life are then only late.
  public var isConfirmedDone: Bool
  /// How often the venue was asked about it since it became uncertain.
  public var queryCount: UInt8
  /// The last of the venue's full lists that had it.
  public var snapshotNumber: UInt32
  /// When the last request for it left.
  public var lastSentAt: Timestamp
  public var lastReason: VenueReason

  /// Links of the list of open orders of its strategy and listing.
  public var previous: UInt32
  public var next: UInt32

  @inlinable
  public init(
    id: OrderID, listing: ListingIndex, strategy: StrategyIndex, venue: VenueIndex, side: Side,
    type: OrderType, timeInForce: TimeInForce, instructions: OrderInstructions, price: Int64,
    quantity: Int64, stopPrice: Int64 = 0, parent: OrderID = 0, token: UInt64 = 0,
    createdAt: Timestamp
  ) {
    self.id = id
    self.parent = parent
    self.token = token
    venueOrderID = 0
    venueOrderIDVersion = 0
    self.createdAt = createdAt
    updatedAt = createdAt
    unknownSince = 0
    self.price = price
    self.quantity = quantity
    self.stopPrice = stopPrice
    termsVersion = 0
    lastVersion = 0
    cumulativeQuantity = 0
    grossQuantity = 0
    venueCumulativeQuantity = 0
    cumulativeValue = 0
    pending = InlineArray(repeating: .none)
    self.listing = listing
    self.strategy = strategy
    self.venue = venue
    self.side = side
    self.type = type
    self.timeInForce = timeInForce
    self.instructions = instructions
    reportedRow = .new
    uncertainty = []
    isTriggered = false
    isSuspended = false
    suspensionTime = 0
    absenceCount = 0
    wasAlive = false
    isConfirmedDone = false
    queryCount = 0
    snapshotNumber = 0
    lastSentAt = 0
    lastReason = .none
    previous = .max
    next = .max
  }

  /// No order: what an empty slab slot holds.
  @inlinable public static var none: Order {
    Order(
      id: 0, listing: 0, strategy: 0, venue: 0, side: .buy, type: .limit,
      timeInForce: .goodTillCancel, instructions: [], price: 0, quantity: 0, createdAt: 0)
  }

  /// First fact: `reportedRow`, or `filled` once the fills that the venue counts reach the quantity in
  /// force. Derived, because both reach their values by any order of the same reports, and what a
  /// full order hides (a cancelation, say) still stands when a late replace makes it larger.
  ///
  /// Setting it sets `reportedRow`; `take` does that from the transition table.
  @inlinable @inline(__always) public var row: OrderRow {
    get {
      let counted = max(grossQuantity, venueCumulativeQuantity)
      return counted > 0 && counted >= quantity && reportedRow != .denied ? .filled : reportedRow
    }
    set { if newValue != row { reportedRow = newValue } }
  }

  /// Whether it is filled, and a replace to a total beyond what was filled, not yet answered, may show
  /// that it is not: the venue may have made the replace before the last fill, and report it after.
  @inlinable @inline(__always) public var mayReopen: Bool {
    guard row == .filled, !reportedRow.isDone else { return false }
    let counted = max(quantity, grossQuantity, venueCumulativeQuantity)
    for index in 0..<Self.pendingCountMax where pending[index].kind == .replace {
      if pending[index].quantity > counted { return true }
    }
    return false
  }

  /// What may still be filled under the terms in force (FIX LeavesQty 151); 0 once done.
  @inlinable @inline(__always) public var leavesQuantity: Int64 {
    row.isDone ? 0 : max(0, quantity - cumulativeQuantity)
  }

  /// How much the venue counts as filled and we have not booked.
  @inlinable @inline(__always) public var missingQuantity: Int64 {
    max(0, venueCumulativeQuantity - grossQuantity)
  }

  /// The largest quantity that may still turn into fills, whatever became of the requests under way.
  @inlinable @inline(__always) public var worstCaseOpenQuantity: Int64 {
    if row.isDone, !mayReopen {
      // A contradiction may hide an order that lives on; missing fills will still come.
      let hidden = uncertainty.contains(.contradiction) ? quantity - cumulativeQuantity : 0
      return max(0, hidden, missingQuantity)
    }
    var total = quantity
    for index in 0..<Self.pendingCountMax where pending[index].kind == .replace {
      total = max(total, pending[index].quantity)
    }
    return max(0, total - cumulativeQuantity, missingQuantity)
  }

  /// The price that gives the largest value among the terms in force and those asked for: the lowest
  /// for an inverse contract, the highest for any other.
  @inlinable public func worstCasePrice(_ kind: ContractKind) -> Int64 {
    if kind != .inverse { return worstCasePrice }
    var worst = price
    for index in 0..<Self.pendingCountMax where pending[index].kind == .replace {
      worst = min(worst, pending[index].price)
    }
    return worst
  }

  /// The highest price among the terms in force and those asked for.
  @inlinable @inline(__always) public var worstCasePrice: Int64 {
    var worst = price
    for index in 0..<Self.pendingCountMax where pending[index].kind == .replace {
      worst = max(worst, pending[index].price)
    }
    return worst
  }

  /// Whether nothing more is expected of it: done, and nothing about it in doubt.
  @inlinable @inline(__always) public var isSettled: Bool {
    row.isDone && uncertainty.isEmpty && !mayReopen
  }

  /// Whether a request of that kind is under way.
  @inlinable @inline(__always) public func hasPending(_ kind: PendingKind) -> Bool {
    for index in 0..<Self.pendingCountMax where pending[index].kind == kind { return true }
    return false
  }

  /// FIX OrdStatus by FIX's own precedence (FIX 4.4 vol. 4, "Order State Change Matrices"):
  /// pending cancel, pending replace, filled, suspended, canceled or expired, partially filled, new,
  /// rejected, pending new.
  @inlinable @inline(__always) public var status: OrderStatus {
    if !row.isDone {
      if hasPending(.cancel) { return .pendingCancel }
      if hasPending(.replace) { return .pendingReplace }
    }
    switch row {
    case .filled: return .filled
    case .canceled: return .canceled
    case .expired: return .expired
    case .rejected, .notSent, .denied: return .rejected
    case .new, .sent: return .pendingNew
    case .working:
      if isSuspended { return .suspended }
      return cumulativeQuantity > 0 ? .partiallyFilled : .new
    }
  }
}
