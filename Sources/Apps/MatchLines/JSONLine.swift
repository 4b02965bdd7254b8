/// One line of a file that people and programs write: a flat JSON object (RFC 8259) of texts,
/// numbers and truth values, with the column of each for messages. Any bytes are safe to read.
public struct JSONLine {
  public enum Value: Equatable {
    case text(String)
    /// The number's own text.
    case number(String)
    case boolean(Bool)
    case null
  }

  public struct Entry: Equatable {
    public var key: String
    public var value: Value
    /// Of the key and of the value, from 1, in bytes.
    public var keyColumn: Int
    public var column: Int
  }

  /// What does not belong, at a column from 1.
  public struct Mistake: Error, Equatable {
    public var column: Int
    public var expected: String

    public init(column: Int, expected: String) {
      self.column = column
      self.expected = expected
    }
  }

  public private(set) var entries: [Entry] = []
  private let bytes: [UInt8]
  private var offset = 0

  /// More keys than any line needs; without a bound the search for double keys would be slow.
  static let entriesMax = 64

  public init(_ bytes: [UInt8]) throws(Mistake) {
    self.bytes = bytes
    try expect(UInt8(ascii: "{"), "a JSON object, beginning with {")
    while !take(UInt8(ascii: "}")) {
      if !entries.isEmpty { try expect(UInt8(ascii: ","), "',' or '}'") }
      entries.append(try readEntry())
    }
    skipSpace()
    if offset < bytes.count { throw mistake("the end of the line") }
  }

  /// The entry of that key; nil when there is none.
  public func entry(_ key: String) -> Entry? { entries.first { $0.key == key } }

  private mutating func readEntry() throws(Mistake) -> Entry {
    skipSpace()
    let keyColumn = offset + 1
    let key = try readText("a key in double quotes")
    guard entries.count < Self.entriesMax else {
      throw Mistake(column: keyColumn, expected: "at most \(Self.entriesMax) keys")
    }
    try expect(UInt8(ascii: ":"), "':'")
    skipSpace()
    let column = offset + 1
    guard !entries.contains(where: { $0.key == key }) else {
      throw Mistake(column: keyColumn, expected: "each key once, \"\(key)\" stands twice")
    }
    return Entry(key: key, value: try readValue(), keyColumn: keyColumn, column: column)
  }

  private func mistake(_ expected: String) -> Mistake {
    Mistake(column: offset + 1, expected: expected)
  }

  private mutating func skipSpace() {
    while offset < bytes.count, bytes[offset] == 0x20 || bytes[offset] == 0x09 { offset += 1 }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    skipSpace()
    guard offset < bytes.count, bytes[offset] == byte else { return false }
    offset += 1
    return true
  }

  private mutating func expect(_ byte: UInt8, _ what: String) throws(Mistake) {
    if !take(byte) { throw mistake(what) }
  }

  private mutating func readValue() throws(Mistake) -> Value {
    guard offset < bytes.count else { throw mistake("a value") }
    switch bytes[offset] {
    case UInt8(ascii: "\""): return .text(try readText("a text"))
    case UInt8(ascii: "t"): return .boolean(try readWord("true") { true })
    case UInt8(ascii: "f"): return .boolean(try readWord("false") { false })
    case UInt8(ascii: "n"):
      _ = try readWord("null") { true }
      return .null
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      return .number(try readNumber())
    default: throw mistake("a text, a number, true, false or null")
    }
  }

  private mutating func readWord(
    _ word: String, _ value: () -> Bool
  ) throws(Mistake) -> Bool {
    let end = offset + word.utf8.count
    guard end <= bytes.count, Array(bytes[offset..<end]) == Array(word.utf8) else {
      throw mistake(word)
    }
    offset = end
    return value()
  }

  // MARK: Numbers

  private mutating func readNumber() throws(Mistake) -> String {
    let start = offset
    if bytes[offset] == UInt8(ascii: "-") { offset += 1 }
    let first = offset
    try skipDigits()
    if offset > first + 1, bytes[first] == UInt8(ascii: "0") {
      throw Mistake(column: first + 1, expected: "a number without leading zeros")
    }
    if offset < bytes.count, bytes[offset] == UInt8(ascii: ".") {
      offset += 1
      try skipDigits()
    }
    if offset < bytes.count, bytes[offset] | 0x20 == UInt8(ascii: "e") {
      offset += 1
      if offset < bytes.count,
        bytes[offset] == UInt8(ascii: "+") || bytes[offset] == UInt8(ascii: "-")
      {
        offset += 1
      }
      try skipDigits()
    }
    return String(decoding: bytes[start..<offset], as: UTF8.self)
  }

  private mutating func skipDigits() throws(Mistake) {
    let start = offset
    while offset < bytes.count, bytes[offset] &- 0x30 <= 9 { offset += 1 }
    if offset == start { throw mistake("a digit") }
  }

  // MARK: Texts

  private mutating func readText(_ what: String) throws(Mistake) -> String {
    try expect(UInt8(ascii: "\""), what)
    let start = offset
    var text: [UInt8] = []
    while offset < bytes.count, bytes[offset] != UInt8(ascii: "\"") {
      if bytes[offset] < 0x20 { throw mistake("a text without control characters") }
      if bytes[offset] == UInt8(ascii: "\\") {
        text.append(contentsOf: Array(String(try readEscape()).utf8))
      } else {
        text.append(bytes[offset])
        offset += 1
      }
    }
    guard offset < bytes.count else { throw mistake("the closing double quote") }
    offset += 1
    guard let valid = String(validating: text, as: UTF8.self) else {
      throw Mistake(column: start + 1, expected: "a text in UTF-8")
    }
    return valid
  }

  private mutating func readEscape() throws(Mistake) -> Unicode.Scalar {
    let start = offset
    offset += 1
    guard offset < bytes.count else { throw mistake("the closing double quote") }
    defer { offset += 1 }
    switch bytes[offset] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"):
      return Unicode.Scalar(bytes[offset])
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      var code = try readHexadecimal()
      if code & 0xFC00 == 0xD800, bytes[(offset + 1)...].starts(with: [0x5C, 0x75]) {
        offset += 2
        let low = try readHexadecimal()
        code = low & 0xFC00 == 0xDC00 ? 0x10000 + (code & 0x3FF) << 10 + low & 0x3FF : 0xD800
      }
      if let scalar = Unicode.Scalar(code) { return scalar }
    default: break
    }
    throw Mistake(column: start + 1, expected: "an escape of JSON")
  }

  /// Four digits behind the `u`; ends on the last of them.
  private mutating func readHexadecimal() throws(Mistake) -> UInt32 {
    var code: UInt32 = 0
    for _ in 0..<4 {
      offset += 1
      guard offset < bytes.count, let digit = Character(Unicode.Scalar(bytes[offset])).hexDigitValue
      else { throw mistake("four hexadecimal digits") }
      code = code << 4 | UInt32(digit)
    }
    return code
  }
}
