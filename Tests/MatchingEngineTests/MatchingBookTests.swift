import LowLatency
import MatchingEngine
import Testing
import TradingModel

/// One rule each, by hand. A report reads "kind id quantity@price leaves reason".
@Suite struct MatchingBookTests {
  @Test func reportsAreOneCacheLine() {
    #expect(MemoryLayout<MatchReport>.size == 64)
    #expect(MemoryLayout<MatchReport>.stride == 64)
  }

  @Test func tradesBestPriceFirstThenOldestFirst() {
    var desk = Desk()
    desk.submit(.limit(.sell, 1, price: 102, quantity: 5))
    desk.submit(.limit(.sell, 2, price: 101, quantity: 5))
    desk.submit(.limit(.sell, 3, price: 101, quantity: 5))
    #expect(
      desk.submit(.limit(.buy, 4, price: 102, quantity: 12)) == [
        "accepted 4 12@102 12", "trade 4 5@101 7 maker 2 0", "trade 4 5@101 2 maker 3 0",
        "trade 4 2@102 0 maker 1 3",
      ])
    #expect(desk.book.order(1)?.filled == 2)
    #expect(desk.book.orderCount == 1)
    #expect(desk.book.tradeCount == 3)
  }

  @Test func whatIsLeftRestsBehind() {
    var desk = Desk()
    desk.submit(.limit(.sell, 1, price: 100, quantity: 5))
    desk.submit(.limit(.buy, 2, price: 100, quantity: 8))
    desk.submit(.limit(.buy, 3, price: 100, quantity: 1))
    #expect(desk.book.bestBid == LevelView(price: 100, quantity: 4, orderCount: 2))
    #expect(desk.book.bestAsk == nil)
    #expect(desk.book.queuePosition(of: 3) == QueuePosition(ordersAhead: 1, quantityAhead: 3))
    #expect(desk.book.queuePosition(of: 1) == nil)
  }

  @Test func marketOrdersNeverRest() {
    var desk = Desk()
    desk.submit(.limit(.sell, 1, price: 100, quantity: 5))
    desk.submit(.limit(.sell, 2, price: 110, quantity: 5))
    #expect(
      desk.submit(.market(.buy, 3, quantity: 7, protectionPrice: 105)) == [
        "accepted 3 7@105 7", "trade 3 5@100 2 maker 1 0", "canceled 3 2@105 0 noLiquidity",
      ])
    #expect(
      desk.submit(.market(.buy, 4, quantity: 9)) == [
        "accepted 4 9@\(Int64.max) 9", "trade 4 5@110 4 maker 2 0",
        "canceled 4 4@\(Int64.max) 0 noLiquidity",
      ])
  }

  @Test func immediateOrCancelAndFillOrKill() {
    var desk = Desk()
    desk.submit(.limit(.buy, 1, price: 100, quantity: 5))
    #expect(
      desk.submit(.limit(.sell, 2, price: 100, quantity: 6, timeInForce: .fillOrKill)) == [
        "rejected 2 6@100 0 notFillable"
      ])
    #expect(
      desk.submit(.limit(.sell, 2, price: 100, quantity: 2, timeInForce: .fillOrKill)) == [
        "accepted 2 2@100 2", "trade 2 2@100 0 maker 1 3",
      ])
    #expect(
      desk.submit(.limit(.sell, 3, price: 100, quantity: 4, timeInForce: .immediateOrCancel)) == [
        "accepted 3 4@100 4", "trade 3 3@100 1 maker 1 0", "canceled 3 1@100 0 immediateOrCancel",
      ])
  }

  @Test func fillOrKillDoesNotCountOwnOrders() {
    var desk = Desk()
    desk.submit(.limit(.buy, 1, price: 100, quantity: 5, owner: 7))
    desk.submit(.limit(.buy, 2, price: 99, quantity: 5, owner: 8))
    for mode in [SelfTradePrevention.cancelNewest, .cancelBoth, .decrement] {
      let entry = OrderEntry.limit(
        .sell, 3, price: 99, quantity: 5, owner: 7, timeInForce: .fillOrKill,
        selfTradePrevention: mode)
      #expect(desk.submit(entry) == ["rejected 3 5@99 0 notFillable"])
    }
    let entry = OrderEntry.limit(
      .sell, 3, price: 99, quantity: 5, owner: 7, timeInForce: .fillOrKill,
      selfTradePrevention: .cancelOldest)
    #expect(
      desk.submit(entry) == [
        "accepted 3 5@99 5", "canceled 1 5@100 0 selfTradePrevention", "trade 3 5@99 0 maker 2 0",
      ])
  }

  @Test func postOnlyNeverTakes() {
    var desk = Desk()
    desk.submit(.limit(.sell, 1, price: 100, quantity: 5))
    let crossing = OrderEntry.limit(.buy, 2, price: 100, quantity: 1, instructions: .postOnly)
    #expect(desk.submit(crossing) == ["rejected 2 1@100 0 wouldCross"])
    let passive = OrderEntry.limit(.buy, 2, price: 99, quantity: 1, instructions: .postOnly)
    #expect(desk.submit(passive) == ["accepted 2 1@99 1"])
    #expect(desk.modify(2, 100, 1) == ["replaceRejected 2 1@100 1 wouldCross"])
    #expect(desk.book.order(2)?.price == 99)
  }

  @Test func refusalsComeInTheirOrder() {
    var desk = Desk(orderCapacity: 2)
    desk.submit(.limit(.buy, 1, price: 10, quantity: 1))
    let max = desk.book.quantityMax
    let postOnly = OrderInstructions.postOnly
    let table: [(OrderEntry, String)] = [
      (.limit(.buy, 0, price: 10, quantity: 0), "orderIDIsZero"),
      (.limit(.buy, 1, price: 10, quantity: 0), "duplicateOrderID"),
      (.limit(.buy, 2, price: 10, quantity: 0), "quantityNotPositive"),
      (.limit(.buy, 2, price: 10, quantity: .min), "quantityNotPositive"),
      (.limit(.buy, 2, price: 10, quantity: max + 1), "quantityAboveLimit"),
      (
        .limit(.buy, 2, price: 10, quantity: 1, timeInForce: .goodTillDate),
        "expireTimePassed"
      ),
      (.limit(.buy, 2, price: 10, quantity: 1, instructions: .slide), "conflictingInstructions"),
      (
        .limit(
          .buy, 2, price: 10, quantity: 1, timeInForce: .fillOrKill, instructions: postOnly),
        "conflictingInstructions"
      ),
    ]
    for (entry, reason) in table {
      let reports = desk.submit(entry)
      #expect(reports == ["rejected \(entry.orderID) \(entry.quantity)@10 0 \(reason)"])
    }
    desk.submit(.limit(.buy, 2, price: 11, quantity: max))
    #expect(
      desk.submit(.limit(.sell, 3, price: 11, quantity: 1)) == ["rejected 3 1@11 0 orderCapacity"])
    #expect(desk.submit(.market(.sell, 3, quantity: 1)).count == 2)
    #expect(desk.cancel(9) == ["cancelRejected 9 0@0 0 unknownOrder"])
    #expect(desk.modify(9, 5, 6) == ["replaceRejected 9 6@5 0 unknownOrder"])
    #expect(desk.modify(1, 5, 0) == ["replaceRejected 1 0@5 1 quantityNotPositive"])
    #expect(desk.modify(1, 5, .max) == ["replaceRejected 1 \(Int64.max)@5 1 quantityAboveLimit"])
  }

  @Test func modifyKeepsPriorityOnlyWithoutMoreQuantity() {
    var desk = Desk()
    desk.submit(.limit(.buy, 1, price: 100, quantity: 5))
    desk.submit(.limit(.buy, 2, price: 100, quantity: 5))
    #expect(desk.modify(1, 100, 3) == ["replaced 1 3@100 3"])
    #expect(desk.book.queuePosition(of: 1)?.ordersAhead == 0)
    #expect(desk.book.bestBid?.quantity == 8)
    desk.modify(1, 100, 3)
    #expect(desk.book.queuePosition(of: 1)?.ordersAhead == 0)
    #expect(desk.modify(1, 100, 4) == ["replaced 1 4@100 4"])
    #expect(desk.book.queuePosition(of: 1)?.ordersAhead == 1)
    desk.modify(2, 99, 5)
    #expect(desk.book.bestBid == LevelView(price: 100, quantity: 4, orderCount: 1))
  }

  @Test func modifySpeaksOfTheTotal() {
    var desk = Desk()
    desk.submit(.limit(.buy, 1, price: 100, quantity: 10))
    desk.submit(.limit(.sell, 2, price: 100, quantity: 4))
    #expect(desk.modify(1, 100, 7) == ["replaced 1 7@100 3"])
    #expect(desk.modify(1, 101, 9) == ["replaced 1 9@101 5"])
    desk.submit(.limit(.sell, 3, price: 102, quantity: 2))
    #expect(desk.modify(1, 102, 9) == ["replaced 1 9@102 5", "trade 1 2@102 3 maker 3 0"])
    #expect(desk.modify(1, 102, 6) == ["canceled 1 3@102 0 modifiedToFilled"])
    #expect(desk.book.orderCount == 0)
  }

  @Test(arguments: [
    (SelfTradePrevention.allow, ["trade 3 4@100 6 maker 1 0", "trade 3 6@100 0 maker 2 4"]),
    (.cancelNewest, ["canceled 3 10@100 0 selfTradePrevention"]),
    (.cancelOldest, ["canceled 1 4@100 0 selfTradePrevention", "trade 3 10@100 0 maker 2 0"]),
    (
      .cancelBoth,
      ["canceled 1 4@100 0 selfTradePrevention", "canceled 3 10@100 0 selfTradePrevention"]
    ),
    (
      .decrement,
      [
        "canceled 1 4@100 0 selfTradePrevention", "reduced 3 4@100 6 selfTradePrevention",
        "trade 3 6@100 0 maker 2 4",
      ]
    ),
  ])
  func selfTradePrevention(mode: SelfTradePrevention, expected: [String]) {
    var desk = Desk()
    desk.submit(.limit(.sell, 1, price: 100, quantity: 4, owner: 7))
    desk.submit(.limit(.sell, 2, price: 100, quantity: 10, owner: 8))
    let entry = OrderEntry.limit(
      .buy, 3, price: 100, quantity: 10, owner: 7, selfTradePrevention: mode)
    #expect(Array(desk.submit(entry).dropFirst()) == expected)
  }

  @Test func massCancelTakesOneOwnersOrders() {
    var desk = Desk()
    desk.submit(.limit(.sell, 1, price: 100, quantity: 1, owner: 7))
    desk.submit(.limit(.buy, 2, price: 98, quantity: 1, owner: 7))
    desk.submit(.limit(.buy, 3, price: 98, quantity: 1, owner: 8))
    desk.submit(.limit(.buy, 4, price: 99, quantity: 1, owner: 7))
    #expect(
      desk.cancelAll(owner: 7) == [
        "canceled 4 1@99 0 massCancel", "canceled 2 1@98 0 massCancel",
        "canceled 1 1@100 0 massCancel",
      ])
    #expect(desk.book.orderCount == 1)
  }

  @Test func changesTellLastStatesInOrder() {
    var desk = Desk()
    desk.submit(.limit(.sell, 1, price: 100, quantity: 5))
    desk.submit(.limit(.sell, 2, price: 100, quantity: 5))
    #expect(
      desk.changes() == [BookLevelChange(side: .sell, price: 100, quantity: 10, orderCount: 2)])
    desk.submit(.limit(.buy, 3, price: 100, quantity: 12))
    #expect(
      desk.changes() == [
        BookLevelChange(side: .sell, price: 100, quantity: 0, orderCount: 0),
        BookLevelChange(side: .buy, price: 100, quantity: 2, orderCount: 1),
      ])
    for id in OrderID(4)..<20 { desk.submit(.limit(.buy, id, price: Int64(id), quantity: 1)) }
    #expect(desk.book.hasMissedChanges == true)
    #expect(desk.changes().count == 8)
    #expect(desk.book.hasMissedChanges == false)
  }

  @Test func viewsWriteNoMoreThanFits() {
    var desk = Desk()
    for id in 1...5 { desk.submit(.limit(.buy, OrderID(id), price: 9, quantity: Int64(id))) }
    let filler = OrderView(
      orderID: 0, price: 0, leaves: 0, filled: 0, displayed: 0, owner: 0, side: .sell)
    var orders = [OrderView](repeating: filler, count: 3)
    let count = orders.withUnsafeMutableBufferPointer { desk.book.orders(at: 9, .buy, into: $0) }
    #expect(count == 3)
    #expect(orders.map(\.orderID) == [1, 2, 3])
    #expect(desk.book.quantity(at: 9, .buy) == 15)
    #expect(desk.book.quantity(at: 9, .sell) == 0)
  }

  @Test func stateHashIgnoresSlotsAndSeesQueues() {
    var one = Desk()
    var two = Desk()
    one.submit(.limit(.buy, 8, price: 50, quantity: 1))
    one.submit(.limit(.buy, 9, price: 50, quantity: 1))
    two.submit(.limit(.buy, 7, price: 51, quantity: 1))
    two.submit(.limit(.buy, 8, price: 50, quantity: 1))
    two.cancel(7)
    two.submit(.limit(.buy, 9, price: 50, quantity: 1))
    let hash = one.book.stateHash()
    #expect(hash == two.book.stateHash())
    two.modify(8, 50, 2)
    two.modify(8, 50, 1)
    #expect(hash != two.book.stateHash())
  }
}

