/// Strings: <https://toml.io/en/v1.0.0#string>.
extension TOMLReader {
  private static let quote = UInt8(ascii: "\"")
  private static let apostrophe = UInt8(ascii: "'")

  /// `"..."`, on one line.
  mutating func basicString() throws(TOMLError) -> String {
    let begin = scanner.place
    scanner.advance()
    var bytes: [UInt8] = []
    while let byte = scanner.byte {
      switch byte {
      case Self.quote:
        scanner.advance()
        return String(decoding: bytes, as: UTF8.self)
      case UInt8(ascii: "\\"): try takeEscape(into: &bytes)
      default: try takeCharacter(byte, begunAt: begin, into: &bytes)
      }
    }
    throw scanner.error(.unterminatedString(begunAt: begin))
  }

  /// `'...'`, on one line and as it stands.
  mutating func literalString() throws(TOMLError) -> String {
    let begin = scanner.place
    scanner.advance()
    var bytes: [UInt8] = []
    while let byte = scanner.byte {
      if scanner.take(Self.apostrophe) { return String(decoding: bytes, as: UTF8.self) }
      try takeCharacter(byte, begunAt: begin, into: &bytes)
    }
    throw scanner.error(.unterminatedString(begunAt: begin))
  }

  /// `"""..."""`.
  mutating func multilineBasicString() throws(TOMLError) -> String {
    let begin = scanner.place
    scanner.advance(by: 3)
    _ = try scanner.takeLineEnd()
    var bytes: [UInt8] = []
    while let byte = scanner.byte {
      if byte == Self.quote {
        if takeQuotes(Self.quote, into: &bytes) { return String(decoding: bytes, as: UTF8.self) }
      } else if byte == UInt8(ascii: "\\") {
        if try !takeLineContinuation() { try takeEscape(into: &bytes) }
      } else {
        try takeLine(byte, into: &bytes)
      }
    }
    throw scanner.error(.unterminatedString(begunAt: begin))
  }

  /// `'''...'''`.
  mutating func multilineLiteralString() throws(TOMLError) -> String {
    let begin = scanner.place
    scanner.advance(by: 3)
    _ = try scanner.takeLineEnd()
    var bytes: [UInt8] = []
    while let byte = scanner.byte {
      if byte == Self.apostrophe {
        if takeQuotes(byte, into: &bytes) { return String(decoding: bytes, as: UTF8.self) }
      } else {
        try takeLine(byte, into: &bytes)
      }
    }
    throw scanner.error(.unterminatedString(begunAt: begin))
  }

  // MARK: Parts

  /// One byte of a string on one line.
  private mutating func takeCharacter(
    _ byte: UInt8, begunAt begin: TOMLPlace, into bytes: inout [UInt8]
  ) throws(TOMLError) {
    if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
      throw scanner.error(.unterminatedString(begunAt: begin))
    }
    if TOMLScanner.isControl(byte) { throw scanner.error(.controlCharacter(byte)) }
    bytes.append(byte)
    scanner.advance()
  }

  /// One byte, or a line end, of a string over several lines.
  private mutating func takeLine(_ byte: UInt8, into bytes: inout [UInt8]) throws(TOMLError) {
    if try scanner.takeLineEnd() {
      bytes.append(UInt8(ascii: "\n"))
      return
    }
    if TOMLScanner.isControl(byte) { throw scanner.error(.controlCharacter(byte)) }
    bytes.append(byte)
    scanner.advance()
  }

  /// One to five quotes: whether the last three of them end the string. One or two may stand in it,
  /// also right before its end.
  private mutating func takeQuotes(_ quote: UInt8, into bytes: inout [UInt8]) -> Bool {
    var count = 0
    while count < 5, scanner.take(quote) { count += 1 }
    let isEnd = count >= 3
    for _ in 0..<(isEnd ? count - 3 : count) { bytes.append(quote) }
    return isEnd
  }

  /// A backslash at the end of a line, with all blanks and line ends up to the next character; false,
  /// with nothing taken, when it is something else.
  private mutating func takeLineContinuation() throws(TOMLError) -> Bool {
    var offset = 1
    while scanner.byte(ahead: offset) == UInt8(ascii: " ")
      || scanner.byte(ahead: offset) == UInt8(ascii: "\t")
    {
      offset += 1
    }
    let next = scanner.byte(ahead: offset)
    guard next == UInt8(ascii: "\n") || next == UInt8(ascii: "\r") else { return false }
    scanner.advance(by: offset)
    repeat { scanner.skipBlanks() } while try scanner.takeLineEnd()
    return true
  }

  private mutating func takeEscape(into bytes: inout [UInt8]) throws(TOMLError) {
    let place = scanner.place
    let letter = scanner.byte(ahead: 1)
    switch letter {
    case UInt8(ascii: "b"): bytes.append(0x08)
    case UInt8(ascii: "t"): bytes.append(0x09)
    case UInt8(ascii: "n"): bytes.append(0x0a)
    case UInt8(ascii: "f"): bytes.append(0x0c)
    case UInt8(ascii: "r"): bytes.append(0x0d)
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(letter ?? 0)
    case UInt8(ascii: "u"):
      return try takeScalar(digitCount: 4, into: &bytes)
    case UInt8(ascii: "U"):
      return try takeScalar(digitCount: 8, into: &bytes)
    default:
      // The character behind the backslash is shown whole.
      scanner.advance()
      let start = scanner.index
      if let letter, letter >= 0x20 {
        repeat { scanner.advance() } while (scanner.byte ?? 0) & 0xc0 == 0x80
      }
      let text = scanner.text(start..<scanner.index)
      throw TOMLError(.unknownEscape("\\" + text), at: place)
    }
    scanner.advance(by: 2)
  }

  /// `\uXXXX` or `\UXXXXXXXX`.
  private mutating func takeScalar(
    digitCount: Int, into bytes: inout [UInt8]
  ) throws(TOMLError) {
    let place = scanner.place
    let start = scanner.index
    scanner.advance(by: 2)
    var value: UInt32 = 0
    for _ in 0..<digitCount {
      guard let byte = scanner.byte, let digit = TOMLNumber.digit(byte), digit < 16 else {
        throw scanner.expected("\(digitCount) hexadecimal digits")
      }
      value = value << 4 | UInt32(digit)
      scanner.advance()
    }
    guard let scalar = Unicode.Scalar(value) else {
      throw TOMLError(.invalidScalar(scanner.text(start..<scanner.index)), at: place)
    }
    bytes.append(contentsOf: String(Character(scalar)).utf8)
  }
}
