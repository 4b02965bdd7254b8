import Testing
import TradingModel

@testable import Venues

extension RateBudget {
  /// Both clocks show the same.
  fileprivate mutating func take(_ cost: RequestCost, at time: Timestamp) throws(RateRefusal) {
    try take(cost, at: SessionTime(wall: time, monotonic: time))
  }

  fileprivate mutating func count(_ cost: RequestCost, at time: Timestamp) {
    count(cost, at: SessionTime(wall: time, monotonic: time))
  }

  fileprivate mutating func takeConnection(at time: Timestamp) throws(RateRefusal) {
    try takeConnection(at: SessionTime(wall: time, monotonic: time))
  }

  fileprivate mutating func left(
    _ kind: RateLimitKind, interval: Timestamp, at time: Timestamp
  ) -> Int? {
    left(kind, interval: interval, at: SessionTime(wall: time, monotonic: time))
  }
}

@Suite struct RateBudgetTests {
  private static let second: Timestamp = 1_000_000_000
  private static let minute = 60 * second

  private func isTaken(
    _ budget: inout RateBudget, _ cost: RequestCost, _ time: Timestamp
  ) -> Bool {
    (try? budget.take(cost, at: time)) != nil
  }

  @Test func aCountThatNoSumFitsShutsTheBudgetOnly() {
    var budget = RateBudget([RateLimit(.weight, 100, per: 60_000_000_000, isAligned: false)])
    let now = SessionTime(wall: 1, monotonic: 1)
    budget.count(RequestCost(weight: 1), at: now)
    budget.observe(.weight, interval: 60_000_000_000, used: .max, at: 1)
    #expect(throws: RateRefusal.self) { try budget.take(RequestCost(weight: 1), at: now) }
    budget.count(RequestCost(weight: 1), at: now)
  }

