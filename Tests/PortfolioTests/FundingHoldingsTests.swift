import Testing
import TradingModel

@testable import Portfolio

/// Positions and what was held at funding times, as the core moves them: a fill reaches its time first,
/// is booked, and is added.
private final class Account {
  var positions = PositionTable(strategyCapacity: 3, listingCapacity: 2, currencyCapacity: 2)
  var holdings = FundingHoldings(strategyCapacity: 3, listingCapacity: 2)
  let contracts = [listing(.linear, index: 0), listing(.linear, index: 1)]

  /// Changes a strategy's position at a venue's time.
  func trade(
    _ change: Int64, _ strategy: StrategyIndex = 0, at time: Timestamp, listing: ListingIndex = 0
  ) throws {
    holdings.reach(time, listing: listing, positions: positions)
    _ = try positions.apply(
      fill: fill(
        change > 0 ? .buy : .sell, Int64(change.magnitude), at: 100, strategy: strategy),
      listing: contracts[Int(listing)])
    holdings.add(Int128(change), strategy: strategy, listing: listing, at: time)
  }

  func announce(_ next: Timestamp, now: Timestamp = 0, listing: ListingIndex = 0) {
    holdings.announce(next: next, listing: listing, now: now, positions: positions)
  }

  func covers(_ time: Timestamp, listing: ListingIndex = 0) -> Bool {
    holdings.reach(paymentAt: time, listing: listing, positions: positions)
    return holdings.covers(paymentAt: time, listing: listing)
  }

  func kept(_ listing: ListingIndex = 0) -> [Int128] {
    (0..<3).map { holdings.quantity(strategy: $0, listing: listing) }
  }

  func keptTime(_ listing: ListingIndex = 0) -> Timestamp? { holdings.keptTime(listing: listing) }

  var hash: UInt64 {
    var hash = RecordHash()
    holdings.hash(into: &hash)
    return hash.value
  }
}

private let second: Int64 = 1_000_000_000
private let hour = 3_600 * second
private let eight = 8 * hour

@Suite struct FundingHoldingsTests {
  @Test func theFirstFillFromTheFundingTimeOnKeepsWhatWasHeldBeforeIt() throws {
    let account = Account()
    account.announce(eight)
    try account.trade(1_000, 0, at: eight - 1)
    #expect(account.keptTime() == nil)
    try account.trade(-999, 1, at: eight)
    #expect(account.keptTime() == eight && account.kept() == [1_000, 0, 0])
    try account.trade(5, 0, at: eight + 1)
    #expect(account.kept() == [1_000, 0, 0])
    #expect(account.covers(eight + second) && account.kept() == [1_000, 0, 0])
  }

  @Test func aLaterAnnouncementShowsThatTheTimeHasCome() throws {
    let account = Account()
    account.announce(eight)
    account.announce(eight)
    try account.trade(7, 2, at: 1)
    #expect(account.keptTime() == nil)
    account.announce(2 * eight)
    #expect(account.keptTime() == eight && account.kept() == [0, 0, 7])
    // Kept by a fill already: what came after that is not of that time.
    try account.trade(1, 1, at: 2 * eight)
    account.announce(3 * eight)
    #expect(account.keptTime() == 2 * eight && account.kept() == [0, 0, 7])
  }

  @Test func aPaymentShowsThatTheTimeHasCome() throws {
    let account = Account()
    try account.trade(3, at: 1)
    #expect(!account.covers(eight))
    account.announce(eight)
    #expect(!account.covers(eight - second) && account.keptTime() == nil)
    #expect(account.covers(eight - second + 1) && account.keptTime() == eight)
    #expect(account.kept() == [3, 0, 0])
  }

