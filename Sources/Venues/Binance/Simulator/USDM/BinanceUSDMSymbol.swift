import Exchange
import TradingModel

/// A perpetual contract of the simulated product: its units and the numbers of its filters.
///
/// Values as in `exchangeInfo` of the venue in 2026
/// (https://developers.binance.com/docs/derivatives/usds-margined-futures/market-data/rest-api/Exchange-Information).
struct BinanceUSDMSymbol {
  var name: String
  var base: String
  let quote = "USDT"
  /// `pricePrecision`; price and quantity decimals together are 5, so values are exact in five digits.
  var priceDecimals: Int
  var quantityDecimals: Int
  /// In price units.
  var tick: Int64
  var startPrice: Int64
  var priceMin: Int64
  var priceMax: Int64
  /// In quantity units.
  var quantityMax: Int64
  var marketQuantityMax: Int64
  /// In whole quote units.
  var notionalMin: Int64
  /// `PERCENT_PRICE` around the mark price, in hundredths of a percent.
  var multiplierUp: Int64 = 10_500
  var multiplierDown: Int64 = 9_500
  var openOrdersMax = 200
  var algoOrdersMax = 10
  var leverageMax = 125

  /// Name in stream names.
  var streamName: String { name.lowercased() }

  static let all = [
    BinanceUSDMSymbol(
      name: "BTCUSDT", base: "BTC", priceDecimals: 2, quantityDecimals: 3, tick: 10,
      startPrice: 60_000_00, priceMin: 556_80, priceMax: 4_529_764_00, quantityMax: 1_000_000,
      marketQuantityMax: 120_000, notionalMin: 100),
    BinanceUSDMSymbol(
      name: "ETHUSDT", base: "ETH", priceDecimals: 2, quantityDecimals: 3, tick: 1,
      startPrice: 2_500_00, priceMin: 39_86, priceMax: 306_177_00, quantityMax: 10_000_000,
      marketQuantityMax: 2_000_000, notionalMin: 20),
  ]

  /// USDT is what balances are held in; the others only name what is traded.
  static let assets = ["USDT", "BTC", "ETH"]

  /// Eight hours.
  static let fundingInterval: Int64 = 28_800_000_000_000

  /// The instrument of the exchange.
  func instrument(at index: InstrumentIndex) -> ExchangeInstrument {
    guard let place = Self.assets.firstIndex(of: base) else {
      preconditionFailure("Invariant: every symbol's assets are listed")
    }
    let listing = Listing(
      index: ListingIndex(index), venue: 0, instrument: index, base: CurrencyIndex(place),
      quote: 0, contractKind: .linear, priceDecimals: priceDecimals,
      quantityDecimals: quantityDecimals, tick: tick, quantityMax: quantityMax,
      notionalMin: Money(Decimal(units: notionalMin)))
    var instrument = ExchangeInstrument(symbol: name, listing: listing, startPrice: startPrice)
    instrument.marketQuantityMax = marketQuantityMax
    instrument.priceMin = priceMin
    instrument.priceMax = priceMax
    instrument.priceBand = PriceBand(
      buyUp: Rate(parts: multiplierUp * 10_000), buyDown: .zero,
      sellUp: Rate(parts: 100_000_000_000), sellDown: Rate(parts: multiplierDown * 10_000))
    instrument.openOrdersMax = openOrdersMax + algoOrdersMax
    instrument.waitingOrdersMax = algoOrdersMax
    instrument.leverageMax = leverageMax
    instrument.fundingInterval = Self.fundingInterval
    return instrument
  }
}
