import LowLatency
import TradingModel

/// Submit commands made beforehand from a seed: other prices, sides, sizes, listings and
/// instructions each time, so that nothing is measured on one order repeated.
struct CommandRing: ~Copyable {
  static let count = 8192
  private let records: UnsafeMutableRawPointer

  init(seed: UInt64, market: BenchMarket) {
    records = .allocate(byteCount: Self.count * Command.byteCount, alignment: 64)
    var random = SeededRandom(seed: seed)
    for index in 0..<Self.count {
      let listing = market.listings[4 + Int(random.next(below: 4))]
      let side: Side = random.next(below: 2) == 0 ? .buy : .sell
      let distance = random.integer(in: 0...40) * listing.tick
      let middle = BenchMarket.middle(listing.index)
      let record = records + index * Command.byteCount
      RecordHeader(
        byteCount: Command.byteCount, kind: .command, isOutput: false, sequence: 0, time: 0
      ).store(at: record)
      Command(
        kind: .submit, side: side, listing: listing.index,
        strategy: BenchMarket.commandStrategy,
        price: side == .buy ? middle - distance : middle + listing.tick + distance,
        quantity: random.integer(in: 2...50_000),
        instructions: random.next(below: 10) == 0 ? .postOnly : [],
        token: random.next() >> 8
      ).store(at: record)
    }
  }

  deinit { records.deallocate() }

  /// The `index`th command, ready to be applied at `time`.
  @inline(__always)
  func record(_ index: Int, at time: Timestamp) -> UnsafeMutableRawPointer {
    let record = records + (index & (Self.count - 1)) * Command.byteCount
    record.storeSigned64(time, 16)
    return record
  }
}
