/// Writes text into memory that is known to be long enough. Allocates nothing.
///
/// Up to `scratchByteCount` bytes behind the end are used while numbers are written.
struct RequestWriter {
  static let scratchByteCount = 48
  /// The next byte to be written.
  var end: UnsafeMutableRawPointer

  @inline(__always)
  init(at start: UnsafeMutableRawPointer) { end = start }

  @inline(__always)
  mutating func write(_ text: StaticString) {
    end.copyMemory(from: text.utf8Start, byteCount: text.utf8CodeUnitCount)
    end += text.utf8CodeUnitCount
  }

  @inline(__always)
  mutating func write(_ bytes: UnsafeRawBufferPointer) {
    guard let base = bytes.baseAddress else { return }
    end.copyMemory(from: base, byteCount: bytes.count)
    end += bytes.count
  }

  @inline(__always)
  mutating func write(byte: UInt8) {
    end.storeBytes(of: byte, as: UInt8.self)
    end += 1
  }

  /// Writes a whole number.
  mutating func write(_ value: UInt64) {
    let tail = end + Self.scratchByteCount
    move(from: Self.digits(value, endingAt: tail), to: tail)
  }

  /// Writes `units` x 10^-`decimals` exactly, without zeros behind the last decimal: the same text
  /// as `DecimalText`.
  mutating func write(_ units: Int64, decimals: Int) {
    if units < 0 { write(byte: UInt8(ascii: "-")) }
    var magnitude = units.magnitude
    var decimals = decimals
    while decimals > 0 {
      let (quotient, digit) = magnitude.quotientAndRemainder(dividingBy: 10)
      if digit != 0 { break }
      magnitude = quotient
      decimals -= 1
    }
    let tail = end + Self.scratchByteCount
    if decimals == 0 {
      move(from: Self.digits(magnitude, endingAt: tail), to: tail)
      return
    }
    var start = tail
    for _ in 0..<decimals {
      let (quotient, digit) = magnitude.quotientAndRemainder(dividingBy: 10)
      start -= 1
      start.storeBytes(of: UInt8(truncatingIfNeeded: digit) | 0x30, as: UInt8.self)
      magnitude = quotient
    }
    start -= 1
    start.storeBytes(of: UInt8(ascii: "."), as: UInt8.self)
    move(from: Self.digits(magnitude, endingAt: start), to: tail)
  }

  /// Writes a whole number in base 36, with small letters.
  mutating func write(base36 value: UInt64) {
    let alphabet = ("0123456789abcdefghijklmnopqrstuvwxyz" as StaticString).utf8Start
    let tail = end + Self.scratchByteCount
    var start = tail
    var rest = value
    repeat {
      let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 36)
      start -= 1
      start.storeBytes(of: alphabet[Int(digit)], as: UInt8.self)
      rest = quotient
    } while rest != 0
    move(from: start, to: tail)
  }

  /// Writes text for a query: all but RFC 3986's unreserved characters as `%XX`.
  mutating func write(percentEncoded bytes: UnsafeRawBufferPointer) {
    let alphabet = ("0123456789ABCDEF" as StaticString).utf8Start
    for byte in bytes {
      if Self.isUnreserved(byte) {
        write(byte: byte)
      } else {
        write(byte: UInt8(ascii: "%"))
        write(byte: alphabet[Int(byte >> 4)])
        write(byte: alphabet[Int(byte & 15)])
      }
    }
  }

  private static func isUnreserved(_ byte: UInt8) -> Bool {
    byte &- UInt8(ascii: "0") < 10 || (byte | 0x20) &- UInt8(ascii: "a") < 26
      || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_")
      || byte == UInt8(ascii: "~")
  }

  /// Writes text for between the quotes of a JSON string (RFC 8259).
  mutating func write(jsonEscaped bytes: UnsafeRawBufferPointer) {
    let alphabet = ("0123456789abcdef" as StaticString).utf8Start
    for byte in bytes {
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
        write(byte: UInt8(ascii: "\\"))
        write(byte: byte)
      } else if byte < 0x20 {
        write("\\u00")
        write(byte: alphabet[Int(byte >> 4)])
        write(byte: alphabet[Int(byte & 15)])
      } else {
        write(byte: byte)
      }
    }
  }

  @inline(__always)
  private mutating func move(
    from start: UnsafeMutableRawPointer, to tail: UnsafeMutableRawPointer
  ) {
    let count = tail - start
    end.copyMemory(from: start, byteCount: count)
    end += count
  }

  /// Writes the decimal digits of `value` so that they end before `tail`; returns where they begin.
  @inline(__always)
  private static func digits(
    _ value: UInt64, endingAt tail: UnsafeMutableRawPointer
  ) -> UnsafeMutableRawPointer {
    var rest = value
    var start = tail
    repeat {
      let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
      start -= 1
      start.storeBytes(of: UInt8(truncatingIfNeeded: digit) | 0x30, as: UInt8.self)
      rest = quotient
    } while rest != 0
    return start
  }
}
