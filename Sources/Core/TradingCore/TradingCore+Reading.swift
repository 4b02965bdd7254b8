import Execution
import MarketData
import Portfolio
import TradingModel

// What is outside may see of the state: summaries, screens, results, proofs.
extension TradingCore {
  /// How many listings are defined.
  public var definedListingCount: Int { listingCount.pointee }

  /// A listing's units and rules.
  public func listing(_ index: ListingIndex) -> Listing { listings[Int(index)] }

  /// Reads a followed book.
  public func withBook<R>(_ index: ListingIndex, _ body: (borrowing FollowedBook) -> R) -> R {
    body(books[Int(index)])
  }

  /// What was last told of a listing's mark price, index price and funding.
  public func contract(_ listing: ListingIndex) -> ContractState { contracts[Int(listing)] }

  /// A strategy's position in a listing.
  public func position(strategy: StrategyIndex, listing: ListingIndex) -> Position {
    positions.pointee.position(strategy: strategy, listing: listing)
  }

  /// The sum of all strategies' positions in a listing.
  public func position(listing: ListingIndex) -> Position {
    positions.pointee.total(listing: listing)
  }

  /// What the account holds of a contract by the journal's fills and what was adopted, as the venue nets and
  /// values it: what else stood before the journal is not in it, nor fees and funding. Of a spot listing nothing: there is the
  /// balance.
  public func netPosition(_ listing: ListingIndex) -> NetPosition { netPositions[listing] }

  /// What an account holds at a venue.
  public func balance(venue: VenueIndex, currency: CurrencyIndex) -> Balance {
    balances.balance(venue: venue, currency: currency)
  }

  /// Orders that are not settled.
  public var openOrderCount: Int { orders.pointee.openCount }

  /// The latest time, by the venue's clock, of a fill that it told; 0 before it told one.
  public func lastFillTime(venue: VenueIndex) -> Timestamp { venues[Int(venue)].lastFillTime }

  /// Whether an order at the venue is open or unknown. O(strategies x listings + orders).
  public func hasOpenOrders(venue: VenueIndex) -> Bool {
    for strategy in 0..<capacity.strategies {
      for listing in 0..<listingCount.pointee where listings[listing].venue == venue {
        let first = orders.pointee.first(
          strategy: StrategyIndex(strategy), listing: ListingIndex(listing))
        if first != nil { return true }
      }
    }
    return false
  }

  /// The id given last.
  public var lastOrderID: OrderID { orders.pointee.lastID }

  /// An order by its id; nil when there is none, or it settled too long ago.
  public func order(_ id: OrderID) -> Order? { orders.pointee.find(id)?.pointee }

  /// Orders whose outcome is not known.
  public var unknownOrderCount: Int {
    var count = 0
    forEachOpenOrder { if !$0.uncertainty.isEmpty { count += 1 } }
    return count
  }

  /// Visits every order that is not settled, by strategy, listing and age.
  public func forEachOpenOrder(_ body: (borrowing Order) -> Void) {
    for strategy in 0..<capacity.strategies {
      for listing in 0..<listingCount.pointee {
        var cursor = orders.pointee.first(
          strategy: StrategyIndex(strategy), listing: ListingIndex(listing))
        while let order = cursor {
          body(order.pointee)
          cursor = orders.pointee.next(after: order)
        }
      }
    }
  }

  /// Whether a venue may be traded at.
  public func isOpen(venue: VenueIndex) -> Bool { venues[Int(venue)].isOpen }

  /// The price open positions are valued at: the middle of the book, else the last trade; nil when
  /// neither is known.
  public func mark(_ listing: ListingIndex) -> Int64? {
    let book = books + Int(listing)
    if let bid = book.pointee.bestBid, let ask = book.pointee.bestAsk {
      return Int64((Int128(bid.price) + Int128(ask.price)) >> 1)
    }
    return book.pointee.lastTrade?.price
  }

  /// Gives the next sequence number to a record that is neither input nor output: a proof.
  public mutating func takeSequence() -> UInt64 {
    sequence += 1
    return sequence
  }

  /// The canonical hash over the state, field by field in a fixed order: the same for the same
  /// inputs on every machine, in debug and release builds, and independent of slots and free lists.
  public func stateHash() -> UInt64 {
    var hash = RecordHash()
    hash.combine(sequence)
    hash.combine(now)
    hash.combine(outputHash.value)
    counts.hash(into: &hash)
    hash.combine(UInt64(listingCount.pointee))
    for index in 0..<listingCount.pointee {
      books[index].hash(into: &hash)
      contracts[index].hash(into: &hash)
    }
    positions.pointee.hash(into: &hash)
    netPositions.hash(into: &hash)
    balances.hash(into: &hash)
    risk.hash(into: &hash)
    orders.pointee.hash(into: &hash)
    reports.trades.hash(into: &hash)
    payments.hash(into: &hash)
    holdings.hash(into: &hash)
    for index in hosts.indices {
      guard let host = hosts[index] else { continue }
      hash.combine(UInt64(index))
      hash.combine(isRunning[index] ? 1 as UInt64 : 0)
      host.hash(into: &hash)
    }
    for index in 0..<capacity.venues { venues[index].hash(into: &hash) }
    hash.combine(
      UInt64(sweep.isActive ? 1 : 0) << 32 | UInt64(sweep.strategy) << 16 | UInt64(sweep.listing))
    forEachOpenOrder { order in
      let place = orders.pointee.place(of: order.id)
      hash.combine(reservations[place].notional.amount)
      hash.combine(reservations[place].price)
      hash.combine(reservations[place].quantity)
      hash.combine(held[place].amount)
    }
    return hash.value
  }
}
