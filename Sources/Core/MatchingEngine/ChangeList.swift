/// Changes that wait for a reader, as many as fit.
struct ChangeList<Change: BitwiseCopyable>: ~Copyable {
  let capacity: Int
  private(set) var count = 0
  /// Whether one did not fit since the list was cleared.
  private(set) var isMissing = false
  private let changes: UnsafeMutablePointer<Change>

  init(capacity: Int, filler: Change) {
    precondition(
      capacity >= 0 && capacity < 1 << 28, "A change list has fewer than 2^28 places")
    self.capacity = capacity
    changes = .allocate(capacity: max(1, capacity))
    changes.initialize(repeating: filler, count: max(1, capacity))
  }

  deinit { changes.deallocate() }

  var byteCount: Int { capacity * MemoryLayout<Change>.stride }

  /// The change at `place`, oldest first.
  subscript(place: Int) -> Change {
    get {
      precondition(place >= 0 && place < count, "A change's place is below the count")
      return changes[place]
    }
    set { changes[place] = newValue }
  }

  /// Keeps a change; false when it did not fit.
  @discardableResult
  mutating func append(_ change: Change) -> Bool {
    if count == capacity {
      isMissing = true
      return false
    }
    changes[count] = change
    count += 1
    return true
  }

  mutating func clear() {
    count = 0
    isMissing = false
  }
}
