import Engine
import Journal
import Strategies
import Testing
import TradingCore
import TradingModel

@Suite struct ReplayTests {
  @Test(arguments: UInt64(0)..<6)
  func aRunDecidesTheSameAgain(seed: UInt64) throws {
    let scratch = Scratch()
    let inputs = try randomInputs(seed: seed, steps: 150)
    let (state, _) = try record(inputs, in: scratch.path + "/j")
    let outcome = try verify(scratch.path + "/j")
    #expect(outcome.stateHash == state || outcome.recordedEnd?.stateHash == state)
    #expect(outcome.recordedEnd?.stateHash == state && !outcome.stoppedEarly)
    #expect(outcome.outputs > 100 && outcome.inputs == UInt64(inputs.count))
  }

  /// One field of one record changed, its checksums and chain made right again.
  @Test(arguments: UInt64(0)..<12)
  func aChangedRecordIsFound(seed: UInt64) throws {
    let scratch = Scratch()
    try record(try randomInputs(seed: seed, steps: 60), in: scratch.path + "/j")
    var all = try records(scratch.path + "/j")
    var dice = Dice(seed)
    // A report's or an output's content; texts and clock times of inputs may well change nothing.
    let candidates = all.indices.filter {
      let kind = all[$0].withUnsafeBytes { RecordHeader(at: $0.baseAddress!).kind }
      return kind == RecordKind.venueRequest.rawValue || kind == RecordKind.orderEvent.rawValue
        || kind == RecordKind.fillEvent.rawValue || kind == RecordKind.outputHash.rawValue
        || kind == RecordKind.runEnd.rawValue
    }
    let index = candidates[dice.below(candidates.count)]
    all[index][40 + dice.below(8)] ^= UInt8(1 << dice.below(8))
    try write(all, to: scratch.path + "/k")
    #expect(throws: ReplayError.self) { try verify(scratch.path + "/k") }
  }

  @Test(arguments: UInt64(0)..<6)
  func aChangedInputIsFound(seed: UInt64) throws {
    let scratch = Scratch()
    try record(try randomInputs(seed: seed, steps: 60), in: scratch.path + "/j")
    let all = try records(scratch.path + "/j")
    var dice = Dice(seed)
    func indices(_ kind: RecordKind) -> [Int] {
      all.indices.filter {
        all[$0].withUnsafeBytes { RecordHeader(at: $0.baseAddress!).kind } == kind.rawValue
      }
    }
    // A price of a book, a trade's quantity, and an input left out.
    let books = indices(.bookUpdate)
    var changed = all
    // The last one: what an earlier one said may be overwritten before anything depends on it.
    changed[books[books.count - 1]][BookUpdate.levelsOffset] ^= 1
    try write(changed, to: scratch.path + "/a")
    #expect(throws: ReplayError.self) { try verify(scratch.path + "/a") }
    if let fill = indices(.venueReport).first(where: {
      all[$0][42] == VenueReportKind.fill.rawValue
    }) {
      changed = all
      changed[fill][88] ^= 1
      try write(changed, to: scratch.path + "/b")
      #expect(throws: ReplayError.self) { try verify(scratch.path + "/b") }
    }
  }

  @Test func replayStopsWhereAsked() throws {
    let scratch = Scratch()
    let (_, states) = try record(try randomInputs(seed: 3, steps: 40), in: scratch.path + "/j")
    for (sequence, state) in states.sorted(by: { $0.key < $1.key }).suffix(30) {
      var replay = Replay(
        directory: scratch.path + "/j", registry: StrategyRegistry(), capacity: Market.capacity,
        openMarket: { _ in throw ReplayError.market("none") })
      _ = try replay.run(until: sequence)
      let outcome = replay.outcome
      #expect(outcome.stateHash == state && outcome.stoppedEarly)
    }
  }
}
