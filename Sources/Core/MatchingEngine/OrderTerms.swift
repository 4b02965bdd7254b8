import TradingModel

/// What a pegged order follows (FIX PegPriceType 1094). References are the best displayed prices of
/// orders that are not pegged themselves.
public enum PegReference: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  /// The order is not pegged.
  case none = 0
  /// The best price of its own side.
  case primary = 1
  /// The best price of the other side.
  case market = 2
  /// The middle of both; half a tick is rounded to the passive side.
  case mid = 3
}

/// What only some orders need, beside `OrderEntry`. A term that its order cannot use must have its
/// default, otherwise the order is refused as `invalidTerms`.
public struct OrderTerms: Equatable, BitwiseCopyable, Sendable {
  /// Of a stop or stop-limit order: the trade price, in ticks, that triggers it.
  public var stopPrice: Int64 = 0
  /// Of a trailing stop: how many ticks (above 0) its stop price stays behind the best trade.
  public var trailingOffset: Int64 = 0
  /// Of a pegged order: what it follows.
  public var peg: PegReference = .none
  /// Of a pegged order: ticks added to the reference, whatever the side.
  public var pegOffset: Int64 = 0
  /// Of an iceberg: how much of it is shown at a time; 0 shows all. At most `partCountMax` parts.
  public var displayQuantity: Int64 = 0
  /// Of an iceberg: each quantity shown is drawn evenly from `displayQuantity` plus or minus this
  /// (below `displayQuantity`), from the book's seed.
  public var displayRange: Int64 = 0
  /// The least that must be executed at entry, otherwise the order is refused (a stop that is
  /// triggered is canceled); 0 is none.
  public var minQuantity: Int64 = 0
  /// Of a good-till-date order: when it expires.
  public var expireTime: Timestamp = 0

  /// The most parts that an iceberg may be shown in, counted by the least part.
  @inlinable public static var partCountMax: Int64 { 10_000 }

  /// The terms of a plain order; set what differs.
  @inlinable public init() {}

  /// Whether the order needs none.
  @inlinable public var arePlain: Bool { self == OrderTerms() }
}
