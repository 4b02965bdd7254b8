import MarketData
import Strategies
import Testing
import TradingModel

@testable import TradingCore

/// Mark prices and funding: what a venue says of a contract, and what it books.
@Suite struct FundingTests {
  static func payment(
    _ id: UInt64, _ amount: Int128, currency: CurrencyIndex = 1, at time: Timestamp = 7
  ) -> FundingPayment {
    FundingPayment(
      listing: 1, currency: currency, paymentID: id, venueTime: time, amount: Money(amount: amount))
  }

  /// A desk on which strategy 1 is long 300 of the swap and strategy 2 short 100.
  static func held() throws -> Desk {
    let desk = try Desk(strategies: [])
    for (strategy, side, quantity) in [(1, Side.buy, 300), (2, .sell, 100)] {
      let order = try desk.submit(
        side, Int64(quantity), at: 10_000, listing: 1, strategy: StrategyIndex(strategy))
      try desk.tell(desk.report(.accepted, order, version: 1))
      try desk.tell(
        desk.report(
          .fill, order, trade: UInt64(strategy), price: 10_000, quantity: Int64(quantity),
          cumulative: Int64(quantity)))
    }
    return desk
  }

  @Test func aPaymentIsBookedOnceAndDividedByPositions() throws {
    let desk = try Self.held()
    try desk.apply(
      Input.contract(ContractUpdate(listing: 1, venueTime: 5, nextFundingTime: 7), desk.now))
    let before = desk.core.balance(venue: 1, currency: 1).total
    // Longs pay: 301 units for a net position of 200 are -451.5 of the long and +150.5 of the short.
    let led = try desk.apply(Input.funding(Self.payment(50, -301), desk.now))
    check(led.alerts.isEmpty)
    check(led.funding.map(\.strategy) == [1, 2])
    check(led.funding.map(\.amount.amount) == [-451, 150])
    check(led.funding.map(\.position) == [300, -100])
    check(desk.core.position(strategy: 1, listing: 1).funding.amount == -451)
    check(desk.core.position(strategy: 2, listing: 1).funding.amount == 150)
    check(desk.core.position(listing: 1).funding.amount == -301)
    check(desk.core.balance(venue: 1, currency: 1).total.amount == before.amount - 301)
    check(desk.core.counts.fundingPayments == 1)
    // Told again, with whatever words: the key decides.
    for repeated in [Self.payment(50, -301), Self.payment(50, 99)] {
      let again = try desk.apply(Input.funding(repeated, desk.now))
      check(again.funding.isEmpty && again.alerts.isEmpty)
      check(desk.core.balance(venue: 1, currency: 1).total.amount == before.amount - 301)
    }
    try desk.apply(Input.funding(Self.payment(51, 301), desk.now))
    check(desk.core.position(listing: 1).funding == .zero)
    check(desk.core.balance(venue: 1, currency: 1).total == before)
    check(desk.core.counts.fundingPayments == 2)
  }

  @Test func fundingIsPartOfTheProfit() throws {
    let desk = try Self.held()
    try desk.apply(Input.funding(Self.payment(1, 4_000), desk.now))
    let position = desk.core.position(listing: 1)
    let net = must(position.netProfit(mark: 10_000, listing: Market.swap))
    check(net.amount == 4_000 - position.fees.amount)
  }

  /// The position was closed before its funding was told: nobody of the run holds it, and the money moved.
  @Test func whatNobodyHoldsIsOfTheHouse() throws {
    let desk = try Desk(strategies: [])
    let before = desk.core.balance(venue: 1, currency: 1).total
    let led = try desk.apply(Input.funding(Self.payment(1, -5), desk.now))
    check(led.funding.map(\.strategy) == [TradingCore.house])
    check(desk.core.position(strategy: 0, listing: 1).funding.amount == -5)
    check(desk.core.balance(venue: 1, currency: 1).total.amount == before.amount - 5)
    // In another currency than the contract's: the balance, and a fee of less than zero.
    try desk.apply(Input.funding(Self.payment(2, 9, currency: 0), desk.now))
    check(desk.core.position(strategy: 0, listing: 1).funding.amount == -5)
    check(desk.core.positions.pointee.foreignFees(strategy: 0, currency: 0).amount == -9)
  }

