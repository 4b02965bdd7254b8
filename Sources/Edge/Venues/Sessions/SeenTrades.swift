/// The last trades of a symbol by their numbers, so that each is told once though several lines bring it,
/// in whatever order. Memory is taken with the first trade.
///
/// Numbers stand in two open tables: the newer is filled, and when it is full the older is forgotten.
final class SeenTrades {
  /// Numbers of one table; twice as many are remembered at least half of the time.
  static let countMax = 2_048
  private static let slotCount = countMax * 2

  private let slots: UnsafeMutablePointer<UInt64>
  /// Which half of the slots is the newer.
  private var newer = 0
  private var count = 0
  /// The highest number of each table, and of all that were forgotten.
  private var highest: (UInt64, UInt64) = (0, 0)
  private var forgotten: UInt64 = 0

  init() {
    slots = .allocate(capacity: Self.slotCount * 2)
    slots.initialize(repeating: 0, count: Self.slotCount * 2)
  }

  deinit { slots.deallocate() }

  /// Takes note of a trade.
  ///
  /// - Parameters:
  ///   - key: its number, or what stands for it, above 0.
  ///   - isOrdered: later trades have higher numbers, so that one below all that are remembered is old.
  /// - Returns: whether it was not seen before.
  /// - Complexity: O(1); every `countMax` trades O(`countMax`).
  func insert(_ key: UInt64, isOrdered: Bool) -> Bool {
    if isOrdered, key <= forgotten { return false }
    if slots[slot(of: key, in: 1 - newer)] == key { return false }
    let slot = slot(of: key, in: newer)
    if slots[slot] == key { return false }
    slots[slot] = key
    count += 1
    if newer == 0 {
      highest.0 = max(highest.0, key)
    } else {
      highest.1 = max(highest.1, key)
    }
    if count == Self.countMax { turn() }
    return true
  }

  /// The place of `key` in a table, or the free one where it belongs.
  private func slot(of key: UInt64, in table: Int) -> Int {
    let base = table * Self.slotCount
    var place = Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 40) & (Self.slotCount - 1)
    while slots[base + place] != 0, slots[base + place] != key {
      place = (place + 1) & (Self.slotCount - 1)
    }
    return base + place
  }

  private func turn() {
    newer = 1 - newer
    count = 0
    (slots + newer * Self.slotCount).update(repeating: 0, count: Self.slotCount)
    if newer == 0 {
      forgotten = max(forgotten, highest.0)
      highest.0 = 0
    } else {
      forgotten = max(forgotten, highest.1)
      highest.1 = 0
    }
  }
}
