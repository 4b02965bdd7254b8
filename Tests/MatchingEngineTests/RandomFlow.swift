import LowLatency
import MatchingEngine
import TradingModel

/// Requests from a seed, in one of several regimes of prices and sizes, with mistakes among them.
/// It looks at the naive book, so that most requests are about orders that are there.
struct RandomFlow {
  var random: SeededRandom
  let shape: BookShape
  let regime: Regime
  let sizes: Sizes
  let mix: FlowMix
  /// The chance that a request is a cancel: few make deep books.
  let cancels: Double
  /// Whether stops wait before the first trade: then one trade can trigger both sides.
  let beginsWithStops: Bool
  /// Their ids are below it; with few owners they often meet themselves.
  let ownerCount: UInt64
  var lastID: OrderID = 0

  enum Regime: Int, CaseIterable {
    /// Few prices, deep queues.
    case crowded
    /// A middle that wanders.
    case wandering
    /// Prices anywhere in 64 bits, the ends included.
    case scattered
    /// Around zero, with page and tree borders.
    case spread
    /// In heaps so far apart that the book looks for their pages in the same places.
    case distant
  }

  enum Sizes: Int, CaseIterable {
    case small
    case tiny
    /// Up to the largest that a book takes.
    case large
  }

  init(seed: UInt64, mix: FlowMix? = nil) {
    random = SeededRandom(seed: seed)
    regime = Regime(rawValue: Int(seed % UInt64(Regime.allCases.count)))!
    var mix = mix ?? FlowMix.all[Int(seed % UInt64(FlowMix.all.count))]
    let choice = random.next(below: 6)
    sizes = choice < 4 ? .small : choice == 4 ? .tiny : .large
    let capacities = [8, 20, 40, 40, 60, 100]
    cancels = [0.04, 0.08, 0.08, 0.2][Int(random.next(below: 4))]
    let isEarly = random.chance(0.3)
    beginsWithStops = isEarly && mix.stops > 0.02
    let feeds = random.next(below: 10)
    let isFast = random.chance(0.6)
    // Without feeds and positions plain orders stay in their own code beside stops and pegs.
    if feeds > 3 && isFast && mix.reduceOnly < 0.3 && mix.phases < 0.015 {
      (mix.positions, mix.phases) = (0, 0.0003)
    }
    self.mix = mix
    shape = BookShape(
      orderCapacity: capacities[Int(random.next(below: 6))], seed: random.next(),
      levelChanges: feeds < 3 ? 64 : 0, orderChanges: feeds < 2 || feeds == 3 ? 256 : 0)
    ownerCount = random.next(below: 10) == 0 ? 30 : 4
  }

  mutating func next(_ book: NaiveBook) -> BookRequest {
    if let request = phaseRequest(book) { return request }
    if random.chance(mix.positions) { return positionRequest() }
    if random.chance(mix.clock) { return .advance(book.time + random.integer(in: -1...8)) }
    if random.chance(mix.days) { return .endDay }
    if random.chance(mix.massCancels) { return massCancel() }
    if random.chance(cancels) { return .cancel(id(book)) }
    switch random.next(below: 10) {
    case 0..<8: return newOrder(book)
    case 8: return random.chance(0.3) ? replace(book) : modify(book)
    default: return modify(book)
    }
  }

  // MARK: Requests

  /// Phases other than `continuous` are short.
  private mutating func phaseRequest(_ book: NaiveBook) -> BookRequest? {
    if mix.phases == 0 { return nil }
    // In other phases an uncross does nothing.
    if random.chance(book.phase == .auction ? 0.04 : mix.phases) {
      return .uncross(referencePrice: price(book))
    }
    let chance = book.phase == .continuous ? mix.phases : book.phase == .auction ? 0.04 : 0.15
    if !random.chance(chance) { return nil }
    let phases: [TradingPhase] =
      book.phase == .continuous
      ? [.auction, .auction, .auction, .cancelOnly, .halted]
      : [.continuous, .continuous, .continuous, .auction, .halted, .cancelOnly]
    let phase = phases[Int(random.next(below: UInt64(phases.count)))]
    return .setPhase(phase, referencePrice: price(book))
  }

  private mutating func positionRequest() -> BookRequest {
    let owner = self.owner()
    if random.chance(0.1) { return .setPosition(nil, owner) }
    let position = random.integer(in: 0...5).multipliedReportingOverflow(by: quantity())
    let sign: Int64 = random.chance(0.5) ? 1 : -1
    return .setPosition(position.overflow ? .min : position.partialValue * sign, owner)
  }

  private mutating func massCancel() -> BookRequest {
    let owner = random.chance(mix.everybody) ? nil : owner()
    return .cancelAll(owner, random.chance(mix.oneSide) ? side() : nil)
  }

  private mutating func newOrder(_ book: NaiveBook) -> BookRequest {
    let (entry, terms) = entry(book)
    return .submit(entry, terms.arePlain && random.chance(0.9) ? nil : terms)
  }

