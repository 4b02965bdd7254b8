import Foundation
import Testing
import TradingModel

@testable import Venues

/// A recording whose writer was killed is used up to its last whole line.
@Suite struct CaptureTruncationTests {
  /// Records frames, and takes the file's bytes as they are after each of `flushes`, before it is closed.
  private func recorded(
    _ scratch: Scratch, _ lines: [String], flushedAfter flushes: [Int]
  ) throws -> [[UInt8]] {
    let writer = try CaptureWriter(
      directory: scratch.path, venue: "some", symbols: ["BTCUSDT"], rotation: 0)
    var found: [[UInt8]] = []
    for (index, line) in lines.enumerated() {
      let space = try #require(line.firstIndex(of: " "))
      let time = try #require(Timestamp(line[..<space]))
      Array(line[line.index(after: space)...].utf8).withUnsafeBytes {
        writer.record(symbol: 0, $0, received: time)
      }
      guard flushes.contains(index + 1) else { continue }
      writer.flush()
      found.append([UInt8](FileManager.default.contents(atPath: writer.paths[0]) ?? Data()))
    }
    writer.close()
    #expect(writer.failure == nil)
    found.append([UInt8](FileManager.default.contents(atPath: writer.paths[0]) ?? Data()))
    return found
  }

  private let lines = [
    Sample.snapshot(10), Sample.depth(first: 9, final: 12, previous: 8),
    Sample.depth(first: 13, final: 14, previous: 12),
    Sample.depth(first: 15, final: 16, previous: 14),
  ]

  @Test func whatWasFlushedIsReadAndTheRestIsTold() throws {
    let scratch = try Scratch()
    let states = try recorded(scratch, lines, flushedAfter: [3])
    let cut = scratch.file("cut.gz", states[0])
    let survey = try CaptureSurvey(kind: .binanceUSDM, files: [cut])
    #expect(survey.fault == nil && survey.lineCount == 3)
    let told = CaptureTruncation(file: cut, line: 3, fileLength: states[0].count)
    #expect(survey.truncations == [told])
    #expect("\(told)".hasPrefix("\(cut):3: "))
    let output = try BookOutput(["--feed", "binance-usdm:\(cut)"])
    let totals = try #require(output.totals)
    #expect(output.exitCode == 0 && totals["lines"]?.int == 3 && totals["applied"]?.int == 2)
    let listed = try #require(totals["truncated"]?.items)
    #expect(listed.count == 1 && listed.first?["line"]?.int == 3)
    #expect(listed.first?["file"]?.text == cut)
  }

  @Test func aFileGoesOnWhereACutOneEnds() throws {
    let scratch = try Scratch()
    let states = try recorded(scratch, lines, flushedAfter: [2])
    let cut = scratch.file("cut.gz", states[0])
    let rest = scratch.file("rest", lines[2...].map { $0 + "\n" }.joined())
    let totals = try #require(try BookOutput(["--feed", "binance-usdm:\(cut),\(rest)"]).totals)
    #expect(totals["lines"]?.int == 4 && totals["applied"]?.int == 3)
    #expect(totals["gaps"]?.int == 0 && totals["truncated"]?.items.count == 1)
  }

  @Test func everyPlaceAtWhichAFileMayEndGivesWholeLinesOnly() throws {
    let scratch = try Scratch()
    let whole = try #require(try recorded(scratch, lines, flushedAfter: [1, 2, 3]).last)
    #expect(try BookOutput(["--feed", "binance-usdm:\(scratch.file("all", whole))"]).exitCode == 0)
    var lineCounts: Set<Int> = []
    for count in stride(from: whole.count - 1, to: 18, by: -1) {
      let path = scratch.file("part", Array(whole.prefix(count)))
      var feed = try CaptureLines(files: [path])
      while let line = try feed.next() {
        #expect(String(decoding: line, as: UTF8.self) == lines[feed.lineCount - 1])
      }
      // Asked again, it tells nothing new.
      #expect(try feed.next() == nil)
      #expect(feed.truncations.map(\.line) == [feed.lineCount])
      lineCounts.insert(feed.lineCount)
    }
    #expect(lineCounts == [0, 1, 2, 3, 4])
  }

  /// Plain text as well: wherever it ends, its whole lines are read, and one that is only begun is told.
  @Test func plainTextIsReadToItsLastWholeLineToo() throws {
    let scratch = try Scratch()
    let text = Array(lines.map { $0 + "\n" }.joined().utf8)
    var toldCount = 0
    // Without an update nothing names the symbol.
    let least = lines[0].utf8.count + lines[1].utf8.count
    for count in stride(from: text.count, to: least, by: -1) {
      let path = scratch.file("part", Array(text.prefix(count)))
      let begun = text.prefix(count)
      let endedCount = begun.count { $0 == 0x0A }
      let isWhole =
        begun.last == 0x0A
        || lines.indices.contains(endedCount)
          && begun.suffix(lines[endedCount].utf8.count).elementsEqual(lines[endedCount].utf8)
      let survey = try CaptureSurvey(kind: .binanceUSDM, files: [path])
      #expect(survey.fault == nil, "\(count) bytes")
      #expect(survey.lineCount == endedCount + (isWhole && begun.last != 0x0A ? 1 : 0))
      let told = CaptureTruncation(file: path, line: endedCount, fileLength: count)
      #expect(survey.truncations == (isWhole ? [] : [told]))
      toldCount += survey.truncations.count
    }
    #expect(toldCount > 100)
    let cut = scratch.file("cut", Array(text.dropLast(20)))
    let rest = scratch.file("rest", lines[3] + "\n")
    let totals = try #require(try BookOutput(["--feed", "binance-usdm:\(cut),\(rest)"]).totals)
    #expect(totals["lines"]?.int == 4 && totals["applied"]?.int == 3 && totals["gaps"]?.int == 0)
    let listed = try #require(totals["truncated"]?.items)
    #expect(listed.count == 1 && listed.first?["line"]?.int == 3)
  }

  /// A last line that is ended, or that something follows, was not cut off: it is broken.
  @Test func anEndedLineThatCannotBeReadIsRefused() throws {
    let scratch = try Scratch()
    let begun = lines[1].dropLast(20)
    for text in ["\(lines[0])\n\(begun)\n", "\(lines[0])\n\(begun)\n\(lines[2])"] {
      let path = scratch.file("broken", text)
      let survey = try CaptureSurvey(kind: .binanceUSDM, files: [path])
      #expect(survey.truncations.isEmpty)
      guard case .malformed(_, line: 2, _, _, _, _)? = survey.fault else {
        Issue.record("line 2 was expected to be refused, got \(String(describing: survey.fault))")
        continue
      }
    }
  }

  @Test func aWholeFileTellsNothingAndABrokenOneIsRefused() throws {
    let scratch = try Scratch()
    let whole = try #require(try recorded(scratch, lines, flushedAfter: []).last)
    let good = try BookOutput(["--feed", "binance-usdm:\(scratch.file("good", whole))"])
    #expect(good.exitCode == 0 && good.totals?["truncated"]?.items.count == 0)
    var flipped = whole
    flipped[whole.count - 6] ^= 1
    let broken = try BookOutput(["--feed", "binance-usdm:\(scratch.file("broken", flipped))"])
    #expect(broken.exitCode == 2 && broken.totals == nil)
  }
}
