import RiskEngine
import Runtime
import Strategies
import Testing
import TradingModel

@testable import TradingCore

@Suite struct CoreTests {
  // MARK: Definitions

  @Test func refusedDefinitionsChangeNothing() throws {
    let desk = try Desk(strategies: [], opened: false)
    var wide = Market.spot
    wide.index = 9
    var gap = Market.spot
    gap.index = 3
    var venue = Market.spot
    (venue.index, venue.venue) = (2, 9)
    var currency = Market.spot
    (currency.index, currency.quote, currency.settlement) = (2, 7, 7)
    var units = Market.spot
    units.priceDecimals = 4
    var other = Market.spot
    other.quote = 0
    let cases: [([UInt8], CoreError)] = [
      (
        ListingDefinition(listing: wide, symbol: "").encoded(time: 1),
        .capacity(what: "listing", index: 9, capacity: 4)
      ),
      (
        ListingDefinition(listing: gap, symbol: "").encoded(time: 1),
        .undefined(what: "listing", index: 2)
      ),
      (
        ListingDefinition(listing: venue, symbol: "").encoded(time: 1),
        .capacity(what: "venue", index: 9, capacity: 3)
      ),
      (
        ListingDefinition(listing: currency, symbol: "").encoded(time: 1),
        .capacity(what: "currency", index: 7, capacity: 3)
      ),
      (
        ListingDefinition(listing: units, symbol: "").encoded(time: 1),
        .changed(what: "listing", index: 0)
      ),
      (
        ListingDefinition(listing: other, symbol: "").encoded(time: 1),
        .changed(what: "listing", index: 0)
      ),
      (
        StrategyDefinition(
          index: 5, stateVersion: Maker.stateVersion, name: "maker", settings: "", listings: [0]
        ).encoded(time: 1), .capacity(what: "strategy", index: 5, capacity: 3)
      ),
      (
        StrategyDefinition(
          index: 1, stateVersion: Maker.stateVersion, name: "maker", settings: "", listings: [3]
        ).encoded(time: 1), .undefined(what: "listing", index: 3)
      ),
      (
        StrategyDefinition(
          index: 1, stateVersion: Maker.stateVersion, name: "mkaer", settings: "", listings: [0]
        ).encoded(time: 1), .setting(.unknownStrategy("mkaer", known: ["maker", "signals"]))
      ),
      (
        AccountBalance(venue: 8, currency: 0, total: .zero).encoded(time: 1),
        .capacity(what: "balance of venue", index: 8, capacity: 3)
      ),
      (
        RiskLimitsDefinition(scope: .strategy, index: 7).encoded(time: 1),
        .capacity(what: "limits of strategy", index: 7, capacity: 3)
      ),
      (
        Input.report(VenueReport(kind: .fill, listing: 3, venue: 0, venueTime: 1), 1),
        .undefined(what: "listing", index: 3)
      ),
      (
        Input.report(VenueReport(kind: .fill, listing: 0, venue: 1, venueTime: 1), 1),
        .undefined(what: "listing at venue 1", index: 0)
      ),
      (
        Input.report(VenueReport(kind: .connected, venue: 9, venueTime: 1), 1),
        .undefined(what: "venue", index: 9)
      ),
      (Input.record(.orderEvent, OrderEvent.byteCount, 1) { _ in }, .notAnInput(.orderEvent)),
      (
        Input.record(.timer, 40, 1) { _ in },
        .record(.tooShort(kind: .timer, byteCount: 40, needed: 48))
      ),
    ]
    for (record, expected) in cases {
      let before = desk.core.stateHash()
      check(throwsError(desk, record) == expected, "\(expected)")
      check(desk.core.stateHash() == before, "\(expected)")
    }
    // A finer grid and other fees may come at any time.
    var finer = Market.spot
    (finer.tick, finer.takerFee) = (5, .zero)
    try desk.apply(ListingDefinition(listing: finer, symbol: "").encoded(time: 1))
    check(desk.core.listing(0).tick == 5)
  }

