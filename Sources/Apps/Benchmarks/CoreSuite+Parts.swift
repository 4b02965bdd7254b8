import CPlatform
import Journal
import LowLatency
import MarketData
import Runtime
import TradingModel

// Parts alone: what the whole is made of.
extension CoreSuite {
  mutating func runParts() throws {
    if wants([CoreCases.bookOne, CoreCases.bookTwenty, CoreCases.bookRate]) { try runBooks() }
    if wants([CoreCases.risk, CoreCases.riskRate]) { try runRisk() }
    if wants([CoreCases.position]) { runPositions() }
    if wants([CoreCases.encode, CoreCases.encodeSigned]) { try runEncoding() }
    if wants([CoreCases.journalAppend, CoreCases.journalRate]) { try runJournal() }
  }

  /// Measures `body(index)` in batches of the case's size, over all runs.
  mutating func runBatches(
    _ benchCase: BenchCase, _ body: (Int) throws -> Void
  ) rethrows {
    progress(benchCase.name)
    var samples: [RunSample] = []
    var allocated = 0.0
    var index = 0
    let batch = benchCase.batch
    for _ in 0..<scale.runs {
      var probe = Probe(kinds: 1, overhead: overhead)
      for (mode, count) in [
        (Probe.Mode.idle, scale.operations), (.time, scale.operations * 2),
        (.allocations, scale.operations / 10),
      ] {
        probe.mode = mode
        for _ in 0..<max(1, count / batch) {
          probe.begin()
          for _ in 0..<batch {
            try body(index)
            index &+= 1
          }
          probe.end(0, batch: UInt64(batch))
        }
      }
      samples.append(probe.sample(0, counter, batch: Double(batch)))
      allocated = max(allocated, probe.allocatedBytesPerOperation(0))
    }
    add(benchCase, samples, allocated: allocated)
  }

  /// Measures `body(index)` back to back; `weight` operations each.
  mutating func runRate(
    _ benchCase: BenchCase, weight: Int = 1, _ body: (Int) throws -> Void
  ) rethrows {
    progress(benchCase.name)
    var samples: [RunSample] = []
    var allocated = 0.0
    var index = 0
    let count = scale.operations * 5
    for run in 0..<scale.runs + 1 {
      AllocationCounter.start()
      let sample = try rate(count * weight) { _ in
        for _ in 0..<count {
          try body(index)
          index &+= 1
        }
      }
      let bytes = AllocationCounter.stop().bytes
      // The first run is the warm-up.
      if run == 0 { continue }
      samples.append(sample)
      allocated = max(allocated, Double(bytes) / Double(count * weight))
    }
    add(benchCase, samples, allocated: allocated)
  }

  private mutating func runBooks() throws {
    let listing = BenchMarket().listings[0]
    let snapshot = Room<UInt64>(count: 512, filler: 0)
    BenchMarket().writeSnapshot(of: listing, at: UnsafeMutableRawPointer(snapshot.base), time: 1)
    let one = UpdateRing(levels: 1, listing: listing, seed: 1)
    let twenty = UpdateRing(levels: 20, listing: listing, seed: 2)
    var book = FollowedBook(listing: listing)
    book.apply(update: UnsafeRawPointer(snapshot.base))
    runBatches(CoreCases.bookOne) { book.apply(update: one.record($0)) }
    runBatches(CoreCases.bookTwenty) { book.apply(update: twenty.record($0)) }
    runRate(CoreCases.bookRate, weight: 20) { book.apply(update: twenty.record($0)) }
    guard book.levelCount(.buy) > 0, book.growthCount == 0 else {
      throw BenchFailure(description: "the book grew, or is empty")
    }
  }

  private mutating func runRisk() throws {
    var loop = try RiskLoop(seed: 3)
    runBatches(CoreCases.risk) { loop.check($0) }
    runRate(CoreCases.riskRate) { loop.check($0) }
    guard loop.refused == 0 else {
      throw BenchFailure(description: "\(loop.refused) orders were refused")
    }
  }

  private mutating func runPositions() {
    var loop = PositionLoop(seed: 4)
    runBatches(CoreCases.position) { loop.apply($0) }
    precondition(loop.failed == 0, "Invariant: every fill of the benchmark can be booked")
  }

  private mutating func runEncoding() throws {
    let market = BenchMarket()
    let writer = try venue.writer(market)
    let requests = Self.requests(market)
    for (benchCase, signed) in [(CoreCases.encode, false), (CoreCases.encodeSigned, true)] {
      try runBatches(benchCase) { index in
        _ = try writer.write(
          requests.base[index & 1023], timestamp: 1_754_000_000_000 &+ UInt64(index & 0xFFFF),
          isSigned: signed)
      }
    }
  }

  private static func requests(_ market: BenchMarket) -> Room<VenueRequest> {
    let requests = Room<VenueRequest>(
      count: 1024, filler: VenueRequest(kind: .newOrder, listing: 0, venue: 0))
    var random = SeededRandom(seed: 5)
    for index in 0..<1024 {
      let listing = market.listings[Int(random.next(below: 8))]
      requests.base[index] = VenueRequest(
        kind: .newOrder, side: random.next(below: 2) == 0 ? .buy : .sell, listing: listing.index,
        venue: listing.venue, orderID: random.next() >> 30, version: 1,
        instructions: random.next(below: 4) == 0 ? .postOnly : [],
        price: BenchMarket.middle(listing.index) + random.integer(in: -4_000...4_000) * 10,
        quantity: random.integer(in: 1...50_000))
    }
    return requests
  }

  private mutating func runJournal() throws {
    let directory = try BenchEngine.temporaryDirectory()
    _ = cplatform_unpin_thread()
    var writer = try JournalWriter(
      directory: directory, identity: JournalIdentity(runID: 1, buildID: "bench"),
      options: JournalOptions(segmentByteCount: scale.segmentByteCount))
    pin()
    let room = Room<UInt64>(count: 13 * 1024, filler: 0)
    let records = UnsafeMutableRawPointer(room.base)
    var random = SeededRandom(seed: 6)
    for word in 0..<13 * 1024 { room.base[word] = random.next() }
    for index in 0..<1024 {
      RecordHeader(
        byteCount: 104, kind: .orderEvent, isOutput: true, sequence: 0, time: Int64(index)
      ).store(at: records + index * 104)
    }
    var sequence: UInt64 = 0
    func append(_ index: Int) throws {
      let record = records + (index & 1023) * 104
      sequence += 1
      record.store64(sequence, 8)
      try writer.append(record, byteCount: 104)
    }
    try runBatches(CoreCases.journalAppend, append)
    try runRate(CoreCases.journalRate, weight: 1, append)
    try writer.close()
    try BenchEngine.remove(directory)
  }
}
