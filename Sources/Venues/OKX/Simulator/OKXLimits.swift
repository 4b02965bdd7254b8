import Exchange
import VenueServer

/// How often something may be asked: so many in so many milliseconds.
struct OKXRate {
  /// Whom it counts.
  enum Scope {
    /// The address of the client: everybody on loopback.
    case address
    case user
    /// Of each instrument apart.
    case userAndInstrument
  }

  var count: Int
  var milliseconds: Int64
  var scope: Scope

  static func address(_ count: Int, per milliseconds: Int64 = 2000) -> OKXRate {
    OKXRate(count: count, milliseconds: milliseconds, scope: .address)
  }
  static func user(_ count: Int, per milliseconds: Int64 = 2000) -> OKXRate {
    OKXRate(count: count, milliseconds: milliseconds, scope: .user)
  }
  static func instrument(_ count: Int, per milliseconds: Int64 = 2000) -> OKXRate {
    OKXRate(count: count, milliseconds: milliseconds, scope: .userAndInstrument)
  }
}

/// Counts requests of every endpoint (https://www.okx.com/docs-v5/en/#overview-rate-limits), in spans
/// that begin with the first request of each.
final class OKXLimits {
  private struct Span {
    var start: Int64
    var used: Int
  }

  /// Whether anything is refused.
  let isEnforced: Bool
  private var spans: [String: Span] = [:]

  init(isEnforced: Bool) { self.isEnforced = isEnforced }

  /// Counts `amount` requests called `name`.
  ///
  /// - Throws: 50011 where that is more than the rate; nothing is counted then.
  func take(
    _ name: String, _ rate: OKXRate, _ account: AccountIndex?, _ instrument: String? = nil,
    amount: Int = 1, at now: ServerTime
  ) throws(OKXError) {
    guard isEnforced else { return }
    var key = name
    if rate.scope != .address { key += "#\(account ?? -1)" }
    if rate.scope == .userAndInstrument { key += "#\(instrument ?? "")" }
    guard count(key, rate, amount, at: now) else { throw .tooManyRequests }
  }

  /// New and amended orders of one account in two seconds
  /// (https://www.okx.com/docs-v5/en/#overview-rate-limits-sub-account-rate-limit).
  func takeOrders(_ amount: Int, _ account: AccountIndex, at now: ServerTime) throws(OKXError) {
    guard isEnforced else { return }
    guard count("orders#\(account)", .user(1000), amount, at: now) else { throw .tooManyOrders }
  }

  private func count(_ key: String, _ rate: OKXRate, _ amount: Int, at now: ServerTime) -> Bool {
    let time = now.monotonic / 1_000_000
    var span = spans[key] ?? Span(start: time, used: 0)
    if time - span.start >= rate.milliseconds { span = Span(start: time, used: 0) }
    if span.used + amount > rate.count { return false }
    span.used += amount
    spans[key] = span
    return true
  }
}
