import TradingModel

/// What makes a trade one trade: the listing, our side of it, and the venue's trade id. Our side,
/// because a trade with ourselves is two fills under one id. Where the venue gives no id, the order
/// and its cumulative quantity after the trade stand in for it.
public struct TradeKey: Equatable, BitwiseCopyable, Sendable {
  /// The venue's trade id, or the order's cumulative quantity where there is none.
  public var number: UInt64
  /// 0 where `number` is a trade id.
  public var order: OrderID
  public var listing: ListingIndex
  public var side: Side

  /// Nil for a trade that nothing tells from another.
  public init?(_ report: VenueReport, side: Side) {
    listing = report.listing
    self.side = side
    if report.tradeID != 0 {
      number = report.tradeID
      order = 0
    } else if report.kind == .fill, report.cumulativeQuantity > 0, report.orderID != 0 {
      number = UInt64(report.cumulativeQuantity)
      order = report.orderID
    } else {
      return nil
    }
  }

  init(number: UInt64, order: OrderID, listing: ListingIndex, side: Side) {
    self.number = number
    self.order = order
    self.listing = listing
    self.side = side
  }
}

/// What is known of one trade: 64 bytes in memory.
public struct LedgerTrade: BitwiseCopyable, Sendable {
  /// Paid by us under these terms.
  public var fee: Money
  /// Trade id or cumulative quantity; see `TradeKey`.
  public var number: UInt64
  public var orderID: OrderID
  public var price: Int64
  public var quantity: Int64
  /// Which report the terms are from: a bust, the fill, or the correction of that venue time. The
  /// latest stands, whatever came first.
  public var termsTime: Timestamp
  public var listing: ListingIndex
  public var feeCurrency: CurrencyIndex
  /// On whose account it is booked.
  public var strategy: StrategyIndex
  public var side: Side
  private var marks: UInt8

  /// `termsTime` of a bust that came before its fill, and of a fill.
  static let bustTime = Timestamp.min
  static let fillTime = Timestamp.min + 1

  /// The trade that `report` speaks of, as it says.
  public init(
    _ report: VenueReport, key: TradeKey, orderID: OrderID, strategy: StrategyIndex
  ) {
    fee = report.fee
    number = key.number
    self.orderID = orderID
    price = report.lastPrice
    quantity = report.lastQuantity
    switch report.kind {
    case .tradeBusted: termsTime = Self.bustTime
    case .tradeCorrected: termsTime = max(report.venueTime, Self.fillTime + 1)
    default: termsTime = Self.fillTime
    }
    listing = key.listing
    feeCurrency = report.feeCurrency
    self.strategy = strategy
    side = key.side
    marks = (key.order != 0 ? 1 : 0) | (report.kind == .tradeBusted ? 2 : 0)
  }

  static var none: LedgerTrade { LedgerTrade() }

  private init() {
    fee = .zero
    number = 0
    orderID = 0
    price = 0
    quantity = 0
    termsTime = 0
    listing = 0
    feeCurrency = 0
    strategy = 0
    side = .buy
    marks = 0
  }

  /// Undone: nothing of it is booked any more, whatever else is reported.
  public internal(set) var isBusted: Bool {
    get { marks & 2 != 0 }
    set { marks = marks & ~2 | (newValue ? 2 : 0) }
  }

  public var key: TradeKey {
    TradeKey(
      number: number, order: marks & 1 != 0 ? orderID : 0, listing: listing, side: side)
  }

  /// What is booked for it.
  var leg: FillLeg? {
    if isBusted { return nil }
    return FillLeg(
      price: price, quantity: quantity, fee: fee, feeCurrency: feeCurrency, isReversal: false)
  }

  /// Whether its terms stand over those of `other`, another report of the same trade.
  func isNewer(than other: LedgerTrade) -> Bool {
    if termsTime != other.termsTime { return termsTime > other.termsTime }
    // Two that claim to be one: the larger, so that the order of arrival does not matter.
    return (quantity, price, fee.amount) > (other.quantity, other.price, other.fee.amount)
  }

  /// Takes every field into a state hash.
  func hash(into hash: inout RecordHash) {
    hash.combine(fee.amount)
    hash.combine(number)
    hash.combine(orderID)
    hash.combine(price)
    hash.combine(quantity)
    hash.combine(termsTime)
    hash.combine(
      UInt64(listing) << 48 | UInt64(feeCurrency) << 32 | UInt64(strategy) << 16
        | UInt64(side.rawValue) << 8 | UInt64(marks))
  }
}

/// What a report changed about a trade.
public struct TradeChange: Equatable, BitwiseCopyable, Sendable {
  /// Booked before, to be taken back; nil where nothing was, or it stands.
  public var reversal: FillLeg?
  /// To be booked now.
  public var booking: FillLeg?
  /// By how much the quantity ever reported as traded grew; below zero by some corrections.
  public var grossChange: Int64 = 0
  /// Whether the report said anything that was not known.
  public var isNews = false
}

