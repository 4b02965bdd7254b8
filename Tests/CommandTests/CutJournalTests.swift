import Engine
import Journal
import Strategies
import Testing
import TradingCore
import TradingModel

@testable import NeedletailCommands

/// Runs that died between recording an input and recording what it led to.
@Suite struct CutJournalTests {
  /// Copies the journal at `source` to `target`, up to and including record `last`.
  private func copy(_ source: String, to target: String, through last: UInt64) throws {
    var reader = try JournalReader(directory: source)
    var writer = try JournalWriter(
      directory: target, identity: JournalIdentity(runID: reader.runID, buildID: "test"),
      options: JournalOptions(segmentByteCount: 4 << 20))
    while let record = try reader.next(), record.header.sequence <= last {
      try writer.append(record.base, byteCount: record.byteCount)
    }
    try writer.close()
  }

  /// The sequence numbers of fill reports, and how many outputs each led to.
  private func fillReports(_ source: String) throws -> [(sequence: UInt64, outputs: UInt64)] {
    var reader = try JournalReader(directory: source)
    var result: [(sequence: UInt64, outputs: UInt64)] = []
    var isFill = false
    while let record = try reader.next() {
      if record.header.isOutput {
        if isFill { result[result.count - 1].outputs += 1 }
        continue
      }
      isFill = record.kind == .venueReport && VenueReport(at: record.base)?.kind == .fill
      if isFill { result.append((record.header.sequence, 0)) }
    }
    return result
  }

  private func sessionSettings(_ path: String) -> SessionSettings {
    var settings = SessionSettings()
    settings.pace = .simulated
    settings.duration = 4_000_000_000
    settings.journal = path
    settings.json = true
    return settings
  }

  private func run(_ session: Session) throws {
    var display = SessionDisplay(session)
    session.observer.printsAnswers = false
    _ = try session.run(&display)
    _ = try session.finish()
  }

  private func audit(_ path: String) throws -> Int32 {
    var audit = try JournalAudit(path, registry: StrategyRegistry(), prints: false, checks: true)
    return try audit.run()
  }

  @Test func noFillIsLostWithItsEvent() throws {
    let registry = StrategyRegistry()
    let whole = Place()
    let source = whole.path + "/journal"
    try run(Session.begin(sessionSettings(source), registry))
    let fills = try fillReports(source)
    #expect(fills.count > 3)
    for (sequence, outputs) in fills.suffix(2) {
      for cut in 0...min(outputs, 2) {
        let place = Place()
        let path = place.path + "/journal"
        try copy(source, to: path, through: sequence + cut)
        #expect(try audit(path) == 0, "cut \(cut) behind record \(sequence)")
        var settings = sessionSettings(path)
        settings.duration = 100_000_000
        try run(Session.resume(path, settings, registry))
        #expect(try audit(path) == 0, "carried on, cut \(cut) behind record \(sequence)")
        var replay = Replay(directory: path, registry: registry) { _ in throw UsageError("") }
        _ = try replay.run()
        #expect(replay.outcome.recordedEnd != nil)
      }
    }
  }
}
