import TradingModel

/// What a value has to be: how it is read from a file and from plain text, and what messages and
/// documents say of it.
public struct ConfigurationShape<Value> {
  /// What was expected, in words behind "expected".
  public let expected: String
  /// Reads the plain text of a variable or flag; nil for what does not fit.
  let fromText: (String) -> Value?
  /// Reads a value of the file; nil for what does not fit.
  let fromFile: (TOMLContent) -> Value?
  /// How TOML spells it.
  let spelled: (Value) -> String

  /// A shape of one's own.
  public init(
    expected: String, fromText: @escaping (String) -> Value?,
    fromFile: @escaping (TOMLContent) -> Value?, spelled: @escaping (Value) -> String
  ) {
    self.expected = expected
    self.fromText = fromText
    self.fromFile = fromFile
    self.spelled = spelled
  }
}

extension ConfigurationShape where Value == String {
  /// Text that is not empty.
  public static var text: Self { text("text that is not empty") { !$0.isEmpty } }

  /// Text that `accepts` takes; `expected` says which that is.
  public static func text(
    _ expected: String, _ accepts: @escaping (String) -> Bool
  ) -> Self {
    ConfigurationShape(
      expected: expected, fromText: { accepts($0) ? $0 : nil },
      fromFile: { content in
        guard case .string(let text) = content, accepts(text) else { return nil }
        return text
      }, spelled: tomlQuoted)
  }

  /// A string, a number or a boolean, as text: numbers by their digits, true and false as 1 and 0,
  /// which is how strategies spell them.
  public static var anyText: Self {
    ConfigurationShape(
      expected: "a string, a number or a boolean", fromText: { $0 },
      fromFile: { content in
        switch content {
        case .string(let text), .float(let text): text
        case .integer(let value): "\(value)"
        case .boolean(let value): value ? "1" : "0"
        case .date, .array, .table: nil
        }
      }, spelled: tomlQuoted)
  }
}

extension ConfigurationShape where Value == Bool {
  /// `true` or `false`.
  public static var boolean: Self {
    ConfigurationShape(
      expected: "true or false",
      fromText: { $0 == "true" ? true : $0 == "false" ? false : nil },
      fromFile: { content in
        guard case .boolean(let value) = content else { return nil }
        return value
      }, spelled: { "\($0)" })
  }
}

extension ConfigurationShape where Value: FixedWidthInteger {
  /// A whole number in `range`.
  public static func integer(in range: ClosedRange<Value>) -> Self {
    ConfigurationShape(
      expected: "a whole number from \(range.lowerBound) to \(range.upperBound)",
      fromText: { text in Value(text).flatMap { range.contains($0) ? $0 : nil } },
      fromFile: { content in
        guard case .integer(let read) = content, let value = Value(exactly: read) else {
          return nil
        }
        return range.contains(value) ? value : nil
      }, spelled: { "\($0)" })
  }
}

extension ConfigurationShape where Value == Decimal {
  /// An exact decimal number in `range`, as a string or a number.
  ///
  /// - Parameter decimals: the most digits behind the point.
  public static func decimal(
    in range: ClosedRange<Decimal>, decimals: Int = Decimal.decimalsMax
  ) -> Self {
    decimal("from \(range.lowerBound) to \(range.upperBound)", decimals) { range.contains($0) }
  }

  /// An exact decimal number of at least `least`, as a string or a number.
  public static func decimal(
    atLeast least: Decimal, decimals: Int = Decimal.decimalsMax
  ) -> Self {
    decimal("of at least \(least)", decimals) { $0 >= least }
  }

  private static func decimal(
    _ bounds: String, _ decimals: Int, _ accepts: @escaping (Decimal) -> Bool
  ) -> Self {
    let read: (String) -> Decimal? = { text in
      guard let value = try? Decimal(text), accepts(value) else { return nil }
      return value.normalized.decimals <= decimals ? value : nil
    }
    let places = decimals < Decimal.decimalsMax ? " with at most \(decimals) decimals" : ""
    return ConfigurationShape(
      expected: "a decimal number \(bounds)\(places)", fromText: read,
      fromFile: { content in
        switch content {
        case .string(let text), .float(let text): read(text)
        case .integer(let value): read("\(value)")
        case .boolean, .date, .array, .table: nil
        }
      }, spelled: { "\"\($0)\"" })
  }
}

extension ConfigurationShape where Value == [String] {
  /// A list of different texts, none of them empty; at least `countMin`. As plain text they are
  /// parted by commas.
  public static func texts(_ what: String = "texts", countMin: Int = 0) -> Self {
    let accepts: ([String]) -> [String]? = { items in
      let isFine =
        items.count >= countMin && !items.contains("") && Set(items).count == items.count
      return isFine ? items : nil
    }
    let least = countMin > 0 ? ", at least \(countMin)" : ""
    return ConfigurationShape(
      expected: "a list of different \(what)\(least)",
      fromText: { text in
        if text.isEmpty { return accepts([]) }
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        return accepts(parts.map { String($0) })
      },
      fromFile: { content in
        guard case .array(let values) = content else { return nil }
        var items: [String] = []
        for value in values {
          guard case .string(let item) = value.content else { return nil }
          items.append(item)
        }
        return accepts(items)
      }, spelled: { "[" + $0.map(tomlQuoted).joined(separator: ", ") + "]" })
  }
}

extension ConfigurationShape
where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
  /// One of the type's names.
  public static var choice: Self {
    let names = Value.allCases.map { tomlQuoted($0.rawValue) }
    return ConfigurationShape(
      expected: "one of " + names.joined(separator: ", "),
      fromText: { Value(rawValue: $0) },
      fromFile: { content in
        guard case .string(let text) = content else { return nil }
        return Value(rawValue: text)
      }, spelled: { tomlQuoted($0.rawValue) })
  }
}

/// `text` as a basic string of TOML.
func tomlQuoted(_ text: String) -> String {
  var result = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": result += "\\\""
    case "\\": result += "\\\\"
    case "\n": result += "\\n"
    case "\t": result += "\\t"
    case "\r": result += "\\r"
    case _ where scalar.value < 0x20 || scalar.value == 0x7f:
      let digits = String(scalar.value, radix: 16, uppercase: true)
      result += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result + "\""
}
