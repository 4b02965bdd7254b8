/// Builds one record: fields by offset, then texts one behind the other.
public struct RecordBytes {
  /// The record with its header; sequence 0.
  public private(set) var bytes: [UInt8]

  public init(kind: RecordKind, fixedByteCount: Int, time: Timestamp, isOutput: Bool = false) {
    bytes = [UInt8](repeating: 0, count: fixedByteCount)
    bytes.withUnsafeMutableBytes { buffer in
      RecordHeader(
        byteCount: fixedByteCount, kind: kind, isOutput: isOutput, sequence: 0, time: time
      ).store(at: buffer.baseAddress!)
    }
  }

  /// Lets `body` store fields at their offsets.
  public mutating func fields(_ body: (UnsafeMutableRawPointer) -> Void) {
    bytes.withUnsafeMutableBytes { body($0.baseAddress!) }
  }

  /// Appends a text: u32 byte count, the bytes, zeros up to a multiple of 8.
  public mutating func append(_ text: String) {
    let utf8 = Array(text.utf8)
    let count = UInt32(utf8.count)
    for shift in [0, 8, 16, 24] { bytes.append(UInt8(truncatingIfNeeded: count >> shift)) }
    bytes.append(contentsOf: utf8)
    pad()
  }

  /// Appends 16-bit numbers and zeros up to a multiple of 8.
  public mutating func append(_ numbers: [UInt16]) {
    for number in numbers {
      bytes.append(UInt8(truncatingIfNeeded: number))
      bytes.append(UInt8(truncatingIfNeeded: number >> 8))
    }
    pad()
  }

  private mutating func pad() {
    while bytes.count % 8 != 0 { bytes.append(0) }
    let count = UInt32(bytes.count)
    bytes.withUnsafeMutableBytes { $0.baseAddress!.store32(count, 0) }
  }
}