  @Test func anAlignedLimitBeginsAnewWithTheVenuesMinute() {
    var budget = RateBudget(
      [RateLimit(.weight, 100, per: Self.minute, isAligned: true)], reserve: 0)
    let time = 1_000 * Self.minute + 59 * Self.second
    #expect(isTaken(&budget, RequestCost(weight: 100), time))
    #expect(throws: RateRefusal(kind: .weight, retryAt: 1_001 * Self.minute)) {
      try budget.take(RequestCost(weight: 1), at: time + 1)
    }
    #expect(isTaken(&budget, RequestCost(weight: 100), 1_001 * Self.minute))
  }

  @Test func theReserveIsForWhatIsUrgent() {
    var budget = RateBudget([RateLimit(.weight, 100, per: Self.minute, isAligned: true)])
    #expect(isTaken(&budget, RequestCost(weight: 90), 0))
    #expect(!isTaken(&budget, RequestCost(weight: 1), 0))
    #expect(budget.left(.weight, interval: Self.minute, at: 0) == 0)
    #expect(isTaken(&budget, RequestCost(weight: 10, isUrgent: true), 0))
    #expect(!isTaken(&budget, RequestCost(weight: 1, isUrgent: true), 0))
  }

  /// The count of an answer that was given before the interval began says nothing of this one.
  @Test func aCountOfTheLastIntervalIsNotTakenOver() {
    var budget = RateBudget(
      [RateLimit(.orders, 100, per: 10 * Self.second, isAligned: true)], reserve: 0)
    let interval = 10 * Self.second
    for after in [0, 30_000_000, 1_999_999_999] as [Timestamp] {
      budget.observe(.orders, interval: interval, used: 88, at: 7 * interval + after)
      #expect(budget.left(.orders, interval: interval, at: 7 * interval + after) == 100)
    }
    budget.observe(.orders, interval: interval, used: 40, at: 7 * interval + 2 * Self.second)
    #expect(budget.left(.orders, interval: interval, at: 7 * interval + 2 * Self.second) == 60)
  }

  @Test func nothingIsTakenOfOneLimitWhereAnotherRefuses() {
    var budget = RateBudget(
      [
        RateLimit(.weight, 100, per: Self.minute, isAligned: true),
        RateLimit(.orders, 1, per: Self.minute, isAligned: true),
      ], reserve: 0)
    #expect(isTaken(&budget, RequestCost(weight: 1, orders: 1), 0))
    #expect(!isTaken(&budget, RequestCost(weight: 1, orders: 1), 0))
    #expect(budget.left(.weight, interval: Self.minute, at: 0) == 99)
  }

  @Test func theVenuesOwnCountCountsWhereItIsHigher() {
    var budget = RateBudget(
      [RateLimit(.weight, 100, per: Self.minute, isAligned: true)], reserve: 0)
    budget.observe(.weight, interval: Self.minute, used: 60, at: 2 * Self.second)
    budget.observe(.weight, interval: Self.minute, used: 50, at: 2 * Self.second)
    #expect(budget.left(.weight, interval: Self.minute, at: 0) == 40)
    budget.observe(.weight, interval: Self.second, used: 99, at: 2 * Self.second)
    #expect(budget.left(.weight, interval: Self.minute, at: 0) == 40)
  }

  /// What was sent was sent, whatever is left.
  @Test func whatWasSentIsCountedBeyondTheLimit() {
    var budget = RateBudget(
      [
        RateLimit(.weight, 100, per: Self.minute, isAligned: true),
        RateLimit(.requests, 10, per: Self.minute, isAligned: true),
      ], reserve: 0)
    for _ in 0..<3 { budget.count(RequestCost(weight: 40), at: 0) }
    #expect(budget.left(.weight, interval: Self.minute, at: 0) == 0)
    #expect(budget.left(.requests, interval: Self.minute, at: 0) == 7)
    #expect(throws: RateRefusal.self) { try budget.take(RequestCost(weight: 1), at: 0) }
    #expect(budget.left(.weight, interval: Self.minute, at: Self.minute) == 100)
  }

  /// Two keys ask from one address; each has its own orders.
  @Test func whatIsCountedByAddressIsShared() throws {
    let limits = [
      RateLimit(.weight, 100, per: Self.minute, isAligned: true, scope: .address),
      RateLimit(.orders, 10, per: Self.minute, isAligned: true),
    ]
    let address = AddressLimits()
    var one = RateBudget(limits, reserve: 0, address: address)
    var other = RateBudget(limits, reserve: 0, address: address)
    var elsewhere = RateBudget(limits, reserve: 0, address: AddressLimits())
    try one.take(RequestCost(weight: 70, orders: 4), at: 0)
    #expect(other.left(.weight, interval: Self.minute, at: 0) == 30)
    #expect(other.left(.orders, interval: Self.minute, at: 0) == 10)
    #expect(throws: RateRefusal.self) { try other.take(RequestCost(weight: 31), at: 0) }
    try elsewhere.take(RequestCost(weight: 100), at: 0)
    other.observe(.weight, interval: Self.minute, used: 90, at: 2 * Self.second)
    #expect(one.left(.weight, interval: Self.minute, at: 0) == 10)
  }

  @Test func connectionsAreCountedByThemselves() throws {
    let limits = [
      RateLimit(.connections, 3, per: Self.second, isAligned: false, scope: .address),
      RateLimit(.requests, 1, per: Self.minute, isAligned: true),
    ]
    var budget = RateBudget(limits)
    try budget.take(RequestCost(weight: 1), at: 0)
    for _ in 0..<3 { try budget.takeConnection(at: 0) }
    #expect(throws: RateRefusal(kind: .connections, retryAt: 1_015_873_024)) {
      try budget.takeConnection(at: 0)
    }
    try budget.takeConnection(at: 1_015_873_024)
  }

  /// Clocks of venues, and ours, are set, forwards and back: sliding limits do not care, and aligned ones
  /// forget nothing at a step back and shut nothing for longer than an interval.
  @Test(arguments: [-3_600, -90, -60, -4, 4, 90] as [Int64])
  func clocksThatAreSet(seconds: Int64) throws {
    let step = seconds * Self.second
    let start = 1_000 * Self.minute + 30 * Self.second
    for isAligned in [true, false] {
      var budget = RateBudget(
        [RateLimit(.weight, 100, per: Self.minute, isAligned: isAligned)], reserve: 0)
      var now = SessionTime(wall: start, monotonic: 7 * Self.minute)
      for _ in 0..<50 {
        try budget.take(RequestCost(weight: 1), at: now)
        // What the venue's clock shows changes, as does ours.
        budget.clockOffset = budget.clockOffset == 0 ? step : 0
        now.monotonic += Self.second / 100
        now.wall += Self.second / 100
      }
      budget.clockOffset = step
      let left = budget.left(.weight, interval: Self.minute, at: now)
      if !isAligned || seconds < 0 && seconds > -60 { #expect(left == 50) }
      // Whatever happened, a whole interval later everything is free.
      now.monotonic += Self.minute + 2 * Self.second
      now.wall += Self.minute + 2 * Self.second
      let after = budget.left(.weight, interval: Self.minute, at: now)
      #expect(after == 100)
    }
  }

  @Test func whatIsUsedCountsOnWhereTheVenuesClockIsSetBack() throws {
    var budget = RateBudget(
      [RateLimit(.weight, 100, per: Self.minute, isAligned: true)], reserve: 0)
    let start = 1_000 * Self.minute + 30 * Self.second
    try budget.take(RequestCost(weight: 70), at: start)
    budget.clockOffset = -90 * Self.second
    #expect(throws: RateRefusal(kind: .weight, retryAt: 1_000 * Self.minute - Self.minute)) {
      try budget.take(RequestCost(weight: 31), at: start - 30 * Self.second)
    }
    try budget.take(RequestCost(weight: 30), at: start - 30 * Self.second)
    // The earlier interval's end is an end.
    try budget.take(RequestCost(weight: 100), at: start + 30 * Self.second)
  }

  @Test func aBanShutsEverything() {
    var budget = RateBudget([])
    #expect(isTaken(&budget, RequestCost(weight: 1), 0))
    budget.ban(until: 100, by: .key)
    budget.ban(until: 50, by: .key)
    #expect(!isTaken(&budget, RequestCost(weight: 1, isUrgent: true), 99))
    #expect(isTaken(&budget, RequestCost(weight: 1), 100))
  }

  /// A venue that shuts an address out refuses every key that asks from there, at every product of the
  /// host; one that shuts a key out refuses that one alone.
  @Test func aBanOfTheAddressShutsAllKeys() throws {
    let address = AddressLimits()
    var one = RateBudget([], address: address)
    var other = RateBudget([], address: address)
    var elsewhere = RateBudget([])
    one.ban(until: 100, by: .address)
    one.ban(until: 50, by: .address)
    #expect(throws: RateRefusal(kind: .requests, retryAt: 100)) {
      try other.take(RequestCost(weight: 1, isUrgent: true), at: 99)
    }
    #expect(one.bannedUntil == 100 && other.bannedUntil == 100)
    #expect(isTaken(&elsewhere, RequestCost(weight: 1), 99))
    #expect(isTaken(&other, RequestCost(weight: 1), 100))
    one.ban(until: 200, by: .key)
    #expect(!isTaken(&one, RequestCost(weight: 1), 150))
    #expect(isTaken(&other, RequestCost(weight: 1), 150))
    #expect(other.bannedUntil == 100 && other.keyBannedUntil == .min)
  }

  /// Cancels of one key go on in what is kept back of the address, whoever used the rest of it.
  @Test func theReserveOfAnAddressIsForTheCancelsOfAllKeys() throws {
    let limits = [RateLimit(.weight, 100, per: Self.minute, isAligned: true, scope: .address)]
    let address = AddressLimits()
    var one = RateBudget(limits, address: address)
    var other = RateBudget(limits, address: address)
    try one.take(RequestCost(weight: 90), at: 0)
    #expect(!isTaken(&other, RequestCost(weight: 1), 0))
    try other.take(RequestCost(weight: 6, isUrgent: true), at: 0)
    try one.take(RequestCost(weight: 4, isUrgent: true), at: 0)
    #expect(!isTaken(&other, RequestCost(weight: 1, isUrgent: true), 0))
  }

  /// Never more than the limit in any interval, against a list of all that was taken; and what is
  /// refused may be asked for again at the time told.
  @Test(arguments: 0..<20 as Range<UInt64>)
  func aSlidingLimitHoldsInEveryInterval(seed: UInt64) {
    var random = SystemlessRandom(seed)
    let interval = Timestamp(1_000 + random.next() % 100_000)
    let limit = 1 + Int(random.next() % 40)
    var budget = RateBudget(
      [RateLimit(.weight, limit, per: interval, isAligned: false)], reserve: 0)
    var taken: [(time: Timestamp, weight: Int)] = []
    var time: Timestamp = Timestamp(random.next() % 1_000_000) - 500_000
    for _ in 0..<2_000 {
      time += Timestamp(random.next() % UInt64(interval / 8))
      let weight = 1 + Int(random.next() % UInt64(limit))
      do {
        try budget.take(RequestCost(weight: weight), at: time)
        taken.append((time, weight))
        let sum = taken.reversed().prefix { $0.time > time - interval }
          .reduce(0) { $0 + $1.weight }
        #expect(sum <= limit, "seed \(seed)")
      } catch {
        #expect(error.retryAt > time && error.retryAt <= time + 2 * interval, "seed \(seed)")
      }
    }
    #expect(taken.count > 20)
  }

  /// A generator that tests can name by its seed.
  private struct SystemlessRandom {
    private var state: UInt64
    init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

    /// splitmix64.
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var value = state
      value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
      value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
      return value ^ (value >> 31)
    }
  }
}

