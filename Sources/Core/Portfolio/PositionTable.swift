import TradingModel

/// Every position of a run: strategy x listing, and the sum over strategies of each listing.
///
/// Memory is taken once, in `init`; no call allocates. All look-ups are O(1). A call that throws
/// has changed nothing.
public struct PositionTable: ~Copyable {
  /// Strategies there is room for; their indices are below it.
  public let strategyCapacity: Int
  /// Listings there is room for; their indices are below it.
  public let listingCapacity: Int
  /// Currencies there is room for; their indices are below it.
  public let currencyCapacity: Int

  /// `strategy * listingCapacity + listing`.
  let positions: UnsafeMutablePointer<Position>
  /// By listing: the sum of that listing's positions, field by field.
  let totals: UnsafeMutablePointer<Position>
  /// As `positions`: base-asset fees not yet a whole quantity unit; its magnitude is below one.
  let basePending: UnsafeMutablePointer<Money>
  /// `strategy * currencyCapacity + currency`.
  let ledger: UnsafeMutablePointer<Money>

  /// Takes and clears the memory: 160 bytes a strategy-listing pair.
  public init(strategyCapacity: Int, listingCapacity: Int, currencyCapacity: Int) {
    precondition(
      strategyCapacity > 0 && listingCapacity > 0 && currencyCapacity > 0,
      "a position table has room for something")
    self.strategyCapacity = strategyCapacity
    self.listingCapacity = listingCapacity
    self.currencyCapacity = currencyCapacity
    let pairCount = strategyCapacity * listingCapacity
    let feeCount = strategyCapacity * currencyCapacity
    positions = .allocate(capacity: pairCount)
    positions.initialize(repeating: Position(), count: pairCount)
    totals = .allocate(capacity: listingCapacity)
    totals.initialize(repeating: Position(), count: listingCapacity)
    basePending = .allocate(capacity: pairCount)
    basePending.initialize(repeating: .zero, count: pairCount)
    ledger = .allocate(capacity: feeCount)
    ledger.initialize(repeating: .zero, count: feeCount)
  }

  deinit {
    positions.deallocate()
    totals.deallocate()
    basePending.deallocate()
    ledger.deallocate()
  }

  /// One strategy's position; empty for indices beyond capacity.
  public func position(strategy: StrategyIndex, listing: ListingIndex) -> Position {
    guard let pair = pair(strategy, listing) else { return Position() }
    return positions[pair]
  }

  /// The quantity of that position alone; 0 for indices beyond capacity.
  public func quantity(strategy: StrategyIndex, listing: ListingIndex) -> Int64 {
    guard let pair = pair(strategy, listing) else { return 0 }
    return positions[pair].quantity
  }

  /// The sum of the quantities of all strategies; 0 for an index beyond capacity.
  public func totalQuantity(listing: ListingIndex) -> Int64 {
    Int(listing) < listingCapacity ? totals[Int(listing)].quantity : 0
  }

  /// The sum over strategies, field by field; empty for an index beyond capacity.
  ///
  /// Its open cost is the sum of open costs: with one strategy long and another short, a net flat
  /// listing can carry a cost, and with it the profit or loss locked between the two.
  public func total(listing: ListingIndex) -> Position {
    Int(listing) < listingCapacity ? totals[Int(listing)] : Position()
  }

  /// Fees of a strategy paid in a currency that was neither the settlement currency of the listing
  /// nor taken out of a spot position.
  public func foreignFees(strategy: StrategyIndex, currency: CurrencyIndex) -> Money {
    guard let slot = slot(strategy, currency) else { return .zero }
    return ledger[slot]
  }

  /// Base-asset fees that are not yet a whole quantity unit, as an amount of the base currency.
  public func pendingBaseFees(strategy: StrategyIndex, listing: ListingIndex) -> Money {
    guard let pair = pair(strategy, listing) else { return .zero }
    return basePending[pair]
  }

  /// Takes every entry that is not empty in, in index order.
  /// - Complexity: O(capacity).
  public func hash(into hash: inout RecordHash) {
    for index in 0..<(strategyCapacity * listingCapacity) {
      if positions[index] == Position() && basePending[index] == .zero { continue }
      hash.combine(UInt64(index / listingCapacity) << 32 | UInt64(index % listingCapacity))
      positions[index].hash(into: &hash)
      hash.combine(basePending[index].amount)
    }
    for index in 0..<(strategyCapacity * currencyCapacity) where ledger[index] != .zero {
      hash.combine(UInt64(index / currencyCapacity) << 32 | UInt64(index % currencyCapacity))
      hash.combine(ledger[index].amount)
    }
  }

  func pair(_ strategy: StrategyIndex, _ listing: ListingIndex) -> Int? {
    guard Int(strategy) < strategyCapacity, Int(listing) < listingCapacity else { return nil }
    return Int(strategy) &* listingCapacity &+ Int(listing)
  }

  func slot(_ strategy: StrategyIndex, _ currency: CurrencyIndex) -> Int? {
    guard Int(strategy) < strategyCapacity, Int(currency) < currencyCapacity else { return nil }
    return Int(strategy) &* currencyCapacity &+ Int(currency)
  }
}
