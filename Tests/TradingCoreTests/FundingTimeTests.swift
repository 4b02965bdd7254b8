import Testing
import TradingModel

@testable import TradingCore

/// A payment belongs to those who held the contract at its funding time, whenever it is told.
@Suite struct FundingTimeTests {
  static let hour: Int64 = 3_600_000_000_000
  static let second: Int64 = 1_000_000_000
  /// The funding time of these tests, and the next.
  static let eight = 8 * hour
  static let sixteen = 16 * hour

  /// A desk to which fills, announcements and payments of the swap are told.
  final class Funded {
    let desk: Desk
    private var trades: TradeID = 0
    private var paymentCount: UInt64 = 0

    init() throws {
      desk = try Desk(strategies: [], checks: 0)
      desk.now = FundingTimeTests.second
    }

    /// A strategy's order is filled; the venue says when. Returns its trade, for a bust.
    @discardableResult
    func fill(
      _ change: Int64, _ strategy: StrategyIndex, at time: Timestamp
    ) throws -> (order: OrderID, trade: TradeID) {
      let side: Side = change > 0 ? .buy : .sell
      let quantity = Int64(change.magnitude)
      let order = try desk.submit(side, quantity, at: 10_000, listing: 1, strategy: strategy)
      try desk.tell(desk.report(.accepted, order, version: 1))
      trades += 1
      var report = desk.report(
        .fill, order, trade: trades, price: 10_000, quantity: quantity, cumulative: quantity)
      report.venueTime = time
      try desk.tell(report)
      return (order, trades)
    }

    /// A fill of the account that no order of ours explains.
    func strayFill(_ change: Int64, at time: Timestamp) throws {
      trades += 1
      try desk.tell(
        VenueReport(
          kind: .fill, listing: 1, venue: 1, side: change > 0 ? .buy : .sell, feeCurrency: 1,
          orderID: 1 << 40, tradeID: trades, lastPrice: 10_000,
          lastQuantity: Int64(change.magnitude), venueTime: time))
    }

    func announce(_ next: Timestamp) throws {
      desk.now += 1_000
      try desk.apply(
        Input.contract(
          ContractUpdate(listing: 1, venueTime: desk.now, nextFundingTime: next), desk.now))
    }

    /// What each strategy gets of a payment, by strategy.
    func pay(_ amount: Int128, at time: Timestamp) throws -> [StrategyIndex: Int128] {
      paymentCount += 1
      desk.now += 1_000
      let led = try desk.apply(
        Input.funding(FundingTests.payment(paymentCount, amount, at: time), desk.now))
      check(led.alerts.isEmpty)
      check(led.funding.reduce(0) { $0 + $1.amount.amount } == amount)
      return Dictionary(uniqueKeysWithValues: led.funding.map { ($0.strategy, $0.amount.amount) })
    }
  }

  /// At the funding time one strategy was long and alone. When the payment is told, another has sold nearly
  /// as much: by what is held now, it would be 10,000 paid and 9,990 received for a payment of 10.
  @Test(arguments: [0, 1, 2])
  func whoCameLaterGetsNothing(evidence: Int) throws {
    let funded = try Funded()
    try funded.announce(Self.eight)
    try funded.fill(1_000, 1, at: Self.eight - 1)
    if evidence == 1 { try funded.announce(Self.sixteen) }
    if evidence == 2 { check(try funded.pay(-10, at: Self.eight) == [1: -10]) }
    try funded.fill(-999, 2, at: Self.eight + (evidence == 0 ? 0 : Self.second))
    check(try funded.pay(-10, at: Self.eight + 5 * Self.second) == [1: -10])
    // After a reconnect, cut to a whole second that is before the funding time.
    check(try funded.pay(-10, at: Self.eight - Self.second + 1) == [1: -10])
    let position = funded.desk.core.position(strategy: 2, listing: 1)
    check(position.quantity == -999 && position.funding == .zero)
  }

