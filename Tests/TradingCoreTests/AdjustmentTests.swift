import Portfolio
import Testing
import TradingModel

@testable import TradingCore

/// Positions that a venue tells of and own fills do not explain.
@Suite struct AdjustmentTests {
  private func adjustment(
    _ policy: PositionAdjustment.Policy = .adopted, to quantity: Int64, at price: Int64,
    before: Int64 = 200, listing: ListingIndex = 1
  ) -> PositionAdjustment {
    PositionAdjustment(
      listing: listing, policy: policy, quantityBefore: before, quantity: quantity,
      entryPrice: price, venueTime: 7)
  }

  private func apply(_ told: PositionAdjustment, _ desk: Desk) throws -> Led {
    try desk.apply(told.encoded(time: desk.now))
  }

  private func value(_ price: Int64, _ quantity: Int64) -> Money {
    must(Market.swap.value(price: price, quantity: quantity))
  }

  /// Strategy 1 holds 300 and strategy 2 is short 100, all at 100.00; the account comes to hold 500 at 101.00.
  @Test func whatIsAdoptedIsOfTheAccountAndOfTheHouse() throws {
    let desk = try FundingTests.held()
    let balance = desk.core.balance(venue: 1, currency: 1)
    let led = try apply(adjustment(to: 500, at: 10_100), desk)
    check(led.alerts.isEmpty && led.fills.isEmpty && led.events.isEmpty)
    let net = desk.core.netPosition(1)
    check(net == NetPosition(quantity: 500, openCost: value(10_100, 500), realised: .zero))
    let house = desk.core.position(strategy: 0, listing: 1)
    check(house.quantity == 300)
    check(house.openCost == net.openCost - value(10_000, 200))
    check(house.realised == .zero && house.fillCount == 0 && house.boughtQuantity == 0)
    check(desk.core.position(strategy: 1, listing: 1).quantity == 300)
    check(desk.core.position(listing: 1).quantity == 500)
    check(desk.core.position(listing: 1).openCost == net.openCost)
    // The balance is the venue's own: it was told by itself.
    check(desk.core.balance(venue: 1, currency: 1) == balance)
  }

  /// Somebody closed by hand: nothing stands there, and what strategies hold is the other side of what the
  /// house account lacks.
  @Test func whatIsGoneIsOfTheHouseToo() throws {
    let desk = try FundingTests.held()
    _ = try apply(adjustment(to: 0, at: 0), desk)
    check(desk.core.netPosition(1) == NetPosition())
    check(desk.core.position(strategy: 0, listing: 1).quantity == -200)
    check(desk.core.position(strategy: 0, listing: 1).openCost == value(10_000, -200))
    check(desk.core.position(listing: 1).quantity == 0)
    // And comes again at another price: the house account is flat, and has realised the difference.
    _ = try apply(adjustment(to: 200, at: 10_050, before: 0), desk)
    let house = desk.core.position(strategy: 0, listing: 1)
    check(house.quantity == 0 && house.openCost == .zero)
    check(house.realised == value(10_000, 200) - value(10_050, 200))
    check(desk.core.netPosition(1).realised == .zero)
  }

  /// A fill that closes what was adopted realises by the price it was adopted at.
  @Test func itRealisesByTheEntryPrice() throws {
    let desk = try Desk(strategies: [])
    _ = try apply(adjustment(to: 100, at: 9_000, before: 0), desk)
    let before = desk.core.balance(venue: 1, currency: 1).total
    let order = try desk.submit(.sell, 100, at: 10_000, listing: 1, strategy: 1)
    try desk.tell(desk.report(.accepted, order, version: 1))
    try desk.tell(
      desk.report(.fill, order, trade: 1, price: 10_000, quantity: 100, cumulative: 100))
    check(desk.core.netPosition(1).quantity == 0)
    check(desk.core.netPosition(1).realised == value(1_000, 100))
    check(desk.core.balance(venue: 1, currency: 1).total == before + value(1_000, 100))
  }

  @Test func whatIsLeftChangesNothing() throws {
    let desk = try FundingTests.held()
    let (net, position) = (desk.core.netPosition(1), desk.core.position(listing: 1))
    let led = try apply(adjustment(.left, to: 900, at: 0), desk)
    check(led.alerts.isEmpty && led.requests.isEmpty)
    check(desk.core.netPosition(1) == net && desk.core.position(listing: 1) == position)
  }

  /// What is held and what was adopted divides funding together.
  @Test func theHouseGetsItsPartOfFunding() throws {
    let desk = try FundingTests.held()
    _ = try apply(adjustment(to: 800, at: 10_000), desk)
    try desk.apply(
      Input.contract(ContractUpdate(listing: 1, venueTime: 5, nextFundingTime: 8), desk.now))
    let led = try desk.apply(Input.funding(FundingTests.payment(1, -800, at: 8), desk.now))
    check(led.funding.map(\.strategy) == [0, 1, 2])
    check(led.funding.map(\.amount.amount) == [-600, -300, 100])
  }

  @Test func wrongOnesChangeNothing() throws {
    let desk = try FundingTests.held()
    let cases: [(PositionAdjustment, CoreError)] = [
      (
        adjustment(to: 1, at: 1, listing: 0), .undefined(what: "position of spot listing", index: 0)
      ),
      (adjustment(to: 1, at: 1, listing: 3), .undefined(what: "listing", index: 3)),
      (
        adjustment(to: 1, at: 0),
        .record(.outOfRange(kind: .positionAdjustment, offset: 64, value: 0))
      ),
      (
        adjustment(to: -1, at: -5),
        .record(.outOfRange(kind: .positionAdjustment, offset: 64, value: -5))
      ),
    ]
    for (told, expected) in cases {
      let before = desk.core.stateHash()
      check(CoreTests().throwsError(desk, told.encoded(time: desk.now)) == expected)
      check(desk.core.stateHash() == before, "\(expected)")
    }
    var bytes = adjustment(to: 1, at: 1).encoded(time: desk.now)
    bytes[42] = 3
    check(
      CoreTests().throwsError(desk, bytes)
        == .record(.unknownCode(kind: .positionAdjustment, offset: 42, value: 3)))
    // Beyond 64 bits: told, and nothing is booked.
    let net = desk.core.netPosition(1)
    let led = try apply(adjustment(to: .min, at: 1), desk)
    check(led.news(.valueOverflow) == 1 && desk.core.netPosition(1) == net)
    check(desk.core.position(strategy: 0, listing: 1).quantity == 0)
  }
}
