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
    var ledger = TradeLedger(capacity: capacity)
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
      ledger.insert(Self.trade(report, side))
      if queue.count == capacity { model[queue.removeFirst()] = nil }
      queue.append(key)
      model[key] = report.lastQuantity
      check(ledger.hasForgotten == (ledger.count > capacity))
    }
  }

  @Test func aTradeWithOurselvesIsTwoFills() {
    var ledger = TradeLedger(capacity: 8)
    let report = Self.report(.fill, trade: 9)
    check(ledger.take(Self.trade(report, .buy)).booking != nil)
    check(ledger.take(Self.trade(report, .sell)).booking != nil)
    check(!ledger.take(Self.trade(report, .buy)).isNews)
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
        var ledger = TradeLedger(capacity: 8)
        var booked: [FillLeg] = []
        var gross: Int64 = 0
        for index in order {
          let change = ledger.take(Self.trade(all[index]))
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