  func throwsError(_ desk: Desk, _ record: [UInt8]) -> CoreError? {
    do {
      try desk.apply(record)
      return nil
    } catch {
      return error as? CoreError
    }
  }

  // MARK: Orders

  @Test func fillsBecomePositionProfitAndFees() throws {
    let desk = try Desk(strategies: [])
    let bought = try desk.submit(.buy, 1_000, at: 9_999)
    try desk.tell(desk.report(.accepted, bought, version: 1))
    check(desk.core.balance(venue: 0, currency: 1).reserved > .zero)
    var led = try desk.tell(
      desk.report(.fill, bought, trade: 1, price: 9_990, quantity: 400, cumulative: 400, fee: 70))
    check(led.fills[0].positionAfter == 400 && led.fills[0].flags == 0 && led.alerts.isEmpty)
    led = try desk.tell(
      desk.report(.fill, bought, trade: 2, price: 9_999, quantity: 600, cumulative: 1_000, fee: 5))
    check(led.fills[0].flags == 0 && led.alerts.isEmpty, "the last fill is not late")
    check(led.events[0].status == .filled && led.events[0].cumulativeQuantity == 1_000)
    check(desk.core.balance(venue: 0, currency: 1).reserved == .zero)
    let sold = try desk.submit(.sell, 500, at: 10_010)
    try desk.tell(desk.report(.accepted, sold, version: 1))
    try desk.tell(
      desk.report(.fill, sold, trade: 3, price: 10_010, quantity: 500, cumulative: 500, fee: -3))
    let position = desk.core.position(strategy: 0, listing: 0)
    // Cost 0.4 x 99.90 + 0.6 x 99.99 = 99.954; half of it against 50.05.
    check(position.quantity == 500 && position.fees.amount == 72)
    check(position.realised == Money(Decimal(units: 73, decimals: 3)))
    check(position.openCost == Money(Decimal(units: 49_977, decimals: 3)))
    let counts = desk.core.counts
    check(counts.submitted == 2 && counts.accepted == 2 && counts.filled == 2 && counts.fills == 3)
    check(counts.partiallyFilled == 1)
    let base = desk.core.balance(venue: 0, currency: 0).total
    check(base == Money(Decimal(units: 1_005, decimals: 1)))
  }

  @Test func aBustedTradeTakesItsOwnFeeBack() throws {
    let desk = try Desk(strategies: [])
    let start = desk.core.balance(venue: 0, currency: 1).total
    let id = try desk.submit(.buy, 1_000)
    try desk.tell(desk.report(.accepted, id, version: 1))
    try desk.tell(desk.report(.fill, id, trade: 1, quantity: 400, cumulative: 400, fee: 70))
    // The report of the bust says nothing of the fee; that of the correction another one.
    try desk.tell(desk.report(.fill, id, trade: 2, quantity: 100, cumulative: 500, fee: 9))
    try desk.tell(desk.report(.tradeCorrected, id, trade: 2, price: 9_998, quantity: 90, fee: 4))
    let led = try desk.tell(desk.report(.tradeBusted, id, trade: 1, quantity: 400))
    check(led.fills[0].flags == FillEvent.bustFlag && led.fills[0].fee.amount == 70)
    check(led.news(.tradeBusted) == 1)
    let position = desk.core.position(strategy: 0, listing: 0)
    check(position.quantity == 90 && position.fees.amount == 4 && position.fillCount == 1)
    let paid = Market.spot.value(price: 9_998, quantity: 90)!
    check(
      desk.core.balance(venue: 0, currency: 1).total == start - paid - Money(amount: 4))
  }

