import MarketData
import TradingModel

/// One part of a routed order.
public struct RouteLeg: Equatable, BitwiseCopyable, Sendable {
  public var listing: ListingIndex
  /// Limit: the worst level this leg reaches for, in the listing's price units.
  public var price: Int64
  /// In the listing's quantity units; on its lot grid.
  public var quantity: Int64

  public init(listing: ListingIndex, price: Int64, quantity: Int64) {
    self.listing = listing
    self.price = price
    self.quantity = quantity
  }
}

/// Splits a taking order over the listings of one instrument, by price after fees and displayed size.
///
/// Levels of all listings are taken in the order of their price after the taker fee, each for what it
/// displays, until the size is reached or the limit is. All arithmetic is exact: prices in 10^-18 of
/// the quote currency times 10^8 for the fee, sizes in 10^-18 of the base currency. Inverse listings,
/// whose size depends on the price, are left to orders placed by hand.
///
/// For the size placed no split costs less, where the listings' lots are of equal size and no leg is
/// left out as too small. With lots of different sizes the last part, below the coarsest lot, may go
/// to a dearer level than a search of all combinations would find.
public struct Router: ~Copyable {
  /// Listings one order may be split over.
  public static let listingCountMax = 16

  private struct Cursor {
    var listing: Listing
    var level: BookLevel
    var taken: Int64
    var limit: Int64
    var isOpen: Bool
    /// Price after fee, 10^-26.
    var cost: Int128
  }

  private let cursors: UnsafeMutablePointer<Cursor>
  private var count = 0
  /// The legs of the last `split`, in the order of the listings given.
  public let legs: UnsafeMutablePointer<RouteLeg>
  public private(set) var legCount = 0

  public init() {
    let empty = Listing(
      index: 0, venue: 0, instrument: 0, base: 0, quote: 0, contractKind: .spot, priceDecimals: 0,
      quantityDecimals: 0)
    cursors = .allocate(capacity: Self.listingCountMax)
    cursors.initialize(
      repeating: Cursor(
        listing: empty, level: BookLevel(price: 0, quantity: 0), taken: 0, limit: 0, isOpen: false,
        cost: 0),
      count: Self.listingCountMax)
    legs = .allocate(capacity: Self.listingCountMax)
    legs.initialize(
      repeating: RouteLeg(listing: 0, price: 0, quantity: 0), count: Self.listingCountMax)
  }

  deinit {
    cursors.deallocate()
    legs.deallocate()
  }

  /// Splits an order.
  ///
  /// - Parameters:
  ///   - size: in 10^-18 of the base currency.
  ///   - limit: in 10^-18 of the quote currency; levels beyond it are not reached for, fees aside.
  ///   - listings: the candidates; `books` is indexed by their `index`. Books out of sequence, and
  ///     listings whose smallest order a leg does not reach, get nothing.
  /// - Returns: the size placed, in 10^-18 of the base currency; less than `size` where the books
  ///   within the limit hold less, or a rest is below every lot.
  /// - Complexity: O(levels taken x listings).
  public mutating func split(
    _ side: Side, size: Money, limit: Money, listings: UnsafeBufferPointer<Listing>,
    books: UnsafeMutablePointer<FollowedBook>
  ) -> Money {
    open(side, limit: limit, listings: listings, books: books)
    var rest = size.amount
    while let index = best(side) {
      rest -= take(index, rest: rest)
      advance(index, side, limit: limit, books: books)
    }
    return Money(amount: size.amount - rest - dropSmallLegs())
  }

  private mutating func open(
    _ side: Side, limit: Money, listings: UnsafeBufferPointer<Listing>,
    books: UnsafeMutablePointer<FollowedBook>
  ) {
    count = min(listings.count, Self.listingCountMax)
    for index in 0..<count {
      let listing = listings[index]
      let level = books[Int(listing.index)].best(side.opposite)
      let isUsable =
        books[Int(listing.index)].isSynced && listing.contractKind != .inverse
        && listing.priceDecimals <= 18 && level != nil
      cursors[index] = Cursor(
        listing: listing, level: level ?? BookLevel(price: 0, quantity: 0), taken: 0, limit: 0,
        isOpen: isUsable, cost: 0)
      refresh(index, side, limit: limit)
    }
  }

  /// Prices the cursor's level, and closes the cursor when it lies beyond the limit.
  private func refresh(_ index: Int, _ side: Side, limit: Money) {
    guard cursors[index].isOpen else { return }
    let listing = cursors[index].listing
    let price =
      Int128(cursors[index].level.price) * powerOfTen128(18 - Int(listing.priceDecimals))
    if side == .buy ? price > limit.amount : price < limit.amount {
      cursors[index].isOpen = false
      return
    }
    let fee = Int128(listing.takerFee.parts) * (side == .buy ? 1 : -1)
    let (cost, overflow) = price.multipliedReportingOverflow(by: 100_000_000 + fee)
    cursors[index].cost = cost
    if overflow { cursors[index].isOpen = false }
  }

  private func best(_ side: Side) -> Int? {
    var found: Int?
    for index in 0..<count where cursors[index].isOpen {
      guard let current = found else {
        found = index
        continue
      }
      let better =
        side == .buy
        ? cursors[index].cost < cursors[current].cost
        : cursors[index].cost > cursors[current].cost
      if better { found = index }
    }
    return found
  }

  /// Takes what is wanted and there of the cursor's level; closes the cursor when its lot is too
  /// coarse for the rest. Returns the size taken.
  private func take(_ index: Int, rest: Int128) -> Int128 {
    let listing = cursors[index].listing
    guard let lotSize = listing.size(quantity: listing.lot)?.amount, lotSize > 0 else {
      cursors[index].isOpen = false
      return 0
    }
    let lotsWanted = rest / lotSize
    let lotsThere = Int128(cursors[index].level.quantity / listing.lot)
    let lots = min(
      lotsWanted, lotsThere, Int128((listing.quantityMax - cursors[index].taken) / listing.lot))
    if lots <= 0 {
      if lotsThere > 0 { cursors[index].isOpen = false }
      return 0
    }
    cursors[index].taken += Int64(lots) * listing.lot
    cursors[index].limit = cursors[index].level.price
    return lots * lotSize
  }

  private func advance(
    _ index: Int, _ side: Side, limit: Money, books: UnsafeMutablePointer<FollowedBook>
  ) {
    guard cursors[index].isOpen else { return }
    let listing = cursors[index].listing.index
    guard let next = books[Int(listing)].next(after: cursors[index].level.price, side.opposite)
    else {
      cursors[index].isOpen = false
      return
    }
    cursors[index].level = next
    refresh(index, side, limit: limit)
  }

  /// Makes the legs, leaving out those the venue would refuse as too small. Returns their size.
  private mutating func dropSmallLegs() -> Int128 {
    var dropped: Int128 = 0
    legCount = 0
    for index in 0..<count where cursors[index].taken > 0 {
      let (listing, taken) = (cursors[index].listing, cursors[index].taken)
      let value = listing.value(price: cursors[index].limit, quantity: taken)
      if taken < listing.quantityMin || value.map({ $0 < listing.notionalMin }) ?? true {
        dropped += listing.size(quantity: taken)?.amount ?? 0
        continue
      }
      legs[legCount] = RouteLeg(
        listing: listing.index, price: cursors[index].limit, quantity: taken)
      legCount += 1
    }
    return dropped
  }
}
