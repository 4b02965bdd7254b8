/// The 40 bytes in front of every record, in memory and in the journal. Little-endian.
///
/// ```
///  0  u32 byteCount     the whole record with this header; a multiple of 8, at least 40
///  4  u16 kind          RecordKind
///  6  u16 flags         bit 0: an output; the rest zero
///  8  u64 sequence      1, 2, 3... over all records of a journal, inputs and outputs alike
/// 16  i64 time          ns since the epoch; an output carries the time of the input that led to it
/// 24  u64 chain         hash over this record and the chain of the record before it in its stream
/// 32  u32 checksum      hash over this record alone (bytes 0..<24 and 40..<byteCount)
/// 36  u32 headerCheck   hash over bytes 0..<24
/// 40  body
/// ```
///
/// The core fills bytes 0..<24. The journal fills the rest when it copies the record; until then an
/// output carries its content hash at `contentOffset`, so that it is computed once.
public struct RecordHeader: Equatable, Sendable, BitwiseCopyable {
  public static let byteCount = 40
  /// Where an output in memory, outside any journal, carries its content hash.
  @inlinable public static var contentOffset: Int { 24 }
  /// Set in `flags` of what the core decided; clear in what it was told.
  public static let outputFlag: UInt16 = 1

  public var byteCount: UInt32
  public var kind: UInt16
  public var flags: UInt16
  public var sequence: UInt64
  public var time: Timestamp

  @inlinable
  public init(
    byteCount: Int, kind: RecordKind, isOutput: Bool, sequence: UInt64, time: Timestamp
  ) {
    self.byteCount = UInt32(truncatingIfNeeded: byteCount)
    self.kind = kind.rawValue
    self.flags = isOutput ? Self.outputFlag : 0
    self.sequence = sequence
    self.time = time
  }

  /// Reads the first 24 bytes at `base`. The bytes must be there; any values are safe.
  @inlinable
  public init(at base: UnsafeRawPointer) {
    byteCount = base.load32(0)
    kind = base.load16(4)
    flags = base.load16(6)
    sequence = base.load64(8)
    time = base.loadSigned64(16)
  }

  /// Writes the first 24 bytes at `base` and zeros the 16 that the journal fills.
  @inlinable
  public func store(at base: UnsafeMutableRawPointer) {
    base.store32(byteCount, 0)
    base.store16(kind, 4)
    base.store16(flags, 6)
    base.store64(sequence, 8)
    base.storeSigned64(time, 16)
    base.store64(0, 24)
    base.store64(0, 32)
  }

  @inlinable public var isOutput: Bool { flags & Self.outputFlag != 0 }
}

// Fields are read and written by explicit offset, because Swift's struct layout is no wire format.
extension UnsafeRawPointer {
  @inlinable public func load8(_ offset: Int) -> UInt8 {
    load(fromByteOffset: offset, as: UInt8.self)
  }
  @inlinable public func load16(_ offset: Int) -> UInt16 {
    UInt16(littleEndian: loadUnaligned(fromByteOffset: offset, as: UInt16.self))
  }
  @inlinable public func load32(_ offset: Int) -> UInt32 {
    UInt32(littleEndian: loadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }
  @inlinable public func load64(_ offset: Int) -> UInt64 {
    UInt64(littleEndian: loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }
  @inlinable public func loadSigned64(_ offset: Int) -> Int64 {
    Int64(bitPattern: load64(offset))
  }
  @inlinable public func loadSigned128(_ offset: Int) -> Int128 {
    Int128(Int64(bitPattern: load64(offset + 8))) << 64 | Int128(load64(offset))
  }
}

extension UnsafeMutableRawPointer {
  @inlinable public func store8(_ value: UInt8, _ offset: Int) {
    storeBytes(of: value, toByteOffset: offset, as: UInt8.self)
  }
  @inlinable public func store16(_ value: UInt16, _ offset: Int) {
    storeBytes(of: value.littleEndian, toByteOffset: offset, as: UInt16.self)
  }
  @inlinable public func store32(_ value: UInt32, _ offset: Int) {
    storeBytes(of: value.littleEndian, toByteOffset: offset, as: UInt32.self)
  }
  @inlinable public func store64(_ value: UInt64, _ offset: Int) {
    storeBytes(of: value.littleEndian, toByteOffset: offset, as: UInt64.self)
  }
  @inlinable public func storeSigned64(_ value: Int64, _ offset: Int) {
    store64(UInt64(bitPattern: value), offset)
  }
  @inlinable public func storeSigned128(_ value: Int128, _ offset: Int) {
    store64(UInt64(truncatingIfNeeded: value), offset)
    store64(UInt64(truncatingIfNeeded: value >> 64), offset + 8)
  }
}
