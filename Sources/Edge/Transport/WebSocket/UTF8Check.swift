/// Whether bytes are UTF-8 (RFC 3629): no surrogates, nothing above U+10FFFF, shortest forms only.
enum UTF8Check {
  /// ASCII goes by eight bytes at a time. O(bytes).
  static func isValid(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var place = 0
    while place < bytes.count {
      if place + 8 <= bytes.count,
        bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
      {
        place += 8
        continue
      }
      let length = sequenceLength(bytes, place)
      if length == 0 { return false }
      place += length
    }
    return true
  }

  /// The length of the well-formed sequence at `place` (RFC 3629, section 4); 0 for none.
  private static func sequenceLength(_ bytes: UnsafeRawBufferPointer, _ place: Int) -> Int {
    let first = bytes[place]
    if first < 0x80 { return 1 }
    let length: Int
    var second: ClosedRange<UInt8> = 0x80...0xBF
    switch first {
    case 0xC2...0xDF: length = 2
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xE1...0xEF: length = 3
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF1...0xF3: length = 4
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    default: return 0
    }
    guard place + length <= bytes.count, second.contains(bytes[place + 1]) else { return 0 }
    for index in 2..<max(2, length) where bytes[place + index] & 0xC0 != 0x80 { return 0 }
    return length
  }
}
