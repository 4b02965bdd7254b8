import Synchronization

/// A bounded queue of fixed-size elements from one thread (the producer) to one other (the
/// consumer), without locks or waiting.
///
/// The producer writes any number of elements with `stage` and makes them visible together with
/// `publish`; `push` does both. Each side remembers the last position it saw of the other and
/// looks again only when that does not suffice, so that in steady flow a cache line changes hands
/// once a batch. The four control lines stand 128 bytes apart (processors fetch lines in pairs):
///
/// ```
///   0  consumer -> producer: head, how many elements were taken so far
/// 128  producer -> consumer: tail, how many were published so far
/// 256  producer only: staged tail, last seen head
/// 384  consumer only: next head, last seen tail
/// ```
///
/// Exactly one thread may call the producer's functions and one the consumer's; giving the roles
/// to other threads later needs a synchronising hand-over. The queue must outlive both.
public struct SPSCQueue<Element: BitwiseCopyable>: ~Copyable, @unchecked Sendable {
  /// How many elements fit; a power of two.
  public let capacity: Int
  @usableFromInline let slots: UnsafeMutablePointer<Element>
  @usableFromInline let control: RingControl

  /// Takes memory for `capacity` elements, rounded up to a power of two, and fills it.
  @inlinable
  public init(capacity: Int, filler: Element) {
    precondition(capacity > 0, "A queue holds at least one element")
    let slotCount = capacity.roundedUpToPowerOfTwo
    self.capacity = slotCount
    let bytes = UnsafeMutableRawPointer.allocate(
      byteCount: slotCount * MemoryLayout<Element>.stride, alignment: 128)
    slots = bytes.bindMemory(to: Element.self, capacity: slotCount)
    slots.initialize(repeating: filler, count: slotCount)
    control = RingControl()
  }

  deinit {
    slots.deallocate()
    control.deallocate()
  }

  // MARK: Producer

  /// Writes `element` behind those written before, not yet visible to the consumer. Returns false
  /// and changes nothing when the queue is full (publish what is staged, else it stays full).
  @inlinable
  public func stage(_ element: Element) -> Bool {
    let tail = control.stagedTail
    if tail &- control.seenHead >= capacity {
      control.seenHead = control.loadHead()
      if tail &- control.seenHead >= capacity { return false }
    }
    slots[tail & (capacity &- 1)] = element
    control.stagedTail = tail &+ 1
    return true
  }

  /// Makes every staged element visible to the consumer.
  @inlinable public func publish() { control.storeTail(control.stagedTail) }

  /// Writes `element` and makes it, and all staged before it, visible. False when full.
  @inlinable
  public func push(_ element: Element) -> Bool {
    guard stage(element) else { return false }
    publish()
    return true
  }

  /// How many elements can be staged now at least.
  @inlinable
  public func freeCount() -> Int {
    control.seenHead = control.loadHead()
    return capacity &- (control.stagedTail &- control.seenHead)
  }

  // MARK: Consumer

  /// How many published elements can be read now; looks at the producer's line only when the
  /// last look is used up.
  @inlinable
  public func readableCount() -> Int {
    let head = control.nextHead
    if control.seenTail == head { control.seenTail = control.loadTail() }
    return control.seenTail &- head
  }

  /// The readable element `offset` places behind the oldest. `offset` must be below the last
  /// `readableCount()`; the pointer is good until `release`.
  @inlinable
  public func readable(_ offset: Int) -> UnsafePointer<Element> {
    assert(offset >= 0 && offset < control.seenTail &- control.nextHead, "Offset is readable")
    return UnsafePointer(slots + ((control.nextHead &+ offset) & (capacity &- 1)))
  }

  /// Gives the oldest `count` (at most the last `readableCount()`) elements' room back.
  @inlinable
  public func release(_ count: Int) {
    precondition(
      count >= 0 && count <= control.seenTail &- control.nextHead, "Only what was read is released")
    control.nextHead = control.nextHead &+ count
    control.storeHead(control.nextHead)
  }

  /// Takes the oldest published element; nil when there is none.
  @inlinable
  public func pop() -> Element? {
    guard readableCount() > 0 else { return nil }
    let element = slots[control.nextHead & (capacity &- 1)]
    release(1)
    return element
  }

  /// Moves up to `countMax` published elements to `target`, oldest first, and says how many.
  @inlinable
  public func drain(into target: UnsafeMutablePointer<Element>, countMax: Int) -> Int {
    let count = min(readableCount(), countMax)
    if count <= 0 { return 0 }
    let start = control.nextHead & (capacity &- 1)
    let firstPart = min(count, capacity &- start)
    target.update(from: slots + start, count: firstPart)
    (target + firstPart).update(from: slots, count: count &- firstPart)
    release(count)
    return count
  }
}

/// The positions of a single-producer, single-consumer ring; see `SPSCQueue` for the layout.
@usableFromInline
struct RingControl {
  @usableFromInline let base: UnsafeMutableRawPointer
  @usableFromInline static let byteCount = 512

  @inlinable
  init() {
    base = .allocate(byteCount: Self.byteCount, alignment: 128)
    base.initializeMemory(as: UInt8.self, repeating: 0, count: Self.byteCount)
    base.bindMemory(to: Atomic<Int>.self, capacity: 1).initialize(to: Atomic(0))
    (base + 128).bindMemory(to: Atomic<Int>.self, capacity: 1).initialize(to: Atomic(0))
  }

  @inlinable func deallocate() { base.deallocate() }

  // SAFETY: both addresses hold an `Atomic<Int>` from `init` to `deallocate`, never moved.
  @inlinable var head: UnsafeMutablePointer<Atomic<Int>> {
    base.assumingMemoryBound(to: Atomic<Int>.self)
  }
  @inlinable var tail: UnsafeMutablePointer<Atomic<Int>> {
    (base + 128).assumingMemoryBound(to: Atomic<Int>.self)
  }
  @inlinable func loadHead() -> Int { head.pointee.load(ordering: .acquiring) }
  @inlinable func loadTail() -> Int { tail.pointee.load(ordering: .acquiring) }
  @inlinable func storeHead(_ value: Int) { head.pointee.store(value, ordering: .releasing) }
  @inlinable func storeTail(_ value: Int) { tail.pointee.store(value, ordering: .releasing) }

  @inlinable var stagedTail: Int {
    get { base.load(fromByteOffset: 256, as: Int.self) }
    nonmutating set { base.storeBytes(of: newValue, toByteOffset: 256, as: Int.self) }
  }
  @inlinable var seenHead: Int {
    get { base.load(fromByteOffset: 264, as: Int.self) }
    nonmutating set { base.storeBytes(of: newValue, toByteOffset: 264, as: Int.self) }
  }
  @inlinable var nextHead: Int {
    get { base.load(fromByteOffset: 384, as: Int.self) }
    nonmutating set { base.storeBytes(of: newValue, toByteOffset: 384, as: Int.self) }
  }
  @inlinable var seenTail: Int {
    get { base.load(fromByteOffset: 392, as: Int.self) }
    nonmutating set { base.storeBytes(of: newValue, toByteOffset: 392, as: Int.self) }
  }
}
