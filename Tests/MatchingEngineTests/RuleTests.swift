import MatchingEngine
import Testing
import TradingModel

/// Rules of docs/matching-rules.md by hand, asked of both books. A report reads "kind id
/// quantity@price leaves reason", a trade "trade id quantity@price leaves maker id leaves".
@Suite struct RuleTests {
  @Test func icebergShowsItsNextPartBehindTheOthers() {
    var desk = BothBooks()
    desk.tell(.new(.limit(.sell, 1, price: 10, quantity: 25)) { $0.displayQuantity = 10 })
    desk.tell(.new(.limit(.sell, 2, price: 10, quantity: 5, instructions: .hidden)))
    desk.tell(.new(.limit(.sell, 3, price: 10, quantity: 5)))
    #expect(desk.duel.book.bestAsk == LevelView(price: 10, quantity: 15, orderCount: 2))
    #expect(
      desk.tell(.new(.limit(.buy, 4, price: 10, quantity: 33))) == [
        "accepted 4 33@10 33", "trade 4 10@10 23 maker 1 15", "trade 4 5@10 18 maker 3 0",
        "trade 4 10@10 8 maker 1 5", "trade 4 5@10 3 maker 1 0", "trade 4 3@10 0 maker 2 2",
      ])
  }

  @Test func firstAndLastTradeOfASweepCount() {
    var desk = BothBooks()
    desk.tell(.new(.limit(.sell, 1, price: 10, quantity: 1)))
    desk.tell(.new(.limit(.sell, 2, price: 12, quantity: 1)))
    desk.tell(.new(.limit(.sell, 3, price: 14, quantity: 1)))
    // Between the first trade, which it stays above, and the last, which is beyond it.
    desk.tell(.new(.stop(.sell, 5, quantity: 1)) { $0.stopPrice = 10 })
    desk.tell(.new(.stop(.buy, 6, quantity: 1)) { $0.stopPrice = 14 })
    desk.tell(.new(.stop(.buy, 7, quantity: 1)) { $0.stopPrice = 13 })
    desk.tell(.new(.stop(.buy, 8, quantity: 1)) { $0.stopPrice = 15 })
    #expect(
      desk.tell(.new(.limit(.buy, 9, price: 14, quantity: 4))) == [
        "accepted 9 4@14 4", "trade 9 1@10 3 maker 1 0", "trade 9 1@12 2 maker 2 0",
        "trade 9 1@14 1 maker 3 0", "triggered 5 1@min 1", "triggered 7 1@max 1",
        "triggered 6 1@max 1", "trade 5 1@14 0 maker 9 0", "canceled 7 1@max 0 noLiquidity",
        "canceled 6 1@max 0 noLiquidity",
      ])
    #expect(desk.duel.book.statistics.stopCount == 1)
  }

  @Test func trailingStopFollowsBetterTrades() {
    var desk = BothBooks()
    let trailing = OrderEntry(
      orderID: 1, price: .min, quantity: 2, owner: 0, side: .sell, type: .trailingStop,
      timeInForce: .goodTillCancel, instructions: [], selfTradePrevention: .allow)
    desk.tell(.new(trailing) { $0.trailingOffset = 3 })
    #expect(desk.duel.book.order(1)?.stopPrice == .min)
    desk.trade(at: 20)
    #expect(desk.duel.book.order(1)?.stopPrice == 17)
    desk.trade(at: 22)
    desk.trade(at: 20)
    #expect(desk.duel.book.order(1)?.stopPrice == 19)
    desk.tell(.new(.limit(.buy, 50, price: 18, quantity: 5)))
    #expect(
      desk.tell(.new(.limit(.sell, 51, price: 18, quantity: 1))) == [
        "accepted 51 1@18 1", "trade 51 1@18 0 maker 50 4", "triggered 1 2@min 2",
        "trade 1 2@18 0 maker 50 2",
      ])
  }

  @Test func peggedOrdersFollowInOrderOfEntry() {
    var desk = BothBooks()
    desk.tell(.new(.limit(.buy, 1, price: 10, quantity: 1)))
    desk.tell(.new(.limit(.sell, 2, price: 15, quantity: 1)))
    #expect(
      desk.tell(.peg(.mid, .buy, 3, limit: .max)) == ["accepted 3 1@12 1 repriced"])
    #expect(
      desk.tell(.peg(.mid, .sell, 4, limit: .min)) == ["accepted 4 1@13 1 repriced"])
    #expect(
      desk.tell(.peg(.primary, .buy, 5, limit: 10)) == ["accepted 5 1@10 1 repriced"])
    #expect(
      desk.tell(.new(.limit(.buy, 6, price: 11, quantity: 1))) == [
        "accepted 6 1@11 1", "replaced 3 1@13 1 repriced", "trade 3 1@13 0 maker 4 0",
      ])
    #expect(desk.duel.book.order(5)?.price == 10)
    #expect(desk.tell(.cancel(2)) == ["canceled 2 1@15 0 requested"])
    #expect(desk.tell(.peg(.market, .buy, 7, limit: 9)) == ["rejected 7 1@9 0 noReferencePrice"])
  }

  @Test func slideTakesTheNearestPassivePrice() {
    var desk = BothBooks()
    desk.tell(.new(.limit(.sell, 1, price: 10, quantity: 1, instructions: .hidden)))
    let slide: OrderInstructions = [.postOnly, .slide]
    #expect(
      desk.tell(.new(.limit(.buy, 2, price: 12, quantity: 1, instructions: slide))) == [
        "accepted 2 1@9 1 repriced"
      ])
    #expect(
      desk.tell(.modify(2, price: 12, quantity: 2, stopPrice: nil)) == [
        "replaced 2 2@9 2 repriced"
      ])
    desk.tell(.new(.limit(.sell, 3, price: .min, quantity: 1)))
    #expect(desk.duel.book.order(2)?.leaves == 1)
  }

  @Test func decrementTakesWhatIsShown() {
    var desk = BothBooks()
    desk.tell(.new(.limit(.sell, 1, price: 10, quantity: 20, owner: 7)) { $0.displayQuantity = 8 })
    let entry = OrderEntry.limit(
      .buy, 2, price: 10, quantity: 10, owner: 7, selfTradePrevention: .decrement)
    #expect(
      desk.tell(.new(entry)) == [
        "accepted 2 10@10 10", "reduced 1 8@10 12 selfTradePrevention",
        "reduced 2 8@10 2 selfTradePrevention", "reduced 1 2@10 10 selfTradePrevention",
        "canceled 2 2@10 0 selfTradePrevention",
      ])
    #expect(desk.duel.book.order(1)?.displayed == 6)
  }

  @Test func fillOrKillCountsReservesUnlessAnOwnOrderStandsBefore() {
    var desk = BothBooks()
    desk.tell(.new(.limit(.sell, 1, price: 10, quantity: 20)) { $0.displayQuantity = 8 })
    desk.tell(.new(.limit(.sell, 2, price: 10, quantity: 5, owner: 7)))
    let entry = OrderEntry.limit(
      .buy, 3, price: 10, quantity: 9, owner: 7, timeInForce: .fillOrKill,
      selfTradePrevention: .cancelNewest)
    #expect(desk.tell(.new(entry)) == ["rejected 3 9@10 0 notFillable"])
    desk.tell(.cancel(2))
    #expect(desk.tell(.new(entry)).last == "trade 3 1@10 0 maker 1 11")
  }

  @Test func reduceOnlyOrdersNeverTurnAPosition() {
    var desk = BothBooks()
    let reduceOnly = OrderInstructions.reduceOnly
    #expect(
      desk.tell(.new(.limit(.sell, 1, price: 10, quantity: 9, owner: 7, instructions: reduceOnly)))
        == ["rejected 1 9@10 0 reduceOnly"])
    desk.tell(.setPosition(6, 7))
    #expect(
      desk.tell(.new(.limit(.sell, 1, price: 10, quantity: 9, owner: 7, instructions: reduceOnly)))
        == ["accepted 1 9@10 9", "reduced 1 3@10 6 reduceOnly"])
    desk.tell(.new(.limit(.sell, 2, price: 11, quantity: 6, owner: 7, instructions: reduceOnly)))
    #expect(
      desk.tell(.new(.limit(.buy, 3, price: 11, quantity: 8))) == [
        "accepted 3 8@11 8", "trade 3 6@10 2 maker 1 0", "canceled 2 6@11 0 reduceOnly",
      ])
    #expect(desk.duel.book.position(of: 7) == 0)
  }

  @Test func endsComeInTheirOrder() {
    var desk = BothBooks()
    for (id, time) in [(OrderID(1), Timestamp(30)), (2, 20), (3, 20), (4, 40)] {
      desk.tell(
        .new(.limit(.buy, id, price: Int64(id), quantity: 1, timeInForce: .goodTillDate)) {
          $0.expireTime = time
        })
    }
    #expect(
      desk.tell(.advance(30)) == [
        "expired 2 1@2 0 timeReached", "expired 3 1@3 0 timeReached",
        "expired 1 1@1 0 timeReached",
      ])
    desk.tell(.new(.limit(.buy, 5, price: 3, quantity: 1, timeInForce: .day)))
    desk.tell(.new(.stop(.buy, 6, quantity: 1, timeInForce: .day)) { $0.stopPrice = 90 })
    desk.tell(.new(.stop(.buy, 7, quantity: 1)) { $0.stopPrice = 80 })
    #expect(
      desk.tell(.endDay) == ["expired 5 1@3 0 endOfDay", "expired 6 1@max 0 endOfDay"])
    #expect(
      desk.tell(.cancelAll(nil, nil)) == [
        "canceled 4 1@4 0 massCancel", "canceled 7 1@max 0 massCancel",
      ])
  }

  @Test func auctionTradesMostThenLeavesLeast() {
    var desk = BothBooks()
    desk.tell(.setPhase(.auction, referencePrice: 0))
    desk.tell(.new(.market(.buy, 1, quantity: 4)))
    desk.tell(.new(.limit(.buy, 2, price: 12, quantity: 5)))
    desk.tell(.new(.limit(.sell, 3, price: 9, quantity: 6)))
    desk.tell(.new(.limit(.sell, 4, price: 11, quantity: 2)))
    desk.tell(.new(.stop(.sell, 5, quantity: 1)) { $0.stopPrice = 12 })
    #expect(
      desk.duel.book.indication(referencePrice: 10)
        == AuctionIndication(price: 12, quantity: 8, imbalance: 1))
    #expect(
      desk.tell(.uncross(referencePrice: 10)) == [
        "trade 1 4@12 0 maker 3 2", "trade 2 2@12 3 maker 3 0", "trade 2 2@12 1 maker 4 0",
        "triggered 5 1@min 1",
      ])
    #expect(desk.duel.book.phase == .auction)
    #expect(
      desk.tell(.setPhase(.continuous, referencePrice: 0)) == ["trade 2 1@12 0 maker 5 0"])
  }

  @Test func auctionOfMarketOrdersTakesTheReference() {
    var desk = BothBooks()
    desk.tell(.setPhase(.auction, referencePrice: 0))
    desk.tell(.new(.market(.buy, 1, quantity: 4)))
    desk.tell(.new(.market(.sell, 2, quantity: 3)))
    #expect(
      desk.duel.book.indication(referencePrice: -7)
        == AuctionIndication(price: -7, quantity: 3, imbalance: 1))
    #expect(
      desk.tell(.uncross(referencePrice: -7)) == [
        "trade 1 3@-7 1 maker 2 0", "canceled 1 1@max 0 noLiquidity",
      ])
  }

  /// The first pass of the uncross uses up the position, so that the second trades nothing.
  @Test func auctionPriceWithoutATradeTriggersNothing() {
    var desk = BothBooks()
    desk.tell(.setPosition(5, 7))
    desk.tell(.setPhase(.auction, referencePrice: 0))
    for (id, price) in [(OrderID(1), Int64(100)), (2, 100), (3, 103)] {
      desk.tell(
        .new(
          .limit(.sell, id, price: price, quantity: 5, owner: 7, instructions: .reduceOnly)))
    }
    desk.tell(.new(.limit(.buy, 4, price: 104, quantity: 5)))
    desk.tell(.new(.limit(.buy, 5, price: 104, quantity: 5)))
    desk.tell(.new(.stop(.buy, 6, quantity: 1)) { $0.stopPrice = 103 })
    #expect(
      desk.tell(.uncross(referencePrice: 0)) == [
        "trade 4 5@100 0 maker 1 0", "canceled 2 5@100 0 reduceOnly",
        "canceled 3 5@103 0 reduceOnly",
      ])
    #expect(desk.duel.book.statistics.stopCount == 1)
  }

  @Test func phasesRefuse() {
    var desk = BothBooks()
    desk.tell(.new(.limit(.buy, 1, price: 10, quantity: 3)))
    desk.tell(.setPhase(.cancelOnly, referencePrice: 0))
    #expect(
      desk.tell(.new(.limit(.buy, 2, price: 10, quantity: 3))) == ["rejected 2 3@10 0 cancelOnly"])
    desk.tell(.setPhase(.halted, referencePrice: 0))
    #expect(
      desk.tell(.cancel(1)) == ["cancelRejected 1 0@10 3 tradingHalted"])
    #expect(desk.tell(.cancel(2)) == ["cancelRejected 2 0@0 0 unknownOrder"])
    #expect(desk.tell(.cancelAll(nil, .buy)) == ["canceled 1 3@10 0 massCancel"])
  }
}

