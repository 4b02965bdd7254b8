import Execution
import MarketData
import Testing
import TradingModel

/// The router against all ways to split.
@Suite struct RouterTests {
  final class Books {
    var listings: [Listing] = []
    let books: UnsafeMutablePointer<FollowedBook>
    var count = 0
    init(_ capacity: Int) { books = .allocate(capacity: capacity) }
    deinit {
      books.deinitialize(count: count)
      books.deallocate()
    }

    func add(_ listing: Listing, asks: [BookLevel], bids: [BookLevel], isSynced: Bool = true) {
      listings.append(listing)
      (books + count).initialize(to: FollowedBook(listing: listing, pageCapacity: 4))
      for level in asks {
        books[count].apply(LevelChange(side: .sell, price: level.price, quantity: level.quantity))
      }
      for level in bids {
        books[count].apply(LevelChange(side: .buy, price: level.price, quantity: level.quantity))
      }
      books[count].apply(
        FeedStatus(
          listing: listing.index, state: isSynced ? .synced : .gap, venueSequence: 0, venueTime: 0))
      count += 1
    }

    func split(_ side: Side, _ size: Money, limit: Money) -> (placed: Money, legs: [RouteLeg]) {
      var router = Router()
      let placed = listings.withUnsafeBufferPointer {
        router.split(side, size: size, limit: limit, listings: $0, books: books)
      }
      return (placed, (0..<router.legCount).map { router.legs[$0] })
    }
  }

  static func listing(
    _ index: ListingIndex, price: Int, quantity: Int, lot: Int64, fee: Int64, max: Int64 = .max
  ) -> Listing {
    Listing(
      index: index, venue: index, instrument: 0, base: 0, quote: 1, contractKind: .spot,
      priceDecimals: price, quantityDecimals: quantity, lot: lot, quantityMin: lot,
      quantityMax: max, takerFee: Rate(parts: fee))
  }

  /// What `lots` of one listing cost at least after fees, 10^-26 x lots; nil where not displayed.
  static func costs(_ books: Books, _ index: Int, _ side: Side, limit: Money, lots most: Int)
    -> [Int128?]
  {
    let listing = books.listings[index]
    var prices: [Int128] = []
    books.books[index].forEachLevel(side.opposite) { level in
      let price = Int128(level.price) * powerOfTen128(18 - Int(listing.priceDecimals))
      if side == .buy ? price > limit.amount : price < limit.amount { return false }
      let cost = price * (100_000_000 + Int128(listing.takerFee.parts) * (side == .buy ? 1 : -1))
      prices += Array(repeating: cost, count: Int(level.quantity / listing.lot))
      return true
    }
    return (0...most).map { lots in
      lots > prices.count ? nil : prices.prefix(lots).reduce(0, +)
    }
  }

