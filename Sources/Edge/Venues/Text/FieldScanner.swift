import TradingModel

/// What did not stand where it should, in a message. Offsets count from the message's first byte.
public struct ScanError: Error, Equatable, Sendable {
  public var offset: Int
  public var expected: String

  @inline(never)
  init(_ offset: Int, _ expected: StaticString) {
    self.offset = offset
    self.expected = expected.description
  }

  init(_ offset: Int, text: String) {
    self.offset = offset
    self.expected = text
  }
}

/// A place in a message: where a value begins, and how long it is.
struct FieldRange: BitwiseCopyable {
  var offset: Int
  var count: Int
  static let none = FieldRange(offset: -1, count: 0)
  var isPresent: Bool { offset >= 0 }
}

/// Reads the fields of a JSON message (RFC 8259) in the order they stand, without allocating.
///
/// It checks what it reads and the nesting and strings of what it skips; any bytes are safe.
/// Escapes are stepped over, not decoded: no hot field of any venue holds one.
struct FieldScanner {
  let base: UnsafePointer<UInt8>
  let count: Int
  var offset = 0

  /// `bytes` must stay valid while the scanner is used.
  init(_ bytes: UnsafeRawBufferPointer, from offset: Int = 0) {
    // An empty buffer may have no address; it is never read, so any will do.
    base =
      bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
      ?? UnsafePointer(bitPattern: 1).unsafelyUnwrapped
    count = bytes.count
    self.offset = offset
  }

