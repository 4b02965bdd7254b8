import Strategies
import Testing
import TradingModel

@testable import TradingCore

/// Whatever comes in, the process lives: bytes are refused, amounts are refused or told.
@Suite struct HostileTests {
  static let edges: [Int64] = [
    0, 1, -1, .min, .max, .min + 1, .max - 1, 1 << 32, -1 << 32, 9_999, 10_001, 1_000,
  ]

  static func bytes(_ dice: inout Dice, _ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8(truncatingIfNeeded: dice.next()) }
  }

  /// Inputs of every kind that a busy desk meets.
  static func samples(_ desk: Desk, _ dice: inout Dice) -> [[UInt8]] {
    var ids: [OrderID] = [0, 1, 2, 3]
    desk.core.forEachOpenOrder { ids.append($0.id) }
    let id = ids[dice.below(ids.count)]
    let listing = ListingIndex(dice.below(2))
    let kind = VenueReportKind(rawValue: UInt8(1 + dice.below(21)))!
    var report = desk.report(
      kind, id, version: RequestVersion(dice.below(5)), trade: TradeID(dice.below(9)),
      quantity: dice.within(0...3_000), cumulative: dice.within(-1...3_000), fee: 5)
    report.venueTime = dice.within(0...50)
    return [
      Input.report(report, desk.now),
      Input.command(
        Command(
          kind: CommandKind.allCases[dice.below(8)], side: dice.once(in: 2) ? .buy : .sell,
          type: OrderType.allCases[dice.below(6)],
          listing: dice.once(in: 6) ? Command.any : listing, strategy: StrategyIndex(dice.below(3)),
          orderID: id, price: 9_998 + dice.within(0...4), quantity: dice.within(1...3_000)),
        desk.now),
      Input.signal(
        Signal(
          action: .buy, listing: listing, strategy: 2, signalID: dice.next(), createdAt: desk.now,
          price: 0, quantity: 10, stopLoss: 0, takeProfit: 0, confidence: 900_000), desk.now),
      Input.book(
        listing, bids: [(9_990 + dice.within(0...9), 500)], asks: [(10_001, 500)],
        snapshot: dice.once(in: 3), desk.now),
      Input.trade(
        Trade(
          listing: listing, aggressor: .buy, tradeID: 1, venueTime: 1, price: 10_000, quantity: 5),
        desk.now),
      Input.status(listing, FeedState.allCases[dice.below(5)], desk.now),
      Input.timer(1, desk.now),
      Input.contract(
        ContractUpdate(
          listing: listing, venueTime: 1, markPrice: Decimal(units: 5),
          nextFundingTime: dice.within(0...60)), desk.now),
      Input.funding(
        FundingPayment(
          listing: 1, currency: 1, paymentID: UInt64(1 + dice.below(50)),
          venueTime: dice.within(0...60), amount: Money(amount: Int128(dice.within(-90...90)))),
        desk.now),
    ] + (dice.once(in: 5) ? Market.definitions(strategies: [maker, follower]) : [])
  }

  static let maker = StrategyDefinition(
    index: 1, stateVersion: Maker.stateVersion, name: "maker", settings: "size=0.5\nmax_position=2",
    listings: [0, 1])
  static let follower = StrategyDefinition(
    index: 2, stateVersion: 1, name: "signals", settings: "", listings: [0, 1])

  @Test(arguments: UInt64(0)..<30)
  func changedRecordsNeverCrash(seed: UInt64) throws {
    var dice = Dice(seed)
    let desk = try Desk(strategies: [Self.maker, Self.follower], checks: UInt8(seed % 4))
    var taken = 0
    for _ in 0..<300 {
      desk.now += 1_000
      let all = Self.samples(desk, &dice)
      var record = all[dice.below(all.count)]
      for _ in 0..<dice.below(4) where record.count >= 48 {
        if dice.once(in: 2) {
          // A field of 64 bits to an edge, the header's time among them.
          let offset = 8 * (2 + dice.below(record.count / 8 - 2))
          let value = Self.edges[dice.below(Self.edges.count)]
          if offset == 16, !dice.once(in: 40) { continue }
          for byte in 0..<8 {
            record[offset + byte] = UInt8(truncatingIfNeeded: value >> (8 * Int64(byte)))
          }
        } else {
          record[40 + dice.below(record.count - 40)] = UInt8(truncatingIfNeeded: dice.next())
        }
      }
      let before = desk.core.stateHash()
      do {
        try desk.apply(record)
        taken += 1
        desk.now = max(desk.now, desk.core.now > .max / 2 ? desk.now : desk.core.now)
      } catch {
        check(desk.core.stateHash() == before, "seed \(seed): a refused input changed something")
      }
      desk.core.orders.pointee.checkInvariants()
    }
    check(taken > 100, "seed \(seed)")
  }

  @Test(arguments: UInt64(0)..<20)
  func randomBytesNeverCrash(seed: UInt64) throws {
    var dice = Dice(seed)
    let desk = try Desk(strategies: [Self.maker, Self.follower])
    for _ in 0..<400 {
      var record = Self.bytes(&dice, 40 + 8 * dice.below(40))
      let count = record.count
      record.withUnsafeMutableBytes { bytes in
        let kinds = RecordKindList.all
        RecordHeader(
          byteCount: count, kind: kinds[dice.below(kinds.count)], isOutput: dice.once(in: 2),
          sequence: dice.next(), time: desk.now
        ).store(at: bytes.baseAddress!)
        if dice.once(in: 10) { bytes.baseAddress!.store16(UInt16(dice.below(200)), 4) }
      }
      _ = try? desk.apply(record)
    }
    desk.core.orders.pointee.checkInvariants()
  }

  /// Amounts at the edges of their types from a venue that means it.
  @Test func hugeAmountsAreTold() throws {
    let desk = try Desk(strategies: [], checks: 0)
    let id = try desk.submit(.buy, 1_000)
    try desk.tell(desk.report(.accepted, id, version: 1))
    var led = try desk.tell(
      desk.report(.fill, id, trade: 1, price: .max, quantity: .max, fee: .max))
    check(led.news(.valueOverflow) > 0)
    check(desk.core.position(listing: 0).quantity == 0)
    led = try desk.tell(desk.report(.fill, id, trade: 2, price: 1, quantity: .max))
    check(led.news(.contradiction) == 1 && led.fills.isEmpty)
    led = try desk.tell(desk.report(.fill, id, trade: 3, quantity: -5))
    check(led.fills.isEmpty)
    _ = try desk.tell(desk.report(.replaced, id, version: 1, price: .max, quantity: .max))
    _ = try desk.tell(desk.report(.replaced, id, version: .max, price: .max, quantity: .max))
    _ = try desk.tell(desk.report(.tradeCorrected, id, trade: 1, price: .min, quantity: 1))
    _ = try desk.tell(desk.report(.tradeBusted, id, trade: 1, quantity: .max))
    var stray = desk.report(.fill, 77, trade: 9, price: .min, quantity: .max, fee: .min)
    stray.orderID = 77
    led = try desk.tell(stray)
    check(led.news(.unknownOrder) == 1)
  }
}

enum RecordKindList {
  static let all: [RecordKind] = (0..<128).compactMap { RecordKind(rawValue: $0) }
}