/// Both books, of which the reports must be one.
private struct BothBooks: ~Copyable {
  var duel = BookDuel(BookShape(orderCapacity: 40))
  private var lastID: OrderID = 1_000

  @discardableResult mutating func tell(_ request: BookRequest) -> [String] {
    #expect(duel.apply(request) == nil)
    #expect(duel.compareViews() == nil)
    return duel.naive.reports.map { report in
      let end = report.price == .max ? "max" : report.price == .min ? "min" : "\(report.price)"
      var line = "\(report.kind) \(report.orderID) \(report.quantity)@\(end) \(report.leaves)"
      if report.kind == .trade {
        line += " maker \(report.makerOrderID) \(report.makerLeaves)"
      } else if report.reason != .none {
        line += " \(report.reason)"
      }
      return line
    }
  }

  /// Two orders that trade one unit.
  mutating func trade(at price: Int64) {
    lastID += 2
    tell(.new(.limit(.sell, lastID - 1, price: price, quantity: 1)))
    tell(.new(.limit(.buy, lastID, price: price, quantity: 1)))
  }
}

extension BookRequest {
  fileprivate static func new(
    _ entry: OrderEntry, _ set: ((inout OrderTerms) -> Void)? = nil
  ) -> BookRequest {
    guard let set else { return .submit(entry, nil) }
    var terms = OrderTerms()
    set(&terms)
    return .submit(entry, terms)
  }

  /// A pegged order of quantity 1.
  fileprivate static func peg(
    _ peg: PegReference, _ side: Side, _ id: OrderID, limit: Int64
  ) -> BookRequest {
    var terms = OrderTerms()
    terms.peg = peg
    return .submit(
      OrderEntry(
        orderID: id, price: limit, quantity: 1, owner: 0, side: side, type: .pegged,
        timeInForce: .goodTillCancel, instructions: [], selfTradePrevention: .allow), terms)
  }
}

extension OrderEntry {
  /// A stop that is a market order when it is triggered.
  fileprivate static func stop(
    _ side: Side, _ id: OrderID, quantity: Int64, timeInForce: TimeInForce = .goodTillCancel
  ) -> OrderEntry {
    OrderEntry(
      orderID: id, price: side == .buy ? .max : .min, quantity: quantity, owner: 0, side: side,
      type: .stop, timeInForce: timeInForce, instructions: [], selfTradePrevention: .allow)
  }
}
