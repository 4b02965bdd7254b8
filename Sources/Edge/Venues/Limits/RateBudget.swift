import TradingModel

/// What a request costs of each limit.
public struct RequestCost: Equatable, BitwiseCopyable, Sendable {
  public var weight: Int
  /// New orders it enters.
  public var orders: Int
  /// Cancels and what protects an account may use the reserve.
  public var isUrgent: Bool

  public init(weight: Int, orders: Int = 0, isUrgent: Bool = false) {
    self.weight = weight
    self.orders = orders
    self.isUrgent = isUrgent
  }
}

/// Why a request must wait, and until when.
public struct RateRefusal: Error, Equatable, Sendable {
  public var kind: RateLimitKind
  /// The earliest time at which the same request may be asked for again.
  public var retryAt: Timestamp
}

/// The rate limits of one key (or address) at one venue, shared by everything that uses it.
///
/// It counts what we send, takes over the venue's own counts where headers tell them and are higher
/// (somebody else may use the key), keeps a share of every limit back for cancels, and is shut while
/// the venue's ban lasts. Pure: time is an input. Aligned limits count full intervals of the venue's
/// clock; sliding ones are kept in 64 slots, and count a slot until all of it is out of the interval,
/// so never too little.
public struct RateBudget: ~Copyable {
  private static let slotCount = RateWindow.slotCount
  private let windows: [RateWindow]
  /// Until when the venue has shut us out; `.min` when it has not.
  public private(set) var bannedUntil: Timestamp = .min
  /// Until when the venue takes no new orders; `.min` when it does.
  public private(set) var entryShutUntil: Timestamp = .min

  /// - Parameters:
  ///   - reserve: hundredths of every limit that only urgent requests may use, 0 to 99.
  ///   - address: what is counted by address, shared with other keys; nil where nobody else asks from there.
  public init(_ limits: [RateLimit], reserve: Int = 10, address: AddressLimits? = nil) {
    precondition((0...99).contains(reserve), "a reserve is 0 to 99 hundredths")
    windows = limits.map { limit in
      precondition(limit.limit > 0 && limit.interval >= 64, "a limit allows something in some time")
      if limit.scope == .address, let address { return address.window(limit, reserve: reserve) }
      return RateWindow(limit, reserve: reserve)
    }
  }

  /// Takes what a request costs; nothing is taken where it must wait. O(number of limits).
  ///
  /// - Parameter now: by the venue's clock, as aligned limits follow that.
  public mutating func take(_ cost: RequestCost, at now: Timestamp) throws(RateRefusal) {
    if now < bannedUntil { throw RateRefusal(kind: .requests, retryAt: bannedUntil) }
    if cost.orders > 0, now < entryShutUntil {
      throw RateRefusal(kind: .orders, retryAt: entryShutUntil)
    }
    for index in windows.indices where windows[index].limit.kind != .connections {
      roll(index, now)
      let amount = Self.amount(cost, windows[index].limit.kind)
      let bound = cost.isUrgent ? windows[index].limit.limit : windows[index].ordinaryMax
      if amount > 0 && windows[index].used + amount > bound {
        throw RateRefusal(
          kind: windows[index].limit.kind, retryAt: freeAt(index, amount, bound, now))
      }
    }
    for index in windows.indices { add(Self.amount(cost, windows[index].limit.kind), index) }
  }

  /// Takes a new WebSocket connection. O(number of limits).
  ///
  /// - Parameter now: by our clock: connections are made before the venue's is known.
  public mutating func takeConnection(at now: Timestamp) throws(RateRefusal) {
    for index in windows.indices where windows[index].limit.kind == .connections {
      roll(index, now)
      let bound = windows[index].limit.limit
      if windows[index].used >= bound {
        throw RateRefusal(kind: .connections, retryAt: freeAt(index, 1, bound, now))
      }
    }
    for index in windows.indices where windows[index].limit.kind == .connections { add(1, index) }
  }