  /// One that was forgotten and is told again may be booked: it is not, and that is told.
  @Test func whatMayBeForgottenIsToldAndNotBooked() throws {
    var capacity = Market.capacity
    capacity.payments = 2
    let desk = Desk(capacity: capacity)
    for record in Market.definitions() { try desk.apply(record) }
    for id in 1...3 as ClosedRange<UInt64> {
      try desk.apply(Input.funding(Self.payment(id, -10, at: Timestamp(id)), desk.now))
    }
    let before = (desk.core.balance(venue: 1, currency: 1).total, desk.core.position(listing: 1))
    check(before.1.funding.amount == -30 && desk.core.counts.fundingPayments == 3)
    // The newest first, as venues tell them.
    for id in [3, 2, 1] as [UInt64] {
      let told = Self.payment(id, -10, at: Timestamp(id))
      let led = try desk.apply(Input.funding(told, desk.now))
      check(led.funding.isEmpty)
      check(
        led.alerts
          == (id > 1 ? [] : [Alert(kind: .paymentTooOld, listing: 1, value: 1, reference: 1)]))
    }
    check(desk.core.balance(venue: 1, currency: 1).total == before.0)
    check(desk.core.position(listing: 1) == before.1)
    check(desk.core.counts.fundingPayments == 3 && desk.core.counts.alerts == 1)
  }

  @Test func wrongPaymentsChangeNothing() throws {
    let desk = try Self.held()
    var spot = Self.payment(1, 1)
    spot.listing = 0
    var unknown = Self.payment(1, 1)
    unknown.listing = 3
    let cases: [(FundingPayment, CoreError)] = [
      (spot, .undefined(what: "funding of spot listing", index: 0)),
      (unknown, .undefined(what: "listing", index: 3)),
      (Self.payment(1, 1, currency: 9), .capacity(what: "currency", index: 9, capacity: 3)),
      (Self.payment(0, 1), .record(.outOfRange(kind: .fundingPayment, offset: 48, value: 0))),
      (
        Self.payment(1, .min),
        .record(.outOfRange(kind: .fundingPayment, offset: 64, value: .min))
      ),
    ]
    for (payment, expected) in cases {
      let before = desk.core.stateHash()
      check(CoreTests().throwsError(desk, Input.funding(payment, desk.now)) == expected)
      check(desk.core.stateHash() == before, "\(expected)")
    }
    // Beyond 128 bits: told, and the rest goes on.
    try desk.apply(Input.funding(Self.payment(8, .max), desk.now))
    let led = try desk.apply(Input.funding(Self.payment(9, .max), desk.now))
    check(led.news(.valueOverflow) > 0)
  }

  /// Mark prices come every second, rates and times of funding in other messages: that the one is
  /// current does not make the other so.
  @Test func fundingHasItsOwnWord() {
    let (start, next): (Timestamp, Timestamp) = (1_000, 20_000_000_000)
    let rate = Decimal(units: 1, decimals: 4)
    var state = ContractState()
    check(!state.isFundingCurrent(at: start))
    func take(_ update: ContractUpdate, at time: Timestamp) -> Bool {
      state.take(update, at: time)
      return state.isFundingCurrent(at: time)
    }
    let mark = ContractUpdate(listing: 1, venueTime: 1, markPrice: Decimal(units: 5))
    check(!take(mark, at: start) && state.isCurrent(at: start))
    check(!take(ContractUpdate(listing: 1, venueTime: 1, fundingRate: rate), at: start))
    check(take(ContractUpdate(listing: 1, venueTime: 1, nextFundingTime: next), at: start))
    check(take(mark, at: next - 1))
    // The funding has been, and the next is not told: the mark price is current, the rate is not.
    check(!take(mark, at: next) && state.isCurrent(at: next))
    check(!take(ContractUpdate(listing: 1, venueTime: 1, fundingRate: rate), at: next))
    check(take(ContractUpdate(listing: 1, venueTime: 1, nextFundingTime: .max), at: next))
    check(state.isFundingCurrent(at: next + ContractState.staleAfter))
    check(!state.isFundingCurrent(at: next + ContractState.staleAfter + 1))
    state.take(.disconnected)
    check(!state.isFundingCurrent(at: next))
    check(!take(ContractUpdate(listing: 1, venueTime: 1, nextFundingTime: .min), at: .min))
    check(!state.isFundingCurrent(at: .max))
    // A time without a rate.
    var other = ContractState()
    other.take(ContractUpdate(listing: 1, venueTime: 1, nextFundingTime: next), at: start)
    check(!other.isFundingCurrent(at: start))
  }

