/// The prices of a book's trades.
@usableFromInline
struct TradeTape: BitwiseCopyable {
  @usableFromInline var quantity: Int128 = 0
  @usableFromInline var last: Int64 = 0
  /// Above `high` until there is a trade.
  @usableFromInline var low: Int64 = .max
  @usableFromInline var high: Int64 = .min
  @usableFromInline var open: Int64 = 0

  /// Where the last plain order that traded began to.
  @usableFromInline var first: Int64 = 0

  @inlinable init() {}

  /// Notes trades of `quantity` at `price`.
  @inlinable @inline(__always)
  mutating func note(_ price: Int64, _ quantity: Int64) {
    self.quantity &+= Int128(quantity)
    if low > high { open = price }
    last = price
    low = min(low, price)
    high = max(high, price)
  }
}
