/// Dates and times: <https://toml.io/en/v1.0.0#offset-date-time>, after RFC 3339, section 5.6.
enum TOMLDate {
  static func isDigit(_ byte: UInt8?) -> Bool {
    guard let byte else { return false }
    return byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
  }

  /// Whether the word begins as only dates (`1979-`) and times (`07:`) do.
  static func beginsDate(_ token: ArraySlice<UInt8>) -> Bool {
    let digitCount = token.prefix { isDigit($0) }.count
    let next = token.dropFirst(digitCount).first
    return (digitCount == 4 && next == UInt8(ascii: "-"))
      || (digitCount == 2 && next == UInt8(ascii: ":"))
  }

  /// Whether the word has the shape of a whole date, `1979-05-27`.
  static func isDate(_ token: ArraySlice<UInt8>) -> Bool {
    guard token.count == 10 else { return false }
    for (offset, byte) in token.enumerated() {
      let isRight = offset == 4 || offset == 7 ? byte == UInt8(ascii: "-") : isDigit(byte)
      if !isRight { return false }
    }
    return true
  }

  /// Which of the four forms the text has.
  ///
  /// - Throws: for another shape, or a day or time that does not exist. Second 60 is taken, for leap
  ///   seconds.
  static func kind(_ token: [UInt8]) throws(TOMLProblemError) -> TOMLDateKind {
    var index = 0
    if token[2] == UInt8(ascii: ":") {
      try time(token, &index)
      guard index == token.count else { throw invalid(token, "nothing behind the time") }
      return .localTime
    }
    try date(token, &index)
    if index == token.count { return .localDate }
    let mark = token[index] | 0x20
    guard mark == UInt8(ascii: "t") || token[index] == UInt8(ascii: " ") else {
      throw invalid(token, "'T' or a space between date and time")
    }
    index += 1
    try time(token, &index)
    if index == token.count { return .localDateTime }
    try offset(token, &index)
    guard index == token.count else { throw invalid(token, "nothing behind the offset") }
    return .offsetDateTime
  }

  private static func date(_ token: [UInt8], _ index: inout Int) throws(TOMLProblemError) {
    let year = try number(token, &index, digitCount: 4, 0...9999, "a year")
    try take(UInt8(ascii: "-"), token, &index, "'-' behind the year")
    let month = try number(token, &index, digitCount: 2, 1...12, "a month from 01 to 12")
    try take(UInt8(ascii: "-"), token, &index, "'-' behind the month")
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
    _ = try number(token, &index, digitCount: 2, 1...days, "a day from 01 to \(days)")
  }

  private static func time(_ token: [UInt8], _ index: inout Int) throws(TOMLProblemError) {
    _ = try number(token, &index, digitCount: 2, 0...23, "an hour from 00 to 23")
    try take(UInt8(ascii: ":"), token, &index, "':' behind the hour")
    _ = try number(token, &index, digitCount: 2, 0...59, "a minute from 00 to 59")
    try take(UInt8(ascii: ":"), token, &index, "':' and seconds")
    _ = try number(token, &index, digitCount: 2, 0...60, "a second from 00 to 60")
    guard index < token.count, token[index] == UInt8(ascii: ".") else { return }
    index += 1
    let begin = index
    while index < token.count, isDigit(token[index]) { index += 1 }
    if index == begin { throw invalid(token, "digits behind the point") }
  }

  /// `Z`, `+01:00`, `-07:30`.
  private static func offset(_ token: [UInt8], _ index: inout Int) throws(TOMLProblemError) {
    let sign = token[index]
    index += 1
    if sign | 0x20 == UInt8(ascii: "z") { return }
    guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else {
      throw invalid(token, "'Z', '+' or '-' behind the time")
    }
    _ = try number(token, &index, digitCount: 2, 0...23, "an offset's hours from 00 to 23")
    try take(UInt8(ascii: ":"), token, &index, "':' behind the offset's hours")
    _ = try number(token, &index, digitCount: 2, 0...59, "an offset's minutes from 00 to 59")
  }

  private static func number(
    _ token: [UInt8], _ index: inout Int, digitCount: Int, _ range: ClosedRange<Int>,
    _ expected: String
  ) throws(TOMLProblemError) -> Int {
    guard index + digitCount <= token.count else { throw invalid(token, expected) }
    var value = 0
    for byte in token[index..<index + digitCount] {
      guard isDigit(byte) else { throw invalid(token, expected) }
      value = value * 10 + Int(byte - UInt8(ascii: "0"))
    }
    guard range.contains(value) else { throw invalid(token, expected) }
    index += digitCount
    return value
  }

  private static func take(
    _ byte: UInt8, _ token: [UInt8], _ index: inout Int, _ expected: String
  ) throws(TOMLProblemError) {
    guard index < token.count, token[index] == byte else { throw invalid(token, expected) }
    index += 1
  }

  private static func invalid(_ token: [UInt8], _ expected: String) -> TOMLProblemError {
    TOMLProblemError(
      problem: .invalidDate(String(decoding: token, as: UTF8.self), expected: expected))
  }
}
