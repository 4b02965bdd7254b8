import TradingModel

/// What all readers of one configuration share: what was asked for, found and used.
final class ConfigurationReading {
  /// A table of the file, or the place of one that is not there.
  struct Section {
    /// Joined by dots; empty for the document.
    var path: String
    /// As the file heads it.
    var title: String
    var table: TOMLTable
    var origin: ConfigurationOrigin
    /// The place of its values among those of other sections: a section in an element of an array
    /// goes with the element.
    var order: Int
    var asked: [String] = []

    func path(of key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }
  }

  let file: String
  let overlay: ConfigurationOverlay
  var sections: [Section] = []
  private var found: [(order: Int, entry: ConfigurationEntry)] = []
  private var usedFlags: Set<String> = []
  /// The path that each variable was used for.
  private var usedVariables: [String: String] = [:]

  init(file: String, overlay: ConfigurationOverlay) {
    self.file = file
    self.overlay = overlay
  }

  /// What was asked for, a section behind the other.
  var entries: [ConfigurationEntry] {
    // Swift's sort promises no stability; the order of asking decides within a section.
    let indices = found.indices.sorted { (found[$0].order, $0) < (found[$1].order, $1) }
    return indices.map { found[$0].entry }
  }

  func add(_ entry: ConfigurationEntry, of section: Section) {
    found.append((section.order, entry))
  }

  /// What was found at `path`; nil where nothing was asked yet.
  func entry(at path: String) -> ConfigurationEntry? {
    found.last { $0.entry.path == path }?.entry
  }

  func origin(_ place: TOMLPlace) -> ConfigurationOrigin { .file(file, place) }

  /// What goes before the file at `path`; nil where nothing does.
  func overlaid(
    _ path: String
  ) throws(ConfigurationError) -> (text: String, origin: ConfigurationOrigin)? {
    let name = ConfigurationOverlay.variable(of: path)
    let variable = overlay.variables.first { $0.name == name }
    if variable != nil {
      if let other = usedVariables[name], other != path {
        throw ConfigurationError(
          "may mean \(other) and \(path); set it by --set", at: .variable(name))
      }
      usedVariables[name] = path
    }
    if let flag = overlay.flags.first(where: { $0.name == path }) {
      usedFlags.insert(path)
      return (flag.text, .flag(path))
    }
    return variable.map { ($0.text, .variable(name)) }
  }

  /// Keys below `path` that only flags and variables name, in this order.
  func overlaidKeys(below path: String) -> [String] {
    var keys: [String] = []
    for flag in overlay.flags where flag.name.hasPrefix(path + ".") {
      keys.append(String(flag.name.dropFirst(path.count + 1)))
    }
    let prefix = ConfigurationOverlay.variable(of: path) + "_"
    let named = Set(keys.map { ConfigurationOverlay.variable(of: "\(path).\($0)") })
    for variable in overlay.variables where variable.name.hasPrefix(prefix) {
      let isKnown = named.contains(variable.name) || usedVariables[variable.name] != nil
      if !isKnown { keys.append(variable.name.dropFirst(prefix.count).lowercased()) }
    }
    return keys
  }

  // MARK: What nobody asked for

  /// - Throws: for the first key of the file, flag or variable that nobody asked for.
  func checkAllWasAskedFor() throws(ConfigurationError) {
    var unknown: [(section: Section, entry: TOMLTable.Entry)] = []
    for section in sections {
      let asked = Set(section.asked)
      for entry in section.table.entries where !asked.contains(entry.key) {
        unknown.append((section, entry))
      }
    }
    if let first = unknown.min(by: { $0.entry.keyPlace < $1.entry.keyPlace }) {
      let key = first.entry.key
      throw ConfigurationError(
        "\(first.section.title) has no key '\(key)'\(hint(key, in: first.section))",
        at: origin(first.entry.keyPlace))
    }
    let paths = entries.map(\.path)
    for flag in overlay.flags where !usedFlags.contains(flag.name) {
      throw ConfigurationError(
        "no such value\(Self.nearest(flag.name, paths))", at: .flag(flag.name))
    }
    let starts = sections[0].asked.map { ConfigurationOverlay.variable(of: $0) + "_" }
    for variable in overlay.variables where usedVariables[variable.name] == nil {
      // Other variables of ours are not values of a configuration.
      guard starts.contains(where: { variable.name.hasPrefix($0) }) else { continue }
      let names = paths.map { ConfigurationOverlay.variable(of: $0) }
      throw ConfigurationError(
        "no such value\(Self.nearest(variable.name, names))", at: .variable(variable.name))
    }
  }

  /// What may have been meant by `key` in `section`.
  private func hint(_ key: String, in section: Section) -> String {
    if let other = sections.first(where: { $0.asked.contains(key) }) {
      return "; it belongs to \(other.title)"
    }
    if let near = Spelling.nearest(to: key, among: section.asked) {
      return "; did you mean '\(near)'?"
    }
    return "; known are " + section.asked.joined(separator: ", ")
  }

  private static func nearest(_ name: String, _ known: [String]) -> String {
    Spelling.nearest(to: name, among: known).map { "; did you mean \($0)?" } ?? ""
  }
}
