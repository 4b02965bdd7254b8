import TradingModel

// Values as venues write them where they are not hot: with quotes or without, or null instead.
extension FieldScanner {
  /// Steps over `null`.
  ///
  /// - Returns: whether it stood there.
  @inline(__always)
  mutating func null() throws(ScanError) -> Bool {
    guard peek() == UInt8(ascii: "n") else { return false }
    try skipValue()
    return true
  }

  /// Whether `""` or null stands here; it is then stepped over.
  @inline(__always)
  mutating func nothing() throws(ScanError) -> Bool {
    if peek() == UInt8(ascii: "\""), offset + 1 < count, base[offset + 1] == UInt8(ascii: "\"") {
      offset += 2
      return true
    }
    return try null()
  }

  /// A whole number, with or without sign and quotes.
  mutating func integer() throws(ScanError) -> Int64 {
    skipSpace()
    let start = offset
    let isQuoted = peek() == UInt8(ascii: "\"")
    if isQuoted { offset += 1 }
    let isNegative = offset < count && base[offset] == UInt8(ascii: "-")
    if isNegative { offset += 1 }
    guard offset < count, base[offset] &- 0x30 <= 9 else {
      throw ScanError(start, "a whole number")
    }
    let magnitude = Int64(truncatingIfNeeded: try unsigned())
    if isQuoted {
      guard offset < count, base[offset] == UInt8(ascii: "\"") else {
        throw ScanError(start, "a whole number")
      }
      offset += 1
    }
    return isNegative ? -magnitude : magnitude
  }

  /// A number that names something, with or without quotes; 0 for null and for the negative numbers
  /// that venues write for "none".
  mutating func identifier() throws(ScanError) -> UInt64 {
    let first = peek()
    if first &- 0x30 <= 9 { return try unsigned() }
    if try null() { return 0 }
    return UInt64(max(0, try integer()))
  }

  /// `true` or `false`; false for null.
  mutating func optionalBoolean() throws(ScanError) -> Bool {
    try null() ? false : try boolean()
  }

  /// A string with its escapes decoded, a bare word as it stands, nothing for null.
  mutating func text<let wordCount: Int>(
    into text: inout InlineText<wordCount>
  ) throws(ScanError) {
    text = InlineText()
    if peek() != UInt8(ascii: "\"") {
      if try null() { return }
      let start = offset
      try skipValue()
      text = InlineText(bytes(FieldRange(offset: start, count: offset - start)))
      return
    }
    text = try kept(try string())
  }

  /// The content of a string that was read, with its escapes decoded.
  @inline(__always)
  func kept<let wordCount: Int>(
    _ range: FieldRange
  ) throws(ScanError) -> InlineText<wordCount> {
    guard hasEscape(range) else { return InlineText(bytes(range)) }
    var text = InlineText<wordCount>()
    try unescape(range, into: &text)
    return text
  }

  /// Whether a backslash stands in `range`.
  func hasEscape(_ range: FieldRange) -> Bool {
    var place = range.offset
    let end = range.offset + range.count
    while place &+ 8 <= end {
      if DigitWord(at: base + place).first(UInt8(ascii: "\\")) < 8 { return true }
      place &+= 8
    }
    while place < end {
      if base[place] == UInt8(ascii: "\\") { return true }
      place &+= 1
    }
    return false
  }

  /// Decodes RFC 8259's escapes; half of a surrogate pair becomes U+FFFD.
  private func unescape<let wordCount: Int>(
    _ range: FieldRange, into text: inout InlineText<wordCount>
  ) throws(ScanError) {
    var place = range.offset
    let end = range.offset + range.count
    while place < end {
      let byte = base[place]
      guard byte == UInt8(ascii: "\\") else {
        text.append(byte)
        place += 1
        continue
      }
      guard place + 1 < end else { throw ScanError(place, "an escape") }
      let letter = base[place + 1]
      if letter == UInt8(ascii: "u") {
        let scalar = try scalar(&place, end)
        for byte in String(scalar).utf8 { text.append(byte) }
        continue
      }
      guard let byte = Self.escaped(letter) else { throw ScanError(place, "an escape") }
      text.append(byte)
      place += 2
    }
  }

