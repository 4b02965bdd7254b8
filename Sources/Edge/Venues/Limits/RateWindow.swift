import TradingModel

/// How much of one limit is used. A class, because keys that ask from one address share those that the venue
/// counts by address. One thread.
final class RateWindow {
  /// Parts of a sliding interval.
  static let slotCount = 64

  let limit: RateLimit
  /// For ordinary requests: the limit without the reserve.
  let ordinaryMax: Int
  private(set) var used = 0
  /// Number of the interval (aligned), or of the newest slot (sliding).
  private var current: Timestamp = .min
  /// The latest time, of an aligned one.
  private var latest: Timestamp = .min
  private var slots: [Int]
  /// A clock that goes back by more than this was set; less is news that come late. Nanoseconds.
  private static let setBack: Timestamp = 1_000_000_000

  /// - Parameter reserve: hundredths that only urgent requests may use.
  init(_ limit: RateLimit, reserve: Int) {
    self.limit = limit
    ordinaryMax = limit.limit - limit.limit * reserve / 100
    slots = limit.isAligned ? [] : Array(repeating: 0, count: Self.slotCount)
  }

  func add(_ amount: Int) {
    if amount <= 0 { return }
    used += amount
    if !limit.isAligned { slots[Self.place(current)] += amount }
  }

  private static func floorDivide(_ a: Timestamp, _ b: Timestamp) -> Timestamp {
    let quotient = a / b
    return a % b < 0 ? quotient - 1 : quotient
  }

  // MARK: Aligned

  /// Begins the interval that `time` is in, by the venue's clock. Where that was set back, what is used
  /// counts in the earlier interval: nothing is forgotten, and nothing counts longer than an interval.
  func align(to time: Timestamp) {
    let interval = Self.floorDivide(time, limit.interval)
    if interval > current {
      current = interval
      used = 0
    } else if interval < current, time < latest - Self.setBack {
      current = interval
      latest = time
    }
    latest = max(latest, time)
  }

  /// Whether an answer that arrives at `time` may have been given before the interval began: within 2 s, or a
  /// fifth of it where that is less.
  func mayBeOfTheLast(at time: Timestamp) -> Bool {
    time - current * limit.interval < min(2_000_000_000, limit.interval / 5)
  }

  /// When the interval ends, by the venue's clock.
  var intervalEnd: Timestamp { (current + 1) * limit.interval }

  // MARK: Sliding

  private var slotLength: Timestamp {
    (limit.interval + Timestamp(Self.slotCount) - 2) / Timestamp(Self.slotCount - 1)
  }

  private static func place(_ slot: Timestamp) -> Int {
    Int(slot - floorDivide(slot, Timestamp(slotCount)) * Timestamp(slotCount))
  }

  /// Forgets what is no longer within the interval that ends at `time`, by a clock that never goes back.
  func slide(to time: Int64) {
    let slot = Self.floorDivide(time, slotLength)
    if current == .min { current = slot }
    let passed = min(slot - current, Timestamp(Self.slotCount))
    if passed <= 0 { return }
    for step in 1...passed {
      let place = Self.place(current + step)
      used -= slots[place]
      slots[place] = 0
    }
    current = slot
  }

  /// When `amount` more fits under `bound`; for more than the bound ever allows, a whole interval on.
  func freeAt(_ amount: Int, _ bound: Int, _ time: Int64) -> Int64 {
    var left = used
    for step in 1...Timestamp(Self.slotCount) {
      left -= slots[Self.place(current + step)]
      if left + amount <= bound { return (current + step) * slotLength }
    }
    return time + limit.interval
  }
}

/// What a venue counts by the address that it is asked from, and its ban of that address, for all budgets of
/// one host. One thread.
public final class AddressLimits {
  private var windows: [RateWindow] = []
  /// Until when the venue has shut the address out, by its clock; `.min` when it has not.
  public private(set) var bannedUntil: Timestamp = .min

  public init() {}

  /// The venue refuses everything from this address until `time`.
  func ban(until time: Timestamp) { bannedUntil = max(bannedUntil, time) }

  /// The one of a limit; two of the same kind, number and interval are one.
  func window(_ limit: RateLimit, reserve: Int) -> RateWindow {
    if let known = windows.first(where: { $0.limit == limit }) { return known }
    let window = RateWindow(limit, reserve: reserve)
    windows.append(window)
    return window
  }
}