  private mutating func modify(_ book: NaiveBook) -> BookRequest {
    let id = id(book)
    guard random.chance(0.9), let order = book.order(id) else {
      let stopPrice = mix.stops > 0 && random.chance(0.1) ? price(book) : nil
      return .modify(
        id, price: price(book), quantity: limited(quantity(), id, book), stopPrice: stopPrice)
    }
    var stopPrice: Int64?
    if let present = order.stopPrice {
      stopPrice =
        random.chance(0.3) ? nil : random.chance(0.3) ? present : self.stopPrice(order.side, book)
    }
    return .modify(
      id, price: random.chance(0.5) ? order.price : price(book),
      quantity: limited(near(order.filled + order.leaves), id, book), stopPrice: stopPrice)
  }

  private mutating func replace(_ book: NaiveBook) -> BookRequest {
    let id = id(book)
    guard random.chance(0.9), let order = book.order(id) else {
      return .cancelReplace(
        id, price: price(book), leaves: limited(quantity(), id, book))
    }
    return .cancelReplace(
      id, price: random.chance(0.5) ? order.price : price(book),
      leaves: limited(near(order.leaves), id, book))
  }

  private mutating func near(_ quantity: Int64) -> Int64 {
    switch random.next(below: 10) {
    case 0, 1: return quantity
    case 2..<5: return max(1, quantity - random.integer(in: 1...5))
    case 5, 6: return quantity / 2
    case 7, 8: return quantity.addingReportingOverflow(random.integer(in: 1...5)).partialValue
    default: return self.quantity()
    }
  }

  /// An iceberg that shows one of 10^17 at a time would trade for ever.
  private mutating func limited(_ quantity: Int64, _ id: OrderID, _ book: NaiveBook) -> Int64 {
    let order = book.find(id).map { book[$0] } ?? book.findStop(id).map { book.stops[$0] }
    guard let order, order.terms.displayQuantity > 0 else { return quantity }
    // Seldom one with more parts than the book takes.
    if quantity / order.terms.displayQuantity > 10_000 && random.chance(0.1) { return quantity }
    return min(quantity, order.filled + Self.partsMax * min(order.terms.displayQuantity, 1 << 50))
  }

  // MARK: Parts

  static let partsMax: Int64 = 50

  mutating func side() -> Side { random.chance(0.5) ? .buy : .sell }

  mutating func owner() -> OwnerID { OwnerID(random.next(below: ownerCount)) }

  mutating func newID() -> OrderID {
    lastID += 1
    return lastID
  }

  /// Mostly of an order that is there; seldom 0, or one that is gone or was never given.
  mutating func id(_ book: NaiveBook) -> OrderID {
    let count = book.orderCount
    if count > 0 && random.chance(0.9) {
      var index = Int(random.next(below: UInt64(count)))
      for list in [book.queues[0], book.queues[1], book.stops] {
        if index < list.count { return list[index].id }
        index -= list.count
      }
    }
    let id = Int64(lastID) + 1 - random.integer(in: 0...50)
    return id < 0 ? 0 : OrderID(id)
  }

  mutating func quantity() -> Int64 {
    switch random.next(below: 400) {
    case 0: return random.integer(in: -2...0)
    case 1: return .max - random.integer(in: 0...1)
    case 2: return shape.quantityMax + random.integer(in: -1...1)
    default: break
    }
    switch sizes {
    case .small:
      return random.integer(in: 1...(random.chance(0.1) ? 300 : 20))
    case .tiny: return random.integer(in: 1...3)
    case .large:
      return random.integer(in: 1...shape.quantityMax) >> random.integer(in: 0...57) | 1
    }
  }

  /// Mostly one that the last trade has not reached.
  mutating func stopPrice(_ side: Side, _ book: NaiveBook) -> Int64 {
    let last = book.figures.lastPrice
    return random.chance(0.25) ? price(book) : last &+ side.sign * random.integer(in: 1...6)
  }

  mutating func price(_ book: NaiveBook) -> Int64 {
    switch regime {
    case .crowded: return 100 + random.integer(in: -4...4)
    case .wandering: return 33_500 + Int64(lastID) / 4 + random.integer(in: -30...30)
    case .scattered:
      if let near = book.first(side())?.price, random.chance(0.5) {
        return near &+ random.integer(in: -2...2)
      }
      let price = random.integer(in: .min ... .max) >> random.integer(in: 0...63)
      return random.chance(0.02) ? (price < 0 ? .min : .max) : price
    case .spread: return random.integer(in: -3...3) * 32 + random.integer(in: -2...2)
    case .distant:
      let heap = random.chance(0.7) ? 0 : random.integer(in: -3...3)
      return heap * 8192 + random.integer(in: -4...4)
    }
  }
}

extension BookShape {
  var quantityMax: Int64 { .max / Int64(orderCapacity) }
}