  @Test func aPaymentBelongsToTheHourFromTheFundingTimeOn() throws {
    let account = Account()
    account.announce(eight)
    account.announce(2 * eight)
    let cases: [(Timestamp, Bool)] = [
      (eight - second, false), (eight - second + 1, true), (eight, true), (eight + 1, true),
      (eight + hour - 1, true), (eight + hour, false), (1, false), (-1, false), (.min, false),
      (2 * eight - second, false),
    ]
    for (time, expected) in cases { #expect(account.covers(time) == expected, "\(time)") }
    #expect(account.keptTime() == eight)
    #expect(account.covers(2 * eight) && account.keptTime() == 2 * eight)
    #expect(!account.covers(eight), "what was held then is forgotten")
  }

  @Test func aFillFromBeforeThatComesLateChangesBoth() throws {
    let account = Account()
    account.announce(eight)
    try account.trade(10, 0, at: 1)
    account.announce(2 * eight)
    try account.trade(-4, 0, at: eight - 1)
    try account.trade(6, 1, at: eight - 1)
    try account.trade(100, 2, at: eight)
    #expect(account.kept() == [6, 6, 0])
    #expect(account.positions.totalQuantity(listing: 0) == 112)
    // Of another contract: nothing is kept.
    try account.trade(5, 0, at: 1, listing: 1)
    #expect(account.kept(1) == [0, 0, 0] && account.keptTime(1) == nil)
  }

  @Test func anEarlierAnnouncementIsAChangeOfPlanOrLate() throws {
    let account = Account()
    account.announce(2 * eight, now: 10)
    // An interval became shorter.
    account.announce(eight, now: 10)
    #expect(account.keptTime() == nil)
    try account.trade(1, at: eight)
    #expect(account.keptTime() == eight && account.kept() == [0, 0, 0])
    account.announce(2 * eight, now: eight)
    // Late: that time has been.
    account.announce(eight, now: eight)
    try account.trade(1, at: 2 * eight)
    #expect(account.keptTime() == 2 * eight && account.kept() == [1, 0, 0])
    // The next time once more before the venue's line goes over to the one behind it: kept already.
    account.announce(3 * eight, now: 2 * eight - 2)
    account.announce(2 * eight, now: 2 * eight - 1)
    try account.trade(1, at: 2 * eight)
    account.announce(3 * eight, now: 2 * eight)
    #expect(account.keptTime() == 2 * eight && account.kept() == [1, 0, 0])
  }

  /// No time of a record may stop the process, or keep the true times from counting afterwards.
  @Test func timesAtTheEdgesAreTaken() throws {
    let edges: [Timestamp] = [
      .min, .min + 1, -1, 0, 1, second, second + 1, eight, .max - hour, .max - second, .max - 1,
      .max,
    ]
    for first in edges {
      for next in edges {
        for time in edges {
          let account = Account()
          account.announce(first, now: time)
          account.announce(next, now: time)
          try account.trade(1, at: time)
          _ = account.covers(time)
          _ = account.covers(first)
          try account.trade(-1, 1, at: first)
          _ = account.hash
        }
      }
    }
    let account = Account()
    for wrong in [0, -1, .min, .max] as [Timestamp] { account.announce(wrong) }
    #expect(account.hash == Account().hash)
    account.announce(.max - 1)
    account.announce(eight, now: 1)
    try account.trade(9, at: eight - 1)
    #expect(account.covers(eight) && account.keptTime() == eight && account.kept() == [9, 0, 0])
    #expect(!account.covers(.max))
  }

  @Test func positionsAtTheEdgesAreKept() throws {
    let account = Account()
    account.announce(eight)
    try account.trade(.max, 0, at: 1)
    account.announce(2 * eight)
    try account.trade(-.max, 0, at: eight)
    try account.trade(.max, 0, at: 1)
    #expect(account.kept() == [2 * Int128(Int64.max), 0, 0])
    var division = account.holdings.divide(funding: Money(amount: -7), listing: 0)
    #expect(division.isPossible && division.isOneSided)
    #expect(division.part(of: 2 * Int128(Int64.max)).amount == -7)
  }

  @Test func everyPartOfTheStateIsInTheHash() throws {
    var hashes: Set<UInt64> = [Account().hash]
    func add(_ change: (Account) throws -> Void) rethrows {
      let account = Account()
      try change(account)
      #expect(hashes.insert(account.hash).inserted)
    }
    add { $0.announce(eight) }
    add { $0.announce(eight, listing: 1) }
    add { $0.announce(2 * eight) }
    add {
      $0.announce(eight)
      $0.announce(2 * eight)
    }
    try add {
      $0.announce(eight)
      try $0.trade(1, 0, at: eight)
    }
    try add {
      try $0.trade(1, 0, at: 1)
      $0.announce(eight)
      $0.announce(2 * eight)
    }
    try add {
      try $0.trade(1, 1, at: 1)
      $0.announce(eight)
      $0.announce(2 * eight)
    }
    // Only of the listings that a funding time is known of.
    let other = Account()
    try other.trade(1, at: 5)
    #expect(other.hash == Account().hash)
  }

  /// Fills, payments and announcements in any order and as late as they like, against the plain words:
  /// what a strategy held at a time is the sum of its fills before it.
  @Test(arguments: UInt64(0)..<100)
  func keptIsTheSumOfTheFillsBefore(seed: UInt64) throws {
    var chance = Chance(seed)
    let account = Account()
    var now: Timestamp = hour
    var fills: [(time: Timestamp, strategy: StrategyIndex, change: Int64)] = []
    var next: Timestamp?
    var passed: Timestamp?
    var keptPayments = 0
    for _ in 0..<250 {
      now += chance.int(0...hour / 3)
      // What is told happened up to ten hours ago.
      let time = now - chance.int(0...3) * chance.int(0...hour * 3)
      switch chance.int(0...9) {
      case 0...5:
        let change = chance.int(1...1_000) * (chance.bool() ? 1 : -1)
        let strategy = StrategyIndex(chance.int(0...2))
        if let next, time >= next { passed = next }
        fills.append((time, strategy, change))
        try account.trade(change, strategy, at: time)
      case 6, 7:
        // The next whole hours, once in a while far ahead, once in a while one that has been.
        let told =
          (now / hour + chance.int(chance.int(0...9) == 0 ? -2...40 : 1...8)) * hour
        // Nobody who hears it first after the fact can know what was held.
        if next == nil, told <= now { continue }
        if let before = next, told > before { passed = before }
        if next == nil || told > next! || told > now { next = told }
        account.announce(told, now: now)
      default:
        if let next, time > next - second { passed = next }
        let expected = passed.map { time > $0 - second && time < $0 + hour } ?? false
        #expect(account.covers(time) == expected, "seed \(seed), \(time)")
        if expected { keptPayments += 1 }
      }
      #expect(account.keptTime() == passed, "seed \(seed)")
      guard let passed else { continue }
      var sums: [Int128] = [0, 0, 0]
      for fill in fills where fill.time < passed {
        sums[Int(fill.strategy)] += Int128(fill.change)
      }
      #expect(account.kept() == sums, "seed \(seed)")
    }
    #expect(passed != nil && keptPayments > 0, "seed \(seed)")
  }
}
