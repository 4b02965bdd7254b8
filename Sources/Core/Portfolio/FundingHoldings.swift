import TradingModel

/// What each strategy held of each contract at its last funding time.
///
/// A venue tells of a payment some seconds after the funding time, and hours after it where nobody was
/// connected: what is held by then is not what was paid for. So quantities are kept when a funding time
/// has come: before the first fill or payment, or with the first announcement, that shows it. A fill
/// from before that time that comes later changes the kept quantities too.
///
/// Times are the venue's: it pays by its own clock, and stamps fills and payments with it. Memory is
/// taken once, in `init`; no call allocates.
public struct FundingHoldings: ~Copyable {
  /// Venues book a payment at the funding time or some seconds after it. One that is booked as long as
  /// this after it is of another funding time: an hour is the shortest usual interval between two.
  public static let window: Int64 = 3_600_000_000_000
  /// Some venues cut the time of a payment to whole seconds, so that it may be up to this before the
  /// funding time.
  public static let resolution: Int64 = 1_000_000_000

  /// No time at all: beyond every one that can be announced.
  private static let never = Timestamp.max
  private static let none = Timestamp.min

  /// The funding times of a listing; those that are set are above zero.
  private struct Times: BitwiseCopyable {
    /// The next one, as announced last; `never` before the first announcement.
    var next = never
    /// `next` until quantities are kept for it, then `never`: the one that a fill is compared with.
    var due = never
    /// The one that quantities are kept for; `none` before the first.
    var kept = none
  }

  private let strategyCapacity: Int
  private let listingCapacity: Int
  private let times: UnsafeMutablePointer<Times>
  /// `listing * strategyCapacity + strategy`. Wider than positions, so that no late fill leaves the range:
  /// that the position of now is within 64 bits says nothing of what was held before.
  private let quantities: UnsafeMutablePointer<Int128>

  /// Takes and clears the memory: 24 bytes a listing, 16 a strategy of each.
  public init(strategyCapacity: Int, listingCapacity: Int) {
    precondition(
      strategyCapacity > 0 && listingCapacity > 0, "funding holdings have room for something")
    self.strategyCapacity = strategyCapacity
    self.listingCapacity = listingCapacity
    times = .allocate(capacity: listingCapacity)
    times.initialize(repeating: Times(), count: listingCapacity)
    quantities = .allocate(capacity: strategyCapacity * listingCapacity)
    quantities.initialize(repeating: 0, count: strategyCapacity * listingCapacity)
  }

  deinit {
    times.deallocate()
    quantities.deallocate()
  }

  /// The funding time that quantities are kept for; nil before there is one.
  public func keptTime(listing: ListingIndex) -> Timestamp? {
    guard Int(listing) < listingCapacity else { return nil }
    let kept = times[Int(listing)].kept
    return kept == Self.none ? nil : kept
  }

  /// The quantity kept for a strategy; 0 before there is one, and for indices beyond capacity.
  public func quantity(strategy: StrategyIndex, listing: ListingIndex) -> Int128 {
    guard Int(strategy) < strategyCapacity, Int(listing) < listingCapacity else { return 0 }
    return quantities[Int(listing) &* strategyCapacity &+ Int(strategy)]
  }

  /// A venue says when funding is exchanged next. That it is later than was said before shows that the
  /// time before has come. That it is earlier is a change of plan where it lies ahead, else a late
  /// message.
  ///
  /// - Parameters:
  ///   - next: ignored where it is no time: not above zero, or the last of all.
  ///   - now: when the record came in.
  public mutating func announce(
    next: Timestamp, listing: ListingIndex, now: Timestamp, positions: borrowing PositionTable
  ) {
    guard next > 0, next != Self.never, Int(listing) < listingCapacity else { return }
    let before = times[Int(listing)].next
    if next == before { return }
    if before != Self.never {
      if next > before {
        keep(listing, positions)
      } else if next <= now {
        return
      }
    }
    times[Int(listing)].next = next
    times[Int(listing)].due = times[Int(listing)].kept == next ? Self.never : next
  }

  /// A fill of `time` is about to be booked: where that is the first from the funding time on, what was
  /// held until now is kept. O(1) where it is not.
  public mutating func reach(
    _ time: Timestamp, listing: ListingIndex, positions: borrowing PositionTable
  ) {
    guard Int(listing) < listingCapacity, time >= times[Int(listing)].due else { return }
    keep(listing, positions)
  }

  /// A fill of `time` was booked and changed a strategy's position: where it was before the time that
  /// quantities are kept for, it changed what was held then, too.
  public mutating func add(
    _ change: Int128, strategy: StrategyIndex, listing: ListingIndex, at time: Timestamp
  ) {
    guard Int(listing) < listingCapacity, time < times[Int(listing)].kept,
      Int(strategy) < strategyCapacity
    else { return }
    quantities[Int(listing) &* strategyCapacity &+ Int(strategy)] += change
  }

  /// A payment that the venue booked at `time` is about to be divided: one from the next funding time on
  /// shows that it has come, as a fill does.
  public mutating func reach(
    paymentAt time: Timestamp, listing: ListingIndex, positions: borrowing PositionTable
  ) {
    // Funding times are above zero: no difference here leaves 64 bits.
    guard Int(listing) < listingCapacity, time > times[Int(listing)].due - Self.resolution
    else { return }
    keep(listing, positions)
  }

  /// Whether a payment that the venue booked at `time` is for the funding time that quantities are kept
  /// for.
  public func covers(paymentAt time: Timestamp, listing: ListingIndex) -> Bool {
    guard let kept = keptTime(listing: listing) else { return false }
    return time > kept - Self.resolution && time - kept < Self.window
  }

  /// The division of a payment by the quantities kept.
  ///
  /// - Complexity: O(strategies).
  public func divide(funding amount: Money, listing: ListingIndex) -> FundingDivision {
    var net: Int128 = 0
    var gross: UInt128 = 0
    for strategy in 0..<strategyCapacity {
      let quantity = quantity(strategy: StrategyIndex(strategy), listing: listing)
      net += quantity
      gross += quantity.magnitude
    }
    return FundingDivision(amount, net: net, gross: gross)
  }

  /// Keeps what is held now for the funding time that is due; nothing where none is.
  private mutating func keep(_ listing: ListingIndex, _ positions: borrowing PositionTable) {
    let due = times[Int(listing)].due
    guard due != Self.never else { return }
    for strategy in 0..<strategyCapacity {
      quantities[Int(listing) &* strategyCapacity &+ strategy] = Int128(
        positions.quantity(strategy: StrategyIndex(strategy), listing: listing))
    }
    times[Int(listing)].kept = due
    times[Int(listing)].due = Self.never
  }

  /// Takes the listings that a funding time is known of into a state hash, in index order.
  ///
  /// - Complexity: O(capacity).
  public func hash(into hash: inout RecordHash) {
    for listing in 0..<listingCapacity where times[listing].next != Self.never {
      hash.combine(UInt64(listing))
      hash.combine(times[listing].next)
      hash.combine(times[listing].due)
      hash.combine(times[listing].kept)
      for strategy in 0..<strategyCapacity {
        let quantity = quantities[listing * strategyCapacity + strategy]
        if quantity == 0 { continue }
        hash.combine(UInt64(strategy))
        hash.combine(quantity)
      }
    }
  }
}
