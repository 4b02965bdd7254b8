import TradingModel

/// Decodes Bybit v5 public `orderbook.*` (snapshot and delta), `publicTrade.*` and `tickers.*` messages,
/// after https://bybit-exchange.github.io/docs/v5/websocket/public/orderbook, .../trade and .../ticker.
/// `orderbook.1` is the best quote. Other messages are `.other`.
///
/// A message without a local time (`receiveTime` 0) arrives at its `ts`. The venue's time is `cts`, the
/// matching engine's, where it stands; else `ts`.
enum BybitDecoder {
  /// What stands around a message's data.
  private struct Fields {
    var topic = FieldRange.none
    var type = FieldRange.none
    var data = -1
    var isDataRead = false
    var time: Timestamp = 0
    var engineTime: Timestamp = 0
  }

  /// Decodes one message.
  ///
  /// - Returns: whether it has a topic; answers to requests have none.
  @discardableResult
  static func decode(
    _ scanner: inout FieldScanner, _ scales: inout SymbolScales, into message: inout VenueMessage
  ) throws(ScanError) -> Bool {
    var fields = Fields()
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "topic") {
        fields.topic = try scanner.string()
      } else if scanner.matches(key, "type") {
        fields.type = try scanner.string()
      } else if scanner.matches(key, "ts") {
        fields.time = try scanner.milliseconds()
      } else if scanner.matches(key, "cts") {
        fields.engineTime = try scanner.milliseconds()
      } else if scanner.matches(key, "data") {
        // Topic and type stand in front of the data, which then are read as they are met.
        if !fields.isDataRead, fields.topic.isPresent, fields.type.isPresent {
          fields.isDataRead = true
          try data(&scanner, &scales, fields, &message)
        } else {
          try note(&fields.data, &scanner)
        }
      } else {
        try scanner.skipValue()
      }
    }
    try scanner.expectEnd()
    guard fields.topic.isPresent, fields.isDataRead || fields.data >= 0 else {
      return fields.topic.isPresent
    }
    // Every message of a topic has its time.
    if fields.time == 0 { throw ScanError(scanner.count, "a field \"ts\"") }
    if !fields.isDataRead {
      scanner.offset = fields.data
      try data(&scanner, &scales, fields, &message)
    }
    if message.receiveTime == 0 { message.receiveTime = fields.time }
    message.venueTime = fields.engineTime > 0 ? fields.engineTime : fields.time
    if message.kind == .bestQuote { message.quote.venueTime = message.venueTime }
    return true
  }

  /// Reads the data by their topic; those of another are stepped over.
  private static func data(
    _ scanner: inout FieldScanner, _ scales: inout SymbolScales, _ fields: Fields,
    _ message: inout VenueMessage
  ) throws(ScanError) {
    if hasPrefix(scanner, fields.topic, "orderbook.") {
      if hasPrefix(scanner, fields.topic, "orderbook.1.") {
        try quote(&scanner, &scales, fields.type, &message)
      } else {
        try book(&scanner, &scales, fields.type, &message)
      }
    } else if hasPrefix(scanner, fields.topic, "publicTrade.") {
      try trades(&scanner, &scales, &message)
    } else if hasPrefix(scanner, fields.topic, "tickers.") {
      message.symbol = scales.find(symbol(scanner, fields.topic))
      guard message.symbol >= 0 else { return try scanner.skipValue() }
      message.kind = .contract
      try BybitTicker.read(&scanner, into: &message.contract)
      if message.contract.isEmpty { message.kind = .other }
    } else {
      try scanner.skipValue()
    }
  }

  /// What stands behind the last dot of a topic.
  private static func symbol(
    _ scanner: FieldScanner, _ topic: FieldRange
  ) -> UnsafeRawBufferPointer {
    var start = topic.offset + topic.count
    while start > topic.offset, scanner.base[start - 1] != UInt8(ascii: ".") { start -= 1 }
    return scanner.bytes(
      FieldRange(offset: start, count: topic.offset + topic.count - start))
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
    var sides = Sides()
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "s") {
        let name = try scanner.string()
        try message.take(symbol: scales.find(scanner.bytes(name)), at: name.offset)
      } else if scanner.matches(key, "u") {
        message.final = try scanner.unsigned()
      } else if scanner.matches(key, "b") {
        sides.bids = try side(.buy, &scanner, &scales, &message)
      } else if scanner.matches(key, "a") {
        sides.asks = try side(.sell, &scanner, &scales, &message)
      } else {
        try scanner.skipValue()
      }
    }
    guard message.symbol >= 0 else { return }
    guard message.final > 0 else { throw ScanError(scanner.offset, "a field \"u\"") }
    try sides.check(scanner)
    message.first = message.final
    // `u == 1` comes with a snapshot after a restart of the service.
    let isSnapshot = type.isPresent && scanner.matches(type, "snapshot")
    guard isSnapshot || (type.isPresent && scanner.matches(type, "delta")) else {
      throw ScanError(max(type.offset, 0), "a \"type\" of \"snapshot\" or \"delta\"")
    }
    message.kind = isSnapshot ? .snapshot : .depth
    let end = scanner.offset
    if let place = sides.bids.unread {
      scanner.offset = place
      _ = try side(.buy, &scanner, &scales, &message)
    }
    if let place = sides.asks.unread {
      scanner.offset = place
      _ = try side(.sell, &scanner, &scales, &message)
    }
    scanner.offset = end
  }

  /// What became of the sides of a book: they are read as they are met where the symbol is known, as it
  /// always is, and else once it is.
  private struct Sides {
    enum State {
      case missing
      case read
      case noted(Int)

      /// Where it stands, if it is to be read.
      var unread: Int? { if case .noted(let place) = self { place } else { nil } }
    }

    var bids = State.missing
    var asks = State.missing

    func check(_ scanner: FieldScanner) throws(ScanError) {
      if case .missing = bids { throw ScanError(scanner.offset, "fields \"b\" and \"a\"") }
      if case .missing = asks { throw ScanError(scanner.offset, "fields \"b\" and \"a\"") }
    }
  }

  @inline(__always)
  private static func side(
    _ side: Side, _ scanner: inout FieldScanner, _ scales: inout SymbolScales,
    _ message: inout VenueMessage
  ) throws(ScanError) -> Sides.State {
    var place = -1
    if message.symbol < 0 {
      try note(&place, &scanner)
      return .noted(place)
    }
    try LevelArrays.pairs(&scanner, &scales, message.symbol, side, &message.levels)
    return .read
  }

  /// The first level of each side. Level 1 comes as snapshots only, and again after 3 s without a change;
  /// a side that is empty has the price 0. Its own `u` begins anew when the service restarts, and `seq`
  /// does not.
  private static func quote(
    _ scanner: inout FieldScanner, _ scales: inout SymbolScales, _ type: FieldRange,
    _ message: inout VenueMessage
  ) throws(ScanError) {
    guard type.isPresent, scanner.matches(type, "snapshot") else { return try scanner.skipValue() }
    var sides = Sides()
    message.quote = BestQuote(
      listing: 0, venueSequence: 0, venueTime: 0, bidPrice: 0, bidQuantity: 0, askPrice: 0,
      askQuantity: 0)
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "s") {
        message.symbol = scales.find(scanner.bytes(try scanner.string()))
      } else if scanner.matches(key, "seq") {
        message.final = try scanner.unsigned()
      } else if scanner.matches(key, "b") {
        sides.bids = try best(.buy, &scanner, &scales, &message)
      } else if scanner.matches(key, "a") {
        sides.asks = try best(.sell, &scanner, &scales, &message)
      } else {
        try scanner.skipValue()
      }
    }
    guard message.symbol >= 0 else { return }
    try sides.check(scanner)
    let end = scanner.offset
    if let place = sides.bids.unread {
      scanner.offset = place
      _ = try best(.buy, &scanner, &scales, &message)
    }
    if let place = sides.asks.unread {
      scanner.offset = place
      _ = try best(.sell, &scanner, &scales, &message)
    }
    scanner.offset = end
    message.kind = .bestQuote
    message.quote.venueSequence = message.final
  }

  /// Reads the first level of a side into the quote, and steps over the side.
  @inline(__always)
  private static func best(
    _ side: Side, _ scanner: inout FieldScanner, _ scales: inout SymbolScales,
    _ message: inout VenueMessage
  ) throws(ScanError) -> Sides.State {
    var place = -1
    if message.symbol < 0 {
      try note(&place, &scanner)
      return .noted(place)
    }
    try scanner.beginArray()
    if scanner.peek() == UInt8(ascii: "]") {
      scanner.offset += 1
      return .read
    }
    try scanner.beginArray()
    let price = try scales.price(&scanner, message.symbol)
    try scanner.expect(UInt8(ascii: ","), "','")
    let quantity = try scales.quantity(&scanner, message.symbol)
    if side == .buy {
      (message.quote.bidPrice, message.quote.bidQuantity) = (price, quantity)
    } else {
      (message.quote.askPrice, message.quote.askQuantity) = (price, quantity)
    }
    // The rest of the level, and other levels.
    for _ in 0..<2 {
      var isLast = false
      while try scanner.another(&isLast, until: UInt8(ascii: "]")) { try scanner.skipValue() }
    }
    return .read
  }

  private static func note(
    _ place: inout Int, _ scanner: inout FieldScanner
  ) throws(ScanError) {
    scanner.skipSpace()
    place = scanner.offset
    try scanner.skipValue()
  }

  /// `[{"T", "s", "S": "Buy" | "Sell", "v", "p", "i"}, ...]`: the side is the taker's. Trade ids
  /// of linear are UUIDs, which tell no order; only a hash is kept, to know a trade that comes again.
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
    var symbol = -1
    var price = NotedNumber()
    var quantity = NotedNumber()
    var hash: UInt64 = 0
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.matches(key, "s") {
        symbol = scales.find(scanner.bytes(try scanner.string()))
      } else if scanner.matches(key, "p") {
        price = try scales.notePrice(&scanner, symbol)
      } else if scanner.matches(key, "v") {
        quantity = try scales.noteQuantity(&scanner, symbol)
      } else if scanner.matches(key, "S") {
        trade.aggressor = scanner.matches(try scanner.string(), "Buy") ? .buy : .sell
      } else if scanner.matches(key, "T") {
        trade.venueTime = try scanner.milliseconds()
      } else if scanner.matches(key, "i") {
        hash = Self.hash(scanner.bytes(try scanner.string()))
      } else {
        try scanner.skipValue()
      }
    }
    let count = message.trades.count
    try TradeArrays.append(
      trade, symbol, price: price, quantity: quantity, "fields \"p\" and \"v\"", &scanner, &scales,
      &message)
    if message.trades.count > count { message.tradeKeys.append(hash) }
  }

  /// FNV-1a of 64 bits, http://www.isthe.com/chongo/tech/comp/fnv/.
  private static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return hash
  }
}
