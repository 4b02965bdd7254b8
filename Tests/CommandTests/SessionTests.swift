import Foundation
import Strategies
import TestSupport
import Testing
import TradingModel

@testable import NeedletailCommands

/// A directory that is gone with the value.
struct Place: ~Copyable {
  let path: String

  init() { path = Temporary.directory() }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

private func settings(
  _ path: String, seed: UInt64? = nil, milliseconds: Int64 = 1500
) -> SessionSettings {
  var settings = SessionSettings()
  settings.pace = .simulated
  settings.duration = milliseconds * 1_000_000
  settings.seed = seed
  settings.journal = path
  settings.json = true
  return settings
}

private func run(_ session: Session) throws -> RunResult {
  var display = SessionDisplay(session)
  session.observer.printsAnswers = false
  let ending = try session.run(&display)
  #expect(ending == .elapsed)
  return try session.finish()
}

private func newRun(seed: UInt64, milliseconds: Int64 = 1500) throws -> RunResult {
  let place = Place()
  return try run(
    Session.begin(
      settings(place.path, seed: seed, milliseconds: milliseconds), StrategyRegistry()))
}

@Suite struct SessionTests {
  @Test func equalSeedsGiveEqualHashes() throws {
    let first = try newRun(seed: 3)
    let second = try newRun(seed: 3)
    let other = try newRun(seed: 4)
    #expect(first.stateHash == second.stateHash)
    #expect(first.outputHash == second.outputHash)
    #expect(first.counts == second.counts)
    #expect(first.stateHash != other.stateHash)
    #expect(first.counts.accepted > 0)
    #expect(first.unknownOrders == 0)
  }

  @Test func itEndsWithoutOpenOrders() throws {
    let place = Place()
    let session = try Session.begin(settings(place.path, seed: 5), StrategyRegistry())
    _ = try run(session)
    #expect(session.running.engine.core.openOrderCount == 0)
  }

  @Test func anAbandonedRunIsCarriedOn() throws {
    let place = Place()
    let registry = StrategyRegistry()
    var before: [Int64] = []
    do {
      // Not ended in order: orders are open when it is left.
      let session = try Session.begin(settings(place.path, seed: 6), registry)
      let end = session.startTime + 1_500_000_000
      while try session.world.turn(to: end, atMost: .max) > 0 {}
      #expect(session.running.engine.core.openOrderCount > 0)
      for listing in 0..<6 {
        before.append(
          session.running.engine.core.position(listing: ListingIndex(listing)).quantity)
      }
    }
    let session = try Session.resume(
      place.path, settings(place.path, milliseconds: 20_000), registry)
    for listing in 0..<6 {
      #expect(
        session.running.engine.core.position(listing: ListingIndex(listing)).quantity
          == before[listing])
    }
    #expect(session.running.engine.core.unknownOrderCount > 0)
    let result = try run(session)
    #expect(result.unknownOrders == 0)
    #expect(session.running.engine.core.openOrderCount == 0)
    var audit = try JournalAudit(place.path, registry: registry, prints: false, checks: true)
    #expect(try audit.run() == 0)
  }

  @Test func theResultHasTheKeysOfTheDocument() throws {
    let result = try newRun(seed: 7)
    let object = try #require(
      JSONSerialization.jsonObject(with: Data(result.json().utf8)) as? [String: Any])
    // From docs of the command line: keys and types stay from version to version.
    let document = """
      {"mode": "sandbox", "seed": "1", "duration_ns": 0, "inputs": 0, "outputs": 0,
       "orders": {"submitted": 0, "accepted": 0, "filled": 0, "partially_filled": 0,
         "canceled": 0, "rejected": 0, "unknown": 0},
       "fills": 0, "fill_ratio": "0.00",
       "pnl": {"currency": "USDT", "realized": "0", "unrealized": "0", "fees": "0", "total": "0"},
       "positions": [{"venue": "", "instrument": "", "quantity": "0", "average_price": "0"}],
       "latency_ns": {"submit": {"p50": 0, "p99": 0, "p99_9": 0, "max": 0}},
       "journal": {"directory": "", "records": 0, "bytes": 0},
       "state_hash": "hex", "output_hash": "hex"}
      """
    let expected = try JSONSerialization.jsonObject(with: Data(document.utf8))
    #expect(missing(expected, in: object, at: "") == [])
    #expect(object["mode"] as? String == "sandbox")
    #expect((object["state_hash"] as? String)?.count == 16)
    #expect((object["journal"] as? [String: Any])?["records"] as? Int ?? 0 > 0)
  }

  /// What `expected` has and `found` lacks, or has of another type.
  private func missing(_ expected: Any, in found: Any?, at path: String) -> [String] {
    switch (expected, found) {
    case (let expected as [String: Any], let found as [String: Any]):
      return expected.keys.sorted().flatMap { key in
        missing(expected[key] as Any, in: found[key], at: path + "." + key)
      }
    case (let expected as [Any], let found as [Any]):
      return found.prefix(1).flatMap { missing(expected[0], in: $0, at: path + "[]") }
    case (is String, is String), (is NSNumber, is NSNumber): return []
    default: return [path]
    }
  }
}
