/// A value of a TOML document and where it begins.
public struct TOMLValue: Equatable, Sendable {
  public var content: TOMLContent
  public var place: TOMLPlace

  public init(_ content: TOMLContent, at place: TOMLPlace) {
    self.content = content
    self.place = place
  }
}

/// What a value is. Types and their spellings: <https://toml.io/en/v1.0.0>.
public enum TOMLContent: Equatable, Sendable {
  /// Escapes resolved; line ends within are single line feeds.
  case string(String)
  case integer(Int64)
  /// The number's text without underscores (`1e-05`, `-0.0`, `inf`, `nan`): exact, where a Double
  /// would not be.
  case float(String)
  case boolean(Bool)
  /// The text as it stands; checked to be a date or time that exists.
  case date(TOMLDateKind, String)
  case array([TOMLValue])
  case table(TOMLTable)

  /// What messages call it.
  public var kindName: String {
    switch self {
    case .string: "a string"
    case .integer: "an integer"
    case .float: "a float"
    case .boolean: "a boolean"
    case .date: "a date"
    case .array: "an array"
    case .table: "a table"
    }
  }
}

/// The four forms of RFC 3339 that TOML takes.
public enum TOMLDateKind: Equatable, Sendable, CaseIterable {
  case offsetDateTime
  case localDateTime
  case localDate
  case localTime
}

/// Keys with their values, in the order of the document.
public struct TOMLTable: Equatable, Sendable {
  /// One key of a table.
  public struct Entry: Equatable, Sendable {
    public var key: String
    public var keyPlace: TOMLPlace
    public var value: TOMLValue
  }

  public private(set) var entries: [Entry]
  /// Where the table begins: its header, its first dotted key, or its brace.
  public var place: TOMLPlace
  private var indices: [String: Int]

  /// - Precondition: no key stands twice.
  init(_ entries: [Entry], at place: TOMLPlace) {
    self.entries = entries
    self.place = place
    indices = [:]
    for (index, entry) in entries.enumerated() { indices[entry.key] = index }
    precondition(indices.count == entries.count, "the reader refuses keys that stand twice")
  }

  /// A table without keys.
  public init(emptyAt place: TOMLPlace) { self.init([], at: place) }

  /// The entry with this key; nil where there is none.
  ///
  /// - Complexity: O(1).
  public func entry(_ key: String) -> Entry? { indices[key].map { entries[$0] } }

  public subscript(key: String) -> TOMLValue? { entry(key)?.value }
}
