/// Why a text is no JSON value.
public struct JSONError: Error, Equatable, CustomStringConvertible {
  /// Bytes from the text's start.
  public var offset: Int
  public var expected: String

  public var description: String { "JSON at byte \(offset): expected \(expected)" }
}

extension JSONValue {
  /// Reads one whole JSON text; nesting of at most 64.
  public static func parse(_ text: String) throws(JSONError) -> JSONValue {
    try parse(Array(text.utf8))
  }

  /// Reads one whole JSON text in UTF-8; any bytes are safe.
  public static func parse(_ bytes: [UInt8]) throws(JSONError) -> JSONValue {
    var reader = JSONReader(bytes: bytes)
    let value = try reader.value(depth: 0)
    reader.skipSpace()
    if reader.offset < bytes.count { throw reader.error("the end") }
    return value
  }
}

/// A recursive-descent reader of RFC 8259 texts.
struct JSONReader {
  let bytes: [UInt8]
  var offset = 0

  func error(_ expected: String) -> JSONError { JSONError(offset: offset, expected: expected) }

  /// The byte at the offset; 0, which stands nowhere in valid JSON, at the end.
  var current: UInt8 { offset < bytes.count ? bytes[offset] : 0 }

  mutating func skipSpace() {
    while offset < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[offset]) { offset += 1 }
  }

  mutating func value(depth: Int) throws(JSONError) -> JSONValue {
    if depth == 64 { throw error("nesting of at most 64") }
    skipSpace()
    switch current {
    case UInt8(ascii: "{"): return try object(depth)
    case UInt8(ascii: "["): return try array(depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .boolean(true))
    case UInt8(ascii: "f"): return try word("false", .boolean(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return .number(try number())
    }
  }

  private mutating func word(_ word: String, _ value: JSONValue) throws(JSONError) -> JSONValue {
    guard bytes[offset...].starts(with: word.utf8) else { throw error(word) }
    offset += word.utf8.count
    return value
  }

  private mutating func object(_ depth: Int) throws(JSONError) -> JSONValue {
    var members: [(key: String, value: JSONValue)] = []
    offset += 1
    skipSpace()
    if take("}") { return .object(members) }
    repeat {
      skipSpace()
      guard current == UInt8(ascii: "\"") else { throw error("a member's name in quotes") }
      let key = try string()
      skipSpace()
      guard take(":") else { throw error("':'") }
      members.append((key, try value(depth: depth + 1)))
      skipSpace()
    } while take(",")
    guard take("}") else { throw error("',' or '}'") }
    return .object(members)
  }

  private mutating func array(_ depth: Int) throws(JSONError) -> JSONValue {
    var elements: [JSONValue] = []
    offset += 1
    skipSpace()
    if take("]") { return .array(elements) }
    repeat {
      elements.append(try value(depth: depth + 1))
      skipSpace()
    } while take(",")
    guard take("]") else { throw error("',' or ']'") }
    return .array(elements)
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard offset < bytes.count, bytes[offset] == UInt8(ascii: character) else { return false }
    offset += 1
    return true
  }

  private mutating func digits() throws(JSONError) {
    let start = offset
    while offset < bytes.count, (0x30...0x39).contains(bytes[offset]) { offset += 1 }
    if offset == start { throw error("a digit") }
  }

  private mutating func number() throws(JSONError) -> String {
    let start = offset
    _ = take("-")
    if current == UInt8(ascii: "0") { offset += 1 } else { try digits() }
    if take(".") { try digits() }
    if take("e") || take("E") {
      _ = take("+") || take("-")
      try digits()
    }
    return String(decoding: bytes[start..<offset], as: UTF8.self)
  }

  private mutating func string() throws(JSONError) -> String {
    offset += 1
    var text: [UInt8] = []
    while true {
      guard offset < bytes.count else { throw error("'\"'") }
      let byte = bytes[offset]
      if byte < 0x20 { throw error("no control character in a string") }
      offset += 1
      if byte == UInt8(ascii: "\"") { return String(decoding: text, as: UTF8.self) }
      if byte == UInt8(ascii: "\\") { try escape(into: &text) } else { text.append(byte) }
    }
  }

  private mutating func escape(into text: inout [UInt8]) throws(JSONError) {
    let letter = current
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(letter)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"):
      offset += 1
      text.append(contentsOf: String(try scalar()).utf8)
      return
    default: throw error("an escape of RFC 8259")
    }
    offset += 1
  }

  /// The scalar of `XXXX` or of `XXXX\uXXXX`; a surrogate that stands alone becomes U+FFFD.
  private mutating func scalar() throws(JSONError) -> Character {
    let high = try codeUnit()
    if (0xD800..<0xDC00).contains(high), current == UInt8(ascii: "\\"), offset + 1 < bytes.count,
      bytes[offset + 1] == UInt8(ascii: "u")
    {
      offset += 2
      let low = try codeUnit()
      guard (0xDC00..<0xE000).contains(low) else { return "\u{FFFD}" }
      let joined = 0x10000 + (high - 0xD800) << 10 + (low - 0xDC00)
      return Character(Unicode.Scalar(joined) ?? "\u{FFFD}")
    }
    return Character(Unicode.Scalar(high) ?? "\u{FFFD}")
  }

  private mutating func codeUnit() throws(JSONError) -> UInt32 {
    var unit: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = FormFields.hexadecimal(current) else { throw error("a hexadecimal digit") }
      unit = unit << 4 | UInt32(digit)
      offset += 1
    }
    return unit
  }
}
