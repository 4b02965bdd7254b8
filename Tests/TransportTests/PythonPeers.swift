import Foundation
import Glibc
import Synchronization

/// Servers in Python, in a virtual environment of their own within the build folder, which is made
/// once and kept.
enum PythonPeers {
  /// Why there is no environment.
  enum Lack: Error {
    /// PyPI cannot be reached, so that nothing can be tested against it.
    case offline(String)
    case failed(String)
  }

  /// The version of the library that speaks WebSocket for the other side.
  private static let requirement = "websockets==15.0.1"
  private static let environment = Mutex<Result<URL, Lack>?>(nil)
  private static let peers = URL(filePath: #filePath).deletingLastPathComponent().appending(
    path: "Peers")

  /// Whether tests against the library can run; says why where they cannot.
  static func isReachable() -> Bool {
    switch made() {
    case .success: return true
    case .failure(.offline(let output)):
      print("skipping tests against \(requirement): PyPI cannot be reached\n\(output)")
      return false
    // The tests then fail with the reason.
    case .failure(.failed): return true
    }
  }

  /// Starts the WebSocket server.
  static func webSocket(_ certificates: TestCertificates? = nil) throws -> ServerProcess {
    let python = try made().get().appending(path: "bin/python3").path
    let script = peers.appending(path: "websocket_echo.py").path
    let keys = certificates == nil ? [] : ["good.pem", "key.pem"]
    return try ServerProcess([python, script, "PORT"] + keys, in: certificates?.folder)
  }

  /// Starts the HTTP server, for which Python's own library is enough.
  static func http(_ certificates: TestCertificates) throws -> ServerProcess {
    let script = peers.appending(path: "http_echo.py").path
    return try ServerProcess(
      ["python3", script, "PORT", "good.pem", "key.pem"], in: certificates.folder)
  }

  private static func made() -> Result<URL, Lack> {
    environment.withLock { known in
      if let known { return known }
      let result = make()
      known = result
      return result
    }
  }

  /// Where the build puts what it makes: beside the test binary, which is part of this process.
  private static var buildFolder: URL {
    let maps = (try? String(contentsOfFile: "/proc/self/maps", encoding: .utf8)) ?? ""
    for line in maps.split(separator: "\n") where line.hasSuffix(".xctest") {
      guard let start = line.firstIndex(of: "/") else { continue }
      return URL(filePath: String(line[start...])).deletingLastPathComponent()
    }
    return FileManager.default.temporaryDirectory
  }

  private static func make() -> Result<URL, Lack> {
    let folder = buildFolder.appending(path: requirement.replacing("==", with: "-"))
    if FileManager.default.fileExists(atPath: folder.path) { return .success(folder) }
    // Made under another name, so that a half-made one is never taken for whole.
    let draft = buildFolder.appending(
      path: "websockets-\(ProcessInfo.processInfo.processIdentifier)")
    defer { try? FileManager.default.removeItem(at: draft) }
    let python = draft.appending(path: "bin/python3").path
    for command in [
      ["python3", "-m", "venv", draft.path],
      [
        python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries", "1",
        requirement,
      ],
    ] {
      let (status, output) = run(command)
      if status != 0 {
        let signs = ["onnection", "name resolution", "timed out", "Proxy", "unreachable"]
        return .failure(signs.contains(where: output.contains) ? .offline(output) : .failed(output))
      }
    }
    try? FileManager.default.moveItem(at: draft, to: folder)
    return FileManager.default.fileExists(atPath: folder.path)
      ? .success(folder) : .failure(.failed("cannot move \(draft.path)"))
  }

  private static func run(_ arguments: [String]) -> (Int32, String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    do { try process.run() } catch { return (-1, "\(error)") }
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }
}
