/// A bounded ring of byte records of varying length from one thread (the producer) to one other
/// (the consumer), without locks or waiting.
///
/// A record lies in one piece, 8-byte aligned, behind an 8-byte frame: its byte count, or the
/// count of unused bytes before the ring's end plus `skipFlag`. The producer claims room, fills
/// it, commits, and publishes any number of records together. Control lines and thread rules are
/// those of `SPSCQueue`.
public struct SPSCRing: ~Copyable, @unchecked Sendable {
  /// The ring's size in bytes, frames included; a power of two.
  public let byteCapacity: Int
  /// The longest record that always fits once the ring is empty: under half of the ring.
  @inlinable public var recordByteCountMax: Int { byteCapacity / 2 - Self.frameByteCount }

  @usableFromInline static let frameByteCount = 8
  @usableFromInline static let skipFlag: UInt64 = 1 << 63
  @usableFromInline let bytes: UnsafeMutableRawPointer
  @usableFromInline let control: RingControl

  /// Takes memory for `byteCapacity` bytes, rounded up to a power of two of at least 64.
  @inlinable
  public init(byteCapacity: Int) {
    let rounded = Swift.max(64, byteCapacity.roundedUpToPowerOfTwo)
    self.byteCapacity = rounded
    bytes = .allocate(byteCount: rounded, alignment: 128)
    bytes.initializeMemory(as: UInt8.self, repeating: 0, count: rounded)
    control = RingControl()
  }

  deinit {
    bytes.deallocate()
    control.deallocate()
  }

  // MARK: Producer

  /// Room for a record of `byteCount` (0 ... `recordByteCountMax`) bytes, 8-byte aligned; nil, and
  /// nothing changed, when the ring is too full. Claiming again replaces the claim before.
  @inlinable
  public func claim(byteCount: Int) -> UnsafeMutableRawPointer? {
    precondition(
      byteCount >= 0 && byteCount <= recordByteCountMax, "A record is shorter than half the ring")
    let tail = control.stagedTail
    let offset = tail & (byteCapacity &- 1)
    let size = Self.frameByteCount &+ (byteCount &+ 7) & ~7
    let skip = offset &+ size > byteCapacity ? byteCapacity &- offset : 0
    guard hasRoom(for: skip &+ size, at: tail) else { return nil }
    let start = skip == 0 ? offset : 0
    if skip > 0 {
      bytes.storeBytes(of: UInt64(skip) | Self.skipFlag, toByteOffset: offset, as: UInt64.self)
    }
    bytes.storeBytes(of: UInt64(byteCount), toByteOffset: start, as: UInt64.self)
    return bytes + (start &+ Self.frameByteCount)
  }

  /// Ends the record claimed last, `byteCount` as claimed; the consumer sees it after `publish`.
  @inlinable
  public func commit(byteCount: Int) {
    let tail = control.stagedTail
    let offset = tail & (byteCapacity &- 1)
    let size = Self.frameByteCount &+ (byteCount &+ 7) & ~7
    let skip = offset &+ size > byteCapacity ? byteCapacity &- offset : 0
    control.stagedTail = tail &+ skip &+ size
  }

  /// Makes every committed record visible to the consumer.
  @inlinable public func publish() { control.storeTail(control.stagedTail) }

  @inlinable
  func hasRoom(for size: Int, at tail: Int) -> Bool {
    if tail &+ size &- control.seenHead <= byteCapacity { return true }
    control.seenHead = control.loadHead()
    return tail &+ size &- control.seenHead <= byteCapacity
  }

  // MARK: Consumer

  /// The oldest published record, good until `advance`; nil when there is none.
  @inlinable
  public func front() -> UnsafeRawBufferPointer? {
    while true {
      let head = control.nextHead
      if control.seenTail == head {
        control.seenTail = control.loadTail()
        if control.seenTail == head { return nil }
      }
      let offset = head & (byteCapacity &- 1)
      let frame = bytes.load(fromByteOffset: offset, as: UInt64.self)
      if frame & Self.skipFlag == 0 {
        let start = UnsafeRawPointer(bytes + (offset &+ Self.frameByteCount))
        return UnsafeRawBufferPointer(start: start, count: Int(frame))
      }
      control.nextHead = head &+ Int(frame & ~Self.skipFlag)
    }
  }

  /// Steps over the record that `front` gave, keeping its room taken until `release`.
  @inlinable
  public func advance() {
    let head = control.nextHead
    precondition(control.seenTail != head, "Only a record that was read is stepped over")
    let frame = bytes.load(fromByteOffset: head & (byteCapacity &- 1), as: UInt64.self)
    precondition(frame & Self.skipFlag == 0, "Only a record that was read is stepped over")
    control.nextHead = head &+ Self.frameByteCount &+ (Int(frame) &+ 7) & ~7
  }

  /// Gives the room of every record stepped over back to the producer.
  @inlinable public func release() { control.storeHead(control.nextHead) }
}
