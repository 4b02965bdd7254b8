/// Bytes of inputs as they are written: whole numbers in as many groups of seven bits as they need, the
/// lowest first, and texts behind their lengths.
struct InputWriter {
  private(set) var bytes: [UInt8] = []
  var count: Int { bytes.count }

  mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }
  mutating func byte(_ value: UInt8) { bytes.append(value) }

  mutating func number(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  /// Small ones of either sign are short.
  mutating func signed(_ value: Int64) {
    number(UInt64(bitPattern: value &<< 1) ^ UInt64(bitPattern: value >> 63))
  }

  mutating func text(_ text: String) { block(Array(text.utf8)) }

  mutating func block(_ block: [UInt8]) {
    number(UInt64(block.count))
    bytes += block
  }
}

/// Reads what `InputWriter` wrote; any bytes are safe.
struct InputReader {
  /// What stands there is none of what was expected.
  struct Malformed: Error, Equatable {
    var expected: String
  }

  private let bytes: [UInt8]
  private(set) var offset = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }
  var isAtEnd: Bool { offset == bytes.count }

  mutating func byte() throws(Malformed) -> UInt8 {
    guard offset < bytes.count else { throw Malformed(expected: "a byte more") }
    offset += 1
    return bytes[offset - 1]
  }

  mutating func number() throws(Malformed) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      let byte = try byte()
      if shift == 63, byte > 1 { break }
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    throw Malformed(expected: "a number of 64 bits")
  }

  mutating func signed() throws(Malformed) -> Int64 {
    let raw = try number()
    return Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1)
  }

  mutating func block() throws(Malformed) -> [UInt8] {
    let count = try number()
    guard count <= UInt64(bytes.count - offset) else {
      throw Malformed(expected: "\(count) bytes, \(bytes.count - offset) are left")
    }
    let start = offset
    offset += Int(count)
    return Array(bytes[start..<offset])
  }

  mutating func text() throws(Malformed) -> String { String(decoding: try block(), as: UTF8.self) }

  mutating func flag() throws(Malformed) -> Bool {
    switch try byte() {
    case 0: return false
    case 1: return true
    default: throw Malformed(expected: "0 or 1")
    }
  }
}
