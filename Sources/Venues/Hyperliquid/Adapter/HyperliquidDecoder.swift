import TradingModel

/// Decodes Hyperliquid's `l2Book` (a whole book each time) and `trades`, after the chapter
/// "WebSocket subscriptions" of its API documentation. Other channels are `.other`.
enum HyperliquidDecoder {
  static func decode(
    _ scanner: inout FieldScanner, _ scales: inout SymbolScales, into message: inout VenueMessage
  ) throws(ScanError) {
    var channel = FieldRange.none
    var data = -1
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "channel") {
        channel = try scanner.string()
      } else if scanner.matches(key, "data") {
        scanner.skipSpace()
        data = scanner.offset
        try scanner.skipValue()
      } else {
        try scanner.skipValue()
      }
    }
    try scanner.expectEnd()
    guard channel.isPresent else { throw ScanError(scanner.count, "a field \"channel\"") }
    if scanner.matches(channel, "l2Book") {
      try go(to: data, &scanner)
      try book(&scanner, &scales, &message)
    } else if scanner.matches(channel, "trades") {
      try go(to: data, &scanner)
      try trades(&scanner, &scales, &message)
    }
  }

  private static func go(to place: Int, _ scanner: inout FieldScanner) throws(ScanError) {
    guard place >= 0 else { throw ScanError(scanner.count, "a field \"data\"") }
    scanner.offset = place
  }

  /// `{"coin", "time", "levels": [[bids], [asks]]}`; the time is the only number of a book.
  private static func book(
    _ scanner: inout FieldScanner, _ scales: inout SymbolScales, _ message: inout VenueMessage
  ) throws(ScanError) {
    var levels = -1
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "coin") {
        message.symbol = scales.find(scanner.bytes(try scanner.string()))
      } else if scanner.matches(key, "time") {
        message.venueTime = try scanner.milliseconds()
      } else if scanner.matches(key, "levels") {
        scanner.skipSpace()
        levels = scanner.offset
        try scanner.skipValue()
      } else {
        try scanner.skipValue()
      }
    }
    guard message.venueTime > 0 else { throw ScanError(scanner.offset, "a field \"time\"") }
    guard levels >= 0 else { throw ScanError(scanner.offset, "a field \"levels\"") }
    guard message.symbol >= 0 else { return }
    message.kind = .book
    message.final = UInt64(message.venueTime / 1_000_000)
    message.first = message.final
    scanner.offset = levels
    try scanner.beginArray()
    try side(&scanner, &scales, message.symbol, .buy, &message.levels)
    try scanner.expect(UInt8(ascii: ","), "',' and the asks")
    try side(&scanner, &scales, message.symbol, .sell, &message.levels)
    try scanner.expect(UInt8(ascii: "]"), "']' behind the asks")
  }

  /// `[{"px", "sz", "n"}, ...]`.
  private static func side(
    _ scanner: inout FieldScanner, _ scales: inout SymbolScales, _ symbol: Int, _ side: Side,
    _ levels: inout LevelRun
  ) throws(ScanError) {
    try scanner.beginArray()
    var isFirst = true
    while try scanner.another(&isFirst, until: UInt8(ascii: "]")) {
      var change = LevelChange(side: side, price: 0, quantity: 0)
      var seen = 0
      try scanner.beginObject()
      var isFirstKey = true
      while let key = try scanner.nextKey(&isFirstKey) {
        if scanner.matches(key, "px") {
          change.price = try scales.price(&scanner, symbol)
          seen |= 1
        } else if scanner.matches(key, "sz") {
          change.quantity = try scales.quantity(&scanner, symbol)
          seen |= 2
        } else {
          try scanner.skipValue()
        }
      }
      if seen != 3 { throw ScanError(scanner.offset, "fields \"px\" and \"sz\"") }
      levels.append(change)
    }
  }

  private static func trades(
    _ scanner: inout FieldScanner, _ scales: inout SymbolScales, _ message: inout VenueMessage
  ) throws(ScanError) {
    try TradeArrays.objects(&scanner, &scales, &message, trade)
  }

  /// `{"coin", "side": "B" | "A", "px", "sz", "time", "tid"}`: the side is the aggressor's.
  private static func trade(
    _ scanner: inout FieldScanner, _ scales: inout SymbolScales, _ message: inout VenueMessage
  ) throws(ScanError) {
    var trade = Trade(
      listing: 0, aggressor: nil, tradeID: 0, venueTime: 0, price: 0, quantity: 0)
    var symbol = -1
    var price = NotedNumber()
    var quantity = NotedNumber()
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "coin") {
        symbol = scales.find(scanner.bytes(try scanner.string()))
      } else if scanner.matches(key, "px") {
        price = try scales.notePrice(&scanner, symbol)
      } else if scanner.matches(key, "sz") {
        quantity = try scales.noteQuantity(&scanner, symbol)
      } else if scanner.matches(key, "side") {
        trade.aggressor = scanner.matches(try scanner.string(), "B") ? .buy : .sell
      } else if scanner.matches(key, "time") {
        trade.venueTime = try scanner.milliseconds()
      } else if scanner.matches(key, "tid") {
        trade.tradeID = try scanner.unsigned()
      } else {
        try scanner.skipValue()
      }
    }
    try TradeArrays.append(
      trade, symbol, price: price, quantity: quantity, "fields \"px\" and \"sz\"", &scanner,
      &scales, &message)
  }
}
