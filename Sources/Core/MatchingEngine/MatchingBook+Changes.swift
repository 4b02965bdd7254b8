import TradingModel

/// A price whose resting quantity changed. The feed of these, applied in order, keeps a copy of
/// the book's levels.
public struct BookLevelChange: Equatable, BitwiseCopyable, Sendable {
  /// In ticks.
  public var price: Int64
  /// The total resting there now; 0 when the level is gone.
  public var quantity: Int64
  /// How many orders rest there now.
  public var orderCount: UInt32
  /// The side of the book.
  public var side: Side

  /// A change from its parts.
  @inlinable
  public init(side: Side, price: Int64, quantity: Int64, orderCount: UInt32) {
    self.price = price
    self.quantity = quantity
    self.orderCount = orderCount
    self.side = side
  }
}

extension MatchingBook {
  /// How many changes wait to be read. A level that changed several times stands once, with its
  /// last state, unless it was gone in between.
  @inlinable public var changeCount: Int { changeEnd }

  /// Whether changes were lost since `clearChanges`, because the list was full: then a reader must
  /// take the levels anew (`depth`).
  @inlinable public var hasMissedChanges: Bool { isMissingChanges }

  /// The waiting change at `place` (0 ..< `changeCount`), in order of first change.
  @inlinable
  public func change(at place: Int) -> BookLevelChange {
    precondition(place >= 0 && place < changeEnd, "A change's place is below the count")
    return changes[place]
  }

  /// Forgets the waiting changes. O(1).
  @inlinable
  public mutating func clearChanges() {
    changeEnd = 0
    isMissingChanges = false
  }

  /// Puts the present state of `level` on the change list, over its earlier entry if it has one.
  @inlinable @inline(__always)
  mutating func noteChange(_ level: UnsafeMutablePointer<BookCell>, _ side: Side) {
    if changeCapacity > 0 { writeChange(level, side) }
  }

  @usableFromInline
  mutating func writeChange(_ level: UnsafeMutablePointer<BookCell>, _ side: Side) {
    let entry = BookLevelChange(
      side: side, price: level.pointee.price, quantity: level.pointee.quantity,
      orderCount: level.pointee.count)
    let place = Int(level.pointee.place) &- 1
    if place >= 0 && place < changeEnd && changes[place].price == entry.price
      && changes[place].side == side
    {
      changes[place] = entry
    } else if changeEnd < changeCapacity {
      changes[changeEnd] = entry
      changeEnd &+= 1
      level.pointee.place = UInt32(truncatingIfNeeded: changeEnd)
    } else {
      isMissingChanges = true
    }
  }
}
