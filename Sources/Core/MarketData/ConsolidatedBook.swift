import TradingModel

/// A level of one venue in a consolidated book, in units common to all venues of the instrument.
public struct ConsolidatedLevel: Equatable, BitwiseCopyable, Sendable {
  public var listing: ListingIndex
  /// The venue's own price and quantity, in its listing's units.
  public var price: Int64
  public var quantity: Int64
  /// The price in 10^-`ConsolidatedBook.priceDecimals`.
  public var commonPrice: Int128
  /// What a taker pays for one (asks) or gets (bids) with the venue's taker fee, in
  /// 10^-(`priceDecimals` + 8): exact.
  public var effectivePrice: Int128
  /// The quantity in base currency, in 10^-18. Exact for spot and linear listings; an inverse one's
  /// depends on the price and is rounded half to even.
  public var size: Money
}

/// The best bid and ask, and all levels in price order, over several listings of one instrument.
///
/// It holds no levels of its own: it reads the followed books, and only those that are synced.
/// Prices are compared exactly, in 128-bit units of the finest listing.
public struct ConsolidatedBook: ~Copyable {
  /// Digits behind the point of `commonPrice`.
  public let priceDecimals: Int
  private let listings: UnsafeMutableBufferPointer<Listing>

  /// - Parameter listings: of one instrument; at most 64.
  public init(listings: [Listing]) {
    precondition(!listings.isEmpty && listings.count <= 64, "1 to 64 listings make a book")
    self.listings = .allocate(capacity: listings.count)
    _ = self.listings.initialize(from: listings)
    priceDecimals = Int(listings.map(\.priceDecimals).max() ?? 0)
  }

  deinit { listings.deallocate() }

  /// How many listings it spans.
  public var listingCount: Int { listings.count }

  /// The best level of a side over the synced books: by the price after fees, then by the plain
  /// price, then by the listings' order. Nil when no synced book has that side.
  ///
  /// - Parameter books: all followed books of the run; a listing's index is its place.
  /// - Complexity: O(listings).
  public func best(
    _ side: Side, in books: UnsafeBufferPointer<FollowedBook>
  ) -> ConsolidatedLevel? {
    var best: ConsolidatedLevel?
    for listing in listings {
      guard let level = firstLevel(listing, side, books) else { continue }
      let candidate = common(level, listing, side)
      if let current = best, !Self.isBetter(candidate, current, side) { continue }
      best = candidate
    }
    return best
  }

  /// Whether what one venue bids is above what another asks, after both taker fees: somebody could
  /// buy here and sell there with a gain.
  public func isCrossedAfterFees(in books: UnsafeBufferPointer<FollowedBook>) -> Bool {
    guard let bid = best(.buy, in: books), let ask = best(.sell, in: books) else { return false }
    return bid.effectivePrice > ask.effectivePrice
  }

  /// Calls `body` with the levels of a side over all synced books, best first after fees, until it
  /// returns false. Levels of several venues at one price come one behind the other.
  ///
  /// - Complexity: O(listings) for each level.
  public func forEachLevel(
    _ side: Side, in books: UnsafeBufferPointer<FollowedBook>,
    _ body: (ConsolidatedLevel) -> Bool
  ) {
    withUnsafeTemporaryAllocation(of: ConsolidatedLevel?.self, capacity: listings.count) { next in
      for place in listings.indices {
        let first = firstLevel(listings[place], side, books)
        next.initializeElement(
          at: place, to: first.map { common($0, listings[place], side) })
      }
      while let place = Self.bestPlace(UnsafeBufferPointer(next), side), let level = next[place] {
        if !body(level) { return }
        let behind = books[Int(level.listing)].next(after: level.price, side)
        next[place] = behind.map { common($0, listings[place], side) }
      }
    }
  }

  private static func bestPlace(
    _ heads: UnsafeBufferPointer<ConsolidatedLevel?>, _ side: Side
  ) -> Int? {
    var best: Int?
    for place in heads.indices {
      guard let candidate = heads[place] else { continue }
      if let current = best.flatMap({ heads[$0] }), !isBetter(candidate, current, side) {
        continue
      }
      best = place
    }
    return best
  }

  private func firstLevel(
    _ listing: Listing, _ side: Side, _ books: UnsafeBufferPointer<FollowedBook>
  ) -> BookLevel? {
    guard Int(listing.index) < books.count, books[Int(listing.index)].isSynced else { return nil }
    return books[Int(listing.index)].best(side)
  }

  private static func isBetter(
    _ a: ConsolidatedLevel, _ b: ConsolidatedLevel, _ side: Side
  ) -> Bool {
    if a.effectivePrice != b.effectivePrice {
      return side == .buy
        ? a.effectivePrice > b.effectivePrice : a.effectivePrice < b.effectivePrice
    }
    return side == .buy ? a.commonPrice > b.commonPrice : a.commonPrice < b.commonPrice
  }

  private func common(_ level: BookLevel, _ listing: Listing, _ side: Side) -> ConsolidatedLevel {
    // At most 2^63 x 10^18: within 128 bits. The fee's 10^8 is not for every 64-bit price, so it
    // saturates; such a price is no market's.
    let factor = powerOfTen128(priceDecimals - Int(listing.priceDecimals))
    let price = Int128(level.price) * factor
    let fee = side == .buy ? -listing.takerFee.parts : listing.takerFee.parts
    let (effective, overflow) = price.multipliedReportingOverflow(by: 100_000_000 + Int128(fee))
    let size =
      listing.contractKind == .inverse
      ? listing.value(price: level.price, quantity: level.quantity)
      : listing.size(quantity: level.quantity)
    return ConsolidatedLevel(
      listing: listing.index, price: level.price, quantity: level.quantity, commonPrice: price,
      effectivePrice: overflow ? (price < 0 ? .min : .max) : effective, size: size ?? .zero)
  }
}
