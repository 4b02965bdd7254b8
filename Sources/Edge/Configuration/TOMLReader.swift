/// Reads a document line by line: headers, keys and their values.
///
/// Rules of tables: <https://toml.io/en/v1.0.0#table>, #inline-table and #array-of-tables.
struct TOMLReader {
  var scanner: TOMLScanner

  init(_ bytes: [UInt8]) { scanner = TOMLScanner(bytes) }

  mutating func document() throws(TOMLError) -> TOMLTable {
    let root = TOMLNode(.header, at: scanner.place, depth: 0)
    var current = root
    try scanner.skipLines()
    while scanner.byte != nil {
      if scanner.byte == UInt8(ascii: "[") {
        current = try header(root)
      } else {
        try keyValue(into: current, depth: current.depth)
      }
      try endOfLine()
      try scanner.skipLines()
    }
    return root.finished()
  }

  /// Nothing but a comment may follow on the line.
  private mutating func endOfLine() throws(TOMLError) {
    scanner.skipBlanks()
    try scanner.skipComment()
    if scanner.byte == nil { return }
    guard try scanner.takeLineEnd() else { throw scanner.expected("the end of the line") }
  }

  // MARK: Headers

  /// `[a.b]` or `[[a.b]]`; the table that the following keys go to.
  private mutating func header(_ root: TOMLNode) throws(TOMLError) -> TOMLNode {
    let place = scanner.place
    scanner.advance()
    // The two brackets of an array of tables stand together.
    let isArray = scanner.take(UInt8(ascii: "["))
    scanner.skipBlanks()
    let keys = try dottedKey("the name of a table")
    guard scanner.take(UInt8(ascii: "]")) else { throw scanner.expected("'.' or ']'") }
    if isArray, !scanner.take(UInt8(ascii: "]")) { throw scanner.expected("']]'") }
    var node = root
    for index in 0..<keys.count - 1 { node = try passing(keys, index, below: node) }
    return isArray
      ? try arrayElement(keys, below: node, at: place) : try table(keys, below: node, at: place)
  }

  /// The table that a header goes through at part `index`, made if there is none.
  private func passing(
    _ keys: [TOMLKey], _ index: Int, below node: TOMLNode
  ) throws(TOMLError) -> TOMLNode {
    let key = keys[index]
    guard let entry = node.entry(key.text) else {
      let made = TOMLNode(.passing, at: key.place, depth: try depth(below: node, key.place))
      node.add(key, .table(made))
      return made
    }
    switch entry.child {
    case .table(let next) where next.origin != .inline: return next
    case .tables(let list): return list.nodes[list.nodes.count - 1]
    default: throw entry.closed(name(keys, index), at: key.place)
    }
  }

  private func table(
    _ keys: [TOMLKey], below node: TOMLNode, at place: TOMLPlace
  ) throws(TOMLError) -> TOMLNode {
    let key = keys[keys.count - 1]
    guard let entry = node.entry(key.text) else {
      let made = TOMLNode(.header, at: place, depth: try depth(below: node, key.place))
      node.add(key, .table(made))
      return made
    }
    guard case .table(let known) = entry.child, known.origin != .inline else {
      throw entry.closed(name(keys, keys.count - 1), at: key.place)
    }
    guard known.origin == .passing else {
      throw TOMLError(
        .redefinedTable(name(keys, keys.count - 1), first: known.place), at: key.place)
    }
    known.origin = .header
    known.place = place
    return known
  }

  private func arrayElement(
    _ keys: [TOMLKey], below node: TOMLNode, at place: TOMLPlace
  ) throws(TOMLError) -> TOMLNode {
    let key = keys[keys.count - 1]
    // An array and its elements are a level each.
    let made = TOMLNode(.header, at: place, depth: try depth(below: node, key.place) + 1)
    guard let entry = node.entry(key.text) else {
      node.add(key, .tables(TOMLNodeList(first: made)))
      return made
    }
    guard case .tables(let list) = entry.child else {
      throw entry.closed(name(keys, keys.count - 1), at: key.place)
    }
    list.nodes.append(made)
    return made
  }

  // MARK: Keys

  /// `key = value`, put where it belongs at or below `node`.
  ///
  /// - Parameter depth: the level of `node` in the document.
  mutating func keyValue(into node: TOMLNode, depth: Int) throws(TOMLError) {
    let keys = try dottedKey("a key")
    guard scanner.take(UInt8(ascii: "=")) else { throw scanner.expected("'.' or '='") }
    scanner.skipBlanks()
    var table = node
    for index in 0..<keys.count - 1 { table = try dotted(keys, index, below: table) }
    let key = keys[keys.count - 1]
    if let entry = table.entry(key.text) {
      throw TOMLError(
        .duplicateKey(name(keys, keys.count - 1), first: entry.place), at: key.place)
    }
    let value = try value(depth: depth + keys.count)
    table.add(key, .value(value))
  }

  /// The table of part `index` of a dotted key, made if there is none.
  private func dotted(
    _ keys: [TOMLKey], _ index: Int, below node: TOMLNode
  ) throws(TOMLError) -> TOMLNode {
    let key = keys[index]
    guard let entry = node.entry(key.text) else {
      let made = TOMLNode(.dotted, at: key.place, depth: try depth(below: node, key.place))
      node.add(key, .table(made))
      return made
    }
    guard case .table(let next) = entry.child, next.origin == .dotted else {
      throw entry.closed(name(keys, index), at: key.place)
    }
    return next
  }

  /// `a . "b" . 'c'`, and the blanks behind it.
  private mutating func dottedKey(_ expected: String) throws(TOMLError) -> [TOMLKey] {
    var keys: [TOMLKey] = []
    repeat {
      scanner.skipBlanks()
      keys.append(try simpleKey(keys.isEmpty ? expected : "a key behind the dot"))
      if keys.count > TOMLDocument.depthMax { throw TOMLError(.tooDeep, at: keys[0].place) }
      scanner.skipBlanks()
    } while scanner.take(UInt8(ascii: "."))
    return keys
  }

  private mutating func simpleKey(_ expected: String) throws(TOMLError) -> TOMLKey {
    let place = scanner.place
    switch scanner.byte {
    case UInt8(ascii: "\""): return TOMLKey(text: try basicString(), place: place)
    case UInt8(ascii: "'"): return TOMLKey(text: try literalString(), place: place)
    default: break
    }
    let start = scanner.index
    while let byte = scanner.byte, Self.isBareKey(byte) { scanner.advance() }
    guard scanner.index > start else { throw scanner.expected(expected) }
    return TOMLKey(text: scanner.text(start..<scanner.index), place: place)
  }

  private static func isBareKey(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }

  /// The parts of a key up to `index`, for messages.
  private func name(_ keys: [TOMLKey], _ index: Int) -> String {
    keys[...index].map(\.text).joined(separator: ".")
  }

  private func depth(below node: TOMLNode, _ place: TOMLPlace) throws(TOMLError) -> Int {
    guard node.depth < TOMLDocument.depthMax else { throw TOMLError(.tooDeep, at: place) }
    return node.depth + 1
  }
}
