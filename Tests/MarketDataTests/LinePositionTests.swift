import Testing
import TradingModel

@testable import MarketData

/// One book, whose updates come over two lines.
@Suite struct LinePositionTests {
  private struct Lines {
    var book: DepthSynchronizer
    var positions = [LinePosition(), LinePosition()]

    init(_ rule: SequenceRule, snapshot: UInt64) {
      book = DepthSynchronizer(rule: rule, isShared: true)
      book.snapshot(snapshot)
    }

    mutating func give(
      _ line: Int, _ first: UInt64, _ final: UInt64, after previous: UInt64 = 0
    ) -> SequenceDecision {
      book.decide(first: first, final: final, previous: previous, over: &positions[line])
    }

    mutating func take(_ id: UInt64, _ line: Int) -> Bool {
      book.snapshot(id, over: &positions[line])
    }
  }

  private func gap(_ last: UInt64, _ first: UInt64, _ final: UInt64) -> SequenceDecision {
    .gap(SequenceGap(last: last, foundFirst: first, foundLast: final))
  }

  @Test func whatOneBroughtTheOtherRepeats() {
    var lines = Lines(SequenceRule(.first, joinDistance: 1), snapshot: 100)
    #expect(lines.give(0, 101, 103) == .apply)
    #expect(lines.give(1, 101, 103) == .dropOld)
    #expect(lines.give(1, 104, 104) == .apply)
    #expect(lines.give(0, 104, 104) == .dropOld)
    #expect(lines.positions[0].isInSequence(with: lines.book))
  }

  /// The lines need not cut the updates at the same numbers.
  @Test func whatReachesBeyondTheBookContinuesIt() {
    var first = Lines(SequenceRule(.first, joinDistance: 1), snapshot: 100)
    #expect(first.give(0, 101, 105) == .apply)
    #expect(first.give(1, 103, 107) == .apply)
    #expect(first.give(0, 106, 107) == .dropOld)
    #expect(first.give(0, 109, 110) == gap(107, 109, 110))
    var previous = Lines(SequenceRule(.previous), snapshot: 100)
    #expect(previous.give(0, 101, 105, after: 100) == .apply)
    #expect(previous.give(1, 104, 107, after: 103) == .apply)
    #expect(previous.give(1, 110, 112, after: 108) == gap(107, 110, 112))
  }

  /// A gap is only found: what lies between may come.
  @Test func aGapIsNotGivenUpByItself() {
    var lines = Lines(SequenceRule(.last), snapshot: 100)
    #expect(lines.give(0, 102, 102) == gap(100, 102, 102))
    #expect(lines.book.state == .synced)
    #expect(lines.give(1, 101, 101) == .apply)
    #expect(lines.give(1, 102, 102) == .apply)
    #expect(lines.give(0, 104, 104) == gap(102, 104, 104))
    lines.book.giveUp()
    #expect(lines.book.state == .gap)
    #expect(lines.give(1, 103, 103) == .buffer)
  }

  @Test func aLineThatIsBehindARestartRepeats() {
    var lines = Lines(SequenceRule(.previous, mayRestart: true), snapshot: 100)
    for line in 0..<2 { _ = lines.give(line, 101, 101, after: 100) }
    #expect(lines.give(0, 102, 102, after: 101) == .apply)
    #expect(lines.give(0, 5, 5, after: 102) == .apply)
    #expect(lines.give(0, 6, 6, after: 5) == .apply)
    #expect(!lines.positions[1].isInSequence(with: lines.book))
    // Higher numbers, and older.
    #expect(lines.give(1, 102, 102, after: 101) == .dropOld)
    #expect(lines.give(1, 5, 5, after: 102) == .dropOld)
    #expect(lines.give(1, 6, 6, after: 5) == .dropOld)
    #expect(lines.give(1, 7, 7, after: 6) == .apply)
    #expect(lines.give(1, 7, 7, after: 7) == .dropOld)
    #expect(lines.positions[0].isInSequence(with: lines.book))
  }

  @Test func aLineMayBeginWithTheRestart() {
    var lines = Lines(SequenceRule(.previous, mayRestart: true), snapshot: 100)
    #expect(lines.give(1, 5, 5, after: 100) == .apply)
    #expect(lines.give(1, 6, 6, after: 5) == .apply)
  }

  private func take(_ lines: inout Lines, _ id: UInt64, _ line: Int) -> Bool {
    lines.take(id, line)
  }

  @Test func snapshotsAreTakenWhenTheyAreNewer() {
    var lines = Lines(SequenceRule(.last), snapshot: 0)
    #expect(take(&lines, 100, 0) == true)
    #expect(lines.give(0, 101, 101) == .apply)
    #expect(take(&lines, 100, 1) == false)
    #expect(take(&lines, 101, 1) == false)
    #expect(lines.give(1, 102, 102) == .apply)
    // The service was started anew: each line tells of it.
    #expect(take(&lines, 1, 0) == true)
    #expect(lines.give(0, 2, 2) == .apply)
    #expect(lines.give(1, 103, 103) == .dropOld)
    #expect(take(&lines, 1, 1) == false)
    #expect(lines.give(1, 2, 2) == .dropOld)
    #expect(lines.give(1, 3, 3) == .apply)
    // Whatever comes first mends a gap.
    lines.book.giveUp()
    lines.positions = [LinePosition(), LinePosition()]
    #expect(take(&lines, 2, 1) == true)
    #expect(lines.book.state == .synced)
  }
}
