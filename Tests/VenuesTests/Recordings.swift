import Foundation
import Testing

@testable import Venues

/// The recorded feeds and their truth, beside the package.
enum Recordings {
  /// `../shared/data`, from this file's place in the package.
  static let folder: String = {
    let package = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    return package.deletingLastPathComponent().appendingPathComponent("shared/data").path
  }()

  /// Whether the recordings are there. Who has the project alone tests without them; CI fails.
  static let areThere =
    FileManager.default.fileExists(atPath: folder)
    || ProcessInfo.processInfo.environment["CI"] != nil

  static func feed(_ name: String) -> String { "\(folder)/feeds/\(name)" }

  /// One truth file.
  static func truth(_ name: String) throws -> JSONNode {
    let path = "\(folder)/truth/\(name).json"
    let data = try #require(
      FileManager.default.contents(atPath: path),
      "\(path) is missing: the recorded data must lie beside the package, in ../shared/data")
    return try JSONNode.parse(Array(data))
  }
}

extension JSONNode {
  /// The value of a key; nil where there is none.
  subscript(_ key: String) -> JSONNode? {
    guard case .object(let entries) = value else { return nil }
    return entries.first { $0.key == key }?.value
  }

  var items: [JSONNode] {
    if case .array(let items) = value { return items }
    return []
  }

  /// A string's or a number's text.
  var text: String? {
    switch value {
    case .string(let text), .number(let text): text
    default: nil
    }
  }

  var int: Int? { text.flatMap { Int($0) } }

  var bool: Bool? {
    if case .boolean(let value) = value { return value }
    return nil
  }

  /// Rows of texts: `[["1.5", "2"], ...]`.
  var rows: [[String]] { items.map { $0.items.compactMap(\.text) } }
}

/// A folder for one test's files.
final class Scratch {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "needletail-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes `bytes` to a file and gives its path.
  func file(_ name: String, _ bytes: [UInt8]) -> String {
    let place = "\(path)/\(name)"
    _ = FileManager.default.createFile(atPath: place, contents: Data(bytes))
    return place
  }

  func file(_ name: String, _ text: String) -> String { file(name, Array(text.utf8)) }
}