@Suite struct ClockOffsetTests {
  @Test func theShortestRoundTripDecides() {
    var clock = ClockOffset()
    #expect(clock.offset == 0 && clock.uncertainty == .max)
    clock.observe(asked: 1_000_000, venueTime: 6_000_000, resolution: 0, roundTrip: 4_000_000)
    #expect(clock.offset == 3_000_000 && clock.uncertainty == 2_000_000)
    clock.observe(asked: 2_000_000, venueTime: 5_100_000, resolution: 0, roundTrip: 200_000)
    #expect(clock.offset == 3_000_000 && clock.uncertainty == 100_000)
    clock.observe(asked: 3_000_000, venueTime: 9_000_000, resolution: 0, roundTrip: 9_000_000)
    #expect(clock.offset == 3_000_000 && clock.uncertainty == 100_000)
    #expect(clock.venueTime(at: 10) == 3_000_010)
    clock.forget()
    #expect(clock.uncertainty == .max)
  }

  @Test func oldAnswersGiveWay() {
    var clock = ClockOffset()
    clock.observe(asked: 0, venueTime: 500, resolution: 0, roundTrip: 2)
    for _ in 0..<8 { clock.observe(asked: 0, venueTime: 900, resolution: 0, roundTrip: 100) }
    #expect(clock.offset == 850)
    // A clock that went back between asking and answer tells nothing.
    clock.observe(asked: 0, venueTime: 7, resolution: 0, roundTrip: -1)
    #expect(clock.offset == 850)
  }
}
