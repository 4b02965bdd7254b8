import LowLatency
import Testing
import TradingModel

@testable import MarketData

/// The obvious book of orders: one array in priority order.
private struct NaiveOrders {
  var orders: [BookOrder] = []

  mutating func add(_ order: BookOrder) {
    orders.removeAll { $0.orderID == order.orderID }
    orders.append(order)
  }

  mutating func cancel(_ orderID: UInt64, _ quantity: Int64) {
    guard let index = orders.firstIndex(where: { $0.orderID == orderID }) else { return }
    orders[index].quantity -= quantity
    if orders[index].quantity <= 0 || quantity <= 0 { orders.remove(at: index) }
  }

  mutating func modify(_ order: BookOrder) {
    guard let index = orders.firstIndex(where: { $0.orderID == order.orderID }) else {
      orders.append(order)
      return
    }
    let old = orders[index]
    if old.price == order.price, old.side == order.side, order.quantity <= old.quantity {
      orders[index] = order
    } else {
      orders.remove(at: index)
      orders.append(order)
    }
  }

  func queue(_ price: Int64, _ side: Side) -> [BookOrder] {
    orders.filter { $0.price == price && $0.side == side }
  }

  func prices(_ side: Side) -> [Int64] {
    let all = Set(orders.filter { $0.side == side }.map(\.price)).sorted()
    return side == .buy ? all.reversed() : all
  }
}

@Suite struct OrderByOrderBookTests {
  @Test(arguments: UInt64(0)..<20)
  func agreesWithArray(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var book = OrderByOrderBook(tick: 25, orderCapacity: 8, pageCapacity: 1)
    var naive = NaiveOrders()
    for step in 0..<25_000 {
      let order = BookOrder(
        orderID: random.next(below: 90) + 1, side: random.next(below: 2) == 0 ? .buy : .sell,
        price: Int64(random.next(below: 12)) * 25 - 100, quantity: Int64(random.next(below: 9)) + 1)
      switch random.next(below: 8) {
      case 0...3:
        check(book.add(order))
        naive.add(order)
      case 4, 5:
        let known = naive.orders.contains { $0.orderID == order.orderID }
        check(book.cancel(orderID: order.orderID, quantity: order.quantity) == known)
        naive.cancel(order.orderID, order.quantity)
      default:
        check(book.modify(order))
        naive.modify(order)
      }
      if random.next(below: 400) == 0 {
        book.removeAll()
        naive.orders.removeAll()
      }
      if step < 400 ? step % 20 == 0 : step % 500 == 0 {
        compare(book, naive, "seed \(seed), step \(step)")
      }
    }
    compare(book, naive, "seed \(seed), end")
  }

  private func compare(
    _ book: borrowing OrderByOrderBook, _ naive: NaiveOrders, _ place: Comment
  ) {
    check(book.orderCount == naive.orders.count, place)
    for side in Side.allCases {
      let prices = naive.prices(side)
      var walked: [Int64] = []
      var price = book.bestPrice(side)
      while let current = price {
        walked.append(current)
        price = book.nextPrice(after: current, side)
      }
      check(walked == prices, place)
      check(book.levelCount(side) == prices.count, place)
      for price in prices {
        let queue = naive.queue(price, side)
        var found: [BookOrder] = []
        book.forEachOrder(at: price, side) { order in
          found.append(order)
          return true
        }
        check(found == queue, place)
        let level = book.level(at: price, side)
        check(level?.quantity == queue.reduce(0) { $0 + $1.quantity }, place)
        check(level?.orderCount == Int32(queue.count), place)
      }
    }
  }

  @Test func refusesWhatItCannotHold() {
    var book = OrderByOrderBook(tick: 25)
    func order(_ id: UInt64, _ price: Int64, _ quantity: Int64) -> BookOrder {
      BookOrder(orderID: id, side: .buy, price: price, quantity: quantity)
    }
    check(!book.add(order(0, 25, 1)))
    check(!book.add(order(1, 26, 1)))
    check(!book.add(order(1, 25, 0)))
    check(!book.add(order(1, 25, -3)))
    check(!book.add(order(1, 25, OrderByOrderBook.quantityMax + 1)))
    check(!book.modify(order(1, 26, 1)))
    check(!book.cancel(orderID: 1, quantity: 1))
    check(book.counts.cancelsOfAbsentOrders == 1 && book.orderCount == 0)
  }

  @Test func countsPriority() {
    var book = OrderByOrderBook(tick: 1)
    book.add(BookOrder(orderID: 1, side: .sell, price: 5, quantity: 4))
    book.add(BookOrder(orderID: 2, side: .sell, price: 5, quantity: 4))
    book.modify(BookOrder(orderID: 1, side: .sell, price: 5, quantity: 3))
    book.modify(BookOrder(orderID: 2, side: .sell, price: 5, quantity: 9))
    book.modify(BookOrder(orderID: 1, side: .sell, price: 6, quantity: 1))
    check(book.counts.modifiesKeptPriority == 1 && book.counts.modifiesLostPriority == 2)
    check(book.order(2) == BookOrder(orderID: 2, side: .sell, price: 5, quantity: 9))
    check(!book.isCrossed)
  }
}
