import Engine
import LowLatency
import TradingModel

/// Market data to new quotes: a book moves by some ticks, the maker that follows it wants both its
/// quotes elsewhere, and two replaces are on their way.
struct QuoteLoop: ~Copyable {
  enum Kind: Int, CaseIterable {
    case quotes, quotesSigned, quiet
  }

  var bench: BenchEngine
  private var random: SeededRandom
  private var next = 0
  private let listings = BenchMarket().listings
  /// The best bid of each maker listing, in price units; the best ask is one tick above.
  private var bids: [Int64] = (0..<4).map { BenchMarket.middle(ListingIndex($0)) }

  init(bench: consuming BenchEngine, seed: UInt64) {
    self.bench = bench
    random = SeededRandom(seed: seed)
  }

  /// Runs `count` updates, every fourth of which leaves the best prices alone.
  mutating func run(_ count: Int, _ probe: inout Probe) throws {
    for _ in 0..<count {
      let listing = listings[next & 3]
      let isQuiet = next % 4 == 3
      let signed = next & 4 == 4
      next += 1
      if isQuiet { writeQuietUpdate(listing) } else { writeMove(listing) }
      probe.begin()
      try bench.apply(bench.scratch)
      let sent = try bench.encodeRequests(signed: signed)
      let kind: Kind = isQuiet ? .quiet : signed ? .quotesSigned : .quotes
      probe.end(kind.rawValue)
      guard sent == (isQuiet ? 0 : 2) else {
        throw BenchFailure(description: "\(sent) requests for an update")
      }
      if sent > 0 { try answerAll() }
    }
  }

  /// The best prices walk some ticks up or down, back towards the middle when they are far from it.
  private mutating func writeMove(_ listing: Listing) {
    let index = Int(listing.index)
    let steps = random.integer(in: 3...6)
    let distance = bids[index] - BenchMarket.middle(listing.index)
    let isUp = random.integer(in: -1000...1000) * 10 > distance * 100
    var levels = 0
    for step in 0..<steps {
      // Prices passed by change hands: one side gives them up, the other takes them.
      let price =
        isUp ? bids[index] + (step + 1) * listing.tick : bids[index] - step * listing.tick
      write(LevelChange(side: isUp ? .sell : .buy, price: price, quantity: 0), &levels)
      write(
        LevelChange(
          side: isUp ? .buy : .sell, price: price, quantity: random.integer(in: 1...5_000)),
        &levels)
    }
    bids[index] += (isUp ? steps : -steps) * listing.tick
    finish(listing, levels)
  }

  /// Some sizes deep in the book change.
  private mutating func writeQuietUpdate(_ listing: Listing) {
    var levels = 0
    for _ in 0..<6 {
      let side: Side = random.next(below: 2) == 0 ? .buy : .sell
      let distance = random.integer(in: 8...30) * listing.tick
      let bid = bids[Int(listing.index)]
      write(
        LevelChange(
          side: side, price: side == .buy ? bid - distance : bid + listing.tick + distance,
          quantity: random.integer(in: 1...5_000)), &levels)
    }
    finish(listing, levels)
  }

  private func write(_ change: LevelChange, _ count: inout Int) {
    change.store(at: bench.scratch + BookUpdate.byteCount(levelCount: count))
    count += 1
  }

  private mutating func finish(_ listing: Listing, _ levels: Int) {
    RecordHeader(
      byteCount: BookUpdate.byteCount(levelCount: levels), kind: .bookUpdate, isOutput: false,
      sequence: 0, time: bench.tick()
    ).store(at: bench.scratch)
    BookUpdate(
      listing: listing.index, isSnapshot: false, levelCount: levels,
      venueSequence: UInt64(next), venueTime: bench.now
    ).store(at: bench.scratch)
  }

  /// Accepts the quotes that the first snapshots led to.
  mutating func begin() throws {
    for id in 1...bench.engine.core.lastOrderID {
      guard let order = bench.engine.core.order(id) else { continue }
      try bench.apply(
        VenueReport(
          kind: .accepted, listing: order.listing, venue: order.venue, side: order.side,
          orderID: id, venueOrderID: 8_000_000_000 + id * 7, version: 1, venueTime: bench.now))
    }
    guard bench.engine.core.openOrderCount == 8 else {
      throw BenchFailure(description: "the makers did not quote")
    }
  }

  /// The venue takes every request.
  private mutating func answerAll() throws {
    var requests = InlineArray<8, VenueRequest?>(repeating: nil)
    var count = 0
    var offset = 0
    while offset < bench.engine.outputs.byteCount, count < 8 {
      let record = UnsafeRawPointer(bench.engine.outputs.base + offset)
      offset += Int(record.load32(0))
      guard record.load16(4) == RecordKind.venueRequest.rawValue else { continue }
      requests[count] = VenueRequest(at: record)
      count += 1
    }
    for index in 0..<count {
      guard let request = requests[index] else { continue }
      try bench.apply(
        VenueReport(
          kind: request.kind == .newOrder ? .accepted : .replaced, listing: request.listing,
          venue: request.venue, side: request.side, orderID: request.orderID,
          venueOrderID: 8_000_000_000 + request.orderID * 7, version: request.version,
          price: request.price, quantity: request.quantity, venueTime: bench.now))
    }
  }
}
