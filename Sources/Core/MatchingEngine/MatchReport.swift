import TradingModel

/// Who an order belongs to, for self-trade prevention and mass cancels; 0 is nobody in particular.
public typealias OwnerID = UInt32

/// What a report tells. The kinds an operation gives, and their order, stand at the operation.
public enum ReportKind: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  /// The order is in the book, or about to match. `quantity` and `leaves` are its whole quantity.
  case accepted = 0
  /// The order was refused for `reason`; the book is unchanged.
  case rejected = 1
  /// The order (the taker) met a resting one (the maker) for `quantity` at the maker's `price`; in an
  /// auction the buyer met the seller at the auction's.
  case trade = 2
  /// `quantity` of the order left the market for `reason`; nothing is left of it.
  case canceled = 3
  /// `quantity` of the order left the market for `reason`; `leaves` remain.
  case reduced = 4
  /// The order now has `price`, a total `quantity` (fills included) and `leaves`.
  case replaced = 5
  /// The cancel was refused for `reason`; the book is unchanged.
  case cancelRejected = 6
  /// The modify was refused for `reason`; the book is unchanged. It echoes price and quantity.
  case replaceRejected = 7
  /// A stop order was triggered by a trade at or through its stop price; `price` is now its limit,
  /// and it matches after all that was triggered before it.
  case triggered = 8
  /// `quantity` of the order left the market because its time was up; nothing is left of it.
  case expired = 9
}

/// Why something was refused or canceled, or happened without its owner's asking.
public enum MatchReason: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  /// Nothing out of the ordinary.
  case none = 0
  // Refusals, in the order the checks run.
  /// Order id 0 is no order.
  case orderIDIsZero = 1
  /// An order with this id rests in the book.
  case duplicateOrderID = 2
  /// No order with this id rests in the book.
  case unknownOrder = 3
  /// Quantities are above 0.
  case quantityNotPositive = 4
  /// More than the book's `quantityMax`.
  case quantityAboveLimit = 5
  /// Nothing is accepted while trading is halted.
  case tradingHalted = 6
  /// Only cancels are accepted.
  case cancelOnly = 7
  /// The terms contradict the order type or each other; see `OrderTerms`.
  case invalidTerms = 8
  /// A good-till-date order whose time is not after the book's.
  case expireTimePassed = 9
  /// Instructions, type and time in force that cannot all be obeyed.
  case conflictingInstructions = 10
  /// An order that an auction cannot take: one that must fill at once, or a pegged one.
  case notInAuction = 11
  /// A reduce-only order found no position to reduce.
  case reduceOnly = 12
  /// The book has no room for one more resting order.
  case orderCapacity = 13
  /// A pegged order found no price to peg to.
  case noReferencePrice = 14
  /// A post-only order would have taken liquidity.
  case wouldCross = 15
  /// A fill-or-kill or all-or-none order could not be filled whole, or a minimum not reached.
  case notFillable = 16
  // Cancels.
  /// Its owner asked.
  case requested = 17
  /// A mass cancel: of an owner or everybody, a side or both.
  case massCancel = 18
  /// What an immediate-or-cancel order left.
  case immediateOrCancel = 19
  /// What a market order found no (acceptable) liquidity for.
  case noLiquidity = 20
  /// Both sides of the trade would have had the same owner.
  case selfTradePrevention = 21
  /// A modify asked for no more than was filled already.
  case modifiedToFilled = 22
  // Others.
  /// The order's price is not the one that was asked for: pegged, or slid off the other side.
  case repriced = 23
  /// A good-till-date order's time came.
  case timeReached = 24
  /// A day order's day ended.
  case endOfDay = 25
  /// A trade of an auction: `orderID` is the buyer, the maker the seller.
  case auction = 26
}

