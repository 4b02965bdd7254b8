import TradingModel

/// A token bucket in integers. One order costs `window` credits, every ns earns `max` of them, and
/// the bucket holds `max * window`: exact, without division.
struct RateBucket: Equatable, BitwiseCopyable, Sendable {
  /// Credits at `updated`; 0 to `max * window`.
  var credit: Int64 = 0
  /// Starts in the infinite past, so that a new bucket is full.
  var updated: Timestamp = .min

  /// Credits at `now`. Time that runs backwards earns nothing.
  @inline(__always)
  func credit(at now: Timestamp, _ limits: RiskLimits) -> Int64 {
    if now <= updated { return credit }
    let (span, overflow) = now.subtractingReportingOverflow(updated)
    let elapsed = overflow ? limits.orderRateWindow : min(span, limits.orderRateWindow)
    // Both terms are at most `max * window`, which `RiskLimits.isValid` bounds by 2^62.
    let full = limits.orderRateMax * limits.orderRateWindow
    return min(full, credit + elapsed * limits.orderRateMax)
  }

  /// Whether one more order may go.
  @inline(__always)
  func hasRoom(at now: Timestamp, _ limits: RiskLimits) -> Bool {
    limits.orderRateMax == .max || credit(at: now, limits) >= limits.orderRateWindow
  }

  /// Pays for one order; an order sent without room leaves nothing.
  mutating func take(at now: Timestamp, _ limits: RiskLimits) {
    if limits.orderRateMax == .max { return }
    credit = max(0, credit(at: now, limits) - limits.orderRateWindow)
    updated = max(now, updated)
  }

  /// Carries what was spent over to new limits: the same number of tokens, as far as they fit.
  mutating func adapt(from old: RiskLimits, to new: RiskLimits) {
    if old.orderRateMax == .max || new.orderRateMax == .max || updated == .min {
      self = RateBucket()
      return
    }
    let scaled = Int128(credit) * Int128(new.orderRateWindow) / Int128(old.orderRateWindow)
    credit = Int64(min(scaled, Int128(new.orderRateMax * new.orderRateWindow)))
  }
}
