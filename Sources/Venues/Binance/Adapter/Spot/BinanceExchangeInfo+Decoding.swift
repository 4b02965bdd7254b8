import TradingModel

extension BinanceExchangeInfo {
  /// Decodes the whole answer. Fields and filters that are not known are stepped over; a symbol
  /// without its name, status, assets or filters is refused.
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
      } else if scanner.matches(key, "exchangeFilters") {
        try takeFilters(&scanner)
      } else if scanner.matches(key, "symbols") {
        hasSymbols = true
        try scanner.beginArray()
        var isFirstSymbol = true
        while try scanner.another(&isFirstSymbol, until: UInt8(ascii: "]")) {
          symbols.append(try BinanceSpotSymbol(&scanner))
        }
      } else {
        try scanner.skipValue()
      }
    }
    try scanner.expectEnd()
    guard hasSymbols else { throw ScanError(scanner.offset, "a field \"symbols\"") }
  }

  private mutating func takeFilters(_ scanner: inout FieldScanner) throws(ScanError) {
    try scanner.beginArray()
    var isFirst = true
    while try scanner.another(&isFirst, until: UInt8(ascii: "]")) {
      try scanner.beginObject()
      var isFirstKey = true
      while let key = try scanner.nextKey(&isFirstKey) {
        if scanner.matches(key, "maxNumOrders") {
          ordersMax = Int(try scanner.integer())
        } else if scanner.matches(key, "maxNumAlgoOrders") {
          algoOrdersMax = Int(try scanner.integer())
        } else if scanner.matches(key, "maxNumOrderLists") {
          orderListsMax = Int(try scanner.integer())
        } else {
          try scanner.skipValue()
        }
      }
    }
  }
}

extension BinanceSpotSymbol {
  init(_ scanner: inout FieldScanner) throws(ScanError) {
    var found = 0
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      found |= try takeName(key, &scanner)
    }
    guard found == 31 else {
      throw ScanError(
        scanner.offset, "a symbol's \"symbol\", \"status\", assets and \"filters\"")
    }
  }

  /// Takes the value of one field.
  ///
  /// - Returns: a bit for each that must be there.
  private mutating func takeName(
    _ key: FieldRange, _ scanner: inout FieldScanner
  ) throws(ScanError) -> Int {
    if scanner.matches(key, "symbol") {
      symbol = try Self.string(&scanner)
      return 1
    }
    if scanner.matches(key, "status") {
      status = Self.status(scanner, try scanner.string())
      return 2
    }
    if scanner.matches(key, "baseAsset") {
      base = try Self.string(&scanner)
      return 4
    }
    if scanner.matches(key, "quoteAsset") {
      quote = try Self.string(&scanner)
      return 8
    }
    if scanner.matches(key, "filters") {
      try takeFilters(&scanner)
      return 16
    }
    if try !takeFlag(key, &scanner) { try takeRest(key, &scanner) }
    return 0
  }

  private mutating func takeFlag(
    _ key: FieldRange, _ scanner: inout FieldScanner
  ) throws(ScanError) -> Bool {
    if scanner.matches(key, "icebergAllowed") {
      mayIceberg = try scanner.boolean()
    } else if scanner.matches(key, "ocoAllowed") {
      mayListOrders = try scanner.boolean()
    } else if scanner.matches(key, "allowTrailingStop") {
      mayTrailStop = try scanner.boolean()
    } else if scanner.matches(key, "cancelReplaceAllowed") {
      mayCancelReplace = try scanner.boolean()
    } else if scanner.matches(key, "amendAllowed") {
      mayAmend = try scanner.boolean()
    } else if scanner.matches(key, "isSpotTradingAllowed") {
      isSpotAllowed = try scanner.boolean()
    } else {
      return false
    }
    return true
  }

  private mutating func takeRest(
    _ key: FieldRange, _ scanner: inout FieldScanner
  ) throws(ScanError) {
    if scanner.matches(key, "baseAssetPrecision") {
      basePrecision = Int(try scanner.integer())
    } else if scanner.matches(key, "quoteAssetPrecision") {
      quotePrecision = Int(try scanner.integer())
    } else if scanner.matches(key, "orderTypes") {
      try scanner.beginArray()
      var isFirst = true
      while try scanner.another(&isFirst, until: UInt8(ascii: "]")) {
        orderTypes.append(try scanner.orderType())
      }
    } else if scanner.matches(key, "defaultSelfTradePreventionMode") {
      defaultSelfTradeMode = BinanceSelfTradeMode(rawValue: try Self.string(&scanner))
    } else if scanner.matches(key, "allowedSelfTradePreventionModes") {
      selfTradeModes = try BinanceSpotDecoder.strings(&scanner)
        .compactMap { BinanceSelfTradeMode(rawValue: $0) }
    } else if scanner.matches(key, "permissionSets") {
      try scanner.beginArray()
      var isFirst = true
      while try scanner.another(&isFirst, until: UInt8(ascii: "]")) {
        permissionSets.append(try BinanceSpotDecoder.strings(&scanner))
      }
    } else {
      try scanner.skipValue()
    }
  }

  private static func string(_ scanner: inout FieldScanner) throws(ScanError) -> String {
    let start = scanner.offset
    var text = VenueText()
    try scanner.text(into: &text)
    guard !text.isEmpty, !text.isCut else { throw ScanError(start, "a name of 1 to 48 bytes") }
    return text.description
  }

  private static func status(_ scanner: FieldScanner, _ word: FieldRange) -> BinanceSymbolStatus {
    if scanner.matches(word, "TRADING") { return .trading }
    if scanner.matches(word, "HALT") { return .halt }
    if scanner.matches(word, "BREAK") { return .pause }
    return scanner.matches(word, "END_OF_DAY") ? .endOfDay : .other
  }
}