/// A book with a buffer, whose operations give their reports as text.
private struct Desk: ~Copyable {
  var book: MatchingBook
  var buffer = ReportBuffer(capacity: 16)

  init(orderCapacity: Int = 32) {
    book = MatchingBook(orderCapacity: orderCapacity, levelPages: 1, changeCapacity: 8)
  }

  @discardableResult mutating func submit(_ entry: OrderEntry) -> [String] {
    book.submit(entry, into: &buffer)
    return drain()
  }

  @discardableResult
  mutating func modify(_ id: OrderID, _ price: Int64, _ quantity: Int64) -> [String] {
    book.modify(id, price: price, quantity: quantity, into: &buffer)
    return drain()
  }

  @discardableResult mutating func cancel(_ id: OrderID) -> [String] {
    book.cancel(id, into: &buffer)
    return drain()
  }

  mutating func cancelAll(owner: OwnerID) -> [String] {
    let count = book.cancelAll(owner: owner, into: &buffer)
    let reports = drain()
    #expect(reports.count == count)
    return reports
  }

  mutating func changes() -> [BookLevelChange] {
    var changes: [BookLevelChange] = []
    for place in 0..<book.changeCount { changes.append(book.change(at: place)) }
    book.clearChanges()
    return changes
  }

  private mutating func drain() -> [String] {
    book.checkInvariants()
    var lines: [String] = []
    for place in 0..<buffer.count {
      let report = buffer[place]
      var line = "\(report.kind) \(report.orderID) \(report.quantity)@\(report.price)"
      line += " \(report.leaves)"
      if report.kind == .trade {
        line += " maker \(report.makerOrderID) \(report.makerLeaves)"
      } else if report.reason != .none {
        line += " \(report.reason)"
      }
      lines.append(line)
    }
    buffer.removeAll()
    return lines
  }
}