  @Test func refusalsAreTold() throws {
    let desk = try Desk(strategies: [])
    func denial(_ command: Command) throws -> (UInt8, Int) {
      let led = try desk.command(command)
      return (led.events.first?.reason ?? 0, led.requests.count)
    }
    let tooMuch = try denial(Command(kind: .submit, listing: 0, price: 9_999, quantity: 20_000_000))
    check(tooMuch == (RiskRefusal.balance.rawValue, 0))
    let nowhere = try denial(Command(kind: .submit, listing: 3, price: 9_999, quantity: 1))
    check(nowhere == (RiskRefusal.capacity.rawValue, 0), "not sent to another listing instead")
    let nobody = try denial(
      Command(kind: .submit, listing: 0, strategy: 99, price: 9_999, quantity: 1))
    check(nobody == (RiskRefusal.capacity.rawValue, 0))
    let nothing = try denial(Command(kind: .submit, price: 9_999, quantity: 1, instrument: 5))
    check(nothing == (RiskRefusal.capacity.rawValue, 0))
    check(try desk.command(Command(kind: .cancel, orderID: 55)).news(.unknownOrder) == 1)
    check(try desk.command(Command(kind: .modify, orderID: 55)).news(.unknownOrder) == 1)
    check(desk.core.counts.denied == 4 && desk.core.counts.submitted == 4)
    // A modify beside another one under way.
    let id = try desk.submit()
    try desk.command(Command(kind: .modify, orderID: id, price: 9_998, quantity: 900))
    let second = try desk.command(Command(kind: .modify, orderID: id, price: 9_997, quantity: 900))
    check(second.requests.isEmpty && second.events[0].cause == .denied)
    check(desk.core.counts.refusedIntents == 1 && desk.core.counts.modifies == 1)
  }

  @Test func switchesStopAndSweep() throws {
    let desk = try Desk(strategies: [])
    let mine = try desk.submit(strategy: 1)
    let other = try desk.submit(strategy: 2)
    for id in [mine, other] { try desk.tell(desk.report(.accepted, id, version: 1)) }
    let stop = try desk.command(Command(kind: .stopStrategy, strategy: 1))
    check(stop.requests.map(\.orderID) == [mine] && stop.requests[0].kind == .cancel)
    let stopped = try desk.submit(strategy: 1)
    check(stopped == 0 && desk.core.counts.denied == 1)
    try desk.command(Command(kind: .startStrategy, strategy: 1))
    check(try desk.submit(strategy: 1) != 0)
    try desk.command(Command(kind: .killSwitchOn))
    check(try desk.submit(strategy: 2) == 0)
    check(
      try desk.command(Command(kind: .cancel, orderID: other)).requests.count == 1,
      "cancels pass the kill switch")
    try desk.command(Command(kind: .killSwitchOff))
    check(try desk.submit(strategy: 2) != 0)
  }

  @Test func aCancelAllReachesEveryOrder() throws {
    let capacity = CoreCapacity(
      listings: 2, strategies: 3, venues: 2, currencies: 3, orders: 2_048, trades: 64,
      intentsPerInput: 4)
    let desk = Desk(capacity: capacity)
    for record in Market.definitions(checks: 0) { try desk.apply(record) }
    for venue in 0..<2 as Range<VenueIndex> { try desk.open(venue) }
    for listing in 0..<2 as Range<ListingIndex> { try desk.quote(listing, 9_999, 10_001) }
    var placed = 0
    while try desk.submit(.buy, 1, listing: ListingIndex(placed % 2)) != 0 { placed += 1 }
    check(placed == 1_024, "half the places, then typed refusals")
    check(desk.core.counts.denied == 1)
    var canceled = try desk.command(Command(kind: .cancelAll, listing: 0)).requests.count
    check(canceled == 256)
    canceled += try desk.command(Command(kind: .stopStrategy, strategy: 1)).requests.count
    while canceled < placed {
      let more = try desk.wait(1).requests.filter { $0.kind == .cancel }.count
      if more == 0 { break }
      canceled += more
    }
    // Two sweeps at once become one that covers both.
    check(canceled == placed, "\(canceled)")
    check(try desk.wait(1).requests.isEmpty)
    // The connection goes: every order becomes unknown in one input.
    let led = try desk.tell(VenueReport(kind: .disconnected, venue: 0, venueTime: 1))
    check(led.events.count == 512 && led.news(.orderUnknown) == 512)
  }

  // MARK: Venues

