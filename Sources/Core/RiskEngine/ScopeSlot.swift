import TradingModel

/// The limits of one scope and what counts against them.
struct ScopeSlot: BitwiseCopyable {
  var limits = RiskLimits.unlimited
  var bucket = RateBucket()
  /// Orders with a quantity reserved.
  var openOrderCount: Int64 = 0
  /// Whether `limits` were ever set; until then they say nothing.
  var isDefined = false
  var state = TradingState.active
  /// Of listing and pair scopes; firm and strategy scopes sum by currency elsewhere.
  var openNotional = Money.zero
  /// Open quantities of listing and pair scopes, by side.
  var openBuy: Int128 = 0
  var openSell: Int128 = 0
  /// The part of those that is reduce-only.
  var openReducingBuy: Int128 = 0
  var openReducingSell: Int128 = 0

  /// Whether nothing was ever set and nothing is open.
  var isEmpty: Bool {
    !isDefined && state == .active && openOrderCount == 0
  }

  /// Whether one more order may be open.
  var hasOrderRoom: Bool { openOrderCount < limits.openOrderCountMax }

  func open(_ side: Side) -> Int128 { side == .buy ? openBuy : openSell }
  func openReducing(_ side: Side) -> Int128 { side == .buy ? openReducingBuy : openReducingSell }

  mutating func add(_ quantity: Int128, side: Side, reducing: Bool) {
    if side == .buy {
      openBuy += quantity
      if reducing { openReducingBuy += quantity }
    } else {
      openSell += quantity
      if reducing { openReducingSell += quantity }
    }
    precondition(openBuy >= 0 && openSell >= 0, "only what was reserved is released")
  }

  func hash(into hash: inout RecordHash) {
    hash.combine(UInt64(isDefined ? 1 : 0) << 8 | UInt64(state.rawValue))
    limits.hash(into: &hash)
    hash.combine(bucket.credit)
    hash.combine(bucket.updated)
    hash.combine(openOrderCount)
    hash.combine(openNotional.amount)
    hash.combine(openBuy)
    hash.combine(openSell)
    hash.combine(openReducingBuy)
    hash.combine(openReducingSell)
  }
}