/// The trades already taken in, by `TradeKey`: what makes a repeated fill report harmless, and fills,
/// busts and corrections end in the same booking however they arrive.
///
/// Holds the last `capacity` trades; older ones are forgotten in the order they came. Each leaves its time
/// behind, and a trade of its listing that is not known and not later may be one of the forgotten: a venue
/// that tells everything since the last look may tell of it once more.
public struct TradeLedger: ~Copyable {
  private let trades: UnsafeMutablePointer<LedgerTrade>
  /// When each was made, as its fill said; 0 where nothing did.
  private let times: UnsafeMutablePointer<Timestamp>
  /// By listing: the latest time of a trade that was forgotten; 0 before one was.
  private let floors: UnsafeMutablePointer<Timestamp>
  /// Open addressing over places in `trades`, offset by one; 0 is empty.
  private let table: UnsafeMutablePointer<UInt32>
  private let capacity: Int
  private let listingCapacity: Int
  private let tableMask: Int
  private var written = 0

  /// - Parameters:
  ///   - capacity: trades remembered, a power of two.
  ///   - listingCapacity: listings there is room for; the indices of trades' listings are below it.
  public init(capacity: Int, listingCapacity: Int) {
    precondition(capacity > 0 && capacity & (capacity - 1) == 0, "a power of two of trades")
    precondition(listingCapacity > 0, "a trade ledger has room for a listing")
    self.capacity = capacity
    self.listingCapacity = listingCapacity
    tableMask = capacity * 2 - 1
    trades = .allocate(capacity: capacity)
    trades.initialize(repeating: .none, count: capacity)
    times = .allocate(capacity: capacity)
    times.initialize(repeating: 0, count: capacity)
    floors = .allocate(capacity: listingCapacity)
    floors.initialize(repeating: 0, count: listingCapacity)
    table = .allocate(capacity: capacity * 2)
    table.initialize(repeating: 0, count: capacity * 2)
  }

  deinit {
    trades.deallocate()
    times.deallocate()
    floors.deallocate()
    table.deallocate()
  }

  /// Trades taken in since the start.
  public var count: Int { written }

  /// Whether a trade that is not found may be one that was forgotten.
  public var hasForgotten: Bool { written > capacity }

  /// Whether a fill of a listing within capacity, that is not found, may have been booked and forgotten:
  /// it is not later than one that was. A fill without time is not said to be.
  public func mayHaveForgotten(_ listing: ListingIndex, at time: Timestamp) -> Bool {
    time > 0 && time <= floors[Int(listing)]
  }

  /// The trade, or nil when it is new (or so old that it was forgotten). O(1).
  public func find(_ key: TradeKey) -> UnsafeMutablePointer<LedgerTrade>? {
    var place = home(key)
    while table[place] != 0 {
      let trade = trades + Int(table[place] - 1)
      if trade.pointee.key == key { return trade }
      place = (place + 1) & tableMask
    }
    return nil
  }

  /// Remembers a new trade, of a listing within capacity, forgetting the oldest when full. O(1).
  ///
  /// - Parameter time: when it was made; 0 where nothing says so.
  public mutating func insert(_ trade: LedgerTrade, at time: Timestamp) {
    precondition(Int(trade.listing) < listingCapacity, "a trade's listing is within capacity")
    let slot = written & (capacity - 1)
    if written >= capacity { forget(slot) }
    trades[slot] = trade
    times[slot] = time
    var place = home(trade.key)
    while table[place] != 0 { place = (place + 1) & tableMask }
    table[place] = UInt32(slot + 1)
    written += 1
  }

  /// Takes in what a fill, bust or correction says, and tells what that changes.
  ///
  /// - Parameter time: when a fill was made; 0 where the report says it of something else, or not.
  public mutating func take(_ claim: LedgerTrade, at time: Timestamp) -> TradeChange {
    var change = TradeChange()
    guard let trade = find(claim.key) else {
      insert(claim, at: time)
      change.grossChange = claim.quantity
      change.booking = claim.leg
      change.isNews = true
      return change
    }
    let before = trade.pointee
    var after = claim.isNewer(than: before) ? claim : before
    after.isBusted = before.isBusted || claim.isBusted
    // Whoever it was booked for keeps it.
    after.strategy = before.strategy
    after.orderID = before.orderID
    trade.pointee = after
    change.grossChange = after.quantity - before.quantity
    change.isNews =
      after.isBusted != before.isBusted || after.termsTime != before.termsTime
      || after.leg != before.leg
    if after.leg != before.leg {
      change.reversal = before.leg
      change.reversal?.isReversal = true
      change.booking = after.leg
    }
    return change
  }

  private func home(_ key: TradeKey) -> Int {
    let place = UInt64(key.listing) << 48 | UInt64(key.side.rawValue) << 40
    let mixed = (key.number ^ place ^ key.order << 20) &* 0x9E37_79B9_7F4A_7C15
    return Int(truncatingIfNeeded: mixed >> 20) & tableMask
  }

  /// Takes a slot's trade out of the table and closes the run behind it (backward-shift deletion).
  private func forget(_ slot: Int) {
    let listing = Int(trades[slot].listing)
    floors[listing] = max(floors[listing], times[slot])
    var hole = home(trades[slot].key)
    while table[hole] != UInt32(slot + 1) { hole = (hole + 1) & tableMask }
    var place = hole
    while true {
      place = (place + 1) & tableMask
      let entry = table[place]
      if entry == 0 { break }
      let trade = trades[Int(entry - 1)]
      let distance = (place - home(trade.key)) & tableMask
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
      trades[index & (capacity - 1)].hash(into: &hash)
      hash.combine(times[index & (capacity - 1)])
    }
    for listing in 0..<listingCapacity where floors[listing] != 0 {
      hash.combine(UInt64(listing))
      hash.combine(floors[listing])
    }
  }
}