  @Test func aVenueOpensOnlyAfterItsList() throws {
    let desk = try Desk(strategies: [], opened: false)
    try desk.quote(0, 9_999, 10_001)
    check(try desk.submit() == 0)
    // A list that nobody asked for opens nothing.
    try desk.tell(VenueReport(kind: .snapshotBegin, venue: 0, venueTime: 1))
    try desk.tell(VenueReport(kind: .snapshotEnd, venue: 0, venueTime: 1))
    check(!desk.core.isOpen(venue: 0))
    let led = try desk.tell(VenueReport(kind: .connected, venue: 0, venueTime: 1))
    check(led.requests.map(\.kind) == [.querySnapshot])
    check(try desk.submit() == 0)
    // Its answer is lost; the question is repeated, and only its own answer counts.
    let first = led.requests[0].version
    let again = try desk.wait(6_000_000_000)
    check(again.requests.map(\.kind) == [.querySnapshot])
    try desk.quote(0, 9_999, 10_001)
    for kind: VenueReportKind in [.snapshotBegin, .snapshotEnd] {
      try desk.tell(VenueReport(kind: kind, venue: 0, version: first, venueTime: 1))
    }
    check(!desk.core.isOpen(venue: 0))
    for kind: VenueReportKind in [.snapshotBegin, .snapshotEnd] {
      try desk.tell(
        VenueReport(kind: kind, venue: 0, version: again.requests[0].version, venueTime: 1))
    }
    check(desk.core.isOpen(venue: 0))
    check(try desk.submit() != 0)
  }

  /// A venue that is down answers every question at once, with an error.
  @Test func questionsThatFailAreAskedAgainWithGrowingPauses() throws {
    let desk = try Desk(strategies: [])
    let order = try desk.submit(.buy, 1_000)
    var led = try desk.tell(desk.report(.answerLost, order, version: 1))
    var askedAt: [Timestamp] = []
    for _ in 0..<600 {
      while let question = led.requests.first(where: { $0.kind == .queryOrder }) {
        askedAt.append(desk.now)
        led = try desk.tell(desk.report(.answerLost, order, version: question.version))
      }
      led = try desk.wait(100_000_000)
    }
    // Twice at once, then behind 4, 8, 16 and 32 seconds, within a minute.
    #expect((4...7).contains(askedAt.count), "\(askedAt)")
    let pauses = zip(askedAt.dropFirst(), askedAt).map { $0 - $1 }
    #expect(zip(pauses.dropFirst(), pauses).allSatisfy { $0 >= $1 })
    check(desk.core.unknownOrderCount == 1)
  }

  @Test func aLostConnectionIsResolvedByTheVenue() throws {
    let desk = try Desk(strategies: [])
    let stays = try desk.submit(.buy, 1_000)
    let goes = try desk.submit(.buy, 500)
    for id in [stays, goes] { try desk.tell(desk.report(.accepted, id, version: 1)) }
    var led = try desk.tell(VenueReport(kind: .disconnected, venue: 0, venueTime: 1))
    check(desk.core.unknownOrderCount == 2 && led.requests.isEmpty && !desk.core.isOpen(venue: 0))
    led = try desk.tell(VenueReport(kind: .connected, venue: 0, venueTime: 1))
    let number = led.requests[0].version
    try desk.tell(VenueReport(kind: .snapshotBegin, venue: 0, version: number, venueTime: 1))
    try desk.tell(
      desk.report(.statusOpen, stays, version: 1, price: 9_999, quantity: 1_000, cumulative: 0))
    led = try desk.tell(VenueReport(kind: .snapshotEnd, venue: 0, version: number, venueTime: 1))
    check(desk.core.order(stays)!.uncertainty.isEmpty)
    check(desk.core.order(goes)!.row == .working && desk.core.unknownOrderCount == 1)
    check(led.requests.map(\.kind) == [.queryOrder] && led.requests[0].orderID == goes)
    check(desk.core.reservations[desk.core.orders.pointee.place(of: goes)].quantity == 500)
    led = try desk.tell(desk.report(.notFound, goes, version: led.requests[0].version))
    check(desk.core.order(goes)!.row == .canceled && led.news(.absence) == 1)
    check(desk.core.openOrderCount == 1)
    // It was filled all the same, and lives: booked, told, asked about.
    led = try desk.tell(desk.report(.fill, goes, trade: 5, quantity: 100, cumulative: 100))
    check(led.news(.lateFill) == 1 && led.fills.count == 1)
    check(desk.core.reservations[desk.core.orders.pointee.place(of: goes)].quantity == 400)
    check(led.requests.map(\.kind) == [.queryOrder])
    led = try desk.tell(
      desk.report(
        .statusOpen, goes, version: led.requests[0].version, price: 9_999, quantity: 500,
        cumulative: 100))
    check(led.requests.map(\.kind).contains(.cancel), "what should not be open is canceled")
    try desk.tell(desk.report(.statusCanceled, goes, cumulative: 100))
    check(desk.core.order(goes)!.isSettled && desk.core.openOrderCount == 1)
    check(desk.core.reservations[desk.core.orders.pointee.place(of: goes)].quantity == 0)
  }

