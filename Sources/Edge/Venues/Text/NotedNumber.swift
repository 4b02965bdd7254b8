/// A price or a quantity of a message that was met before all of the message was: read at once where its
/// symbol was known by then and it is spelled as usual, else stepped over, to be read later.
struct NotedNumber: BitwiseCopyable {
  /// Where it begins; -1 for none.
  var place = -1
  /// The symbol whose units `value` is in; -1 where it was not read.
  fileprivate var symbol = -1
  fileprivate var value: Int64 = 0

  /// Whether it stood in the message.
  var isPresent: Bool { place >= 0 }
}

extension SymbolScales {
  /// Notes the price at the scanner's place.
  ///
  /// - Parameter symbol: -1 where it is not known, or not followed.
  @inline(__always)
  func notePrice(
    _ scanner: inout FieldScanner, _ symbol: Int
  ) throws(ScanError) -> NotedNumber {
    guard symbol >= 0, let units = units(symbol) else { return try scanner.noted() }
    return try scanner.noted(symbol, decimals: units.priceDecimals, power: units.pricePower)
  }

  /// The same for a quantity.
  @inline(__always)
  func noteQuantity(
    _ scanner: inout FieldScanner, _ symbol: Int
  ) throws(ScanError) -> NotedNumber {
    guard symbol >= 0, let units = units(symbol) else { return try scanner.noted() }
    return try scanner.noted(symbol, decimals: units.quantityDecimals, power: units.quantityPower)
  }

  /// The price that was noted, in the units of symbol `index`; 0 in a survey. The scanner's place is not
  /// kept.
  @inline(__always)
  mutating func price(
    _ noted: NotedNumber, _ scanner: inout FieldScanner, _ index: Int
  ) throws(ScanError) -> Int64 {
    if noted.symbol == index, index >= 0 { return noted.value }
    scanner.offset = noted.place
    return try price(&scanner, index)
  }

  /// The same for a quantity, zero or more.
  @inline(__always)
  mutating func quantity(
    _ noted: NotedNumber, _ scanner: inout FieldScanner, _ index: Int
  ) throws(ScanError) -> Int64 {
    // What is read on the way has no sign.
    if noted.symbol == index, index >= 0 { return noted.value }
    scanner.offset = noted.place
    return try quantity(&scanner, index)
  }
}

extension FieldScanner {
  @inline(never)
  fileprivate mutating func noted(
    _ symbol: Int, decimals: Int, power: Int64
  ) throws(ScanError) -> NotedNumber {
    let place = offset
    if place < count, let value = quotedUnits(decimals: decimals, power: power) {
      return NotedNumber(place: place, symbol: symbol, value: value)
    }
    return try noted()
  }

  @inline(never)
  fileprivate mutating func noted() throws(ScanError) -> NotedNumber {
    skipSpace()
    let place = offset
    try skipValue()
    return NotedNumber(place: place)
  }
}
