import TradingModel

/// A symbol of a capture, and the units its numbers are turned into.
public struct SymbolScale: Equatable, Sendable {
  /// The venue's name, as messages spell it; empty where messages name none.
  public var symbol: String
  /// The listing its records are for.
  public var listing: ListingIndex
  /// Prices are counted in 10^-`priceDecimals`.
  public var priceDecimals: Int
  /// Quantities are counted in 10^-`quantityDecimals`.
  public var quantityDecimals: Int

  public init(
    symbol: String, listing: ListingIndex, priceDecimals: Int, quantityDecimals: Int
  ) {
    self.symbol = symbol
    self.listing = listing
    self.priceDecimals = priceDecimals
    self.quantityDecimals = quantityDecimals
  }
}

/// A symbol's decimals, with ten to the power of each.
struct SymbolUnits: BitwiseCopyable {
  var priceDecimals: Int
  var pricePower: Int64
  var quantityDecimals: Int
  var quantityPower: Int64
  /// Whether neither has more than 8 decimals.
  var isShort: Bool

  init(_ scale: SymbolScale) {
    priceDecimals = scale.priceDecimals
    pricePower = powerOfTen(scale.priceDecimals)
    quantityDecimals = scale.quantityDecimals
    quantityPower = powerOfTen(scale.quantityDecimals)
    isShort = scale.priceDecimals <= 8 && scale.quantityDecimals <= 8
  }
}

/// The symbols that are followed, or, in a survey, all that are met and the decimals they use.
///
/// Numbers go through here, so that one decoder serves both: following turns text into the
/// listing's units; a survey only looks how many decimals there are.
struct SymbolScales: ~Copyable {
  private(set) var entries: [SymbolScale]
  private let unitsBySymbol: [SymbolUnits]
  private var names: [[UInt8]]
  let isSurvey: Bool
  /// The symbol looked up last, which is nearly always the next one too: its place and its bytes,
  /// copied out of the arrays.
  private var recent = 0
  private var recentCount = -1
  private let recentName: UnsafeMutablePointer<UInt8>
  private static let recentMax = 64

  init(following entries: [SymbolScale]) {
    self.entries = entries
    unitsBySymbol = entries.map { SymbolUnits($0) }
    names = entries.map { Array($0.symbol.utf8) }
    isSurvey = false
    recentName = .allocate(capacity: Self.recentMax)
  }

  /// Collects whatever comes.
  init() {
    entries = []
    unitsBySymbol = []
    names = []
    isSurvey = true
    recentName = .allocate(capacity: Self.recentMax)
  }

  deinit { recentName.deallocate() }

  /// The place of the symbol spelled by `bytes`; -1 when it is not followed.
  @inline(__always)
  mutating func find(_ bytes: UnsafeRawBufferPointer) -> Int {
    isRecent(bytes) ? recent : search(bytes)
  }

  @inline(__always)
  private func isRecent(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count == recentCount, let base = bytes.baseAddress else { return false }
    return ByteWords.areSame(base, recentName, recentCount)
  }

  @inline(never)
  private mutating func search(_ bytes: UnsafeRawBufferPointer) -> Int {
    for index in names.indices where names[index].elementsEqual(bytes) {
      remember(index)
      return index
    }
    guard isSurvey else { return -1 }
    names.append(Array(bytes))
    entries.append(
      SymbolScale(
        symbol: String(decoding: bytes, as: UTF8.self), listing: 0, priceDecimals: 0,
        quantityDecimals: 0))
    remember(names.count - 1)
    return recent
  }

  private mutating func remember(_ index: Int) {
    recent = index
    recentCount = -1
    guard names[index].count <= Self.recentMax else { return }
    recentCount = names[index].count
    for place in names[index].indices { recentName[place] = names[index][place] }
  }

  /// The units of symbol `index`; nil in a survey, which has yet to find them.
  @inline(__always)
  func units(_ index: Int) -> SymbolUnits? { isSurvey ? nil : unitsBySymbol[index] }

  /// Reads a price in the units of symbol `index`; 0 in a survey.
  @inline(__always)
  mutating func price(_ scanner: inout FieldScanner, _ index: Int) throws(ScanError) -> Int64 {
    if isSurvey {
      let decimals = Int(try scanner.decimal().decimals)
      if decimals > entries[index].priceDecimals { entries[index].priceDecimals = decimals }
      return 0
    }
    let units = unitsBySymbol[index]
    return try scanner.units(decimals: units.priceDecimals, power: units.pricePower)
  }

  /// Reads a quantity, zero or more, in the units of symbol `index`; 0 in a survey.
  @inline(__always)
  mutating func quantity(_ scanner: inout FieldScanner, _ index: Int) throws(ScanError) -> Int64 {
    if isSurvey {
      let decimals = Int(try scanner.decimal().decimals)
      if decimals > entries[index].quantityDecimals { entries[index].quantityDecimals = decimals }
      return 0
    }
    let start = scanner.offset
    let units = unitsBySymbol[index]
    let value = try scanner.units(decimals: units.quantityDecimals, power: units.quantityPower)
    if value < 0 { throw ScanError(start, "a quantity of zero or more") }
    return value
  }
}
