import Strategies
import Testing
import TradingCore
import TradingModel

/// The strategies, each in a real core, at a venue that the test plays.
@Suite struct MakerTests {
  static func desk(_ settings: String, listings: [ListingIndex] = [0]) throws -> Desk {
    try Desk(
      strategies: [
        StrategyDefinition(
          index: 1, stateVersion: Maker.stateVersion, name: "maker", settings: settings,
          listings: listings)
      ])
  }

  static func open(_ desk: Desk) -> [Order] {
    var orders: [Order] = []
    desk.core.forEachOpenOrder { orders.append(desk.core.order($0.id)!) }
    return orders
  }

  static func accept(_ desk: Desk) throws {
    for order in open(desk) where order.row == .sent {
      try desk.tell(desk.report(.accepted, order.id, version: 1, price: order.price))
    }
  }

  @Test func quotesBothSidesAroundTheMiddle() throws {
    let desk = try Self.desk("half_spread_bps=5\nskew_bps=0\nsize=0.5\nmax_position=10")
    let orders = Self.open(desk)
    // Middle 100.00, five basis points away from it.
    check(orders.map(\.side) == [.buy, .sell] && orders.map(\.price) == [9_995, 10_005])
    check(orders.allSatisfy { $0.quantity == 500 && $0.instructions == .postOnly })
  }

  @Test func neverCrossesAndWaitsForAnswers() throws {
    let desk = try Self.desk("half_spread_bps=0\nsize=0.5\nmax_position=10")
    check(Self.open(desk).map(\.price) == [10_000, 10_000])
    // Unanswered: whatever the market does, nothing is sent twice.
    for step in 0..<5 as Range<Int64> {
      check(try desk.quote(0, 9_999 + step * 10, 10_001 + step * 10).requests.isEmpty)
    }
    check(Self.open(desk).count == 2)
    try Self.accept(desk)
    let led = try desk.quote(0, 9_979, 9_981)
    check(led.requests.map(\.kind) == [.replace, .replace])
    check(led.requests.map(\.price) == [9_980, 9_980])
    check(try desk.quote(0, 9_999, 10_001).requests.isEmpty, "a replace is under way")
  }

  @Test func movesOnlyByTheThreshold() throws {
    let desk = try Self.desk(
      "half_spread_bps=5\nskew_bps=0\nsize=0.5\nmax_position=10\nrequote_ticks=4")
    try Self.accept(desk)
    check(try desk.quote(0, 10_002, 10_004).requests.isEmpty)
    check(try desk.quote(0, 10_003, 10_005).requests.count == 2)
  }

  @Test func leansAgainstItsInventoryAndStopsAtTheLimit() throws {
    let desk = try Self.desk("half_spread_bps=5\nskew_bps=10\nsize=0.5\nmax_position=1")
    try Self.accept(desk)
    let buy = Self.open(desk)[0]
    // Half of the largest position: both quotes lean by five basis points.
    let led = try desk.tell(
      desk.report(.fill, buy.id, trade: 1, price: 9_995, quantity: 500, cumulative: 500))
    check(led.fills[0].positionAfter == 500)
    check(led.requests.map(\.kind) == [.newOrder, .replace])
    check(led.requests.map(\.price) == [9_990, 10_000])
    let next = led.requests[0].orderID
    try desk.tell(desk.report(.accepted, next, version: 1))
    let full = try desk.tell(
      desk.report(.fill, next, trade: 2, price: 9_990, quantity: 500, cumulative: 500))
    check(full.requests.filter { $0.kind == .newOrder }.isEmpty, "long enough")
    check(try desk.quote(0, 9_999, 10_001).requests.filter { $0.side == .buy }.isEmpty)
  }

