/// A set of small integers, `0 ..< capacity` with capacity up to 64^4, that finds neighbours
/// fast: one bit a member, and above each 64-bit word one bit that says whether the word has any.
///
/// Every operation touches at most one word a level (two for neighbours): O(log64 capacity).
public struct HierarchicalBitmap: ~Copyable {
  /// Members are below this.
  public let capacity: Int
  @usableFromInline let words: UnsafeMutablePointer<UInt64>
  /// Where each level's words begin; level 0 holds the members.
  @usableFromInline let levelStarts: (Int, Int, Int, Int)
  @usableFromInline let levelCount: Int
  @usableFromInline let wordCount: Int

  /// An empty set of numbers below `capacity` (1 ... 64^4); about capacity / 63 words of 8 bytes.
  @inlinable
  public init(capacity: Int) {
    precondition(capacity > 0 && capacity <= 1 << 24, "A bitmap's capacity is between 1 and 64^4")
    self.capacity = capacity
    var starts = (0, 0, 0, 0)
    var levels = 1
    var size = (capacity + 63) / 64
    var total = size
    while size > 1 {
      switch levels {
      case 1: starts.1 = total
      case 2: starts.2 = total
      default: starts.3 = total
      }
      size = (size + 63) / 64
      total += size
      levels += 1
    }
    levelStarts = starts
    levelCount = levels
    wordCount = total
    words = .allocate(capacity: total)
    words.initialize(repeating: 0, count: total)
  }

  deinit { words.deallocate() }

  @inlinable
  func start(_ level: Int) -> UnsafeMutablePointer<UInt64> {
    switch level {
    case 0: words
    case 1: words + levelStarts.1
    case 2: words + levelStarts.2
    default: words + levelStarts.3
    }
  }

  /// Whether `member` (0 ..< capacity) is in the set.
  @inlinable
  public func contains(_ member: Int) -> Bool {
    precondition(member >= 0 && member < capacity, "A member is below the capacity")
    return words[member &>> 6] &>> UInt64(member & 63) & 1 == 1
  }

  /// Whether there is no member.
  @inlinable public var isEmpty: Bool { start(levelCount &- 1).pointee == 0 }

  /// Puts `member` (0 ..< capacity) in the set; nothing happens when it is there.
  @inlinable
  public mutating func set(_ member: Int) {
    precondition(member >= 0 && member < capacity, "A member is below the capacity")
    var place = member
    for level in 0..<levelCount {
      let word = start(level) + (place &>> 6)
      let before = word.pointee
      word.pointee = before | 1 &<< UInt64(place & 63)
      if before != 0 { return }
      place &>>= 6
    }
  }

  /// Takes `member` (0 ..< capacity) out of the set; nothing happens when it is not there.
  @inlinable
  public mutating func clear(_ member: Int) {
    precondition(member >= 0 && member < capacity, "A member is below the capacity")
    var place = member
    for level in 0..<levelCount {
      let word = start(level) + (place &>> 6)
      word.pointee &= ~(1 &<< UInt64(place & 63))
      if word.pointee != 0 { return }
      place &>>= 6
    }
  }

  /// Empties the set. O(capacity / 64).
  @inlinable public mutating func removeAll() { words.update(repeating: 0, count: wordCount) }

  /// The least member; nil when the set is empty.
  @inlinable public var first: Int? { isEmpty ? nil : least(under: 0, at: levelCount &- 1) }

  /// The greatest member; nil when the set is empty.
  @inlinable public var last: Int? { isEmpty ? nil : greatest(under: 0, at: levelCount &- 1) }

  /// The least member above `place`; nil when there is none. Any `place` is allowed.
  @inlinable
  public func next(after place: Int) -> Int? {
    if place < 0 { return first }
    if place >= capacity { return nil }
    var position = place
    for level in 0..<levelCount {
      let index = position &>> 6
      let above = start(level)[index] & (~1 &<< UInt64(position & 63))
      if above != 0 {
        let found = index &<< 6 | above.trailingZeroBitCount
        return level == 0 ? found : least(under: found, at: level &- 1)
      }
      position = index
    }
    return nil
  }

  /// The greatest member below `place`; nil when there is none. Any `place` is allowed.
  @inlinable
  public func previous(before place: Int) -> Int? {
    if place <= 0 { return nil }
    if place >= capacity { return last }
    var position = place
    for level in 0..<levelCount {
      let index = position &>> 6
      let below = start(level)[index] & ((1 &<< UInt64(position & 63)) &- 1)
      if below != 0 {
        let found = index &<< 6 | (63 &- below.leadingZeroBitCount)
        return level == 0 ? found : greatest(under: found, at: level &- 1)
      }
      position = index
    }
    return nil
  }

  /// The least member under word `index` of `level`, which has one.
  @inlinable
  func least(under index: Int, at level: Int) -> Int {
    var position = index
    for step in stride(from: level, through: 0, by: -1) {
      position = position &<< 6 | start(step)[position].trailingZeroBitCount
    }
    return position
  }

  /// The greatest member under word `index` of `level`, which has one.
  @inlinable
  func greatest(under index: Int, at level: Int) -> Int {
    var position = index
    for step in stride(from: level, through: 0, by: -1) {
      position = position &<< 6 | (63 &- start(step)[position].leadingZeroBitCount)
    }
    return position
  }

  /// Stops the process unless each upper bit says whether its word has members. O(capacity / 64).
  public func checkInvariants() {
    var size = (capacity + 63) / 64
    for level in 1..<max(levelCount, 2) where levelCount > 1 {
      for index in 0..<size {
        let bit = start(level)[index >> 6] >> UInt64(index & 63) & 1 == 1
        precondition(
          bit == (start(level - 1)[index] != 0), "Invariant: an upper bit tells of its word")
      }
      size = (size + 63) / 64
    }
  }
}
