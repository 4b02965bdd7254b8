/// One line of a file that people and programs write: a flat JSON object (RFC 8259) of texts,
/// numbers and truth values, with the column of each for messages.
struct JSONLine {
  enum Value: Equatable {
    case text(String)
    /// The number's own text.
    case number(String)
    case boolean(Bool)
    case null
  }

  struct Entry: Equatable {
    var key: String
    var value: Value
    /// Of the key and of the value, from 1.
    var keyColumn: Int
    var column: Int
  }

  /// What does not belong, at a column from 1.
  struct Mistake: Error, Equatable {
    var column: Int
    var expected: String
  }

  private(set) var entries: [Entry] = []
  private let bytes: [UInt8]
  private var offset = 0

  init(_ bytes: [UInt8]) throws(Mistake) {
    self.bytes = bytes
    try expect(UInt8(ascii: "{"), "a JSON object, beginning with {")
    var isFirst = true
    while !take(UInt8(ascii: "}")) {
      if !isFirst { try expect(UInt8(ascii: ","), "',' or '}'") }
      isFirst = false
      skipSpace()
      let keyColumn = offset + 1
      let key = try readText("a key in double quotes")
      try expect(UInt8(ascii: ":"), "':'")
      skipSpace()
      let column = offset + 1
      guard !entries.contains(where: { $0.key == key }) else {
        throw Mistake(column: keyColumn, expected: "each key once, \"\(key)\" stands twice")
      }
      entries.append(
        Entry(key: key, value: try readValue(), keyColumn: keyColumn, column: column))
    }
    skipSpace()
    if offset < bytes.count { throw mistake("the end of the line") }
  }

  /// The entry of that key; nil when there is none.
  func entry(_ key: String) -> Entry? { entries.first { $0.key == key } }

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
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(readNumber())
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

  /// What looks like a number; whether it is one, its reader finds out.
  private mutating func readNumber() -> String {
    let start = offset
    while offset < bytes.count {
      switch bytes[offset] {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"),
        UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"):
        offset += 1
      default: return String(decoding: bytes[start..<offset], as: UTF8.self)
      }
    }
    return String(decoding: bytes[start..<offset], as: UTF8.self)
  }

  /// Names and numbers need no escapes; one that stands there is refused rather than misread.
  private mutating func readText(_ what: String) throws(Mistake) -> String {
    try expect(UInt8(ascii: "\""), what)
    let start = offset
    while offset < bytes.count, bytes[offset] != UInt8(ascii: "\"") {
      if bytes[offset] == UInt8(ascii: "\\") { throw mistake("a text without escapes") }
      offset += 1
    }
    guard offset < bytes.count else { throw mistake("the closing double quote") }
    defer { offset += 1 }
    return String(decoding: bytes[start..<offset], as: UTF8.self)
  }
}
