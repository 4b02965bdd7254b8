/// A map from 64-bit identifiers to 32-bit values (slab indices) of fixed capacity, with memory
/// taken and touched once.
///
/// Open addressing, at most half full, linear probing in Robin Hood order (keys stand in the order
/// of their homes), and removal by shifting back until a key at its home, so there are no
/// tombstones and the cost does not age. Eight consecutive identifiers share two cache lines
/// unless their neighbourhood is crowded; the block's place is scattered by a multiplication.
/// Expected O(1). The map offers no iteration, so its order can reach no output.
public struct IdentifierMap: ~Copyable {
  @usableFromInline
  struct Slot: BitwiseCopyable {
    @usableFromInline var key: UInt64
    @usableFromInline var value: UInt32

    @inlinable init(key: UInt64, value: UInt32) {
      self.key = key
      self.value = value
    }
  }

  /// How many identifiers fit.
  public private(set) var capacity: Int
  /// How many are in the map now.
  @inlinable public var count: Int { liveCount }

  /// All memory held, in bytes.
  public var byteCount: Int { (mask + 1) * MemoryLayout<Slot>.stride }

  @usableFromInline var slots: UnsafeMutablePointer<Slot>
  @usableFromInline var mask: Int
  @usableFromInline var blockShift: UInt64
  @usableFromInline var liveCount = 0

  /// Takes memory for `capacity` (at least 1) identifiers: 32 to 64 bytes for each.
  public init(capacity: Int) {
    precondition(capacity > 0 && capacity <= 1 << 40, "A map's capacity is between 1 and 2^40")
    self.capacity = capacity
    let slotCount = Swift.max(16, (capacity * 2).roundedUpToPowerOfTwo)
    mask = slotCount - 1
    blockShift = UInt64(64 - (slotCount / 8).trailingZeroBitCount)
    let bytes = UnsafeMutableRawPointer.allocate(
      byteCount: slotCount * MemoryLayout<Slot>.stride, alignment: 64)
    slots = bytes.bindMemory(to: Slot.self, capacity: slotCount)
    slots.initialize(repeating: Slot(key: 0, value: 0), count: slotCount)
  }

  deinit { slots.deallocate() }

  /// Where `key` belongs: the block is the top bits of a product, the place in it the low 3 bits.
  @inlinable
  func home(_ key: UInt64) -> Int {
    var block = key >> 3
    block ^= block >> 32
    block = (block &* 0x9E37_79B9_7F4A_7C15) &>> blockShift
    return Int(truncatingIfNeeded: block << 3 | key & 7)
  }

  /// How far the key at `place`, which is occupied, stands behind its home.
  @inlinable
  func distance(at place: Int) -> Int { (place &- home(slots[place].key)) & mask }

  /// The value of `key`; nil when absent. Key 0 is never present.
  @inlinable
  public func find(_ key: UInt64) -> UInt32? {
    if key == 0 { return nil }
    var place = home(key)
    while true {
      let found = slots[place].key
      if found == key { return slots[place].value }
      if found == 0 { return nil }
      place = (place &+ 1) & mask
    }
  }

  /// Adds `key`; false, and nothing changed, when it is present, when it is 0 (reserved), or when
  /// the map is full.
  @inlinable
  public mutating func insert(_ key: UInt64, _ value: UInt32) -> Bool {
    if key == 0 || liveCount >= capacity { return false }
    var slot = Slot(key: key, value: value)
    var place = home(key)
    var distance = 0
    while slots[place].key != 0 {
      if slots[place].key == key { return false }
      let other = self.distance(at: place)
      if other < distance {
        // The one further from home takes the place; the other goes on. From here on `key` cannot
        // be found any more, as it would stand before any that is nearer to its home.
        swap(&slots[place], &slot)
        distance = other
      }
      place = (place &+ 1) & mask
      distance &+= 1
    }
    slots[place] = slot
    liveCount &+= 1
    return true
  }

  /// Changes the value of a present `key`; false when it is absent.
  @inlinable
  public mutating func update(_ key: UInt64, _ value: UInt32) -> Bool {
    let place = self.place(of: key)
    if place < 0 { return false }
    slots[place].value = value
    return true
  }

  /// Removes `key` and gives its value; nil when it is absent.
  @inlinable
  @discardableResult
  public mutating func remove(_ key: UInt64) -> UInt32? {
    var hole = place(of: key)
    if hole < 0 { return nil }
    let value = slots[hole].value
    var place = (hole &+ 1) & mask
    // Everything up to an empty place, or to a key at its home, moves one place nearer home.
    while slots[place].key != 0 && distance(at: place) != 0 {
      slots[hole] = slots[place]
      hole = place
      place = (place &+ 1) & mask
    }
    slots[hole].key = 0
    liveCount &-= 1
    return value
  }

  /// Makes room for `capacity` identifiers, if there is not. O(capacity).
  public mutating func reserve(_ capacity: Int) {
    if capacity <= self.capacity { return }
    var larger = IdentifierMap(capacity: capacity)
    for place in 0...mask where slots[place].key != 0 {
      let isNew = larger.insert(slots[place].key, slots[place].value)
      precondition(isNew, "Invariant: a map's keys differ, and fit in a larger one")
    }
    swap(&self, &larger)
  }

  /// Forgets all identifiers. O(capacity).
  public mutating func removeAll() {
    slots.update(repeating: Slot(key: 0, value: 0), count: mask + 1)
    liveCount = 0
  }

  /// The slot that holds `key`, or -1.
  @inlinable
  func place(of key: UInt64) -> Int {
    if key == 0 { return -1 }
    var place = home(key)
    while slots[place].key != key {
      if slots[place].key == 0 { return -1 }
      place = (place &+ 1) & mask
    }
    return place
  }

  /// Stops the process unless every key is found from its home. O(capacity).
  public func checkInvariants() {
    var occupied = 0
    for place in 0...mask where slots[place].key != 0 {
      occupied += 1
      precondition(
        self.place(of: slots[place].key) == place, "Invariant: each key is reachable from its home")
      let next = (place + 1) & mask
      precondition(
        slots[next].key == 0 || distance(at: next) <= distance(at: place) + 1,
        "Invariant: keys stand in the order of their homes")
    }
    precondition(occupied == liveCount && occupied <= capacity, "Invariant: keys are counted")
  }
}
