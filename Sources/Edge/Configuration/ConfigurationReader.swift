import TradingModel

/// Reads the values of one table of a configuration, each by its key and shape, with what flags and
/// variables put before it.
///
/// A reader remembers what it was asked for. When everything was asked, `finish` of any of the
/// configuration's readers refuses what is left: a key that nobody asked for is a mistake.
public struct ConfigurationReader {
  private let reading: ConfigurationReading
  private let index: Int

  /// A reader of a whole document.
  ///
  /// - Parameter file: its name, for messages and origins.
  public init(
    _ table: TOMLTable, file: String, overlay: ConfigurationOverlay = ConfigurationOverlay()
  ) {
    reading = ConfigurationReading(file: file, overlay: overlay)
    index = 0
    reading.sections = [
      ConfigurationReading.Section(
        path: "", title: "the document", table: table, origin: .wholeFile(file),
        order: 0)
    ]
  }

  private init(_ reading: ConfigurationReading, _ section: ConfigurationReading.Section) {
    self.reading = reading
    index = reading.sections.count
    reading.sections.append(section)
  }

  private var section: ConfigurationReading.Section { reading.sections[index] }

  /// Everything that was asked for so far, of all tables: a section behind the other, and in
  /// each in the order of asking.
  public var entries: [ConfigurationEntry] { reading.entries }

  // MARK: Values

  /// The value at `key`; nil where there is none.
  ///
  /// - Throws: `ConfigurationError` for a value that does not fit `shape`; so do all others here.
  public func optional<Value>(
    _ key: String, _ shape: ConfigurationShape<Value>
  ) throws(ConfigurationError) -> Value? {
    try found(key, shape, .optional)
  }

  /// The value at `key`, or `standard` where there is none.
  public func value<Value>(
    _ key: String, _ shape: ConfigurationShape<Value>, default standard: Value
  ) throws(ConfigurationError) -> Value {
    try found(key, shape, .standard(shape.spelled(standard))) ?? standard
  }

  /// The value at `key`, which has to be there.
  public func required<Value>(
    _ key: String, _ shape: ConfigurationShape<Value>
  ) throws(ConfigurationError) -> Value {
    if let value = try found(key, shape, .required) { return value }
    let unasked = section.table.entries.map(\.key).filter { !section.asked.contains($0) }
    var hint = ""
    if let near = Spelling.nearest(to: key, among: unasked),
      let entry = section.table.entry(near)
    {
      hint = "; is it '\(near)' at \(entry.keyPlace)?"
    }
    throw ConfigurationError(
      "\(section.title) needs the key '\(key)', \(shape.expected)\(hint)", at: section.origin)
  }

  private func found<Value>(
    _ key: String, _ shape: ConfigurationShape<Value>, _ need: ConfigurationEntry.Need
  ) throws(ConfigurationError) -> Value? {
    reading.sections[index].asked.append(key)
    let path = section.path(of: key)
    var entry = ConfigurationEntry(
      path: path, section: section.title, key: key, expected: shape.expected, need: need,
      text: nil, origin: .standard)
    var value: Value?
    if let overlaid = try reading.overlaid(path) {
      entry.origin = overlaid.origin
      value = shape.fromText(overlaid.text)
      if value == nil {
        throw refusal(key, tomlQuoted(overlaid.text), shape.expected, overlaid.origin)
      }
    } else if let given = section.table[key] {
      entry.origin = reading.origin(given.place)
      value = shape.fromFile(given.content)
      if value == nil {
        throw refusal(key, given.content.shown, shape.expected, entry.origin)
      }
    }
    entry.text = value.map(shape.spelled)
    if entry.text == nil, case .standard(let text) = need { entry.text = text }
    reading.add(entry, of: section)
    return value
  }

  private func refusal(
    _ key: String, _ found: String, _ expected: String, _ origin: ConfigurationOrigin
  ) -> ConfigurationError {
    ConfigurationError("'\(key)' is \(found); expected \(expected)", at: origin)
  }

  /// That the value at `key`, which was read, does not fit the others.
  public func refusal(_ key: String, _ message: String) -> ConfigurationError {
    let path = section.path(of: key)
    guard let entry = reading.entry(at: path), entry.origin != .standard else {
      return ConfigurationError(message, at: section.origin)
    }
    return ConfigurationError(message, at: entry.origin)
  }

