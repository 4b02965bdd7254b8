import LowLatency
import Testing
import TradingModel

@testable import MarketData

/// The obvious book: two dictionaries.
struct NaiveBook {
  var sides: [[Int64: Int64]] = [[:], [:]]
  var absentRemovals: UInt64 = 0

  mutating func apply(_ change: LevelChange) {
    let side = Int(change.side.rawValue)
    if change.quantity == 0 {
      if sides[side].removeValue(forKey: change.price) == nil { absentRemovals += 1 }
    } else {
      sides[side][change.price] = change.quantity
    }
  }

  func levels(_ side: Side) -> [BookLevel] {
    sides[Int(side.rawValue)].sorted { side == .buy ? $0.key > $1.key : $0.key < $1.key }
      .map { BookLevel(price: $0.key, quantity: $0.value) }
  }
}

func makeListing(tick: Int64 = 1, lot: Int64 = 1) -> Listing {
  Listing(
    index: 0, venue: 0, instrument: 0, base: 0, quote: 1, contractKind: .spot, priceDecimals: 2,
    quantityDecimals: 3, tick: tick, lot: lot)
}

/// Applies one `BookUpdate` record made of `changes`.
func apply(
  _ changes: [LevelChange], isSnapshot: Bool = false, sequence: UInt64 = 1, time: Timestamp = 5,
  to book: inout FollowedBook
) {
  let length = BookUpdate.byteCount(levelCount: changes.count)
  var buffer = RecordBuffer(capacity: length)
  let record = buffer.append(kind: .bookUpdate, byteCount: length, isOutput: false, time: time)!
  BookUpdate(
    listing: 0, isSnapshot: isSnapshot, levelCount: changes.count, venueSequence: sequence,
    venueTime: time - 1
  ).store(at: record)
  for (index, change) in changes.enumerated() {
    change.store(at: record + BookUpdate.levelsOffset + index * LevelChange.byteCount)
  }
  book.apply(update: record)
}

func levels(of book: borrowing FollowedBook, _ side: Side) -> [BookLevel] {
  var found: [BookLevel] = []
  book.forEachLevel(side) { level in
    found.append(level)
    return true
  }
  return found
}

@Suite struct FollowedBookTests {
  /// Random edits against the dictionaries; prices far and near, on the tick and off it.
  @Test(arguments: UInt64(0)..<40)
  func agreesWithDictionaries(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let tick: Int64 = [1, 5, 25, 100][Int(seed % 4)]
    let offTickIn: UInt64 = [0, 1, 40, 3][Int(seed / 4 % 4)]
    var book = FollowedBook(listing: makeListing(tick: tick, lot: 2), pageCapacity: 4)
    var naive = NaiveBook()
    var offTick: UInt64 = 0
    var offLot: UInt64 = 0
    for step in 0..<600 {
      var price = (Int64(random.next(below: 120)) - 30) * tick
      if random.next(below: 50) == 0 { price *= 1_000_003 }
      if offTickIn > 0, random.next(below: offTickIn) == 0 {
        price += Int64(random.next(below: UInt64(tick)))
      }
      let quantity = random.next(below: 3) == 0 ? 0 : Int64(random.next(below: 1_000)) + 1
      let side: Side = random.next(below: 2) == 0 ? .buy : .sell
      let change = LevelChange(side: side, price: price, quantity: quantity)
      book.apply(change)
      naive.apply(change)
      if price % tick != 0 { offTick += 1 }
      if quantity % 2 != 0 { offLot += 1 }
      check(book.best(side) == naive.levels(side).first)
      if step % 50 == 49 {
        for side in Side.allCases {
          check(levels(of: book, side) == naive.levels(side), "seed \(seed), step \(step)")
          check(book.levelCount(side) == naive.levels(side).count)
        }
      }
    }
    check(book.counts.removalsOfAbsentLevels == naive.absentRemovals)
    check(book.counts.offTick == offTick)
    check(book.counts.offLot == offLot)
    checkNeighbours(book, naive, tick)
  }

  /// A million random changes over all seeds, compared whole every thousand; the prices walk, as a
  /// market's do.
  @Test(arguments: UInt64(0)..<20)
  func agreesOverManyChanges(seed: UInt64) {
    var random = SeededRandom(seed: seed &+ 1_000)
    let tick: Int64 = [1, 10][Int(seed % 2)]
    var book = FollowedBook(listing: makeListing(tick: tick), pageCapacity: 16)
    var naive = NaiveBook()
    var middle: Int64 = 600_000
    for step in 0..<50_000 {
      if random.next(below: 16) == 0 { middle += Int64(random.next(below: 9)) - 4 }
      let side: Side = random.next(below: 2) == 0 ? .buy : .sell
      let away = Int64(random.next(below: 1 + random.next(below: 400)))
      let quantity = random.next(below: 3) == 0 ? 0 : Int64(random.next(below: 1_000_000)) + 1
      let change = LevelChange(
        side: side, price: (middle - side.sign * away) * tick, quantity: quantity)
      book.apply(change)
      naive.apply(change)
      if step % 1_000 == 999 {
        for side in Side.allCases {
          check(levels(of: book, side) == naive.levels(side), "seed \(seed), step \(step)")
        }
      }
    }
    check(book.counts.removalsOfAbsentLevels == naive.absentRemovals)
  }

