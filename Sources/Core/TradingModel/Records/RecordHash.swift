/// The hashes of records and state: a fold of 64-bit words through 128-bit products, the same on
/// every machine. Not cryptographic: it finds accidents and careless edits, not a forger.
///
/// For each word: `h = fold((h ^ word) * 0x9E3779B97F4A7C15)`, where `fold` is the exclusive-or of
/// the product's low and high halves, then `h += 0x632BE59BD9B4E019`.
public struct RecordHash: Hashable, BitwiseCopyable, Sendable {
  /// The hash so far.
  public var value: UInt64

  @inlinable public init(seed: UInt64 = 0x243F_6A88_85A3_08D3) { value = seed }

  /// Takes one word in.
  @inlinable public mutating func combine(_ word: UInt64) {
    let product = (value ^ word).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
    value = (product.low ^ product.high) &+ 0x632B_E59B_D9B4_E019
  }

  /// Takes a signed word in.
  @inlinable public mutating func combine(_ word: Int64) { combine(UInt64(bitPattern: word)) }

  /// Takes a 128-bit amount in: low word, then high word.
  @inlinable public mutating func combine(_ word: Int128) {
    combine(UInt64(truncatingIfNeeded: word))
    combine(UInt64(truncatingIfNeeded: word >> 64))
  }

  /// Takes `count` bytes in, as little-endian words; `count` must be a multiple of 8.
  @inlinable public mutating func combine(_ base: UnsafeRawPointer, count: Int) {
    var offset = 0
    while offset < count {
      combine(base.load64(offset))
      offset += 8
    }
  }

  /// The content hash of a record: bytes 0..<24, then 40..<byteCount.
  @inlinable public static func content(of record: UnsafeRawPointer, byteCount: Int) -> UInt64 {
    var hash = RecordHash()
    hash.combine(record, count: 24)
    hash.combine(record + RecordHeader.byteCount, count: byteCount - RecordHeader.byteCount)
    return hash.value
  }

  /// The `headerCheck` of a record: over bytes 0..<24.
  @inlinable public static func headerCheck(of record: UnsafeRawPointer) -> UInt32 {
    var hash = RecordHash(seed: 0x1319_8A2E_0370_7344)
    hash.combine(record, count: 24)
    return UInt32(truncatingIfNeeded: hash.value ^ hash.value >> 32)
  }

  /// The chain after a record with content hash `content`, from the chain before it.
  @inlinable public static func chain(after chain: UInt64, content: UInt64) -> UInt64 {
    var hash = RecordHash(seed: chain)
    hash.combine(content)
    return hash.value
  }
}
