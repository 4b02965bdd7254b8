/// How the bytes of a signature are spelled.
public enum SignatureText: UInt8, CaseIterable, Sendable {
  /// Lower-case hexadecimal.
  case hex
  /// RFC 4648, section 4, with padding.
  case base64
  /// RFC 4648, section 5, without padding, as JSON Web Tokens carry it.
  case base64url
  /// Base64 whose `+`, `/` and `=` are `%2B`, `%2F` and `%3D`: for queries and form bodies.
  case percentEncodedBase64

  /// The most bytes that the text of `count` bytes takes.
  public func byteCountMax(of count: Int) -> Int {
    switch self {
    case .hex: count * 2
    case .base64, .base64url: (count + 2) / 3 * 4
    case .percentEncodedBase64: (count + 2) / 3 * 12
    }
  }

  /// Writes the text of `bytes` to `text`, which has room for `byteCountMax` of it.
  /// The bytes may stand at the end of that room: no text overtakes what it is made of.
  ///
  /// - Returns: how many bytes the text has.
  /// - Complexity: O(bytes); allocates nothing.
  @discardableResult
  public func write(_ bytes: UnsafeRawBufferPointer, to text: UnsafeMutableRawPointer) -> Int {
    if self == .hex { return Self.writeHex(bytes, to: text) }
    var writer = ByteWriter(text)
    var held: UInt32 = 0
    var bitCount: UInt32 = 0
    for byte in bytes {
      held = held << 8 | UInt32(byte)
      bitCount += 8
      while bitCount >= 6 {
        bitCount -= 6
        putBase64(UInt8(truncatingIfNeeded: held >> bitCount) & 63, &writer)
      }
    }
    if bitCount > 0 { putBase64(UInt8(truncatingIfNeeded: held << (6 - bitCount)) & 63, &writer) }
    if self == .base64url { return writer.count }
    for _ in 0..<(3 - bytes.count % 3) % 3 {
      if self == .base64 { writer.put(UInt8(ascii: "=")) } else { writer.put("%3D") }
    }
    return writer.count
  }

  private static func writeHex(
    _ bytes: UnsafeRawBufferPointer, to text: UnsafeMutableRawPointer
  ) -> Int {
    var index = 0
    while index &+ 4 <= bytes.count {
      let four = bytes.loadUnaligned(fromByteOffset: index, as: UInt32.self)
      text.storeBytes(
        of: hexDigits(UInt32(littleEndian: four)).littleEndian, toByteOffset: index &* 2,
        as: UInt64.self)
      index &+= 4
    }
    while index < bytes.count {
      let two = hexDigits(UInt32(bytes[index]))
      text.storeBytes(
        of: UInt16(truncatingIfNeeded: two).littleEndian, toByteOffset: index &* 2, as: UInt16.self)
      index &+= 1
    }
    return bytes.count &* 2
  }

  /// The digits of four bytes, those of the lowest byte lowest, each byte's upper half first.
  @inline(__always)
  private static func hexDigits(_ four: UInt32) -> UInt64 {
    var lanes = UInt64(four)
    lanes = (lanes | lanes << 16) & 0x0000_FFFF_0000_FFFF
    lanes = (lanes | lanes << 8) & 0x00FF_00FF_00FF_00FF
    let halves = (lanes >> 4) & 0x000F_000F_000F_000F | (lanes & 0x000F_000F_000F_000F) << 8
    // Halves above 9 carry into the upper half of their byte when 6 is added.
    let letters = ((halves &+ 0x0606_0606_0606_0606) >> 4) & 0x0101_0101_0101_0101
    return halves &+ 0x3030_3030_3030_3030 &+ letters &* 39
  }

  @inline(__always)
  private func putBase64(_ six: UInt8, _ writer: inout ByteWriter) {
    switch six {
    case 0..<26: writer.put(six &+ UInt8(ascii: "A"))
    case 26..<52: writer.put(six &- 26 &+ UInt8(ascii: "a"))
    case 52..<62: writer.put(six &- 52 &+ UInt8(ascii: "0"))
    default:
      let isLast = six == 63
      switch self {
      case .base64url: writer.put(isLast ? UInt8(ascii: "_") : UInt8(ascii: "-"))
      case .percentEncodedBase64: writer.put(isLast ? "%2F" : "%2B")
      default: writer.put(isLast ? UInt8(ascii: "/") : UInt8(ascii: "+"))
      }
    }
  }
}

/// Puts bytes one behind the other.
private struct ByteWriter {
  private let base: UnsafeMutableRawPointer
  private(set) var count = 0

  init(_ base: UnsafeMutableRawPointer) { self.base = base }

  @inline(__always)
  mutating func put(_ byte: UInt8) {
    base.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
    count &+= 1
  }

  @inline(__always)
  mutating func put(_ text: StaticString) {
    for index in 0..<text.utf8CodeUnitCount { put(text.utf8Start[index]) }
  }
}
