import Engine
import LowLatency
import TradingModel
import VenueSimulator

/// The built-in venues of the sandbox and what is traded there.
enum SandboxMarkets {
  /// A thing traded at every venue.
  struct Instrument {
    var symbol: String
    var base: String
    /// In whole units of the quote currency, when a first run starts.
    var price: Double
    var quantityDecimals: Int
    /// The median size of generated orders, in quantity units.
    var sizeMedian: Double
    var volatility: Double
  }

  /// A venue: how far away it is, how it charges, how its markets behave.
  struct Venue {
    var name: String
    var latency: VenueLatency
    /// Between two publications of a book.
    var feedInterval: Int64
    /// How long its traders are behind the latent price.
    var lag: Int64
    var makerFee: Rate
    var takerFee: Rate
    /// By instrument: price decimals and tick in them.
    var ticks: [(decimals: Int, tick: Int64)]
    /// By instrument: lot in quantity units.
    var lots: [Int64]
    var basis: Double
    /// Times the usual order flow.
    var activity: Double
  }

  static let quote = "USDT"

  static let instruments = [
    Instrument(
      symbol: "BTC-USDT", base: "BTC", price: 60_000, quantityDecimals: 3, sizeMedian: 80,
      volatility: 0.6e-4),
    Instrument(
      symbol: "ETH-USDT", base: "ETH", price: 2500, quantityDecimals: 2, sizeMedian: 150,
      volatility: 0.7e-4),
  ]

  /// Fees are those of a large trader; the others' traders are behind alpha's.
  static let venues = [
    Venue(
      name: "alpha",
      latency: VenueLatency(feed: 400_000, entry: 500_000, answer: 400_000, jitter: 200_000),
      feedInterval: 10_000_000, lag: 0, makerFee: Rate(parts: -500), takerFee: Rate(parts: 17_000),
      ticks: [(1, 1), (2, 1)], lots: [1, 1], basis: 0, activity: 1.5),
    Venue(
      name: "beta",
      latency: VenueLatency(feed: 900_000, entry: 1_200_000, answer: 900_000, jitter: 500_000),
      feedInterval: 20_000_000, lag: 12_000_000, makerFee: Rate(parts: 0),
      takerFee: Rate(parts: 20_000), ticks: [(1, 5), (2, 5)], lots: [1, 1], basis: 0.2,
      activity: 1),
    Venue(
      name: "gamma",
      latency: VenueLatency(
        feed: 3_000_000, entry: 4_000_000, answer: 3_000_000, jitter: 2_000_000),
      feedInterval: 50_000_000, lag: 60_000_000, makerFee: Rate(parts: 5_000),
      takerFee: Rate(parts: 25_000), ticks: [(0, 1), (1, 1)], lots: [10, 10], basis: -0.3,
      activity: 0.6),
  ]

  /// USDT on each account.
  static let balance = Money(Decimal(units: 250_000))

  /// The definitions of venues, listings and balances; strategies and limits come on top.
  static func definitions() -> RunDefinitions {
    var definitions = RunDefinitions()
    for venue in venues { _ = definitions.venue(venue.name) }
    let quoteIndex = definitions.currency(quote)
    for instrument in instruments { _ = definitions.currency(instrument.base) }
    for (venueIndex, venue) in venues.enumerated() {
      for (place, instrument) in instruments.enumerated() {
        let listing = Listing(
          index: ListingIndex(definitions.listings.count), venue: VenueIndex(venueIndex),
          instrument: InstrumentIndex(place), base: definitions.currency(instrument.base),
          quote: quoteIndex, contractKind: .linear, priceDecimals: venue.ticks[place].decimals,
          quantityDecimals: instrument.quantityDecimals, tick: venue.ticks[place].tick,
          lot: venue.lots[place], quantityMin: venue.lots[place], quantityMax: 10_000_000,
          notionalMin: Money(Decimal(units: 5)), makerFee: venue.makerFee,
          takerFee: venue.takerFee)
        definitions.listings.append(
          ListingDefinition(listing: listing, symbol: instrument.symbol))
      }
      definitions.balances.append(
        AccountBalance(venue: VenueIndex(venueIndex), currency: quoteIndex, total: balance))
    }
    return definitions
  }

  /// The latent price of an instrument in a run that starts at `startTime`.
  static func latentPrice(
    _ place: Int, seed: UInt64, startTime: Timestamp, startPrice: Double?
  ) -> LatentPriceSettings {
    let instrument = instruments[place]
    var seeds = SeededRandom(seed: seed ^ 0x6C61_7465_6E74)
    for _ in 0..<place { _ = seeds.next() }
    var settings = LatentPriceSettings(
      seed: seeds.next(), startTime: startTime, startPrice: startPrice ?? instrument.price)
    settings.volatility = instrument.volatility
    return settings
  }

  /// The venues themselves.
  ///
  /// - Parameters:
  ///   - prices: the latent price of each instrument.
  ///   - firstID: where venue order ids and trade ids begin; no earlier run on the journal may have
  ///     given one at or above it.
  static func makeVenues(
    definitions: RunDefinitions, prices: [LatentPriceSettings], seed: UInt64,
    startTime: Timestamp, firstID: UInt64, faults: VenueFaults
  ) -> [GeneratedVenue] {
    var seeds = SeededRandom(seed: seed)
    var result: [GeneratedVenue] = []
    for (index, venue) in venues.enumerated() {
      var markets: [GeneratedMarketSettings] = []
      for definition in definitions.listings where Int(definition.listing.venue) == index {
        let place = Int(definition.listing.instrument)
        markets.append(market(venue, place, definition.listing, prices[place]))
      }
      var settings = GeneratedVenueSettings(
        venue: VenueIndex(index), seed: seeds.next(), startTime: startTime, markets: markets)
      settings.gateway.latency = venue.latency
      settings.gateway.faults = faults
      settings.gateway.firstID = firstID
      result.append(GeneratedVenue(settings))
    }
    return result
  }

  private static func market(
    _ venue: Venue, _ place: Int, _ listing: Listing, _ price: LatentPriceSettings
  ) -> GeneratedMarketSettings {
    var market = GeneratedMarketSettings(listing: listing, price: price)
    market.lag = venue.lag
    market.basis = venue.basis
    market.feedInterval = venue.feedInterval
    // Calmer than the generator's own defaults: a maker that is quick enough can live here.
    market.flow.halfSpread = 0.6
    market.flow.limitRate *= venue.activity
    market.flow.marketRate = 16 * venue.activity
    market.flow.arbitrageRate = 12 * venue.activity
    market.flow.sizeMedian = instruments[place].sizeMedian
    return market
  }

  /// What goes wrong with `--faults some`: every few seconds something.
  static var someFaults: VenueFaults {
    var faults = VenueFaults()
    faults.lostAnswers = 5000
    faults.duplicatedReports = 10_000
    faults.reorderedReports = 10_000
    faults.disconnectInterval = 30_000_000_000
    faults.feedGapInterval = 20_000_000_000
    return faults
  }
}
