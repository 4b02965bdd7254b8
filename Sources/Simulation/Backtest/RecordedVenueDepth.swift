import TradingModel

/// Displayed quantity of one side of a followed book that our own orders already took. The recorded
/// market does not know that we took it, so it goes on showing it; it is not there for us again.
///
/// Rules, for a level that showed `level` and of which `taken` is ours:
/// - it shows more: the new quantity is there for us; `taken` stays;
/// - it shows less: what went is assumed to be of what we took and of what we left in proportion,
///   and what does not divide of what we left: `taken` becomes taken x new / level, rounded up;
/// - it is gone: nothing is remembered;
/// - a snapshot: `taken` is at most what is shown.
///
/// So `taken` is never more than what is displayed.
struct ConsumedDepth: Sendable {
  struct Level: BitwiseCopyable, Sendable {
    var price: Int64
    var taken: Int64
    var level: Int64
  }

  /// Ascending by price.
  private(set) var levels: [Level] = []

  var isEmpty: Bool { levels.isEmpty }

  /// What we took at `price`.
  func taken(at price: Int64) -> Int64 {
    let place = place(of: price)
    return place < levels.count && levels[place].price == price ? levels[place].taken : 0
  }

  /// We take `quantity` at `price`, where `displayed` is shown.
  mutating func take(_ quantity: Int64, at price: Int64, displayed: Int64) {
    let place = place(of: price)
    if place == levels.count || levels[place].price != price {
      levels.insert(Level(price: price, taken: 0, level: displayed), at: place)
    }
    levels[place].taken += quantity
    precondition(
      levels[place].taken <= displayed, "Invariant: no more is taken than is displayed")
  }

  /// The level at `price` shows `quantity` now.
  mutating func update(price: Int64, to quantity: Int64) {
    if levels.isEmpty { return }
    let place = place(of: price)
    guard place < levels.count, levels[place].price == price else { return }
    let level = levels[place]
    if quantity == 0 {
      levels.remove(at: place)
      return
    }
    if quantity < level.level {
      let share = Int128(level.taken) * Int128(quantity)
      levels[place].taken = Int64(divide(share, by: Int128(level.level), .up))
    }
    levels[place].level = quantity
  }

  /// A snapshot shows what `displayed` gives for a price.
  mutating func resync(_ displayed: (Int64) -> Int64) {
    for place in levels.indices {
      levels[place].level = displayed(levels[place].price)
      levels[place].taken = min(levels[place].taken, levels[place].level)
    }
    levels.removeAll { $0.taken == 0 }
  }

  /// Forgets the prices that `isGone`.
  mutating func forget(_ isGone: (Int64) -> Bool) {
    if !levels.isEmpty { levels.removeAll { isGone($0.price) } }
  }

  private func place(of price: Int64) -> Int {
    var low = 0
    var high = levels.count
    while low < high {
      let middle = (low + high) / 2
      if levels[middle].price < price { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