// MARK: - Filters

extension BinanceSpotSymbol {
  private mutating func takeFilters(_ scanner: inout FieldScanner) throws(ScanError) {
    try scanner.beginArray()
    var isFirst = true
    while try scanner.another(&isFirst, until: UInt8(ascii: "]")) {
      let values = try FilterValues(&scanner)
      try take(values, &scanner)
    }
  }

  private mutating func take(
    _ values: FilterValues, _ scanner: inout FieldScanner
  ) throws(ScanError) {
    switch values.type.description {
    case "PRICE_FILTER":
      filters.priceMin = try values.decimal("minPrice", scanner)
      filters.priceMax = try values.decimal("maxPrice", scanner)
      filters.tick = try values.decimal("tickSize", scanner)
    case "LOT_SIZE": filters.lot = try values.lotSize(scanner)
    case "MARKET_LOT_SIZE": filters.marketLot = try values.lotSize(scanner)
    case "MIN_NOTIONAL":
      filters.notionalMin = try values.decimal("minNotional", scanner)
      filters.notionalMinForMarket = try values.flag("applyToMarket", scanner)
    case "NOTIONAL":
      filters.notionalMin = try values.decimal("minNotional", scanner)
      filters.notionalMax = try values.decimal("maxNotional", scanner)
      filters.notionalMinForMarket = try values.flag("applyMinToMarket", scanner)
      filters.notionalMaxForMarket = try values.flag("applyMaxToMarket", scanner)
    case "PERCENT_PRICE":
      let up = try values.decimal("multiplierUp", scanner)
      let down = try values.decimal("multiplierDown", scanner)
      filters.percentPrice = BinancePercentPrice(
        buyUp: up, buyDown: down, sellUp: up, sellDown: down,
        minutes: try values.number("avgPriceMins", scanner))
    case "PERCENT_PRICE_BY_SIDE":
      filters.percentPrice = BinancePercentPrice(
        buyUp: try values.decimal("bidMultiplierUp", scanner),
        buyDown: try values.decimal("bidMultiplierDown", scanner),
        sellUp: try values.decimal("askMultiplierUp", scanner),
        sellDown: try values.decimal("askMultiplierDown", scanner),
        minutes: try values.number("avgPriceMins", scanner))
    case "MAX_POSITION": filters.positionMax = try values.decimal("maxPosition", scanner)
    default: try takeCount(values, scanner)
    }
  }

