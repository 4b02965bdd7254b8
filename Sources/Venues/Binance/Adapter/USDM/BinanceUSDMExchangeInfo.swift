import TradingModel

/// A symbol of `GET /fapi/v1/exchangeInfo`.
///
/// https://developers.binance.com/docs/derivatives/usds-margined-futures/market-data/rest-api/Exchange-Information
public struct BinanceUSDMSymbol: Equatable, Sendable {
  public var symbol = ""
  public var base = ""
  public var quote = ""
  /// In which margin is held, fees are paid and profits are.
  public var margin = ""
  /// `PERPETUAL`, `CURRENT_QUARTER`...
  public var contractType = ""
  /// `TRADING`, `PENDING_TRADING`, `SETTLING`...
  public var status = ""
  public var priceMin = Decimal(units: 0)
  public var priceMax = Decimal(units: 0)
  public var tick = Decimal(units: 0)
  public var lot = BinanceLotSize()
  public var marketLot: BinanceLotSize?
  public var notionalMin = Decimal(units: 0)
  /// Open orders of the symbol.
  public var ordersMax: Int?
  /// Filters that nobody here knows.
  public var unknownFilters: [String] = []

  public init() {}

  /// The listing's definition; nil without a tick and a lot, as such a symbol cannot be traded here.
  ///
  /// - Parameters:
  ///   - venue: what the definition calls it.
  ///   - makerFee: of the account; the symbol does not tell.
  public func definition(
    venue: String, makerFee: Rate = .zero, takerFee: Rate = .zero
  ) -> InstrumentDefinition? {
    guard tick.units > 0, lot.step.units > 0 else { return nil }
    return InstrumentDefinition(
      venue: venue, symbol: symbol, base: base, quote: quote,
      settlement: margin.isEmpty ? quote : margin, kind: .linear, tick: tick, lot: lot.step,
      contractSize: Decimal(units: 1), quantityMin: lot.min,
      quantityMax: lot.max.units > 0 ? lot.max : nil, notionalMin: notionalMin,
      makerFee: makerFee, takerFee: takerFee)
  }
}

/// The venue's rules.
public struct BinanceUSDMExchangeInfo: Sendable {
  public var serverTime: Timestamp = 0
  public var limits = BinanceUsage()
  public var symbols: [BinanceUSDMSymbol] = []

  /// Decodes the whole answer. Fields and filters that are not known are stepped over; a symbol without
  /// its name, assets or filters is refused.
  ///
  /// - Complexity: O(bytes); takes memory for each symbol.
  public init(_ bytes: UnsafeRawBufferPointer) throws(ScanError) {
    var scanner = FieldScanner(bytes)
    var hasSymbols = false
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "serverTime") {
        serverTime = try scanner.milliseconds()
      } else if scanner.matches(key, "rateLimits") {
        try limits.take(&scanner)
      } else if scanner.matches(key, "symbols") {
        hasSymbols = true
        try scanner.beginArray()
        var isFirstSymbol = true
        while try scanner.another(&isFirstSymbol, until: UInt8(ascii: "]")) {
          symbols.append(try BinanceUSDMSymbol(&scanner))
        }
      } else {
        try scanner.skipValue()
      }
    }
    try scanner.expectEnd()
    guard hasSymbols else { throw ScanError(scanner.offset, "a field \"symbols\"") }
  }
}

extension BinanceUSDMSymbol {
  init(_ scanner: inout FieldScanner) throws(ScanError) {
    var found = 0
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "symbol") {
        symbol = try Self.string(&scanner)
        found |= 1
      } else if scanner.matches(key, "baseAsset") {
        base = try Self.string(&scanner)
        found |= 2
      } else if scanner.matches(key, "quoteAsset") {
        quote = try Self.string(&scanner)
        found |= 4
      } else if scanner.matches(key, "filters") {
        try takeFilters(&scanner)
        found |= 8
      } else if scanner.matches(key, "marginAsset") {
        margin = try Self.string(&scanner)
      } else if scanner.matches(key, "contractType") {
        contractType = try Self.word(&scanner)
      } else if scanner.matches(key, "status") {
        status = try Self.word(&scanner)
      } else {
        try scanner.skipValue()
      }
    }
    guard found == 15 else {
      throw ScanError(scanner.offset, "a symbol's \"symbol\", assets and \"filters\"")
    }
  }

  private static func word(_ scanner: inout FieldScanner) throws(ScanError) -> String {
    var text = VenueText()
    try scanner.text(into: &text)
    return text.description
  }

  private static func string(_ scanner: inout FieldScanner) throws(ScanError) -> String {
    let start = scanner.offset
    var text = VenueText()
    try scanner.text(into: &text)
    guard !text.isEmpty, !text.isCut else { throw ScanError(start, "a name of 1 to 48 bytes") }
    return text.description
  }

  private mutating func takeFilters(_ scanner: inout FieldScanner) throws(ScanError) {
    try scanner.beginArray()
    var isFirst = true
    while try scanner.another(&isFirst, until: UInt8(ascii: "]")) {
      scanner.skipSpace()
      let start = scanner.offset
      guard try takeFilter(&scanner) else {
        throw ScanError(start, "a filter with its type and what it bounds")
      }
    }
  }

  /// - Returns: false where a number is missing.
  private mutating func takeFilter(_ scanner: inout FieldScanner) throws(ScanError) -> Bool {
    var type = VenueText()
    var min: Decimal?
    var max: Decimal?
    var step: Decimal?
    var notional: Decimal?
    var limit: Int64?
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "filterType") {
        try scanner.text(into: &type)
      } else if scanner.matches(key, "minPrice") || scanner.matches(key, "minQty") {
        min = try Self.bound(&scanner)
      } else if scanner.matches(key, "maxPrice") || scanner.matches(key, "maxQty") {
        max = try Self.bound(&scanner)
      } else if scanner.matches(key, "tickSize") || scanner.matches(key, "stepSize") {
        step = try Self.bound(&scanner)
      } else if scanner.matches(key, "notional") {
        notional = try Self.bound(&scanner)
      } else if scanner.matches(key, "limit") {
        limit = try scanner.integer()
      } else {
        try scanner.skipValue()
      }
    }
    return take(type, min, max, step, notional, limit)
  }

  private mutating func take(
    _ type: VenueText, _ min: Decimal?, _ max: Decimal?, _ step: Decimal?, _ notional: Decimal?,
    _ limit: Int64?
  ) -> Bool {
    switch type.description {
    case "PRICE_FILTER":
      guard let min, let max, let step else { return false }
      (priceMin, priceMax, tick) = (min, max, step)
    case "LOT_SIZE":
      guard let min, let max, let step else { return false }
      lot = BinanceLotSize(min: min, max: max, step: step)
    case "MARKET_LOT_SIZE":
      guard let min, let max, let step else { return false }
      marketLot = BinanceLotSize(min: min, max: max, step: step)
    case "MIN_NOTIONAL":
      guard let notional else { return false }
      notionalMin = notional
    case "MAX_NUM_ORDERS":
      guard let limit, limit >= 0 else { return false }
      ordersMax = Int(limit)
    // Bounds around the mark price, which moves: the venue refuses what is outside.
    case "PERCENT_PRICE", "MAX_NUM_ALGO_ORDERS", "POSITION_RISK_CONTROL": break
    case "": return false
    default: unknownFilters.append(type.description)
    }
    return true
  }

  private static func bound(_ scanner: inout FieldScanner) throws(ScanError) -> Decimal {
    let start = scanner.offset
    let number = try scanner.decimal()
    guard number.units >= 0 else { throw ScanError(start, "a number of zero or more") }
    return number
  }
}
