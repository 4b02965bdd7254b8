import Journal
import Strategies
import Testing
import TradingCore
import TradingModel

@testable import Engine

/// A journal cut at every record: the core that comes back is the one that was.
@Suite struct RecoveryTests {
  /// Recovers from the first records of a journal.
  static func recover(_ records: ArraySlice<[UInt8]>) throws -> Box {
    var recovery = Recovery(capacity: Market.capacity, registry: StrategyRegistry())
    for record in records {
      try record.withUnsafeBytes { try recovery.take($0.baseAddress!) }
    }
    guard let recovered = recovery.finish() else { preconditionFailure("there was a run") }
    return Box(recovered.takeCore())
  }

  static func open(_ core: borrowing TradingCore) -> [String] {
    var orders: [String] = []
    core.forEachOpenOrder { order in
      var hash = RecordHash()
      order.hash(into: &hash)
      orders.append(
        "\(order.id) \(order.row) \(order.quantity)@\(order.price) \(order.cumulativeQuantity) "
          + "\(order.uncertainty.rawValue) v\(order.lastVersion) \(hash.value)")
    }
    return orders
  }

  @Test(arguments: UInt64(0)..<4)
  func theStateComesBackAtEveryInput(seed: UInt64) throws {
    let scratch = Scratch()
    let inputs = try randomInputs(seed: seed, steps: 120)
    let (_, states) = try record(inputs, in: scratch.path + "/j")
    let all = try records(scratch.path + "/j")
    var compared = 0
    var netted = 0
    // The original, and the recovered one beside it, order by order.
    let desk = Desk()
    var next = 0
    for end in 1...all.count {
      let sequence = all[end - 1].withUnsafeBytes { RecordHeader(at: $0.baseAddress!).sequence }
      guard let state = states[sequence] else { continue }
      try desk.apply(inputs[next])
      next += 1
      // Every cut is O(records): all of the last ones, some of the first.
      guard end > all.count - 60 || end % 16 == 0 else { continue }
      let box = try Self.recover(all[..<end])
      check(Self.open(box.core) == Self.open(desk.core), "seed \(seed), record \(sequence)")
      for listing in 0..<2 as Range<ListingIndex> {
        check(box.core.position(listing: listing) == desk.core.position(listing: listing))
      }
      let net = desk.core.netPosition(1)
      check(box.core.netPosition(1) == net, "seed \(seed), record \(sequence)")
      for currency in 0..<2 as Range<CurrencyIndex> {
        check(
          box.core.balance(venue: 1, currency: currency).total
            == desk.core.balance(venue: 1, currency: currency).total, "seed \(seed)")
      }
      // Strategies realise otherwise than their account: else the two could be mixed up unseen.
      if net.realised != desk.core.position(listing: 1).realised { netted += 1 }
      check(box.core.counts == desk.core.counts || box.core.sequence != desk.core.sequence)
      check(box.core.stateHash() == state, "seed \(seed), record \(sequence)")
      compared += 1
    }
    // In two of the runs strategies stand on opposite sides long enough.
    #expect(compared > 20 && (netted > 20 || seed > 1))
  }

  /// Killed behind the funding time and before its payment is told: the recovered core divides it as the
  /// one did that lived on, and so does the replayed one.
  @Test func whatWasHeldAtAFundingTimeComesBack() throws {
    var shared = 0
    for seed in 20..<26 as Range<UInt64> { shared += try Self.partsAfterRecovery(seed) }
    #expect(shared > 4)
  }

