import Exchange
import TradingModel

/// A symbol of the simulated venue: what is traded, and the numbers of its filters.
///
/// Prices and quantities are in the instrument's units; price and quantity decimals together are 8 at
/// most, the digits that the venue prints of a value.
struct BinanceSpotSymbol {
  var name: String
  var base: String
  var quote: String
  var priceDecimals: Int
  var quantityDecimals: Int
  /// In price units.
  var startPrice: Int64
  /// In quantity units.
  var quantityMax: Int64
  var marketQuantityMax: Int64
  /// In whole quote units times 10^8.
  var notionalMin: Int64
  var notionalMax: Int64 = 9_000_000_00000000
  /// Rises and falls of a limit price over the last price, in hundredths: `PERCENT_PRICE_BY_SIDE`.
  var bidUp: Int64 = 500, bidDown: Int64 = 20, askUp: Int64 = 500, askDown: Int64 = 20
  /// In price units.
  var priceMax: Int64
  var openOrdersMax = 200
  var algoOrdersMax = 5
  var orderListsMax = 20
  var icebergPartsMax = 10
  var amendsMax = 10

  /// Name in stream names.
  var streamName: String { name.lowercased() }

  /// The largest decimals that the venue takes in a parameter.
  static let decimals = 8

  /// What is listed. Ticks, lots and filters are those of the venue's own symbols in 2026, as far as
  /// values stay within 8 decimals.
  static let all = [
    BinanceSpotSymbol(
      name: "BTCUSDT", base: "BTC", quote: "USDT", priceDecimals: 2, quantityDecimals: 5,
      startPrice: 60_000_00, quantityMax: 9_000_00000, marketQuantityMax: 120_00000,
      notionalMin: 5_00000000, priceMax: 1_000_000_00),
    BinanceSpotSymbol(
      name: "ETHUSDT", base: "ETH", quote: "USDT", priceDecimals: 2, quantityDecimals: 4,
      startPrice: 2_500_00, quantityMax: 9_000_0000, marketQuantityMax: 2_400_0000,
      notionalMin: 5_00000000, priceMax: 1_000_000_00),
    BinanceSpotSymbol(
      name: "BNBUSDT", base: "BNB", quote: "USDT", priceDecimals: 2, quantityDecimals: 3,
      startPrice: 600_00, quantityMax: 9_000_000, marketQuantityMax: 1_200_000,
      notionalMin: 5_00000000, priceMax: 100_000_00),
    BinanceSpotSymbol(
      name: "ETHBTC", base: "ETH", quote: "BTC", priceDecimals: 5, quantityDecimals: 3,
      startPrice: 4167, quantityMax: 100_000_000, marketQuantityMax: 1_200_000,
      notionalMin: 10000, notionalMax: 9_000_000_00000000, priceMax: 922_327_00000),
  ]

  /// What balances are held in.
  static let assets = ["BTC", "ETH", "BNB", "USDT"]
}

extension BinanceSpotSymbol {
  /// The instrument of the exchange.
  func instrument(at index: InstrumentIndex) -> ExchangeInstrument {
    let assets = BinanceSpotSymbol.assets
    func place(_ name: String) -> CurrencyIndex {
      guard let place = assets.firstIndex(of: name) else {
        preconditionFailure("Invariant: every symbol's assets are listed")
      }
      return CurrencyIndex(place)
    }
    let listing = Listing(
      index: ListingIndex(index), venue: 0, instrument: index, base: place(base),
      quote: place(quote), contractKind: .spot, priceDecimals: priceDecimals,
      quantityDecimals: quantityDecimals, quantityMax: quantityMax,
      notionalMin: Money(Decimal(units: notionalMin, decimals: 8)))
    var instrument = ExchangeInstrument(symbol: name, listing: listing, startPrice: startPrice)
    instrument.notionalMax = Money(Decimal(units: notionalMax, decimals: 8))
    instrument.marketQuantityMax = marketQuantityMax
    instrument.priceMin = 1
    instrument.priceMax = priceMax
    instrument.priceBand = PriceBand(
      buyUp: Self.share(bidUp), buyDown: Self.share(bidDown), sellUp: Self.share(askUp),
      sellDown: Self.share(askDown))
    instrument.openOrdersMax = openOrdersMax
    instrument.waitingOrdersMax = algoOrdersMax
    return instrument
  }

  private static func share(_ hundredths: Int64) -> Rate { Rate(parts: hundredths * 1_000_000) }
}
