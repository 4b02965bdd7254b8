import TradingModel

/// What a venue counts towards a limit.
public enum RateLimitKind: String, CaseIterable, Sendable {
  /// Requests by their weight.
  case weight
  /// New orders.
  case orders
  /// Requests, whatever their weight.
  case requests
  /// New connections.
  case connections
  /// Messages to the venue over one connection.
  case messages
}

/// By whom a venue counts, and whom it shuts out.
public enum RateLimitScope: String, Sendable, BitwiseCopyable {
  /// By the key, or the account it belongs to.
  case key
  /// By the address that it is asked from: for all keys and all products behind one host.
  case address
}

/// One limit of a venue: at most `limit` in each `interval`.
public struct RateLimit: Equatable, Sendable {
  public var kind: RateLimitKind
  public var limit: Int
  /// Nanoseconds.
  public var interval: Timestamp
  /// Whether the venue counts from full intervals of its clock (each minute anew); otherwise the
  /// interval slides.
  public var isAligned: Bool
  public var scope: RateLimitScope

  public init(
    _ kind: RateLimitKind, _ limit: Int, per interval: Timestamp, isAligned: Bool,
    scope: RateLimitScope = .key
  ) {
    self.kind = kind
    self.limit = limit
    self.interval = interval
    self.isAligned = isAligned
    self.scope = scope
  }
}
