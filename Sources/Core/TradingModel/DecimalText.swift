/// Decimal text to integers and back, exactly. Nothing here rounds.
public enum DecimalText {
  /// Reads a whole buffer: sign, digits, point, digits, and an optional power of ten (`1e-05`).
  ///
  /// Zeros behind the last significant decimal are dropped, so `61737.63000000` gives 6173763 with
  /// 2 decimals.
  ///
  /// - Throws: `DecimalError`; any bytes are safe to pass.
  /// - Complexity: O(bytes).
  public static func parse(_ bytes: UnsafeRawBufferPointer) throws(DecimalError) -> Decimal {
    guard bytes.count > 0 else { throw .empty }
    var offset = 0
    var negative = false
    if bytes[0] == UInt8(ascii: "-") || bytes[0] == UInt8(ascii: "+") {
      negative = bytes[0] == UInt8(ascii: "-")
      offset = 1
    }
    var magnitude: UInt64 = 0
    var decimals = 0
    var digitCount = 0
    var pendingZeros = 0
    var sawPoint = false
    scan: while offset < bytes.count {
      let byte = bytes[offset]
      let digit = byte &- 0x30
      if digit <= 9 {
        digitCount += 1
        if sawPoint {
          // Zeros behind the point count only once a later digit shows they are significant.
          if digit == 0 {
            pendingZeros += 1
            offset += 1
            continue
          }
          while pendingZeros > 0 {
            magnitude = try appending(0, to: magnitude)
            decimals += 1
            pendingZeros -= 1
          }
          decimals += 1
        }
        magnitude = try appending(UInt64(digit), to: magnitude)
      } else if byte == UInt8(ascii: "."), !sawPoint {
        sawPoint = true
      } else if byte | 0x20 == UInt8(ascii: "e"), digitCount > 0 {
        decimals -= try parseExponent(bytes, from: offset + 1)
        offset = bytes.count
        break scan
      } else {
        throw .unexpectedCharacter(byte, offset: offset)
      }
      offset += 1
    }
    guard digitCount > 0 else { throw .empty }
    return try assemble(magnitude, negative: negative, decimals: decimals)
  }

  @inline(__always)
  private static func appending(_ digit: UInt64, to value: UInt64) throws(DecimalError) -> UInt64 {
    let (product, overflow) = value.multipliedReportingOverflow(by: 10)
    let (sum, carry) = product.addingReportingOverflow(digit)
    if overflow || carry { throw .overflow }
    return sum
  }

  private static func parseExponent(
    _ bytes: UnsafeRawBufferPointer, from start: Int
  ) throws(DecimalError) -> Int {
    var offset = start
    var negative = false
    if offset < bytes.count,
      bytes[offset] == UInt8(ascii: "-") || bytes[offset] == UInt8(ascii: "+")
    {
      negative = bytes[offset] == UInt8(ascii: "-")
      offset += 1
    }
    guard offset < bytes.count else { throw .empty }
    var value = 0
    while offset < bytes.count {
      let digit = bytes[offset] &- 0x30
      guard digit <= 9 else { throw .unexpectedCharacter(bytes[offset], offset: offset) }
      value = value * 10 + Int(digit)
      guard value <= 1000 else { throw .overflow }
      offset += 1
    }
    return negative ? -value : value
  }

  private static func assemble(
    _ magnitude: UInt64, negative: Bool, decimals: Int
  ) throws(DecimalError) -> Decimal {
    var magnitude = magnitude
    var decimals = decimals
    if magnitude == 0 { return Decimal(units: 0) }
    while decimals < 0 {
      magnitude = try appending(0, to: magnitude)
      decimals += 1
    }
    while decimals > 0, magnitude % 10 == 0 {
      magnitude /= 10
      decimals -= 1
    }
    guard decimals <= Decimal.decimalsMax else { throw .tooManyDecimals }
    guard magnitude <= UInt64(Int64.max) + (negative ? 1 : 0) else { throw .overflow }
    let units = Int64(truncatingIfNeeded: magnitude)
    return Decimal(units: negative ? 0 &- units : units, decimals: decimals)
  }

  /// Appends `units` x 10^-`decimals` as exact text without trailing zeros behind the point.
  public static func append(_ units: Int128, decimals: Int, to bytes: inout [UInt8]) {
    var magnitude = units.magnitude
    var decimals = decimals
    if units < 0 { bytes.append(UInt8(ascii: "-")) }
    while decimals > 0, magnitude % 10 == 0 {
      magnitude /= 10
      decimals -= 1
    }
    let start = bytes.count
    var written = 0
    repeat {
      if written == decimals, written > 0 { bytes.append(UInt8(ascii: ".")) }
      bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: magnitude % 10))
      magnitude /= 10
      written += 1
    } while magnitude > 0 || written <= decimals
    bytes[start...].reverse()
  }

  /// `units` x 10^-`decimals` as exact text without trailing zeros behind the point.
  public static func string(_ units: Int128, decimals: Int) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(24)
    append(units, decimals: decimals, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }
}
