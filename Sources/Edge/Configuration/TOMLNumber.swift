/// Integers and floats: <https://toml.io/en/v1.0.0#integer> and #float.
enum TOMLNumber {
  /// What a number's text is.
  static func content(_ token: [UInt8]) throws(TOMLProblemError) -> TOMLContent {
    if token.count > 1, token[0] == UInt8(ascii: "0") {
      switch token[1] {
      case UInt8(ascii: "x"): return .integer(try based(token, radix: 16, "hexadecimal"))
      case UInt8(ascii: "o"): return .integer(try based(token, radix: 8, "octal"))
      case UInt8(ascii: "b"): return .integer(try based(token, radix: 2, "binary"))
      default: break
      }
    }
    return try decimal(token)
  }

  /// The value of a hexadecimal digit; nil for anything else.
  static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  /// `0xdead_beef`, `0o755`, `0b1010`.
  private static func based(
    _ token: [UInt8], radix: UInt8, _ name: String
  ) throws(TOMLProblemError) -> Int64 {
    var index = 2
    let digits = digits(token, &index, radix: radix)
    guard let digits, index == token.count else {
      throw invalid(token, "\(name) digits, with single underscores between them at most")
    }
    guard let value = Int64(digits, radix: Int(radix)) else { throw outOfRange(token) }
    return value
  }

  /// A number in base ten, or a special float.
  private static func decimal(_ token: [UInt8]) throws(TOMLProblemError) -> TOMLContent {
    var index = 0
    var text = ""
    if token[0] == UInt8(ascii: "+") || token[0] == UInt8(ascii: "-") {
      text = token[0] == UInt8(ascii: "-") ? "-" : "+"
      index = 1
    }
    let rest = String(decoding: token[index...], as: UTF8.self)
    if rest == "inf" || rest == "nan" { return .float((text == "-" ? "-" : "") + rest) }
    let begin = index
    guard let whole = digits(token, &index, radix: 10) else {
      throw invalid(token, "digits, with single underscores between them at most")
    }
    if token[begin] == UInt8(ascii: "0"), index > begin + 1 {
      throw invalid(token, "no leading zeros")
    }
    text += whole
    if index == token.count {
      guard let value = Int64(text) else { throw outOfRange(token) }
      return .integer(value)
    }
    text += try fraction(token, &index)
    text += try exponent(token, &index)
    guard index == token.count else { throw invalid(token, "nothing behind the number") }
    return .float(text.first == "+" ? String(text.dropFirst()) : text)
  }

  private static func fraction(
    _ token: [UInt8], _ index: inout Int
  ) throws(TOMLProblemError) -> String {
    guard index < token.count, token[index] == UInt8(ascii: ".") else { return "" }
    index += 1
    guard let digits = digits(token, &index, radix: 10) else {
      throw invalid(token, "digits behind the point")
    }
    return "." + digits
  }

  private static func exponent(
    _ token: [UInt8], _ index: inout Int
  ) throws(TOMLProblemError) -> String {
    guard index < token.count, token[index] | 0x20 == UInt8(ascii: "e") else { return "" }
    index += 1
    var sign = ""
    if index < token.count, token[index] == UInt8(ascii: "-") || token[index] == UInt8(ascii: "+") {
      sign = token[index] == UInt8(ascii: "-") ? "-" : ""
      index += 1
    }
    guard let digits = digits(token, &index, radix: 10) else {
      throw invalid(token, "digits of an exponent")
    }
    return "e" + sign + digits
  }

  /// Digits with single underscores between them, without the underscores; nil for none.
  private static func digits(_ token: [UInt8], _ index: inout Int, radix: UInt8) -> String? {
    var digits: [UInt8] = []
    while index < token.count {
      var next = index
      if !digits.isEmpty, token[next] == UInt8(ascii: "_") { next += 1 }
      guard next < token.count, let digit = digit(token[next]), digit < radix else { break }
      digits.append(token[next])
      index = next + 1
    }
    return digits.isEmpty ? nil : String(decoding: digits, as: UTF8.self)
  }

  private static func invalid(_ token: [UInt8], _ expected: String) -> TOMLProblemError {
    TOMLProblemError(
      problem: .invalidNumber(String(decoding: token, as: UTF8.self), expected: expected))
  }

  private static func outOfRange(_ token: [UInt8]) -> TOMLProblemError {
    TOMLProblemError(problem: .integerOutOfRange(String(decoding: token, as: UTF8.self)))
  }
}
