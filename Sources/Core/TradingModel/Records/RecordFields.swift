/// Reads one definition; checks every length before it is used.
struct RecordFields {
  let base: UnsafeRawPointer
  let byteCount: Int
  let kind: RecordKind
  var offset: Int

  init(at base: UnsafeRawPointer, kind: RecordKind, fixedByteCount: Int) throws(RecordError) {
    self.base = base
    self.kind = kind
    byteCount = Int(base.load32(0))
    offset = fixedByteCount
    guard byteCount >= fixedByteCount else {
      throw .tooShort(kind: kind, byteCount: byteCount, needed: fixedByteCount)
    }
  }

  mutating func text() throws(RecordError) -> String {
    guard offset + 4 <= byteCount else {
      throw .tooShort(kind: kind, byteCount: byteCount, needed: offset + 4)
    }
    let count = Int(base.load32(offset))
    guard offset + 4 + count <= byteCount else {
      throw .tooShort(kind: kind, byteCount: byteCount, needed: offset + 4 + count)
    }
    let bytes = UnsafeRawBufferPointer(start: base + offset + 4, count: count)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .notUTF8(kind: kind, offset: offset)
    }
    offset = (offset + 4 + count + 7) & ~7
    return text
  }

  mutating func numbers(count: Int) throws(RecordError) -> [UInt16] {
    guard offset + 2 * count <= byteCount else {
      throw .tooShort(kind: kind, byteCount: byteCount, needed: offset + 2 * count)
    }
    let numbers = (0..<count).map { base.load16(offset + 2 * $0) }
    offset = (offset + 2 * count + 7) & ~7
    return numbers
  }
}
