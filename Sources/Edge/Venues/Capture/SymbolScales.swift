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

/// The symbols that are followed, or, in a survey, all that are met and the decimals they use.
///
/// Numbers go through here, so that one decoder serves both: following turns text into the
/// listing's units; a survey only looks how many decimals there are.
struct SymbolScales {
  private(set) var entries: [SymbolScale]
  private var names: [[UInt8]]
  let isSurvey: Bool
  /// The symbol looked up last, which is nearly always the next one too.
  private var recent = 0

  init(following entries: [SymbolScale]) {
    self.entries = entries
    names = entries.map { Array($0.symbol.utf8) }
    isSurvey = false
  }

  /// Collects whatever comes.
  init() {
    entries = []
    names = []
    isSurvey = true
  }

  /// The place of the symbol spelled by `bytes`; -1 when it is not followed.
  mutating func find(_ bytes: UnsafeRawBufferPointer) -> Int {
    if recent < names.count, Self.equal(names[recent], bytes) { return recent }
    for index in names.indices where Self.equal(names[index], bytes) {
      recent = index
      return index
    }
    guard isSurvey else { return -1 }
    names.append(Array(bytes))
    entries.append(
      SymbolScale(
        symbol: String(decoding: bytes, as: UTF8.self), listing: 0, priceDecimals: 0,
        quantityDecimals: 0))
    recent = names.count - 1
    return recent
  }

  private static func equal(_ name: [UInt8], _ bytes: UnsafeRawBufferPointer) -> Bool {
    guard name.count == bytes.count else { return false }
    for index in 0..<name.count where name[index] != bytes[index] { return false }
    return true
  }

  /// Reads a price in the units of symbol `index`; 0 in a survey.
  @inline(__always)
  mutating func price(_ scanner: inout FieldScanner, _ index: Int) throws(ScanError) -> Int64 {
    if isSurvey {
      let decimals = Int(try scanner.decimal().decimals)
      if decimals > entries[index].priceDecimals { entries[index].priceDecimals = decimals }
      return 0
    }
    return try scanner.units(decimals: entries[index].priceDecimals)
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
    let value = try scanner.units(decimals: entries[index].quantityDecimals)
    if value < 0 { throw ScanError(start, "a quantity of zero or more") }
    return value
  }
}
