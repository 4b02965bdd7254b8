/// A first-in, first-out queue of at most `capacity` elements; its memory is taken and touched
/// once, in `init`. All operations are O(1).
public struct FixedQueue<Element: BitwiseCopyable>: ~Copyable {
  /// How many elements fit.
  public let capacity: Int
  @usableFromInline let slots: UnsafeMutablePointer<Element>
  @usableFromInline let mask: Int
  @usableFromInline var head = 0
  @usableFromInline var tail = 0  // Invariant: 0 <= tail - head <= capacity <= mask + 1.

  /// Takes memory for `capacity` (at least 1) elements and fills it with `filler`.
  @inlinable
  public init(capacity: Int, filler: Element) {
    precondition(capacity > 0, "A queue holds at least one element")
    self.capacity = capacity
    let slotCount = capacity.roundedUpToPowerOfTwo
    mask = slotCount - 1
    slots = .allocate(capacity: slotCount)
    slots.initialize(repeating: filler, count: slotCount)
  }

  deinit { slots.deallocate() }

  /// How many elements wait.
  @inlinable public var count: Int { tail &- head }
  /// Whether no element waits.
  @inlinable public var isEmpty: Bool { tail == head }
  /// Whether `push` would be refused.
  @inlinable public var isFull: Bool { tail &- head == capacity }

  /// Appends `element`; returns false and changes nothing when full.
  @inlinable
  public mutating func push(_ element: Element) -> Bool {
    if tail &- head >= capacity { return false }
    slots[tail & mask] = element
    tail &+= 1
    return true
  }

  /// Takes the oldest element; nil when empty.
  @inlinable
  public mutating func pop() -> Element? {
    if head == tail { return nil }
    let element = slots[head & mask]
    head &+= 1
    return element
  }

  /// The element `offset` places behind the oldest; `offset` must be below `count`.
  @inlinable
  public subscript(offset: Int) -> Element {
    precondition(offset >= 0 && offset < count, "A queue offset is below the count")
    return slots[(head &+ offset) & mask]
  }

  /// Forgets all elements.
  @inlinable public mutating func removeAll() { head = tail }

  /// Stops the process unless the ends are in order.
  public func checkInvariants() {
    precondition(head <= tail && tail - head <= capacity, "Invariant: a queue is within capacity")
  }
}

extension Int {
  /// The least power of two that is not below this number (at least 1). Traps above 2^62.
  @inlinable
  public var roundedUpToPowerOfTwo: Int {
    precondition(self <= 1 << 62, "A power of two fits in an Int")
    return self <= 1 ? 1 : 1 << (Int.bitWidth - (self - 1).leadingZeroBitCount)
  }
}
