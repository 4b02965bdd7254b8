import TradingModel

/// An instrument as OKX lists it.
/// https://www.okx.com/docs-v5/en/#public-data-rest-api-get-instruments
public struct OKXInstrument: Equatable, Sendable {
  /// `BTC-USDT`, `BTC-USDT-SWAP`.
  public var symbol = ""
  /// `SPOT`, `SWAP`; others are not traded here.
  public var type = ""
  /// `live`, `suspend`, `preopen`, `test`...
  public var state = ""
  /// The number that names it in operations over the WebSocket connection; 0 where it is not told.
  public var code: UInt64 = 0
  /// Of spot.
  public var base = ""
  public var quote = ""
  /// Of contracts: `linear` or `inverse`, what one is worth and in what, and what it is settled in.
  public var contractType = ""
  public var contractValue: Decimal?
  public var contractMultiplier: Decimal?
  public var valueCurrency = ""
  public var settlement = ""
  /// `BTC-USDT`: of what a contract is, and in what it is priced.
  public var underlying = ""
  public var tick: Decimal?
  public var lot: Decimal?
  public var quantityMin: Decimal?
  /// Of a limit order.
  public var quantityMax: Decimal?

  /// Reads an answer with instruments.
  ///
  /// - Throws: `ScanError` for what is none, and for one without a name.
  public static func list(_ answer: UnsafeRawBufferPointer) throws(ScanError) -> [OKXInstrument] {
    var scanner = FieldScanner(answer)
    let envelope = try OKXEnvelope(&scanner)
    guard envelope.code == 0, envelope.data >= 0 else {
      throw ScanError(0, "a list of instruments with code 0")
    }
    scanner.offset = envelope.data
    var found: [OKXInstrument] = []
    try scanner.beginArray()
    var isFirst = true
    while try scanner.another(&isFirst, until: UInt8(ascii: "]")) {
      found.append(try OKXInstrument(&scanner))
    }
    return found
  }

  private static let sizes: Set<String> = ["tickSz", "lotSz", "minSz"]

  /// Reads the object at the scanner's place.
  init(_ scanner: inout FieldScanner) throws(ScanError) {
    try scanner.beginObject()
    var isFirst = true
    var sizeCount = 0
    while let key = try scanner.nextKey(&isFirst) {
      if Self.sizes.contains(OKXText.string(key, scanner)) { sizeCount += 1 }
      try field(key, try OKXText.value(&scanner), scanner)
    }
    // One that is not traded yet (`preopen`) may have empty sizes: it has no definition then, and must not
    // keep the others from having theirs.
    guard !symbol.isEmpty, !type.isEmpty, sizeCount >= Self.sizes.count else {
      throw ScanError(
        scanner.offset,
        "an instrument's \"instId\", \"instType\", \"tickSz\", \"lotSz\" and \"minSz\"")
    }
  }

  private mutating func field(
    _ key: FieldRange, _ value: FieldRange, _ scanner: FieldScanner
  ) throws(ScanError) {
    switch OKXText.string(key, scanner) {
    case "instId": symbol = OKXText.string(value, scanner)
    case "instType": type = OKXText.string(value, scanner)
    case "state": state = OKXText.string(value, scanner)
    case "instIdCode": code = try OKXText.number(value, scanner)
    case "baseCcy": base = OKXText.string(value, scanner)
    case "quoteCcy": quote = OKXText.string(value, scanner)
    case "ctType": contractType = OKXText.string(value, scanner)
    case "ctVal": contractValue = try OKXText.decimal(value, scanner)
    case "ctMult": contractMultiplier = try OKXText.decimal(value, scanner)
    case "ctValCcy": valueCurrency = OKXText.string(value, scanner)
    case "settleCcy": settlement = OKXText.string(value, scanner)
    case "uly": underlying = OKXText.string(value, scanner)
    case "tickSz": tick = try OKXText.decimal(value, scanner)
    case "lotSz": lot = try OKXText.decimal(value, scanner)
    case "minSz": quantityMin = try OKXText.decimal(value, scanner)
    case "maxLmtSz": quantityMax = try OKXText.decimal(value, scanner)
    default: break
    }
  }

  /// The listing's definition: quantities of spot in the base currency, of swaps in contracts. Nil for
  /// what is neither, and without a tick, a lot or a contract's size.
  public func definition(
    venue: String, makerFee: Rate = .zero, takerFee: Rate = .zero
  ) -> InstrumentDefinition? {
    guard let tick, let lot, let quantityMin, tick.units > 0, lot.units > 0 else { return nil }
    var definition = InstrumentDefinition(
      venue: venue, symbol: symbol, base: base, quote: quote, settlement: quote, kind: .spot,
      tick: tick, lot: lot, contractSize: Decimal(units: 1), quantityMin: quantityMin,
      quantityMax: quantityMax, notionalMin: Decimal(units: 0), makerFee: makerFee,
      takerFee: takerFee)
    if let quantityMax, quantityMax.units <= 0 { definition.quantityMax = nil }
    if type == "SPOT" { return base.isEmpty || quote.isEmpty ? nil : definition }
    guard type == "SWAP", let size = contractSize, !settlement.isEmpty else { return nil }
    definition.contractSize = size
    definition.settlement = settlement
    switch contractType {
    case "linear":
      definition.kind = .linear
      definition.base = valueCurrency
      definition.quote = settlement
    case "inverse":
      definition.kind = .inverse
      definition.base = settlement
      definition.quote = valueCurrency
    default: return nil
    }
    return definition.base.isEmpty || definition.quote.isEmpty ? nil : definition
  }

  /// `ctVal` x `ctMult`; nil where it is not told, not above zero, or longer than 64 bits hold.
  private var contractSize: Decimal? {
    guard let value = contractValue, value.units > 0 else { return nil }
    let multiplier = contractMultiplier ?? Decimal(units: 1)
    let (units, overflow) = value.units.multipliedReportingOverflow(by: multiplier.units)
    let decimals = Int(value.decimals) + Int(multiplier.decimals)
    guard !overflow, units > 0, decimals <= 18 else { return nil }
    return Decimal(units: units, decimals: decimals)
  }
}
