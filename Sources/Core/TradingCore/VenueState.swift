import TradingModel

/// What the core knows of a venue's order connection. A venue opens for new orders only after it was
/// asked for all open orders and its answer was compared with ours: fail closed.
struct VenueState: BitwiseCopyable {
  var isConnected = false
  /// Counts the full lists asked for.
  var snapshotNumber: UInt32 = 0
  /// When the list under way was asked for; orders sent later may rightly be missing in it.
  var snapshotAskedAt: Timestamp = 0
  /// Between a list's begin and end.
  var isListing = false
  /// The last list was compared, and the venue is open.
  var isOpen = false
  /// The latest time, by the venue's clock, of a fill that was told; 0 before one was.
  var lastFillTime: Timestamp = 0

  func hash(into hash: inout RecordHash) {
    hash.combine(UInt64(snapshotNumber))
    hash.combine(snapshotAskedAt)
    hash.combine(lastFillTime)
    hash.combine((isConnected ? 1 : 0) | (isListing ? 2 : 0) | (isOpen ? 4 : 0) as UInt64)
  }
}

/// Whose fill it is, as far as booking it needs to know.
struct FillAccount: BitwiseCopyable {
  var strategy: StrategyIndex
  var side: Side
  var cumulativeQuantity: Int64
  var isLate: Bool
}

extension FillAccount {
  @inline(__always)
  init(_ order: borrowing Order, isLate: Bool) {
    strategy = order.strategy
    side = order.side
    cumulativeQuantity = order.cumulativeQuantity
    self.isLate = isLate
  }
}

/// A cancel-all under way: a few hundred cancels per input until nothing is left to cancel.
struct CancelSweep: BitwiseCopyable {
  var isActive = false
  var strategy: StrategyIndex = Command.any
  var listing: ListingIndex = Command.any

  /// Takes on one more: two at once become one that covers both.
  mutating func add(strategy: StrategyIndex, listing: ListingIndex) {
    if isActive {
      if self.strategy != strategy { self.strategy = Command.any }
      if self.listing != listing { self.listing = Command.any }
    } else {
      self = CancelSweep(isActive: true, strategy: strategy, listing: listing)
    }
  }
}

/// Joins the order that a signal led to with the signal's answer.
struct SignalAnswers: BitwiseCopyable {
  var signalID: UInt64 = 0
  var orderID: OrderID = 0
  var refusal: UInt8 = 0
  var wasRefused = false
}