  @Test func whoHeldBothSidesThenShares() throws {
    let funded = try Funded()
    try funded.announce(Self.eight)
    try funded.fill(1_000, 1, at: 1)
    try funded.fill(-900, 2, at: 1)
    try funded.announce(Self.sixteen)
    // Both are out of it when they are told.
    try funded.fill(-1_000, 1, at: Self.eight)
    try funded.fill(900, 2, at: Self.eight)
    check(try funded.pay(-10, at: Self.eight) == [1: -100, 2: 90])
    check(funded.desk.core.position(listing: 1).quantity == 0)
  }

  @Test func lateFillsAndBustsChangeWhatWasHeld() throws {
    let funded = try Funded()
    try funded.announce(Self.eight)
    try funded.fill(300, 1, at: 1)
    let (order, trade) = try funded.fill(100, 2, at: 2)
    try funded.announce(Self.sixteen)
    try funded.fill(600, 1, at: Self.eight + 1)
    check(try funded.pay(-8, at: Self.eight) == [1: -6, 2: -2])
    // From before, told later; one without order is of the house.
    try funded.fill(100, 2, at: Self.eight - 1)
    try funded.strayFill(300, at: Self.eight - 1)
    check(try funded.pay(-8, at: Self.eight) == [0: -3, 1: -3, 2: -2])
    // Undone before the funding time by the venue's clock.
    var bust = funded.desk.report(.tradeBusted, order, trade: trade)
    bust.venueTime = Self.eight - 1
    try funded.desk.tell(bust)
    check(try funded.pay(-7, at: Self.eight) == [0: -3, 1: -3, 2: -1])
    check(funded.desk.core.holdings.quantity(strategy: 2, listing: 1) == 100)
    check(funded.desk.core.position(strategy: 2, listing: 1).quantity == 100)
  }

  /// A bust after the funding time: who held it then paid for it.
  @Test func aBustAfterTheFundingTimeChangesNothingOfIt() throws {
    let funded = try Funded()
    try funded.announce(Self.eight)
    let (order, trade) = try funded.fill(100, 2, at: 2)
    var bust = funded.desk.report(.tradeBusted, order, trade: trade)
    bust.venueTime = Self.eight
    try funded.desk.tell(bust)
    check(funded.desk.core.position(listing: 1).quantity == 0)
    check(try funded.pay(-8, at: Self.eight) == [2: -8])
  }

  /// Where the funding time is not known, who holds it now has it, if all stand on one side.
  @Test func withoutAFundingTimeOnlyOneSideShares() throws {
    let funded = try Funded()
    try funded.fill(300, 1, at: 1)
    try funded.fill(100, 2, at: 1)
    check(try funded.pay(-8, at: Self.eight) == [1: -6, 2: -2])
    try funded.announce(Self.eight)
    try funded.announce(Self.sixteen)
    // Of another funding time than the one that is known.
    try funded.fill(-200, 2, at: Self.eight)
    check(try funded.pay(-8, at: Self.eight) == [1: -6, 2: -2])
    check(try funded.pay(-8, at: Self.eight + Self.hour) == [0: -8])
    check(try funded.pay(-8, at: Self.eight - Self.hour) == [0: -8])
    try funded.fill(100, 2, at: Self.eight)
    check(try funded.pay(-8, at: Self.eight + Self.hour) == [1: -8])
    // Nothing was held by anybody at the funding time, whatever is now.
    let other = try Funded()
    try other.announce(Self.eight)
    try other.announce(Self.sixteen)
    try other.fill(300, 1, at: Self.eight)
    check(try other.pay(-8, at: Self.eight) == [0: -8])
  }

  /// A venue that tells no time of a fill or a payment: it is of the time it comes in.
  @Test func withoutVenueTimesTheInputsCount() throws {
    let funded = try Funded()
    try funded.announce(Self.eight)
    try funded.fill(300, 1, at: 0)
    check(funded.desk.core.holdings.keptTime(listing: 1) == nil)
    funded.desk.now = Self.eight
    try funded.fill(100, 2, at: 0)
    check(funded.desk.core.holdings.keptTime(listing: 1) == Self.eight)
    check(try funded.pay(-8, at: 0) == [1: -8])
    funded.desk.now = Self.sixteen
    check(try funded.pay(-8, at: 0) == [1: -6, 2: -2])
  }