  @Test func whatIsNotToldStays() throws {
    let desk = try Desk(strategies: [])
    check(desk.core.contract(1).markPrice == nil && !desk.core.contract(1).isCurrent(at: desk.now))
    let first = ContractUpdate(
      listing: 1, venueTime: 5, markPrice: Decimal(units: 1_000_012_345, decimals: 7),
      fundingRate: Decimal(units: -1, decimals: 18), nextFundingTime: 99)
    let before = desk.core.stateHash()
    try desk.apply(Input.contract(first, desk.now))
    check(desk.core.stateHash() != before)
    try desk.apply(
      Input.contract(
        ContractUpdate(listing: 1, venueTime: 6, indexPrice: Decimal(units: 100)), desk.now))
    let state = desk.core.contract(1)
    check(state.markPrice?.description == "100.0012345" && state.indexPrice?.description == "100")
    check(state.fundingRate?.description == "-0.000000000000000001")
    check(state.nextFundingTime == 99 && state.venueTime == 6)
    check(state.isCurrent(at: desk.now))
    check(!state.isCurrent(at: desk.now + ContractState.staleAfter + 1))
    // A gap is one of the book; without connection nobody knows; the next update is news again.
    try desk.apply(Input.status(1, .gap, desk.now))
    check(desk.core.contract(1).isCurrent(at: desk.now))
    try desk.apply(Input.status(1, .disconnected, desk.now))
    check(!desk.core.contract(1).isCurrent(at: desk.now))
    check(desk.core.contract(1).markPrice == state.markPrice)
    try desk.apply(Input.contract(first, desk.now))
    check(desk.core.contract(1).isCurrent(at: desk.now))
    check(
      CoreTests().throwsError(
        desk, Input.contract(ContractUpdate(listing: 3, venueTime: 1), desk.now))
        == .undefined(what: "listing", index: 3))
  }

  /// Notes what it is told and what it can read then.
  struct Watcher: Strategy {
    static var name: String { "watcher" }
    nonisolated(unsafe) static var notes: [String] = []
    init(_ setup: StrategySetup) throws(SettingError) {}
    mutating func contractChanged(_ listing: ListingIndex, _ context: borrowing StrategyContext) {
      let mark = context.contract(listing).markPrice?.description ?? "none"
      Self.notes.append(
        "\(listing) \(mark) \(context.isContractCurrent(listing)) \(context.isFundingCurrent(listing))"
      )
    }
    mutating func funded(_ funding: FundingEvent, _ context: borrowing StrategyContext) {
      Self.notes.append("\(funding.amount.amount) \(context.position(1).funding.amount)")
    }
    func hash(into hash: inout RecordHash) {}
  }

  @Test func strategiesAreToldAndCanRead() throws {
    var registry = StrategyRegistry()
    registry.register(Watcher.self)
    Watcher.notes = []
    let desk = try Desk(
      strategies: [
        StrategyDefinition(
          index: 0, stateVersion: 1, name: "watcher", settings: "", listings: [1])
      ], registry: registry)
    for listing in 0..<2 as Range<ListingIndex> {
      let update = ContractUpdate(
        listing: listing, venueTime: 5, markPrice: Decimal(units: 5, decimals: 1))
      try desk.apply(Input.contract(update, desk.now))
    }
    try desk.apply(
      Input.contract(
        ContractUpdate(
          listing: 1, venueTime: 6, fundingRate: Decimal(units: 1), nextFundingTime: desk.now + 1),
        desk.now))
    try desk.apply(Input.funding(Self.payment(3, 21), desk.now))
    try desk.apply(Input.funding(Self.payment(3, 21), desk.now))
    check(Watcher.notes == ["1 0.5 true false", "1 0.5 true true", "21 21"], "\(Watcher.notes)")
  }
}