  @Test func overdueAnswersAreAskedFor() throws {
    let desk = try Desk(strategies: [])
    let id = try desk.submit()
    var led = try desk.wait(5_000_000_000)
    check(led.news(.orderUnknown) == 1 && led.requests.map(\.kind) == [.queryOrder])
    check(desk.core.order(id)!.worstCaseOpenQuantity == 1_000)
    // The question is lost too: asked again, later and later, and never the order itself.
    var asked = 0
    for _ in 0..<10 {
      led = try desk.wait(40_000_000_000)
      asked += led.requests.count
      check(led.requests.allSatisfy { $0.kind == .queryOrder })
    }
    check(asked >= 9)
    led = try desk.tell(
      desk.report(
        .statusOpen, id, version: desk.core.order(id)!.lastVersion, quantity: 1_000, cumulative: 0))
    check(desk.core.order(id)!.uncertainty.isEmpty && desk.core.order(id)!.row == .working)
  }

  @Test func staleFeedsGate() throws {
    let desk = try Desk(strategies: [])
    let led = try desk.wait(31_000_000_000)
    check(led.news(.feedLost) == 2)
    let denied = try desk.command(Command(kind: .submit, listing: 0, price: 9_999, quantity: 1))
    check(denied.events[0].reason == RiskRefusal.feedNotReady.rawValue)
    try desk.quote(0, 9_999, 10_001)
    check(try desk.submit() != 0)
  }

  @Test func strayReportsAreToldAndFillsBooked() throws {
    let desk = try Desk(strategies: [])
    func stray(_ kind: VenueReportKind, _ trade: TradeID, cumulative: Int64 = -1) -> VenueReport {
      VenueReport(
        kind: kind, listing: 0, venue: 0, side: .sell, feeCurrency: 1, orderID: 500,
        tradeID: trade, lastPrice: 10_000, lastQuantity: 50, cumulativeQuantity: cumulative,
        fee: Money(amount: 3), venueTime: 1)
    }
    check(try desk.tell(stray(.accepted, 0)).news(.unknownOrder) == 1)
    check(try desk.tell(stray(.fill, 1)).fills.count == 1)
    check(try desk.tell(stray(.fill, 1)).fills.isEmpty)
    // Two fills without a name are two fills.
    try desk.tell(stray(.fill, 0, cumulative: 100))
    try desk.tell(stray(.fill, 0, cumulative: 150))
    try desk.tell(stray(.fill, 0, cumulative: 150))
    check(desk.core.position(strategy: 0, listing: 0).quantity == -150)
    try desk.tell(stray(.tradeBusted, 1))
    check(desk.core.position(strategy: 0, listing: 0).quantity == -100)
    let base = desk.core.balance(venue: 0, currency: 0).total
    check(base == Money(Decimal(units: 999, decimals: 1)))
  }

  // MARK: Proof

