extension TOMLReader {
  /// The value that stands next.
  ///
  /// - Parameter depth: its level in the document.
  mutating func value(depth: Int) throws(TOMLError) -> TOMLValue {
    let place = scanner.place
    guard depth <= TOMLDocument.depthMax else { throw scanner.error(.tooDeep) }
    switch scanner.byte {
    case UInt8(ascii: "\""):
      let text =
        scanner.sees("\"\"\"") ? try multilineBasicString() : try basicString()
      return TOMLValue(.string(text), at: place)
    case UInt8(ascii: "'"):
      let text = scanner.sees("'''") ? try multilineLiteralString() : try literalString()
      return TOMLValue(.string(text), at: place)
    case UInt8(ascii: "["): return TOMLValue(.array(try array(depth: depth)), at: place)
    case UInt8(ascii: "{"):
      return TOMLValue(.table(try inlineTable(depth: depth, at: place)), at: place)
    default: return TOMLValue(try plain(), at: place)
    }
  }

  /// `[ value, value, ]`, over as many lines as one likes.
  private mutating func array(depth: Int) throws(TOMLError) -> [TOMLValue] {
    scanner.advance()
    var values: [TOMLValue] = []
    while true {
      try scanner.skipLines()
      if scanner.take(UInt8(ascii: "]")) { return values }
      values.append(try value(depth: depth + 1))
      try scanner.skipLines()
      if scanner.take(UInt8(ascii: "]")) { return values }
      guard scanner.take(UInt8(ascii: ",")) else { throw scanner.expected("',' or ']'") }
    }
  }

  /// `{ key = value, key = value }` on one line, without a comma at the end.
  private mutating func inlineTable(
    depth: Int, at place: TOMLPlace
  ) throws(TOMLError) -> TOMLTable {
    let node = TOMLNode(.inline, at: place, depth: depth)
    scanner.advance()
    scanner.skipBlanks()
    if scanner.take(UInt8(ascii: "}")) { return node.finished() }
    while true {
      try keyValue(into: node, depth: depth)
      scanner.skipBlanks()
      if scanner.take(UInt8(ascii: "}")) { return node.finished() }
      guard scanner.take(UInt8(ascii: ",")) else { throw scanner.expected("',' or '}'") }
    }
  }

  // MARK: Booleans, numbers and dates

  /// What stands without quotes or brackets.
  private mutating func plain() throws(TOMLError) -> TOMLContent {
    let place = scanner.place
    let start = scanner.index
    takePlain()
    // A date and its time may be parted by one space.
    if TOMLDate.isDate(scanner.bytes[start..<scanner.index]),
      scanner.byte == UInt8(ascii: " "), TOMLDate.isDigit(scanner.byte(ahead: 1))
    {
      scanner.advance()
      takePlain()
    }
    let token = scanner.bytes[start..<scanner.index]
    guard let first = token.first else { throw scanner.expected("a value") }
    let text = scanner.text(start..<scanner.index)
    if text == "true" { return .boolean(true) }
    if text == "false" { return .boolean(false) }
    if TOMLDate.beginsDate(token) {
      do throws(TOMLProblemError) {
        return .date(try TOMLDate.kind(Array(token)), text)
      } catch {
        throw TOMLError(error.problem, at: place)
      }
    }
    let isNumber =
      TOMLDate.isDigit(first) || first == UInt8(ascii: "+") || first == UInt8(ascii: "-")
      || text == "inf" || text == "nan"
    guard isNumber else {
      throw TOMLError(
        .unexpected(
          found: "'\(text)'",
          expected: "a value: a string in quotes, a number, true, false, a date, '[' or '{'"),
        at: place)
    }
    do throws(TOMLProblemError) {
      return try TOMLNumber.content(Array(token))
    } catch {
      throw TOMLError(error.problem, at: place)
    }
  }

  /// Steps over the letters, digits and signs of a number, date or word.
  private mutating func takePlain() {
    while let byte = scanner.byte {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
        UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: ":"):
        scanner.advance()
      default: return
      }
    }
  }
}

/// What is wrong with a word whose place the caller knows.
struct TOMLProblemError: Error {
  var problem: TOMLProblem
}
