/// Bytes in the order they came, in one piece of memory: what lies between a socket and a protocol.
///
/// The memory grows to what was once needed, never above `limit`, and is kept: a queue in steady use
/// allocates nothing. Appending moves what is left to the front when the end is reached, so a byte
/// is moved at most a few times.
public struct ByteQueue: ~Copyable {
  private var base: UnsafeMutableRawPointer
  private var capacity: Int
  // Invariant: 0 <= head <= tail <= capacity <= limit.
  private var head = 0
  private var tail = 0
  /// The most bytes that may wait at once.
  public let limit: Int

  /// An empty queue.
  ///
  /// - Parameters:
  ///   - capacity: bytes of memory taken now, 1 at least.
  ///   - limit: the most bytes it may grow to; `capacity` where it is less than that.
  public init(capacity: Int, limit: Int) {
    precondition(capacity > 0, "A queue has room for one byte at least")
    self.capacity = capacity
    self.limit = max(capacity, limit)
    base = .allocate(byteCount: capacity, alignment: 16)
  }

  /// An empty queue that takes memory for `capacity` bytes now, or for `limit` where that is less.
  init(upTo limit: Int, capacity: Int) {
    self.init(capacity: max(1, min(capacity, limit)), limit: limit)
  }

  deinit { base.deallocate() }

  /// How many bytes wait.
  public var count: Int { tail - head }
  /// Whether no byte waits.
  public var isEmpty: Bool { head == tail }
  /// The bytes that wait, oldest first. Valid until the queue is next changed.
  public var bytes: UnsafeRawBufferPointer { .init(start: base + head, count: tail - head) }

  /// Takes `byteCount` bytes, of those that wait, off the front.
  public mutating func consume(_ byteCount: Int) {
    precondition(byteCount >= 0 && byteCount <= count, "Only bytes that wait can be consumed")
    head += byteCount
    if head == tail { removeAll() }
  }

  /// Forgets all bytes and keeps the memory.
  public mutating func removeAll() {
    head = 0
    tail = 0
  }

  /// Takes bytes off the end, so that `count` are left.
  mutating func truncate(to count: Int) {
    precondition(count >= 0 && count <= self.count, "Truncating leaves no more than there is")
    tail = head + count
  }

  /// Appends `bytes`; returns false and changes nothing where that would exceed `limit`.
  public mutating func append(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard let place = reserve(bytes.count) else { return false }
    if let source = bytes.baseAddress {
      place.baseAddress!.copyMemory(from: source, byteCount: bytes.count)
    }
    tail += bytes.count
    return true
  }

  /// Appends one byte; returns false and changes nothing when full.
  mutating func append(byte: UInt8) -> Bool {
    guard let place = reserve(1) else { return false }
    place[0] = byte
    tail += 1
    return true
  }

  /// Appends `text`; returns false and changes nothing where that would exceed `limit`.
  mutating func append(_ text: StaticString) -> Bool {
    append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  /// Appends the UTF-8 of `text`; returns false and changes nothing where that would exceed `limit`.
  mutating func append(text: String) -> Bool {
    var text = text
    return text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
  }

  /// Room behind the last byte, `byteCount` bytes or more, to be written and then committed; nil
  /// where that would exceed `limit`. Valid until the queue is next changed.
  mutating func reserve(_ byteCount: Int) -> UnsafeMutableRawBufferPointer? {
    if capacity - tail < byteCount {
      guard byteCount <= limit - count else { return nil }
      makeRoom(byteCount)
    }
    return .init(start: base + tail, count: capacity - tail)
  }

  /// Makes the first `byteCount` bytes of the reserved room part of the queue.
  mutating func commit(_ byteCount: Int) {
    precondition(byteCount >= 0 && byteCount <= capacity - tail, "Committed bytes were reserved")
    tail += byteCount
  }

  private mutating func makeRoom(_ byteCount: Int) {
    let used = count
    if capacity - used >= byteCount {
      base.copyMemory(from: base + head, byteCount: used)
    } else {
      let needed = used + byteCount
      let grown = min(limit, max(needed, capacity * 2))
      let memory = UnsafeMutableRawPointer.allocate(byteCount: grown, alignment: 16)
      memory.copyMemory(from: base + head, byteCount: used)
      base.deallocate()
      base = memory
      capacity = grown
    }
    head = 0
    tail = used
  }
}