/// One thing that happened in a book. 64 bytes, one cache line.
public struct MatchReport: Equatable, BitwiseCopyable, Sendable {
  /// What the report tells; gives the other fields their meaning.
  public var kind: ReportKind
  /// The order's side; for a trade the taker's, in an auction buy. Buy where a refused request named no
  /// known order.
  public var side: Side
  /// Why something was refused, reduced, canceled or expired, or how it was out of the ordinary
  /// (`repriced`, `auction`); else `.none`.
  public var reason: MatchReason
  /// Of a trade: its number in this book, 1, 2, 3... (the low 32 bits); else 0.
  public var tradeNumber: UInt32
  /// The order's owner; for a trade the taker's. 0 where a refused request named no known order.
  public var owner: OwnerID
  /// Of a trade: the resting order's owner; else 0.
  public var makerOwner: OwnerID
  /// The order; for a trade the taker.
  public var orderID: OrderID
  /// Of a trade: the resting order; else 0.
  public var makerOrderID: OrderID
  /// In ticks. Of a trade the resting order's, or the auction's; of a market order its protection price.
  public var price: Int64
  /// What `kind` says, in the book's quantity units.
  public var quantity: Int64
  /// The order's open quantity after this report; for a trade the taker's.
  public var leaves: Int64
  /// Of a trade: the resting order's open quantity after it; else 0.
  public var makerLeaves: Int64

  /// A report that is no trade.
  @inlinable
  public init(
    _ kind: ReportKind, reason: MatchReason = .none, orderID: OrderID, owner: OwnerID, side: Side,
    price: Int64, quantity: Int64, leaves: Int64
  ) {
    self.kind = kind
    self.side = side
    self.reason = reason
    tradeNumber = 0
    self.owner = owner
    makerOwner = 0
    self.orderID = orderID
    makerOrderID = 0
    self.price = price
    self.quantity = quantity
    self.leaves = leaves
    makerLeaves = 0
  }
}

/// Where a book's reports go. It must take every report; the book waits for nothing.
public protocol ReportSink: ~Copyable {
  /// Takes the next report.
  mutating func receive(_ report: MatchReport)
}

/// A sink that keeps reports until they are read. It grows when `capacity` does not suffice, and
/// counts how often.
public struct ReportBuffer: ~Copyable, ReportSink {
  /// How many reports wait.
  @inlinable public var count: Int { end }
  /// How many fit without growth.
  public private(set) var capacity: Int
  /// How often `capacity` was doubled.
  public private(set) var growthCount = 0
  @usableFromInline var reports: UnsafeMutablePointer<MatchReport>
  @usableFromInline var end = 0
  private let capacityKept: Int

  /// Takes and touches memory for `capacity` (at least 1) reports.
  public init(capacity: Int) {
    precondition(capacity > 0, "A buffer holds at least one report")
    self.capacity = capacity
    capacityKept = max(capacity, 1 << 16)
    reports = Self.memory(capacity)
  }

  deinit { reports.deallocate() }

  /// Keeps `report` behind those that wait. Amortised O(1).
  public mutating func receive(_ report: MatchReport) {
    if end == capacity { grow() }
    reports[end] = report
    end += 1
  }

  /// The report at `place` (0 ..< `count`), oldest first.
  @inlinable
  public subscript(place: Int) -> MatchReport {
    precondition(place >= 0 && place < end, "A report's place is below the count")
    return reports[place]
  }

  /// Forgets all reports; the memory stays, but for what a request of uncommon size took.
  public mutating func removeAll() {
    end = 0
    if capacity <= capacityKept { return }
    reports.deallocate()
    capacity = capacityKept
    reports = Self.memory(capacity)
  }

  private mutating func grow() {
    let larger = Self.memory(capacity * 2)
    larger.update(from: reports, count: count)
    reports.deallocate()
    reports = larger
    capacity *= 2
    growthCount += 1
  }

  private static func memory(_ capacity: Int) -> UnsafeMutablePointer<MatchReport> {
    let bytes = UnsafeMutableRawPointer.allocate(
      byteCount: capacity * MemoryLayout<MatchReport>.stride, alignment: 64)
    let memory = bytes.bindMemory(to: MatchReport.self, capacity: capacity)
    memory.initialize(
      repeating: MatchReport(
        .accepted, orderID: 0, owner: 0, side: .buy, price: 0, quantity: 0, leaves: 0),
      count: capacity)
    return memory
  }
}
