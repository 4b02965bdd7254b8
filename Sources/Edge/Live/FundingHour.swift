import TradingModel

/// When a contract's balance can be taken for what it is.
///
/// Venues book funding at whole hours, take some seconds over it, and date it back to the hour. A balance
/// from within those seconds may hold the payment or not, and its date does not tell.
enum FundingHour {
  private static var hour: Int64 { 3_600_000_000_000 }
  private static var second: Int64 { 1_000_000_000 }
  /// From so long before the hour, until so long behind it, nanoseconds.
  private static var before: Int64 { 2 * second }
  private static var behind: Int64 { 60 * second }

  /// Nanoseconds to wait from `time`, by the venue's clock, until no payment is under way; 0 for none.
  static func pause(at time: Timestamp) -> Int64 {
    guard time > 0, time < .max - hour else { return 0 }
    let into = (time + before) % hour
    return into < before + behind ? before + behind - into : 0
  }
}
