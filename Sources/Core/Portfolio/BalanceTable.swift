import TradingModel

/// One currency at one venue.
public struct Balance: Equatable, BitwiseCopyable, Sendable {
  /// What the account holds. Below zero only after a debit that the venue reported as a fact.
  public var total: Money
  /// The part promised to open orders; never below zero.
  public var reserved: Money
  /// Whether this balance was ever told to us. An unknown balance is no balance: nothing can be
  /// reserved from it.
  public var isKnown: Bool

  @inlinable
  public init(total: Money = .zero, reserved: Money = .zero, isKnown: Bool = false) {
    self.total = total
    self.reserved = reserved
    self.isKnown = isKnown
  }

  /// What may still be promised: `total - reserved`; below zero when debits have overtaken it.
  @inlinable public var available: Money { total - reserved }
}

/// How a balance stands after a fact was booked.
public enum BalanceState: UInt8, Sendable, BitwiseCopyable {
  /// The total covers what is reserved.
  case covered = 0
  /// The total is zero or more but below what is reserved: open orders are not covered.
  case belowReserved = 1
  /// The total is below zero: a debt, or accounts that disagree.
  case negative = 2
}

/// Why a balance did not change.
public enum BalanceError: UInt8, Error, Equatable, Sendable, CustomStringConvertible {
  /// A venue or currency index at or beyond the declared capacity.
  case capacity = 1
  /// The amount is below zero.
  case amountNegative = 2
  /// The balance was never told to us.
  case unknown = 3
  /// Less is available than was to be reserved.
  case insufficient = 4
  /// More was to be released than is reserved.
  case releaseAboveReserved = 5
  /// The amount does not fit in 128 bits.
  case overflow = 6

  public var description: String {
    switch self {
    case .capacity: "the venue or currency is beyond the declared capacity"
    case .amountNegative: "the amount of a balance change must not be below zero"
    case .unknown: "no balance of this currency is known at this venue"
    case .insufficient: "the available balance is too small"
    case .releaseAboveReserved: "more would be released than is reserved"
    case .overflow: "the balance would not fit in 128 bits at 18 decimals"
    }
  }
}

/// Balances by venue and currency. Memory is taken once, in `init`; every call is O(1).
///
/// Reserving is our decision and is refused when not covered. Credits, debits and totals are facts
/// and are always booked; the returned state says when they leave the account uncovered.
public struct BalanceTable: ~Copyable {
  /// Venues there is room for; their indices are below it.
  public let venueCapacity: Int
  /// Currencies there is room for; their indices are below it.
  public let currencyCapacity: Int
  /// `venue * currencyCapacity + currency`.
  let balances: UnsafeMutablePointer<Balance>

  /// Takes and clears the memory.
  public init(venueCapacity: Int, currencyCapacity: Int) {
    precondition(venueCapacity > 0 && currencyCapacity > 0, "a balance table has room")
    self.venueCapacity = venueCapacity
    self.currencyCapacity = currencyCapacity
    let count = venueCapacity * currencyCapacity
    balances = .allocate(capacity: count)
    balances.initialize(repeating: Balance(), count: count)
  }

  deinit { balances.deallocate() }

  /// The balance; unknown and zero for indices beyond capacity.
  public func balance(venue: VenueIndex, currency: CurrencyIndex) -> Balance {
    guard let index = index(venue, currency) else { return Balance() }
    return balances[index]
  }

  /// What may be promised to an order; nil when the balance is unknown.
  public func available(venue: VenueIndex, currency: CurrencyIndex) -> Money? {
    guard let index = index(venue, currency), balances[index].isKnown else { return nil }
    return balances[index].available
  }

  /// Promises `amount` to an order.
  public mutating func reserve(
    _ amount: Money, venue: VenueIndex, currency: CurrencyIndex
  ) throws(BalanceError) {
    let index = try checked(amount, venue, currency)
    guard balances[index].isKnown else { throw .unknown }
    // A reservation of nothing is covered even by an overdrawn account.
    guard amount == .zero || amount <= balances[index].available else { throw .insufficient }
    balances[index].reserved += amount
  }

  /// Takes back what was promised.
  public mutating func release(
    _ amount: Money, venue: VenueIndex, currency: CurrencyIndex
  ) throws(BalanceError) {
    let index = try checked(amount, venue, currency)
    guard amount <= balances[index].reserved else { throw .releaseAboveReserved }
    balances[index].reserved -= amount
  }

  /// Adds `amount` that the account received. Makes an unknown balance known.
  public mutating func credit(
    _ amount: Money, venue: VenueIndex, currency: CurrencyIndex
  ) throws(BalanceError) -> BalanceState {
    let index = try checked(amount, venue, currency)
    return try setTotal(balances[index].total.adding(amount), index)
  }

  /// Takes away `amount` that the account paid, covered or not. Makes an unknown balance known.
  public mutating func debit(
    _ amount: Money, venue: VenueIndex, currency: CurrencyIndex
  ) throws(BalanceError) -> BalanceState {
    let index = try checked(amount, venue, currency)
    return try setTotal(balances[index].total.subtracting(amount), index)
  }

  /// Sets the total to what the venue says it is; what is reserved stays. May be below zero.
  public mutating func setTotal(
    _ total: Money, venue: VenueIndex, currency: CurrencyIndex
  ) throws(BalanceError) -> BalanceState {
    guard let index = index(venue, currency) else { throw .capacity }
    return try setTotal(total, index)
  }

  /// Takes every known balance in, in index order.
  /// - Complexity: O(capacity).
  public func hash(into hash: inout RecordHash) {
    for index in 0..<(venueCapacity * currencyCapacity) where balances[index].isKnown {
      hash.combine(UInt64(index / currencyCapacity) << 32 | UInt64(index % currencyCapacity))
      hash.combine(balances[index].total.amount)
      hash.combine(balances[index].reserved.amount)
    }
  }

  private mutating func setTotal(
    _ total: Money?, _ index: Int
  ) throws(BalanceError) -> BalanceState {
    // The available amount must be representable too.
    guard let total, total.subtracting(balances[index].reserved) != nil else { throw .overflow }
    balances[index].total = total
    balances[index].isKnown = true
    if total < .zero { return .negative }
    return total < balances[index].reserved ? .belowReserved : .covered
  }

  private func checked(
    _ amount: Money, _ venue: VenueIndex, _ currency: CurrencyIndex
  ) throws(BalanceError) -> Int {
    guard let index = index(venue, currency) else { throw .capacity }
    guard amount >= .zero else { throw .amountNegative }
    return index
  }

  private func index(_ venue: VenueIndex, _ currency: CurrencyIndex) -> Int? {
    guard Int(venue) < venueCapacity, Int(currency) < currencyCapacity else { return nil }
    return Int(venue) &* currencyCapacity &+ Int(currency)
  }
}
