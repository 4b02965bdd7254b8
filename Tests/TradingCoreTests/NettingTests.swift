import Portfolio
import Testing
import TradingModel

@testable import TradingCore

/// Several strategies on one contract: the venue nets their fills into one position, and the balance
/// moves by what that one realises.
@Suite struct NettingTests {
  /// Strategy 1 is long 1 from 100, strategy 2 sells 1 at 110: the venue has realised 10 and holds nothing.
  @Test func oppositeStrategiesAreOnePosition() throws {
    let netted = try NettedDesk()
    let start = netted.total(0)
    try netted.fill(0, 1, .buy, 1_000, at: 10_000)
    check(netted.total(0) == start)
    let led = try netted.fill(0, 2, .sell, 1_000, at: 11_000)
    let ten = Money(Decimal(units: 10))
    check(netted.total(0) == start + ten.amount && netted.isEqual)
    check(netted.desk.core.netPosition(1) == NetPosition(realised: ten))
    // The strategies stand as they did, each for itself.
    check(led.fills.map(\.realizedPnL) == [.zero] && led.fills.map(\.positionAfter) == [-1_000])
    for (strategy, quantity) in [(1, 1_000), (2, -1_000)] as [(StrategyIndex, Int64)] {
      let position = netted.desk.core.position(strategy: strategy, listing: 1)
      check(position.quantity == quantity && position.realised == .zero)
    }
    // At another price: each realises a part, the venue nothing more.
    try netted.fill(0, 1, .sell, 1_000, at: 10_500)
    let last = try netted.fill(0, 2, .buy, 1_000, at: 10_500)
    check(last.fills.map(\.realizedPnL) == [Money(Decimal(units: 5))])
    check(netted.total(0) == start + ten.amount && netted.isEqual)
    check(netted.realizedByStrategies(0) == ten.amount)
  }

  @Test(arguments: UInt64(0)..<60)
  func balancesFollowTheVenuesPosition(seed: UInt64) throws {
    let netted = try NettedDesk()
    var dice = Dice(seed)
    var (unlike, undone) = (0, 0)
    for step in 0..<250 {
      try Self.step(netted, &dice, strategies: 0...2, &undone)
      guard netted.isEqual else {
        Issue.record("seed \(seed), step \(step): the balance is not the venue's")
        return
      }
      for contract in 0..<2
      where netted.realizedByStrategies(contract) != netted.venue[contract].realized {
        unlike += 1
      }
    }
    // Else nothing was shown.
    check(unlike > 50 && undone > 10, "seed \(seed): \(unlike) unlike, \(undone) undone")
    try Self.close(netted, &dice)
    for contract in 0..<2 {
      check(
        netted.realizedByStrategies(contract) == netted.venue[contract].realized
          && netted.venue[contract].quantity == 0 && netted.isEqual, "seed \(seed), \(contract)")
    }
  }

  /// With one strategy the balance is what it was: moved by that strategy's own profit and fees.
  @Test(arguments: UInt64(0)..<20)
  func oneStrategyIsTheAccount(seed: UInt64) throws {
    let netted = try NettedDesk()
    let start = (0..<2).map(netted.total)
    var dice = Dice(seed)
    var undone = 0
    for step in 0..<250 {
      try Self.step(netted, &dice, strategies: 1...1, &undone)
      for contract in 0..<2 {
        let listing = NettedDesk.listings[contract].index
        let position = netted.desk.core.position(strategy: 1, listing: listing)
        let earned = position.realised - position.fees
        check(
          netted.total(contract) == start[contract] + earned.amount
            && netted.desk.core.netPosition(listing)
              == NetPosition(
                quantity: position.quantity, openCost: position.openCost,
                realised: position.realised),
          "seed \(seed), step \(step)")
      }
    }
    check(undone > 10)
  }

  /// A fill, one that nobody knows, one told again, one that is undone, or one that is corrected.
  private static func step(
    _ netted: NettedDesk, _ dice: inout Dice, strategies: ClosedRange<Int64>, _ undone: inout Int
  ) throws {
    let quantity = dice.once(in: 12) ? dice.within(1...500_000) : dice.within(1...900)
    let price = dice.within(7_001...13_007)
    let fee = Int128(dice.within(-9_000...70_000)) * 1_000_007
    let place = netted.told.isEmpty ? 0 : dice.below(netted.told.count)
    switch netted.told.isEmpty ? 0 : dice.below(12) {
    case 9:
      undone += netted.told[place].isBusted ? 0 : 1
      try netted.bust(place)
    case 10:
      undone += netted.told[place].isBusted ? 0 : 1
      try netted.correct(place, quantity, at: price, fee: fee)
    case 11: try netted.repeat(place)
    case let choice:
      let isStray = choice == 8 && strategies.count > 1
      try netted.fill(
        dice.below(2), isStray ? nil : StrategyIndex(dice.within(strategies)),
        dice.once(in: 2) ? .buy : .sell, quantity, at: price, fee: fee)
    }
  }

  /// Every strategy closes what it holds.
  private static func close(_ netted: NettedDesk, _ dice: inout Dice) throws {
    for contract in 0..<2 {
      for strategy in 0..<3 as Range<StrategyIndex> {
        let held = netted.desk.core.position(
          strategy: strategy, listing: NettedDesk.listings[contract].index
        ).quantity
        guard held != 0 else { continue }
        try netted.fill(
          contract, strategy, held > 0 ? .sell : .buy, Int64(held.magnitude),
          at: dice.within(8_000...12_000))
      }
    }
  }

  /// What the account's position cannot take, the strategy's does not take either; and the other way.
  @Test func nothingIsHalfBooked() throws {
    let netted = try NettedDesk()
    try netted.fill(0, 1, .buy, 1_000, at: 10_000)
    let core = netted.desk
    func books() -> (Position, NetPosition, Int128) {
      (
        core.core.position(strategy: 1, listing: 1), core.core.netPosition(1), netted.total(0)
      )
    }
    core.core.netPositions[1].openCost = Money(amount: .max)
    let full = books()
    let led = try netted.fill(0, 1, .buy, 1_000, at: 10_000)
    check(led.news(.valueOverflow) == 1 && led.fills.map(\.realizedPnL) == [.zero])
    check(led.alerts.first { $0.kind == .valueOverflow }?.strategy == 1)
    check(books() == full)
    // The strategy's fees overflow: the account has room, and takes nothing.
    core.core.netPositions[1].openCost = Money(Decimal(units: 100))
    try netted.fill(0, 1, .sell, 1, at: 10_000, fee: .max)
    let before = books()
    let refused = try netted.fill(0, 1, .sell, 1_000, at: 12_000, fee: .max)
    check(refused.news(.valueOverflow) == 1 && books() == before)
    // And goes on.
    check(try netted.fill(0, 2, .sell, 999, at: 12_000).news(.valueOverflow) == 0)
    check(core.core.netPosition(1).quantity == 0 && core.core.netPosition(1).openCost == .zero)
  }

  /// Spot has balances, not positions, at a venue.
  @Test func spotIsNotNetted() throws {
    let desk = try Desk(strategies: [])
    let order = try desk.submit(.buy, 100, at: 9_999, listing: 0)
    try desk.tell(desk.report(.fill, order, trade: 1, quantity: 100, cumulative: 100))
    check(desk.core.position(listing: 0).quantity == 100)
    check(desk.core.netPosition(0) == NetPosition() && desk.core.netPosition(99) == NetPosition())
  }
}
