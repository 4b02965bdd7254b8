import TradingModel

/// Values as OKX writes them: nearly all are strings, and an empty one stands for none.
enum OKXText {
  /// Reads a value that is to be looked at later: a string's content, or a bare word; null is none.
  @inline(__always)
  static func value(_ scanner: inout FieldScanner) throws(ScanError) -> FieldRange {
    let first = scanner.peek()
    if first == UInt8(ascii: "\"") { return try scanner.string() }
    let start = scanner.offset
    try scanner.skipValue()
    if first == UInt8(ascii: "n") { return .none }
    return FieldRange(offset: start, count: scanner.offset - start)
  }

  /// Notes where an array or an object begins, and steps over it.
  @inline(__always)
  static func note(_ place: inout Int, _ scanner: inout FieldScanner) throws(ScanError) {
    let first = scanner.peek()
    if first == UInt8(ascii: "[") || first == UInt8(ascii: "{") { place = scanner.offset }
    try scanner.skipValue()
  }

  /// Where a value that was read begins, with its quotes; -1 for none.
  @inline(__always)
  static func place(of range: FieldRange, _ scanner: FieldScanner) -> Int {
    guard range.offset > 0 else { return -1 }
    return scanner.base[range.offset - 1] == UInt8(ascii: "\"") ? range.offset - 1 : range.offset
  }

  /// Goes to a value that was read.
  @inline(__always)
  static func go(to range: FieldRange, _ scanner: inout FieldScanner) {
    scanner.offset = place(of: range, scanner)
  }

  /// Reads 13 digits in quotes, as moments are spelled until 2286; nil, and nothing read, for any other
  /// text.
  @inline(__always)
  static func tightTime(_ scanner: inout FieldScanner) -> Timestamp? {
    let start = scanner.offset &+ 1
    guard start &+ 16 <= scanner.count, scanner.base[start &- 1] == UInt8(ascii: "\""),
      scanner.base[start &+ 13] == UInt8(ascii: "\"")
    else { return nil }
    let high = DigitWord(at: scanner.base + start)
    guard high.isAllDigits, let low = DigitWord(at: scanner.base + start + 8).number(5) else {
      return nil
    }
    let value = high.eightDigits &* 100_000 &+ low
    guard value <= 9_000_000_000_000 else { return nil }
    scanner.offset = start &+ 14
    return Timestamp(value) &* 1_000_000
  }

  /// A whole number, zero or more; 0 for none.
  static func number(_ range: FieldRange, _ scanner: FieldScanner) throws(ScanError) -> UInt64 {
    if range.count <= 0 { return 0 }
    var scanner = scanner
    scanner.offset = range.offset
    let value = try scanner.unsigned()
    guard scanner.offset == range.offset + range.count else {
      throw ScanError(range.offset, "a whole number")
    }
    return value
  }

  /// Milliseconds since the epoch as nanoseconds; 0 for none.
  static func time(_ range: FieldRange, _ scanner: FieldScanner) throws(ScanError) -> Timestamp {
    let value = try number(range, scanner)
    guard value <= 9_000_000_000_000 else {
      throw ScanError(range.offset, "milliseconds since the epoch")
    }
    return Timestamp(value) * 1_000_000
  }

  /// An amount of money; zero for none.
  static func money(_ range: FieldRange, _ scanner: FieldScanner) throws(ScanError) -> Money {
    if range.count <= 0 { return .zero }
    var scanner = scanner
    go(to: range, &scanner)
    return try scanner.money()
  }

  /// A decimal number; nil for none.
  static func decimal(_ range: FieldRange, _ scanner: FieldScanner) throws(ScanError) -> Decimal? {
    if range.count <= 0 { return nil }
    var scanner = scanner
    go(to: range, &scanner)
    return try scanner.decimal()
  }

  /// A text without escapes, as a string for things that are not hot; empty for none.
  static func string(_ range: FieldRange, _ scanner: FieldScanner) -> String {
    range.count > 0 ? String(decoding: scanner.bytes(range), as: UTF8.self) : ""
  }
}
