import TradingModel

/// What an error of a venue means for the request it answers. It is decided by code, never by text.
public enum ErrorMeaning: Equatable, Sendable, BitwiseCopyable {
  /// Nothing happened, and the same request may be sent again (later, if the venue says when).
  case retry
  /// It is not known whether it happened: the order is unknown until the venue has been asked.
  case askFirst
  /// Nothing happened, and nothing will: the request was refused.
  case reject(VenueReason)
  /// Nothing more may be sent before a human (a key, a ban) or a resynchronised clock mends it.
  case stop(StopReason)

  public enum StopReason: UInt8, Sendable, BitwiseCopyable {
    /// The key, its signature or its rights.
    case key
    /// The venue's limits: wait until it lets us in again.
    case rateLimit
    /// Our clock and the venue's differ too much.
    case clock
    /// The venue is closed for maintenance.
    case maintenance
  }
}
