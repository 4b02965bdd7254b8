import TradingModel

/// What the ticker of a linear contract tells beside its book: mark and index price, and funding. A
/// snapshot has all of it; a delta has only what changed. Spot's ticker has none of it.
///
/// https://bybit-exchange.github.io/docs/v5/websocket/public/ticker
enum BybitTicker {
  /// Reads a ticker's data, at the scanner's place.
  static func read(
    _ scanner: inout FieldScanner, into update: inout ContractUpdate
  ) throws(ScanError) {
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "markPrice") {
        update.markPrice = try decimal(&scanner)
      } else if scanner.matches(key, "indexPrice") {
        update.indexPrice = try decimal(&scanner)
      } else if scanner.matches(key, "fundingRate") {
        // Of the running interval: positive is paid by longs to shorts.
        update.fundingRate = try decimal(&scanner)
      } else if scanner.matches(key, "nextFundingTime") {
        let time = try scanner.quotedMilliseconds()
        if time > 0 { update.nextFundingTime = time }
      } else {
        try scanner.skipValue()
      }
    }
  }

  /// Nil where nothing is written: delivery contracts have no funding.
  private static func decimal(_ scanner: inout FieldScanner) throws(ScanError) -> Decimal? {
    try scanner.nothing() ? nil : try scanner.decimal()
  }
}
