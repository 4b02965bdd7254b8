import TradingModel

/// `status` of a symbol. https://developers.binance.com/docs/binance-spot-api-docs/enums
public enum BinanceSymbolStatus: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  case other = 0
  case trading = 1
  case halt = 2
  /// Not trading, and not about to.
  case pause = 3
  case endOfDay = 4
}

/// How an order that would meet one of our own is treated.
/// https://developers.binance.com/docs/binance-spot-api-docs/faqs/stp_faq
public enum BinanceSelfTradeMode: String, Sendable, CaseIterable {
  case none = "NONE"
  case expireMaker = "EXPIRE_MAKER"
  case expireTaker = "EXPIRE_TAKER"
  case expireBoth = "EXPIRE_BOTH"
  case decrement = "DECREMENT"
  case transfer = "TRANSFER"
}

/// A factor of the average price within which an order's price must be.
public struct BinancePercentPrice: Equatable, BitwiseCopyable, Sendable {
  public var buyUp = Decimal(units: 0)
  public var buyDown = Decimal(units: 0)
  public var sellUp = Decimal(units: 0)
  public var sellDown = Decimal(units: 0)
  /// Of the average; 0 for the last price.
  public var minutes = 0
}

/// Bounds and step of a quantity; 0 where a rule is off.
public struct BinanceLotSize: Equatable, BitwiseCopyable, Sendable {
  public var min = Decimal(units: 0)
  public var max = Decimal(units: 0)
  public var step = Decimal(units: 0)
}

/// The rules that a symbol's filters set; nil or 0 where there is no such rule.
///
/// https://developers.binance.com/docs/binance-spot-api-docs/filters
public struct BinanceFilters: Equatable, Sendable {
  public var priceMin = Decimal(units: 0)
  public var priceMax = Decimal(units: 0)
  public var tick = Decimal(units: 0)
  public var lot = BinanceLotSize()
  public var marketLot: BinanceLotSize?
  public var percentPrice: BinancePercentPrice?
  public var notionalMin = Decimal(units: 0)
  public var notionalMax: Decimal?
  /// Whether the bounds hold for market orders too.
  public var notionalMinForMarket = false
  public var notionalMaxForMarket = false
  public var ordersMax: Int?
  /// Of orders that wait for a stop price.
  public var algoOrdersMax: Int?
  public var icebergOrdersMax: Int?
  public var icebergPartsMax: Int?
  public var orderListsMax: Int?
  public var amendsMax: Int?
  /// Base asset held and bid for.
  public var positionMax: Decimal?
  /// Basis points.
  public var trailingAbove: ClosedRange<Int>?
  public var trailingBelow: ClosedRange<Int>?
  /// Filters that nobody here knows.
  public var unknown: [String] = []
}

/// A symbol of `exchangeInfo`.
///
/// https://developers.binance.com/docs/binance-spot-api-docs/rest-api/general-endpoints
public struct BinanceSpotSymbol: Equatable, Sendable {
  public var symbol = ""
  public var status = BinanceSymbolStatus.other
  public var base = ""
  public var quote = ""
  public var basePrecision = 8
  public var quotePrecision = 8
  public var orderTypes: [BinanceOrderType] = []
  public var mayIceberg = false
  public var mayListOrders = false
  public var mayTrailStop = false
  public var mayCancelReplace = false
  /// Whether a quantity may be made smaller in its place.
  public var mayAmend = false
  public var isSpotAllowed = false
  public var defaultSelfTradeMode: BinanceSelfTradeMode?
  public var selfTradeModes: [BinanceSelfTradeMode] = []
  /// An account needs one of each set.
  public var permissionSets: [[String]] = []
  public var filters = BinanceFilters()

  public init() {}

  /// The listing's definition; nil without a tick and a lot, as such a symbol cannot be traded here.
  ///
  /// - Parameters:
  ///   - venue: what the definition calls it.
  ///   - makerFee: of the account; the symbol does not tell.
  public func definition(
    venue: String, makerFee: Rate = .zero, takerFee: Rate = .zero
  ) -> InstrumentDefinition? {
    guard filters.tick.units > 0, filters.lot.step.units > 0 else { return nil }
    return InstrumentDefinition(
      venue: venue, symbol: symbol, base: base, quote: quote, settlement: quote, kind: .spot,
      tick: filters.tick, lot: filters.lot.step, contractSize: Decimal(units: 1),
      quantityMin: filters.lot.min,
      quantityMax: filters.lot.max.units > 0 ? filters.lot.max : nil,
      notionalMin: filters.notionalMin, makerFee: makerFee, takerFee: takerFee)
  }
}

/// `GET /api/v3/exchangeInfo`: the venue's rules.
public struct BinanceExchangeInfo: Sendable {
  public var serverTime: Timestamp = 0
  public var limits = BinanceUsage()
  public var symbols: [BinanceSpotSymbol] = []
  /// Of the account over all symbols; nil where there is no such rule.
  public var ordersMax: Int?
  public var algoOrdersMax: Int?
  public var orderListsMax: Int?

  public init() {}
}