  @Test func withdrawsFromBooksThatCannotBeTrusted() throws {
    func withdrawn(_ change: (Desk) throws -> Led) throws -> Bool {
      let desk = try Self.desk("size=0.5\nmax_position=10")
      try Self.accept(desk)
      let led = try change(desk)
      return led.requests.map(\.kind) == [.cancel, .cancel]
    }
    check(try withdrawn { try $0.apply(Input.status(0, .gap, $0.now)) })
    check(try withdrawn { try $0.quote(0, 10_001, 10_001) }, "locked")
    check(try withdrawn { try $0.quote(0, 10_005, 10_001) }, "crossed")
    check(try withdrawn { try $0.apply(Input.book(0, bids: [], asks: [(1, 1)], $0.now)) })
    check(try withdrawn { try $0.wait(31_000_000_000) }, "silent for too long")
    check(try withdrawn { try $0.command(Command(kind: .stopStrategy, strategy: 1)) })
  }

  /// While the feed is away no book tells of itself, and the first cancel found the venue shut.
  @Test func aCancelThatDidNotLeaveIsTriedAgain() throws {
    let desk = try Self.desk("size=0.5\nmax_position=10")
    try Self.accept(desk)
    let first = try desk.apply(Input.status(0, .disconnected, desk.now)).requests
    check(first.map(\.kind) == [.cancel, .cancel])
    for request in first {
      try desk.tell(desk.report(.notSent, request.orderID, version: request.version))
    }
    let again = try desk.wait(1_000_000_000)
    check(again.requests.map(\.kind) == [.cancel, .cancel])
    check(try desk.wait(100_000_000).requests.isEmpty, "one is under way")
    for request in again.requests {
      try desk.tell(desk.report(.notSent, request.orderID, version: request.version))
    }
    check(try desk.wait(100_000_000).requests.isEmpty, "not more often than once a second")
    check(try desk.wait(800_000_000).requests.count == 2)
  }

  @Test func aSecondOrderOfASideIsCanceled() throws {
    let desk = try Self.desk("size=0.5\nmax_position=10")
    try Self.accept(desk)
    let extra = try desk.submit(.buy, 100, at: 9_990, strategy: 1)
    let led = try desk.quote(0, 9_999, 10_001)
    check(led.requests.map(\.kind) == [.cancel] && led.requests[0].orderID == extra)
  }

  @Test func strangeBooksDoNoHarm() throws {
    let desk = try Self.desk("half_spread_bps=5000\nskew_bps=10000\nsize=0.5\nmax_position=10")
    try Self.accept(desk)
    for (bid, ask) in [
      (Int64.min, Int64.max), (.max - 1, .max), (.min, .min + 1), (1, .max), (1, 2),
    ] {
      try desk.quote(0, bid, ask)
    }
  }
}

@Suite struct SignalFollowerTests {
  static func desk(_ settings: String = "max_position=1") throws -> Desk {
    try Desk(
      strategies: [
        StrategyDefinition(
          index: 2, stateVersion: 1, name: "signals", settings: settings, listings: [0])
      ])
  }

  static func signal(_ change: (inout Signal) -> Void = { _ in }) -> Signal {
    var signal = Signal(
      action: .buy, listing: 0, strategy: 2, signalID: 1, createdAt: 0, price: 0, quantity: 500,
      stopLoss: 0, takeProfit: 0, confidence: 900_000)
    change(&signal)
    return signal
  }

  static func send(_ desk: Desk, _ change: (inout Signal) -> Void = { _ in }) throws -> Led {
    desk.now += 1_000
    var signal = Self.signal()
    signal.createdAt = desk.now
    change(&signal)
    return try desk.apply(Input.signal(signal, desk.now))
  }

