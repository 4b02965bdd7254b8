import Engine
import Glibc
import Journal
import Strategies
import TestSupport
import TradingCore
import TradingModel

@testable import Journal

/// A directory that goes away with the value.
final class Scratch {
  let path: String
  init() { path = Temporary.directory() }
  deinit { Self.remove(path) }
  static func remove(_ path: String) {
    if let names = try? JournalDirectory.names(in: path) {
      for name in names { remove(path + "/" + name) }
      rmdir(path)
    } else {
      unlink(path)
    }
  }
}

let makerDefinition = StrategyDefinition(
  index: 1, stateVersion: Maker.stateVersion, name: "maker",
  settings: "size=0.5\nmax_position=2\nrequote_ticks=1",
  listings: [0, 1])
let followerDefinition = StrategyDefinition(
  index: 2, stateVersion: 1, name: "signals", settings: "", listings: [0, 1])

let smallSegments = JournalOptions(segmentByteCount: 1 << 16)

/// All inputs of a random session with maker and signals at faulty venues.
func randomInputs(seed: UInt64, steps: Int) throws -> [[UInt8]] {
  let session = try Session(
    seed: seed, faults: 15, strategies: [makerDefinition, followerDefinition])
  var funding = Dice(seed &+ 977)
  for step in 0..<steps {
    try session.step()
    if step % 7 == 0 {
      // Some are told again; some are for the last funding time, some for none that is known.
      let time = session.venues[1].time
      session.pass(
        try session.desk.apply(
          Input.funding(
            FundingPayment(
              listing: 1, currency: 1, paymentID: UInt64(1 + funding.below(9)),
              venueTime: time + (funding.once(in: 4) ? 7_200_000_000_000 : -funding.within(0...9)),
              amount: Money(amount: Int128(funding.within(-1_000...1_000)))), session.desk.now)))
      session.pass(
        try session.desk.apply(
          Input.contract(
            ContractUpdate(
              listing: 1, venueTime: 1,
              markPrice: Decimal(units: funding.within(9_000...11_000), decimals: 2),
              nextFundingTime: funding.once(in: 3) ? nil : time + funding.within(1...20)),
            session.desk.now)))
    }
    if step % 9 == 0 {
      session.desk.now += 1
      let side: SignalAction = [.buy, .sell, .close][session.dice.below(3)]
      session.pass(
        try session.desk.apply(
          Input.signal(
            Signal(
              action: side, listing: ListingIndex(session.dice.below(2)), strategy: 2,
              signalID: UInt64(1 + session.dice.below(40)), createdAt: session.desk.now, price: 0,
              quantity: 50, stopLoss: 0, takeProfit: 0, confidence: 900_000), session.desk.now)))
    }
  }
  return session.desk.inputs
}

func writer(_ path: String, run: UInt64 = 1) throws -> JournalWriter {
  try JournalWriter(
    directory: path, identity: JournalIdentity(runID: run, buildID: "test"), options: smallSegments)
}

/// Journals a run; returns its state hash, and the state hash after each input by sequence number.
@discardableResult
func record(_ inputs: [[UInt8]], in path: String, ends: Bool = true) throws -> (
  final: UInt64, states: [UInt64: UInt64]
) {
  var engine = JournaledCore(
    core: TradingCore(capacity: Market.capacity, registry: StrategyRegistry()),
    journal: try writer(path), hashInterval: 64)
  var states: [UInt64: UInt64] = [:]
  for input in inputs {
    try engine.apply(input)
    states[engine.core.sequence] = engine.core.stateHash()
  }
  return (try engine.finish().stateHash, states)
}

/// The records of a journal, in order.
func records(_ path: String) throws -> [[UInt8]] {
  var reader = try JournalReader(directory: path)
  var all: [[UInt8]] = []
  while let record = try reader.next() {
    all.append([UInt8](UnsafeRawBufferPointer(start: record.base, count: record.byteCount)))
  }
  return all
}

/// Writes records as they are, with a right chain and right checksums over whatever they say.
func write(_ records: [[UInt8]], to path: String) throws {
  var journal = try writer(path)
  for record in records {
    try record.withUnsafeBytes { bytes in
      try journal.append(bytes.baseAddress!, byteCount: bytes.count)
    }
  }
  try journal.close()
}

/// Verifies a journal; returns the outcome.
func verify(_ path: String) throws -> ReplayOutcome {
  var replay = Replay(
    directory: path, registry: StrategyRegistry(), capacity: Market.capacity,
    openMarket: { _ in throw ReplayError.market("none") })
  _ = try replay.run()
  return replay.outcome
}