  /// The next run goes on with what the one before knew.
  @Test func aRestartForgetsNothing() throws {
    let funded = try Funded()
    try funded.announce(Self.eight)
    try funded.fill(1_000, 1, at: 1)
    for record in Market.definitions(checks: 0) { try funded.desk.apply(record) }
    for venue in 0..<2 as Range<VenueIndex> { try funded.desk.open(venue) }
    try funded.desk.quote(1, 9_999, 10_001)
    funded.desk.now = Self.eight + Self.hour
    try funded.announce(Self.sixteen)
    try funded.fill(-999, 2, at: funded.desk.now)
    check(try funded.pay(-10, at: Self.eight) == [1: -10])
  }

  /// Two that differ in nothing but in what is known of the funding time that was.
  @Test func whatIsKeptIsPartOfTheStateHash() throws {
    func hash(_ first: Timestamp) throws -> UInt64 {
      let funded = try Funded()
      try funded.announce(first)
      try funded.announce(Self.sixteen)
      return funded.desk.core.stateHash()
    }
    check(try hash(Self.eight) == hash(Self.eight))
    check(try hash(Self.eight) != hash(Self.eight + 1))
  }

  /// Spot has no funding: a time told of it means nothing.
  @Test func spotIsNotFunded() throws {
    let funded = try Funded()
    try funded.desk.apply(
      Input.contract(
        ContractUpdate(listing: 0, venueTime: 1, nextFundingTime: 2), funded.desk.now))
    try funded.desk.apply(
      Input.contract(
        ContractUpdate(listing: 0, venueTime: 1, nextFundingTime: 3), funded.desk.now))
    check(funded.desk.core.holdings.keptTime(listing: 0) == nil)
  }

  /// Any fills, told as late as the lines like: each payment is divided by the sums of the fills before
  /// its funding time that were told until then.
  @Test(arguments: UInt64(0)..<40)
  func partsFollowTheFillsBeforeTheFundingTime(seed: UInt64) throws {
    var dice = Dice(seed)
    let funded = try Funded()
    var sums: [Timestamp: [StrategyIndex: Int128]] = [:]
    var waiting: [(time: Timestamp, strategy: StrategyIndex, change: Int64)] = []
    var divided = 0
    func tellFill(_ index: Int) throws {
      let fill = waiting.remove(at: index)
      try funded.fill(fill.change, fill.strategy, at: fill.time)
      for period in 1...8 as ClosedRange<Int64> where fill.time < period * Self.hour {
        sums[period, default: [:]][fill.strategy, default: 0] += Int128(fill.change)
      }
    }
    for period in 1...6 as ClosedRange<Int64> {
      let time = period * Self.hour
      try funded.announce(time)
      for step in 0..<12 {
        funded.desk.now = time - Self.hour + Int64(step + 1) * Self.hour / 13
        waiting.append(
          (
            funded.desk.now, StrategyIndex(dice.below(3)),
            dice.within(1...999) * (dice.once(in: 2) ? 1 : -1)
          ))
        while !waiting.isEmpty, !dice.once(in: 3) { try tellFill(dice.below(waiting.count)) }
        // What is of the hour before, told up to an hour after it.
        guard period > 1, step == 5 || step == 11 else { continue }
        let amount = Int128(dice.within(-1_000_000...1_000_000))
        let parts = try funded.pay(amount, at: time - Self.hour + dice.within(0...9) * Self.second)
        let held = sums[period - 1, default: [:]].filter { $0.value != 0 }
        let net = held.values.reduce(0, +)
        guard net != 0 else {
          check(parts == [0: amount], "seed \(seed)")
          continue
        }
        divided += 1
        check(Set(parts.keys) == Set(held.keys), "seed \(seed)")
        for (strategy, quantity) in held {
          let exact = amount * quantity / net
          check((parts[strategy, default: 0] - exact).magnitude <= 2, "seed \(seed)")
        }
      }
    }
    check(divided > 4, "seed \(seed)")
  }
}