  @Test func eachRefusalHasItsName() throws {
    let desk = try Self.desk()
    desk.now += 10_000_000_000
    try desk.quote(0, 9_999, 10_001)
    let cases: [(SignalOutcome, (inout Signal) -> Void)] = [
      (.unknownStrategy, { $0.strategy = 1 }), (.unknownListing, { $0.listing = 1 }),
      (.unknownListing, { $0.listing = 99 }), (.fromTheFuture, { $0.createdAt += 2_000_000_000 }),
      (.fromTheFuture, { $0.createdAt = .max }), (.tooOld, { $0.createdAt -= 5_000_000_001 }),
      (.tooOld, { $0.createdAt = .min }), (.confidenceTooLow, { $0.confidence = 499_999 }),
      (.quantityInvalid, { $0.quantity = 0 }), (.quantityInvalid, { $0.quantity = .min }),
      (.priceInvalid, { $0.price = -1 }), (.stopOnWrongSide, { $0.stopLoss = 10_001 }),
      (.takeProfitOnWrongSide, { $0.takeProfit = 10_001 }),
      (.stopOnWrongSide, { ($0.action, $0.stopLoss) = (.sell, 9_999) }),
      (.takeProfitOnWrongSide, { ($0.action, $0.takeProfit) = (.sell, 9_999) }),
      (.positionOpen, { $0.quantity = 1_001 }), (.positionOpen, { $0.quantity = .max }),
      (.nothingToDo, { $0.action = .close }),
    ]
    for (index, (outcome, change)) in cases.enumerated() {
      let led = try Self.send(desk) {
        $0.signalID = UInt64(100 + index)
        change(&$0)
      }
      check(led.answers.map(\.outcome) == [outcome], "\(index): \(outcome), \(led.answers)")
      check(led.requests.isEmpty)
    }
    let first = try Self.send(desk) { $0.signalID = 7 }
    check(first.answers[0].outcome == .ordered && first.answers[0].orderID != 0)
    check(try Self.send(desk) { $0.signalID = 7 }.answers[0].outcome == .duplicate)
    try desk.apply(Input.status(0, .gap, desk.now))
    check(try Self.send(desk) { $0.signalID = 8 }.answers[0].outcome == .noMarket)
    try desk.quote(0, 9_999, 10_001)
    try desk.command(Command(kind: .killSwitchOn))
    let refused = try Self.send(desk) { $0.signalID = 9 }.answers[0]
    check(refused.outcome == .refused && refused.refusal != 0 && refused.orderID == 0)
  }

  /// Takes a position of `quantity` by a signal with these stops.
  static func take(
    _ desk: Desk, _ action: SignalAction, _ id: UInt64, stop: Int64, profit: Int64,
    quantity: Int64 = 500
  ) throws {
    let led = try send(desk) {
      ($0.action, $0.signalID, $0.stopLoss, $0.takeProfit) = (action, id, stop, profit)
      $0.quantity = quantity
    }
    check(led.answers[0].outcome == .ordered)
    let order = led.answers[0].orderID
    try desk.tell(
      desk.report(
        .fill, order, trade: id, price: 10_000, quantity: quantity, cumulative: quantity))
  }

  @Test func stopsClosePositionsOnce() throws {
    let cases: [(SignalAction, Int64, Int64, (Int64, Int64), Bool)] = [
      (.buy, 9_900, 10_100, (9_901, 9_903), false), (.buy, 9_900, 10_100, (9_900, 9_902), true),
      (.buy, 9_900, 10_100, (10_099, 10_101), false),
      (.buy, 9_900, 10_100, (10_100, 10_102), true), (.buy, 0, 10_100, (50, 52), false),
      (.sell, 10_100, 9_900, (10_097, 10_099), false),
      (.sell, 10_100, 9_900, (10_098, 10_100), true),
      (.sell, 10_100, 9_900, (9_899, 9_901), false), (.sell, 10_100, 9_900, (9_898, 9_900), true),
      (.sell, 10_100, 0, (50, 52), false),
    ]
    for (action, stop, profit, (bid, ask), closes) in cases {
      let desk = try Self.desk()
      try Self.take(desk, action, 5, stop: stop, profit: profit)
      let led = try desk.quote(0, bid, ask)
      check(led.requests.count == (closes ? 1 : 0), "\(action) \(bid)/\(ask)")
      guard closes, let close = led.requests.first else { continue }
      check(close.side == (action == .buy ? .sell : .buy) && close.quantity == 500)
      check(close.type == .market && close.instructions == .reduceOnly)
      for _ in 0..<3 { check(try desk.quote(0, bid, ask).requests.isEmpty, "one is out already") }
      // It expired unfilled: tried again.
      try desk.tell(desk.report(.expired, close.orderID, cumulative: 0))
      let again = try desk.quote(0, bid, ask).requests
      check(again.count == 1)
      try desk.tell(
        desk.report(.fill, again[0].orderID, trade: 99, price: bid, quantity: 500, cumulative: 500))
      check(desk.core.position(strategy: 2, listing: 0).quantity == 0)
      check(try desk.quote(0, bid, ask).requests.isEmpty)
    }
  }

