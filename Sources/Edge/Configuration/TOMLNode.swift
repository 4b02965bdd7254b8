/// A table while it is being read: TOML lets later lines add to some tables and not to others.
final class TOMLNode {
  /// How the table came to be, which says who may add to it.
  enum Origin {
    /// A longer header named it in passing; a header of its own may still come.
    case passing
    /// By its own header.
    case header
    /// By a dotted key; further dotted keys under the same header add to it.
    case dotted
    /// By braces: complete.
    case inline
  }

  /// A value, or what later lines may still add to.
  enum Child {
    case value(TOMLValue)
    case table(TOMLNode)
    /// An array of tables, in which each `[[header]]` begins one more.
    case tables(TOMLNodeList)
  }

  struct Entry {
    var key: String
    var place: TOMLPlace
    var child: Child
  }

  var origin: Origin
  /// Where the table was first named.
  var place: TOMLPlace
  /// Levels below the document's own table.
  let depth: Int
  private(set) var entries: [Entry] = []
  private var indices: [String: Int] = [:]

  init(_ origin: Origin, at place: TOMLPlace, depth: Int) {
    self.origin = origin
    self.place = place
    self.depth = depth
  }

  func entry(_ key: String) -> Entry? { indices[key].map { entries[$0] } }

  /// Adds a key that is not there yet.
  func add(_ key: TOMLKey, _ child: Child) {
    indices[key.text] = entries.count
    entries.append(Entry(key: key.text, place: key.place, child: child))
  }

  /// The table as a value, with everything below it. As deep as `TOMLDocument.depthMax` at most.
  func finished() -> TOMLTable {
    let finished = entries.map { entry in
      let value: TOMLValue
      switch entry.child {
      case .value(let read): value = read
      case .table(let node): value = TOMLValue(.table(node.finished()), at: node.place)
      case .tables(let nodes):
        let tables = nodes.nodes.map { TOMLValue(.table($0.finished()), at: $0.place) }
        value = TOMLValue(.array(tables), at: entry.place)
      }
      return TOMLTable.Entry(key: entry.key, keyPlace: entry.place, value: value)
    }
    return TOMLTable(finished, at: place)
  }
}

/// The tables of an array while it is being read; never empty.
final class TOMLNodeList {
  var nodes: [TOMLNode]
  init(first: TOMLNode) { nodes = [first] }
}

extension TOMLNode.Entry {
  /// That what stands here takes nothing more.
  func closed(_ name: String, at place: TOMLPlace) -> TOMLError {
    let kind: String
    switch child {
    case .value(let value): kind = value.content.kindName
    case .tables: kind = "an array of tables"
    case .table(let node): kind = node.origin == .inline ? "an inline table" : "a table"
    }
    return TOMLError(.closed(name, kind: kind, first: self.place), at: place)
  }
}

/// One part of a key, and where it stands.
struct TOMLKey {
  var text: String
  var place: TOMLPlace
}
