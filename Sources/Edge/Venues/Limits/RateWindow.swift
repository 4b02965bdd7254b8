import TradingModel

/// How much of one limit is used. A class, because keys that ask from one address share those that the venue
/// counts by address. One thread.
final class RateWindow {
  /// Parts of a sliding interval.
  static let slotCount = 64

  let limit: RateLimit
  /// For ordinary requests: the limit without the reserve.
  let ordinaryMax: Int
  var used = 0
  /// Number of the interval (aligned), or of the newest slot (sliding).
  var current: Timestamp = .min
  var slots: [Int]

  /// - Parameter reserve: hundredths that only urgent requests may use.
  init(_ limit: RateLimit, reserve: Int) {
    self.limit = limit
    ordinaryMax = limit.limit - limit.limit * reserve / 100
    slots = limit.isAligned ? [] : Array(repeating: 0, count: Self.slotCount)
  }
}

/// What a venue counts by the address that it is asked from, for all budgets of one host. One thread.
public final class AddressLimits {
  private var windows: [RateWindow] = []

  public init() {}

  /// The one of a limit; two of the same kind, number and interval are one.
  func window(_ limit: RateLimit, reserve: Int) -> RateWindow {
    if let known = windows.first(where: { $0.limit == limit }) { return known }
    let window = RateWindow(limit, reserve: reserve)
    windows.append(window)
    return window
  }
}
