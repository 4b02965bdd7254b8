import TradingModel

/// The 128 bytes in front of every segment. Little-endian.
///
/// ```
///   0  6 bytes  "NTJRNL"
///   6  u16 stream            JournalStream
///   8  u32 formatVersion     of the records
///  12  u32 flags             bit 0: market records are kept; the rest zero
///  16  u64 number            1, 2, 3... in its stream
///  24  u64 firstSequence     no record of this segment has a lower sequence
///  32  u64 chain             after the last record of the segment before; `originChain` in the first
///  40  u64 runID             the run that wrote it
///  48  u64 previousRunID     the run that this one continues; 0 for none
///  56  u64 byteCount         the size the file was given; closing makes it shorter
///  64  32 bytes buildID      UTF-8, padded with zeros
///  96  u64 recordsBefore     records in the earlier segments of this stream
/// 104  16 bytes zero
/// 120  u64 checksum          RecordHash over bytes 0..<120
/// ```
///
/// The chain that the first record continues takes the header's checksum in as well
/// (`chainBehind`), so a header that was edited and given a new checksum fails at the next record.
struct SegmentHeader: Equatable {
  static let byteCount = 128
  /// "NTJRNL" as the low 48 bits of a little-endian word.
  static let magic: UInt64 = 0x4C4E_524A_544E
  static let recordsMarketFlag: UInt32 = 1

  var stream: JournalStream
  var formatVersion: UInt32
  var recordsMarket: Bool
  var number: UInt64
  var firstSequence: UInt64
  var chain: UInt64
  var runID: UInt64
  var previousRunID: UInt64
  var segmentByteCount: UInt64
  /// The build id's 32 bytes.
  var buildID: (UInt64, UInt64, UInt64, UInt64)
  var recordsBefore: UInt64

  static func == (a: SegmentHeader, b: SegmentHeader) -> Bool {
    a.stream == b.stream && a.formatVersion == b.formatVersion
      && a.recordsMarket == b.recordsMarket && a.number == b.number
      && a.firstSequence == b.firstSequence && a.chain == b.chain && a.runID == b.runID
      && a.previousRunID == b.previousRunID && a.segmentByteCount == b.segmentByteCount
      && a.buildID == b.buildID && a.recordsBefore == b.recordsBefore
  }

  /// The chain in front of the very first record of a stream.
  static func originChain(runID: UInt64, stream: JournalStream) -> UInt64 {
    RecordHash.chain(after: runID, content: UInt64(stream.rawValue))
  }

  /// The first 32 bytes of `text`, cut between characters, as words.
  static func buildIDWords(_ text: String) -> (UInt64, UInt64, UInt64, UInt64) {
    var bytes: [UInt8] = []
    for character in text {
      if bytes.count + character.utf8.count > 32 { break }
      bytes += character.utf8
    }
    bytes += Array(repeating: 0, count: 32 - bytes.count)
    return bytes.withUnsafeBytes {
      let base = $0.baseAddress!
      return (base.load64(0), base.load64(8), base.load64(16), base.load64(24))
    }
  }

