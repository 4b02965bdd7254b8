import TradingModel

/// What happened to a displayed order. The feed of these, applied in order, keeps a copy of every
/// queue (level 3). Hidden orders and reserves never appear.
public enum BookOrderChangeKind: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  /// It stands behind the others at its price, with `quantity` displayed.
  case added = 0
  /// It stands where it stood, with `quantity` displayed.
  case reduced = 1
  /// It is gone; `quantity` is 0. An iceberg that shows its next part is removed and added.
  case removed = 2
}

/// One entry of the level 3 feed.
public struct BookOrderChange: Equatable, BitwiseCopyable, Sendable {
  /// The order.
  public var orderID: OrderID
  /// In ticks.
  public var price: Int64
  /// What the order displays now.
  public var quantity: Int64
  /// The side of the book.
  public var side: Side
  /// What happened.
  public var kind: BookOrderChangeKind

  /// A change from its parts.
  @inlinable
  public init(
    _ kind: BookOrderChangeKind, orderID: OrderID, side: Side, price: Int64, quantity: Int64
  ) {
    self.orderID = orderID
    self.price = price
    self.quantity = quantity
    self.side = side
    self.kind = kind
  }
}
