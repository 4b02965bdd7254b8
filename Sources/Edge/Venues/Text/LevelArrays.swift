import TradingModel

/// The shapes in which venues write price levels.
enum LevelArrays {
  /// `[["price","quantity", ...], ...]`, as most venues write them; what follows the quantity is
  /// stepped over.
  static func pairs(
    _ scanner: inout FieldScanner, _ scales: inout SymbolScales, _ symbol: Int, _ side: Side,
    _ levels: inout LevelRun
  ) throws(ScanError) {
    try scanner.beginArray()
    var isFirst = true
    if let units = scales.units(symbol) {
      isFirst = !scanner.tightPairs(units, side, &levels)
    }
    while try scanner.another(&isFirst, until: UInt8(ascii: "]")) {
      try scanner.beginArray()
      let price = try scales.price(&scanner, symbol)
      try scanner.expect(UInt8(ascii: ","), "','")
      let quantity = try scales.quantity(&scanner, symbol)
      levels.append(LevelChange(side: side, price: price, quantity: quantity))
      var isLast = false
      while try scanner.another(&isLast, until: UInt8(ascii: "]")) {
        try scanner.skipValue()
      }
    }
  }
}