  /// All keys of the table, whose names are anybody's choice, as text.
  ///
  /// - Returns: in the order of the file, behind them those of flags and variables.
  public func allTexts() throws(ConfigurationError) -> [(key: String, text: String)] {
    var keys = section.table.entries.map(\.key)
    var texts: [(key: String, text: String)] = []
    for key in keys {
      texts.append((key, try required(key, .anyText)))
    }
    for key in reading.overlaidKeys(below: section.path) where !keys.contains(key) {
      keys.append(key)
      texts.append((key, try required(key, .anyText)))
    }
    return texts
  }

  // MARK: Tables

  /// The table at `key`; an empty one where there is none.
  public func table(_ key: String) throws(ConfigurationError) -> ConfigurationReader {
    reading.sections[index].asked.append(key)
    let path = section.path(of: key)
    // The title of a table in an element of an array names the array, not the element.
    let head = section.title == "the document" ? "" : section.title.trimmingBrackets + "."
    var below = ConfigurationReading.Section(
      path: path, title: "[\(head)\(key)]", table: TOMLTable(emptyAt: section.table.place),
      origin: section.origin, order: index == 0 ? reading.sections.count : section.order)
    if let given = section.table[key] {
      guard case .table(let table) = given.content else {
        throw refusal(
          key, given.content.shown, "a table, \(below.title)", reading.origin(given.place))
      }
      below.table = table
      below.origin = reading.origin(given.place)
    }
    return ConfigurationReader(reading, below)
  }

  /// The tables of the array at `key`, none where there is none. Each has a name of its own at
  /// `nameKey`, under which flags and variables find it.
  public func tables(
    _ key: String, namedBy nameKey: String
  ) throws(ConfigurationError) -> [(name: String, reader: ConfigurationReader)] {
    reading.sections[index].asked.append(key)
    guard let given = section.table[key] else { return [] }
    let title = "[[\(key)]]"
    guard case .array(let elements) = given.content else {
      throw refusal(
        key, given.content.shown, "an array of tables, \(title)", reading.origin(given.place))
    }
    var readers: [(name: String, reader: ConfigurationReader)] = []
    for element in elements {
      guard case .table(let table) = element.content else {
        throw refusal(key, element.content.shown, title, reading.origin(element.place))
      }
      var path = section.path(of: key)
      if case .string(let name) = table[nameKey]?.content { path += "." + name }
      let reader = ConfigurationReader(
        reading,
        ConfigurationReading.Section(
          path: path, title: title, table: table, origin: reading.origin(element.place),
          order: index == 0 ? reading.sections.count : section.order))
      let name = try reader.ownName(nameKey)
      if readers.contains(where: { $0.name == name }) {
        throw reader.refusal(nameKey, "there is a \(title) with the name '\(name)' before this")
      }
      readers.append((name, reader))
    }
    return readers
  }

  /// The name by which others find this table: the file alone gives it.
  private func ownName(_ key: String) throws(ConfigurationError) -> String {
    if section.table[key] != nil, let overlaid = try reading.overlaid(section.path(of: key)) {
      throw ConfigurationError("a name is given in the file alone", at: overlaid.origin)
    }
    return try required(
      key, .text("a name of lower-case letters, digits and dashes", Self.isName))
  }

  private static func isName(_ text: String) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy { byte in
        (byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z"))
          || (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")) || byte == UInt8(ascii: "-")
      }
  }

  /// Refuses what nobody asked for: keys of the file, flags, and variables of the same sections.
  public func finish() throws(ConfigurationError) { try reading.checkAllWasAskedFor() }
}

extension TOMLContent {
  /// The value for a message: what can be shown shortly, otherwise what it is.
  fileprivate var shown: String {
    switch self {
    case .string(let text): tomlQuoted(text)
    case .integer(let value): "\(value)"
    case .float(let text): text
    case .boolean(let value): "\(value)"
    case .date(_, let text): text
    case .array(let values):
      "[" + values.prefix(8).map(\.content.shownInArray).joined(separator: ", ")
        + (values.count > 8 ? ", ...]" : "]")
    case .table: "a table"
    }
  }

  private var shownInArray: String {
    if case .array = self { return "[...]" }
    return shown
  }
}

extension String {
  /// `[[venue]]` as `venue`.
  fileprivate var trimmingBrackets: String { filter { $0 != "[" && $0 != "]" } }
}
