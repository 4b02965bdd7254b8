/// A JSON value (RFC 8259) that keeps key order and the text of numbers, for requests to simulated
/// venues and their answers. Not for hot paths.
public indirect enum JSONValue: Sendable {
  case object([(key: String, value: JSONValue)])
  case array([JSONValue])
  /// Unescaped.
  case string(String)
  /// The number's own text, exact: `0.10` stays `0.10`.
  case number(String)
  case boolean(Bool)
  case null

  public static func integer(_ value: some BinaryInteger) -> JSONValue { .number(String(value)) }

  /// The first member of that name of an object; nil elsewhere.
  public subscript(key: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.key == key }?.value
  }

  /// A string's text; nil for anything else.
  public var string: String? {
    if case .string(let text) = self { text } else { nil }
  }
  /// A string's or a number's text: venues take prices and sizes as either.
  public var scalarText: String? {
    switch self {
    case .string(let text), .number(let text): text
    case .boolean(let value): value ? "true" : "false"
    case .object, .array, .null: nil
    }
  }
  /// A whole number that fits; nil for anything else.
  public var integer: Int64? {
    if case .number(let text) = self { Int64(text) } else { nil }
  }
  public var boolean: Bool? {
    if case .boolean(let value) = self { value } else { nil }
  }
  public var elements: [JSONValue]? {
    if case .array(let elements) = self { elements } else { nil }
  }
  public var members: [(key: String, value: JSONValue)]? {
    if case .object(let members) = self { members } else { nil }
  }
  public var isNull: Bool {
    if case .null = self { true } else { false }
  }
}

extension JSONValue: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral,
  ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByNilLiteral
{
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(elements.map { (key: $0.0, value: $0.1) })
  }
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  public init(stringLiteral value: String) { self = .string(value) }
  public init(integerLiteral value: Int64) { self = .integer(value) }
  public init(booleanLiteral value: Bool) { self = .boolean(value) }
  public init(nilLiteral: ()) { self = .null }
}

extension JSONValue: Equatable {
  /// Equal texts: members in the same order, numbers of the same text.
  public static func == (a: JSONValue, b: JSONValue) -> Bool {
    switch (a, b) {
    case (.object(let x), .object(let y)):
      x.count == y.count && zip(x, y).allSatisfy { $0.key == $1.key && $0.value == $1.value }
    case (.array(let x), .array(let y)): x == y
    case (.string(let x), .string(let y)): x == y
    case (.number(let x), .number(let y)): x == y
    case (.boolean(let x), .boolean(let y)): x == y
    case (.null, .null): true
    default: false
    }
  }
}