  /// Equal lots in the base currency, whatever the units: exactly the best split.
  @Test(arguments: UInt64(0)..<200)
  func noSplitIsCheaper(seed: UInt64) {
    var dice = Dice(seed)
    let side: Side = dice.once(in: 2) ? .buy : .sell
    let books = Books(4)
    for index in 0..<(2 + dice.below(3)) {
      let decimals = dice.below(3)
      let scale = Int64(powerOfTen128(decimals))
      let quantity = 1 + dice.below(3)
      let lot = Int64(powerOfTen128(quantity - 1))
      func levels() -> [BookLevel] {
        (0..<dice.below(4)).map { _ in
          BookLevel(
            price: dice.within100() * scale + Int64(dice.below(Int(scale))),
            quantity: Int64(1 + dice.below(3)) * lot + Int64(dice.below(Int(lot))))
        }
      }
      books.add(
        Self.listing(
          ListingIndex(index), price: decimals, quantity: quantity, lot: lot,
          fee: dice.within(-20...80) * 10_000), asks: levels(), bids: levels(),
        isSynced: !dice.once(in: 6))
    }
    let unit = Int128(powerOfTen128(17))
    let wanted = dice.below(9)
    let limit = Money(Decimal(units: dice.within100()))
    let (placed, legs) = books.split(side, Money(amount: Int128(wanted) * unit), limit: limit)
    let lots = Int(placed.amount / unit)
    #expect(placed.amount % unit == 0 && lots <= wanted)
    // The legs add up, and take no more than is displayed within the limit.
    var (sum, cost) = (0, Int128(0))
    var tables: [[Int128?]] = []
    for index in books.listings.indices {
      let isSynced = books.books[index].isSynced
      tables.append(
        isSynced ? Self.costs(books, index, side, limit: limit, lots: wanted) : [0])
      guard let leg = legs.first(where: { Int($0.listing) == index }) else { continue }
      #expect(isSynced && leg.quantity % books.listings[index].lot == 0)
      let count = Int(leg.quantity / books.listings[index].lot)
      sum += count
      guard count < tables[index].count, let own = tables[index][count] else {
        Issue.record("seed \(seed): more than displayed")
        return
      }
      cost += own
    }
    #expect(sum == lots, "seed \(seed)")
    // Exhaustive: the best cost of each size over all listings.
    var best: [Int128?] = [0] + Array(repeating: nil, count: wanted)
    for table in tables {
      var next: [Int128?] = Array(repeating: nil, count: wanted + 1)
      for (a, x) in best.enumerated() {
        for (b, y) in table.enumerated() where a + b <= wanted {
          guard let x, let y else { continue }
          let total = x + y
          if let old = next[a + b], side == .buy ? old <= total : old >= total { continue }
          next[a + b] = total
        }
      }
      best = next
    }
    #expect(lots == best.lastIndex { $0 != nil }, "seed \(seed): all that there is")
    #expect(cost == best[lots], "seed \(seed)")
  }

  /// Lots of different sizes: sizes exact, nothing beyond what is displayed or the limit.
  @Test(arguments: UInt64(500)..<560)
  func mixedLotsStayExact(seed: UInt64) {
    var dice = Dice(seed)
    let books = Books(4)
    for index in 0..<3 {
      books.add(
        Self.listing(
          ListingIndex(index), price: 1, quantity: 2, lot: [1, 5, 10, 25][dice.below(4)],
          fee: dice.within(-10...50) * 10_000, max: 60),
        asks: (0..<4).map {
          BookLevel(
            price: 1_000 + Int64($0) * 7 + dice.within(0...5), quantity: dice.within(1...40))
        }, bids: [])
    }
    let size = Money(amount: Int128(dice.within(0...200)) * powerOfTen128(16))
    let limit = Money(Decimal(units: 1_015, decimals: 1))
    let (placed, legs) = books.split(.buy, size, limit: limit)
    #expect(placed <= size)
    var sum = Money.zero
    for leg in legs {
      let listing = books.listings[Int(leg.listing)]
      sum += listing.size(quantity: leg.quantity)!
      #expect(leg.quantity % listing.lot == 0 && leg.quantity <= 60 && leg.price <= 1_015)
      #expect(leg.quantity <= books.books[Int(leg.listing)].quantity(upTo: leg.price, .sell))
    }
    #expect(sum == placed)
  }

  @Test func smallLegsAndStrangePricesAreLeftOut() {
    let books = Books(3)
    var small = Self.listing(0, price: 0, quantity: 0, lot: 1, fee: 0)
    small.quantityMin = 5
    books.add(small, asks: [BookLevel(price: 10, quantity: 3)], bids: [])
    books.add(
      Self.listing(1, price: 0, quantity: 0, lot: 1, fee: 0),
      asks: [BookLevel(price: .max, quantity: 9)], bids: [])
    var inverse = Self.listing(2, price: 0, quantity: 0, lot: 1, fee: 0)
    inverse.contractKind = .inverse
    books.add(inverse, asks: [BookLevel(price: 9, quantity: 9)], bids: [])
    let (placed, legs) = books.split(
      .buy, Money(Decimal(units: 4)), limit: Money(amount: .max))
    #expect(placed == .zero && legs.isEmpty)
  }
}

extension Dice {
  mutating func within100() -> Int64 { within(95...105) }
}