  /// Counts what was sent whatever the limits say. O(number of limits).
  public mutating func count(_ cost: RequestCost, at now: Timestamp) {
    for index in windows.indices where windows[index].limit.kind != .connections {
      roll(index, now)
      add(Self.amount(cost, windows[index].limit.kind), index)
    }
  }

  /// Takes over the venue's own count of a limit, found by its kind and interval; a count below ours
  /// is late news and left alone.
  public mutating func observe(
    _ kind: RateLimitKind, interval: Timestamp, used: Int, at now: Timestamp
  ) {
    for index in windows.indices
    where windows[index].limit.kind == kind && windows[index].limit.interval == interval {
      roll(index, now)
      if used > windows[index].used { add(used - windows[index].used, index) }
    }
  }

  /// The venue refuses everything until `time` (HTTP 418 and 429 with Retry-After).
  public mutating func ban(until time: Timestamp) { bannedUntil = max(bannedUntil, time) }

  /// The venue takes no new orders until `time`; cancels and questions go on.
  public mutating func shutEntry(until time: Timestamp) {
    entryShutUntil = max(entryShutUntil, time)
  }

  /// What ordinary requests may still use of a limit now; nil for a limit the venue has not.
  public mutating func left(
    _ kind: RateLimitKind, interval: Timestamp, at now: Timestamp
  ) -> Int? {
    for index in windows.indices
    where windows[index].limit.kind == kind && windows[index].limit.interval == interval {
      roll(index, now)
      return max(0, windows[index].ordinaryMax - windows[index].used)
    }
    return nil
  }

  private static func amount(_ cost: RequestCost, _ kind: RateLimitKind) -> Int {
    switch kind {
    case .weight: cost.weight
    case .orders: cost.orders
    case .requests, .messages: 1
    case .connections: 0
    }
  }

  private static func floorDivide(_ a: Timestamp, _ b: Timestamp) -> Timestamp {
    let quotient = a / b
    return a % b < 0 ? quotient - 1 : quotient
  }

  private func slotLength(_ index: Int) -> Timestamp {
    (windows[index].limit.interval + Timestamp(Self.slotCount) - 2) / Timestamp(Self.slotCount - 1)
  }

  /// Forgets what is no longer within the interval that ends now. A clock that goes back forgets nothing.
  private mutating func roll(_ index: Int, _ now: Timestamp) {
    if windows[index].limit.isAligned {
      let current = Self.floorDivide(now, windows[index].limit.interval)
      if current > windows[index].current {
        windows[index].current = current
        windows[index].used = 0
      }
      return
    }
    let slot = Self.floorDivide(now, slotLength(index))
    if windows[index].current == .min { windows[index].current = slot }
    let count = Timestamp(Self.slotCount)
    let passed = min(slot - windows[index].current, count)
    if passed <= 0 { return }
    for step in 1...passed {
      let place = Self.place(windows[index].current + step)
      windows[index].used -= windows[index].slots[place]
      windows[index].slots[place] = 0
    }
    windows[index].current = slot
  }

  private static func place(_ slot: Timestamp) -> Int {
    Int(slot - floorDivide(slot, Timestamp(slotCount)) * Timestamp(slotCount))
  }

  private mutating func add(_ amount: Int, _ index: Int) {
    if amount <= 0 { return }
    windows[index].used += amount
    if !windows[index].limit.isAligned {
      windows[index].slots[Self.place(windows[index].current)] += amount
    }
  }

  /// When `amount` more fits under `bound`; for more than the bound ever allows, a whole interval on.
  private func freeAt(
    _ index: Int, _ amount: Int, _ bound: Int, _ now: Timestamp
  ) -> Timestamp {
    let window = windows[index]
    if window.limit.isAligned { return (window.current + 1) * window.limit.interval }
    var left = window.used
    for step in 1...Timestamp(Self.slotCount) {
      left -= window.slots[Self.place(window.current + step)]
      if left + amount <= bound { return (window.current + step) * slotLength(index) }
    }
    return now + window.limit.interval
  }
}