  private mutating func takeCount(
    _ values: FilterValues, _ scanner: FieldScanner
  ) throws(ScanError) {
    switch values.type.description {
    case "MAX_NUM_ORDERS": filters.ordersMax = try values.number("maxNumOrders", scanner)
    case "MAX_NUM_ALGO_ORDERS":
      filters.algoOrdersMax = try values.number("maxNumAlgoOrders", scanner)
    case "MAX_NUM_ICEBERG_ORDERS":
      filters.icebergOrdersMax = try values.number("maxNumIcebergOrders", scanner)
    case "ICEBERG_PARTS": filters.icebergPartsMax = try values.number("limit", scanner)
    case "MAX_NUM_ORDER_LISTS":
      filters.orderListsMax = try values.number("maxNumOrderLists", scanner)
    case "MAX_NUM_ORDER_AMENDS":
      filters.amendsMax = try values.number("maxNumOrderAmends", scanner)
    case "TRAILING_DELTA":
      filters.trailingAbove = try values.range(
        "minTrailingAboveDelta", "maxTrailingAboveDelta", scanner)
      filters.trailingBelow = try values.range(
        "minTrailingBelowDelta", "maxTrailingBelowDelta", scanner)
    default: filters.unknown.append(values.type.description)
    }
  }
}

/// The fields of one filter: their keys, and where their values begin.
private struct FilterValues {
  var type = VenueText()
  private var fields: [(key: FieldRange, value: Int)] = []
  private let start: Int

  init(_ scanner: inout FieldScanner) throws(ScanError) {
    scanner.skipSpace()
    start = scanner.offset
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      scanner.skipSpace()
      if scanner.matches(key, "filterType") {
        try scanner.text(into: &type)
      } else {
        fields.append((key, scanner.offset))
        try scanner.skipValue()
      }
    }
    if type.isEmpty { throw ScanError(start, "a filter with a \"filterType\"") }
  }

  /// A scanner at the value of `key`.
  private func value(
    _ key: StaticString, _ scanner: FieldScanner
  ) throws(ScanError) -> FieldScanner {
    for field in fields where scanner.matches(field.key, key) {
      var there = scanner
      there.offset = field.value
      return there
    }
    throw ScanError(start, text: "a filter with a field \"\(key)\"")
  }

  func decimal(_ key: StaticString, _ scanner: FieldScanner) throws(ScanError) -> Decimal {
    var there = try value(key, scanner)
    let number = try there.decimal()
    guard number.units >= 0 else { throw ScanError(there.offset, "a number of zero or more") }
    return number
  }

  /// A count, up to what fits in 32 bits.
  func number(_ key: StaticString, _ scanner: FieldScanner) throws(ScanError) -> Int {
    var there = try value(key, scanner)
    let start = there.offset
    guard let number = Int32(exactly: try there.integer()), number >= 0 else {
      throw ScanError(start, "a count of zero or more")
    }
    return Int(number)
  }

  /// False where there is no such field.
  func flag(_ key: StaticString, _ scanner: FieldScanner) throws(ScanError) -> Bool {
    guard fields.contains(where: { scanner.matches($0.key, key) }) else { return false }
    var there = try value(key, scanner)
    return try there.boolean()
  }

  func range(
    _ min: StaticString, _ max: StaticString, _ scanner: FieldScanner
  ) throws(ScanError) -> ClosedRange<Int> {
    let lower = try number(min, scanner)
    let upper = try number(max, scanner)
    guard lower <= upper else { throw ScanError(start, "a filter whose bounds are in order") }
    return lower...upper
  }

  func lotSize(_ scanner: FieldScanner) throws(ScanError) -> BinanceLotSize {
    BinanceLotSize(
      min: try decimal("minQty", scanner), max: try decimal("maxQty", scanner),
      step: try decimal("stepSize", scanner))
  }
}
