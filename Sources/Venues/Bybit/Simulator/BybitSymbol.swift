import Exchange
import TradingModel

/// The product lines that the simulated venue has (`category` of
/// https://bybit-exchange.github.io/docs/v5/enum#category).
enum BybitCategory: String, CaseIterable {
  case spot
  /// Perpetuals that settle in USDT.
  case linear
}

/// A symbol of the simulated venue: what is traded, and the numbers of its filters. Prices and
/// quantities are in the instrument's units.
///
/// Spot and perpetual may have the same name: a symbol is known by its category and name.
struct BybitSymbol {
  var category: BybitCategory
  var name: String
  var base: String
  var quote = "USDT"
  var priceDecimals: Int
  var quantityDecimals: Int
  /// Digits behind the point of a price's text.
  var priceDigits: Int
  var startPrice: Int64
  var quantityMin: Int64
  var quantityMax: Int64
  var marketQuantityMax: Int64
  /// In whole quote units.
  var notionalMin: Int64 = 5
  /// In whole quote units; nil for none.
  var notionalMax: Int64?
  var leverageMax = 100
  var openOrdersMax = 500
  /// Conditional orders of one account, of one kind.
  var waitingOrdersMax: Int { category == .linear ? 10 : 30 }

  /// How far a buy may stand above the reference and a sell below it: `priceLimitRatioY`.
  static let priceLimit = Rate(parts: 5_000_000)
  /// Between two funding payments, in minutes: `fundingInterval`.
  static let fundingMinutes: Int64 = 480

  /// Name in the exchange, unique there.
  var exchangeName: String { "\(category.rawValue):\(name)" }

  /// What balances are held in.
  static let assets = ["BTC", "ETH", "USDT"]

  /// What is listed. Ticks and lots are those of the venue's own symbols in 2026.
  static let all = [
    BybitSymbol(
      category: .spot, name: "BTCUSDT", base: "BTC", priceDecimals: 2, quantityDecimals: 6,
      priceDigits: 2, startPrice: 60_000_00, quantityMin: 11, quantityMax: 83_000_000,
      marketQuantityMax: 41_500_000, notionalMax: 8_000_000),
    BybitSymbol(
      category: .spot, name: "ETHUSDT", base: "ETH", priceDecimals: 2, quantityDecimals: 5,
      priceDigits: 2, startPrice: 2_500_00, quantityMin: 32, quantityMax: 1_900_00000,
      marketQuantityMax: 950_00000, notionalMax: 8_000_000),
    BybitSymbol(
      category: .linear, name: "BTCUSDT", base: "BTC", priceDecimals: 1, quantityDecimals: 3,
      priceDigits: 2, startPrice: 60_000_0, quantityMin: 1, quantityMax: 1_190_000,
      marketQuantityMax: 119_000),
    BybitSymbol(
      category: .linear, name: "ETHUSDT", base: "ETH", priceDecimals: 2, quantityDecimals: 2,
      priceDigits: 2, startPrice: 2_500_00, quantityMin: 1, quantityMax: 7_240_00,
      marketQuantityMax: 724_00),
  ]

  /// The instrument of the exchange.
  func instrument(at index: InstrumentIndex) -> ExchangeInstrument {
    let listing = Listing(
      index: ListingIndex(index), venue: 0, instrument: index, base: Self.place(base),
      quote: Self.place(quote), contractKind: category == .spot ? .spot : .linear,
      priceDecimals: priceDecimals, quantityDecimals: quantityDecimals, quantityMin: quantityMin,
      quantityMax: quantityMax, notionalMin: Money(Decimal(units: notionalMin)))
    var instrument = ExchangeInstrument(
      symbol: exchangeName, listing: listing, startPrice: startPrice)
    instrument.notionalMax = notionalMax.map { Money(Decimal(units: $0)) }
    instrument.marketQuantityMax = marketQuantityMax
    instrument.priceMin = 1
    instrument.priceMax = 2_000_000 * powerOfTen(priceDecimals) - 1
    // Buys may stand below, and sells above, as far as they like.
    let whole: Int64 = 100_000_000
    instrument.priceBand = PriceBand(
      buyUp: Rate(parts: whole + Self.priceLimit.parts), buyDown: .zero,
      sellUp: Rate(parts: whole * 1_000), sellDown: Rate(parts: whole - Self.priceLimit.parts))
    instrument.openOrdersMax = openOrdersMax
    // `waitingOrdersMax` counts what clients ask for; the venue's own orders are beside it.
    instrument.waitingOrdersMax = openOrdersMax
    instrument.leverageMax = leverageMax
    if category == .linear { instrument.fundingInterval = Self.fundingMinutes * 60_000_000_000 }
    return instrument
  }

  private static func place(_ name: String) -> CurrencyIndex {
    guard let place = assets.firstIndex(of: name) else {
      preconditionFailure("Invariant: every symbol's assets are listed")
    }
    return CurrencyIndex(place)
  }

  // MARK: Texts of units

  /// A price with the symbol's digits.
  func price(_ units: Int64) -> String {
    BybitText.padded(Int128(units), decimals: priceDecimals, digits: priceDigits)
  }
  /// A quantity with the symbol's digits.
  func quantity(_ units: Int64) -> String {
    BybitText.padded(Int128(units), decimals: quantityDecimals, digits: quantityDecimals)
  }
  /// Price units times quantity units, without trailing zeros.
  func value(_ units: Int128) -> String {
    DecimalText.string(units, decimals: priceDecimals + quantityDecimals)
  }
  /// A step of `units` units as filters print it.
  func step(_ units: Int64 = 1, decimals: Int) -> String {
    BybitText.padded(Int128(units), decimals: decimals, digits: decimals)
  }
}

/// Numbers as the venue prints them.
enum BybitText {
  /// `units` x 10^-`decimals` with exactly `digits` digits behind the point, at least `decimals`.
  static func padded(_ units: Int128, decimals: Int, digits: Int) -> String {
    let scaled = units * powerOfTen128(max(0, digits - decimals))
    var bytes: [UInt8] = []
    bytes.reserveCapacity(24)
    var magnitude = scaled.magnitude
    var written = 0
    repeat {
      if written == digits, digits > 0 { bytes.append(UInt8(ascii: ".")) }
      bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: magnitude % 10))
      magnitude /= 10
      written += 1
    } while magnitude > 0 || written <= digits
    if scaled < 0 { bytes.append(UInt8(ascii: "-")) }
    bytes.reverse()
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Exact, without trailing zeros.
  static func text(_ money: Money) -> String { money.description }
  /// Exact, without trailing zeros.
  static func text(_ rate: Rate) -> String {
    DecimalText.string(Int128(rate.parts), decimals: Rate.decimals)
  }
  /// Cut to `digits` digits behind the point, without trailing zeros.
  static func cut(_ money: Money, digits: Int) -> String {
    let divisor = powerOfTen128(Money.decimals - digits)
    return Money(amount: money.amount / divisor * divisor).description
  }
}
