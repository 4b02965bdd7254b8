import Foundation
import NeedletailCommands
import Testing

@testable import Venues

/// What one run of `needletail book` printed.
struct BookOutput {
  var exitCode: Int32
  var points: [JSONNode]
  var totals: JSONNode?

  /// Runs the command in this process, its output going to a file.
  init(_ arguments: [String]) throws {
    let path = NSTemporaryDirectory() + "needletail-book-" + UUID().uuidString
    let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    try #require(descriptor >= 0)
    defer {
      close(descriptor)
      unlink(path)
    }
    exitCode = runBookCommand(arguments: arguments, output: descriptor)
    let data = FileManager.default.contents(atPath: path) ?? Data()
    var lines = try data.split(separator: 0x0A).map { try JSONNode.parse(Array($0)) }
    totals = lines.last?["totals"]
    if totals != nil { lines.removeLast() }
    points = lines
  }
}
