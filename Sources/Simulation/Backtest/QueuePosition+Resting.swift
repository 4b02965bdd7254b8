import TradingModel

/// A resting order of ours, by its index in the gateway's record.
struct RestingOrder: BitwiseCopyable, Sendable {
  var order: UInt32
  var price: Int64
  var position: QueuePosition
}

/// Our resting orders on one side of a followed book: best price first, then by time.
struct RestingOrders: Sendable {
  let side: Side
  private(set) var orders: [RestingOrder] = []

  init(side: Side) { self.side = side }

  var isEmpty: Bool { orders.isEmpty }
  var count: Int { orders.count }
  /// The best price; nil when there is no order.
  var bestPrice: Int64? { orders.first?.price }

  subscript(place: Int) -> RestingOrder {
    get { orders[place] }
    set { orders[place] = newValue }
  }

  /// Whether `price` is better for the other side than `other`.
  func isBetter(_ price: Int64, than other: Int64) -> Bool {
    side == .buy ? price > other : price < other
  }

  /// Adds an order behind those of its price.
  mutating func insert(_ order: RestingOrder) {
    orders.insert(order, at: place(behind: order.price))
  }

  /// Takes an order out; false when it does not rest here.
  mutating func remove(_ order: UInt32) -> Bool {
    guard let place = orders.firstIndex(where: { $0.order == order }) else { return false }
    orders.remove(at: place)
    return true
  }

  mutating func remove(at place: Int) { orders.remove(at: place) }

  /// The level at `price` shows `quantity` now.
  mutating func update(
    price: Int64, to quantity: Int64, at time: Timestamp, by model: QueueModel
  ) {
    var place = place(notBetterThan: price)
    while place < orders.count, orders[place].price == price {
      orders[place].position.update(to: quantity, at: time, by: model)
      place += 1
    }
  }

  /// Sets every order's level anew; `displayed` gives what a price shows, nil where unknown.
  mutating func resync(_ displayed: (Int64) -> Int64?) {
    for place in orders.indices {
      if let quantity = displayed(orders[place].price) {
        orders[place].position.resync(to: quantity)
      }
    }
  }

  /// As `resync`, for orders whose place nobody could know until now.
  mutating func discover(_ displayed: (Int64) -> Int64?) {
    for place in orders.indices where orders[place].position.ahead == .max {
      if let quantity = displayed(orders[place].price) {
        orders[place].position.resync(to: quantity)
      }
    }
  }

  /// Prices better than `best` (nil: all) show nothing.
  mutating func clear(betterThan best: Int64?, at time: Timestamp, by model: QueueModel) {
    for place in orders.indices {
      if let best, !isBetter(orders[place].price, than: best) { return }
      orders[place].position.update(to: 0, at: time, by: model)
    }
  }

  /// The first place whose price is `price` or worse.
  private func place(notBetterThan price: Int64) -> Int {
    firstPlace { !isBetter($0, than: price) }
  }

  /// The first place whose price is worse than `price`.
  private func place(behind price: Int64) -> Int {
    firstPlace { isBetter(price, than: $0) }
  }

  /// Binary search for the first place whose price is far enough back.
  private func firstPlace(_ isBack: (Int64) -> Bool) -> Int {
    var low = 0
    var high = orders.count
    while low < high {
      let middle = (low + high) / 2
      if isBack(orders[middle].price) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