  func bytes(_ range: FieldRange) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: base + range.offset, count: range.count)
  }

  // MARK: Structure

  @inline(__always)
  mutating func skipSpace() {
    while offset < count {
      let byte = base[offset]
      guard byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D else { return }
      offset += 1
    }
  }

  /// The first byte of what comes next; 0 at the end.
  @inline(__always)
  mutating func peek() -> UInt8 {
    skipSpace()
    return offset < count ? base[offset] : 0
  }

  @inline(__always)
  mutating func expect(_ byte: UInt8, _ expected: StaticString) throws(ScanError) {
    guard peek() == byte, offset < count else { throw ScanError(offset, expected) }
    offset += 1
  }

  /// Only space may be left.
  mutating func expectEnd() throws(ScanError) {
    skipSpace()
    if offset < count { throw ScanError(offset, "the end of the message") }
  }

  /// Steps over the comma before an element, or the closing byte.
  ///
  /// - Returns: whether another element follows.
  @inline(__always)
  mutating func another(_ isFirst: inout Bool, until close: UInt8) throws(ScanError) -> Bool {
    let byte = peek()
    if byte == close {
      offset += 1
      return false
    }
    if isFirst {
      isFirst = false
      return true
    }
    guard byte == UInt8(ascii: ",") else {
      throw ScanError(offset, close == 0x5D ? "',' or ']'" : "',' or '}'")
    }
    offset += 1
    return true
  }

  @inline(__always)
  mutating func beginObject() throws(ScanError) {
    try expect(UInt8(ascii: "{"), "'{'")
  }

  @inline(__always)
  mutating func beginArray() throws(ScanError) {
    try expect(UInt8(ascii: "["), "'['")
  }

  /// The next key of an object with its colon; nil behind the closing brace.
  @inline(__always)
  mutating func nextKey(_ isFirst: inout Bool) throws(ScanError) -> FieldRange? {
    // `,"x":` without a space, as streams have it.
    let place = offset
    if place &+ 5 <= count, !isFirst, base[place] == UInt8(ascii: ","),
      base[place &+ 1] == UInt8(ascii: "\""), base[place &+ 3] == UInt8(ascii: "\""),
      base[place &+ 4] == UInt8(ascii: ":"),
      base[place &+ 2] > UInt8(ascii: "\\")
        || (base[place &+ 2] >= UInt8(ascii: "A") && base[place &+ 2] <= UInt8(ascii: "Z"))
    {
      offset = place &+ 5
      return FieldRange(offset: place &+ 2, count: 1)
    }
    return try wordKey(&isFirst)
  }

  /// The same for keys of any length: `,"word":` without a space first, then any spelling.
  @inline(never)
  private mutating func wordKey(_ isFirst: inout Bool) throws(ScanError) -> FieldRange? {
    let place = offset
    let start = place &+ (isFirst ? 1 : 2)
    if start &+ 10 <= count, base[start &- 1] == UInt8(ascii: "\""),
      isFirst || base[place] == UInt8(ascii: ",")
    {
      var end = start &+ DigitWord(at: base + start).firstSpecial
      if end == start &+ 8 { end = Self.firstSpecial(base, end, count) }
      if end &+ 2 <= count, base[end] == UInt8(ascii: "\""),
        base[end &+ 1] == UInt8(ascii: ":")
      {
        isFirst = false
        offset = end &+ 2
        return FieldRange(offset: start, count: end &- start)
      }
    } else if place < count, base[place] == UInt8(ascii: "}") {
      offset = place &+ 1
      return nil
    }
    return try anyKey(&isFirst)
  }

  @inline(never)
  private mutating func anyKey(_ isFirst: inout Bool) throws(ScanError) -> FieldRange? {
    guard try another(&isFirst, until: UInt8(ascii: "}")) else { return nil }
    let key = try string()
    try expect(UInt8(ascii: ":"), "':'")
    return key
  }

  /// Whether the bytes at `range` are `text`.
  @inline(__always)
  func matches(_ range: FieldRange, _ text: StaticString) -> Bool {
    let length = text.utf8CodeUnitCount
    return range.count == length
      && ByteWords.areSame(UnsafeRawPointer(base + range.offset), text.utf8Start, length)
  }

  // MARK: Values

  /// A string's content, between its quotes.
  @inline(__always)
  mutating func string() throws(ScanError) -> FieldRange {
    if let range = tightString() { return range }
    return try anyString()
  }

  /// The same of a string without escapes that begins at the scanner's place, as nearly all stand behind
  /// their colon or comma without a space; nil, and nothing read, for any other text.
  @inline(__always)
  mutating func tightString() -> FieldRange? {
    // Most are short.
    let start = offset &+ 1
    guard start &+ 8 <= count, base[offset] == UInt8(ascii: "\"") else { return nil }
    var end = start &+ DigitWord(at: base + start).firstSpecial
    if end == start &+ 8 { end = Self.firstSpecial(base, end, count) }
    guard end < count, base[end] == UInt8(ascii: "\"") else { return nil }
    offset = end &+ 1
    return FieldRange(offset: start, count: end &- start)
  }

  @inline(never)
  private mutating func anyString() throws(ScanError) -> FieldRange {
    try expect(UInt8(ascii: "\""), "'\"'")
    let start = offset
    while true {
      offset = Self.firstSpecial(base, offset, count)
      guard offset < count, base[offset] == UInt8(ascii: "\\") else { break }
      offset = min(offset + 2, count)
    }
    guard offset < count, base[offset] == UInt8(ascii: "\"") else {
      throw ScanError(offset, "the rest of a string and its closing '\"'")
    }
    offset += 1
    return FieldRange(offset: start, count: offset - 1 - start)
  }

  /// The first quote, backslash or control character from `start` on; `count` when there is none.
  @inline(never)
  static func firstSpecial(
    _ base: UnsafePointer<UInt8>, _ start: Int, _ count: Int
  ) -> Int {
    var place = start
    while place &+ 8 <= count {
      let found = DigitWord(at: base + place).firstSpecial
      if found < 8 { return place &+ found }
      place &+= 8
    }
    if count >= 8 {
      // Zeros, which stand for what is behind the end, count as control characters.
      return min(place &+ DigitWord(at: place, of: base, count).firstSpecial, count)
    }
    while place < count {
      let byte = base[place]
      if byte == 0x22 || byte == 0x5C || byte < 0x20 { return place }
      place &+= 1
    }
    return count
  }

  /// A whole number without sign, at most 2^63 - 1.
  @inline(__always)
  mutating func unsigned() throws(ScanError) -> UInt64 {
    skipSpace()
    let start = offset
    var place = start
    var value: UInt64 = 0
    while place &+ 8 <= count, case let word = DigitWord(at: base + place), word.isAllDigits {
      value = value &* 100_000_000 &+ word.eightDigits
      place &+= 8
    }
    while place < count {
      let digit = base[place] &- 0x30
      if digit > 9 { break }
      value = value &* 10 &+ UInt64(digit)
      place &+= 1
    }
    offset = place
    let digits = place - start
    // Nineteen digits stay below 2^64; the bound then shows at the top bit.
    guard digits > 0, digits <= 19, value >> 63 == 0 else {
      throw ScanError(start, "a whole number")
    }
    return value
  }

  /// A time in milliseconds since the epoch, as nanoseconds.
  @inline(__always)
  mutating func milliseconds() throws(ScanError) -> Timestamp {
    let start = offset
    let value = try unsigned()
    guard value <= 9_000_000_000_000 else {
      throw ScanError(start, "milliseconds since the epoch")
    }
    return Timestamp(value) &* 1_000_000
  }

  /// `true` or `false`.
  mutating func boolean() throws(ScanError) -> Bool {
    switch peek() {
    case UInt8(ascii: "t"):
      try literal("true")
      return true
    case UInt8(ascii: "f"):
      try literal("false")
      return false
    default: throw ScanError(offset, "true or false")
    }
  }

  @inline(__always)
  private mutating func literal(_ text: StaticString) throws(ScanError) {
    let length = text.utf8CodeUnitCount
    guard offset + length <= count,
      matches(FieldRange(offset: offset, count: length), text)
    else { throw ScanError(offset, "true, false or null") }
    offset += length
  }

  // MARK: Skipping

  /// Steps over one value of any kind, with nesting up to 64 deep.
  mutating func skipValue() throws(ScanError) {
    let first = peek()
    if first == UInt8(ascii: "\"") {
      _ = try string()
      return
    }
    switch first {
    case UInt8(ascii: "{"), UInt8(ascii: "["): try skipNested()
    case UInt8(ascii: "t"): try literal("true")
    case UInt8(ascii: "f"): try literal("false")
    case UInt8(ascii: "n"): try literal("null")
    default: _ = try bareNumber()
    }
  }

  private mutating func skipNested() throws(ScanError) {
    // One bit a level: 1 for an object.
    var kinds: UInt64 = 0
    var depth = 0
    repeat {
      guard offset < count else { throw ScanError(count, "a closing bracket") }
      let byte = base[offset]
      switch byte {
      case UInt8(ascii: "\""):
        _ = try string()
        continue
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        guard depth < 64 else { throw ScanError(offset, "nesting of at most 64") }
        kinds = kinds << 1 | (byte == UInt8(ascii: "{") ? 1 : 0)
        depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        guard kinds & 1 == (byte == UInt8(ascii: "}") ? 1 : 0) else {
          throw ScanError(offset, "the other kind of closing bracket")
        }
        kinds >>= 1
        depth -= 1
      default:
        if byte < 0x20, byte != 0x09, byte != 0x0A, byte != 0x0D {
          throw ScanError(offset, "no control character")
        }
      }
      offset += 1
    } while depth > 0
  }

  /// The text of a number that stands without quotes.
  mutating func bareNumber() throws(ScanError) -> FieldRange {
    skipSpace()
    let start = offset
    while offset &+ 8 <= count, DigitWord(at: base + offset).isAllDigits { offset &+= 8 }
    while offset < count {
      let byte = base[offset]
      let isPart =
        byte &- 0x30 <= 9 || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
        || byte == UInt8(ascii: "+") || byte | 0x20 == UInt8(ascii: "e")
      if !isPart { break }
      offset += 1
    }
    guard offset > start else { throw ScanError(start, "a value") }
    return FieldRange(offset: start, count: offset - start)
  }
}
