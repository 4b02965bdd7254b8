import TradingModel

/// One `RateBudget` for all sessions that use the same key and address. One thread.
public final class SharedBudget {
  public var budget: RateBudget

  public init(_ limits: [RateLimit], reserve: Int = 10) {
    budget = RateBudget(limits, reserve: reserve)
  }
}
