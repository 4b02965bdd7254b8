import Foundation
import Testing

@testable import MatchLines

/// Places beside this file.
enum Place {
  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  static func text(_ path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }

  static let scenarios: [String] = {
    let folder = root.appending(path: "Tests/Scenarios").path
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasSuffix(".jsonl") }.sorted()
  }()
}

/// The rules of docs/matching-rules.md by example: each file holds what is asked and, by hand, what has
/// to come of it.
@Suite struct ScenarioTests {
  @Test func thereAreScenarios() { #expect(Place.scenarios.count > 50) }

  @Test(arguments: Place.scenarios)
  func whatComesIsWhatStandsThere(name: String) throws {
    let text = try Place.text("Tests/Scenarios/" + name)
    #expect(text.hasPrefix("# "), "A scenario begins with what it shows")
    var transcript = MatchTranscript(MatchSession(), echoes: true, verifies: true)
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
      try transcript.take(Array(line.utf8))
      transcript.session.book.checkInvariants()
    }
    transcript.finish()
    for difference in transcript.differences { Issue.record("\(name):\(difference)") }
    #expect(transcript.comparedCount > 0)
    #expect(String(decoding: transcript.session.output.bytes, as: UTF8.self) == text)
  }

  @Test func differencesAreTold() throws {
    var transcript = MatchTranscript(MatchSession(), verifies: true)
    for line in [
      #"{"op":"cancel","order_id":1}"#,
      #"{"kind":"cancel_rejected","order_id":2,"reason":"unknown_order"}"#,
      #"{"kind":"check","ok":true}"#, "", #"{"op":"check"}"#,
    ] {
      try transcript.take(Array(line.utf8))
    }
    transcript.finish()
    #expect(transcript.comparedCount == 2)
    #expect(
      transcript.differences.map(\.description) == [
        """
        2: expected {"kind":"cancel_rejected","order_id":2,"reason":"unknown_order"}
              found {"kind":"cancel_rejected","order_id":1,"reason":"unknown_order"}
        """,
        """
        3: expected {"kind":"check","ok":true}
              found nothing more
        """,
        """
        5: expected nothing more
              found {"kind":"check","ok":true}
        """,
      ])
    #expect(transcript.session.output.bytes.isEmpty)
  }
}
