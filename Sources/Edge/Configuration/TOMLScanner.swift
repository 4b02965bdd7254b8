/// Steps through the bytes of a document, which are UTF-8, and knows where it stands.
struct TOMLScanner {
  let bytes: [UInt8]
  private(set) var index = 0
  private(set) var place = TOMLPlace(line: 1, column: 1)

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The byte to read next; nil at the end.
  var byte: UInt8? { index < bytes.count ? bytes[index] : nil }

  /// The byte `offset` behind the next one; nil beyond the end.
  func byte(ahead offset: Int) -> UInt8? {
    index + offset < bytes.count ? bytes[index + offset] : nil
  }

  /// Whether `text`, which is ASCII, stands next.
  func sees(_ text: StaticString) -> Bool {
    let count = text.utf8CodeUnitCount
    guard index + count <= bytes.count else { return false }
    return text.withUTF8Buffer { wanted in
      for offset in 0..<count where bytes[index + offset] != wanted[offset] { return false }
      return true
    }
  }

  /// Steps over one byte.
  mutating func advance() {
    let passed = bytes[index]
    index += 1
    if passed == UInt8(ascii: "\n") {
      place = TOMLPlace(line: place.line + 1, column: 1)
    } else if index == bytes.count || bytes[index] & 0xc0 != 0x80 {
      // A column counts once the whole character is passed.
      place.column += 1
    }
  }

  mutating func advance(by count: Int) {
    for _ in 0..<count { advance() }
  }

  /// Steps over `wanted` if it stands next, and says whether it did.
  mutating func take(_ wanted: UInt8) -> Bool {
    guard byte == wanted else { return false }
    advance()
    return true
  }

  /// Steps over spaces and tabs.
  mutating func skipBlanks() {
    while byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") { advance() }
  }

  /// Steps over a line end if one stands next, and says whether it did.
  ///
  /// - Throws: for a carriage return by itself.
  mutating func takeLineEnd() throws(TOMLError) -> Bool {
    if take(UInt8(ascii: "\n")) { return true }
    guard byte == UInt8(ascii: "\r") else { return false }
    guard byte(ahead: 1) == UInt8(ascii: "\n") else { throw error(.controlCharacter(0x0d)) }
    advance(by: 2)
    return true
  }

  /// Steps over a comment up to its line end, if one stands next.
  mutating func skipComment() throws(TOMLError) {
    guard byte == UInt8(ascii: "#") else { return }
    while let byte, byte != UInt8(ascii: "\n") {
      if byte == UInt8(ascii: "\r"), self.byte(ahead: 1) == UInt8(ascii: "\n") { return }
      if Self.isControl(byte) { throw error(.controlCharacter(byte)) }
      advance()
    }
  }

  /// Steps over blanks, comments and line ends.
  mutating func skipLines() throws(TOMLError) {
    repeat {
      skipBlanks()
      try skipComment()
    } while try takeLineEnd()
  }

  /// Whether a byte is a control character other than tab.
  static func isControl(_ byte: UInt8) -> Bool {
    byte == 0x7f || (byte < 0x20 && byte != UInt8(ascii: "\t"))
  }

  // MARK: Messages

  func error(_ problem: TOMLProblem) -> TOMLError { TOMLError(problem, at: place) }

  /// That `expected` does not stand here.
  func expected(_ expected: String) -> TOMLError {
    if let byte, byte != 0x0a, byte != 0x0d, Self.isControl(byte) {
      return error(.controlCharacter(byte))
    }
    return error(.unexpected(found: found, expected: expected))
  }

  /// What stands here, for a message.
  private var found: String {
    guard let byte else { return "the end of the document" }
    if byte == 0x0a || byte == 0x0d { return "the end of the line" }
    var end = index + 1
    while end < bytes.count, bytes[end] & 0xc0 == 0x80 { end += 1 }
    return "'\(text(index..<end))'"
  }

  /// The bytes of `range` as text.
  func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
}
