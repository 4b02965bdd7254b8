import TradingModel

/// Checks that are on or off and have no number of their own.
public struct RiskChecks: OptionSet, Hashable, Sendable, BitwiseCopyable {
  public let rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }
  /// The available balance must cover the order.
  public static let balance = RiskChecks(rawValue: 1)
  /// The listing's market data must be in sequence and fresh.
  public static let feed = RiskChecks(rawValue: 2)
  public static let all: RiskChecks = [.balance, .feed]
}

/// What one scope allows. The tightest of an order's scopes binds; see `RiskScope`.
///
/// Every number is a statement of the user: `.max` (for money `RiskLimits.unlimitedMoney`) says
/// "unlimited", and there are no defaults. A limit is the last value allowed. Notional values are
/// in the listing's quote currency, also for inverse contracts (quantity x contract size).
public struct RiskLimits: Equatable, BitwiseCopyable, Sendable {
  /// Largest quantity of one order, in the listing's quantity units.
  public var orderQuantityMax: Int64
  /// Largest notional value of one order.
  public var orderNotionalMax: Money
  /// Largest distance of a price from the reference price, as a share of the reference price.
  public var priceCollar: Rate
  /// Largest position in one listing, long or short, counting all open orders of one side as
  /// filled; in the listing's quantity units.
  public var positionMax: Int64
  /// As `positionMax`, valued at the reference price.
  public var positionNotionalMax: Money
  /// Largest sum of the notional values of open orders. Firm and strategy scopes count each quote
  /// currency by itself.
  public var openOrderNotionalMax: Money
  /// Largest number of open orders.
  public var openOrderCountMax: Int64
  /// Orders (new and replacing) a token bucket holds; it fills in `orderRateWindow`. Any span of
  /// `t` ns sees at most `orderRateMax * (1 + t / orderRateWindow)` orders.
  public var orderRateMax: Int64
  /// In ns; above zero.
  public var orderRateWindow: Int64
  /// Share of its notional that a futures order needs as available balance; the largest of the
  /// scopes binds. Spot orders always need all of it.
  public var marginRate: Rate
  /// Checks this scope asks for; one scope that asks is enough.
  public var checks: RiskChecks

  /// "No limit", for amounts.
  public static var unlimitedMoney: Money { Money(amount: .max) }

  public init(
    orderQuantityMax: Int64, orderNotionalMax: Money, priceCollar: Rate, positionMax: Int64,
    positionNotionalMax: Money, openOrderNotionalMax: Money, openOrderCountMax: Int64,
    orderRateMax: Int64, orderRateWindow: Int64, marginRate: Rate, checks: RiskChecks
  ) {
    self.orderQuantityMax = orderQuantityMax
    self.orderNotionalMax = orderNotionalMax
    self.priceCollar = priceCollar
    self.positionMax = positionMax
    self.positionNotionalMax = positionNotionalMax
    self.openOrderNotionalMax = openOrderNotionalMax
    self.openOrderCountMax = openOrderCountMax
    self.orderRateMax = orderRateMax
    self.orderRateWindow = orderRateWindow
    self.marginRate = marginRate
    self.checks = checks
  }

  /// Limits that allow everything and ask for nothing: a choice to be written out, never a default.
  public static var unlimited: RiskLimits {
    RiskLimits(
      orderQuantityMax: .max, orderNotionalMax: unlimitedMoney, priceCollar: Rate(parts: .max),
      positionMax: .max, positionNotionalMax: unlimitedMoney, openOrderNotionalMax: unlimitedMoney,
      openOrderCountMax: .max, orderRateMax: .max, orderRateWindow: 1, marginRate: .zero,
      checks: [])
  }

  /// Whether every number is in its range: none below zero, a window above zero, a bucket
  /// (`orderRateMax * orderRateWindow`) of at most 2^62, a margin rate of at most 100.
  public var isValid: Bool {
    let (bucket, overflow) = orderRateMax.multipliedReportingOverflow(by: orderRateWindow)
    let isBucketValid = orderRateMax == .max || (!overflow && bucket <= 1 << 62)
    return isBucketValid && orderRateMax >= 0 && orderRateWindow > 0 && orderQuantityMax >= 0
      && orderNotionalMax >= .zero && priceCollar >= .zero && positionMax >= 0
      && positionNotionalMax >= .zero && openOrderNotionalMax >= .zero && openOrderCountMax >= 0
      && marginRate >= .zero && marginRate.parts <= 100_00000000
  }

  func hash(into hash: inout RecordHash) {
    hash.combine(orderQuantityMax)
    hash.combine(orderNotionalMax.amount)
    hash.combine(priceCollar.parts)
    hash.combine(positionMax)
    hash.combine(positionNotionalMax.amount)
    hash.combine(openOrderNotionalMax.amount)
    hash.combine(openOrderCountMax)
    hash.combine(orderRateMax)
    hash.combine(orderRateWindow)
    hash.combine(marginRate.parts)
    hash.combine(UInt64(checks.rawValue))
  }
}

/// Whom a set of limits or a switch is for. An order has four: each is checked against its own
/// orders and positions.
public enum RiskScope: Hashable, Sendable, BitwiseCopyable {
  /// Everything. Positions and open quantities are those of the order's listing.
  case firm
  /// All orders of a strategy. Positions and open quantities are its own in the order's listing.
  case strategy(StrategyIndex)
  /// All orders in a listing, of all strategies.
  case listing(ListingIndex)
  /// The orders of a strategy in a listing. The only scope that may lack limits.
  case pair(StrategyIndex, ListingIndex)
}

/// What a scope may do.
public enum TradingState: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  /// Everything within limits.
  case active = 0
  /// Only reduce-only orders: positions are being taken down.
  case reducing = 1
  /// Nothing. (Cancels never ask.)
  case halted = 2

  /// Whether an order may pass.
  @inline(__always) func permits(reduceOnly: Bool) -> Bool {
    self == .active || (self == .reducing && reduceOnly)
  }
}

/// Why limits or a switch were not set.
public enum RiskLimitsError: UInt8, Error, Equatable, Sendable, CustomStringConvertible {
  /// An index at or beyond the declared capacity.
  case capacity = 1
  /// A number out of its range; see `RiskLimits.isValid`.
  case invalid = 2

  public var description: String {
    switch self {
    case .capacity: "the strategy, listing or venue is beyond the declared capacity"
    case .invalid: "a limit is below zero, or the rate's window or product is out of range"
    }
  }
}
