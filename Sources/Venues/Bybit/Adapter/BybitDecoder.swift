import TradingModel

/// Decodes Bybit v5 public `orderbook.*` (snapshot and delta) and `publicTrade.*` messages, after
/// the chapters "Orderbook" and "Trade" of its websocket documentation. Other messages are
/// `.other`.
///
/// The capture has no local time: a message arrives at its `ts`. The venue's time is `cts`, the
/// matching engine's, where it stands; else `ts`.
enum BybitDecoder {
  private struct Fields {
    var topic = FieldRange.none
    var type = FieldRange.none
    var data = -1
    var engineTime: Timestamp = 0
  }

  static func decode(
    _ scanner: inout FieldScanner, _ scales: inout SymbolScales, into message: inout VenueMessage
  ) throws(ScanError) {
    var fields = Fields()
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "topic") {
        fields.topic = try scanner.string()
      } else if scanner.matches(key, "type") {
        fields.type = try scanner.string()
      } else if scanner.matches(key, "ts") {
        message.receiveTime = try scanner.milliseconds()
      } else if scanner.matches(key, "cts") {
        fields.engineTime = try scanner.milliseconds()
      } else if scanner.matches(key, "data") {
        scanner.skipSpace()
        fields.data = scanner.offset
        try scanner.skipValue()
      } else {
        try scanner.skipValue()
      }
    }
    try scanner.expectEnd()
    // Answers to requests have no topic.
    guard fields.topic.isPresent, fields.data >= 0 else { return }
    message.venueTime = fields.engineTime > 0 ? fields.engineTime : message.receiveTime
    scanner.offset = fields.data
    if hasPrefix(scanner, fields.topic, "orderbook.") {
      try requireTime(scanner, message)
      try book(&scanner, &scales, fields.type, &message)
    } else if hasPrefix(scanner, fields.topic, "publicTrade.") {
      try requireTime(scanner, message)
      try trades(&scanner, &scales, &message)
    }
  }

  private static func requireTime(
    _ scanner: FieldScanner, _ message: borrowing VenueMessage
  ) throws(ScanError) {
    if message.receiveTime == 0 { throw ScanError(scanner.count, "a field \"ts\"") }
  }

  private static func hasPrefix(
    _ scanner: FieldScanner, _ range: FieldRange, _ prefix: StaticString
  ) -> Bool {
    let length = prefix.utf8CodeUnitCount
    return range.count >= length
      && scanner.matches(FieldRange(offset: range.offset, count: length), prefix)
  }

  private static func book(
    _ scanner: inout FieldScanner, _ scales: inout SymbolScales, _ type: FieldRange,
    _ message: inout VenueMessage
  ) throws(ScanError) {
    var (bids, asks) = (-1, -1)
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "s") {
        message.symbol = scales.find(scanner.bytes(try scanner.string()))
      } else if scanner.matches(key, "u") {
        message.final = try scanner.unsigned()
      } else if scanner.matches(key, "b") {
        try note(&bids, &scanner)
      } else if scanner.matches(key, "a") {
        try note(&asks, &scanner)
      } else {
        try scanner.skipValue()
      }
    }
    guard message.symbol >= 0 else { return }
    guard message.final > 0 else { throw ScanError(scanner.offset, "a field \"u\"") }
    guard bids >= 0, asks >= 0 else { throw ScanError(scanner.offset, "fields \"b\" and \"a\"") }
    message.first = message.final
    // `u == 1` comes with a snapshot after a restart of the service.
    let isSnapshot = type.isPresent && scanner.matches(type, "snapshot")
    guard isSnapshot || (type.isPresent && scanner.matches(type, "delta")) else {
      throw ScanError(max(type.offset, 0), "a \"type\" of \"snapshot\" or \"delta\"")
    }
    message.kind = isSnapshot ? .snapshot : .depth
    scanner.offset = bids
    try LevelArrays.pairs(&scanner, &scales, message.symbol, .buy, &message.levels)
    scanner.offset = asks
    try LevelArrays.pairs(&scanner, &scales, message.symbol, .sell, &message.levels)
  }

  private static func note(
    _ place: inout Int, _ scanner: inout FieldScanner
  ) throws(ScanError) {
    scanner.skipSpace()
    place = scanner.offset
    try scanner.skipValue()
  }

  /// `[{"T", "s", "S": "Buy" | "Sell", "v", "p", "i"}, ...]`: the side is the taker's. Trade ids
  /// are UUIDs; they are not kept.
  private static func trades(
    _ scanner: inout FieldScanner, _ scales: inout SymbolScales, _ message: inout VenueMessage
  ) throws(ScanError) {
    try TradeArrays.objects(&scanner, &scales, &message, trade)
  }

  private static func trade(
    _ scanner: inout FieldScanner, _ scales: inout SymbolScales, _ message: inout VenueMessage
  ) throws(ScanError) {
    var trade = Trade(
      listing: 0, aggressor: nil, tradeID: 0, venueTime: 0, price: 0, quantity: 0)
    var (symbol, price, quantity) = (-1, -1, -1)
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "s") {
        symbol = scales.find(scanner.bytes(try scanner.string()))
      } else if scanner.matches(key, "p") {
        try note(&price, &scanner)
      } else if scanner.matches(key, "v") {
        try note(&quantity, &scanner)
      } else if scanner.matches(key, "S") {
        trade.aggressor = scanner.matches(try scanner.string(), "Buy") ? .buy : .sell
      } else if scanner.matches(key, "T") {
        trade.venueTime = try scanner.milliseconds()
      } else {
        try scanner.skipValue()
      }
    }
    try TradeArrays.append(
      trade, symbol, price: price, quantity: quantity, "fields \"p\" and \"v\"", &scanner, &scales,
      &message)
  }
}
