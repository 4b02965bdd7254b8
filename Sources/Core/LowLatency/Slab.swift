/// Names one element of a `Slab` for as long as that element lives, and never a later one.
public struct SlabHandle: Hashable, BitwiseCopyable, Sendable {
  /// The place in the slab: `0 ..< capacity`.
  public let index: UInt32
  /// How often the place had changed hands; odd while the element lives, 0 never names one.
  public let generation: UInt32

  /// A handle from its parts, as stored earlier. Any values are safe to look up.
  @inlinable public init(index: UInt32, generation: UInt32) {
    self.index = index
    self.generation = generation
  }

  /// Names no element of any slab.
  public static let none = SlabHandle(index: .max, generation: 0)
}

/// A fixed number of places for elements, with memory taken and touched once, in `init`.
///
/// Free places are reused last-in, first-out, starting with 0, 1, 2...: equal calls give equal
/// handles. A place's generation goes up by one at each insert and each remove, so a stale handle
/// is recognised until its place has been reused 2^31 times. All operations are O(1).
public struct Slab<Element: BitwiseCopyable>: ~Copyable {
  /// What the slab keeps of a place beside its element.
  @usableFromInline
  struct Place: BitwiseCopyable {
    @usableFromInline var generation: UInt32
    @usableFromInline var nextFree: UInt32

    @inlinable init(generation: UInt32, nextFree: UInt32) {
      self.generation = generation
      self.nextFree = nextFree
    }
  }

  /// How many elements fit.
  public let capacity: Int
  /// How many live now: `0 ... capacity`.
  @inlinable public var count: Int { liveCount }
  /// The first of `capacity` elements, for structures that link elements by index. The elements
  /// at dead places hold old or filler values.
  public let base: UnsafeMutablePointer<Element>

  @usableFromInline let places: UnsafeMutablePointer<Place>
  @usableFromInline var firstFree: UInt32
  @usableFromInline var liveCount = 0

  /// Takes memory for `capacity` (1 ..< 2^32 - 1) elements and fills it with `filler`.
  @inlinable
  public init(capacity: Int, filler: Element) {
    precondition(
      capacity > 0 && capacity < Int(UInt32.max), "A slab's capacity is between 1 and 2^32 - 2")
    self.capacity = capacity
    base = .allocate(capacity: capacity)
    base.initialize(repeating: filler, count: capacity)
    places = .allocate(capacity: capacity)
    firstFree = 0
    for index in 0..<capacity {
      let next = index + 1 < capacity ? UInt32(index + 1) : UInt32.max
      (places + index).initialize(to: Place(generation: 0, nextFree: next))
    }
  }

  deinit {
    base.deallocate()
    places.deallocate()
  }

  /// Whether no place is free.
  @inlinable public var isFull: Bool { firstFree == .max }

  /// Puts `element` at a free place; nil, and nothing changed, when all are taken.
  @inlinable
  public mutating func insert(_ element: Element) -> SlabHandle? {
    let index = firstFree
    if index == .max { return nil }
    let place = places + Int(index)
    firstFree = place.pointee.nextFree
    place.pointee.generation &+= 1
    liveCount &+= 1
    base[Int(index)] = element
    return SlabHandle(index: index, generation: place.pointee.generation)
  }

  /// Frees the place of `handle`; false, and nothing changed, when it names no live element.
  @inlinable
  public mutating func remove(_ handle: SlabHandle) -> Bool {
    guard isLive(handle) else { return false }
    let place = places + Int(handle.index)
    place.pointee.generation &+= 1
    place.pointee.nextFree = firstFree
    firstFree = handle.index
    liveCount &-= 1
    return true
  }

  /// Whether `handle` names a live element. Any handle is safe to ask about.
  @inlinable
  public func isLive(_ handle: SlabHandle) -> Bool {
    Int(handle.index) < capacity && handle.generation & 1 == 1
      && places[Int(handle.index)].generation == handle.generation
  }

  /// The handle of the element that lives at `index`; nil when none does.
  @inlinable
  public func handle(at index: UInt32) -> SlabHandle? {
    guard Int(index) < capacity else { return nil }
    let generation = places[Int(index)].generation
    return generation & 1 == 1 ? SlabHandle(index: index, generation: generation) : nil
  }

  /// The element at `index`, live or not; `index` must be below the capacity. The pointer is
  /// good while the slab lives.
  @inlinable
  public func pointer(at index: UInt32) -> UnsafeMutablePointer<Element> {
    precondition(Int(index) < capacity, "A slab index is below the capacity")
    return base + Int(index)
  }

  /// The live element named by `handle`; nil when it names none.
  @inlinable
  public func pointer(for handle: SlabHandle) -> UnsafeMutablePointer<Element>? {
    isLive(handle) ? base + Int(handle.index) : nil
  }

  /// Stops the process unless free and live places add up to the capacity. O(capacity).
  public func checkInvariants() {
    var freeCount = 0
    var index = firstFree
    while index != .max {
      precondition(Int(index) < capacity, "Invariant: the free list stays inside the slab")
      precondition(places[Int(index)].generation & 1 == 0, "Invariant: free places are not live")
      freeCount += 1
      precondition(freeCount <= capacity, "Invariant: the free list has no cycle")
      index = places[Int(index)].nextFree
    }
    precondition(freeCount + liveCount == capacity, "Invariant: no place is lost")
  }
}
