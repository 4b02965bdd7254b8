import Journal
import LowLatency
import MarketData
import Portfolio
import RiskEngine
import TradingModel

/// Book updates made beforehand: sizes set and removed near a best price that wanders.
struct UpdateRing: ~Copyable {
  static let count = 8192
  let stride: Int
  private let room: Room<UInt64>

  init(levels: Int, listing: Listing, seed: UInt64) {
    stride = BookUpdate.byteCount(levelCount: levels)
    room = Room(count: Self.count * stride / 8, filler: 0)
    var random = SeededRandom(seed: seed)
    var middle = BenchMarket.middle(listing.index)
    for index in 0..<Self.count {
      let record = UnsafeMutableRawPointer(room.base) + index * stride
      RecordHeader(
        byteCount: stride, kind: .bookUpdate, isOutput: false, sequence: 0, time: Int64(index)
      ).store(at: record)
      BookUpdate(
        listing: listing.index, isSnapshot: false, levelCount: levels,
        venueSequence: UInt64(index), venueTime: Int64(index)
      ).store(at: record)
      middle += random.integer(in: -2...2) * listing.tick
      for level in 0..<levels {
        let side: Side = random.next(below: 2) == 0 ? .buy : .sell
        // Most changes happen near the touch.
        let distance =
          Int64(min(random.next(below: 60), random.next(below: 60))) * listing.tick
        LevelChange(
          side: side, price: side == .buy ? middle - distance : middle + listing.tick + distance,
          quantity: random.next(below: 100) < 35 ? 0 : random.integer(in: 1...9_000)
        ).store(at: record + BookUpdate.byteCount(levelCount: level))
      }
    }
  }

  @inline(__always)
  func record(_ index: Int) -> UnsafeMutableRawPointer {
    UnsafeMutableRawPointer(room.base) + (index & (Self.count - 1)) * stride
  }
}

/// The risk checks alone, over orders that all pass every limit.
struct RiskLoop: ~Copyable {
  static let count = 1024
  var risk: RiskEngine
  private let listings = Room<Listing>(count: 8, filler: BenchMarket().listings[0])
  private let orders: Room<RiskOrder>
  private let places = Room<Int>(count: Self.count, filler: 0)
  private(set) var refused = 0

  init(seed: UInt64) throws {
    risk = RiskEngine(
      strategyCapacity: 16, listingCapacity: 64, venueCapacity: 32, currencyCapacity: 64)
    orders = Room(
      count: Self.count,
      filler: RiskOrder(strategy: 0, side: .buy, type: .limit, price: 0, quantity: 0))
    let market = BenchMarket()
    var random = SeededRandom(seed: seed)
    try setLimits(market)
    for listing in market.listings { listings.base[Int(listing.index)] = listing }
    for index in 0..<Self.count {
      let listing = Int(random.next(below: 8))
      let tick = market.listings[listing].tick
      places.base[index] = listing
      orders.base[index] = RiskOrder(
        strategy: StrategyIndex(random.next(below: 3)),
        side: random.next(below: 2) == 0 ? .buy : .sell, type: .limit,
        price: BenchMarket.middle(ListingIndex(listing)) + random.integer(in: -40...40) * tick,
        quantity: random.integer(in: 2...50_000))
    }
  }

  private mutating func setLimits(_ market: BenchMarket) throws {
    let money = Money(Decimal(units: 900_000_000_000))
    let limits = RiskLimits(
      orderQuantityMax: 1_000_000, orderNotionalMax: money, priceCollar: Rate(parts: 5_000_000),
      positionMax: 1_000_000_000, positionNotionalMax: money, openOrderNotionalMax: money,
      openOrderCountMax: 30_000, orderRateMax: 2_000_000, orderRateWindow: 1_000_000_000,
      marginRate: Rate(parts: 10_000_000), checks: .all)
    try risk.setLimits(limits, for: .firm)
    for strategy in 0..<3 {
      try risk.setLimits(limits, for: .strategy(StrategyIndex(strategy)))
      for listing in 0..<8 {
        try risk.setLimits(limits, for: .pair(StrategyIndex(strategy), ListingIndex(listing)))
      }
    }
    for listing in 0..<8 { try risk.setLimits(limits, for: .listing(ListingIndex(listing))) }
  }

  @inline(__always)
  mutating func check(_ index: Int) {
    let place = index & (Self.count - 1)
    let listing = places.base[place]
    let middle = BenchMarket.middle(ListingIndex(listing))
    let refusal = risk.check(
      orders.base[place], listing: listings.base[listing],
      reference: RiskReference(
        referencePrice: middle, bestBid: middle - 10, bestAsk: middle + 10, feedReady: true),
      account: RiskAccount(
        strategyPosition: Int64(index & 1023) - 512, listingPosition: Int64(index & 511),
        balanceAvailable: Money(amount: 1 << 110)),
      now: Int64(index) * 1_000)
    if refusal != nil { refused += 1 }
  }
}

/// Positions alone: fills of both sides that open, grow, shrink and turn them.
struct PositionLoop: ~Copyable {
  static let count = 4096
  private var table = PositionTable(
    strategyCapacity: 16, listingCapacity: 64, currencyCapacity: 64)
  private let listings = Room<Listing>(count: 8, filler: BenchMarket().listings[0])
  private let fills: Room<PositionFill>
  private let places = Room<Int>(count: Self.count, filler: 0)
  private(set) var failed = 0

  init(seed: UInt64) {
    fills = Room(
      count: Self.count,
      filler: PositionFill(strategy: 0, side: .buy, price: 1, quantity: 1, feeCurrency: 4))
    let market = BenchMarket()
    for listing in market.listings { listings.base[Int(listing.index)] = listing }
    var random = SeededRandom(seed: seed)
    for index in 0..<Self.count {
      let listing = Int(random.next(below: 8))
      places.base[index] = listing
      let quantity = random.integer(in: 1...50_000)
      fills.base[index] = PositionFill(
        strategy: StrategyIndex(random.next(below: 3)),
        side: random.next(below: 2) == 0 ? .buy : .sell,
        price: BenchMarket.middle(ListingIndex(listing)) + random.integer(in: -400...400) * 10,
        quantity: quantity, fee: Money(amount: Int128(quantity) * 12_345_000_000_000),
        feeCurrency: 4)
    }
  }

  @inline(__always)
  mutating func apply(_ index: Int) {
    let place = index & (Self.count - 1)
    do throws(PositionError) {
      _ = try table.apply(fill: fills.base[place], listing: listings.base[places.base[place]])
    } catch {
      failed += 1
    }
  }
}
