import Foundation

/// Scripts in the folder for temporary files.
struct ScriptFile {
  private let handle: FileHandle

  private static func path(_ name: String) -> String {
    FileManager.default.temporaryDirectory.appending(path: "needletail-match-\(name).jsonl").path
  }

  /// Writes a script whole; gives its path.
  static func write(_ script: RequestScript, name: String) throws -> String {
    try script.text.write(toFile: path(name), atomically: true, encoding: .utf8)
    return path(name)
  }

  /// Begins a script that is written request by request, so that it is there when the process ends.
  init(name: String, _ shape: BookShape) throws {
    let path = Self.path(name)
    try (shape.jsonLine + "\n").write(toFile: path, atomically: true, encoding: .utf8)
    handle = try FileHandle(forUpdating: URL(fileURLWithPath: path))
    try handle.seekToEnd()
    print("RandomFlowTests: writing \(path)")
  }

  func append(_ request: BookRequest) throws {
    try handle.write(contentsOf: Data((request.jsonLine + "\n").utf8))
  }
}
