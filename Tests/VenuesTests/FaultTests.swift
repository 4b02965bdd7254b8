import Foundation
import MarketData
import Testing
import TradingModel

@testable import Venues

@Suite struct FaultTests {
  private func lines(_ lines: [String]) -> String { lines.joined(separator: "\n") + "\n" }

  private func run(_ scratch: Scratch, _ text: [String], _ more: [String] = []) throws -> BookOutput
  {
    let path = scratch.file("capture", lines(text))
    return try BookOutput(["--feed", "binance-usdm:\(path)"] + more)
  }

  @Test func aLostLineIsAGapAndUnsyncs() throws {
    let output = try run(
      Scratch(),
      [
        Sample.snapshot(10), Sample.depth(first: 9, final: 12, previous: 8),
        Sample.depth(first: 16, final: 18, previous: 15, bids: #"["101","1"]"#),
        Sample.depth(first: 19, final: 20, previous: 18), Sample.trade(1),
      ], ["--at", "1,2,last"])
    #expect(output.exitCode == 0)
    // Nothing is applied behind the gap, and the last point says so.
    #expect(output.points.count == 2)
    #expect(output.points[0]["synced"]?.bool == true)
    #expect(output.points[1]["update"]?.int == 1 && output.points[1]["synced"]?.bool == false)
    #expect(output.points[1]["sequence"]?.int == 12)
    #expect(output.points[1]["bids"]?.rows == [["100.1", "2"], ["100", "5"]])
    let totals = try #require(output.totals)
    #expect(totals["applied"]?.int == 1 && totals["held"]?.int == 2)
    #expect(totals["gaps"]?.int == 1 && totals["synced"]?.bool == false)
    let gap = totals["gap_list"]?.items.first
    #expect(gap?["last"]?.int == 12)
    #expect(gap?["found_first"]?.int == 16 && gap?["found_last"]?.int == 18)
    #expect(totals["trades"]?.int == 1)
  }

  @Test func aSnapshotAfterTheGapHealsWithWhatWasHeld() throws {
    let output = try run(
      Scratch(),
      [
        Sample.snapshot(10), Sample.depth(first: 9, final: 12, previous: 8),
        Sample.depth(first: 16, final: 18, previous: 15),
        Sample.depth(first: 19, final: 20, previous: 18, bids: #"["102","1"]"#),
        Sample.depth(first: 21, final: 25, previous: 20, bids: #"["103","1"]"#),
        Sample.snapshot(19, bids: #"["99","9"]"#),
        Sample.depth(first: 26, final: 27, previous: 25, bids: #"["104","1"]"#),
      ], ["--every", "1"])
    let totals = try #require(output.totals)
    #expect(totals["gaps"]?.int == 1 && totals["synced"]?.bool == true)
    // 18 is in the second snapshot; 20, 25 and 27 follow it.
    #expect(totals["applied"]?.int == 4 && totals["dropped"]?.int == 1)
    #expect(totals["held"]?.int == 0)
    #expect(output.points.map { $0["sequence"]?.int } == [12, 20, 25, 27])
    let last = output.points.last?["bids"]?.rows
    #expect(last == [["104", "1"], ["103", "1"], ["102", "1"], ["99", "9"]])
  }

  @Test(.enabled(if: Recordings.areThere, "no ../shared/data"))
  func everyDroppedUpdateOfARecordingIsFound() throws {
    // The Bybit capture with one delta left out.
    let path = Recordings.feed("bybit/xrpusdt_ob500_20241201.gz")
    var reader = try GzipLineReader(path: path)
    var text: [String] = []
    while let line = try reader.next() { text.append(String(decoding: line, as: UTF8.self)) }
    #expect(text.count == 30)
    for missing in [1, 13, 28] {
      var shorter = text
      shorter.remove(at: missing)
      let scratch = try Scratch()
      let file = scratch.file("bybit", lines(shorter))
      let totals = try #require(try BookOutput(["--feed", "bybit:\(file)"]).totals)
      #expect(totals["gaps"]?.int == 1 && totals["synced"]?.bool == false)
      #expect(totals["applied"]?.int == missing)
      #expect(totals["discarded"]?.int == 29 - missing)
    }
  }

  @Test func aMalformedLineNamesItsPlace() throws {
    let good = [Sample.snapshot(10), Sample.depth(first: 9, final: 12, previous: 8)]
    let bad = Sample.depth(first: 13, final: 14, previous: 12, bids: #"["100.10","2.0x"]"#)
    let scratch = try Scratch()
    let path = scratch.file("capture", lines(good + [bad]))
    let survey = try CaptureSurvey(kind: .binanceUSDM, files: [path])
    let column = bad.utf8.count - #"2.0x"]],"a":[["100.20","1.500"]]}}"#.utf8.count + 1
    let before = lines(good).utf8.count
    guard case .malformed(let file, let line, let found, let offset, _, _)? = survey.fault else {
      Issue.record("a malformed line was expected, got \(String(describing: survey.fault))")
      return
    }
    #expect(file == path && line == 3 && found == column && offset == before + column - 1)
    // What stands before it was given.
    let output = try run(scratch, good + [bad], ["--every", "1"])
    #expect(output.exitCode == 2 && output.points.count == 1 && output.totals == nil)
  }

  @Test(.enabled(if: Recordings.areThere, "no ../shared/data")) func filesThatAreNotWhole() throws {
    let scratch = try Scratch()
    let whole = try #require(
      FileManager.default.contents(atPath: Recordings.feed("bybit/xrpusdt_ob500_20241201.gz")))
    let bytes = [UInt8](whole)
    func fault(_ bytes: [UInt8]) throws -> (FeedError?, Int) {
      let path = scratch.file("some.gz", bytes)
      var count = 0
      do throws(FeedError) {
        var reader = try GzipLineReader(path: path)
        while try reader.next() != nil { count += 1 }
      } catch {
        return (error, count)
      }
      return (nil, count)
    }
    #expect(try fault(bytes) == (nil, 30))
    // Two members are one stream, and zeros behind it are padding.
    #expect(try fault(bytes + bytes + [0, 0, 0]) == (nil, 60))
    guard
      case (.truncatedGzip(_, let line, let offset)?, let count) = try fault(
        Array(bytes.prefix(bytes.count / 2)))
    else {
      Issue.record("a truncated file was expected")
      return
    }
    #expect(line == count && count > 0 && count < 30 && offset == bytes.count / 2)
    var flipped = bytes
    flipped[bytes.count - 6] ^= 1
    guard case (.brokenGzip?, 30) = try fault(flipped) else {
      Issue.record("a wrong checksum was expected")
      return
    }
    guard case (.brokenGzip?, 30) = try fault(bytes + Array("tail".utf8)) else {
      Issue.record("bytes behind the stream were expected to be refused")
      return
    }
    guard case (.truncatedGzip?, 30) = try fault(bytes + [0x1F, 0x8B]) else {
      Issue.record("half a header was expected to be refused")
      return
    }
    guard case (.truncatedGzip?, 0) = try fault(Array(bytes.prefix(2))) else {
      Issue.record("a header alone was expected to be refused")
      return
    }
    #expect(try fault([]) == (nil, 0))
  }

  @Test func linesOfAllLengths() throws {
    let scratch = try Scratch()
    let long = String(repeating: "x", count: 600_000)
    let path = scratch.file("lines", "a\r\n\n\(long)\nlast")
    var reader = try GzipLineReader(path: path)
    var found: [Int] = []
    var offsets: [Int] = []
    while let line = try reader.next() {
      found.append(line.count)
      offsets.append(reader.lineOffset)
    }
    #expect(found == [1, 0, 600_000, 4])
    #expect(offsets == [0, 3, 4, 600_005])
    do throws(FeedError) {
      var short = try GzipLineReader(path: path, lineByteMax: 1_000)
      while try short.next() != nil {}
      Issue.record("a line too long was expected")
    } catch {
      #expect(error == .lineTooLong(file: path, line: 3, byteOffset: 4, limit: 1_000))
    }
  }

  @Test func usageMistakes() throws {
    let scratch = try Scratch()
    let two = scratch.file(
      "two", lines([Sample.trade(1), Sample.trade(2, symbol: "ETHUSDT")]))
    #expect(throws: FeedError.symbolNeeded(known: ["BTCUSDT", "ETHUSDT"])) {
      _ = try CaptureSurvey(kind: .binanceUSDM, files: [two]).scale(symbol: nil)
    }
    #expect(throws: FeedError.unknownSymbol("XRPUSDT", known: ["BTCUSDT", "ETHUSDT"])) {
      _ = try CaptureSurvey(kind: .binanceUSDM, files: [two]).scale(symbol: "XRPUSDT")
    }
    let one = try BookOutput(["--feed=binance-usdm:\(two)", "--symbol=ETHUSDT"])
    #expect(one.exitCode == 0 && one.totals?["trades"]?.int == 1)
    #expect(one.totals?["messages"]?["other"]?.int == 1)
    for arguments in [
      [], ["--fed", "x"], ["--feed"], ["--feed", "binance:x"], ["--feed", "bybit"],
      ["--feed", "bybit:\(scratch.path)/none"], ["--feed", "bybit:"],
      ["--feed", "bybit:\(two)", "--at", "0"], ["--feed", "bybit:\(two)", "--every", "x"],
      ["--feed", "binance-usdm:\(two)"], ["--feed", "bybit:\(two)"],
      ["--feed", "csv:\(two)"], ["--feed", "cme-mbo:\(two)"],
      ["--feed", "binance-usdm:\(two)", "--symbol", "BTCUSDT", "--instruments", "\(two)"],
    ] {
      let output = try BookOutput(arguments)
      #expect(output.exitCode == 2, "\(arguments)")
      #expect(output.points.isEmpty && output.totals == nil)
    }
    #expect(try BookOutput(["--help"].filter { $0 != "--help" } + ["--levels"]).exitCode == 2)
  }

  /// Two symbols in one capture: both books, each by its own numbers.
  @Test func severalSymbolsSideBySide() throws {
    let scratch = try Scratch()
    let first = scratch.file(
      "btc", lines([Sample.snapshot(10), Sample.depth(first: 9, final: 12, previous: 8)]))
    let second = scratch.file(
      "eth",
      lines([
        Sample.snapshot(20, bids: #"["7","1"]"#),
        Sample.depth(first: 19, final: 22, previous: 8, bids: "", asks: "", symbol: "ETHUSDT"),
        Sample.depth(first: 13, final: 15, previous: 12),
      ]))
    let survey = try CaptureSurvey(kind: .binanceUSDM, files: [first, second])
    #expect(survey.symbols.map(\.name) == ["BTCUSDT", "ETHUSDT"])
    let scales = try ["BTCUSDT", "ETHUSDT"].enumerated().map {
      try survey.scale(symbol: $1, listing: ListingIndex($0))
    }
    var feed = try CaptureFeed(survey: survey, following: scales)
    var buffer = RecordBuffer(capacity: CaptureFeed.recordCapacity)
    while try feed.next(into: &buffer) {}
    var updates: [[UInt64]] = [[], []]
    forEachRecord(buffer) { kind, _, record in
      let update = BookUpdate(at: record)
      if kind == .bookUpdate { updates[Int(update.listing)].append(update.venueSequence) }
    }
    // The second file holds two symbols, so its snapshot cannot be told to be of either.
    #expect(updates == [[10, 12, 15], []])
    let counts = feed.counts
    #expect(counts.unattributedSnapshots == 1)
  }
}
