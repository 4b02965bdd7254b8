import LowLatency
import TradingModel

/// The positions of owners that were told to a book. Expected O(1) for each.
struct OwnerPositions: ~Copyable {
  private struct Entry: BitwiseCopyable {
    var owner: OwnerID
    var quantity: Int64
  }

  private var places = IdentifierMap(capacity: 8)
  private var entries: UnsafeMutablePointer<Entry> = .allocate(capacity: 8)
  /// How many owners' positions are known.
  private(set) var count = 0
  private var capacity = 8

  deinit { entries.deallocate() }

  /// All memory held, in bytes.
  var byteCount: Int { capacity * MemoryLayout<Entry>.stride + places.byteCount }

  /// The position of `owner`; nil when it is not known.
  subscript(_ owner: OwnerID) -> Int64? {
    guard count > 0, let place = places.find(UInt64(owner)) else { return nil }
    return entries[Int(place)].quantity
  }

  /// Tells the position of `owner`, which is not 0; nil makes it unknown.
  mutating func set(_ owner: OwnerID, _ position: Int64?) {
    guard let position else { return remove(owner) }
    // First the place: adding may move the entries.
    let place = places.find(UInt64(owner)) ?? add(owner)
    entries[Int(place)].quantity = position
  }

  private mutating func add(_ owner: OwnerID) -> UInt32 {
    if count == capacity { grow() }
    (entries + count).initialize(to: Entry(owner: owner, quantity: 0))
    let isNew = places.insert(UInt64(owner), UInt32(count))
    precondition(isNew, "Invariant: an owner has one position")
    count += 1
    return UInt32(count - 1)
  }

  private mutating func remove(_ owner: OwnerID) {
    guard let place = places.remove(UInt64(owner)) else { return }
    count -= 1
    if Int(place) == count { return }
    entries[Int(place)] = entries[count]
    let isKnown = places.update(UInt64(entries[count].owner), place)
    precondition(isKnown, "Invariant: an owner with a position has a place")
  }

  private mutating func grow() {
    let larger = UnsafeMutablePointer<Entry>.allocate(capacity: capacity * 2)
    larger.update(from: entries, count: count)
    entries.deallocate()
    entries = larger
    capacity *= 2
    places.reserve(capacity)
  }

  /// The same for equal positions, whatever was told before. O(owners).
  func combine(into hash: inout RecordHash) {
    var total: UInt64 = 0
    for place in 0..<count {
      var one = RecordHash()
      one.combine(UInt64(entries[place].owner))
      one.combine(entries[place].quantity)
      total &+= one.value
    }
    hash.combine(total)
  }
}
