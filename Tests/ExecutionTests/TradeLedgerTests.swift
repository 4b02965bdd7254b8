import Execution
import Testing
import TradingModel

@Suite struct TradeLedgerTests {
  static func report(
    _ kind: VenueReportKind, trade: TradeID, order: OrderID = 1, listing: ListingIndex = 0,
    quantity: Int64 = 5, price: Int64 = 100, cumulative: Int64 = -1, time: Timestamp = 1,
    fee: Int128 = 0
  ) -> VenueReport {
    VenueReport(
      kind: kind, listing: listing, venue: 0, orderID: order, tradeID: trade, lastPrice: price,
      lastQuantity: quantity, cumulativeQuantity: cumulative, fee: Money(amount: fee),
      venueTime: time)
  }

  static func trade(_ report: VenueReport, _ side: Side = .buy) -> LedgerTrade {
    LedgerTrade(
      report, key: TradeKey(report, side: side)!, orderID: report.orderID, strategy: 0)
  }

  @Test func sixtyFourBytes() { check(MemoryLayout<LedgerTrade>.stride == 64) }

  /// Against a dictionary and a queue, evictions included.
  @Test(arguments: UInt64(0)..<30)
  func agreesWithADictionary(seed: UInt64) {
    struct Key: Hashable {
      var listing: ListingIndex
      var side: Side
      var number: UInt64
      var order: OrderID
    }
    var dice = Dice(seed)
    let capacity = 1 << dice.below(6)
    var ledger = TradeLedger(capacity: capacity, listingCapacity: 2)
    var model: [Key: Int64] = [:]
    var queue: [Key] = []
    for step in 0..<500 {
      let side: Side = dice.once(in: 2) ? .buy : .sell
      let isNamed = !dice.once(in: 4)
      let report = Self.report(
        .fill, trade: isNamed ? TradeID(1 + dice.below(60)) : 0, order: OrderID(1 + dice.below(3)),
        listing: ListingIndex(dice.below(2)), quantity: Int64(step + 1),
        cumulative: isNamed ? -1 : Int64(1 + dice.below(20)))
      let key = Key(
        listing: report.listing, side: side,
        number: isNamed ? report.tradeID : UInt64(report.cumulativeQuantity),
        order: isNamed ? 0 : report.orderID)
      let known = ledger.find(TradeKey(report, side: side)!)
      check(known?.pointee.quantity == model[key], "seed \(seed) step \(step)")
      if known != nil { continue }
      ledger.insert(Self.trade(report, side), at: Timestamp(step))
      if queue.count == capacity { model[queue.removeFirst()] = nil }
      queue.append(key)
      model[key] = report.lastQuantity
      check(ledger.hasForgotten == (ledger.count > capacity))
    }
  }

  /// What a trade leaves behind when it is forgotten: the time up to which others of its listing may have been.
  @Test func aForgottenTradeLeavesItsTime() {
    var ledger = TradeLedger(capacity: 2, listingCapacity: 2)
    for (trade, listing, time) in [(1, 0, 50), (2, 0, 40), (3, 1, 90), (4, 1, 95), (5, 1, 96)] {
      let report = Self.report(.fill, trade: TradeID(trade), listing: ListingIndex(listing))
      ledger.insert(Self.trade(report), at: Timestamp(time))
      check(ledger.mayHaveForgotten(0, at: 50) == (trade >= 3), "trade \(trade)")
    }
    // It never falls: the second that was forgotten is the earlier one.
    check(!ledger.mayHaveForgotten(0, at: 51) && ledger.mayHaveForgotten(0, at: 1))
    check(ledger.mayHaveForgotten(1, at: 90) && !ledger.mayHaveForgotten(1, at: 91))
    check(!ledger.mayHaveForgotten(0, at: 0), "a fill without time")
  }

  @Test func aTradeWithOurselvesIsTwoFills() {
    var ledger = TradeLedger(capacity: 8, listingCapacity: 2)
    let report = Self.report(.fill, trade: 9)
    check(ledger.take(Self.trade(report, .buy), at: 1).booking != nil)
    check(ledger.take(Self.trade(report, .sell), at: 1).booking != nil)
    check(!ledger.take(Self.trade(report, .buy), at: 1).isNews)
  }

  @Test func aTradeWithoutNameIsNotToldFromOthers() {
    check(TradeKey(Self.report(.fill, trade: 0), side: .buy) == nil)
    check(TradeKey(Self.report(.fill, trade: 0, order: 0, cumulative: 5), side: .buy) == nil)
    check(TradeKey(Self.report(.tradeBusted, trade: 0, cumulative: 5), side: .buy) == nil)
    check(TradeKey(Self.report(.fill, trade: 0, cumulative: 5), side: .buy) != nil)
  }

  /// A fill, two corrections and perhaps a bust, all permutations with repetitions: the same booking.
  @Test func everyArrivalEndsInTheSameTerms() {
    let all = [
      Self.report(.fill, trade: 3, quantity: 5, price: 100, fee: 7),
      Self.report(.tradeCorrected, trade: 3, quantity: 4, price: 101, time: 10, fee: 6),
      Self.report(.tradeCorrected, trade: 3, quantity: 6, price: 99, time: 20, fee: 8),
      Self.report(.tradeBusted, trade: 3, quantity: 5, time: 30),
    ]
    for set in [[0], [0, 1], [0, 1, 2], [0, 3], [0, 1, 3], [0, 1, 2, 3]] {
      let expected = set.contains(3) ? nil : set.last.map { all[$0] }
      for order in permutations(set + [0]) {
        var ledger = TradeLedger(capacity: 8, listingCapacity: 2)
        var booked: [FillLeg] = []
        var gross: Int64 = 0
        for index in order {
          let change = ledger.take(Self.trade(all[index]), at: 1)
          gross += change.grossChange
          if var leg = change.reversal {
            leg.isReversal = false
            check(booked.contains(leg))
            booked.removeAll { $0 == leg }
          }
          if let leg = change.booking { booked.append(leg) }
        }
        check(booked.count == (expected == nil ? 0 : 1))
        check(booked.first?.price == expected?.lastPrice, "\(order)")
        check(booked.first?.fee == expected?.fee, "\(order)")
        let terms = set.filter { $0 != 3 }.last.map { all[$0] }
        check(gross == terms?.lastQuantity, "\(order)")
      }
    }
  }
}

/// All orders of `items`.
func permutations<T>(_ items: [T]) -> [[T]] {
  if items.count <= 1 { return [items] }
  return items.indices.flatMap { index in
    var rest = items
    let item = rest.remove(at: index)
    return permutations(rest).map { [item] + $0 }
  }
}
