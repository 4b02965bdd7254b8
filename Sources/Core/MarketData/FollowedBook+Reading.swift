import LowLatency
import TradingModel

// Inlined always where it is hot: a book is 440 bytes, and a call that is not inlined copies it.
extension FollowedBook {
  /// The best level of a side: the highest bid or the lowest ask; nil when the side is empty.
  ///
  /// - Complexity: O(1).
  @inlinable @inline(__always)
  public func best(_ side: Side) -> BookLevel? {
    let place = side == .buy ? bids.last : asks.first
    guard let place else { return nil }
    return level(at: place, side)
  }

  /// The best price of a side, without what stands there; nil when the side is empty.
  @inlinable @inline(__always)
  public func bestPrice(_ side: Side) -> Int64? {
    (side == .buy ? bids.last : asks.first).map { $0 &* step }
  }

  /// The best bid.
  @inlinable @inline(__always) public var bestBid: BookLevel? { best(.buy) }
  /// The best ask.
  @inlinable @inline(__always) public var bestAsk: BookLevel? { best(.sell) }

  /// The next worse level of a side behind `price`, which need not be occupied; nil at the end.
  ///
  /// - Complexity: O(1) within 64 steps of the page touched last, else a tree descent.
  @inlinable
  public func next(after price: Int64, _ side: Side) -> BookLevel? {
    // A price between the steps: bids round up and asks down, so that the neighbour is not missed.
    var (place, rest) = price.quotientAndRemainder(dividingBy: step)
    if side == .buy {
      if rest > 0 { place += 1 }
    } else if rest < 0 {
      place -= 1
    }
    let found = side == .buy ? bids.previous(before: place) : asks.next(after: place)
    guard let found else { return nil }
    return level(at: found, side)
  }

  /// What stands at `price`; 0 when nothing does.
  @inlinable @inline(__always)
  public func quantity(at price: Int64, _ side: Side) -> Int64 {
    let (place, rest) = price.quotientAndRemainder(dividingBy: step)
    if rest != 0 { return 0 }
    return (side == .buy ? bids.level(at: place) : asks.level(at: place)) ?? 0
  }

  /// Levels of a side.
  @inlinable
  public func levelCount(_ side: Side) -> Int { side == .buy ? bids.count : asks.count }

  /// Whether the best bid is at or above the best ask (locked counts).
  @inlinable @inline(__always) public var isCrossed: Bool {
    guard let bid = bids.last, let ask = asks.first else { return false }
    return bid >= ask
  }

  /// Calls `body` with up to `limit` levels of a side, best first, until it returns false.
  @inlinable
  public func forEachLevel(
    _ side: Side, limit: Int = .max, _ body: (BookLevel) -> Bool
  ) {
    var left = limit
    var place = side == .buy ? bids.last : asks.first
    while let current = place, left > 0 {
      if !body(level(at: current, side)) { return }
      place = side == .buy ? bids.previous(before: current) : asks.next(after: current)
      left -= 1
    }
  }

  /// Writes up to `buffer.count` levels of a side, best first.
  ///
  /// - Returns: how many were written.
  @inlinable
  public func copyLevels(_ side: Side, into buffer: UnsafeMutableBufferPointer<BookLevel>) -> Int {
    var written = 0
    forEachLevel(side, limit: buffer.count) { level in
      buffer[written] = level
      written += 1
      return true
    }
    return written
  }

  /// The total of a side at `limit` and better prices: what an order with that limit could take.
  /// Saturates at `Int64.max`.
  @inlinable
  public func quantity(upTo limit: Int64, _ side: Side) -> Int64 {
    var total: Int64 = 0
    forEachLevel(side) { level in
      if side == .buy ? level.price < limit : level.price > limit { return false }
      let (sum, overflow) = total.addingReportingOverflow(level.quantity)
      total = overflow ? .max : sum
      return true
    }
    return total
  }

  /// The level at an occupied ladder place.
  @inlinable @inline(__always)
  func level(at place: Int64, _ side: Side) -> BookLevel {
    let quantity = side == .buy ? bids.level(at: place) : asks.level(at: place)
    return BookLevel(price: place &* step, quantity: quantity ?? 0)
  }

  /// Takes the book's content in, level by level from the best: equal books give equal hashes,
  /// whatever their memory and grid.
  public func hash(into hash: inout RecordHash) {
    hash.combine(UInt64(listing) << 8 | UInt64(state.rawValue))
    hash.combine(venueSequence)
    hash.combine(venueTime)
    hash.combine(updateTime)
    hash.combine(receiveTime)
    for side in Side.allCases {
      hash.combine(UInt64(levelCount(side)))
      forEachLevel(side) { level in
        hash.combine(level.price)
        hash.combine(level.quantity)
        return true
      }
    }
    guard let trade = lastTrade else { return hash.combine(UInt64.max) }
    hash.combine(UInt64(trade.aggressor?.rawValue ?? 255))
    hash.combine(trade.tradeID)
    hash.combine(trade.venueTime)
    hash.combine(trade.price)
    hash.combine(trade.quantity)
  }
}

extension FollowedBook {
  /// Makes the grid fine enough for `price`: both sides move to places of the new step.
  ///
  /// - Complexity: O(levels); a book meets few such prices, and each new step divides the last.
  mutating func regrid(toInclude price: Int64) {
    let finer = Self.greatestCommonDivisor(UInt64(step), price.magnitude)
    let factor = step / finer
    bids = Self.spread(bids, by: factor, pageCapacity)
    asks = Self.spread(asks, by: factor, pageCapacity)
    step = finer
    counts.regrids &+= 1
  }

  private static func spread(
    _ ladder: borrowing PriceLadder<Int64>, by factor: Int64, _ pageCapacity: Int
  ) -> PriceLadder<Int64> {
    var result = PriceLadder<Int64>(pageCapacity: pageCapacity, empty: 0)
    var place = ladder.first
    while let current = place {
      result.insert(at: current * factor).pointee = ladder.level(at: current) ?? 0
      place = ladder.next(after: current)
    }
    return result
  }

  private static func greatestCommonDivisor(_ a: UInt64, _ b: UInt64) -> Int64 {
    var (a, b) = (a, b)
    while b != 0 { (a, b) = (b, a % b) }
    return Int64(a)
  }
}
