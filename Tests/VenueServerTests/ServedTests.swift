import Foundation
import Testing
import VenueServer

/// Clients that we did not write, against a served front.
@Suite struct ServedTests {
  static let checks = [
    "methods", "keep_alive", "bodies", "curl", "later", "aiohttp", "httpx", "websocket_client",
    "raw", "trust", "echo",
    "handshake", "closing", "ping", "pushes", "slow_consumer", "latency", "lost", "lost_pushes",
    "server_errors",
    "bans", "maintenance", "disorder", "disconnects", "clock", "admin",
  ]

  @Test(arguments: checks, [false, true])
  func otherClientsAreServed(check: String, withTLS: Bool) throws {
    let clients = try PythonClients.shared.get()
    let authority = withTLS ? try TestAuthority(hosts: ["api.venue.test", "*.venue.test"]) : nil
    defer { authority?.remove() }
    let server = try BackgroundVenueServer(authority: authority) {
      [
        ServedProduct(name: "echo", front: EchoFront(), seed: 7),
        ServedProduct(name: "other", front: EchoFront()),
      ]
    }
    defer { server.stop() }
    var arguments = [check, server.endpoints[0].httpURL, server.adminEndpoint.httpURL]
    if let authority { arguments.append(authority.certificatePath) }
    let said = try clients.run(arguments)
    #expect(said == "passed\n", "\(said)")
    #expect(server.isServing == (check != "admin"))
  }
}

/// Python with public client libraries, in an environment of its own under the build folder.
struct PythonClients {
  let python: String
  private static let packages = [
    "aiohttp==3.14.5", "httpx[http2]==0.28.1", "requests==2.34.2", "websocket-client==1.9.2",
    "websockets==17.4",
  ]

  /// Made once a build folder; the error says what is missing.
  static let shared = Result { try PythonClients() }

  private init() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let environment = root.appending(path: ".build/venue-server-clients").path
    python = environment + "/bin/python"
    let stamp = environment + "/packages.txt"
    let wanted = Self.packages.joined(separator: "\n")
    if (try? String(contentsOfFile: stamp, encoding: .utf8)) == wanted { return }
    try Self.require("/usr/bin/env", ["python3", "-m", "venv", "--clear", environment])
    let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    try Self.require(python, install + Self.packages)
    try wanted.write(toFile: stamp, atomically: true, encoding: .utf8)
  }

  /// Everything that the script says with these arguments.
  func run(_ arguments: [String]) throws -> String {
    let script = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Clients/checks.py").path
    return try Self.output(python, ["-B", script] + arguments).text
  }

  private static func require(_ program: String, _ arguments: [String]) throws {
    let result = try output(program, arguments)
    if result.status != 0 {
      throw Missing(description: "\(program) \(arguments): \(result.text)")
    }
  }

  struct Missing: Error, CustomStringConvertible { let description: String }

  private static func output(
    _ program: String, _ arguments: [String]
  ) throws -> (status: Int32, text: String) {
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let bytes = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: bytes, as: UTF8.self))
  }
}