  private func checkNeighbours(
    _ book: borrowing FollowedBook, _ naive: NaiveBook, _ tick: Int64
  ) {
    for side in Side.allCases {
      let all = naive.levels(side)
      for price in stride(from: -35 * tick, through: 95 * tick, by: max(1, Int64.Stride(tick / 3)))
      {
        let next = all.first { side == .buy ? $0.price < price : $0.price > price }
        check(book.next(after: price, side) == next)
        check(book.quantity(at: price, side) == naive.sides[Int(side.rawValue)][price] ?? 0)
        let reachable = all.prefix { side == .buy ? $0.price >= price : $0.price <= price }
        check(book.quantity(upTo: price, side) == reachable.reduce(0) { $0 + $1.quantity })
      }
    }
  }

  @Test func snapshotReplacesAndSyncs() {
    var book = FollowedBook(listing: makeListing())
    check(!book.isSynced)
    apply([LevelChange(side: .buy, price: 10, quantity: 1)], to: &book)
    check(book.state == .waiting)
    apply(
      [
        LevelChange(side: .buy, price: 9, quantity: 4),
        LevelChange(side: .sell, price: 11, quantity: 3),
      ], isSnapshot: true, sequence: 77, time: 1_000, to: &book)
    check(book.isSynced && book.venueSequence == 77 && book.updateTime == 1_000)
    check(book.venueTime == 999)
    check(levels(of: book, .buy) == [BookLevel(price: 9, quantity: 4)])
    check(book.bestAsk == BookLevel(price: 11, quantity: 3))
    book.apply(FeedStatus(listing: 0, state: .gap, venueSequence: 77, venueTime: 0))
    check(!book.isSynced && book.levelCount(.buy) == 1)
    apply([], isSnapshot: true, to: &book)
    check(book.isSynced && book.bestBid == nil && book.bestAsk == nil)
  }

  @Test func crossingIsReportedNotRefused() {
    var book = FollowedBook(listing: makeListing())
    apply([LevelChange(side: .buy, price: 10, quantity: 1)], to: &book)
    check(!book.isCrossed)
    apply([LevelChange(side: .sell, price: 10, quantity: 1)], to: &book)
    check(book.isCrossed && book.counts.crossed == 1)
    apply([LevelChange(side: .sell, price: 7, quantity: 1)], to: &book)
    check(book.isCrossed && book.counts.crossed == 2)
    check(book.bestBid?.price == 10 && book.bestAsk?.price == 7)
  }

  @Test func finerPricesAreKeptExactly() {
    var book = FollowedBook(listing: makeListing(tick: 100))
    apply([LevelChange(side: .buy, price: 300, quantity: 1)], isSnapshot: true, to: &book)
    check(book.step == 100)
    apply([LevelChange(side: .buy, price: 350, quantity: 0)], to: &book)
    check(book.step == 100 && book.counts.removalsOfAbsentLevels == 1)
    apply([LevelChange(side: .buy, price: 340, quantity: 2)], to: &book)
    check(book.step == 20 && book.counts.regrids == 1)
    apply([LevelChange(side: .sell, price: -7, quantity: 5)], to: &book)
    check(book.step == 1)
    check(book.bestBid == BookLevel(price: 340, quantity: 2))
    check(book.next(after: 340, .buy) == BookLevel(price: 300, quantity: 1))
    check(book.bestAsk == BookLevel(price: -7, quantity: 5))
    check(book.counts.offTick == 3)
  }

  /// The hash tells content, not history or grid.
  @Test func hashIsCanonical() {
    var direct = FollowedBook(listing: makeListing(tick: 10))
    var wandering = FollowedBook(listing: makeListing(tick: 10), pageCapacity: 1)
    apply([LevelChange(side: .buy, price: 13, quantity: 1)], isSnapshot: true, to: &wandering)
    for price in Int64(0)..<500 {
      apply([LevelChange(side: .sell, price: price * 640, quantity: 2)], to: &wandering)
    }
    for price in Int64(0)..<500 {
      apply([LevelChange(side: .sell, price: price * 640, quantity: 0)], to: &wandering)
    }
    apply([LevelChange(side: .buy, price: 13, quantity: 0)], to: &wandering)
    apply([LevelChange(side: .buy, price: 20, quantity: 3)], sequence: 9, to: &wandering)
    apply(
      [LevelChange(side: .buy, price: 20, quantity: 3)], isSnapshot: true, sequence: 9, to: &direct)
    check(wandering.growthCount > 0)
    var (a, b) = (RecordHash(), RecordHash())
    direct.hash(into: &a)
    wandering.hash(into: &b)
    check(a == b)
    apply([LevelChange(side: .buy, price: 20, quantity: 4)], sequence: 9, to: &direct)
    var c = RecordHash()
    direct.hash(into: &c)
    check(c != a)
  }

  @Test func extremePricesAreSafe() {
    var book = FollowedBook(listing: makeListing(tick: 7, lot: 3))
    for price in [Int64.max, .min, .max - 1, 0, -1] {
      book.apply(LevelChange(side: .buy, price: price, quantity: .max))
    }
    check(book.levelCount(.buy) == 5)
    check(book.bestBid == BookLevel(price: .max, quantity: .max))
    check(book.quantity(upTo: .min, .buy) == .max)
  }
}
