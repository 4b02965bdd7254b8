import TradingModel

/// An element of `/v5/market/instruments-info` of spot or linear.
/// https://bybit-exchange.github.io/docs/v5/market/instrument
public struct BybitInstrument: Equatable, Sendable {
  public var symbol = ""
  /// `Trading`, `PreLaunch`, `Delivering`, `Closed`.
  public var status = ""
  public var base = ""
  public var quote = ""
  /// Empty for spot.
  public var settlement = ""
  /// `LinearPerpetual`, `LinearFutures`...; empty for spot.
  public var contractType = ""
  public var tick = Decimal(units: 0)
  /// `basePrecision` of spot, `qtyStep` of contracts.
  public var lot = Decimal(units: 0)
  public var quantityMin = Decimal(units: 0)
  /// Of a limit order; nil where the venue does not say.
  public var quantityMax: Decimal?
  /// `minOrderAmt` of spot, `minNotionalValue` of contracts.
  public var notionalMin = Decimal(units: 0)

  public init() {}

  /// The listing's definition; nil for inverse contracts and options, which count otherwise.
  ///
  /// - Parameter venue: what the definition calls it.
  public func definition(venue: String) -> InstrumentDefinition? {
    let isSpot = contractType.isEmpty && settlement.isEmpty
    guard isSpot || contractType.hasPrefix("Linear"), tick.units > 0, lot.units > 0 else {
      return nil
    }
    return InstrumentDefinition(
      venue: venue, symbol: symbol, base: base, quote: quote,
      settlement: isSpot ? quote : settlement, kind: isSpot ? .spot : .linear, tick: tick, lot: lot,
      contractSize: Decimal(units: 1), quantityMin: quantityMin, quantityMax: quantityMax,
      notionalMin: notionalMin, makerFee: .zero, takerFee: .zero)
  }
}

/// The whole answer, or one page of it.
public struct BybitInstruments: Sendable {
  public var instruments: [BybitInstrument] = []
  /// What the next page is asked for with; empty at the last one.
  public var nextPage = ""

  /// Reads an answer.
  ///
  /// - Throws: `ScanError` for what is none, for an answer that is an error, and for an instrument
  ///   without its names or filters.
  /// - Complexity: O(bytes); takes memory for each instrument.
  public init(_ bytes: UnsafeRawBufferPointer) throws(ScanError) {
    self = try BybitAnswers.result(bytes) { (result) throws(ScanError) in
      try BybitInstruments(result: result)
    }
  }

  private init(result: UnsafeRawBufferPointer) throws(ScanError) {
    var scanner = FieldScanner(result)
    var hasList = false
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "list") {
        hasList = true
        try scanner.beginArray()
        var isFirstOne = true
        while try scanner.another(&isFirstOne, until: UInt8(ascii: "]")) {
          instruments.append(try BybitInstrument(&scanner))
        }
      } else if scanner.matches(key, "nextPageCursor") {
        nextPage = try BybitAnswers.text(&scanner)
      } else {
        try scanner.skipValue()
      }
    }
    guard hasList else { throw ScanError(scanner.offset, "a field \"list\"") }
  }
}

extension BybitInstrument {
  init(_ scanner: inout FieldScanner) throws(ScanError) {
    var hasPrices = false
    var hasLots = false
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "priceFilter") {
        hasPrices = true
        try takePrices(&scanner)
      } else if scanner.matches(key, "lotSizeFilter") {
        hasLots = true
        try takeLots(&scanner)
      } else {
        try takeName(key, &scanner)
      }
    }
    guard !symbol.isEmpty, !status.isEmpty, !base.isEmpty, !quote.isEmpty, hasPrices, hasLots else {
      throw ScanError(
        scanner.offset, "an instrument's names, \"priceFilter\" and \"lotSizeFilter\"")
    }
  }

  private mutating func takeName(
    _ key: FieldRange, _ scanner: inout FieldScanner
  ) throws(ScanError) {
    if scanner.matches(key, "symbol") {
      symbol = try BybitAnswers.text(&scanner)
    } else if scanner.matches(key, "status") {
      status = try BybitAnswers.text(&scanner)
    } else if scanner.matches(key, "baseCoin") {
      base = try BybitAnswers.text(&scanner)
    } else if scanner.matches(key, "quoteCoin") {
      quote = try BybitAnswers.text(&scanner)
    } else if scanner.matches(key, "settleCoin") {
      settlement = try BybitAnswers.text(&scanner)
    } else if scanner.matches(key, "contractType") {
      contractType = try BybitAnswers.text(&scanner)
    } else if scanner.matches(key, "optionsType") {
      contractType = try BybitAnswers.text(&scanner)
    } else {
      try scanner.skipValue()
    }
  }

  private mutating func takePrices(_ scanner: inout FieldScanner) throws(ScanError) {
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "tickSize") {
        tick = try Self.number(&scanner)
      } else {
        try scanner.skipValue()
      }
    }
  }

  private mutating func takeLots(_ scanner: inout FieldScanner) throws(ScanError) {
    var limitMax: Decimal?
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "basePrecision") || scanner.matches(key, "qtyStep") {
        lot = try Self.number(&scanner)
      } else if scanner.matches(key, "minOrderQty") {
        quantityMin = try Self.number(&scanner)
      } else if scanner.matches(key, "maxOrderQty") {
        quantityMax = try Self.number(&scanner)
      } else if scanner.matches(key, "maxLimitOrderQty") {
        limitMax = try Self.number(&scanner)
      } else if scanner.matches(key, "minOrderAmt") || scanner.matches(key, "minNotionalValue") {
        notionalMin = try Self.number(&scanner)
      } else {
        try scanner.skipValue()
      }
    }
    if let limitMax { quantityMax = limitMax }
    if quantityMax?.units == 0 { quantityMax = nil }
  }

  /// A number of zero or more; zero for none.
  private static func number(_ scanner: inout FieldScanner) throws(ScanError) -> Decimal {
    let start = scanner.offset
    if try scanner.nothing() { return Decimal(units: 0) }
    let value = try scanner.decimal()
    guard value.units >= 0 else { throw ScanError(start, "a number of zero or more") }
    return value.normalized
  }
}
