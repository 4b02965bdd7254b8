import Foundation
import Testing

@testable import NeedletailCommands

/// What concerns one venue stands in its folder: adding one changes nothing outside it but a line of the
/// registry.
struct VenueNamesTests {
  /// The package's own folder.
  private static let package = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private static let registry = "Sources/Apps/NeedletailCommands/VenueRegistry.swift"

  /// The only lines that may name a venue: an entry of the registry, whole.
  private static func isEntry(_ line: Substring) -> Bool {
    let entry = /\s+(KnownVenue\(\w+\.self, simulated: (\w+\.self|nil)\)|\w+\.self),/
    return line.wholeMatch(of: entry) != nil
  }

  @Test func noFileOutsideItsFolderNamesAVenue() throws {
    let files = FileManager.default
    let venues = try files.contentsOfDirectory(
      atPath: Self.package.appending(path: "Sources/Venues").path)
    #expect(!venues.isEmpty)
    let sources = try #require(
      files.enumerator(atPath: Self.package.appending(path: "Sources").path))
    let paths = sources.compactMap { ($0 as? String).map { "Sources/" + $0 } }
    var offences: [String] = []
    for path in ["Package.swift"] + paths.sorted() {
      // A folder, or no text.
      guard
        let text = try? String(
          contentsOfFile: Self.package.appending(path: path).path, encoding: .utf8)
      else { continue }
      let others = venues.filter { !path.hasPrefix("Sources/Venues/\($0)/") }
      offences += Self.names(of: others, in: text, path)
    }
    #expect(offences.isEmpty, "\n\(offences.joined(separator: "\n"))")
  }

  /// A fuzz target named by a venue is about that one; those of other names are about none.
  @Test func noFuzzTargetNamesAnotherVenue() throws {
    let venues = try FileManager.default.contentsOfDirectory(
      atPath: Self.package.appending(path: "Sources/Venues").path)
    let targets = try FileManager.default.contentsOfDirectory(
      atPath: Self.package.appending(path: "Fuzz").path)
    var offences: [String] = []
    var subjects: Set<String> = []
    for target in targets {
      let own = venues.filter { target.hasPrefix($0) }
      subjects.formUnion(own)
      for path in try Self.files(in: "Fuzz/\(target)") {
        guard let text = Self.text(path) else { continue }
        let others = venues.filter { !own.contains($0) }
        offences += Self.names(of: others, in: text, path)
      }
    }
    #expect(offences.isEmpty, "\n\(offences.joined(separator: "\n"))")
    // Whatever trades there has decoders that read a stranger's bytes.
    let traded = VenueRegistry.all.map { "\($0.adapter)" }
    for venue in venues where traded.contains(where: { $0.hasPrefix(venue) }) {
      #expect(subjects.contains(venue), "no folder of Fuzz begins with \(venue)")
    }
  }

  /// A script may take a venue as its example; one that names several keeps a list, to which the next
  /// venue would have to be added.
  @Test func noScriptKeepsAListOfVenues() throws {
    let venues = try FileManager.default.contentsOfDirectory(
      atPath: Self.package.appending(path: "Sources/Venues").path)
    let scripts = try Self.files(in: ".ci") + ["run", "test"]
    #expect(scripts.count > 2)
    for path in scripts {
      let text = try #require(Self.text(path)).lowercased()
      let named = venues.filter { text.contains($0.lowercased()) }
      #expect(named.count <= 1, "\(path) names \(named)")
    }
  }

  /// The files in a folder of the package, whole paths from there.
  private static func files(in folder: String) throws -> [String] {
    let found = try #require(
      FileManager.default.enumerator(atPath: package.appending(path: folder).path))
    return found.compactMap { ($0 as? String).map { "\(folder)/\($0)" } }
  }

  /// Nil for a folder, or what is no text.
  private static func text(_ path: String) -> String? {
    try? String(contentsOfFile: package.appending(path: path).path, encoding: .utf8)
  }

  /// `file:line: text` of each line that names one of `venues` and may not.
  static func names(of venues: [String], in text: String, _ path: String) -> [String] {
    var found: [String] = []
    if let name = venues.first(where: { path.localizedCaseInsensitiveContains($0) }) {
      found.append("\(path):0: its path names \(name)")
    }
    let names = venues.map { $0.lowercased() }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      let lowercased = line.lowercased()
      guard names.contains(where: { lowercased.contains($0) }) else { continue }
      if path == registry, isEntry(line) { continue }
      found.append("\(path):\(index + 1): \(line)")
    }
    return found
  }

  @Test func tellsWhereAVenueIsNamed() {
    let text = "let a = 1\n// as Acme does\n    KnownVenue(Acme.self, simulated: nil),\n"
    #expect(
      Self.names(of: ["ACME"], in: text, "Sources/Core/A.swift") == [
        "Sources/Core/A.swift:2: // as Acme does",
        "Sources/Core/A.swift:3:     KnownVenue(Acme.self, simulated: nil),",
      ])
    #expect(
      Self.names(of: ["ACME"], in: text, Self.registry) == ["\(Self.registry):2: // as Acme does"])
    #expect(Self.names(of: ["ACME"], in: "", "Sources/Core/Acme.swift").count == 1)
  }
}
