import RiskEngine
import TradingModel

/// SplitMix64: a seed is a test case.
struct Chance {
  var state: UInt64

  init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }

  mutating func int(_ range: ClosedRange<Int64>) -> Int64 {
    range.lowerBound + Int64(next() % UInt64(range.upperBound - range.lowerBound + 1))
  }

  mutating func bool() -> Bool { next() & 1 == 1 }
}

/// Limits that allow everything; a test tightens the one it is about.
func limits(_ change: (inout RiskLimits) -> Void = { _ in }) -> RiskLimits {
  var limits = RiskLimits.unlimited
  change(&limits)
  return limits
}

func listing(
  _ kind: ContractKind = .linear, index: ListingIndex = 0, venue: VenueIndex = 0,
  quote: CurrencyIndex = 1, contractSize: Decimal = Decimal(units: 1), tick: Int64 = 1,
  lot: Int64 = 1, quantityMin: Int64 = 1, quantityMax: Int64 = .max, notionalMin: Money = .zero,
  takerFee: Rate = .zero
) -> Listing {
  Listing(
    index: index, venue: venue, instrument: 0, base: 0, quote: quote, contractKind: kind,
    priceDecimals: 0, quantityDecimals: 0, contractSize: contractSize, tick: tick, lot: lot,
    quantityMin: quantityMin, quantityMax: quantityMax, notionalMin: notionalMin,
    takerFee: takerFee)
}

/// Whole units of a currency.
func money(_ whole: Int64) -> Money { Money(Decimal(units: whole)) }

func order(
  _ side: Side = .buy, _ quantity: Int64 = 1, at price: Int64 = 100, type: OrderType = .limit,
  stop: Int64 = 0, strategy: StrategyIndex = 0, instructions: OrderInstructions = []
) -> RiskOrder {
  RiskOrder(
    strategy: strategy, side: side, type: type, price: price, stopPrice: stop, quantity: quantity,
    instructions: instructions)
}

func reference(
  _ price: Int64 = 100, bid: Int64 = 99, ask: Int64 = 101, feedReady: Bool = true
) -> RiskReference {
  RiskReference(referencePrice: price, bestBid: bid, bestAsk: ask, feedReady: feedReady)
}

func account(
  own: Int64 = 0, all: Int64? = nil, available: Money? = nil
) -> RiskAccount {
  RiskAccount(strategyPosition: own, listingPosition: all ?? own, balanceAvailable: available)
}

/// An engine of two strategies, three listings, two venues and three currencies where everything
/// is allowed.
func openEngine() throws -> RiskEngine {
  var engine = RiskEngine(
    strategyCapacity: 2, listingCapacity: 3, venueCapacity: 2, currencyCapacity: 3)
  try engine.setLimits(.unlimited, for: .firm)
  for strategy: StrategyIndex in 0..<2 {
    try engine.setLimits(.unlimited, for: .strategy(strategy))
  }
  for listing: ListingIndex in 0..<3 { try engine.setLimits(.unlimited, for: .listing(listing)) }
  return engine
}

extension RiskEngine {
  /// All refusals of an order at the default reference.
  func refusals(
    _ order: RiskOrder, _ listing: Listing, replacing held: RiskReservation = .none,
    reference: RiskReference = RiskEngineTests.reference(),
    account: RiskAccount = RiskEngineTests.account(), now: Timestamp = 0
  ) -> RiskRefusalSet {
    whatIf(
      order, replacing: held, listing: listing, reference: reference, account: account, now: now)
  }
}

/// A set of refusals, for comparing.
func set(_ refusals: RiskRefusal...) -> RiskRefusalSet {
  refusals.reduce(into: RiskRefusalSet()) { $0.formUnion(RiskRefusalSet($1)) }
}