  /// The build id as text.
  var buildIDText: String {
    var bytes: [UInt8] = []
    for word in [buildID.0, buildID.1, buildID.2, buildID.3] {
      for shift in stride(from: 0, to: 64, by: 8) {
        let byte = UInt8(truncatingIfNeeded: word >> UInt64(shift))
        if byte != 0 { bytes.append(byte) }
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Writes the header and returns the chain that the first record continues.
  func store(at base: UnsafeMutableRawPointer) -> UInt64 {
    base.store64(Self.magic | UInt64(stream.rawValue) << 48, 0)
    base.store32(formatVersion, 8)
    base.store32(recordsMarket ? Self.recordsMarketFlag : 0, 12)
    base.store64(number, 16)
    base.store64(firstSequence, 24)
    base.store64(chain, 32)
    base.store64(runID, 40)
    base.store64(previousRunID, 48)
    base.store64(segmentByteCount, 56)
    base.store64(buildID.0, 64)
    base.store64(buildID.1, 72)
    base.store64(buildID.2, 80)
    base.store64(buildID.3, 88)
    base.store64(recordsBefore, 96)
    base.store64(0, 104)
    base.store64(0, 112)
    let checksum = Self.checksum(of: UnsafeRawPointer(base))
    base.store64(checksum, 120)
    return Self.chainBehind(chain: chain, checksum: checksum)
  }

  /// The chain that the first record of a segment continues.
  static func chainBehind(chain: UInt64, checksum: UInt64) -> UInt64 {
    RecordHash.chain(after: chain, content: checksum)
  }

  /// The checksum of the header at `base`.
  static func checksum(of base: UnsafeRawPointer) -> UInt64 {
    var hash = RecordHash()
    hash.combine(base, count: 120)
    return hash.value
  }
}

extension SegmentHeader {
  /// Reads and checks the header of the segment `number` of `stream`, mapped at `base`.
  ///
  /// - Throws: `.corrupt` for damage, `.formatVersion` for a whole header of another format.
  init(
    at base: UnsafeRawPointer, fileByteCount: Int, file: String, stream: JournalStream,
    number: UInt64, formatVersion expected: UInt32
  ) throws(JournalError) {
    func damaged(_ offset: Int, _ what: String) -> JournalError {
      .corrupt(
        JournalCorruption(
          file: file, sequence: nil, ordinal: nil, byteOffset: offset, what: what))
    }
    guard fileByteCount >= Self.byteCount else {
      throw damaged(
        0, "the file has \(fileByteCount) bytes, a segment header \(Self.byteCount)")
    }
    guard base.load64(0) & 0xFFFF_FFFF_FFFF == Self.magic else {
      throw damaged(0, "the first six bytes are not NTJRNL")
    }
    let version = base.load32(8)
    let isWhole = Self.checksum(of: base) == base.load64(120)
    if version != expected && (isWhole || !Self.isWhole(base, withVersion: expected)) {
      throw .formatVersion(path: file, found: version, expected: expected)
    }
    guard isWhole else { throw damaged(120, "the header's checksum does not match its bytes") }
    guard base.load16(6) == stream.rawValue, base.load64(16) == number else {
      throw damaged(
        6,
        "stream \(base.load16(6)), segment \(base.load64(16)); the file's name says "
          + "stream \(stream.rawValue), segment \(number)")
    }
    guard UInt64(fileByteCount) <= base.load64(56) else {
      throw damaged(
        56, "the file has \(fileByteCount) bytes, more than the \(base.load64(56)) it was given")
    }
    self.init(unchecked: base, stream: stream)
  }

  private init(unchecked base: UnsafeRawPointer, stream: JournalStream) {
    self.init(
      stream: stream, formatVersion: base.load32(8),
      recordsMarket: base.load32(12) & Self.recordsMarketFlag != 0, number: base.load64(16),
      firstSequence: base.load64(24), chain: base.load64(32), runID: base.load64(40),
      previousRunID: base.load64(48), segmentByteCount: base.load64(56),
      buildID: (base.load64(64), base.load64(72), base.load64(80), base.load64(88)),
      recordsBefore: base.load64(96))
  }

  /// Whether the header would be whole if its version were `version`: then only the version's
  /// bytes are damaged, and it is no journal of another format.
  private static func isWhole(_ base: UnsafeRawPointer, withVersion version: UInt32) -> Bool {
    withUnsafeTemporaryAllocation(byteCount: byteCount, alignment: 8) { copy in
      copy.copyMemory(from: UnsafeRawBufferPointer(start: base, count: byteCount))
      copy.baseAddress!.store32(version, 8)
      return checksum(of: UnsafeRawPointer(copy.baseAddress!)) == base.load64(120)
    }
  }
}
