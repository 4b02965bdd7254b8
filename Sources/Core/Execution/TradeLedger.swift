import TradingModel

/// What is known of one trade: 64 bytes in memory.
public struct LedgerTrade: BitwiseCopyable, Sendable {
  /// How a trade stands. A bust or correction may come before the fill it speaks of.
  public enum Standing: UInt8, Sendable, BitwiseCopyable {
    case booked = 1
    case busted = 2
    case corrected = 3
  }
  public var tradeID: TradeID
  public var orderID: OrderID
  /// As booked now.
  public var price: Int64
  public var quantity: Int64
  public var listing: ListingIndex
  public var standing: Standing

  public init(
    tradeID: TradeID, orderID: OrderID, price: Int64, quantity: Int64, listing: ListingIndex,
    standing: Standing
  ) {
    self.tradeID = tradeID
    self.orderID = orderID
    self.price = price
    self.quantity = quantity
    self.listing = listing
    self.standing = standing
  }
}

/// The trades already taken in, by (listing, trade id): what makes a repeated fill report harmless.
///
/// Holds the last `capacity` trades; older ones are forgotten in the order they came. A listing stands
/// for venue and instrument, so trade ids may collide between instruments without harm.
public struct TradeLedger: ~Copyable {
  private let trades: UnsafeMutablePointer<LedgerTrade>
  /// Open addressing over places in `trades`, offset by one; 0 is empty.
  private let table: UnsafeMutablePointer<UInt32>
  private let capacity: Int
  private let tableMask: Int
  private var written = 0

  /// - Parameter capacity: trades remembered, a power of two.
  public init(capacity: Int) {
    precondition(capacity > 0 && capacity & (capacity - 1) == 0, "a power of two of trades")
    self.capacity = capacity
    tableMask = capacity * 2 - 1
    trades = .allocate(capacity: capacity)
    trades.initialize(
      repeating: LedgerTrade(
        tradeID: 0, orderID: 0, price: 0, quantity: 0, listing: 0, standing: .booked),
      count: capacity)
    table = .allocate(capacity: capacity * 2)
    table.initialize(repeating: 0, count: capacity * 2)
  }

  deinit {
    trades.deallocate()
    table.deallocate()
  }

  /// Trades taken in since the start.
  public var count: Int { written }

  /// The trade, or nil when it is new (or so old that it was forgotten). O(1).
  public func find(listing: ListingIndex, tradeID: TradeID) -> UnsafeMutablePointer<LedgerTrade>? {
    var place = home(listing, tradeID)
    while table[place] != 0 {
      let trade = trades + Int(table[place] - 1)
      if trade.pointee.tradeID == tradeID, trade.pointee.listing == listing { return trade }
      place = (place + 1) & tableMask
    }
    return nil
  }

  /// Remembers a new trade, forgetting the oldest when full. O(1).
  public mutating func insert(_ trade: LedgerTrade) {
    let slot = written & (capacity - 1)
    if written >= capacity { forget(slot) }
    trades[slot] = trade
    var place = home(trade.listing, trade.tradeID)
    while table[place] != 0 { place = (place + 1) & tableMask }
    table[place] = UInt32(slot + 1)
    written += 1
  }

  private func home(_ listing: ListingIndex, _ tradeID: TradeID) -> Int {
    let mixed = (tradeID ^ UInt64(listing) << 48) &* 0x9E37_79B9_7F4A_7C15
    return Int(truncatingIfNeeded: mixed >> 20) & tableMask
  }

  /// Takes a slot's trade out of the table and closes the run behind it (backward-shift deletion).
  private func forget(_ slot: Int) {
    var hole = home(trades[slot].listing, trades[slot].tradeID)
    while table[hole] != UInt32(slot + 1) { hole = (hole + 1) & tableMask }
    var place = hole
    while true {
      place = (place + 1) & tableMask
      let entry = table[place]
      if entry == 0 { break }
      let trade = trades[Int(entry - 1)]
      let distance = (place - home(trade.listing, trade.tradeID)) & tableMask
      if distance >= (place - hole) & tableMask {
        table[hole] = entry
        hole = place
      }
    }
    table[hole] = 0
  }

  /// Takes the ledger into a state hash, in the order the trades came.
  public func hash(into hash: inout RecordHash) {
    hash.combine(UInt64(written))
    for index in max(0, written - capacity)..<written {
      let trade = trades[index & (capacity - 1)]
      hash.combine(trade.tradeID)
      hash.combine(trade.orderID)
      hash.combine(trade.price)
      hash.combine(trade.quantity)
      hash.combine(UInt64(trade.listing) << 8 | UInt64(trade.standing.rawValue))
    }
  }
}
