import TradingModel

/// One `RateBudget` for all sessions that use the same key and address. One thread.
public final class SharedBudget {
  public var budget: RateBudget

  /// - Parameters: as of `RateBudget`.
  public init(
    _ limits: [RateLimit], reserve: Int = 10, address: AddressLimits = AddressLimits()
  ) {
    budget = RateBudget(limits, reserve: reserve, address: address)
  }
}