  private static func escaped(_ letter: UInt8) -> UInt8? {
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): letter
    case UInt8(ascii: "n"): 0x0A
    case UInt8(ascii: "t"): 0x09
    case UInt8(ascii: "r"): 0x0D
    case UInt8(ascii: "b"): 0x08
    case UInt8(ascii: "f"): 0x0C
    default: nil
    }
  }

  /// The scalar of one `\uXXXX`, or of a surrogate pair of them; steps over it.
  private func scalar(_ place: inout Int, _ end: Int) throws(ScanError) -> Character {
    let first = try codeUnit(place, end)
    place += 6
    if (0xD800..<0xDC00).contains(first), place + 6 <= end, base[place] == UInt8(ascii: "\\"),
      base[place + 1] == UInt8(ascii: "u")
    {
      let second = try codeUnit(place, end)
      if (0xDC00..<0xE000).contains(second) {
        place += 6
        let value = 0x1_0000 + (first - 0xD800) << 10 + (second - 0xDC00)
        return Character(Unicode.Scalar(value) ?? "\u{FFFD}")
      }
    }
    return Character(Unicode.Scalar(first) ?? "\u{FFFD}")
  }

  private func codeUnit(_ place: Int, _ end: Int) throws(ScanError) -> UInt32 {
    guard place + 6 <= end else { throw ScanError(place, "four hexadecimal digits") }
    var value: UInt32 = 0
    for index in 2..<6 {
      let byte = base[place + index]
      let letter = (byte | 0x20) &- UInt8(ascii: "a")
      if byte &- 0x30 <= 9 {
        value = value << 4 | UInt32(byte &- 0x30)
      } else if letter < 6 {
        value = value << 4 | UInt32(letter + 10)
      } else {
        throw ScanError(place, "four hexadecimal digits")
      }
    }
    return value
  }

  /// Whether the number at `place`, with or without quotes, has no digit but zeros, however many; so has a
  /// value that is none.
  func isZeroNumber(at place: Int) -> Bool {
    var place = place
    if place < count, base[place] == UInt8(ascii: "\"") { place += 1 }
    while place < count {
      let byte = base[place]
      if byte &- UInt8(ascii: "1") < 9 { return false }
      let isPart =
        byte == UInt8(ascii: "0") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
        || byte == UInt8(ascii: "+")
      if !isPart { return true }
      place += 1
    }
    return true
  }

  /// An amount of money, with or without quotes, exactly: up to 18 decimals, and up to 19 digits
  /// before the point.
  mutating func money() throws(ScanError) -> Money {
    let start = offset
    let range = peek() == UInt8(ascii: "\"") ? try string() : try bareNumber()
    if let amount = plainAmount(range) { return Money(amount: amount) }
    do throws(DecimalError) {
      return Money(try DecimalText.parse(bytes(range)))
    } catch {
      throw ScanError(start, "an amount of at most 18 decimals")
    }
  }

  /// The same where the amount is of no currency of the run's, so that nothing is booked with it: decimals
  /// behind the 18th are left out.
  mutating func moneyOfOthers() throws(ScanError) -> Money {
    let start = offset
    let range = peek() == UInt8(ascii: "\"") ? try string() : try bareNumber()
    let text = bytes(range)
    guard let point = text.firstIndex(of: UInt8(ascii: ".")),
      range.count - point - 1 > Money.decimals,
      text[(point + 1)...].allSatisfy({ $0 &- 0x30 <= 9 }),
      let amount = plainAmount(
        FieldRange(offset: range.offset, count: point + 1 + Money.decimals))
    else {
      offset = start
      return try money()
    }
    return Money(amount: amount)
  }

  /// Sign, digits, point, digits; nil for any other text, and for one that is too long.
  private func plainAmount(_ range: FieldRange) -> Int128? {
    var place = range.offset
    let end = range.offset + range.count
    let isNegative = place < end && base[place] == UInt8(ascii: "-")
    if isNegative { place += 1 }
    let first = place
    var whole: UInt64 = 0
    while place < end, case let digit = base[place] &- 0x30, digit <= 9 {
      whole = whole &* 10 &+ UInt64(digit)
      place += 1
    }
    guard place > first, place - first <= 19 else { return nil }
    var fraction: UInt64 = 0
    var missing = Money.decimals
    if place < end {
      guard base[place] == UInt8(ascii: ".") else { return nil }
      place += 1
      while place < end, missing > 0, case let digit = base[place] &- 0x30, digit <= 9 {
        fraction = fraction &* 10 &+ UInt64(digit)
        missing -= 1
        place += 1
      }
      // Zeros behind the last decimal that counts are nothing.
      while missing == 0, place < end, base[place] == 0x30 { place += 1 }
      guard place == end else { return nil }
    }
    let amount =
      Int128(whole) * Int128(powerOfTen(Money.decimals))
      + Int128(fraction) * Int128(powerOfTen(missing))
    return isNegative ? -amount : amount
  }
}
