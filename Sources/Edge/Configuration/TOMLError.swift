/// Why a document is no TOML, and where it stopped being it.
public struct TOMLError: Error, Equatable, Sendable, CustomStringConvertible {
  public var place: TOMLPlace
  public var problem: TOMLProblem

  public init(_ problem: TOMLProblem, at place: TOMLPlace) {
    self.problem = problem
    self.place = place
  }

  /// `LINE:COLUMN: what was wrong`.
  public var description: String { "\(place): \(problem)" }
}

/// What was wrong.
public enum TOMLProblem: Equatable, Sendable {
  /// Something else stands where `expected` should; `found` is ready for a message.
  case unexpected(found: String, expected: String)
  /// Bytes that are no UTF-8, or a scalar that UTF-8 must not spell.
  case invalidUTF8(byte: UInt8)
  /// A control character other than tab and line end, or a carriage return without its line feed.
  case controlCharacter(UInt8)
  /// A backslash with something behind it that means nothing.
  case unknownEscape(String)
  /// `\u` or `\U` with a number that is no Unicode scalar value.
  case invalidScalar(String)
  case unterminatedString(begunAt: TOMLPlace)
  case duplicateKey(String, first: TOMLPlace)
  /// A `[header]` of a table that is already defined.
  case redefinedTable(String, first: TOMLPlace)
  /// A key or header goes through, or adds to, something that is complete: an inline table, an
  /// array written in brackets, a value of another type, or a table that stands under its own header.
  case closed(String, kind: String, first: TOMLPlace)
  case invalidNumber(String, expected: String)
  /// Beyond 64 bits.
  case integerOutOfRange(String)
  case invalidDate(String, expected: String)
  /// More levels than `TOMLDocument.depthMax`.
  case tooDeep
}

extension TOMLProblem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unexpected(let found, let expected): "expected \(expected), found \(found)"
    case .invalidUTF8(let byte): "the byte \(hexadecimal(byte)) is no UTF-8 here"
    case .controlCharacter(let byte):
      byte == 0x0d
        ? "a carriage return must be followed by a line feed"
        : "the control character \(hexadecimal(byte)) is not allowed"
    case .unknownEscape(let text):
      "'\(text)' is no escape; expected \\b, \\t, \\n, \\f, \\r, \\\", \\\\, \\uXXXX or \\UXXXXXXXX"
    case .invalidScalar(let text): "'\(text)' is no Unicode character"
    case .unterminatedString(let begunAt): "the string begun at \(begunAt) has no end"
    case .duplicateKey(let key, let first): "the key '\(key)' stands already at \(first)"
    case .redefinedTable(let name, let first): "the table [\(name)] stands already at \(first)"
    case .closed(let name, let kind, let first):
      "'\(name)' is \(kind) at \(first) and takes nothing more"
    case .invalidNumber(let text, let expected): "'\(text)' is no number; expected \(expected)"
    case .integerOutOfRange(let text):
      "\(text) is beyond the integers from \(Int64.min) to \(Int64.max)"
    case .invalidDate(let text, let expected): "'\(text)' is no date; expected \(expected)"
    case .tooDeep: "more than \(TOMLDocument.depthMax) levels of tables and arrays"
    }
  }
}

/// `0x0A`.
private func hexadecimal(_ byte: UInt8) -> String {
  let digits = String(byte, radix: 16, uppercase: true)
  return "0x" + (digits.utf8.count < 2 ? "0" : "") + digits
}