  /// How many of three payments more than one strategy has a part in.
  private static func partsAfterRecovery(_ seed: UInt64) throws -> Int {
    let scratch = Scratch()
    var inputs = try randomInputs(seed: seed, steps: 150)
    let now = inputs[inputs.count - 1].withUnsafeBytes { RecordHeader(at: $0.baseAddress!).time }
    // For the last funding time, for the next, and for one that nobody knows.
    for (id, time) in [(100, 1), (101, 5_000), (102, 9_000_000_000_000)] as [(UInt64, Timestamp)] {
      inputs.append(
        Input.funding(
          FundingPayment(
            listing: 1, currency: 1, paymentID: id, venueTime: time,
            amount: Money(amount: 1_000_000_007)), now))
    }
    let (_, states) = try record(inputs, in: scratch.path + "/j")
    let all = try records(scratch.path + "/j")
    let payments = all.indices.filter { index in
      all[index].withUnsafeBytes {
        RecordHeader(at: $0.baseAddress!).kind == RecordKind.fundingPayment.rawValue
          && FundingPayment(at: $0.baseAddress!).paymentID >= 100
      }
    }
    #expect(payments.count == 3)
    let desk = Desk()
    desk.core = try recover(all[..<payments[0]]).take()
    var shared = 0
    for index in payments {
      desk.core.skip(
        to: all[index].withUnsafeBytes { RecordHeader(at: $0.baseAddress!).sequence } - 1)
      let led = try desk.apply(inputs[inputs.count - 3 + payments.firstIndex(of: index)!])
      check(desk.core.stateHash() == states[desk.core.sequence], "seed \(seed)")
      if led.funding.count > 1 { shared += 1 }
    }
    check(!(try verify(scratch.path + "/j").stoppedEarly), "seed \(seed)")
    return shared
  }

  /// Killed between any two records, and started again: the second run goes on, and both verify.
  @Test(arguments: UInt64(10)..<13)
  func aSecondRunContinuesFromAnyCut(seed: UInt64) throws {
    let scratch = Scratch()
    try record(try randomInputs(seed: seed, steps: 25), in: scratch.path + "/j")
    let all = try records(scratch.path + "/j")
    for end in stride(from: 14, through: all.count - 1, by: 3) {
      let path = scratch.path + "/cut\(end)"
      try write(Array(all[..<end]), to: path)
      let recovered = try Self.recover(all[..<end])
      let orderID = recovered.core.lastOrderID
      var reader = try JournalReader(directory: path)
      let journal = try JournalWriter(
        continuing: &reader, identity: JournalIdentity(runID: 2, buildID: "test"),
        options: smallSegments)
      var engine = JournaledCore(core: recovered.take(), journal: journal, hashInterval: 8)
      for definition in Market.definitions(
        strategies: [makerDefinition, followerDefinition], orderIDBase: orderID)
      {
        try engine.apply(definition)
      }
      var now = engine.core.now
      func tell(_ report: VenueReport) throws {
        now += 1_000_000
        try engine.apply(Input.report(report, now))
      }
      // The venues list nothing and know nothing: what was open is gone.
      for venue in 0..<2 as Range<VenueIndex> {
        try tell(VenueReport(kind: .connected, venue: venue, venueTime: now))
        let number = Led(engine.outputs).requests.first { $0.kind == .querySnapshot }!.version
        for kind: VenueReportKind in [.snapshotBegin, .snapshotEnd] {
          try tell(VenueReport(kind: kind, venue: venue, version: number, venueTime: now))
        }
        for listing in 0..<2 as Range<ListingIndex> {
          now += 1_000_000
          try engine.apply(
            Input.book(listing, bids: [(9_990, 5_000)], asks: [(10_010, 5_000)], now))
        }
      }
      check(engine.core.lastOrderID > orderID || orderID > 0)
      let (state, _) = try engine.finish()
      let outcome = try verify(path)
      #expect(outcome.recordedEnd?.stateHash == state, "seed \(seed), cut \(end)")
      // Positions are the sum of the fills of both runs.
      var sums: [Int64] = [0, 0]
      for record in try records(path) {
        record.withUnsafeBytes { bytes in
          guard RecordHeader(at: bytes.baseAddress!).kind == RecordKind.fillEvent.rawValue,
            let fill = FillEvent(at: bytes.baseAddress!)
          else { return }
          let back = fill.flags & FillEvent.bustFlag != 0
          sums[Int(fill.listing)] += fill.quantity * fill.side.sign * (back ? -1 : 1)
        }
      }
      for listing in 0..<2 as Range<ListingIndex> {
        check(
          engine.core.position(listing: listing).quantity == sums[Int(listing)],
          "seed \(seed), cut \(end)")
      }
      check(engine.core.netPosition(1).quantity == sums[1], "seed \(seed), cut \(end)")
    }
  }
}

/// A core that can be handed around.
final class Box {
  var core: TradingCore
  init(_ core: consuming TradingCore) { self.core = core }
  func take() -> TradingCore {
    var other = TradingCore(capacity: Market.capacity, registry: StrategyRegistry())
    swap(&core, &other)
    return other
  }
}
