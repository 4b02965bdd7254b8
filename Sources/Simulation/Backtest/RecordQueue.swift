import TradingModel

/// Records waiting in the order they came, in one run of bytes that grows when it must: what a venue
/// has published and the core has not yet received.
public struct RecordQueue: ~Copyable {
  private var base: UnsafeMutableRawPointer
  private var capacity: Int
  private var head = 0
  private var tail = 0

  public init(capacity: Int = 1 << 16) {
    self.capacity = capacity
    base = .allocate(byteCount: capacity, alignment: 64)
  }

  deinit { base.deallocate() }

  /// The oldest record; nil when there is none. Valid until the next `push` or `removeFirst`.
  public var first: UnsafeMutableRawPointer? { head == tail ? nil : base + head }

  /// Takes a copy of a whole record in.
  public mutating func push(_ record: UnsafeRawPointer, byteCount: Int) {
    if tail + byteCount > capacity { makeRoom(for: byteCount) }
    (base + tail).copyMemory(from: record, byteCount: byteCount)
    tail += byteCount
  }

  /// Forgets the oldest record.
  public mutating func removeFirst() {
    precondition(head < tail, "a record waits")
    head += Int(base.load(fromByteOffset: head, as: UInt32.self))
    if head == tail {
      head = 0
      tail = 0
    }
  }

  private mutating func makeRoom(for byteCount: Int) {
    let used = tail - head
    var size = capacity
    while used + byteCount > size - size / 4 { size *= 2 }
    if size > capacity {
      let larger = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64)
      larger.copyMemory(from: base + head, byteCount: used)
      base.deallocate()
      base = larger
      capacity = size
    } else {
      base.copyMemory(from: base + head, byteCount: used)
    }
    head = 0
    tail = used
  }
}
