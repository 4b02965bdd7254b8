import Foundation
import Glibc
import Synchronization

/// A server that somebody else wrote, as a process of its own on a free port of 127.0.0.1. It ends
/// with the test that started it.
final class ServerProcess: @unchecked Sendable {
  struct NotReady: Error { let output: String }
  let port: UInt16
  private let process = Process()

  /// Starts `arguments`, in which PORT stands for the port, and waits until it accepts.
  ///
  /// - Parameter output: the file that what it writes goes to; nowhere where it is nil.
  init(_ arguments: [String], in folder: URL? = nil, output: URL? = nil) throws {
    let port = try Self.freePort()
    self.port = port
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments.map { $0.replacing("PORT", with: "\(port)") }
    process.currentDirectoryURL = folder
    process.standardInput = Pipe()
    process.standardOutput = FileHandle.nullDevice
    if let output {
      _ = FileManager.default.createFile(atPath: output.path, contents: nil)
      process.standardOutput = try FileHandle(forWritingTo: output)
    }
    process.standardError = FileHandle.nullDevice
    try process.run()
    for _ in 0..<1000 where process.isRunning {
      if Self.isListening(port) { return }
      usleep(10_000)
    }
    stop()
    throw NotReady(output: arguments.joined(separator: " "))
  }

  deinit { stop() }

  func stop() {
    guard process.isRunning else { return }
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  var isRunning: Bool { process.isRunning }

  /// Stops its turn; it still has its connections, and no longer reads.
  func pause() { kill(process.processIdentifier, SIGSTOP) }

  /// Goes on after `pause`.
  func resume() { kill(process.processIdentifier, SIGCONT) }

  /// Whether something listens on `port`, told by the kernel's table: connecting would be served.
  private static func isListening(_ port: UInt16) -> Bool {
    let text = (try? String(contentsOfFile: "/proc/net/tcp", encoding: .utf8)) ?? ""
    let place = "0100007F:" + String(format: "%04X", port) + " 00000000:0000 0A"
    let everywhere = "00000000:" + String(format: "%04X", port) + " 00000000:0000 0A"
    return text.contains(place) || text.contains(everywhere)
  }

  /// A port nobody listens on; the kernel gives them in turn, so that two tests get different ones.
  static func freePort() throws -> UInt16 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    try withUnsafeMutablePointer(to: &address) { pointer in
      try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        guard bind(descriptor, address, length) == 0, getsockname(descriptor, address, &length) == 0
        else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
      }
    }
    return UInt16(bigEndian: address.sin_port)
  }
}

/// Runs a tool to its end.
func runTool(_ arguments: [String], in folder: URL) throws {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = arguments
  process.currentDirectoryURL = folder
  process.standardOutput = FileHandle.nullDevice
  process.standardError = FileHandle.nullDevice
  try process.run()
  process.waitUntilExit()
  guard process.terminationStatus == 0 else {
    throw ServerProcess.NotReady(output: arguments.joined(separator: " "))
  }
}
