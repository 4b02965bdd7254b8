import TradingModel

/// What to do about an error that a venue answered with.
public enum VenueErrorMeaning: Equatable, Sendable, BitwiseCopyable {
  /// Refused before anything happened, for a reason that passes: may be sent again later.
  case retry
  /// What became of the request is not known: ask for the order, send nothing again.
  case askFirst
  /// Refused for good.
  case reject(VenueReason)
  /// Our clock is outside the venue's window: estimate it anew, then send. Nothing happened.
  case resynchronize
  /// Refused, and nothing may be sent until then: ns since the epoch, 0 where the venue does not say
  /// (its `Retry-After` header may). By address: for every key and product behind the venue's host.
  case rateLimited(until: Timestamp, by: RateLimitScope)
  /// Refused, and so is every request of this kind until then; others are not. 0 where the venue does not
  /// say.
  case endpointLimited(until: Timestamp)
  /// Refused, and so will be whatever is sent with this key or from this address: somebody must look.
  case stop(VenueStopCause)
}

/// Why nothing more can be sent.
public enum VenueStopCause: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  /// The key is unknown, malformed, or may not come from this address.
  case key = 1
  /// The signature was refused: the wrong secret.
  case signature = 2
  /// The account or the key may not do this.
  case permission = 3
  /// The address is banned, with or without an end.
  case ban = 4
  /// The request was stopped before it reached the venue (HTTP 403, the web application firewall).
  case firewall = 5
  /// The session was closed, or not opened: it logs on again by itself.
  case loggedOut = 6
}
