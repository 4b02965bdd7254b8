import Exchange
import TradingModel
import VenueServer

/// Kinds of instruments that are simulated.
enum OKXInstrumentType: String {
  case spot = "SPOT"
  case swap = "SWAP"
}

/// An instrument of the simulated venue: what is traded, and the numbers of its filters.
struct OKXInstrument {
  var id: String
  /// `instIdCode`, which order entry over WebSocket takes in place of the id.
  var code: Int
  var type: OKXInstrumentType
  var base: String
  var quote = "USDT"
  var priceDecimals: Int
  var quantityDecimals: Int
  /// In quantity units.
  var lot: Int64 = 1
  var quantityMin: Int64
  /// Largest sizes, in whole coins or contracts.
  var limitMax: Int64
  var marketMax: Int64
  /// Behind the point of a contract's size of one unit there: 2 for 0.01 coins; 0 for spot.
  var contractDecimals = 0
  /// In price units.
  var startPrice: Int64
  var leverageMax = 1

  var isSwap: Bool { type == .swap }
  /// What an index and contracts over it are called: `BTC-USDT`.
  var family: String { "\(base)-\(quote)" }

  /// What is listed. Ticks, lots and contract sizes are those of the venue in 2026.
  static let all = [
    OKXInstrument(
      id: "BTC-USDT", code: 10_301, type: .spot, base: "BTC", priceDecimals: 1,
      quantityDecimals: 8, quantityMin: 1_000, limitMax: 1_000_000, marketMax: 1_000_000,
      startPrice: 60_000_0),
    OKXInstrument(
      id: "ETH-USDT", code: 10_302, type: .spot, base: "ETH", priceDecimals: 2,
      quantityDecimals: 6, quantityMin: 100, limitMax: 100_000_000, marketMax: 1_000_000,
      startPrice: 2_500_00),
    OKXInstrument(
      id: "BTC-USDT-SWAP", code: 10_459, type: .swap, base: "BTC", priceDecimals: 1,
      quantityDecimals: 2, quantityMin: 1, limitMax: 100_000_000, marketMax: 35_000,
      contractDecimals: 2, startPrice: 60_000_0, leverageMax: 100),
    OKXInstrument(
      id: "ETH-USDT-SWAP", code: 10_461, type: .swap, base: "ETH", priceDecimals: 2,
      quantityDecimals: 2, quantityMin: 1, limitMax: 100_000_000, marketMax: 20_000,
      contractDecimals: 1, startPrice: 2_500_00, leverageMax: 100),
  ]

  /// What balances are held in.
  static let assets = ["BTC", "ETH", "USDT"]

  func price(_ units: Int64) -> String {
    DecimalText.string(Int128(units), decimals: priceDecimals)
  }
  func quantity(_ units: Int64) -> String { quantity(Int128(units)) }
  func quantity(_ units: Int128) -> String {
    DecimalText.string(units, decimals: quantityDecimals)
  }
}

extension OKXInstrument {
  /// The largest value of a limit order, in quote units; a market order's is a twentieth of it.
  static let limitValueMax: Int64 = 20_000_000
  static let marketValueMax: Int64 = 1_000_000
  /// How far a buy may be above and a sell below the reference.
  static let highestBuy = Rate(parts: 105_000_000)
  static let lowestSell = Rate(parts: 95_000_000)

  /// The instrument of the exchange.
  func instrument(at index: InstrumentIndex) -> ExchangeInstrument {
    func place(_ name: String) -> CurrencyIndex {
      guard let place = Self.assets.firstIndex(of: name) else {
        preconditionFailure("Invariant: every instrument's assets are listed")
      }
      return CurrencyIndex(place)
    }
    let listing = Listing(
      index: ListingIndex(index), venue: 0, instrument: index, base: place(base),
      quote: place(quote), contractKind: isSwap ? .linear : .spot, priceDecimals: priceDecimals,
      quantityDecimals: quantityDecimals,
      contractSize: Decimal(units: 1, decimals: contractDecimals), lot: lot,
      quantityMin: quantityMin, quantityMax: limitMax * powerOfTen(quantityDecimals))
    var instrument = ExchangeInstrument(symbol: id, listing: listing, startPrice: startPrice)
    if !isSwap { instrument.notionalMax = Money(Decimal(units: Self.limitValueMax)) }
    instrument.marketQuantityMax = marketMax * powerOfTen(quantityDecimals)
    instrument.priceBand = PriceBand(
      buyUp: Self.highestBuy, buyDown: .zero, sellUp: Rate(parts: .max / 1_000_000),
      sellDown: Self.lowestSell)
    instrument.openOrdersMax = 500
    instrument.waitingOrdersMax = 30
    instrument.leverageMax = leverageMax
    if isSwap { instrument.fundingInterval = 8 * 3_600_000_000_000 }
    return instrument
  }

  /// As `GET /api/v5/public/instruments` has it
  /// (https://www.okx.com/docs-v5/en/#public-data-rest-api-get-instruments).
  func json(listTime: Int64) -> JSONValue {
    let step = DecimalText.string(1, decimals: priceDecimals)
    let lot = quantity(self.lot)
    let isSwap = isSwap
    func text(_ value: String, of kind: Bool) -> JSONValue { .string(kind ? value : "") }
    let trigger = "\(limitMax).0000000000000000"
    return [
      "alias": "", "auctionEndTime": "", "baseCcy": text(base, of: !isSwap), "category": "1",
      "contTdSwTime": "", "ctMult": text("1", of: isSwap), "ctType": text("linear", of: isSwap),
      "ctVal": text(DecimalText.string(1, decimals: contractDecimals), of: isSwap),
      "ctValCcy": text(base, of: isSwap), "expTime": "", "futureSettlement": false,
      "instFamily": text(family, of: isSwap), "instId": .string(id),
      "instIdCode": .integer(code), "instType": .string(type.rawValue),
      "lever": text("\(leverageMax)", of: isSwap),
      "listTime": .string("\(listTime / 1_000_000)"), "lotSz": .string(lot),
      "maxIcebergSz": .string(trigger), "maxLmtAmt": .string("\(Self.limitValueMax)"),
      "maxLmtSz": .string("\(limitMax)"),
      "maxMktAmt": text("\(Self.marketValueMax)", of: !isSwap),
      "maxMktSz": .string("\(marketMax)"), "maxPlatOILmt": "",
      "maxStopSz": .string("\(marketMax)"), "maxTriggerSz": .string(trigger),
      "maxTwapSz": .string(trigger), "minSz": .string(quantity(quantityMin)), "openType": "",
      "optType": "", "posLmtAmt": "", "posLmtPct": "", "preMktSwTime": "",
      "quoteCcy": text(quote, of: !isSwap), "ruleType": "normal",
      "settleCcy": text(quote, of: isSwap), "state": "live", "stk": "", "tickSz": .string(step),
      "tradeQuoteCcyList": isSwap ? [] : [.string(quote)], "uly": text(family, of: isSwap),
    ]
  }
}
