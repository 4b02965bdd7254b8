import Testing
import TradingModel

@testable import MarketData

@Suite struct DepthSynchronizerTests {
  typealias Event = (first: UInt64, final: UInt64, previous: UInt64)

  private func decide(
    _ rule: SequenceRule, snapshot: UInt64?, _ events: [Event]
  ) -> [SequenceDecision] {
    var synchronizer = DepthSynchronizer(rule: rule)
    if let snapshot { synchronizer.snapshot(snapshot) }
    return events.map {
      synchronizer.decide(first: $0.first, final: $0.final, previous: $0.previous)
    }
  }

  @Test func binanceSpot() {
    let events: [Event] = [(90, 95, 0), (96, 100, 0), (99, 103, 0), (104, 104, 0), (105, 109, 0)]
    #expect(
      decide(.ranges, snapshot: 100, events) == [.dropOld, .dropOld, .apply, .apply, .apply])
    #expect(decide(.ranges, snapshot: 100, [(101, 101, 0)]) == [.apply])
    // The first lies behind the window.
    #expect(
      decide(.ranges, snapshot: 100, [(102, 105, 0), (106, 107, 0)]) == [
        .gap(SequenceGap(last: 100, foundFirst: 102, foundLast: 105)), .buffer,
      ])
    // Later ones must join exactly: a hole and an overlap are both gaps, a repeat is not.
    #expect(
      decide(.ranges, snapshot: 100, [(101, 103, 0), (105, 106, 0)])
        == [.apply, .gap(SequenceGap(last: 103, foundFirst: 105, foundLast: 106))])
    #expect(
      decide(.ranges, snapshot: 100, [(101, 103, 0), (103, 106, 0)])
        == [.apply, .gap(SequenceGap(last: 103, foundFirst: 103, foundLast: 106))])
    #expect(
      decide(.ranges, snapshot: 100, [(101, 103, 0), (101, 103, 0), (104, 104, 0)])
        == [.apply, .dropOld, .apply])
  }

  @Test func binanceFutures() {
    let events: [Event] = [(80, 99, 70), (90, 100, 80), (110, 120, 100), (130, 140, 120)]
    #expect(
      decide(.chain, snapshot: 100, events) == [.dropOld, .apply, .apply, .apply])
    #expect(
      decide(.chain, snapshot: 100, [(90, 110, 80), (120, 130, 111)])
        == [.apply, .gap(SequenceGap(last: 110, foundFirst: 120, foundLast: 130))])
    #expect(
      decide(.chain, snapshot: 100, [(105, 110, 101), (111, 112, 110)])
        == [.gap(SequenceGap(last: 100, foundFirst: 105, foundLast: 110)), .buffer])
    #expect(decide(.chain, snapshot: 100, [(105, 110, 100)]) == [.apply])
    #expect(
      decide(.chain, snapshot: 100, [(90, 110, 80), (90, 110, 80)])
        == [.apply, .dropOld])
  }

  @Test func bybit() {
    let events: [Event] = [(101, 101, 0), (101, 101, 0), (102, 102, 0), (104, 104, 0), (5, 5, 0)]
    #expect(
      decide(.steps, snapshot: 100, events) == [
        .apply, .dropOld, .apply, .gap(SequenceGap(last: 102, foundFirst: 104, foundLast: 104)),
        .buffer,
      ])
    var restarted = DepthSynchronizer(rule: .steps)
    restarted.snapshot(5_000)
    restarted.snapshot(1)
    #expect(restarted.decide(first: 2, final: 2, previous: 0) == .apply)
  }

  /// Where numbers may begin anew, a lower number tells nothing: what does not link on is a gap.
  @Test func numbersThatBeginAnew() {
    func gap(_ last: UInt64, _ found: UInt64) -> SequenceDecision {
      .gap(SequenceGap(last: last, foundFirst: found, foundLast: found))
    }
    #expect(
      decide(.restarting, snapshot: 100, [(103, 103, 100), (3, 3, 103), (5, 5, 3)])
        == [.apply, .apply, .apply])
    // The update with which they begin anew is missing.
    #expect(
      decide(.restarting, snapshot: 100, [(103, 103, 100), (5, 5, 3), (6, 6, 5)])
        == [.apply, gap(103, 5), .buffer])
    #expect(
      decide(.restarting, snapshot: 100, [(103, 103, 100), (99, 99, 98)])
        == [.apply, gap(103, 99)])
    // Behind a snapshot, older updates may still come.
    #expect(
      decide(.restarting, snapshot: 100, [(98, 98, 97), (99, 99, 98), (103, 103, 100)])
        == [.dropOld, .dropOld, .apply])
    // Told again: an update without changes, and a whole one.
    #expect(
      decide(.restarting, snapshot: 100, [(103, 103, 100), (103, 103, 103), (103, 103, 100)])
        == [.apply, .apply, .dropOld])
    // Others keep their rule.
    #expect(
      decide(.chain, snapshot: 100, [(101, 103, 100), (99, 99, 98)]) == [.apply, .dropOld])
  }

  @Test func nothingBeforeTheSnapshot() {
    for rule in [SequenceRule.ranges, .chain, .steps] {
      #expect(decide(rule, snapshot: nil, [(1, 2, 0), (3, 4, 2)]) == [.buffer, .buffer])
    }
    #expect(decide(.wholeBooks, snapshot: nil, [(9, 9, 0), (3, 3, 0)]) == [.apply, .apply])
  }

  @Test func aSnapshotHealsAGap() {
    var synchronizer = DepthSynchronizer(rule: .ranges)
    synchronizer.snapshot(10)
    #expect(synchronizer.decide(first: 11, final: 12, previous: 0) == .apply)
    guard case .gap = synchronizer.decide(first: 20, final: 21, previous: 0) else {
      Issue.record("a gap was expected")
      return
    }
    #expect(synchronizer.state == .gap)
    synchronizer.snapshot(20)
    #expect(synchronizer.state == .synced)
    #expect(synchronizer.decide(first: 20, final: 21, previous: 0) == .apply)
    synchronizer.disconnect()
    #expect(synchronizer.decide(first: 22, final: 22, previous: 0) == .buffer)
  }
}

extension SequenceRule {
  /// First and last number of each update; the snapshot's is the one before the first applied.
  fileprivate static var ranges: SequenceRule { SequenceRule(.first, joinDistance: 1) }
  /// Each update tells the number before it.
  fileprivate static var chain: SequenceRule { SequenceRule(.previous) }
  /// The same, and numbers may begin anew.
  fileprivate static var restarting: SequenceRule { SequenceRule(.previous, mayRestart: true) }
  /// One number an update, one above the other.
  fileprivate static var steps: SequenceRule { SequenceRule(.last) }
}
