import TradingModel

/// Price levels as OKX writes them: `["price","quantity","0","orders"]`, the third word without meaning.
/// https://www.okx.com/docs-v5/en/#order-book-trading-market-data-ws-order-book-channel
enum OKXLevels {
  /// Reads one side.
  static func read(
    _ scanner: inout FieldScanner, _ scales: inout SymbolScales, _ symbol: Int, _ side: Side,
    _ levels: inout LevelRun
  ) throws(ScanError) {
    guard let units = scales.units(symbol) else {
      return try LevelArrays.pairs(&scanner, &scales, symbol, side, &levels)
    }
    try scanner.beginArray()
    var isFirst = true
    while try scanner.another(&isFirst, until: UInt8(ascii: "]")) {
      if let level = scanner.tightLevel(units) {
        levels.append(LevelChange(side: side, price: level.price, quantity: level.quantity))
        try skipRest(&scanner)
        continue
      }
      try scanner.beginArray()
      scanner.skipSpace()
      let price = try scanner.units(decimals: units.priceDecimals, power: units.pricePower)
      try scanner.expect(UInt8(ascii: ","), "','")
      scanner.skipSpace()
      let place = scanner.offset
      let quantity = try scanner.units(
        decimals: units.quantityDecimals, power: units.quantityPower)
      if quantity < 0 { throw ScanError(place, "a quantity of zero or more") }
      levels.append(LevelChange(side: side, price: price, quantity: quantity))
      try skipRest(&scanner)
    }
  }

  /// Steps to behind the end of a level whose price and quantity were read.
  @inline(__always)
  private static func skipRest(_ scanner: inout FieldScanner) throws(ScanError) {
    if skipTightRest(&scanner) { return }
    var isLast = false
    while try scanner.another(&isLast, until: UInt8(ascii: "]")) { try scanner.skipValue() }
  }

  /// Steps over `,"0","13"]` as the stream writes it.
  ///
  /// - Returns: false, with nothing stepped over, for any other text.
  @inline(__always)
  static func skipTightRest(_ scanner: inout FieldScanner) -> Bool {
    var place = scanner.offset
    guard place &+ 8 <= scanner.count, scanner.base[place] == UInt8(ascii: ","),
      scanner.base[place &+ 1] == UInt8(ascii: "\""), scanner.base[place &+ 2] == UInt8(ascii: "0"),
      scanner.base[place &+ 3] == UInt8(ascii: "\""), scanner.base[place &+ 4] == UInt8(ascii: ","),
      scanner.base[place &+ 5] == UInt8(ascii: "\"")
    else { return false }
    place &+= 6
    while place < scanner.count, scanner.base[place] &- 0x30 <= 9 { place &+= 1 }
    guard place &+ 1 < scanner.count, scanner.base[place] == UInt8(ascii: "\""),
      scanner.base[place &+ 1] == UInt8(ascii: "]")
    else { return false }
    scanner.offset = place &+ 2
    return true
  }

  /// Steps to the next level of a side that was read before: its words as they stand, for the checksum.
  ///
  /// - Returns: nil behind the last one.
  static func nextText(
    _ scanner: inout FieldScanner, _ isFirst: inout Bool
  ) throws(ScanError) -> (price: FieldRange, quantity: FieldRange)? {
    guard try scanner.another(&isFirst, until: UInt8(ascii: "]")) else { return nil }
    try scanner.beginArray()
    let price = try OKXText.value(&scanner)
    try scanner.expect(UInt8(ascii: ","), "','")
    let quantity = try OKXText.value(&scanner)
    var isLast = false
    while try scanner.another(&isLast, until: UInt8(ascii: "]")) { try scanner.skipValue() }
    return (price, quantity)
  }
}
