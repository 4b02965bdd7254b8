/// Why an order was refused, in the order the checks run. The raw values go into records and stay.
public enum RiskRefusal: UInt8, Error, CaseIterable, Sendable, BitwiseCopyable {
  /// An index at or beyond the declared capacity. The caller may use it for its own full tables.
  case capacity = 1
  /// The whole firm is halted, or may only reduce and the order is not reduce-only.
  case killSwitch = 2
  /// The strategy is halted, everywhere or in this listing, or may only reduce.
  case strategyStopped = 3
  /// The venue is halted, or may only reduce.
  case venueHalted = 4
  /// The listing is halted, or may only reduce.
  case listingHalted = 5
  /// The listing's market data is stale or out of sequence.
  case feedNotReady = 6
  case quantityNotPositive = 7
  case quantityOffLot = 8
  case quantityBelowMin = 9
  case quantityAboveMax = 10
  /// The limit price, or the trigger price, is zero or below.
  case priceNotPositive = 11
  /// The limit price, or the trigger price, is off the tick grid.
  case priceOffTick = 12
  /// No limits are defined for the firm, the strategy or the listing.
  case limitMissing = 13
  /// There is no reference price, or no opposite best price for a market order.
  case noReferencePrice = 14
  case priceOutsideCollar = 15
  /// A value does not fit in 128 bits.
  case valueOverflow = 16
  case orderQuantity = 17
  case orderNotional = 18
  case notionalBelowMin = 19
  /// A reduce-only order (with the other open ones of its side) is larger than the position.
  case reduceOnlyWouldIncrease = 20
  case position = 21
  case positionNotional = 22
  case openOrderNotional = 23
  case openOrderCount = 24
  /// The balance that the order needs is not known.
  case balanceUnknown = 25
  case balance = 26
  case orderRate = 27
}

extension RiskRefusal: CustomStringConvertible {
  /// A sentence for people.
  public var description: String {
    switch self {
    case .capacity: "An index is beyond the declared capacity."
    case .killSwitch: "The kill switch of the firm is set."
    case .strategyStopped: "The strategy is stopped."
    case .venueHalted: "Trading at the venue is halted."
    case .listingHalted: "Trading in the listing is halted."
    case .feedNotReady: "The market data of the listing is stale or out of sequence."
    case .quantityNotPositive: "The quantity is not above zero."
    case .quantityOffLot: "The quantity is no multiple of the lot."
    case .quantityBelowMin: "The quantity is below the listing's minimum."
    case .quantityAboveMax: "The quantity is above the listing's maximum."
    case .priceNotPositive: "The price or trigger price is not above zero."
    case .priceOffTick: "The price or trigger price is no multiple of the tick."
    case .limitMissing: "No limits are defined for the firm, the strategy or the listing."
    case .noReferencePrice: "There is no price to judge the order by."
    case .priceOutsideCollar: "The price is too far from the reference price."
    case .valueOverflow: "The value of the order does not fit in 128 bits."
    case .orderQuantity: "The quantity is above the limit for one order."
    case .orderNotional: "The notional value is above the limit for one order."
    case .notionalBelowMin: "The notional value is below the listing's minimum."
    case .reduceOnlyWouldIncrease: "The reduce-only order is larger than the position it reduces."
    case .position: "The position with its open orders would be above its limit."
    case .positionNotional: "The position's notional with open orders would be above its limit."
    case .openOrderNotional: "The notional value of open orders would be above its limit."
    case .openOrderCount: "The number of open orders would be above its limit."
    case .balanceUnknown: "The balance that pays for the order is not known."
    case .balance: "The available balance does not cover the order."
    case .orderRate: "More orders were sent than the rate limit allows."
    }
  }
}

/// Every refusal that an order would meet: bit `rawValue` of each `RiskRefusal`.
public struct RiskRefusalSet: OptionSet, Hashable, Sendable, BitwiseCopyable {
  public let rawValue: UInt64
  @inlinable public init(rawValue: UInt64) { self.rawValue = rawValue }
  /// The set of one refusal.
  @inlinable public init(_ refusal: RiskRefusal) { rawValue = 1 << UInt64(refusal.rawValue) }

  /// The refusal of the check that runs first; nil for an order without objection.
  @inlinable public var first: RiskRefusal? {
    rawValue == 0
      ? nil : RiskRefusal(rawValue: UInt8(truncatingIfNeeded: rawValue.trailingZeroBitCount))
  }

  /// Whether `refusal` is among them.
  @inlinable public func contains(_ refusal: RiskRefusal) -> Bool {
    contains(RiskRefusalSet(refusal))
  }

  /// Adds `refusal` if `condition` holds.
  @inline(__always)
  mutating func insert(_ refusal: RiskRefusal, if condition: Bool = true) {
    self = RiskRefusalSet(
      rawValue: rawValue | (condition ? 1 : 0) << UInt64(refusal.rawValue))
  }
}
