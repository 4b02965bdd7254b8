import TradingModel

/// A price whose displayed quantity changed. The feed of these, applied in order, keeps a copy of
/// the book's levels.
public struct BookLevelChange: Equatable, BitwiseCopyable, Sendable {
  /// In ticks.
  public var price: Int64
  /// The total displayed there now; 0 when the level is gone.
  public var quantity: Int64
  /// How many orders are displayed there now.
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

// The feeds of level 2 and level 3.
extension MatchingBook {
  /// How many changes of levels wait to be read. A level that changed several times stands once, with
  /// its last state, unless it was gone in between.
  public var changeCount: Int { special.pointee.levelChanges.count }

  /// Whether changes were lost since `clearChanges`, because the list was full: then a reader must
  /// take the levels anew (`depth`).
  public var hasMissedChanges: Bool { special.pointee.levelChanges.isMissing }

  /// The waiting change at `place` (0 ..< `changeCount`), in order of first change.
  public func change(at place: Int) -> BookLevelChange { special.pointee.levelChanges[place] }

  /// Forgets the waiting changes. O(1).
  public mutating func clearChanges() { special.pointee.levelChanges.clear() }

  /// How many changes of displayed orders wait to be read.
  public var orderChangeCount: Int { special.pointee.orderChanges.count }

  /// Whether changes were lost since `clearOrderChanges`, because the list was full: then a reader
  /// must take the orders anew (`depth`, `orders`).
  public var hasMissedOrderChanges: Bool { special.pointee.orderChanges.isMissing }

  /// The waiting change at `place` (0 ..< `orderChangeCount`), oldest first.
  public func orderChange(at place: Int) -> BookOrderChange {
    special.pointee.orderChanges[place]
  }

  /// Forgets the waiting changes. O(1).
  public mutating func clearOrderChanges() { special.pointee.orderChanges.clear() }

  /// Puts the present state of a level on its list, over its earlier entry if it has one.
  mutating func noteLevel(_ index: UInt32, _ side: Side) {
    let list = special
    if list.pointee.levelChanges.capacity == 0 { return }
    let level = cells + Int(index)
    let entry = BookLevelChange(
      side: side, price: level.pointee.price, quantity: level.pointee.quantity,
      orderCount: level.pointee.count)
    let place = Int(level.pointee.place >> 4) - 1
    if place >= 0 && place < list.pointee.levelChanges.count
      && list.pointee.levelChanges[place].price == entry.price
      && list.pointee.levelChanges[place].side == side
    {
      list.pointee.levelChanges[place] = entry
    } else if list.pointee.levelChanges.append(entry) {
      level.pointee.place =
        UInt32(list.pointee.levelChanges.count) << 4 | level.pointee.place & BookCell.hiddenFlag
    }
  }

  /// Puts a change of the order at `index`, which is displayed at `price`, on its list.
  mutating func noteOrder(_ kind: BookOrderChangeKind, _ index: UInt32, _ price: Int64) {
    let list = special
    if list.pointee.orderChanges.capacity == 0 { return }
    let order = cells[Int(index)]
    list.pointee.orderChanges.append(
      BookOrderChange(
        kind, orderID: order.orderID, side: order.side, price: price,
        quantity: kind == .removed ? 0 : order.quantity))
  }
}
