import LowLatency
import Testing
import TradingModel

@testable import MarketData

@Suite struct ConsolidatedBookTests {
  private func listing(
    _ index: ListingIndex, decimals: Int, fee: Int64, kind: ContractKind = .spot,
    contractSize: Int64 = 1
  ) -> Listing {
    Listing(
      index: index, venue: index, instrument: 0, base: 0, quote: 1, contractKind: kind,
      priceDecimals: decimals, quantityDecimals: 3, contractSize: Decimal(units: contractSize),
      takerFee: Rate(parts: fee))
  }

  /// Runs `body` with one followed book a listing.
  private func withBooks(
    _ listings: [Listing], _ body: (UnsafeMutableBufferPointer<FollowedBook>) -> Void
  ) {
    let books = UnsafeMutableBufferPointer<FollowedBook>.allocate(capacity: listings.count)
    for index in listings.indices {
      (books.baseAddress! + index).initialize(
        to: FollowedBook(listing: listings[index], pageCapacity: 2))
    }
    body(books)
    for index in listings.indices { (books.baseAddress! + index).deinitialize(count: 1) }
    books.deallocate()
  }

  @Test func comparesAfterFeesInCommonUnits() {
    let listings = [
      listing(0, decimals: 1, fee: 100_000), listing(1, decimals: 2, fee: 0),
      listing(2, decimals: 2, fee: 0),
    ]
    let consolidated = ConsolidatedBook(listings: listings)
    check(consolidated.priceDecimals == 2)
    withBooks(listings) { books in
      let all = UnsafeBufferPointer(books)
      check(consolidated.best(.buy, in: all) == nil)
      // 100.0 with 10 basis points of fee yields 99.9: below 99.95 without.
      apply(
        [LevelChange(side: .buy, price: 1_000, quantity: 7)], isSnapshot: true, to: &books[0])
      apply(
        [LevelChange(side: .buy, price: 9_995, quantity: 5)], isSnapshot: true, to: &books[1])
      // Not synced: not counted, however good.
      apply([LevelChange(side: .buy, price: 20_000, quantity: 5)], to: &books[2])
      let best = consolidated.best(.buy, in: all)
      check(best?.listing == 1 && best?.commonPrice == 9_995)
      check(best?.size == Money(amount: 5_000_000_000_000_000))
      apply(
        [LevelChange(side: .sell, price: 9_991, quantity: 1)], isSnapshot: true, to: &books[2])
      check(consolidated.isCrossedAfterFees(in: all))
      check(consolidated.best(.sell, in: all)?.listing == 2)
    }
  }

  @Test func inverseSizesAreInBase() {
    let listings = [listing(0, decimals: 0, fee: 0, kind: .inverse, contractSize: 100)]
    let consolidated = ConsolidatedBook(listings: listings)
    withBooks(listings) { books in
      // 2.000 contracts of 100 USD at 50,000 are 0.004 of the base.
      apply(
        [LevelChange(side: .sell, price: 50_000, quantity: 2_000)], isSnapshot: true,
        to: &books[0])
      check(
        consolidated.best(.sell, in: UnsafeBufferPointer(books))?.size
          == Money(amount: 4_000_000_000_000_000))
    }
  }

  @Test(arguments: UInt64(0)..<20)
  func mergesLikeASort(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let listings = (0..<4).map {
      listing($0, decimals: Int($0 % 3), fee: Int64(random.next(below: 200_000)))
    }
    let consolidated = ConsolidatedBook(listings: listings)
    withBooks(listings) { books in
      var expected: [(Int128, Int128, ListingIndex)] = []
      for listing in listings {
        var seen: Set<Int64> = []
        var changes: [LevelChange] = []
        let isSynced = random.next(below: 4) != 0
        for _ in 0..<30 {
          let price = Int64(random.next(below: 60)) + 1
          if !seen.insert(price).inserted { continue }
          changes.append(LevelChange(side: .sell, price: price, quantity: 1))
          let common = Int128(price) * powerOfTen128(2 - Int(listing.priceDecimals))
          let effective = common * Int128(100_000_000 + listing.takerFee.parts)
          if isSynced { expected.append((effective, common, listing.index)) }
        }
        apply(changes, isSnapshot: isSynced, to: &books[Int(listing.index)])
      }
      expected.sort { $0 < $1 }
      var found: [(Int128, Int128, ListingIndex)] = []
      consolidated.forEachLevel(.sell, in: UnsafeBufferPointer(books)) { level in
        found.append((level.effectivePrice, level.commonPrice, level.listing))
        return true
      }
      check(found.elementsEqual(expected) { $0 == $1 }, "seed \(seed)")
    }
  }
}

@Suite struct FeedHealthTests {
  @Test func silenceMakesStale() {
    var health = FeedHealth(stalenessLimit: 100)
    check(!health.allowsTrading(at: 0) && health.age(at: 0) == .max)
    health.changed(to: .synced, at: 1_000)
    health.heard(at: 1_010, venueTime: 2_000)
    health.heard(at: 1_060, venueTime: 2_040, isCrossed: true)
    check(health.allowsTrading(at: 1_160))
    check(health.state(at: 1_161) == .stale && !health.allowsTrading(at: 1_161))
    check(health.longestSilence == 50 && health.crossed == 1 && health.clockOffset == -990)
    health.changed(to: .gap, at: 1_200)
    check(health.gaps == 1 && !health.allowsTrading(at: 1_201))
    health.changed(to: .synced, at: 1_210)
    check(health.allowsTrading(at: 1_220))
    health.changed(to: .disconnected, at: 1_230)
    check(health.disconnects == 1 && !health.allowsTrading(at: 1_230))
  }
}
