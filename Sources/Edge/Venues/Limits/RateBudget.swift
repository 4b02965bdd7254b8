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
/// clock, and go on counting where that is set back; sliding ones go by the monotonic clock, are kept in 64
/// slots, and count a slot until all of it is out of the interval, so never too little.
public struct RateBudget: ~Copyable {
  private let windows: [RateWindow]
  /// What the venue counts by address, and its ban of the address.
  public let address: AddressLimits
  /// How far the venue's clock is ahead of ours, as far as it is known, ns.
  public var clockOffset: Int64 = 0
  /// Until when the venue has shut this key out, by its clock; `.min` when it has not.
  public private(set) var keyBannedUntil: Timestamp = .min
  /// Until when the venue takes no new orders, by its clock; `.min` when it does.
  public private(set) var entryShutUntil: Timestamp = .min

  /// - Parameters:
  ///   - reserve: hundredths of every limit that only urgent requests may use, 0 to 99.
  ///   - address: what is counted by address, shared with the other keys and products behind the same host.
  public init(
    _ limits: [RateLimit], reserve: Int = 10, address: AddressLimits = AddressLimits()
  ) {
    precondition((0...99).contains(reserve), "a reserve is 0 to 99 hundredths")
    self.address = address
    windows = limits.map { limit in
      precondition(limit.limit > 0 && limit.interval >= 64, "a limit allows something in some time")
      if limit.scope == .address { return address.window(limit, reserve: reserve) }
      return RateWindow(limit, reserve: reserve)
    }
  }

  /// Until when the venue has shut us out, the key or the address, by its clock; `.min` when it has not.
  public var bannedUntil: Timestamp { max(keyBannedUntil, address.bannedUntil) }

  /// The venue's time, ns since the epoch.
  public func venueTime(at now: SessionTime) -> Timestamp { now.wall &+ clockOffset }

  /// Takes what a request costs; nothing is taken where it must wait. O(number of limits).
  public mutating func take(_ cost: RequestCost, at now: SessionTime) throws(RateRefusal) {
    let time = venueTime(at: now)
    let bannedUntil = bannedUntil
    if time < bannedUntil { throw RateRefusal(kind: .requests, retryAt: bannedUntil) }
    if cost.orders > 0, time < entryShutUntil {
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
    for index in windows.indices {
      windows[index].add(Self.amount(cost, windows[index].limit.kind))
    }
  }

  /// Takes a new WebSocket connection. O(number of limits).
  public mutating func takeConnection(at now: SessionTime) throws(RateRefusal) {
    for index in windows.indices where windows[index].limit.kind == .connections {
      roll(index, now)
      let bound = windows[index].limit.limit
      if windows[index].used >= bound {
        throw RateRefusal(kind: .connections, retryAt: freeAt(index, 1, bound, now))
      }
    }
    for index in windows.indices where windows[index].limit.kind == .connections {
      windows[index].add(1)
    }
  }

  /// Counts what was sent whatever the limits say. O(number of limits).
  public mutating func count(_ cost: RequestCost, at now: SessionTime) {
    for index in windows.indices where windows[index].limit.kind != .connections {
      roll(index, now)
      windows[index].add(Self.amount(cost, windows[index].limit.kind))
    }
  }

  /// Takes over the venue's own count of a limit, found by its kind and interval; a count below ours
  /// is late news and left alone, and so is one that may be of the interval before: at the begin of one, answers
  /// come that were given earlier.
  ///
  /// - Parameter time: by the venue's clock.
  public mutating func observe(
    _ kind: RateLimitKind, interval: Timestamp, used: Int, at time: Timestamp
  ) {
    // More than any limit is as good as a number from outside that sums could not take.
    let used = min(used, 1 << 40)
    for index in windows.indices
    where windows[index].limit.kind == kind && windows[index].limit.interval == interval {
      // A sliding one was rolled when the question was sent.
      if windows[index].limit.isAligned {
        windows[index].align(to: time)
        if windows[index].mayBeOfTheLast(at: time) { continue }
      }
      if used > windows[index].used {
        windows[index].add(used - windows[index].used)
      }
    }
  }

  /// The venue refuses everything until `time`: of this key, or from our address, which closes all budgets
  /// that share its `AddressLimits`. Cancels are refused as well, so that nothing of the reserve is used.
  public mutating func ban(until time: Timestamp, by scope: RateLimitScope) {
    switch scope {
    case .key: keyBannedUntil = max(keyBannedUntil, time)
    case .address: address.ban(until: time)
    }
  }

  /// The venue takes no new orders until `time`; cancels and questions go on.
  public mutating func shutEntry(until time: Timestamp) {
    entryShutUntil = max(entryShutUntil, time)
  }

  /// What ordinary requests may still use of a limit now; nil for a limit the venue has not.
  public mutating func left(
    _ kind: RateLimitKind, interval: Timestamp, at now: SessionTime
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

  private func roll(_ index: Int, _ now: SessionTime) {
    if windows[index].limit.isAligned {
      windows[index].align(to: venueTime(at: now))
    } else {
      windows[index].slide(to: now.monotonic)
    }
  }

  /// When `amount` more fits under `bound`, by the venue's clock; for more than the bound ever allows, a whole
  /// interval on.
  private func freeAt(
    _ index: Int, _ amount: Int, _ bound: Int, _ now: SessionTime
  ) -> Timestamp {
    if windows[index].limit.isAligned { return windows[index].intervalEnd }
    let pause = windows[index].freeAt(amount, bound, now.monotonic) - now.monotonic
    return venueTime(at: now) + pause
  }
}