  @Test(arguments: UInt64(0)..<4)
  func twoCoresAgreeAndAnyChangeShows(seed: UInt64) throws {
    let session = try Session(seed: seed, faults: 10)
    for _ in 0..<120 { try session.step() }
    let inputs = session.desk.inputs
    func run(_ inputs: [[UInt8]]) -> (state: UInt64, outputs: UInt64) {
      let desk = Desk()
      for input in inputs { _ = try? desk.apply(input) }
      return (desk.core.stateHash(), desk.core.outputHash.value)
    }
    let first = run(inputs)
    let second = run(inputs)
    check(first == second && first.state == session.desk.core.stateHash())
    var dice = Dice(seed)
    for _ in 0..<8 {
      var changed = inputs
      changed.remove(at: 14 + dice.below(inputs.count - 14))
      check(run(changed).state != first.state, "seed \(seed)")
    }
  }

  @Test func everythingShowsInTheHash() throws {
    let desk = try Desk(strategies: [])
    var seen: Set<UInt64> = [desk.core.stateHash()]
    func step(_ what: String) { check(seen.insert(desk.core.stateHash()).inserted, what) }
    let id = try desk.submit()
    step("an order")
    let place = desk.core.orders.pointee.place(of: id)
    desk.core.held[place] = Money(amount: 1)
    step("what is held")
    desk.core.reservations[place].notional = Money(amount: 5)
    step("what is reserved")
    desk.core.netPositions[1].quantity = 1
    step("what the account holds")
    desk.core.netPositions[1].openCost = Money(amount: 1)
    step("what it cost")
    desk.core.netPositions[1].realised = Money(amount: 1)
    step("what it realised")
    desk.core.sweep.isActive = true
    step("a sweep")
    desk.core.venues[1].isConnected = false
    step("a connection")
    desk.core.counts.refusedIntents += 1
    step("a count")
  }

  // MARK: Memory

  @Test func theSteadyStateTakesNoMemory() throws {
    guard AllocationCounter.isAvailable else { return }
    let desk = try Desk(strategies: [HostileTests.maker])
    var buffer = RecordBuffer(capacity: 4096)
    var now = desk.now
    func put(_ record: [UInt8]) {
      buffer.removeAll()
      record.withUnsafeBytes { _ = buffer.append(copying: $0.baseAddress!, byteCount: $0.count) }
    }
    var counted = AllocationCounter.Count(calls: 0, bytes: 0)
    func apply(_ record: [UInt8], counting: Bool) throws {
      put(record)
      desk.outputs.removeAll()
      if counting { AllocationCounter.start() }
      try desk.core.apply(buffer.base, into: &desk.outputs)
      if counting {
        let count = AllocationCounter.stop()
        counted.calls += count.calls
        counted.bytes += count.bytes
      }
    }
    for round in 0..<40 {
      let isCounting = round >= 20
      now += 1_000_000
      let price = 9_990 + Int64(round % 5)
      try apply(
        Input.book(0, bids: [(price, 900)], asks: [(price + 4, 900)], now), counting: isCounting)
      try apply(
        Input.command(
          Command(kind: .submit, listing: 1, price: 9_999, quantity: 10), now),
        counting: isCounting)
      let id = desk.core.lastOrderID
      for (kind, version) in [(VenueReportKind.accepted, 1), (.fill, 0)] {
        let report = desk.report(
          kind, id, version: RequestVersion(version), trade: TradeID(round + 1), quantity: 4,
          cumulative: kind == .fill ? 4 : 0, fee: 1)
        try apply(Input.report(report, now), counting: isCounting)
      }
      try apply(
        Input.command(Command(kind: .modify, orderID: id, price: 9_998, quantity: 9), now),
        counting: isCounting)
      try apply(Input.command(Command(kind: .cancel, orderID: id), now), counting: isCounting)
      let canceled = desk.report(.canceled, id, version: 3, cumulative: 4)
      try apply(Input.report(canceled, now), counting: isCounting)
      try apply(Input.timer(1, now), counting: isCounting)
    }
    // Without optimisation an option set written as a literal makes an array: three of them an input.
    var isDebug = false
    assert({ isDebug = true }() == ())
    let most: UInt64 = isDebug ? 3 * 6 * 20 : 0
    check(counted.calls <= most, "\(counted.calls) calls, \(counted.bytes) bytes")
  }
}
