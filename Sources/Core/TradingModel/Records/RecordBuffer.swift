/// A run of whole records one behind the other, in memory taken once.
public struct RecordBuffer: ~Copyable {
  /// The first record.
  public let base: UnsafeMutableRawPointer
  /// Bytes there is room for.
  public let capacity: Int
  /// Bytes used; always a whole number of records.
  public private(set) var byteCount = 0
  /// Records held.
  public private(set) var recordCount = 0

  /// Takes and touches `capacity` bytes, a multiple of 8.
  public init(capacity: Int) {
    precondition(capacity > 0 && capacity % 8 == 0, "a record buffer is a multiple of 8 bytes")
    base = .allocate(byteCount: capacity, alignment: 64)
    base.initializeMemory(as: UInt8.self, repeating: 0, count: capacity)
    self.capacity = capacity
  }

  deinit { base.deallocate() }

  /// Room left, in bytes.
  public var room: Int { capacity - byteCount }

  /// Makes room for a record and writes its header with sequence 0, for the sequencer to fill in.
  ///
  /// - Returns: the record, whose body the caller must fill; nil when it does not fit.
  public mutating func append(
    kind: RecordKind, byteCount length: Int, isOutput: Bool, time: Timestamp
  ) -> UnsafeMutableRawPointer? {
    guard length <= capacity - byteCount else { return nil }
    let record = base + byteCount
    RecordHeader(byteCount: length, kind: kind, isOutput: isOutput, sequence: 0, time: time)
      .store(at: record)
    byteCount += length
    recordCount += 1
    return record
  }

  /// Takes a whole record in; false, and nothing changes, when it does not fit.
  public mutating func append(copying record: UnsafeRawPointer, byteCount length: Int) -> Bool {
    guard length <= capacity - byteCount else { return false }
    (base + byteCount).copyMemory(from: record, byteCount: length)
    byteCount += length
    recordCount += 1
    return true
  }

  /// Forgets all records.
  public mutating func removeAll() {
    byteCount = 0
    recordCount = 0
  }

  /// Forgets the records from `byteCount` on, which is where a record begins.
  public mutating func truncate(toByteCount count: Int, recordCount records: Int) {
    precondition(count <= byteCount, "a buffer is cut, not extended")
    byteCount = count
    recordCount = records
  }
}
