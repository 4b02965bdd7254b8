import Foundation
import MatchingEngine
import Testing

@testable import MatchLines

/// docs/matching-messages.md says what is so.
@Suite struct MatchingMessagesTests {
  /// The text under the heading of each operation.
  private func sections() throws -> [String: String] {
    let text = try Place.text("docs/matching-messages.md")
    var sections: [String: String] = [:]
    for part in text.components(separatedBy: "\n### `").dropFirst() {
      let name = part.prefix { $0 != "`" }
      sections[String(name)] = part.components(separatedBy: "\n## ")[0]
    }
    return sections
  }

  /// The names in the first column of a table.
  private func fields(_ section: String) -> [String] {
    section.split(separator: "\n").filter { $0.hasPrefix("| `") }.flatMap { row in
      row.split(separator: "|")[0].split(separator: "`").filter { $0.allSatisfy(isNamePart) }
    }.map(String.init)
  }

  private func isNamePart(_ character: Character) -> Bool {
    character == "_" || character.isLowercase
  }

  @Test func everyOperationAndFieldIsThere() throws {
    let sections = try sections()
    #expect(Set(sections.keys) == Set(MatchOperation.allCases.map(\.rawValue)))
    for operation in MatchOperation.allCases {
      let described = fields(sections[operation.rawValue] ?? "")
      #expect(described.sorted() == operation.fields.sorted(), "\(operation)")
    }
  }

  @Test func everyExampleIsAcceptedAndEveryFieldHasOne() throws {
    for (name, section) in try sections() {
      var used: Set<String> = []
      var isExample = false
      for line in section.split(separator: "\n") {
        if line.hasPrefix("```") { isExample = line == "```json" }
        guard isExample, line.hasPrefix("{") else { continue }
        let json = try JSONLine(Array(line.utf8))
        #expect(json.entry("op")?.value == .text(name))
        used.formUnion(json.entries.map(\.key))
        guard case .request = try MatchLineReader.line(Array(line.utf8), MatchScales()) else {
          Issue.record("\(line) is no request")
          continue
        }
      }
      #expect(used.isSuperset(of: MatchOperation(rawValue: name)?.fields ?? []), "\(name)")
    }
  }

  @Test func everyNameIsThere() throws {
    let text = try Place.text("docs/matching-messages.md")
    let kinds = ReportKind.allCases.map(\.spelling)
    let reasons = MatchReason.allCases.filter { $0 != .none }.map(\.spelling)
    for name in kinds + reasons { #expect(text.contains("`\(name)`"), "\(name)") }
  }
}
