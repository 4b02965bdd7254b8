import Engine
import LowLatency
import Strategies
import TradingModel

/// The instruments, limits and books that the benchmarks trade: eight linear swaps at two venues,
/// every limit of every scope set to a finite number.
struct BenchMarket {
  static let venueCount = 2
  static let strategyCount = 3
  /// Of the account of commands.
  static let commandStrategy: StrategyIndex = 2

  let listings: [Listing]
  private static let names = ["BTC", "ETH", "SOL", "XRP"]

  init() {
    listings = (0..<BenchEngine.listingCount).map { index in
      Listing(
        index: ListingIndex(index), venue: VenueIndex(index / 4),
        instrument: InstrumentIndex(index % 4), base: CurrencyIndex(index % 4), quote: 4,
        contractKind: .linear, priceDecimals: 2 - index % 2, quantityDecimals: 3, tick: 10, lot: 1,
        quantityMin: 1, quantityMax: 1_000_000_000,
        notionalMin: Money(Decimal(units: 5)), makerFee: Rate(parts: 20_000),
        takerFee: Rate(parts: 50_000))
    }
  }

  func symbol(_ listing: Listing) -> String { Self.names[Int(listing.index) % 4] + "USDT" }

  /// The middle of a listing's book at the start, in price units.
  static func middle(_ listing: ListingIndex) -> Int64 { 6_000_000 + Int64(listing) * 111_110 }

  func definitions(makers: Bool) -> RunDefinitions {
    var definitions = RunDefinitions()
    for venue in ["first-venue", "second-venue"] { _ = definitions.venue(venue) }
    for currency in Self.names + ["USDT"] { _ = definitions.currency(currency) }
    definitions.listings = listings.map { ListingDefinition(listing: $0, symbol: symbol($0)) }
    definitions.limits.append(Self.limits(.firm, 0))
    for index in 0..<Self.strategyCount {
      definitions.limits.append(Self.limits(.strategy, UInt16(index)))
    }
    for listing in listings { definitions.limits.append(Self.limits(.listing, listing.index)) }
    for venue in 0..<Self.venueCount {
      definitions.balances.append(
        AccountBalance(
          venue: VenueIndex(venue), currency: 4, total: Money(Decimal(units: 1_000_000_000_000))))
    }
    if makers {
      definitions.strategies.append(
        StrategyDefinition(
          index: 1, stateVersion: Maker.stateVersion, name: Maker.name,
          settings: "size=0.05\nmax_position=100000\nhalf_spread_bps=0.5\nrequote_ticks=2",
          listings: [0, 1, 2, 3]))
    }
    definitions.strategies.append(
      StrategyDefinition(
        index: Self.commandStrategy, stateVersion: 1, name: "bystander", settings: "",
        listings: [4, 5, 6, 7]))
    return definitions
  }

  /// Every check asked for, with room for the whole run: nothing is refused, nothing is skipped.
  static func limits(_ scope: RiskLimitsScope, _ index: UInt16) -> RiskLimitsDefinition {
    let money = Money(Decimal(units: 900_000_000_000))
    return RiskLimitsDefinition(
      scope: scope, index: index, orderQuantityMax: 1_000_000, positionMax: 1_000_000_000,
      openOrdersMax: 30_000, ordersPerWindow: 2_000_000, windowNanoseconds: 1_000_000_000,
      priceCollar: Rate(parts: 5_000_000), orderNotionalMax: money, openNotionalMax: money,
      positionNotionalMax: money, marginRate: Rate(parts: 10_000_000),
      checks: RiskLimitsDefinition.balanceCheck | RiskLimitsDefinition.feedCheck)
  }

  /// Writes a whole book: `depth` levels a side around the middle, on every tick.
  func writeSnapshot(of listing: Listing, at base: UnsafeMutableRawPointer, time: Timestamp) {
    let depth = 50
    let update = BookUpdate(
      listing: listing.index, isSnapshot: true, levelCount: depth * 2, venueSequence: 1,
      venueTime: time)
    RecordHeader(
      byteCount: BookUpdate.byteCount(levelCount: update.levelCount), kind: .bookUpdate,
      isOutput: false, sequence: 0, time: time
    ).store(at: base)
    update.store(at: base)
    var random = SeededRandom(seed: UInt64(listing.index))
    var level = base + BookUpdate.levelsOffset
    for step in 0..<depth {
      for side in [Side.buy, .sell] {
        let distance = Int64(step) * listing.tick
        let middle = Self.middle(listing.index)
        LevelChange(
          side: side, price: side == .buy ? middle - distance : middle + listing.tick + distance,
          quantity: random.integer(in: 1...5_000)
        ).store(at: level)
        level += LevelChange.byteCount
      }
    }
  }
}
