import Engine
import TradingModel

/// Whole orders without a clock in between: submitted and accepted, then canceled or filled. What
/// comes out is orders a second, each with everything that belongs to its life.
struct OrderPath: ~Copyable {
  enum Ending {
    case canceled
    case filled
  }

  var bench: BenchEngine
  private let commands: CommandRing
  private var next = 0
  private var tradeID: TradeID = 1

  init(bench: consuming BenchEngine, seed: UInt64) {
    self.bench = bench
    commands = CommandRing(seed: seed, market: BenchMarket())
  }

  /// Takes `count` orders through their lives, `alive` of them at a time.
  mutating func run(_ count: Int, ending: Ending, signed: Bool) throws {
    for _ in 0..<count {
      let command = commands.record(next, at: bench.tick())
      next += 1
      try bench.apply(command)
      _ = try bench.encodeRequests(signed: signed)
      let id = bench.engine.core.lastOrderID
      let listing = command.load(fromByteOffset: 44, as: UInt16.self)
      let venue = VenueIndex(listing / 4)
      let side: Side = command.load(fromByteOffset: 41, as: UInt8.self) == 0 ? .buy : .sell
      try bench.apply(
        VenueReport(
          kind: .accepted, listing: listing, venue: venue, side: side, orderID: id,
          venueOrderID: 8_000_000_000 + id * 7, version: 1, venueTime: bench.now))
      switch ending {
      case .canceled: try cancel(id, listing, venue, side, signed)
      case .filled: try fill(id, UnsafeRawPointer(command), listing, venue, side)
      }
    }
    let counts = bench.engine.core.counts
    guard counts.denied == 0, bench.engine.core.openOrderCount == 0 else {
      throw BenchFailure(description: "\(counts.denied) orders were denied, or some did not end")
    }
  }

  private mutating func cancel(
    _ id: OrderID, _ listing: ListingIndex, _ venue: VenueIndex, _ side: Side, _ signed: Bool
  ) throws {
    RecordHeader(
      byteCount: Command.byteCount, kind: .command, isOutput: false, sequence: 0,
      time: bench.tick()
    ).store(at: bench.scratch)
    Command(kind: .cancel, orderID: id).store(at: bench.scratch)
    try bench.apply(bench.scratch)
    _ = try bench.encodeRequests(signed: signed)
    try bench.apply(
      VenueReport(
        kind: .canceled, listing: listing, venue: venue, side: side, orderID: id,
        venueOrderID: 8_000_000_000 + id * 7, version: 2, cumulativeQuantity: 0,
        venueTime: bench.now))
  }

  private mutating func fill(
    _ id: OrderID, _ command: UnsafeRawPointer, _ listing: ListingIndex, _ venue: VenueIndex,
    _ side: Side
  ) throws {
    let price = command.loadSigned64(56)
    let quantity = command.loadSigned64(64)
    tradeID += 1
    try bench.apply(
      VenueReport(
        kind: .fill, listing: listing, venue: venue, side: side, liquidity: .maker,
        feeCurrency: 4, orderID: id, venueOrderID: 8_000_000_000 + id * 7, tradeID: tradeID,
        lastPrice: price, lastQuantity: quantity, cumulativeQuantity: quantity,
        fee: Money(amount: Int128(price) * Int128(quantity) * 2_000_000_000),
        venueTime: bench.now))
  }
}
