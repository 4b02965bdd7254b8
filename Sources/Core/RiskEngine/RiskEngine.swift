import TradingModel

/// Decides whether an order may leave, and keeps what open orders could still become.
///
/// Limits stand at four scopes (`RiskScope`); the tightest binds, open orders count as exposure,
/// and what is missing (limits, a price, a balance, fresh data) means no. `check` and `whatIf`
/// decide and change nothing; `approve` decides, pays for the order rate and reserves.
///
/// Memory is taken once, in `init`; no call allocates. Checks and reservations are O(1).
public struct RiskEngine: ~Copyable {
  /// Strategies there is room for; their indices are below it.
  public let strategyCapacity: Int
  /// Listings there is room for; their indices are below it.
  public let listingCapacity: Int
  /// Venues there is room for; their indices are below it.
  public let venueCapacity: Int
  /// Currencies there is room for; their indices are below it.
  public let currencyCapacity: Int

  /// The firm, the strategies, the listings, then the pairs, strategy by strategy.
  let slots: UnsafeMutablePointer<ScopeSlot>
  /// By pair: what binds it, derived from the limits of `slots`.
  let tightest: UnsafeMutablePointer<TightestLimits>
  /// Notional of open orders: the firm's by quote currency, then each strategy's.
  let openNotional: UnsafeMutablePointer<Money>
  /// By venue.
  let venueStates: UnsafeMutablePointer<TradingState>

  /// Takes and clears the memory: about 450 bytes a strategy-listing pair.
  public init(
    strategyCapacity: Int, listingCapacity: Int, venueCapacity: Int, currencyCapacity: Int
  ) {
    precondition(
      strategyCapacity > 0 && listingCapacity > 0 && venueCapacity > 0 && currencyCapacity > 0,
      "a risk engine has room for something")
    self.strategyCapacity = strategyCapacity
    self.listingCapacity = listingCapacity
    self.venueCapacity = venueCapacity
    self.currencyCapacity = currencyCapacity
    let slotCount = 1 + strategyCapacity + listingCapacity + strategyCapacity * listingCapacity
    slots = .allocate(capacity: slotCount)
    slots.initialize(repeating: ScopeSlot(), count: slotCount)
    let pairCount = strategyCapacity * listingCapacity
    let unlimited = TightestLimits(
      OrderScopes(firm: slots, strategy: slots, listing: slots, pair: slots))
    tightest = .allocate(capacity: pairCount)
    tightest.initialize(repeating: unlimited, count: pairCount)
    let sumCount = (1 + strategyCapacity) * currencyCapacity
    openNotional = .allocate(capacity: sumCount)
    openNotional.initialize(repeating: .zero, count: sumCount)
    venueStates = .allocate(capacity: venueCapacity)
    venueStates.initialize(repeating: .active, count: venueCapacity)
  }

  deinit {
    slots.deallocate()
    tightest.deallocate()
    openNotional.deallocate()
    venueStates.deallocate()
  }

  /// Sets what a scope allows, from the next order on. What is open or spent stays counted.
  ///
  /// - Throws: `.capacity` for an index beyond capacity, `.invalid` for a number out of range.
  /// - Complexity: O(strategy-listing pairs the scope reaches).
  public mutating func setLimits(
    _ limits: RiskLimits, for scope: RiskScope
  ) throws(RiskLimitsError) {
    guard let index = index(of: scope) else { throw .capacity }
    guard limits.isValid else { throw .invalid }
    slots[index].bucket.adapt(from: slots[index].limits, to: limits)
    slots[index].limits = limits
    slots[index].isDefined = true
    tighten(scope)
  }

  /// The limits set for a scope; nil when there are none.
  public func limits(for scope: RiskScope) -> RiskLimits? {
    guard let index = index(of: scope), slots[index].isDefined else { return nil }
    return slots[index].limits
  }

  /// Stops a scope, lets it only reduce, or sets it free again. `.halted` for `.firm` is the kill
  /// switch. Cancels are never asked about here and always pass.
  public mutating func setState(
    _ state: TradingState, for scope: RiskScope
  ) throws(RiskLimitsError) {
    guard let index = index(of: scope) else { throw .capacity }
    slots[index].state = state
  }

  /// As `setState(_:for:)`, for all listings of a venue.
  public mutating func setState(
    _ state: TradingState, venue: VenueIndex
  ) throws(RiskLimitsError) {
    guard Int(venue) < venueCapacity else { throw .capacity }
    venueStates[Int(venue)] = state
  }

  /// What a scope may do; halted for an index beyond capacity.
  public func state(for scope: RiskScope) -> TradingState {
    guard let index = index(of: scope) else { return .halted }
    return slots[index].state
  }

  /// What a venue may do; halted for an index beyond capacity.
  public func state(venue: VenueIndex) -> TradingState {
    Int(venue) < venueCapacity ? venueStates[Int(venue)] : .halted
  }

  /// Orders of a scope with a quantity reserved.
  public func openOrderCount(for scope: RiskScope) -> Int64 {
    guard let index = index(of: scope) else { return 0 }
    return slots[index].openOrderCount
  }

  /// Sum of the quantities reserved by one side of a listing's orders, or of one strategy's.
  public func openQuantity(
    _ side: Side, listing: ListingIndex, strategy: StrategyIndex? = nil
  ) -> Int128 {
    let scope: RiskScope = strategy.map { .pair($0, listing) } ?? .listing(listing)
    guard let index = index(of: scope) else { return 0 }
    return slots[index].open(side)
  }

  /// Sum of the notional values reserved in `quote`: the firm's, or of one strategy's orders.
  public func openOrderNotional(
    quote: CurrencyIndex, strategy: StrategyIndex? = nil
  ) -> Money {
    guard Int(quote) < currencyCapacity else { return .zero }
    guard let strategy else { return openNotional[Int(quote)] }
    guard Int(strategy) < strategyCapacity else { return .zero }
    return openNotional[(1 + Int(strategy)) * currencyCapacity + Int(quote)]
  }

  func index(of scope: RiskScope) -> Int? {
    switch scope {
    case .firm: return 0
    case .strategy(let strategy):
      return Int(strategy) < strategyCapacity ? strategyIndex(strategy) : nil
    case .listing(let listing):
      return Int(listing) < listingCapacity ? listingIndex(listing) : nil
    case .pair(let strategy, let listing):
      guard Int(strategy) < strategyCapacity, Int(listing) < listingCapacity else { return nil }
      return pairIndex(strategy, listing)
    }
  }

  func strategyIndex(_ strategy: StrategyIndex) -> Int { 1 &+ Int(strategy) }
  func listingIndex(_ listing: ListingIndex) -> Int { 1 &+ strategyCapacity &+ Int(listing) }
  func pairIndex(_ strategy: StrategyIndex, _ listing: ListingIndex) -> Int {
    1 &+ strategyCapacity &+ listingCapacity &+ Int(strategy) &* listingCapacity &+ Int(listing)
  }
}
