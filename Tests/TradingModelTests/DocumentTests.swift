import Foundation
import Testing
import TradingModel

/// The generated parts of `docs/`. `NEEDLETAIL_WRITE_DOCS=1` writes them instead of comparing.
@Suite struct DocumentTests {
  static func url(_ name: String) -> URL {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("docs/\(name)")
  }

  /// The text before, between and behind the marks `<!-- mark -->` and `<!-- /mark -->`.
  static func parts(_ name: String, _ mark: String) throws -> [String] {
    let text = try String(contentsOf: url(name), encoding: .utf8)
    let (open, close) = ("<!-- \(mark) -->\n", "<!-- /\(mark) -->")
    let begin = try #require(text.range(of: open))
    let end = try #require(text.range(of: close, range: begin.upperBound..<text.endIndex))
    return [
      String(text[..<begin.upperBound]), String(text[begin.upperBound..<end.lowerBound]),
      String(text[end.lowerBound...]),
    ]
  }

  static func transitionTable() -> String {
    var lines = [
      "| Input | " + OrderRow.allCases.map { "\($0)" }.joined(separator: " | ") + " |",
      "|---" + String(repeating: "|---", count: OrderRow.allCases.count) + "|",
    ]
    for input in OrderInput.allCases {
      let cells = OrderRow.allCases.map { row in
        let cell = OrderTransitions.cell(row, input)
        return switch cell.disposition {
        case .apply: "\(cell.next)"
        case .applyWithAlert: "**\(cell.next) !**"
        case .ignoreDuplicate: "`=`"
        case .quarantine: "**x**"
        }
      }
      lines.append("| `\(input)` | " + cells.joined(separator: " | ") + " |")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  @Test func orderModelHoldsTheTransitionTable() throws {
    let expected = Self.transitionTable()
    let parts = try Self.parts("order-model.md", "transitions")
    if ProcessInfo.processInfo.environment["NEEDLETAIL_WRITE_DOCS"] == "1" {
      try (parts[0] + expected + parts[2]).write(
        to: Self.url("order-model.md"), atomically: true, encoding: .utf8)
      return
    }
    #expect(parts[1] == expected, "docs/order-model.md is to hold:\n\(expected)")
  }

  @Test func recordsNameEveryKind() throws {
    let lines = try Self.parts("records.md", "kinds")[1].split(separator: "\n").dropFirst(2)
    #expect(lines.count == RecordKind.allCases.count)
    for (line, kind) in zip(lines, RecordKind.allCases) {
      let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      let role = kind.isOutput ? "output" : kind.rawValue >= 96 ? "proof" : "input"
      let size = "\(kind.fixedByteCount)" + (kind.isVariable ? "+" : "")
      let head = ["\(kind.rawValue)", "\(kind)", kind.isMarket ? "market" : "control", role, size]
      #expect(Array(cells.prefix(5)) == head)
      try checkFields(cells[5], of: kind)
    }
  }

  /// Fields stand in order, do not overlap, are aligned to their size (16-byte amounts to 8), and end
  /// with the record.
  private func checkFields(_ text: String, of kind: RecordKind) throws {
    let sizes = ["u8": 1, "u16": 2, "u32": 4, "u64": 8, "i64": 8, "i128": 16, "32": 32]
    var end = RecordHeader.byteCount
    for field in text.split(separator: ", ") where text != "none" {
      let words = field.split(separator: " ")
      guard let offset = Int(words[0]), offset < kind.fixedByteCount else {
        #expect(kind.isVariable, "\(kind): \(field)")
        break
      }
      guard words[1] != "text" else { break }
      let size = try #require(sizes[String(words[1])], "\(kind): \(field)")
      #expect(offset >= end && offset % min(size, 8) == 0, "\(kind): \(field)")
      end = offset + size
    }
    #expect((end + 7) & ~7 == kind.fixedByteCount, "\(kind) ends at \(end)")
  }
}