  @Test func aRefusedOrSmallerOrderLeavesTheStops() throws {
    let desk = try Self.desk("max_position=2")
    try Self.take(desk, .buy, 5, stop: 9_900, profit: 10_100, quantity: 1_000)
    // Half of it sold, with the stops of a sale: they would close the rest at once.
    try Self.take(desk, .sell, 6, stop: 10_050, profit: 9_950, quantity: 400)
    check(try desk.quote(0, 9_999, 10_001).requests.isEmpty)
    // An order that risk refuses brings no stops either.
    try desk.command(Command(kind: .killSwitchOn))
    _ = try Self.send(desk) { ($0.signalID, $0.stopLoss) = (7, 9_990) }
    try desk.command(Command(kind: .killSwitchOff))
    check(try desk.quote(0, 9_980, 9_982).requests.isEmpty)
    let led = try desk.quote(0, 9_900, 9_902)
    check(led.requests.map(\.quantity) == [600])
  }

  @Test func aCloseSignalCancelsAndCloses() throws {
    let desk = try Self.desk()
    try Self.take(desk, .buy, 5, stop: 0, profit: 0)
    let resting = try Self.send(desk) { ($0.signalID, $0.price, $0.quantity) = (6, 9_000, 100) }
    let led = try Self.send(desk) { ($0.signalID, $0.action) = (8, .close) }
    check(led.answers[0].outcome == .ordered)
    check(Set(led.requests.map(\.kind)) == [.cancel, .newOrder])
    check(led.requests.first { $0.kind == .cancel }?.orderID == resting.answers[0].orderID)
    check(
      try Self.send(desk) { ($0.signalID, $0.action) = (9, .close) }.answers[0].outcome
        == .nothingToDo)
  }
}

@Suite struct StrategySetupTests {
  func error(_ name: String, _ settings: String, _ listings: [Listing] = [Market.spot])
    -> SettingError?
  {
    do throws(SettingError) {
      _ = try StrategyRegistry().make(name, settings: settings, listings: listings)
      return nil
    } catch {
      return error
    }
  }

  @Test func eachMistakeIsNamed() {
    #expect(error("maker", "") == nil && error("signals", "") == nil)
    #expect(error("makr", "") == .unknownStrategy("makr", known: ["maker", "signals"]))
    #expect(error("makr", "")?.description.contains("did you mean 'maker'?") == true)
    let unknown = error("maker", "skew_bsp=1")
    #expect(unknown?.description.contains("did you mean 'skew_bps'?") == true)
    #expect(error("maker", "xyzzy=1")?.description.contains("did you mean") == false)
    #expect(error("maker", "size") == .notKeyValue("size"))
    #expect(error("maker", "", []) == .noListings(strategy: "maker"))
    let many = Array(repeating: Market.spot, count: 33)
    #expect(error("maker", "", many) == .tooManyListings(strategy: "maker", max: 32))
    #expect(error("signals", "", many) == .tooManyListings(strategy: "signals", max: 32))
    for text in [
      "size=0", "size=-1", "size=x", "size=0.0001", "half_spread_bps=-1", "half_spread_bps=10001",
      "skew_bps=1.23456", "requote_ticks=0", "requote_ticks=1.5", "post_only=2",
      "max_position=99999999999999999999",
    ] {
      guard case .invalid = error("maker", text) else {
        Issue.record("\(text) was taken")
        continue
      }
    }
    for text in ["max_age_ms=0", "min_confidence=1.1", "min_confidence=0.1234567", "max_position="]
    {
      guard case .invalid = error("signals", text) else {
        Issue.record("\(text) was taken")
        continue
      }
    }
  }

  @Test func quantitiesAreMovedDownToTheGrid() throws {
    var listing = Market.spot
    listing.lot = 5
    let setup = try StrategySetup(
      strategyName: "x", settings: [StrategySetting("size", default: "1", "")],
      text: "size=0.0189", listings: [listing])
    #expect(try setup.quantity("size", listing) == 15)
  }
}
